// Settings that make no sense are refused, never read as something else.
import { describe, expect, it } from "vitest";
import { Config, defaultConfig } from "../../src-core/contract/config.ts";
import { matchesName } from "../../src-core/domain/globs.ts";

/** Every number of the configuration, as the path to it. */
function numbersIn(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value === "number") return [[...path]];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => numbersIn(inner, [...path, key]));
}

/** A document with one value in it. */
const only = (path: readonly string[], value: unknown): unknown => path.reduceRight((inner, key) => ({ [key]: inner }), value);

const paths = numbersIn(defaultConfig).map((path) => path.join("."));

describe("demands 3.25: settings and names mean what they say", () => {
  it("finds the numbers", () => {
    expect(paths).toEqual(
      expect.arrayContaining(["requests.deadlineSeconds", "requests.queueDepth", "affinity.ttlSeconds", "breaker.failures"]),
    );
  });

  it.each(paths)("demands 3.25: -1 for %s is refused, not taken for the default", (path) => {
    const read = Config.safeParse(only(path.split("."), -1));
    expect(read.success).toBe(false);
    expect(read.error?.issues[0]?.path.join(".")).toBe(path);
  });

  it("demands 3.25: -1 slots, weights, budgets and prices are refused too", () => {
    const node = { id: "a", kind: "ollama", url: "http://a:1" };
    const documents = [
      { nodes: [{ ...node, slots: -1 }] },
      { nodes: [{ ...node, weight: -1 }] },
      { budgets: [{ id: "b", tokens: -1, per: "day" }] },
      { budgets: [{ id: "b", usd: -1, per: "day" }] },
      { catalogue: [{ model: "m", cost: { input: -1 } }] },
      { clients: [{ name: "c", key: { env: "K" }, concurrency: -1 }] },
    ];
    for (const document of documents) expect(Config.safeParse(document).success).toBe(false);
  });

  it.each([
    ["llama", "codellama", false],
    ["oom", "room", false],
    ["qwen", "qwen3:8b", false],
    ["qwen*", "qwen3:8b", true],
    ["*llama", "codellama", true],
    ["m.del", "model", false],
    ["M:latest", "m", true],
  ])("demands 3.25: %s and %s: %s; never a part of a name without a star", (pattern, name, fits) => {
    expect(matchesName(pattern, name)).toBe(fits);
  });
});
