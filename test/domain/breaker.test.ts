// The breaker as a state machine: tables for its edges, properties for its invariants.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultConfig } from "../../src-core/contract/config.ts";
import { fail } from "../../src-core/contract/failure.ts";
import { AttemptId } from "../../src-core/contract/ids.ts";
import type { Breaker } from "../../src-core/contract/wellbeing.ts";
import {
  admits,
  closedBreaker,
  onAttempt,
  onHealthProbe,
  onVerdict,
  readied,
  tripped,
  type Verdict,
} from "../../src-core/domain/breaker.ts";
import { noon } from "../support/builders.ts";

const settings = defaultConfig.breaker;
const refused = fail("connect-failed", "refused");
const broken = fail("upstream-unavailable", "status 500");
const id = (n: number) => AttemptId.parse(`a${n}`);

function failing(times: number, gapMs: number, failure = broken): Breaker {
  let breaker: Breaker = closedBreaker;
  for (let i = 0; i < times; i++) breaker = onVerdict(breaker, id(i), "bad", failure, noon + i * gapMs, settings);
  return breaker;
}

describe("the breaker", () => {
  it("F01, F19: three failures within a minute open it for two minutes", () => {
    expect(failing(2, 1_000).state).toBe("closed");
    const open = failing(3, 1_000);
    expect(open).toMatchObject({ state: "open", trips: 1, until: noon + 2_000 + 120_000 });
    expect(admits(open, noon + 100_000)).toBe("no");
    expect(admits(open, noon + 122_000)).toBe("probe");
  });

  it("forgets failures older than its window", () => {
    expect(failing(3, 31_000).state).toBe("closed");
  });

  it("a success in between starts the count anew", () => {
    let breaker = failing(2, 1_000);
    breaker = onVerdict(breaker, id(9), "good", undefined, noon + 3_000, settings);
    breaker = onVerdict(breaker, id(10), "bad", broken, noon + 4_000, settings);
    expect(breaker.state).toBe("closed");
  });

  it("lets one probe through at a time and closes after two successes", () => {
    const ready = onAttempt(failing(3, 0), id(20), noon + 121_000);
    expect(ready).toMatchObject({ state: "half-open", probe: id(20) });
    expect(admits(ready, noon + 121_000)).toBe("no");
    const once = onVerdict(ready, id(20), "good", undefined, noon + 122_000, settings);
    expect(once.state).toBe("half-open");
    const twice = onVerdict(onAttempt(once, id(21), noon + 123_000), id(21), "good", undefined, noon + 124_000, settings);
    expect(twice).toMatchObject({ state: "closed", failures: [] });
  });

  it("F28: each trip in a row doubles the wait up to the most", () => {
    let breaker = failing(3, 0);
    const waits: number[] = [];
    for (let i = 0; i < 5 && breaker.state === "open"; i++) {
      waits.push(breaker.until - breaker.openedAt);
      breaker = onVerdict(onAttempt(breaker, id(i), breaker.until), id(i), "bad", broken, breaker.until, settings);
    }
    expect(waits).toEqual([120_000, 240_000, 480_000, 600_000, 600_000]);
  });

  it("F28: a breaker that opens again soon after it closed waits twice as long; after five well minutes it begins anew", () => {
    const reopened = (afterMs: number) => {
      const probed = onHealthProbe(failing(3, 0, refused), noon + 121_000);
      const closed = onHealthProbe(probed, noon + 122_000);
      let breaker = closed;
      for (let i = 0; i < 3; i++) breaker = onVerdict(breaker, id(i), "bad", refused, noon + 122_000 + afterMs, settings);
      return breaker.state === "open" ? breaker.until - breaker.openedAt : undefined;
    };
    expect(reopened(3_000)).toBe(240_000);
    expect(reopened(5 * 60_000)).toBe(120_000);
  });

  it("an inconclusive probe does not close it: somebody pressed Stop", () => {
    const ready = onAttempt(failing(3, 0), id(20), noon + 121_000);
    const after = onVerdict(ready, id(20), "inconclusive", undefined, noon + 122_000, settings);
    expect(after).toMatchObject({ state: "open", openedAt: noon });
    expect(admits(after, noon + 122_000)).toBe("probe");
  });

  it("a health probe is proof only where nobody could connect: a wedged node answers probes too (F08)", () => {
    const unreachable = failing(3, 0, refused);
    expect(onHealthProbe(unreachable, noon + 60_000)).toBe(unreachable);
    expect(onHealthProbe(onHealthProbe(unreachable, noon + 121_000), noon + 126_000)).toMatchObject({ state: "closed" });
    const wedged = failing(3, 0, fail("first-byte-timeout", "silent"));
    expect(onHealthProbe(wedged, noon + 121_000)).toBe(wedged);
  });

  it("opens by hand and is ready at once by hand", () => {
    const open = tripped(closedBreaker, noon, settings);
    expect(admits(open, noon + 1)).toBe("no");
    expect(admits(readied(open), noon + 1)).toBe("probe");
  });

  it("I7, I8: under any run of events an open breaker admits nothing before its time and half-open holds at most one probe", () => {
    const event = fc.record({
      kind: fc.constantFrom<"start" | Verdict | "ready">("start", "good", "bad", "inconclusive", "ready"),
      wait: fc.integer({ min: 0, max: 200_000 }),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 80 }), (events) => {
        let breaker: Breaker = closedBreaker;
        let now = noon;
        let count = 0;
        const running: AttemptId[] = [];
        for (const { kind, wait } of events) {
          now += wait;
          if (kind === "ready") breaker = readied(breaker);
          else if (kind === "start") {
            if (admits(breaker, now) === "no") continue;
            const attempt = id(count++);
            const before = breaker;
            breaker = onAttempt(breaker, attempt, now);
            running.push(attempt);
            if (before.state !== "closed") expect(breaker).toMatchObject({ state: "half-open", probe: attempt });
          } else {
            const attempt = running.shift();
            if (attempt !== undefined) breaker = onVerdict(breaker, attempt, kind, kind === "bad" ? broken : undefined, now, settings);
          }
          if (breaker.state === "half-open" && breaker.probe !== undefined) expect(admits(breaker, now)).toBe("no");
          if (breaker.state === "open" && breaker.until > now) expect(admits(breaker, now)).toBe("no");
        }
      }),
    );
  });
});
