// A load is told in the window's language: a bug would be a figure that is not so, or no word where the bar stands still.
import { expect, it } from "vitest";
import { loadSays } from "../../renderer/load-says.ts";
import { loadBar } from "../../src-core/contract/progress.ts";
import { toldLoads } from "../support/told-loads.ts";

it.each(toldLoads)("issue 6, UX-26: where $where, the window says it", ({ load, now, says }) => {
  expect(loadSays(load, loadBar(load, now), now)).toBe(says);
});
