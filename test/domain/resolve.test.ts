// From a name to a chain: who decides, in which order, what a chain unfolds to, and that it always ends.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Config, type ConfigDocument } from "../../src-core/contract/config.ts";
import type { RequestFacts, Resolution } from "../../src-core/contract/route.ts";
import { leavesChoice, resolve } from "../../src-core/domain/resolve.ts";
import { aFleet, aModel, aNode, aWorld, someFacts } from "../support/builders.ts";

const studio = aNode("studio", [aModel("tiny"), aModel("qwen-coder"), aModel("Big:8b")]);

function meaning(model: string, document: ConfigDocument, more: Partial<RequestFacts> = {}): Resolution {
  const found = resolve(someFacts(model, more), aWorld([studio], document));
  if ("kind" in found) throw new Error(found.message);
  return found;
}

const models = (resolution: Resolution) => resolution.chain.map(({ model, requires }) => model ?? requires);

const house: ConfigDocument = {
  profiles: {
    coder: { chain: ["qwen-coder", "big:8b"], timeoutMs: 8000, deadlineMs: 120_000, fallback: "quick" },
    quick: { requires: "llm", prefer: ["tiny*", "*"] },
    usual: { chain: ["tiny"] },
    seen: { requires: "vision" },
  },
  agents: { planner: { profile: "coder", fallback: "usual" }, writer: { profile: "usual" } },
  aliases: { "gpt-4o-mini": "quick", "gpt-4o": "tiny-8", house: "auto" },
  rules: [{ id: "pictures", when: { hasImage: true }, use: "seen" }],
  defaultProfile: "quick",
};

describe("5.2 precedence, 1.3: who decides what a request means", () => {
  it.each<[string, string, Partial<RequestFacts>, Resolution["because"], string | undefined]>([
    ["the body's profile before all", "usual", { profile: "coder", agent: "writer" }, "body-profile", "coder"],
    [
      "the header's profile before the model",
      "usual",
      { profile: "coder", profileFrom: "header", agent: "writer" },
      "header-profile",
      "coder",
    ],
    ["a model that names a profile before the agent", "usual", { agent: "planner" }, "profile", "usual"],
    ["in any spelling", "Usual:latest", {}, "profile", "usual"],
    ["a model that is a profile's first before the agent", "qwen-coder", { agent: "writer" }, "profile", "coder"],
    ["but not its second", "big:8b", {}, "model", undefined],
    ["an alias of a profile", "GPT-4o-mini", {}, "alias", "quick"],
    ["an alias of a profile before the agent", "gpt-4o-mini", { agent: "writer" }, "alias", "quick"],
    ["an agent before the model itself", "big:8b", { agent: "planner" }, "agent", "coder"],
    ["an agent before the rules", "auto", { agent: "planner", rule: "pictures" }, "agent", "coder"],
    ["an agent nobody configured decides nothing", "big:8b", { agent: "stranger" }, "model", undefined],
    ["a rule where auto is asked for", "auto", { rule: "pictures" }, "rule", "seen"],
    ["a rule through an alias of auto", "house", { rule: "pictures" }, "rule", "seen"],
    ["the default where no rule fits", "auto", {}, "default", "quick"],
    ["an alias of a model", "gpt-4o", {}, "alias", undefined],
    ["the default where nobody has the model", "gpt-5", {}, "default", "quick"],
    ["a model that is there is itself", "BIG:8b", {}, "model", undefined],
  ])("%s", (_, model, more, because, profile) => {
    const found = meaning(model, house, more);
    expect([found.because, found.profile]).toEqual([because, profile]);
  });

  it("4.2 step 0: an alias becomes the model it stands for", () => {
    expect(meaning("gpt-4o", house).chain).toEqual([{ model: "tiny-8" }]);
  });

  it("a profile nobody configured is the caller's mistake: 400 with near names, told apart by where it was said", () => {
    const body = resolve(someFacts("tiny", { profile: "codr" }), aWorld([studio], house));
    expect(body).toMatchObject({ kind: "invalid-request", field: "profile", near: ["coder"] });
    const header = resolve(someFacts("tiny", { profile: "x y", profileFrom: "header" }), aWorld([studio], {}));
    expect(header).toMatchObject({ kind: "invalid-request", field: "x-homeport-profile" });
  });

  it("a rule that did not fit is told as a fall-through (5.14); without a default profile any language model serves", () => {
    expect(meaning("auto", house).fellThrough).toBe(true);
    const { defaultProfile: _, ...rest } = house;
    expect(meaning("auto", rest)).toEqual({ chain: [{ requires: "llm" }], because: "default", fellThrough: true });
  });

  it("5.10 built-in rules: a profile of that name where there is one, else any model of the kind", () => {
    expect(meaning("auto", {}, { rule: "multi" })).toEqual({ chain: [{ requires: "vision" }], because: "rule", rule: "multi" });
    expect(meaning("auto", {}, { rule: "coding" }).chain).toEqual([{ requires: "code" }]);
    expect(meaning("auto", {}, { rule: "writing" }).chain).toEqual([{ requires: "llm" }]);
    expect(meaning("auto", { profiles: { coding: { chain: ["big:8b"] } } }, { rule: "coding" })).toMatchObject({
      profile: "coding",
      because: "rule",
      rule: "coding",
    });
  });

  it("the default profile waits for nodes that have yet to tell what they have", () => {
    const fresh = aNode("fresh", [], { health: { state: "unknown" } });
    expect(resolve(someFacts("gpt-5"), aWorld([fresh], house))).toMatchObject({ because: "model" });
    expect(resolve(someFacts("gpt-5"), aWorld([studio], { ...house, catalogue: [{ model: "gpt-5" }] }))).toMatchObject({
      because: "model",
    });
  });
});

