// Shares of one sum: whatever gateways ask for, use and give back, in whatever order, all shares together never exceed the cap.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SumRecord } from "../../src-core/contract/cluster.ts";
import { availableTo, balanced, heldElsewhere, shareAlone, usedElsewhere } from "../../src-core/domain/shared-sum.ts";

const cap = 1_000;
const own = (used: number, underWay = 0, window = "2026-11-21") => ({ window, cap, used, underWay, whole: true });
const sum = (record: SumRecord | undefined) => Object.values(record?.parts ?? {}).reduce((all, { share }) => all + share, 0);

describe("shared sums", () => {
  it("done 4: all shares together never exceed the cap, and nobody uses more than its share, whatever happens in whatever order", () => {
    const step = fc.record({
      who: fc.constantFrom("a", "b", "c"),
      need: fc.integer({ min: 0, max: 400 }),
      use: fc.integer({ min: 0, max: 400 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let record: SumRecord | undefined;
        const used: Record<string, number> = {};
        for (const { who, need, use } of steps) {
          const asked = balanced(who, record, own(used[who] ?? 0), need, 3);
          if (asked === undefined) throw new Error("The window is the same.");
          record = asked.record;
          // Uses what it has, never more.
          used[who] = Math.min(asked.part.share, (used[who] ?? 0) + use);
          record = balanced(who, record, own(used[who]), 0, 3)?.record;
          expect(sum(record)).toBeLessThanOrEqual(cap);
        }
        const all = Object.values(used).reduce((total, each) => total + each, 0);
        expect(all).toBeLessThanOrEqual(cap);
      }),
    );
  });

  it("takes what is there where less is there than needed, and says what it wants", () => {
    const first = balanced("a", undefined, own(0), 900, 1);
    const second = balanced("b", first?.record, own(0), 500, 2);
    expect(second?.part).toMatchObject({ share: cap - (first?.part.share ?? 0), wants: 500 });
  });

  it("gives back what is held ahead of need as soon as another lacks it", () => {
    const a = balanced("a", undefined, own(0), 100, 1);
    expect(a?.part.share).toBeGreaterThan(100);
    const b = balanced("b", a?.record, own(0), cap, 2);
    expect(balanced("a", b?.record, own(100), 0, 2)?.part.share).toBe(100);
  });

  it("what runs is never given back", () => {
    const a = balanced("a", undefined, own(0, 300), 0, 1);
    const b = balanced("b", a?.record, own(0), cap, 2);
    expect(balanced("a", b?.record, own(0, 300), 0, 2)?.part.share).toBe(300);
  });

  it("a later window begins anew, and an earlier one is not written over it", () => {
    const a = balanced("a", undefined, own(700), 0, 1);
    const b = balanced("b", a?.record, own(0, 0, "2026-11-22"), 900, 2);
    expect([b?.part.share, b?.record.parts["a"]]).toEqual([expect.any(Number), undefined]);
    expect(b?.part.share).toBeGreaterThanOrEqual(900);
    expect(balanced("a", b?.record, own(700), 100, 2)).toBeUndefined();
  });

  it("F64: alone, each may use its share and its part of what nobody held, so that the cap holds in a partition too", () => {
    const a = balanced("a", undefined, own(100), 50, 2);
    const b = balanced("b", a?.record, own(200), 0, 2);
    const record = b?.record;
    const alone = (me: string, used: number) => shareAlone(me, record, own(used), record?.parts[me]?.share ?? 0, 2);
    expect(alone("a", 100) + alone("b", 200)).toBeLessThanOrEqual(cap);
    expect(alone("a", 100) + alone("b", 200)).toBeGreaterThan(cap - 2);
    expect(shareAlone("c", undefined, own(0), 0, 1)).toBe(cap);
  });

  it("F64: what was used in a partition counts afterwards, also where that is more than anybody would have been given", () => {
    const a = balanced("a", undefined, own(0), 900, 2);
    const b = balanced("b", a?.record, own(450), 0, 2);
    expect(b?.part).toMatchObject({ used: 450, share: 450 });
    expect(availableTo("b", b?.record, own(450))).toBeLessThan(450);
    expect(usedElsewhere("a", b?.record, "2026-11-21")).toBe(450);
    expect(heldElsewhere("b", b?.record, "2026-11-21")).toBe(a?.part.share);
  });

  it("a journal that lost its last moment does not make less of what was told before", () => {
    const a = balanced("a", undefined, own(400), 0, 1);
    expect(balanced("a", a?.record, own(300), 0, 1)?.part.used).toBe(400);
  });

  it("dollars leave no dust", () => {
    const money = { window: "2026-11", cap: 1, used: 0.1, underWay: 0.2, whole: false };
    expect(balanced("a", undefined, money, 0.7, 1)?.part.share).toBe(1);
  });
});
