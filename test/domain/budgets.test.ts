// Budgets: what is in scope, what fits, what is set aside and counted, and when a window begins anew.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BudgetEntry, EngineEvent } from "../../src-core/contract/events.ts";
import type { Fleet, Spend } from "../../src-core/contract/fleet.ts";
import { ModelId, NodeId, RequestId } from "../../src-core/contract/ids.ts";
import { Budget } from "../../src-core/contract/routing.ts";
import { allows, estimate, inScope, left, overBudget, spendNow } from "../../src-core/domain/budgets.ts";
import { apply, emptyFleet } from "../../src-core/domain/fleet.ts";
import { windowEndsAt, windowOf } from "../../src-core/domain/utc.ts";
import { aModel, aNode, aWorld, noon, someFacts } from "../support/builders.ts";

const node = NodeId.parse("sky");
const model = ModelId.parse("big");
const request = RequestId.parse("r1");
const tokens = (limit: number, more: object = {}) => Budget.parse({ id: "b", tokens: limit, per: "day", ...more });
const spent = (more: Partial<Spend> = {}): Spend => ({
  window: "2026-11-21",
  usd: 0,
  tokens: 0,
  reservedUsd: 0,
  reservedTokens: 0,
  ...more,
});
const world = (budget: object, spend?: Spend) =>
  aWorld(
    [aNode("sky", [aModel("big")], { place: "cloud" })],
    { budgets: [Budget.parse({ id: "b", per: "day", ...budget })], catalogue: [{ model, cost: { input: 10, output: 20 } }] },
    spend === undefined ? {} : { spend: { b: spend } },
  );
const candidate = (name = "big") => ({ node: aNode("sky", [], { place: "cloud" }), key: name, entry: aModel(name) });
const over = (budget: object, spend?: Spend, facts = someFacts("big")) =>
  overBudget(candidate(), facts, { model: "big" }, world(budget, spend));

describe("windows", () => {
  it.each([
    ["day", "1970-01-01T00:00:00Z", "1970-01-01", "1970-01-02T00:00:00Z"],
    ["day", "2026-11-21T23:59:59.999Z", "2026-11-21", "2026-11-22T00:00:00Z"],
    ["day", "2028-02-29T12:00:00Z", "2028-02-29", "2028-03-01T00:00:00Z"],
    ["month", "2026-12-31T23:59:59Z", "2026-12", "2027-01-01T00:00:00Z"],
    ["month", "2027-02-01T00:00:00Z", "2027-02", "2027-03-01T00:00:00Z"],
    ["month", "2026-11-21T12:00:00Z", "2026-11", "2026-12-01T00:00:00Z"],
  ] as const)("5.9: a %s of UTC at %s is %s and ends at %s", (per, at, window, end) => {
    expect([windowOf(per, Date.parse(at)), windowEndsAt(per, Date.parse(at))]).toEqual([window, Date.parse(end)]);
  });

  it("5.9: our calendar agrees with the machine's on every instant", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8e12 }), (at) => {
        const iso = new Date(at).toISOString();
        const next = new Date(at);
        next.setUTCDate(1);
        next.setUTCMonth(next.getUTCMonth() + 1);
        next.setUTCHours(0, 0, 0, 0);
        expect([windowOf("day", at), windowOf("month", at)]).toEqual([iso.slice(0, 10), iso.slice(0, 7)]);
        expect(windowEndsAt("month", at)).toBe(next.getTime());
      }),
    );
  });

  it("5.9: a new window begins by itself, at nothing; an old figure is not carried on", () => {
    const budget = tokens(100);
    const used = spent({ tokens: 100, reservedTokens: 5 });
    expect(left(budget, spendNow(budget, used, noon))).toBe(0);
    expect(left(budget, spendNow(budget, used, noon + 86_400_000))).toBe(100);
  });

  it("F50: a clock that steps back into yesterday does not hand out today's budget again", () => {
    const budget = tokens(100);
    expect(left(budget, spendNow(budget, spent({ tokens: 90 }), noon - 86_400_000))).toBe(10);
  });
});

describe("what is in scope", () => {
  const spender = { node: { id: node, place: "cloud" as const }, key: "qwen3:8b", model: "Qwen3:8b", profile: "coder", client: "laptop" };
  it.each([
    [{}, true],
    [{ node: "sky" }, true],
    [{ node: "attic" }, false],
    [{ place: "cloud" }, true],
    [{ place: "lan" }, false],
    [{ model: "qwen3:8b" }, true],
    [{ model: "QWEN3:*" }, true],
    [{ model: "qwen3" }, false],
    [{ profile: "coder", client: "laptop" }, true],
    [{ profile: "coder", client: "phone" }, false],
  ])("%j: %s", (scope, fits) => expect(inScope(tokens(1, { scope }), spender)).toBe(fits));

  it("a request without a key is not counted to a client's budget", () => {
    expect(inScope(tokens(1, { scope: { client: "laptop" } }), { ...spender, client: undefined })).toBe(false);
  });
});

