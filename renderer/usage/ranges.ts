// The stretches of time usage is shown for. Days are UTC, as the sums are kept and as budgets count.
import { shortDay } from "../format.ts";

export const ranges = ["today", "week", "days30", "month"] as const;
export type Range = (typeof ranges)[number];

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

/** "2026-11-21" → "21 Nov". */
export function daySays(name: string): string {
  const at = Date.parse(`${name}T00:00:00Z`);
  return Number.isFinite(at) ? shortDay(at) : name;
}
