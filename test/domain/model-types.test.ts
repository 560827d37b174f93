// What a model is for, which kinds stand in for each other, and names that match exactly or by a glob.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CatalogueEntry } from "../../src-core/contract/config.ts";
import { Config } from "../../src-core/contract/config.ts";
import type { Capability } from "../../src-core/contract/node-kinds.ts";
import type { ModelType } from "../../src-core/contract/routing.ts";
import { matchesName } from "../../src-core/domain/globs.ts";
import { derivedRequirement, serves, standIn, typeOf } from "../../src-core/domain/model-types.ts";
import { aModel } from "../support/builders.ts";

function catalogued(entry: { type?: ModelType; can?: Capability[] }): CatalogueEntry | undefined {
  return Config.parse({ catalogue: [{ model: "m", ...entry }] }).catalogue[0];
}

describe("1.3 profile resolution: requirements derived where a profile has no selection policy", () => {
  it.each([
    ["cloud_anything", "gpt-x", "openai", { requires: "llm", cloud: true, prefer: [] }],
    ["vision_for_cloud", "x", "Anthropic", { requires: "llm", cloud: true, prefer: [] }],
    ["main_vision", "gemma", "ollama", { requires: "vision", cloud: false, prefer: ["gemma"] }],
    ["main", "qwen3-vl:8b", "ollama", { requires: "vision", cloud: false, prefer: ["qwen3-vl:8b"] }],
    ["local_default_coder", "qwen3:14b", undefined, { requires: "code", cloud: false, prefer: ["qwen3:14b"] }],
    ["helper", "deepseek-code:6b", "ollama", { requires: "code", cloud: false, prefer: ["deepseek-code:6b"] }],
    ["helper", "qwen3:14b", "ollama", { requires: "llm", cloud: false, prefer: ["qwen3:14b"] }],
    ["vision_coder", "code", "ollama", { requires: "vision", cloud: false, prefer: ["code"] }],
  ])("%s with %s of %s", (profile, model, kind, wanted) => {
    expect(derivedRequirement(profile, model, kind)).toEqual(wanted);
  });
});

describe("1.4 step 1: types", () => {
  it.each<[ModelType, ModelType, number | undefined]>([
    ["llm", "llm", 0],
    ["llm", "code", 1],
    ["code", "llm", 1],
    ["code", "code", 0],
    ["llm", "vision", 2],
    ["vision", "llm", undefined],
    ["vision", "vision", 0],
    ["embedding", "llm", undefined],
    ["llm", "embedding", undefined],
    ["rerank", "embedding", undefined],
  ])("%s asked, %s there: %s", (required, type, rank) => {
    expect(standIn(required, type)).toBe(rank);
    expect(serves(required, type)).toBe(rank !== undefined);
  });

  it.each<[string, readonly Capability[] | undefined, ModelType]>([
    ["qwen3:14b", undefined, "llm"],
    ["qwen2.5-coder:7b", undefined, "code"],
    ["codestral", ["completion"], "code"],
    ["gemma3:4b", ["completion", "vision"], "vision"],
    ["qwen2.5vl:7b", undefined, "vision"],
    ["evlx", undefined, "llm"],
    ["nomic-embed-text", undefined, "embedding"],
    ["my-embedder", ["embedding"], "embedding"],
    ["BAAI/bge-reranker", undefined, "rerank"],
    ["qwen3-embedding", ["completion"], "llm"],
    ["whisper-large", undefined, "stt"],
    ["kokoro", undefined, "tts"],
    ["qwen3-vl", ["completion"], "llm"],
  ])("%s that says %s is %s: what a node says comes before a name", (name, can, type) => {
    expect(typeOf(aModel(name, "cold", can === undefined ? {} : { can }), undefined)).toBe(type);
  });

  it("the catalogue's word comes before all", () => {
    expect(typeOf(aModel("qwen2.5-coder"), catalogued({ type: "ocr" }))).toBe("ocr");
    expect(typeOf(aModel("plain"), catalogued({ can: ["embedding"] }))).toBe("embedding");
  });
});

describe("demands 3.25, 1.10: names match exactly or by an explicit glob, never by substring", () => {
  it.each([
    ["qwen3:1", "qwen3:14b", false],
    ["qwen3", "qwen3:14b", false],
    ["qwen3:14b", "qwen3:14b", true],
    ["Qwen3", "qwen3:latest", true],
    ["qwen3*", "qwen3:14b", true],
    ["*", "anything", true],
    ["*coder*", "qwen2.5-coder:7b", true],
    ["qwen*:7b", "qwen2.5:7b", true],
    ["qwen*:7b", "qwen2.5:70b", false],
    ["a*a", "a", false],
    ["a*b*a", "aba", true],
    ["a.c", "abc", false],
    ["tiny?", "tinyx", false],
    ["**", "", true],
  ])("%s and %s: %s", (pattern, name, matches) => {
    expect(matchesName(pattern, name)).toBe(matches);
  });

  it("a glob means what the same regular expression would", () => {
    const text = fc.stringMatching(/^[abc*]{0,8}$/);
    fc.assert(
      fc.property(text, fc.stringMatching(/^[abc]{0,12}$/), (pattern, name) => {
        const wanted = new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(name);
        expect(matchesName(pattern, name)).toBe(wanted);
      }),
    );
  });
});
