// The rules behind `auto`: ordered, the first that fits, each looking at one thing.
import { describe, expect, it } from "vitest";
import { Config } from "../../src-core/contract/config.ts";
import type { MessageView } from "../../src-core/contract/message-view.ts";
import type { RuleMatcher } from "../../src-core/contract/routing.ts";
import { asksAuto, codeFenceRatio, routeByRules } from "../../src-core/domain/auto-router.ts";

const plain: MessageView = { latestUserText: "hello", hasImage: false, hasTools: false, promptTokens: 10, model: "auto" };
const code = "```ts\nconst a = 1;\nconst b = 2;\n```";

function fits(when: RuleMatcher, view: Partial<MessageView>): boolean {
  const { rules } = Config.parse({ rules: [{ id: "r", when, use: "x" }] });
  return routeByRules(rules, { ...plain, ...view }) === "r";
}

describe("5.10 matchers", () => {
  it.each<[string, RuleMatcher, Partial<MessageView>, Partial<MessageView>]>([
    ["has image", { hasImage: true }, { hasImage: true }, { hasImage: false }],
    ["has no image", { hasImage: false }, { hasImage: false }, { hasImage: true }],
    ["has tools", { hasTools: true }, { hasTools: true }, { hasTools: false }],
    ["fenced code", { codeFenceRatioAtLeast: 0.5 }, { latestUserText: code }, { latestUserText: `${"words ".repeat(20)}\n${code}` }],
    [
      "contains, case counts",
      { contentContains: "Refactor" },
      { latestUserText: "please Refactor" },
      { latestUserText: "please refactor" },
    ],
    ["regex, searched", { contentRegex: "re(factor|write)\\b" }, { latestUserText: "please rewrite it" }, { latestUserText: "rewriting" }],
    ["regex, at the beginning", { contentRegex: "^refactor\\b" }, { latestUserText: "refactor it" }, { latestUserText: "to refactor" }],
    ["regex without case", { contentRegex: "(?i)^REFACTOR" }, { latestUserText: "Refactor it" }, { latestUserText: "a refactor" }],
    ["model pattern, full match", { modelPattern: "gpt-4.*" }, { model: "gpt-4o" }, { model: "my-gpt-4o" }],
    ["model pattern, part of a name", { modelPattern: "(?i).*coder.*" }, { model: "Qwen-Coder:7b" }, { model: "qwen" }],
    ["model pattern with alternatives, full match", { modelPattern: "a|ab" }, { model: "ab" }, { model: "abc" }],
    ["many tokens", { tokensAtLeast: 100 }, { promptTokens: 100 }, { promptTokens: 99 }],
    ["few tokens", { tokensAtMost: 100 }, { promptTokens: 100 }, { promptTokens: 101 }],
  ])("%s", (_, when, yes, no) => {
    expect(fits(when, yes)).toBe(true);
    expect(fits(when, no)).toBe(false);
  });

  it("a rule has exactly one matcher", () => {
    const read = (when: object) => Config.safeParse({ rules: [{ id: "r", when, use: "x" }] }).success;
    expect([read({}), read({ hasImage: true, hasTools: true }), read({ hasImage: true })]).toEqual([false, false, true]);
  });

  it("the first that fits decides, and none is told as none", () => {
    const { rules } = Config.parse({
      rules: [
        { id: "first", when: { contentContains: "a" }, use: "x" },
        { id: "second", when: { contentContains: "b" }, use: "y" },
      ],
    });
    expect(["ab", "b", "c"].map((latestUserText) => routeByRules(rules, { ...plain, latestUserText }))).toEqual([
      "first",
      "second",
      undefined,
    ]);
  });

  it("the person's rules replace the built-in ones, also where they are none", () => {
    expect(routeByRules([], { ...plain, hasImage: true })).toBeUndefined();
  });
});

describe("5.10 built-in rules: image, else 30 % fenced code, else writing", () => {
  it.each<[string, Partial<MessageView>, string]>([
    ["an image", { hasImage: true, latestUserText: code }, "multi"],
    ["mostly code", { latestUserText: code }, "coding"],
    ["a little code", { latestUserText: `${"words ".repeat(30)}\n${code}` }, "writing"],
    ["text", {}, "writing"],
    ["nothing", { latestUserText: "" }, "writing"],
  ])("%s", (_, view, rule) => {
    expect(routeByRules(undefined, { ...plain, ...view })).toBe(rule);
  });
});

describe("the share of fenced code", () => {
  it.each<[string, string, number]>([
    ["none", "words", 0],
    ["nothing at all", "", 0],
    ["half", "12345\n```\n123456789012\n```", 13 / 26],
    ["a fence that never closes reaches to the end", "ab\n```\n1234567890", 10 / 17],
    ["two fences", "```\nab\n```\nxy\n```\ncd\n```", 6 / 24],
    ["marks in the middle of a line are no fence", "use ``` to quote ``` things", 0],
    ["only a fence's beginning", "```", 0],
  ])("%s", (_, text, ratio) => {
    expect(codeFenceRatio(text)).toBeCloseTo(ratio, 2);
  });

  it("ends in time on 100,000 fences", () => {
    expect(codeFenceRatio("``` ".repeat(100_000))).toBeGreaterThanOrEqual(0);
    expect(codeFenceRatio("```\n".repeat(100_000))).toBeLessThanOrEqual(1);
  });
});

it("5.10: auto is asked for in any spelling", () => {
  expect(["auto", "Auto", "AUTO:latest", "autom", "auto:7b"].map(asksAuto)).toEqual([true, true, true, false, false]);
});
