// A load's bar as every face shows it (ux.md 6): the node's own figure where there is one, else elapsed over expected, labelled an estimate.
// Pure, shared by window and tray, so that both tell the same story.
import type { Load } from "./fleet.ts";

export interface LoadBar {
  /** 0..1; absent means indeterminate: no figure is invented. */
  readonly fraction?: number;
  /** `measured`: by how far its memory has grown, on this machine. */
  readonly source: "node" | "measured" | "estimate" | "unknown";
  readonly remainingMs?: number;
  /** Past 150 % of what loads usually take here; where the node tells its progress, that it told none for `stuckAfterMs`. */
  readonly overdue: boolean;
}

/** No progress from the node for this long is called stuck (UX-28). */
export const stuckAfterMs = 90_000;
/** An estimate never claims to be done (UX-26). */
const estimateCeiling = 0.95;
const overdueFactor = 1.5;

/** `now` by the engine's clock. */
export function loadBar(load: Load, now: number): LoadBar {
  if (load.stage === "queued" || load.stage === "evicting") return { source: "unknown", overdue: false };
  const { reported, expectedMs } = load;
  if (reported !== undefined) {
    const { fraction, at, source = "node" } = reported;
    const isStuck = now - at > stuckAfterMs;
    if (source === "node") return { fraction, source, overdue: isStuck };
    // Memory that has stopped growing says nothing of what comes after: then time does.
    if (!isStuck) return { fraction, source, overdue: false };
  }
  if (expectedMs === undefined || expectedMs <= 0) return { source: "unknown", overdue: false };
  const elapsed = Math.max(0, now - load.startedAt);
  if (elapsed > expectedMs * overdueFactor) return { source: "unknown", overdue: true };
  const fraction = Math.min(estimateCeiling, elapsed / expectedMs);
  return { fraction, source: "estimate", remainingMs: Math.max(0, expectedMs - elapsed), overdue: false };
}