describe("chains", () => {
  it("models in order, then the profile's fallback, then the agent's; each link with its own profile's words", () => {
    expect(meaning("x", house, { agent: "planner" })).toMatchObject({
      deadlineMs: 120_000,
      chain: [
        { model: "qwen-coder", profile: "coder", timeoutMs: 8000 },
        { model: "big:8b", profile: "coder", timeoutMs: 8000 },
        { requires: "llm", prefer: ["tiny*", "*"], profile: "quick" },
        { model: "tiny", profile: "usual" },
      ],
    });
    expect(meaning("x", house, { agent: "planner" }).chain[2]).not.toHaveProperty("timeoutMs");
  });

  it("1.3: an agent's fallback also stands behind a profile that the model named", () => {
    expect(models(meaning("quick", house, { agent: "planner" }))).toEqual(["llm", "tiny"]);
  });

  it("a profile in a chain keeps its own words and takes the others from above; models stand once", () => {
    const profiles: ConfigDocument["profiles"] = {
      outer: {
        chain: ["inner", "tiny", "big:8b"],
        timeoutMs: 9000,
        policy: "fastest",
        can: ["tools"],
        minContextTokens: 4096,
        cloud: true,
      },
      inner: { chain: ["TINY:latest", "qwen-coder"], timeoutMs: 1000, can: ["vision"], minContextTokens: 1024 },
    };
    const { chain } = meaning("outer", { profiles });
    expect(chain).toMatchObject([
      { model: "TINY:latest", profile: "inner", timeoutMs: 1000, can: ["tools", "vision"], minContextTokens: 4096, cloud: true },
      { model: "qwen-coder", profile: "inner" },
      { model: "big:8b", profile: "outer", timeoutMs: 9000, can: ["tools"] },
    ]);
    expect(chain[0]?.policy?.[0]).toBe("healthy");
    expect(chain).toHaveLength(3);
  });

  it("what may not leave the house may not leave it further down either: no inner profile and no fallback loosens it", () => {
    const profiles: ConfigDocument["profiles"] = {
      home: { chain: ["away", "tiny"], cloud: false, fallback: "rescue" },
      away: { chain: ["big:8b"], cloud: true },
      rescue: { chain: ["qwen-coder"], cloud: true },
    };
    expect(meaning("home", { profiles }).chain.map(({ cloud }) => cloud)).toEqual([false, false, false]);
    expect(meaning("away", { profiles }).chain.map(({ cloud }) => cloud)).toEqual([true]);
    const agents = { a: { profile: "home", fallback: "rescue" } };
    expect(meaning("x", { profiles, agents }, { agent: "a" }).chain.every(({ cloud }) => cloud === false)).toBe(true);
  });

  it("aliases in chains and in rules lead to what they stand for", () => {
    const document: ConfigDocument = {
      aliases: { big: "Big:8b", code: "coder" },
      profiles: { coder: { chain: ["big"] }, two: { chain: ["code", "big"] } },
      rules: [{ id: "r", when: { hasTools: true }, use: "code" }],
    };
    expect(models(meaning("two", document))).toEqual(["Big:8b"]);
    expect(meaning("auto", document, { rule: "r" })).toMatchObject({ profile: "coder", rule: "r" });
    expect(meaning("big:8B", document)).toMatchObject({ because: "profile", profile: "coder" });
  });
});

describe("what costs nothing", () => {
  it("a request that uses none of this gets one shared value", () => {
    const world = aWorld([studio]);
    expect(resolve(someFacts("tiny"), world)).toBe(resolve(someFacts("other"), world));
    expect(meaning("tiny", {})).toEqual({ chain: [{}], because: "model" });
  });

  it("a profile's chain is made once per configuration, and anew for another one", () => {
    const world = aWorld([studio], house);
    expect(resolve(someFacts("coder"), world)).toBe(resolve(someFacts("CODER"), world));
    expect(resolve(someFacts("coder"), aWorld([studio], house))).not.toBe(resolve(someFacts("coder"), world));
  });

  it("leavesChoice: auto in any spelling and its aliases, nothing else", () => {
    const config = Config.parse(house);
    expect(["auto", "AUTO", "auto:latest", "House"].map((name) => leavesChoice(name, config))).toEqual([true, true, true, true]);
    expect(["automatic", "tiny", "gpt-4o", ""].map((name) => leavesChoice(name, config))).toEqual([false, false, false, false]);
  });
});

describe("1.10: resolution always ends, also for configurations that were never checked", () => {
  const names = ["a", "b", "c", "d", "m1", "m2"];
  const someProfile = fc.record({
    chain: fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 4 }),
    fallback: fc.option(fc.constantFrom("a", "b", "c", "d"), { nil: undefined }),
  });

  it("random profiles with circles: at least one link, no model twice, every model one of those written down", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("a", "b", "c", "d"), someProfile),
        fc.constantFrom(...names),
        fc.constantFrom("a", "b", "zz"),
        (written, model, agent) => {
          const base = Config.parse({});
          const profile = Config.parse({ profiles: { p: { chain: ["x"] } } }).profiles["p"];
          if (profile === undefined) throw new Error("a profile");
          const profiles = Object.fromEntries(
            Object.entries(written).map(([name, { chain, fallback }]) => [name, { ...profile, chain, fallback }]),
          );
          const config = { ...base, profiles, agents: { a: { profile: "a", fallback: "b" } }, defaultProfile: "c" };
          const found = resolve(someFacts(model, { agent }), { config, fleet: aFleet([studio]) });
          if ("kind" in found) throw new Error(found.message);
          const chain = models(found);
          expect(chain.length).toBeGreaterThan(0);
          expect(new Set(chain).size).toBe(chain.length);
        },
      ),
    );
  });
});
