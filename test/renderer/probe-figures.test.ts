// How quickly a node answers, in words and as a line: bugs would be a miss drawn as an answer, a figure from nothing, or a name that says nothing.
import { expect, it } from "vitest";
import { probeLine, probesSay } from "../../renderer/parts/node/probe-figures.ts";
import { sampleProbes } from "../support/sample-node-log.ts";

const times = (...all: readonly (number | undefined)[]) =>
  all.map((ms, index) => ({ at: index * 5_000, ...(ms === undefined ? {} : { ms }) }));

it("issue 6: the line's name tells the latest time, the range, how long back and the misses", () => {
  expect(probesSay(sampleProbes, sampleProbes.at(-1)?.at ?? 0)).toBe("Answers in 12 ms, 9 ms to 40 ms in the last 5 min, 2 misses");
  expect(probesSay(times(12, 9, undefined), 10_000)).toBe("Last answered in 9 ms, 9 ms to 12 ms in the last 10 s, 1 miss");
  expect(probesSay(times(0.4, 0.3), 5_000)).toBe("Answers in < 1 ms, as always in the last 5.0 s");
});

it("UX decision 4: who never answered has no figure, and before the first look nothing is said", () => {
  expect(probesSay(times(undefined, undefined), 60_000)).toBe("No answer in the last 60 s, 2 misses");
  expect(probesSay([], 1)).toBeUndefined();
});

it("a miss breaks the line and is marked at its place; a lone answer is a dot; the slowest reaches the top", () => {
  expect(probeLine(times(10, 20, undefined, 5), 90, 20)).toEqual({ path: "M0 10h0L30 0M90 15h0", misses: [60] });
  expect(probeLine(times(7), 90, 20)).toEqual({ path: "M0 0h0", misses: [] });
  expect(probeLine([], 90, 20)).toEqual({ path: "", misses: [] });
});
