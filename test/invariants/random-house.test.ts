// Whatever happens in a house, what reliability.md 7 promises holds. HOMEPORT_SEEDS=10000 for a longer look.
import { expect, test } from "vitest";
import { livedThrough } from "./random-house.ts";
import { everySeed, seedCount } from "./seeded.ts";

test(`I1-I10: hold in ${seedCount} random houses`, { timeout: 10_000 + seedCount * 120 }, async () => {
  await everySeed(seedCount, async (_, dice) => {
    expect(await livedThrough(dice)).toEqual([]);
  });
});
