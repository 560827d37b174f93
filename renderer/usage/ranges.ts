// The stretches of time usage is shown for. Days are UTC, as the sums are kept and as budgets count.
export const ranges = ["today", "week", "days30", "month"] as const;
export type Range = (typeof ranges)[number];

export const rangeLabels: Readonly<Record<Range, string>> = {
  today: "Today",
  week: "7 days",
  days30: "30 days",
  month: "This month",
};

/** As part of a sentence: "12 requests in the last 7 days". */
export const rangeWords: Readonly<Record<Range, string>> = {
  today: "today",
  week: "in the last 7 days",
  days30: "in the last 30 days",
  month: "this month",
};

const dayMs = 86_400_000;

/** How many UTC days a range has up to `now`, today included. */
export function daysIn(range: Range, now: number): number {
  switch (range) {
    case "today":
      return 1;
    case "week":
      return 7;
    case "days30":
      return 30;
    case "month":
      return new Date(now).getUTCDate();
  }
}

/** The days themselves, oldest first: "2026-11-21". */
export function dayNames(range: Range, now: number): string[] {
  const days = daysIn(range, now);
  return Array.from({ length: days }, (_, index) => new Date(now - (days - 1 - index) * dayMs).toISOString().slice(0, 10));
}

const shortDay = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });

/** "2026-11-21" → "21 Nov". */
export function daySays(name: string): string {
  const at = Date.parse(`${name}T00:00:00Z`);
  return Number.isFinite(at) ? shortDay.format(at) : name;
}
