// Loads at every point of their way, and what is told of them there: by the window, and by the engine to who waits.
import type { Load } from "../../src-core/contract/fleet.ts";
import { aLoad, noon } from "./builders.ts";

/** What is so, what the load has beside, how long it runs, what is said. */
const cases: readonly (readonly [string, Partial<Load>, number, string])[] = [
  ["it stands behind another", { stage: "queued" }, 1_000, "waiting for another load on this node"],
  ["models leave for it", { stage: "evicting" }, 1_000, "making room"],
  ["nothing is known", {}, 400, "loading for 1 s"],
  ["nothing is known for long", {}, 95_000, "loading for 2 min"],
  ["its memory grows", { reported: { fraction: 0.604, at: noon, source: "measured" } }, 2_000, "60 % of its memory"],
  ["the node tells", { reported: { fraction: 0.62, at: noon, stage: "text_model" } }, 1_000, "62 %, text model"],
  ["the node tells no stage", { reported: { fraction: 0.62, at: noon } }, 1_000, "62 %"],
  ["the node tells nothing more", { reported: { fraction: 0.62, at: noon } }, 91_000, "no progress for 90 s"],
  ["others took so long", { expectedMs: 38_000 }, 15_000, "about 23 s left"],
  ["others were through by now", { expectedMs: 38_000 }, 40_000, "almost there"],
  ["others were through long ago", { expectedMs: 100_000 }, 160_000, "longer than usual (2 min)"],
];

export const toldLoads = cases.map(([where, more, elapsed, says]) => ({ where, load: aLoad(more), now: noon + elapsed, says }));
