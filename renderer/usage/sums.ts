// Arithmetic over the engine's sums: exact, and what was not measured stays unknown instead of becoming 0.
import type { UsageSum } from "../../src-core/contract/history.ts";

const nothing: UsageSum = {
  name: "",
  requests: 0,
  failed: 0,
  tokensIn: 0,
  tokensOut: 0,
  tokensCached: 0,
  usd: 0,
  unpriced: 0,
  firstBytes: 0,
  firstByteMs: 0,
  coldLoads: 0,
  coldLoadMs: 0,
  wattHours: 0,
};

const plus = (a: UsageSum, b: UsageSum): UsageSum => ({
  name: a.name,
  requests: a.requests + b.requests,
  failed: a.failed + b.failed,
  tokensIn: a.tokensIn + b.tokensIn,
  tokensOut: a.tokensOut + b.tokensOut,
  tokensCached: a.tokensCached + b.tokensCached,
  usd: a.usd + b.usd,
  unpriced: a.unpriced + b.unpriced,
  firstBytes: a.firstBytes + b.firstBytes,
  firstByteMs: a.firstByteMs + b.firstByteMs,
  coldLoads: a.coldLoads + b.coldLoads,
  coldLoadMs: a.coldLoadMs + b.coldLoadMs,
  wattHours: a.wattHours + b.wattHours,
});

/** All of them together. */
export function totalOf(sums: readonly UsageSum[]): UsageSum {
  return sums.reduce(plus, nothing);
}

/** One sum per day, those included on which nothing was asked. */
export function everyDay(sums: readonly UsageSum[], days: readonly string[]): UsageSum[] {
  const byName = new Map(sums.map((sum) => [sum.name, sum]));
  return days.map((name) => byName.get(name) ?? { ...nothing, name });
}

/** Milliseconds until the first token, on average, waits and loads included; undefined where no answer was timed. */
export function firstTokenMs({ firstBytes, firstByteMs }: UsageSum): number | undefined {
  return firstBytes === 0 ? undefined : firstByteMs / firstBytes;
}
