// The lists of models: from memory whatever nodes are doing, one row per model, known values only.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fail } from "../../src-core/contract/failure.ts";
import { NodeId } from "../../src-core/contract/ids.ts";
import { isoInstant, ollamaPs, ollamaTags, openaiList, openaiOne } from "../../src-core/dialects/model-lists.ts";
import { aFleet, aModel, aNode, noon } from "../support/builders.ts";
import { recorded } from "../support/replay.ts";

const llamaServer = { kind: "llama-server", can: { load: false, unload: false, loadsUnlisted: false, dialects: ["openai"] } } as const;
const names = (list: unknown) => JSON.parse(JSON.stringify(list)).models.map((model: { name: string }) => model.name);
const ids = (list: unknown) => JSON.parse(JSON.stringify(list)).data.map((model: { id: string }) => model.id);

describe("one list of many nodes", () => {
  it("a model that two nodes spell differently is one model, with the first node's spelling", () => {
    const fleet = aFleet([
      aNode("shed", [aModel("tiny-a", "warm")], llamaServer),
      aNode("attic", [aModel("tiny-a:latest"), aModel("tiny-b:7b")]),
    ]);
    expect(ids(openaiList(fleet, noon))).toEqual(["tiny-a", "tiny-b:7b"]);
    expect(names(ollamaTags(fleet))).toEqual(["tiny-a:latest", "tiny-b:7b"]);
    expect(openaiOne(fleet, "Tiny-A:latest", noon)).toMatchObject({
      id: "Tiny-A:latest",
      homeport: {
        loaded: true,
        nodes: [
          { node: "shed", model: "tiny-a", state: "warm", health: "up" },
          { node: "attic", model: "tiny-a:latest", state: "cold", health: "up" },
        ],
      },
    });
  });

  it("F08: a dead node's models stay listed, a switched-off or doubled node's do not (F39)", () => {
    const because = fail("connect-failed", "attic refused the connection.");
    const fleet = aFleet([
      aNode("attic", [aModel("kept")], { health: { state: "down", since: noon, because } }),
      aNode("off", [aModel("hidden")], { enabled: false }),
      aNode("again", [aModel("doubled")], { duplicateOf: NodeId.parse("attic") }),
    ]);
    expect(ids(openaiList(fleet, noon))).toEqual(["kept"]);
    expect(names(ollamaTags(fleet))).toEqual(["kept:latest"]);
  });

  it("an Ollama client is not shown a model that no node serves in its dialect", () => {
    expect(names(ollamaTags(aFleet([aNode("shed", [aModel("gguf")], llamaServer)])))).toEqual([]);
  });

  it("an unknown model has no page, an alias has", () => {
    const fleet = aFleet([aNode("shed", [aModel("long-name")], { aliases: { short: "long-name" } })]);
    expect(openaiOne(fleet, "nope", noon)).toBeUndefined();
    expect(openaiOne(fleet, "short", noon)).toMatchObject({ id: "short", object: "model" });
    expect(openaiOne(fleet, "__proto__", noon)).toBeUndefined();
  });

  it("context is told only where it is known, and then as the largest", () => {
    const fleet = aFleet([
      aNode("a", [aModel("known", "warm", { contextTokens: 4096, maxContextTokens: 131_072 }), aModel("unknown")]),
      aNode("b", [aModel("known", "cold", { maxContextTokens: 8192 })]),
    ]);
    const { data } = JSON.parse(JSON.stringify(openaiList(fleet, noon)));
    expect(data[0]).toMatchObject({ context_length: 8192, max_model_len: 8192, created: noon / 1000, owned_by: "homeport" });
    expect(data[1]).not.toHaveProperty("context_length");
  });

  it("a private registry's port is not taken for a tag", () => {
    expect(names(ollamaTags(aFleet([aNode("a", [aModel("box:5000/me/tiny")])])))).toEqual(["box:5000/me/tiny:latest"]);
  });
});

describe("the shapes that Ollama's clients read", () => {
  const digest = "84b5".repeat(16);
  const warm = { state: "warm", since: noon, bytes: 700, vramBytes: 500, expiresAt: noon } as const;
  const known = { digest, bytes: 600, family: "llama", parameters: "151K", quantization: "Q4_0", residency: warm };

  it("rows have every key of a recorded row that has a value there, and no key the real server has not", () => {
    const fleet = aFleet([
      aNode("a", [aModel("tiny-a", "warm", { ...known, can: ["chat", "completion"], maxContextTokens: 4096, contextTokens: 4096 })]),
    ]);
    for (const [name, list] of [["tags", ollamaTags(fleet)] as const, ["ps-loaded", ollamaPs(fleet)] as const]) {
      const real = JSON.parse(recorded("ollama", name).chunks.join("")).models[0];
      const [ours] = JSON.parse(JSON.stringify(list)).models;
      expect(Object.keys(real), name).toEqual(expect.arrayContaining(Object.keys(ours)));
      expect(Object.keys(ours).sort(), name).toEqual(Object.keys(real).sort());
    }
  });

  it("each capability is named once, in Ollama's word for it", () => {
    const fleet = aFleet([aNode("a", [aModel("m", "cold", { can: ["chat", "completion", "tools"] })])]);
    expect(JSON.parse(JSON.stringify(ollamaTags(fleet))).models[0].capabilities).toEqual(["completion", "tools"]);
  });

  it("what is in memory is one row per model, with the figures of the largest copy and an instant Go can parse", () => {
    const big = { ...known, residency: { ...warm, vramBytes: 900, bytes: 900 } };
    const fleet = aFleet([aNode("a", [aModel("tiny-a", "warm", known), aModel("cold")]), aNode("b", [aModel("tiny-a", "warm", big)])]);
    const { models } = JSON.parse(JSON.stringify(ollamaPs(fleet)));
    expect(models).toHaveLength(1);
    expect(models[0]).toMatchObject({ name: "tiny-a:latest", size: 900, size_vram: 900, digest, expires_at: "2026-11-21T12:00:00Z" });
  });

  it("a model that stays for ever shows a year far away, as Ollama does", () => {
    const stays = { residency: { ...warm, expiresAt: null } };
    const { models } = JSON.parse(JSON.stringify(ollamaPs(aFleet([aNode("a", [aModel("m", "warm", stays)])]))));
    expect(models[0].expires_at).toMatch(/^2319-/);
  });

  it("an instant is written as every calendar writes it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 7_258_118_400_000 }), (ms) => {
        expect(isoInstant(ms)).toBe(new Date(Math.floor(ms / 1000) * 1000).toISOString().replace(".000Z", "Z"));
      }),
    );
  });
});
