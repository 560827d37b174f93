// What settings are refused for when two parts of them do not fit, and in which words.
import { describe, expect, it } from "vitest";
import { Config, type ConfigDocument } from "../../src-core/contract/config.ts";
import { describeIssues, fieldName } from "../../src-core/host/config-issues.ts";

function refusals(document: ConfigDocument): string[] {
  const read = Config.safeParse(document);
  return read.success ? [] : describeIssues(read.error.issues, document).map(({ path, says }) => `${fieldName(path)}: ${says}`);
}

const key = { env: "KEY" };
const coder = { chain: ["qwen-coder"] };
const quick = { requires: "llm" } as const;

describe("references that lead nowhere are found when settings are read, with the word that was meant", () => {
  it.each<[string, ConfigDocument, string]>([
    [
      "a fallback",
      { profiles: { coder: { ...coder, fallback: "quik" }, quick } },
      'profiles.coder.fallback: expected the name of a profile (did you mean "quick"?), got "quik"',
    ],
    [
      "the default profile",
      { profiles: { quick }, defaultProfile: "writing" },
      'defaultProfile: expected the name of a profile (there are quick), got "writing"',
    ],
    [
      "the default profile without any",
      { defaultProfile: "quick" },
      'defaultProfile: expected the name of a profile (there is none), got "quick"',
    ],
    [
      "an agent's profile",
      { profiles: { coder }, agents: { planner: { profile: "coda" } } },
      'agents.planner.profile: expected the name of a profile (did you mean "coder"?), got "coda"',
    ],
    [
      "an agent's fallback",
      { profiles: { coder }, agents: { planner: { profile: "coder", fallback: "x" } } },
      'agents.planner.fallback: expected the name of a profile (there are coder), got "x"',
    ],
    [
      "a profile's policy",
      { profiles: { coder: { ...coder, policy: "ballanced" } } },
      'profiles.coder.policy: expected the name of a policy (did you mean "balanced"?), got "ballanced"',
    ],
    [
      "the policy",
      { policy: "mine" },
      'policy: expected the name of a policy (there are balanced, priority, local-first, fastest, cheapest, biggest), got "mine"',
    ],
    [
      "a budget's client",
      { clients: [{ name: "laptop", key }], budgets: [{ id: "b", usd: 1, per: "day", scope: { client: "labtop" } }] },
      'budgets[0].scope.client: expected the name of a client (did you mean "laptop"?), got "labtop"',
    ],
    [
      "a budget's profile",
      { budgets: [{ id: "b", usd: 1, per: "day", scope: { profile: "coder" } }] },
      'budgets[0].scope.profile: expected the name of a profile (there is none), got "coder"',
    ],
    [
      "a client's agent",
      { clients: [{ name: "laptop", key, agent: "planner" }] },
      'clients[0].agent: expected the name of an agent (there is none), got "planner"',
    ],
  ])("%s", (_, document, says) => {
    expect(refusals(document)).toEqual([says]);
  });

  it("a policy of one's own, a preset and a list are all known", () => {
    const policies = { mine: ["warm", "name"] as const };
    expect(
      refusals({
        policies: { mine: [...policies.mine] },
        policy: "mine",
        profiles: { coder: { ...coder, policy: "fastest" }, quick: { ...quick, policy: ["random"] } },
      }),
    ).toEqual([]);
  });
});

describe("names", () => {
  it("4.2 step 0: aliases are flat: one that leads to another is refused", () => {
    expect(refusals({ aliases: { small: "tiny", "gpt-4o-mini": "Small:latest" } })).toEqual([
      'aliases.gpt-4o-mini: expected a model or profile; an alias never leads to another alias, got "Small:latest"',
    ]);
    expect(refusals({ aliases: { tiny: "tiny" } })).toHaveLength(1);
  });

  it("5.10: auto is reserved: no profile, alias, rule or chain may use the name for something else", () => {
    expect(refusals({ profiles: { auto: coder } })).toEqual([
      "profiles.auto: expected another name: auto asks for the rules, got a section",
    ]);
    expect(refusals({ aliases: { "AUTO:latest": "tiny" } })).toHaveLength(1);
    expect(refusals({ rules: [{ id: "a", when: { hasImage: true }, use: "auto" }] })).toHaveLength(1);
    expect(refusals({ profiles: { coder: { chain: ["auto"] } } })).toHaveLength(1);
    expect(refusals({ aliases: { "gpt-4o": "auto" } })).toEqual([]);
  });

  it.each<[string, ConfigDocument, string]>([
    [
      "profiles in two spellings",
      { profiles: { coder, Coder: coder } },
      'profiles.Coder: expected a profile name used once ("coder" is there already), got a section',
    ],
    [
      "aliases in two spellings",
      { aliases: { small: "a", "small:latest": "b" } },
      'aliases.small:latest: expected an alias used once ("small" is there already), got "b"',
    ],
    [
      "an alias that hides a profile",
      { profiles: { coder }, aliases: { CODER: "tiny" } },
      'aliases.CODER: expected a name that no profile has, got "tiny"',
    ],
    [
      "rules",
      {
        rules: [
          { id: "a", when: { hasImage: true }, use: "x" },
          { id: "a", when: { hasTools: true }, use: "y" },
        ],
      },
      'rules[1].id: expected a rule id used once ("a" is there already), got "a"',
    ],
    [
      "budgets",
      {
        budgets: [
          { id: "b", usd: 1, per: "day" },
          { id: "b", usd: 2, per: "day" },
        ],
      },
      'budgets[1].id: expected a budget id used once ("b" is there already), got "b"',
    ],
    [
      "clients",
      {
        clients: [
          { name: "a", key },
          { name: "a", key },
        ],
      },
      'clients[1].name: expected a client name used once ("a" is there already), got "a"',
    ],
    [
      "a profile without an aim",
      { profiles: { p: { timeoutMs: 8000 } } },
      "profiles.p: expected exactly one of chain and requires, got a section",
    ],
    [
      "a profile with two",
      { profiles: { p: { ...coder, ...quick } } },
      "profiles.p: expected exactly one of chain and requires, got a section",
    ],
    [
      "wishes without a requirement",
      { profiles: { p: { ...coder, prefer: ["*"] } } },
      "profiles.p.prefer: expected requires beside it, got a list",
    ],
  ])("%s", (_, document, says) => {
    expect(refusals(document)).toEqual([says]);
  });
});

