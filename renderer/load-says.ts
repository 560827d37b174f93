// How far a load is, in the person's language: the bar of `contract/progress.ts` in words.
import type { Load } from "../src-core/contract/fleet.ts";
import type { LoadBar } from "../src-core/contract/progress.ts";
import { words } from "./language/words.ts";

const { load: say } = words.nodeModels;

/** Beside the bar, whose label tells the source of its figure. `now` by the engine's clock. */
export function loadSays(load: Load, { source, fraction = 0, remainingMs = 0, overdue }: LoadBar, now: number): string {
  switch (source) {
    case "measured":
      return say.measured(fraction);
    case "node":
      return overdue ? say.stalled : say.reported(fraction, load.reported?.stage?.replaceAll("_", " "));
    case "estimate":
      return remainingMs > 0 ? say.left(remainingMs) : say.almost;
    case "unknown":
      if (load.stage === "queued") return say.afterAnother;
      if (load.stage === "evicting") return say.makingRoom;
      return overdue && load.expectedMs !== undefined ? say.overdue(load.expectedMs) : say.elapsed(now - load.startedAt);
  }
}
