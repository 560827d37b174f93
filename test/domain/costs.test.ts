// Costs from the catalogue: unknown is not free, and a cache is not lost.
import { describe, expect, it } from "vitest";
import { Config, type ConfigDocument } from "../../src-core/contract/config.ts";
import { ModelId } from "../../src-core/contract/ids.ts";
import { costOf, type TokenCounts } from "../../src-core/domain/costs.ts";

type Cost = NonNullable<NonNullable<ConfigDocument["catalogue"]>[number]["cost"]>;
const priced = (cost: Cost | undefined, tokens: TokenCounts, place: "cloud" | "lan" = "cloud") =>
  costOf(place, "big", tokens, Config.parse({ catalogue: cost === undefined ? [] : [{ model: ModelId.parse("Big:latest"), cost }] })).usd;
const million = 1_000_000;

describe("costOf", () => {
  it.each<[string, Cost | undefined, TokenCounts, number | undefined]>([
    ["input and output", { input: 3, output: 15 }, { tokensIn: million, tokensOut: million / 10 }, 4.5],
    ["0 is free", { input: 0, output: 0 }, { tokensIn: million, tokensOut: million }, 0],
    ["absent is unknown", { input: 3 }, { tokensIn: 1, tokensOut: 1 }, undefined],
    ["unknown where nothing is written", undefined, { tokensIn: 1, tokensOut: 1 }, undefined],
    ["an unknown price of what was not used does not matter", { input: 3 }, { tokensIn: million, tokensOut: 0 }, 3],
    ["read from a cache", { input: 3, output: 15, cacheRead: 0.3 }, { tokensIn: million, cachedTokens: million / 2 }, 1.65],
    ["written to a cache", { input: 4, output: 0, cacheWrite: 10 }, { tokensIn: million, cacheWriteTokens: million / 2 }, 7],
  ])("4.6: %s", (_, cost, tokens, usd) => {
    const told = priced(cost, tokens);
    if (usd === undefined) expect(told).toBeUndefined();
    else expect(told).toBeCloseTo(usd, 10);
  });

  it("5.3: without cache prices a write costs a quarter more, and a read never less than was asked for", () => {
    expect(priced({ input: 4, output: 0 }, { tokensIn: million, cacheWriteTokens: million })).toBeCloseTo(5, 10);
    expect(priced({ input: 4, output: 0 }, { tokensIn: million, cachedTokens: million })).toBeCloseTo(4, 10);
  });

  it("what runs in the house is free unless the catalogue says otherwise", () => {
    expect(priced(undefined, { tokensIn: million, tokensOut: million }, "lan")).toBe(0);
    expect(priced({ input: 1, output: 1 }, { tokensIn: million, tokensOut: million }, "lan")).toBe(2);
  });

  it("a node that counts more cached tokens than prompt tokens makes nothing negative", () => {
    expect(priced({ input: 1, output: 1, cacheRead: 0 }, { tokensIn: 10, cachedTokens: 50 })).toBe(0);
  });
});
