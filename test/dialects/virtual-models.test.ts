// Names that are no model on any node, listed beside the real ones: profiles, aliases, auto.
import { describe, expect, it } from "vitest";
import { Config } from "../../src-core/contract/config.ts";
import { ollamaTags, openaiList, openaiOne } from "../../src-core/dialects/model-lists.ts";
import { firstModelOf, virtualModels } from "../../src-core/dialects/virtual-models.ts";
import { aFleet, aModel, aNode, noon } from "../support/builders.ts";

const config = Config.parse({
  profiles: { coder: { chain: ["big", "quick"] }, quick: { requires: "llm" }, deep: { chain: ["coder"] } },
  aliases: { "gpt-4o": "coder", Tiny: "big" },
  rules: [{ id: "long", when: { tokensAtLeast: 100 }, use: "coder" }],
});
const fleet = aFleet([aNode("attic", [aModel("big"), aModel("tiny:latest")])]);
const listed = JSON.parse(JSON.stringify(openaiList(fleet, noon, config)));

describe("profiles are named virtual models, listed beside real ones", () => {
  it("each with what it leads to; a real model whose name means something else is not listed twice", () => {
    expect(listed.data.map(({ id }: { id: string }) => id)).toEqual(["big", "coder", "quick", "deep", "gpt-4o", "Tiny", "auto"]);
    expect(listed.data[1]).toMatchObject({ object: "model", owned_by: "homeport", homeport: { profile: true, chain: ["big", "quick"] } });
    expect(listed.data[2]).toMatchObject({ homeport: { profile: true, chain: ["any llm model"] } });
    expect(listed.data[4]).toMatchObject({ homeport: { alias: true, chain: ["coder"] } });
    expect(listed.data[6]).toMatchObject({ homeport: { auto: true, chain: ["coder"] } });
  });

  it("a page of their own, in any spelling, with the caller's echoed", () => {
    expect(openaiOne(fleet, "Coder:latest", noon, config)).toMatchObject({ id: "Coder:latest", homeport: { profile: true } });
    expect(openaiOne(fleet, "nope", noon, config)).toBeUndefined();
    expect(openaiOne(fleet, "constructor", noon, config)).toBeUndefined();
  });

  it("Ollama clients see them with a tag", () => {
    const { models } = JSON.parse(JSON.stringify(ollamaTags(fleet, config)));
    expect(models.map(({ name }: { name: string }) => name)).toEqual([
      "big:latest",
      "coder:latest",
      "quick:latest",
      "deep:latest",
      "gpt-4o:latest",
      "Tiny:latest",
      "auto:latest",
    ]);
    expect(models[1]).toMatchObject({ model: "coder:latest", size: 0, digest: "", details: { family: "" } });
  });

  it("without any, the lists are as they were; auto is offered only where rules are configured", () => {
    expect(virtualModels(Config.parse({}))).toEqual([]);
    expect(openaiList(fleet, noon, Config.parse({}))).toEqual(openaiList(fleet, noon));
  });
});

it("the first real model behind a name; none where it is left open; always an end", () => {
  expect(["deep", "gpt-4o", "tiny", "big", "else"].map((name) => firstModelOf(name, config))).toEqual(["big", "big", "big", "big", "else"]);
  expect(["quick", "auto"].map((name) => firstModelOf(name, config))).toEqual([undefined, undefined]);
  const circle = { ...config, aliases: { a: "b", b: "a" } };
  expect(firstModelOf("a", circle)).toBeUndefined();
});
