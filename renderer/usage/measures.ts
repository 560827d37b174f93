// What usage is measured in: one row per measure, read by the totals, the chart, the tables and the summary alike.
import type { UsageSum } from "../../src-core/contract/history.ts";
import { count, duration, energy, usd } from "../format.ts";
import { firstTokenMs, totalOf } from "./sums.ts";

export const measureNames = ["requests", "tokensIn", "tokensOut", "money", "firstToken", "loads", "energy"] as const;
export type MeasureName = (typeof measureNames)[number];

export interface Measure {
  readonly label: string;
  /** Undefined: not measured. */
  readonly of: (sum: UsageSum) => number | undefined;
  readonly says: (value: number) => string;
  /** What is true of some of it: "12 failed". Empty where there is nothing to add. */
  readonly also: (sum: UsageSum) => string;
  /** A share of it, drawn within its bar. */
  readonly part?: { readonly label: string; readonly of: (sum: UsageSum) => number };
  /** Shorter, for an axis. */
  readonly axis: (value: number) => string;
  /** "Most on 18 Nov", "Slowest on 18 Nov". */
  readonly peak: string;
}

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const short = (value: number) => compact.format(value);
const figure = (value: number) => value.toLocaleString("en");

export const measures: Readonly<Record<MeasureName, Measure>> = {
  requests: {
    label: "Requests",
    of: (sum) => sum.requests,
    says: figure,
    also: ({ failed }) => (failed === 0 ? "" : `${figure(failed)} failed`),
    part: { label: "of them failed", of: (sum) => sum.failed },
    axis: short,
    peak: "Most",
  },
  tokensIn: {
    label: "Tokens in",
    of: (sum) => sum.tokensIn,
    says: figure,
    also: ({ tokensCached }) => (tokensCached === 0 ? "" : `${figure(tokensCached)} from caches`),
    part: { label: "of them from caches", of: (sum) => sum.tokensCached },
    axis: short,
    peak: "Most",
  },
  tokensOut: { label: "Tokens out", of: (sum) => sum.tokensOut, says: figure, also: () => "", axis: short, peak: "Most" },
  money: {
    label: "Money",
    of: (sum) => sum.usd,
    says: usd,
    also: ({ unpriced }) => (unpriced === 0 ? "" : `and ${figure(unpriced)} of unknown cost`),
    axis: usd,
    peak: "Most",
  },
  energy: {
    label: "Energy",
    of: (sum) => sum.wattHours,
    says: energy,
    also: ({ wattHours }) => (wattHours === 0 ? "" : "estimated"),
    axis: energy,
    peak: "Most",
  },
  firstToken: {
    label: "First token",
    of: firstTokenMs,
    says: duration,
    also: (sum) => (sum.firstBytes === 0 ? "" : "on average"),
    axis: duration,
    peak: "Slowest",
  },
  loads: {
    label: "Waited for loads",
    of: (sum) => sum.coldLoadMs,
    says: (value) => (value === 0 ? "0 s" : duration(value)),
    also: ({ coldLoads }) => (coldLoads === 0 ? "" : count(coldLoads, "request")),
    axis: duration,
    peak: "Most",
  },
};

/** Those that there is something to say of: energy only where nodes were given watts. */
export function measuresOf(sums: readonly UsageSum[]): readonly MeasureName[] {
  return totalOf(sums).wattHours > 0 ? measureNames : measureNames.filter((name) => name !== "energy");
}

/** "1,240", "4.2 s"; "unknown" where nothing was measured. */
export function measureSays(name: MeasureName, sum: UsageSum): string {
  const { of, says } = measures[name];
  const value = of(sum);
  return value === undefined ? "unknown" : says(value);
}
