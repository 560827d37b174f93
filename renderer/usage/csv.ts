// The figures that are shown, as a file for a spreadsheet (RFC 4180). Unknown is an empty cell; names that a spreadsheet would run are quoted.
import type { UsageSum } from "../../src-core/contract/history.ts";
import { firstTokenMs } from "./sums.ts";

const columns = [
  ...["by", "name", "requests", "failed", "tokens_in", "tokens_in_cached", "tokens_out", "usd", "requests_of_unknown_cost"],
  ...["first_token_ms_average", "requests_that_waited_for_a_load", "load_wait_ms", "watt_hours_estimated"],
];

/** Each table under its own word in the column `by`. */
export function usageCsv(tables: Readonly<Record<string, readonly UsageSum[]>>): string {
  const lines = Object.entries(tables).flatMap(([by, sums]) => sums.map((sum) => [by, sum.name, ...figuresOf(sum)].map(cell).join(",")));
  return [columns.join(","), ...lines, ""].join("\r\n");
}

function figuresOf(sum: UsageSum): (number | undefined)[] {
  const first = firstTokenMs(sum);
  return [
    ...[sum.requests, sum.failed, sum.tokensIn, sum.tokensCached, sum.tokensOut, sum.usd, sum.unpriced],
    ...[first === undefined ? undefined : Math.round(first * 10) / 10, sum.coldLoads, Math.round(sum.coldLoadMs)],
    sum.wattHours === 0 ? undefined : Math.round(sum.wattHours * 1_000) / 1_000,
  ];
}

/** A node chooses the names of its models: one that begins like a formula must not become one. */
function cell(value: string | number | undefined): string {
  if (typeof value !== "string") return value === undefined ? "" : String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
