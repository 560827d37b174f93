// A model that its node said it unloaded, and that is still in memory (demands 10): somebody else holds it. It is shown, and room for other models
// is planned as if it could not leave, because it will not.
import type { EventOf } from "../contract/events.ts";
import type { ModelEntry } from "../contract/fleet.ts";

/** Seen in memory for longer than this after its unload, it is stuck. Milliseconds. */
export const stuckAfterMs = 10_000;

/** Whether the entry holds memory by what its node says now. An unload under way of ours does not hide it. */
export function stuck(entry: ModelEntry, { at, since }: EventOf<"unload-stuck">): ModelEntry {
  const { residency } = entry;
  if (residency.state === "warm") return { ...entry, stuckSince: since };
  return residency.state === "unloading" ? { ...entry, stuckSince: since, residency: { state: "warm", since: at } } : entry;
}

/** The entry without it: it went after all, or somebody wants it in memory again. */
export function unstuck(entry: ModelEntry): ModelEntry {
  if (entry.stuckSince === undefined) return entry;
  const { stuckSince: _, ...rest } = entry;
  return rest;
}
