// The order of the queue: lanes, clients in turn, promotion, and that nobody starves whatever the crowd looks like.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Lane } from "../../src-core/contract/routing.ts";
import {
  afterTurn,
  batchEvery,
  flowOf,
  nextOf,
  nobodyServed,
  orderOf,
  promotedAfterMs,
  type Waiting,
} from "../../src-core/domain/queue.ts";
import { noon } from "../support/builders.ts";

interface Named extends Waiting {
  readonly name: string;
}

const one = (client: string, nth: number, more: Partial<Waiting> = {}): Named => ({
  name: `${client}${nth}`,
  client,
  lane: "interactive",
  at: noon + nth,
  deadline: noon + 600_000,
  ...more,
});
const names = (waiters: readonly Named[], now = noon + 100) => orderOf(waiters, now, nobodyServed).map(({ name }) => name);

/** Serves everybody one by one, `stepMs` apart, and tells who came when. */
function served(waiters: readonly Named[], stepMs = 1, now = noon + 1_000): { readonly waiter: Named; readonly turn: number }[] {
  const left = [...waiters];
  const turns: { waiter: Named; turn: number }[] = [];
  for (let memory = nobodyServed; left.length > 0; ) {
    const next = nextOf(left, now + turns.length * stepMs, memory);
    if (next === undefined) throw new Error("Somebody waits, and nobody is next.");
    left.splice(left.indexOf(next), 1);
    turns.push({ waiter: next, turn: turns.length });
    memory = afterTurn(memory, next);
  }
  return turns;
}

const aCrowd = fc
  .array(
    fc.record({
      client: fc.constantFrom("a", "b", "c", "d"),
      lane: fc.constantFrom<Lane>("interactive", "batch"),
      waitedMs: fc.integer({ min: 0, max: 60_000 }),
      leftMs: fc.integer({ min: 1, max: 600_000 }),
    }),
    { maxLength: 60 },
  )
  .map((all) =>
    all.map(({ client, lane, waitedMs, leftMs }, nth) =>
      one(client, nth, { lane, at: noon + 1_000 - waitedMs, deadline: noon + 1_000 + leftMs }),
    ),
  );

describe("the order of the queue", () => {
  it("a client with one request does not wait behind another's hundred", () => {
    expect(names([one("a", 1), one("a", 2), one("a", 3), one("b", 4), one("c", 5)])).toEqual(["a1", "b4", "c5", "a2", "a3"]);
  });

  it("who was served lately comes after who was not, also when they come back one request at a time", () => {
    const waiters = [one("a", 1), one("b", 2)];
    const memory = afterTurn(afterTurn(nobodyServed, one("b", 0)), one("a", 0));
    expect(nextOf(waiters, noon + 100, memory)?.name).toBe("b2");
  });

  it("interactive goes before batch, and batch has every fourth turn", () => {
    const batch = [1, 2, 3].map((nth) => one("night", nth, { lane: "batch" }));
    const waiters = [...batch, ...[4, 5, 6, 7, 8, 9, 10].map((nth) => one("desk", nth))];
    expect(names(waiters)).toEqual(["desk4", "desk5", "desk6", "night1", "desk7", "desk8", "desk9", "night2", "desk10", "night3"]);
  });

  it("batch that waited longer than 30 s takes turns with interactive clients", () => {
    const old = one("night", 0, { lane: "batch", at: noon });
    const waiters = [old, one("desk", 1, { at: noon + 40_000 }), one("desk", 2, { at: noon + 40_001 })];
    expect(names(waiters, noon + promotedAfterMs)).toEqual(["desk1", "desk2", "night0"]);
    expect(names(waiters, noon + promotedAfterMs + 1)).toEqual(["night0", "desk1", "desk2"]);
  });

  it("one client's long-waiting batch does not hold up its own interactive requests", () => {
    const batch = Array.from({ length: 20 }, (_, nth) => one("", nth, { lane: "batch", at: noon - 60_000 + nth }));
    const order = names([...batch, one("", 99)]);
    expect(order.indexOf("99")).toBeLessThanOrEqual(2);
  });

  it("of a client's requests that came together the one with less time goes first; a later one never overtakes", () => {
    const hurried = one("a", 2, { at: noon, deadline: noon + 10 });
    expect(names([one("a", 1, { at: noon }), hurried])).toEqual(["a2", "a1"]);
    expect(names([one("a", 1, { at: noon }), { ...hurried, at: noon + 1 }])).toEqual(["a1", "a2"]);
  });

  it("I12: the order told to everyone is the order in which turns are given", () => {
    fc.assert(
      fc.property(aCrowd, (crowd) => {
        expect(orderOf(crowd, noon + 1_000, nobodyServed)).toEqual(served(crowd, 0).map(({ waiter }) => waiter));
      }),
    );
  });

  it("I12: removing anybody changes nothing in the order of the others of its client, and loses nobody", () => {
    fc.assert(
      fc.property(aCrowd, fc.nat(), (crowd, which) => {
        const less = crowd.filter((_, at) => at !== which % Math.max(1, crowd.length));
        const after = orderOf(less, noon + 1_000, nobodyServed);
        expect(new Set(after)).toEqual(new Set(less));
        const kept = orderOf(crowd, noon + 1_000, nobodyServed).filter((waiter) => less.includes(waiter));
        for (const flow of new Set(less.map(flowOf)))
          expect(after.filter((waiter) => flowOf(waiter) === flow)).toEqual(kept.filter((waiter) => flowOf(waiter) === flow));
      }),
    );
  });

  it("I12: nobody of a crowd that came together waits longer than twice the median of its class", () => {
    const burst = aCrowd.map((crowd) => crowd.map((waiter) => ({ ...waiter, at: noon })));
    fc.assert(
      fc.property(burst, fc.constantFrom(1, 100, 5_000), (crowd, stepMs) => {
        const turns = served(crowd, stepMs, noon);
        // One round of the others is the grain of any queue that takes turns.
        const round = new Set(crowd.map(flowOf)).size;
        for (const flow of new Set(crowd.map(flowOf))) {
          const waits = turns.filter(({ waiter }) => flowOf(waiter) === flow).map(({ turn }) => turn + 1);
          const median = waits[Math.floor(waits.length / 2)] ?? 0;
          expect(Math.max(...waits)).toBeLessThanOrEqual(2 * median + round);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("I12: while others come without end, nobody waits for more turns than four for each flow and its own earlier requests", () => {
    fc.assert(
      fc.property(
        aCrowd,
        fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "d", "e"), fc.boolean()), { minLength: 300, maxLength: 300 }),
        (crowd, coming) => {
          if (crowd.length === 0) return;
          const left: Named[] = [...crowd];
          const unserved = new Set<Named>(crowd);
          const flows = 10;
          let memory = nobodyServed;
          for (const [turn, [client, batch]] of coming.entries()) {
            left.push(one(client, 1_000 + turn, { lane: batch ? "batch" : "interactive", at: noon + 1_000 + turn }));
            const next = nextOf(left, noon + 1_000 + turn, memory);
            if (next === undefined) throw new Error("Somebody waits, and nobody is next.");
            left.splice(left.indexOf(next), 1);
            unserved.delete(next);
            memory = afterTurn(memory, next);
            for (const waiter of unserved) {
              const own = crowd.filter((other) => flowOf(other) === flowOf(waiter)).length;
              expect(turn).toBeLessThanOrEqual(batchEvery * flows * own);
            }
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
