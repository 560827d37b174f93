// Budgets of which other gateways use a part, and models that other gateways set aside, as decisions see them.
import { describe, expect, it } from "vitest";
import { fail } from "../../src-core/contract/failure.ts";
import type { Spend } from "../../src-core/contract/fleet.ts";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { Budget } from "../../src-core/contract/routing.ts";
import { left, mostNeeded, spendNow, usedShare } from "../../src-core/domain/budgets.ts";
import { isSetAside } from "../../src-core/domain/completion-errors.ts";
import { apply, emptyFleet } from "../../src-core/domain/fleet.ts";
import { aModel, aNode, aWorld, noon, someFacts } from "../support/builders.ts";

const budget = Budget.parse({ id: "b", tokens: 1_000, per: "day" });
const { config } = aWorld([], { budgets: [budget] });
const window = "2026-11-21";
const shared = { share: 300, elsewhere: 500, next: 20 };
const told = (more: object = { shared }) => ({ type: "budget-shared" as const, at: noon, budget: "b", window, ...more });
const spendAfter = (...events: readonly Parameters<typeof apply>[1][]): Spend | undefined =>
  events.reduce((fleet, event) => apply(fleet, event, config), emptyFleet).spend?.["b"];

describe("a budget that other gateways use too", () => {
  it("4.12: what is left is what is left of this gateway's share, and what is used is used by all", () => {
    const spend = spendAfter(told());
    if (spend === undefined) throw new Error("nothing is known");
    expect(left(budget, { ...spend, tokens: 100, reservedTokens: 50 })).toBe(150);
    expect(usedShare(budget, { ...spend, tokens: 100 })).toBe(0.6);
  });

  it("5.9: a new window begins with what may be used before anybody was asked, not with the whole budget", () => {
    const spend = spendNow(budget, spendAfter(told()), noon + 24 * 3_600_000);
    expect([left(budget, spend), spend.shared?.elsewhere]).toEqual([20, 0]);
  });

  it("what an earlier process used joins it, and alone again the whole budget counts", () => {
    const used = { window, usd: 0, tokens: 40, reservedUsd: 0, reservedTokens: 0 };
    const restored = { type: "budgets-restored" as const, at: noon, spend: { b: { ...used, window: "2026-11-22" } } };
    expect(spendAfter(told(), restored)).toMatchObject({ tokens: 40, shared: { share: 20, next: 20 } });
    expect(spendAfter(told(), told({}))?.shared).toBeUndefined();
  });

  it("what is told of a window that is over changes nothing", () => {
    expect(spendAfter(told({ window: "2026-11-22", shared }), told({ shared: { ...shared, share: 900 } }))).toMatchObject({ shared });
  });

  it("the most that a request may use is asked for: at any node of its chain that the budget counts, and nothing where none does", () => {
    const nodes = [aNode("attic", [aModel("m")]), aNode("sky", [aModel("big")], { place: "cloud" })];
    const catalogue = [{ model: ModelId.parse("big"), cost: { input: 1_000, output: 1_000 } }];
    const world = aWorld(nodes, { budgets: [budget], catalogue });
    const facts = someFacts("m", { promptTokens: 10, maxOutputTokens: 90 });
    const money = Budget.parse({ id: "usd", usd: 1, per: "day" });
    expect(mostNeeded(budget, facts, [{ model: "m" }], world)).toBe(100);
    expect(mostNeeded(money, facts, [{ model: "m" }], world)).toBe(0);
    expect(mostNeeded(money, facts, [{ model: "m" }, { model: "big" }], world)).toBeCloseTo(0.1);
    const phone = Budget.parse({ id: "p", tokens: 1, per: "day", scope: { client: "phone" } });
    expect(mostNeeded(phone, facts, [{ model: "m" }], world)).toBe(0);
  });
});

describe("a model that another gateway set aside", () => {
  const failure = fail("load-failed", "It does not fit.");
  const world = aWorld([aNode("attic", [aModel("m")])]);
  const aside = (until: number | undefined) => ({
    type: "set-aside-elsewhere" as const,
    at: noon,
    node: NodeId.parse("attic"),
    model: ModelId.parse("m"),
    ...(until === undefined ? {} : { setAside: { failure, until, count: 1 } }),
  });
  const entryAfter = (...events: readonly Parameters<typeof apply>[1][]) =>
    events.reduce((fleet, event) => apply(fleet, event, world.config), world.fleet).nodes["attic"]?.models["m"];

  it("R-6: is not tried here either until then, and is again once it proved itself there", () => {
    const entry = entryAfter(aside(noon + 1_000));
    expect(entry && [isSetAside(entry, noon), isSetAside(entry, noon + 1_000)]).toEqual([true, false]);
    expect(entryAfter(aside(noon + 1_000), aside(undefined))?.setAside).toBeUndefined();
  });

  it("R-6: what was learned here stays where it holds longer", () => {
    expect(entryAfter(aside(noon + 9_000), aside(noon + 1_000))?.setAside?.until).toBe(noon + 9_000);
  });
});
