// UTC days and months of an instant, by arithmetic: pure code is handed the time and has no clock of its own to ask for a calendar.

/** A stretch of time that a budget or a sum is kept for. */
export type Window = "day" | "month";

const dayMs = 86_400_000;

interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Civil date of a day count since 1970, after Howard Hinnant's algorithm. */
function civil(days: number): CivilDate {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthIndex = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day: dayOfYear - Math.floor((153 * monthIndex + 2) / 5) + 1 };
}

/** The day count since 1970 of the first of a month: the same algorithm turned round. `month` may be 13, which is January of the next year. */
export function daysOf(year: number, month: number): number {
  const [y, m] = month > 12 ? [year + 1, month - 12] : [year, month];
  const shifted = m <= 2 ? y - 1 : y;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (m > 2 ? m - 3 : m + 9) + 2) / 5);
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

const padded = (value: number, length: number): string => String(value).padStart(length, "0");

/** Asked per candidate and answered alike all day: the last answer is kept. */
let latest = { days: Number.NaN, day: "", month: "" };

function names(at: number): { readonly day: string; readonly month: string } {
  const days = Math.floor(at / dayMs);
  if (latest.days === days) return latest;
  const { year, month, day } = civil(days);
  const monthName = `${padded(year, 4)}-${padded(month, 2)}`;
  latest = { days, day: `${monthName}-${padded(day, 2)}`, month: monthName };
  return latest;
}

/** "2026-11-21" or "2026-11": the UTC window an instant (epoch milliseconds) falls into. Later windows of one kind sort after earlier ones. */
export function windowOf(per: Window, at: number): string {
  return names(at)[per];
}

/** The instant at which the UTC day or month of `at` ends. */
export function windowEndsAt(per: Window, at: number): number {
  const days = Math.floor(at / dayMs);
  if (per === "day") return (days + 1) * dayMs;
  const { year, month } = civil(days);
  return daysOf(year, month + 1) * dayMs;
}
