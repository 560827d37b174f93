// What usage is measured in: one row per measure, read by the totals, the chart, the tables and the summary alike.
import type { UsageSum } from "../../src-core/contract/history.ts";
import { compactFigure, duration, energy, figure, usd, wholeDuration } from "../format.ts";
import { words } from "../language/words.ts";
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
  /** "Most on 18 Nov: 410.", "Slowest on 18 Nov: 2.9 s." */
  readonly peak: (day: string, amount: string) => string;
}

const said = words.usage.measures;

export const measures: Readonly<Record<MeasureName, Measure>> = {
  requests: {
    label: said.requests.label,
    of: (sum) => sum.requests,
    says: figure,
    also: ({ failed }) => (failed === 0 ? "" : said.requests.also(failed)),
    part: { label: said.requests.part, of: (sum) => sum.failed },
    axis: compactFigure,
    peak: said.requests.peak,
  },
  tokensIn: {
    label: said.tokensIn.label,
    of: (sum) => sum.tokensIn,
    says: figure,
    also: ({ tokensCached }) => (tokensCached === 0 ? "" : said.tokensIn.also(tokensCached)),
    part: { label: said.tokensIn.part, of: (sum) => sum.tokensCached },
    axis: compactFigure,
    peak: said.tokensIn.peak,
  },
  tokensOut: {
    label: said.tokensOut.label,
    of: (sum) => sum.tokensOut,
    says: figure,
    also: () => "",
    axis: compactFigure,
    peak: said.tokensOut.peak,
  },
  money: {
    label: said.money.label,
    of: (sum) => sum.usd,
    says: usd,
    also: ({ unpriced }) => (unpriced === 0 ? "" : said.money.also(unpriced)),
    axis: usd,
    peak: said.money.peak,
  },
  energy: {
    label: said.energy.label,
    of: (sum) => sum.wattHours,
    says: energy,
    also: ({ wattHours }) => (wattHours === 0 ? "" : said.energy.also),
    axis: energy,
    peak: said.energy.peak,
  },
  firstToken: {
    label: said.firstToken.label,
    of: firstTokenMs,
    says: duration,
    also: (sum) => (sum.firstBytes === 0 ? "" : said.firstToken.also),
    axis: duration,
    peak: said.firstToken.peak,
  },
  loads: {
    label: said.loads.label,
    of: (sum) => sum.coldLoadMs,
    says: (value) => (value === 0 ? wholeDuration(0) : duration(value)),
    also: ({ coldLoads }) => (coldLoads === 0 ? "" : said.loads.also(coldLoads)),
    axis: duration,
    peak: said.loads.peak,
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
  return value === undefined ? words.common.unknown : says(value);
}
