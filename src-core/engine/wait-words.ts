// What a stream that waits for a load is told in words, where the settings ask for it (UX-30): the same figure as window and tray show. Off by
// default, because a client may keep what it takes for the model's own reasoning.
import type { Load } from "../contract/fleet.ts";
import { loadBar, stuckAfterMs } from "../contract/progress.ts";
import { own } from "../domain/inventory.ts";
import { canonicalName } from "../domain/names.ts";
import type { Course } from "./course.ts";
import type { Store } from "./store.ts";

/** One line; undefined where it is switched off, or where no load is what the request waits for. `now`: epoch milliseconds. */
export function waitWords({ decision }: Course, { config, fleet }: Pick<Store, "config" | "fleet">, now: number): string | undefined {
  const candidate = config.loads.tellInReasoning ? decision?.candidates[0] : undefined;
  if (candidate === undefined) return undefined;
  const { node, model } = candidate;
  const load = Object.values(fleet.loads).find((one) => one.node === node && canonicalName(one.model) === canonicalName(model));
  if (load === undefined) return undefined;
  return `Loading ${load.model} on ${own(fleet.nodes, node)?.name ?? node}: ${loadSays(load, now)}.\n`;
}

/** How far a load is, to whoever waits for it. `now`: epoch milliseconds. */
export function loadSays(load: Load, now: number): string {
  if (load.stage === "queued") return "waiting for another load on this node";
  if (load.stage === "evicting") return "making room";
  const { source, fraction = 0, remainingMs = 0, overdue } = loadBar(load, now);
  const percent = `${Math.round(fraction * 100)} %`;
  switch (source) {
    case "measured":
      return `${percent} of its memory`;
    case "node":
      if (overdue) return `no progress for ${seconds(stuckAfterMs)}`;
      return load.reported?.stage === undefined ? percent : `${percent}, ${load.reported.stage.replaceAll("_", " ")}`;
    case "estimate":
      return remainingMs > 0 ? `about ${seconds(remainingMs)} left (estimate)` : "almost there (estimate)";
    case "unknown":
      return overdue ? `longer than usual (${seconds(load.expectedMs ?? 0)})` : `loading for ${seconds(now - load.startedAt)}`;
  }
}

function seconds(ms: number): string {
  const whole = Math.max(1, Math.round(ms / 1000));
  return whole <= 90 ? `${whole} s` : `${Math.round(whole / 60)} min`;
}
