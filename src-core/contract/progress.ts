// A load's bar as every face shows it (ux.md 6): the node's own figure where there is one, else elapsed over expected, labelled an estimate.
// Pure, shared by window and tray, so that both tell the same story.
import type { Load } from "./fleet.ts";

export interface LoadBar {
  /** 0..1; absent means indeterminate: no figure is invented. */
  readonly fraction?: number;
  /** `measured`: by how far its memory has grown, on this machine. */
  readonly source: "node" | "measured" | "estimate" | "unknown";
  readonly remainingMs?: number;
  /** Past 150 % of what loads usually take here. */
  readonly overdue: boolean;
  readonly says: string;
}

/** No progress from the node for this long is called stuck (UX-28). */
export const stuckAfterMs = 90_000;
/** An estimate never claims to be done (UX-26). */
const estimateCeiling = 0.95;
const overdueFactor = 1.5;

/** `now` by the engine's clock. */
export function loadBar(load: Load, now: number): LoadBar {
  const elapsed = Math.max(0, now - load.startedAt);
  if (load.stage === "queued") return { source: "unknown", overdue: false, says: "waiting for another load on this node" };
  if (load.stage === "evicting") return { source: "unknown", overdue: false, says: "making room" };
  if (load.reported?.source === "measured") {
    // Memory that has stopped growing says nothing of what comes after: then time does.
    const { fraction, at } = load.reported;
    if (now - at <= stuckAfterMs)
      return { fraction, source: "measured", overdue: false, says: `${Math.round(fraction * 100)} % of its memory` };
  } else if (load.reported !== undefined) {
    if (now - load.reported.at > stuckAfterMs)
      return { fraction: load.reported.fraction, source: "node", overdue: true, says: "no progress for 90 s" };
    const stage = load.reported.stage === undefined ? "" : `, ${load.reported.stage.replaceAll("_", " ")}`;
    return {
      fraction: load.reported.fraction,
      source: "node",
      overdue: false,
      says: `${Math.round(load.reported.fraction * 100)} %${stage}`,
    };
  }
  if (load.expectedMs === undefined || load.expectedMs <= 0)
    return { source: "unknown", overdue: false, says: `loading for ${seconds(elapsed)}` };
  if (elapsed > load.expectedMs * overdueFactor) {
    return { source: "unknown", overdue: true, says: `longer than usual (${seconds(load.expectedMs)})` };
  }
  const fraction = Math.min(estimateCeiling, elapsed / load.expectedMs);
  const remainingMs = Math.max(0, load.expectedMs - elapsed);
  return {
    fraction,
    source: "estimate",
    remainingMs,
    overdue: false,
    says: remainingMs > 0 ? `about ${seconds(remainingMs)} left (estimate)` : "almost there (estimate)",
  };
}

function seconds(ms: number): string {
  const whole = Math.max(1, Math.round(ms / 1000));
  return whole < 90 ? `${whole} s` : `${Math.round(whole / 60)} min`;
}
