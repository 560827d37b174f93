// Usage as the window tells it: exact sums, nothing invented, forecasts that say they are one, and a file that no spreadsheet runs.
import { describe, expect, test } from "vitest";
import { energy } from "../../renderer/format.ts";
import { usageCsv } from "../../renderer/usage/csv.ts";
import { forecast, forecastSays, spendNow } from "../../renderer/usage/forecast.ts";
import { measureNames, measureSays, measures, measuresOf } from "../../renderer/usage/measures.ts";
import { dayNames, daysIn } from "../../renderer/usage/ranges.ts";
import { summarySays } from "../../renderer/usage/summary.ts";
import { everyDay, firstTokenMs, totalOf } from "../../renderer/usage/sums.ts";
import type { UsageSum } from "../../src-core/contract/history.ts";
import { Budget } from "../../src-core/contract/routing.ts";

const at = Date.UTC(2026, 10, 21, 12);
const none = everyDay([], ["2026-11-21"])[0];
const sum = (name: string, more: Partial<UsageSum> = {}): UsageSum => ({ ...(none ?? totalOf([])), name, ...more });

describe("ranges", () => {
  test("issue 6: a range is whole UTC days, today included, the month from its first day on, over the end of a year too", () => {
    expect((["today", "week", "days30", "month"] as const).map((range) => daysIn(range, at))).toEqual([1, 7, 30, 21]);
    expect(dayNames("week", Date.UTC(2027, 0, 2, 0, 0, 1))).toEqual([
      ...["2026-12-27", "2026-12-28", "2026-12-29", "2026-12-30", "2026-12-31"],
      ...["2027-01-01", "2027-01-02"],
    ]);
  });
});

