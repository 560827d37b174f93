// Adaptive ranks of source-systems.md 5.7: a 60 s window, 1.5 times the median, 10 % errors, one change per 30 s, and always the same answer.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Config, defaultConfig } from "../../src-core/contract/config.ts";
import { adaptiveRanks, type Sample } from "../../src-core/domain/adaptive.ts";
import { noon } from "../support/builders.ts";

const settings = defaultConfig.health.adaptive;
const answers = (node: string, ms: number, times: number, at = noon, likeness = "m"): Sample[] =>
  Array.from({ length: times }, () => ({ node, at, ok: true, ms, likeness }));
const errors = (node: string, times: number, at = noon): Sample[] =>
  Array.from({ length: times }, () => ({ node, at, ok: false, likeness: "m" }));
const ranks = (samples: readonly Sample[], now = noon + 1, previous = {}) =>
  Object.fromEntries(Object.entries(adaptiveRanks(samples, now, settings, previous)).map(([node, { rank }]) => [node, rank]));

describe("5.7 adaptive ranks", () => {
  it("5.7: a median of 1.5 times the global one costs a rank; a little less does not", () => {
    // Of 3 + 3 answers the global median is the mean of the two in the middle.
    expect(ranks([...answers("a", 100, 6), ...answers("b", 150, 3)])).toEqual({ b: 1 });
    expect(ranks([...answers("a", 100, 6), ...answers("b", 149, 3)])).toEqual({});
  });

  it("5.7: fewer than three timed answers say nothing about speed", () => {
    expect(ranks([...answers("a", 100, 6), ...answers("b", 900, 2)])).toEqual({});
  });

  it("5.7: one answer in ten that fails costs two ranks, from five on", () => {
    expect(ranks([...answers("a", 100, 10), ...answers("b", 100, 9), ...errors("b", 1)])).toEqual({ b: 2 });
    expect(ranks([...answers("a", 100, 10), ...answers("b", 100, 19), ...errors("b", 1)])).toEqual({});
    expect(ranks([...answers("a", 100, 10), ...errors("b", 4)])).toEqual({});
    expect(ranks([...answers("a", 100, 10), ...errors("b", 5)])).toEqual({ b: 2 });
  });

  it("5.7: slow and failing add up", () => {
    expect(ranks([...answers("a", 100, 20), ...answers("b", 400, 4), ...errors("b", 2)])).toEqual({ b: 3 });
  });

  it("5.7: what is older than 60 s counts no more, so that a node that is left alone is forgiven", () => {
    const slow = [...answers("a", 100, 6), ...answers("b", 400, 3)];
    const demoted = adaptiveRanks(slow, noon + 1, settings, {});
    expect(demoted["b"]?.rank).toBe(1);
    expect(adaptiveRanks(slow, noon + 60_000, settings, demoted)["b"]?.rank).toBe(0);
  });

  it("5.7: a node changes its rank at most once in 30 s", () => {
    const slow = [...answers("a", 100, 6), ...answers("b", 400, 3)];
    const demoted = adaptiveRanks(slow, noon, settings, {});
    const worse = [...slow, ...errors("b", 20)];
    expect(adaptiveRanks(worse, noon + 29_999, settings, demoted)).toBe(demoted);
    expect(adaptiveRanks(worse, noon + 30_000, settings, demoted)["b"]?.rank).toBe(3);
  });

  it("5.7: thresholds are settings, and off demotes nobody", () => {
    const slow = [...answers("a", 100, 6), ...answers("b", 400, 3)];
    const wish = (adaptive: object) => Config.parse({ health: { adaptive } }).health.adaptive;
    expect(adaptiveRanks(slow, noon, wish({ slowRatio: 5 }), {})).toEqual({});
    expect(adaptiveRanks(slow, noon, wish({ slowSamples: 4 }), {})).toEqual({});
    expect(adaptiveRanks(slow, noon, wish({ enabled: false }), {})).toEqual({});
    expect(adaptiveRanks(slow, noon + 30_000, wish({ enabled: false }), { b: { rank: 1, changedAt: noon } })["b"]?.rank).toBe(0);
  });

  it("a large model does not make its node slow: times compare within one model, and what nobody notices counts for nothing", () => {
    expect(ranks([...answers("a", 100, 9), ...answers("b", 2_000, 9, noon, "large")])).toEqual({});
    expect(ranks([...answers("a", 2, 9), ...answers("b", 9, 5)])).toEqual({});
  });

  it("5.7: deterministic: the order of the samples changes nothing, and nothing new returns the same value", () => {
    const sample = fc.record({
      node: fc.constantFrom("a", "b", "c"),
      at: fc.integer({ min: noon - 90_000, max: noon }),
      ok: fc.boolean(),
      ms: fc.option(fc.integer({ min: 1, max: 5_000 }), { nil: undefined }),
      likeness: fc.constantFrom("m", "n"),
    });
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 80 }), (samples) => {
        const once = adaptiveRanks(samples, noon, settings, {});
        expect(adaptiveRanks([...samples].reverse(), noon, settings, {})).toEqual(once);
        expect(adaptiveRanks(samples, noon, settings, once)).toBe(once);
      }),
    );
  });
});
