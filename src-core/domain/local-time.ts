// Times of day as people read them from the clock on the wall, in a zone that is handed in. Everything is asked of the wall's own reading, minute by
// minute, so that the hour that is skipped in spring and the one that comes twice in autumn need no rules of their own.
import { type QuietHours, type WarmAt, Weekday } from "../contract/node-hours.ts";
import { daysOf } from "./utc.ts";

const minuteMs = 60_000;
const dayMinutes = 1440;
/** Quiet hours that never end are told as ending after this: whoever looks then sees that they go on. */
const longestLookMinutes = 7 * dayMinutes;

/** What a wall clock shows. `day`: days since 1970 in its own calendar; `minute`: of the day. */
export interface WallTime {
  readonly day: number;
  readonly minute: number;
}

/** Reads the wall clock of a zone, an IANA name. The first reading makes the reader, and with it takes in 4 MB of calendars; the others are cheap. */
export function wallClock(zone: string): (at: number) => WallTime {
  let format: Intl.DateTimeFormat | undefined;
  return (at) => {
    format ??= new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
    });
    const read: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(at)) read[type] = Number(value);
    const { year = 1970, month = 1, day = 1, hour = 0, minute = 0 } = read;
    return { day: daysOf(year, month) + day - 1, minute: hour * 60 + minute };
  };
}

/** Minutes on the wall since 1970: comparable, and only ever an hour off where the clocks are changed. */
export function wallMinutes({ day, minute }: WallTime): number {
  return day * dayMinutes + minute;
}

/** 1 January 1970 was a Thursday. */
function weekdayOf(day: number): Weekday {
  return Weekday.options[(((day + 3) % 7) + 7) % 7] ?? "mon";
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

/** Whether any of these stretches holds what the wall shows. */
export function isQuiet(hours: readonly QuietHours[], { day, minute }: WallTime): boolean {
  return hours.some(({ from, to, days }) => {
    const begins = minuteOf(from);
    const ends = minuteOf(to);
    const isOn = (on: number) => days === undefined || days.includes(weekdayOf(on));
    if (begins < ends) return minute >= begins && minute < ends && isOn(day);
    return (minute >= begins && isOn(day)) || (minute < ends && isOn(day - 1));
  });
}

/** When the quiet hours around `now` end, to the minute; undefined where there are none now. */
export function quietUntil(hours: readonly QuietHours[], now: number, read: (at: number) => WallTime): number | undefined {
  if (hours.length === 0 || !isQuiet(hours, read(now))) return undefined;
  const start = Math.floor(now / minuteMs) * minuteMs;
  for (let minutes = 1; minutes < longestLookMinutes; minutes += 1) {
    const at = start + minutes * minuteMs;
    if (!isQuiet(hours, read(at))) return at;
  }
  return start + longestLookMinutes * minuteMs;
}

/** An appointment missed by more than this, asleep or switched off, is not made up for. */
const latestMinutes = 60;

/**
 * Whether loading for this appointment is to begin between two looks at the wall, so much (`leadMinutes`) before it. Each appointment comes due once,
 * also where its minute is skipped in spring, or comes twice in autumn: `since` is the furthest the wall has ever shown.
 */
export function comesDue({ at, days }: WarmAt, since: number, now: WallTime, leadMinutes: number): boolean {
  const nowMinutes = wallMinutes(now);
  // What is to be ready just after midnight begins on the day before.
  return [now.day, now.day + 1].some((day) => {
    if (days !== undefined && !days.includes(weekdayOf(day))) return false;
    const begins = day * dayMinutes + minuteOf(at) - leadMinutes;
    return since < begins && begins <= nowMinutes && nowMinutes - begins < latestMinutes + leadMinutes;
  });
}