describe("sums", () => {
  test("UX decision 4: a day without an answer has no time to its first token, and the average is of answers, not of days", () => {
    const days = [
      sum("a", { firstBytes: 1, firstByteMs: 1_000 }),
      sum("b", { firstBytes: 3, firstByteMs: 300 }),
      sum("c", { requests: 2 }),
    ];
    expect(days.map(firstTokenMs)).toEqual([1_000, 100, undefined]);
    expect(firstTokenMs(totalOf(days))).toBe(325);
    expect(measureSays("firstToken", sum("c"))).toBe("unknown");
  });

  test("a day on which nothing was asked is drawn as a day: a gap must not pull its neighbours together", () => {
    const days = everyDay([sum("2026-11-20", { requests: 4 })], ["2026-11-19", "2026-11-20", "2026-11-21"]);
    expect(days.map(({ name, requests }) => [name, requests])).toEqual([
      ["2026-11-19", 0],
      ["2026-11-20", 4],
      ["2026-11-21", 0],
    ]);
  });

  test("UX decision 4: no measure of any sum says NaN, Infinity or undefined", () => {
    const odd = [sum("zero"), sum("much", { requests: 1e9, tokensIn: 1e15, usd: 1e-7, coldLoadMs: 1e10, coldLoads: 1, firstBytes: 1 })];
    for (const name of measureNames)
      for (const one of odd) expect(`${measureSays(name, one)} ${measures[name].also(one)}`).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe("issue 6 Usage: energy", () => {
  test("it is a measure only where nodes were given watts, and says that it is an estimate", () => {
    const [without, given] = [sum("a", { requests: 3 }), sum("b", { requests: 3, wattHours: 1_260 })];
    expect(measuresOf([without])).not.toContain("energy");
    expect(measuresOf([without, given])).toContain("energy");
    expect([measureSays("energy", given), measures.energy.also(given)]).toEqual(["1.3 kWh", "estimated"]);
    expect(summarySays("energy", [without, given], "week")).toBe("About 1.3 kWh in the last 7 days, from the watts given for nodes.");
    expect(summarySays("energy", [without], "week")).toBe("No energy is known in the last 7 days.");
  });

  test.each([
    [0, "0 Wh"],
    [0.04, "< 0.1 Wh"],
    [4.26, "4.3 Wh"],
    [420.4, "420 Wh"],
    [Number.NaN, "unknown"],
  ])("%d watt-hours are said as %s", (wattHours, says) => {
    expect(energy(wattHours)).toBe(says);
  });

  test("a spreadsheet gets it in a column that says it is estimated", () => {
    const [head, row] = usageCsv({ node: [sum("attic", { wattHours: 0.12345 })] }).split("\r\n");
    expect(head).toMatch(/,watt_hours_estimated$/);
    expect(row).toMatch(/,0\.123$/);
  });
});

describe("the summary of a chart", () => {
  test("UX 8: it says the whole, what of it went wrong, and the day that stands out", () => {
    const days = [sum("2026-11-20", { requests: 1_230, failed: 12, usd: 0.5, unpriced: 1 }), sum("2026-11-21", { requests: 10, usd: 1 })];
    expect(summarySays("requests", days, "week")).toBe("1,240 requests in the last 7 days, 12 failed. Most on 20 Nov: 1,230.");
    expect(summarySays("money", days, "month")).toBe("$1.50 this month, without 1 request of unknown cost. Most on 21 Nov: $1.00.");
    expect(summarySays("firstToken", days, "week")).toBe("No answer was timed in the last 7 days.");
    expect(summarySays("loads", days, "days30")).toBe("No request had to wait for a model to load in the last 30 days.");
  });

  test("one day alone is not said to stand out", () => {
    expect(summarySays("requests", [sum("2026-11-21", { requests: 1 })], "today")).toBe("1 request today.");
  });
});

describe("forecast of a budget", () => {
  const monthly = Budget.parse({ id: "b", usd: 30, per: "month" });
  const daily = Budget.parse({ id: "d", tokens: 1_000, per: "day" });
  const spend = (window: string, usd: number, tokens = 0) => ({ window, usd, tokens, reservedUsd: 0, reservedTokens: 0 });
  /** Ten of November's thirty days have passed. */
  const tenth = Date.UTC(2026, 10, 11);

  test("issue 6: a straight line through what this window has used, and the instant at which it meets the limit", () => {
    expect(forecast(monthly, spend("2026-11", 5), tenth)).toEqual({ is: "lasts", amount: 15 });
    expect(forecast(monthly, spend("2026-11", 15), tenth)).toEqual({ is: "ends", at: Date.UTC(2026, 10, 21) });
    expect(forecast(daily, spend("2026-11-21", 0, 250), at)).toEqual({ is: "lasts", amount: 500 });
  });

  test("UX decision 4: nothing is foretold of a window that has hardly begun, of one without spending, or of one that is used up", () => {
    expect(forecast(monthly, spend("2026-11", 5), Date.UTC(2026, 10, 2))).toBeUndefined();
    expect(forecast(monthly, undefined, tenth)).toBeUndefined();
    expect(forecast(monthly, spend("2026-11", 30), tenth)).toBeUndefined();
    expect(forecast(monthly, { ...spend("2026-11", 29), reservedUsd: 2 }, tenth)).toBeUndefined();
    expect(forecast(Budget.parse({ id: "z", usd: 0, per: "month" }), spend("2026-11", 1), tenth)).toBeUndefined();
  });

  test("5.9: what an older window has used is not of this one; a clock that stepped back keeps its window", () => {
    expect(spendNow(monthly, spend("2026-10", 29), tenth)).toBeUndefined();
    expect(spendNow(monthly, spend("2026-12", 29), tenth)).toMatchObject({ usd: 29 });
    expect(spendNow(daily, spend("2026-11-21", 1), at)).toMatchObject({ usd: 1 });
  });

  test("UX decision 4: it is always said to be an estimate", () => {
    expect(forecastSays(monthly, spend("2026-11", 5), tenth)).toBe("At this pace about $15.00 by the end of the month (estimate).");
    expect(forecastSays(monthly, spend("2026-11", 15), tenth)).toBe("At this pace it is used up around 21 Nov, 00:00 UTC (estimate).");
    expect(forecastSays(daily, spend("2026-11-21", 0, 250), at)).toBe("At this pace about 500 tokens by midnight UTC (estimate).");
  });
});

describe("the CSV file", () => {
  test("issue 6: every shown figure in full, unknown as an empty cell", () => {
    const day = sum("2026-11-21", { requests: 1_240, failed: 2, tokensIn: 5, usd: 0.125, coldLoads: 1, coldLoadMs: 4_000.4 });
    const [header, row, end] = usageCsv({ day: [day] }).split("\r\n");
    expect(header?.split(",")).toHaveLength(13);
    expect([row, end]).toEqual(["day,2026-11-21,1240,2,5,0,0,0.125,0,,1,4000,", ""]);
  });

  test("a model named like a formula is text in a spreadsheet, and a comma or a quote stays within its cell", () => {
    const names = ['=HYPERLINK("http://x")', "a,b", "+1", "plain:7b"];
    const cells = usageCsv({ model: names.map((name) => sum(name)) })
      .split("\r\n")
      .slice(1, 5)
      .map((line) => line.slice("model,".length).replace(/(,[^,]*){11}$/, ""));
    expect(cells).toEqual([`"'=HYPERLINK(""http://x"")"`, `"a,b"`, "'+1", "plain:7b"]);
  });
});