describe("what fits", () => {
  it("4.12: the prompt and the answer's limit are set aside; 4096 where there is no limit", () => {
    expect(estimate(someFacts("big"))).toEqual({ tokensIn: 25, tokensOut: 4096 });
    expect(estimate(someFacts("big", { maxOutputTokens: 100 }))).toEqual({ tokensIn: 25, tokensOut: 100 });
    expect(estimate(someFacts("big", { task: "embedding" }))).toEqual({ tokensIn: 25, tokensOut: 0 });
    expect(estimate(someFacts("big", { task: "unload" }))).toEqual({ tokensIn: 0, tokensOut: 0 });
  });

  it("4.12: what others have set aside is not there to be spent", () => {
    const facts = someFacts("big", { maxOutputTokens: 75 });
    expect(over({ tokens: 200 }, spent({ reservedTokens: 100 }), facts)).toBeUndefined();
    expect(over({ tokens: 200 }, spent({ reservedTokens: 101 }), facts)).toMatchObject({ id: "b" });
  });

  it("5.9: at the cap nothing more goes out", () => {
    expect(over({ usd: 1 }, spent({ usd: 1 }))?.says).toBe("the budget b is used up: $1.00 today");
    expect(over({ usd: 1 }, spent({ usd: 1.2 }))).toMatchObject({ id: "b" });
    expect(over({ usd: 1 }, spent({ usd: 0.5 }))).toBeUndefined();
  });

  it("4.6: what is free passes a budget of no money; what has no known price does not", () => {
    const none = tokens(1, { tokens: undefined, usd: 0 });
    expect(allows(none, spent(), { usd: 0, tokens: 5000 })).toBe(true);
    expect(allows(none, spent(), { usd: undefined, tokens: 5000 })).toBe(false);
    const says = overBudget(candidate("other"), someFacts("other"), { model: "other" }, world({ usd: 5 }))?.says;
    expect(says).toContain("its price is unknown");
  });

  it("a reason says what is left and what is asked, so that a person can ask for less", () => {
    expect(over({ tokens: 1000 })?.says).toBe(
      "the budget b has 1000 tokens left today, and this request may need 4121; a lower max_tokens asks for less",
    );
    expect(over({ usd: 0.05 })?.says).toBe("the budget b has $0.05 left today, and this request may cost $0.08");
  });
});

describe("what is counted", () => {
  const entry = (usd: number, count: number, window = "2026-11-21"): BudgetEntry => ({ budget: "b", window, usd, tokens: count });
  const reserve = (...entries: BudgetEntry[]): EngineEvent => ({ type: "budget-reserved", at: noon, request, node, model, entries });
  const settle = (one: BudgetEntry, usedUsd: number, usedTokens: number): EngineEvent => ({
    type: "budget-settled",
    at: noon,
    request,
    node,
    model,
    entries: [{ ...one, usedUsd, usedTokens }],
  });
  const { config } = aWorld([]);
  const run = (...events: EngineEvent[]): Fleet => events.reduce((fleet, event) => apply(fleet, event, config), emptyFleet);

  it("4.12: the rest of a reservation is given back; dust of binary fractions is not kept", () => {
    const fleet = run(reserve(entry(0.1, 10)), reserve(entry(0.2, 20)), settle(entry(0.1, 10), 0.03, 3), settle(entry(0.2, 20), 0, 0));
    expect(fleet.spend).toEqual({ b: { window: "2026-11-21", usd: 0.03, tokens: 3, reservedUsd: 0, reservedTokens: 0 } });
  });

  it("5.9: an answer that ends after midnight belongs to the window it began in", () => {
    const fleet = run(reserve(entry(0, 10)), reserve(entry(0, 7, "2026-11-22")), settle(entry(0, 10), 0, 9));
    expect(fleet.spend?.["b"]).toEqual({ window: "2026-11-22", usd: 0, tokens: 0, reservedUsd: 0, reservedTokens: 7 });
  });

  it("figures from the journal never replace those of this process", () => {
    const journal: EngineEvent = { type: "budgets-restored", at: noon, spend: { b: spent({ tokens: 50 }) } };
    expect(run(journal).spend?.["b"]?.tokens).toBe(50);
    expect(run(journal, reserve(entry(0, 1)), settle(entry(0, 1), 0, 1), journal).spend?.["b"]?.tokens).toBe(51);
  });

  it("4.12: whatever the order, used = what was settled, reserved = what is outstanding, and nothing is ever negative", () => {
    const step = fc.record({ usd: fc.integer({ min: 0, max: 1000 }), used: fc.integer({ min: 0, max: 1500 }), pick: fc.nat() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let fleet = emptyFleet;
        const open: BudgetEntry[] = [];
        const sums = { used: 0, open: 0 };
        for (const { usd, used, pick } of steps) {
          if (pick % 3 === 0 && open.length > 0) {
            const [one] = open.splice(pick % open.length, 1);
            if (one === undefined) continue;
            fleet = apply(fleet, settle(one, used / 1000, used), config);
            sums.used += used;
            sums.open -= one.tokens;
          } else {
            const one = entry(usd / 1000, usd);
            open.push(one);
            fleet = apply(fleet, reserve(one), config);
            sums.open += usd;
          }
          const now = fleet.spend?.["b"] ?? spent();
          expect(now.tokens).toBe(sums.used);
          expect(now.reservedTokens).toBe(sums.open);
          expect(now.usd).toBeCloseTo(sums.used / 1000, 9);
          expect(now.reservedUsd).toBe(sums.open / 1000);
        }
      }),
    );
  });
});
