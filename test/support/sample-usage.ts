// A month of use as a window must be able to show it: busy and quiet days, failures, caches, money, and days on which nothing was asked.
import type { UsageSum } from "../../src-core/contract/history.ts";
import { noon } from "./builders.ts";

const dayMs = 86_400_000;

function aSum(name: string, requests: number, more: Partial<UsageSum> = {}): UsageSum {
  return {
    name,
    requests,
    failed: Math.floor(requests / 90),
    tokensIn: requests * 812,
    tokensOut: requests * 264,
    tokensCached: Math.floor(requests * 812 * 0.31),
    usd: requests * 0.0021,
    unpriced: 0,
    firstBytes: requests,
    firstByteMs: requests * 640,
    coldLoads: Math.floor(requests / 40),
    coldLoadMs: Math.floor(requests / 40) * 14_200,
    wattHours: requests * 0.43,
    ...more,
  };
}

const dayName = (ago: number) => new Date(noon - ago * dayMs).toISOString().slice(0, 10);
/** By day, newest first; 0 is a day without a sum of its own. */
const requests = [212, 405, 388, 96, 51, 467, 520, 301, 288, 0, 0, 140, 377, 402, 366, 290, 88, 43, 395, 421];

export const sampleDays: readonly UsageSum[] = requests.flatMap((count, ago) => {
  if (count === 0) return [];
  // One day in which loads took their time.
  return [ago === 5 ? aSum(dayName(ago), count, { failed: 61, firstByteMs: count * 2_900 }) : aSum(dayName(ago), count)];
});

const byModel = [
  aSum("qwen3:8b", 1_190),
  aSum("qwen3-coder-30b-a3b-instruct-q4_k_m", 602, { firstByteMs: 602 * 1_900 }),
  aSum("claude-sonnet-4-5", 214, { usd: 4.11, unpriced: 3, coldLoads: 0, coldLoadMs: 0, wattHours: 0 }),
  aSum("nomic-embed-text:latest", 130, { tokensOut: 0, tokensCached: 0, firstBytes: 0, firstByteMs: 0 }),
  aSum("", 3, {
    failed: 3,
    tokensIn: 0,
    tokensOut: 0,
    tokensCached: 0,
    usd: 0,
    firstBytes: 0,
    firstByteMs: 0,
    coldLoads: 0,
    coldLoadMs: 0,
    wattHours: 0,
  }),
];
const byNode = [aSum("studio", 1_190), aSum("rack", 602), aSum("claude", 214, { usd: 4.11, wattHours: 0 }), aSum("mini", 133)];
const byClient = [aSum("", 1_402), aSum("laptop", 640), aSum("nightly-summaries", 97)];

/** What the sample bridge answers, by method and what it is asked by. */
export const sampleUsage: Readonly<Record<string, { readonly ok: true; readonly output: { readonly sums: readonly UsageSum[] } }>> =
  Object.fromEntries(
    Object.entries({ day: sampleDays, model: byModel, node: byNode, client: byClient }).map(([by, sums]) => [
      `usage ${by}`,
      { ok: true, output: { sums } },
    ]),
  );

/** Of a house in which nobody has asked for anything. */
export const unusedHouse: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.keys(sampleUsage).map((key) => [key, { ok: true, output: { sums: [] } }]),
);