describe("1.10: circles are refused when settings are read, and named", () => {
  it.each<[string, NonNullable<ConfigDocument["profiles"]>, string[]]>([
    ["itself", { a: { chain: ["x", "a"] } }, ["a → a"]],
    ["through chains", { a: { chain: ["b"] }, b: { chain: ["c"] }, c: { chain: ["a"] } }, ["a → b → c → a"]],
    ["through a fallback", { a: { chain: ["x"], fallback: "b" }, b: { chain: ["y"], fallback: "a" } }, ["a → b → a"]],
    ["its own fallback", { a: { chain: ["x"], fallback: "a" } }, ["a → a"]],
  ])("%s", (_, profiles, circles) => {
    expect(refusals({ profiles })).toEqual(
      circles.map((circle) => `profiles.${circle.slice(0, 1)}: expected profiles that lead to an end, not ${circle}, got a section`),
    );
  });

  it("through an alias, and in another spelling", () => {
    expect(refusals({ profiles: { a: { chain: ["second"] }, b: { chain: ["A:latest"] } }, aliases: { second: "b" } })).toHaveLength(1);
  });

  it("one profile reached twice is no circle", () => {
    expect(refusals({ profiles: { a: { chain: ["b", "c"] }, b: { chain: ["d"] }, c: { chain: ["d"] }, d: { chain: ["x"] } } })).toEqual([]);
  });
});

it("5.10: a pattern that some text could keep busy is refused when settings are read, with the reason", () => {
  const rules = [
    { id: "slow", when: { contentRegex: "(a+)+$" }, use: "x" },
    { id: "fine", when: { contentRegex: "^refactor\\b" }, use: "x" },
    { id: "model", when: { modelPattern: "(a|a)*" }, use: "x" },
    { id: "coders", when: { modelPattern: ".*coder.*" }, use: "x" },
  ];
  expect(refusals({ rules })).toEqual([
    'rules[0].when.contentRegex: expected a pattern that is quick on every text (refused because a repetition inside a repetition can take what belongs to the other), got "(a+)+$"',
    'rules[2].when.modelPattern: expected a pattern that is quick on every text (refused because it repeats alternatives that begin alike), got "(a|a)*"',
  ]);
});

it("the configuration that the issue shows is accepted as it stands", () => {
  expect(
    refusals({
      profiles: {
        coder: {
          chain: ["qwen-coder", "big:8b"],
          timeoutMs: 8000,
          deadlineMs: 120000,
          gate: { refusal: true, schema: true },
          policy: "balanced",
          fallback: "quick",
          cloud: false,
        },
        quick: { requires: "llm", prefer: ["tiny*", "*"] },
      },
      defaultProfile: "quick",
      agents: { planner: { profile: "coder", fallback: "quick" } },
      rules: [
        { id: "images", when: { hasImage: true }, use: "vision" },
        { id: "long", when: { tokensAtLeast: 32000 }, use: "coder" },
      ],
      aliases: { "gpt-4o-mini": "quick" },
      budgets: [
        { id: "cloud-month", scope: { place: "cloud" }, usd: 5, per: "month" },
        { id: "tiny-day", scope: { model: "tiny" }, tokens: 100000, per: "day" },
      ],
      clients: [{ name: "laptop", key: { env: "LAPTOP_KEY" }, models: ["*"], cloud: false, lane: "interactive" }],
    }),
  ).toEqual([]);
});
