import { expect, test } from "vitest";
import { words } from "../../renderer/language/words.ts";
import { limitSays } from "../../renderer/routing/budget-figures.ts";
import {
  conditionOf,
  conditions,
  freshCondition,
  placeForNew,
  ruleSays,
  rulesToBeginWith,
  shadowedBy,
} from "../../renderer/routing/conditions.ts";
import { freshName, moved, problemOf, problemsAt, without } from "../../renderer/routing/list-edit.ts";
import { type Rule, RuleMatcher } from "../../src-core/contract/routing.ts";
import { builtInRules } from "../../src-core/domain/auto-router.ts";

const rule = (id: string, when: RuleMatcher, use = "quick"): Rule => ({ id, when, use });

test("issue 6 Routing: an entry moved keeps every other in its order, and stays inside the list", () => {
  expect(moved(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
  expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
  expect(moved(["a", "b", "c"], 0, 99)).toEqual(["b", "c", "a"]);
  expect(moved(["a", "b", "c"], 1, -4)).toEqual(["b", "a", "c"]);
  expect(moved(["a"], 5, 0)).toEqual(["a"]);
  expect(without(["a", "b", "c"], 1)).toEqual(["a", "c"]);
});

test("issue 6 Routing: a new entry's name is one that nobody has, in any spelling", () => {
  expect(freshName("rule", [])).toBe("rule");
  expect(freshName("rule", ["Rule", "rule-2"])).toBe("rule-3");
});

test("issue 6 Routing: what is wrong with the tenth entry is not told at the first", () => {
  const problems = new Map([
    ["1.when.contentRegex", "Expected a pattern."],
    ["10.use", "Write something here."],
    ["1", "Expected another value."],
  ]);
  expect([...problemsAt(problems, 1)]).toEqual([
    ["when.contentRegex", "Expected a pattern."],
    ["", "Expected another value."],
  ]);
  expect(problemOf(problemsAt(problems, 10), "use")).toBe("Write something here.");
  expect(problemOf(problemsAt(problems, 1), "when")).toBe("Expected a pattern.");
  expect(problemOf(problemsAt(problems, 1), "wh")).toBeUndefined();
});

test("issue 6 Routing: every condition of 5.10 can be picked, and is read back as what was picked", () => {
  for (const condition of conditions) {
    expect(conditionOf(freshCondition(condition))).toBe(condition);
    expect(words.routingAuto.conditions[condition]).not.toBe("");
  }
  const pickable = new Set(conditions.flatMap((condition) => Object.keys(freshCondition(condition))));
  expect([...pickable].sort()).toEqual(Object.keys(RuleMatcher.shape).sort());
});

test("issue 6 Routing: conditions without a text to write begin as something the engine accepts", () => {
  const written = new Set(["contains", "pattern", "model"]);
  for (const condition of conditions)
    expect(RuleMatcher.safeParse(freshCondition(condition)).success, condition).toBe(!written.has(condition));
});

test("issue 6 Routing: each rule says in a sentence what it does at its place", () => {
  expect(ruleSays(rule("a", { hasImage: true }), 0)).toBe("If it has an image, quick answers.");
  expect(ruleSays(rule("b", { tokensAtLeast: 24_000 }, "coder"), 1)).toBe(
    "Otherwise, if it is about 24,000 tokens or longer, coder answers.",
  );
  expect(ruleSays(rule("c", { codeFenceRatioAtLeast: 0.29 }), 1)).toBe("Otherwise, if at least 29 % of it is code, quick answers.");
  expect(ruleSays(rule("d", { tokensAtLeast: 0 }, " "), 2)).toBe("Otherwise, nobody yet answers.");
  expect(ruleSays(rule("e", { tokensAtLeast: 0 }), 0)).toBe("Always, quick answers.");
});

test("UX: a figure that cannot be read yet is not told as a figure", () => {
  for (const when of [{ tokensAtLeast: Number.NaN }, { tokensAtMost: Number.NaN }, { codeFenceRatioAtLeast: Number.NaN }, {}])
    expect(ruleSays(rule("a", when), 0)).not.toMatch(/NaN|undefined/);
});

test("issue 6 Routing: a rule that nothing reaches is told, with the one that takes everything before it", () => {
  const rules = [
    rule("pictures", { hasImage: true }),
    rule("again", { hasImage: true }),
    rule("all", { tokensAtLeast: 0 }),
    rule("late", { hasTools: true }),
  ];
  expect(rules.map((_, place) => shadowedBy(rules, place))).toEqual([undefined, "pictures", undefined, "all"]);
  expect(placeForNew(rules)).toBe(2);
  expect(placeForNew(rules.slice(0, 2))).toBe(2);
});

test("issue 6 Routing: rules of one's own begin as those of the house", () => {
  const begun = rulesToBeginWith(["coding"], "quick");
  expect(begun.map(({ id }) => id)).toEqual(builtInRules.map(({ id }) => id));
  expect(begun.map(({ use }) => use)).toEqual(["quick", "coding", "quick"]);
});

test("issue 6 Routing: a budget tells what happens at its limit, and a limit of nothing is told as such", () => {
  expect(limitSays({ scope: {}, usd: 5, per: "month" })).toBe(
    "Once $5.00 is spent in a month, what would cost more is passed over until the month ends (UTC). What is free still answers.",
  );
  expect(limitSays({ tokens: 100_000, scope: { place: "lan" }, per: "day" })).toBe(
    "Once 100,000 tokens are used in a day, it is passed over until the day ends (UTC).",
  );
  expect(limitSays({ tokens: 100_000, scope: { client: "laptop" }, per: "day" })).toContain("requests are refused");
  expect(limitSays({ scope: {}, usd: 0, per: "day" })).toBe("Always, what costs money is passed over. What is free still answers.");
  expect(limitSays({ scope: {}, tokens: Number.NaN, per: "day" })).not.toContain("NaN");
});
