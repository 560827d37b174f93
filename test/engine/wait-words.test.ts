// What somebody who waits for a load is told: a bug would be another story than the window's, or an estimate that is not called one (UX-30).
import { expect, it } from "vitest";
import { loadBar } from "../../src-core/contract/progress.ts";
import { loadSays } from "../../src-core/engine/wait-words.ts";
import { toldLoads } from "../support/told-loads.ts";

it.each(toldLoads)("UX-26, UX-30: where $where, the engine says as much as the window", ({ load, now, says }) => {
  const isEstimate = loadBar(load, now).source === "estimate";
  expect(loadSays(load, now)).toBe(isEstimate ? `${says} (estimate)` : says);
});
