// A load's bar: real where the node tells, else an estimate that says so; never backwards, never at the end before the end.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadBar } from "../../src-core/contract/progress.ts";
import { aLoad, noon } from "../support/builders.ts";

describe("loadBar", () => {
  it("without a word from the node and without history no figure is invented", () => {
    expect(loadBar(aLoad(), noon + 5_000)).toEqual({ source: "unknown", overdue: false });
  });

  it("UX-26: an estimate follows the clock, stops at 95 %, and past 150 % turns indeterminate and says so", () => {
    const one = aLoad({ expectedMs: 10_000 });
    expect(loadBar(one, noon + 5_000)).toMatchObject({ fraction: 0.5, source: "estimate", remainingMs: 5_000 });
    expect(loadBar(one, noon + 12_000)).toMatchObject({ fraction: 0.95, source: "estimate" });
    expect(loadBar(one, noon + 15_100)).toEqual({ source: "unknown", overdue: true });
  });

  it("UX-28: a node that reports nothing new for 90 s is called stuck", () => {
    const one = aLoad({ reported: { fraction: 0.4, at: noon } });
    expect(loadBar(one, noon + 1_000)).toMatchObject({ fraction: 0.4, source: "node", overdue: false });
    expect(loadBar(one, noon + 91_000)).toMatchObject({ fraction: 0.4, overdue: true });
  });

  it("demands 4: a bar that was measured says so, and where memory stopped growing the time it usually takes is told instead", () => {
    const one = aLoad({ expectedMs: 200_000, reported: { fraction: 0.6, at: noon, source: "measured" } });
    expect(loadBar(one, noon + 2_000)).toEqual({ fraction: 0.6, source: "measured", overdue: false });
    expect(loadBar(one, noon + 100_000)).toMatchObject({ fraction: 0.5, source: "estimate", overdue: false });
  });

  it("UX-26, UX-27: an estimated bar never moves backwards", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.array(fc.integer({ min: 0, max: 200_000 }), { minLength: 2, maxLength: 20 }),
        (expectedMs, instants) => {
          const fractions = instants
            .sort((x, y) => x - y)
            .map((ms) => loadBar(aLoad({ expectedMs }), noon + ms).fraction)
            .filter((fraction) => fraction !== undefined);
          expect([...fractions].sort((x, y) => x - y)).toEqual(fractions);
        },
      ),
    );
  });
});
