// Figures, dates and plurals as a person reads them, by the person's language. What is unknown says so: never 0, never NaN (UX decision 4).
import { figures } from "./language/figures.ts";
import { dateLocale, locale } from "./language/locale.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

// Made once for each shape: rows tick, and making a formatter costs a hundred times what using it does.
const measure = (digits: number) =>
  new Intl.NumberFormat(locale, { useGrouping: false, minimumFractionDigits: digits, maximumFractionDigits: digits });
const whole = measure(0);
const tenths = measure(1);
const hundredths = measure(2);
const dollars = { style: "currency", currency: "USD", useGrouping: false } as const;
const cents = new Intl.NumberFormat(locale, dollars);
const partsOfCents = new Intl.NumberFormat(locale, { ...dollars, minimumSignificantDigits: 2, maximumSignificantDigits: 2 });
const leastPaid = 0.0001;
const leastPaidSays = new Intl.NumberFormat(locale, { ...dollars, maximumSignificantDigits: 1 }).format(leastPaid);
const plain = new Intl.NumberFormat(locale, { useGrouping: false });
const grouped = new Intl.NumberFormat(locale);
const short = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
const twoDigits = new Intl.NumberFormat(locale, { minimumIntegerDigits: 2 });
const plurals = new Intl.PluralRules(locale);
const clock = new Intl.DateTimeFormat(dateLocale, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const dayMonth = { day: "numeric", month: "short" } as const;
const dayMonthTime = { ...dayMonth, hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
const localDayTime = new Intl.DateTimeFormat(dateLocale, dayMonthTime);
const utcDayTime = new Intl.DateTimeFormat(dateLocale, { ...dayMonthTime, timeZone: "UTC" });
const utcDay = new Intl.DateTimeFormat(dateLocale, { ...dayMonth, timeZone: "UTC" });
const weekdays = {
  short: new Intl.DateTimeFormat(dateLocale, { weekday: "short", timeZone: "UTC" }),
  long: new Intl.DateTimeFormat(dateLocale, { weekday: "long", timeZone: "UTC" }),
};
/** A Monday; the others follow it. */
const monday = Date.UTC(2024, 0, 1);
const order = new Intl.Collator(locale, { numeric: true });

const isFigure = (value: number | undefined): value is number => value !== undefined && Number.isFinite(value) && value >= 0;

/** A figure in full, grouped: "12,345". */
export const figure = (value: number | bigint): string => grouped.format(value);

/** A figure where there is little room: "1.2M". */
export const compactFigure = (value: number): string => short.format(value);

/** With two decimals and no grouping: "0.42". */
export const inHundredths = (value: number): string => hundredths.format(value);

/** A share, rounded down, so that only the whole is "100 %". */
export const wholePercent = (fraction: number): string => figures.percent(whole.format(Math.floor(fraction * 100)));

/** Names in the order a person looks for them: "b2" before "b10". */
export const byName = (one: string, other: string): number => order.compare(one, other);

/** Decimal units, as Ollama and disks count: "4.7 GB". */
export function bytes(value: number | undefined): string {
  if (!isFigure(value)) return figures.unknown;
  if (value === 0) return figures.gigabytes(whole.format(0));
  if (value < 1e6) return figures.kilobytes(whole.format(value / 1e3));
  if (value < 1e9) return figures.megabytes(whole.format(value / 1e6));
  return figures.gigabytes((value < 99.95e9 ? tenths : whole).format(value / 1e9));
}

/** A length of time in one or two units: "130 ms", "4.2 s", "38 s", "4 min", "1 h 12 min", "3 d". */
export function duration(ms: number | undefined): string {
  if (!isFigure(ms)) return figures.unknown;
  if (ms < second) return figures.milliseconds(whole.format(ms));
  if (ms < 10 * second) return figures.seconds(tenths.format(ms / second));
  if (ms < 2 * minute) return figures.seconds(whole.format(ms / second));
  if (ms < hour) return figures.minutes(whole.format(ms / minute));
  if (ms >= day) return figures.days(whole.format(Math.floor(ms / day)));
  const hours = whole.format(Math.floor(ms / hour));
  const minutes = Math.floor((ms % hour) / minute);
  return minutes === 0 ? figures.hours(hours) : figures.hoursAndMinutes(hours, whole.format(minutes));
}

/** Whole seconds, for figures that tick: "4 s", "4 min". */
export function wholeDuration(ms: number | undefined): string {
  if (!isFigure(ms)) return figures.unknown;
  return ms < 10 * second ? figures.seconds(whole.format(Math.floor(ms / second))) : duration(ms);
}

/** How long ago an instant was. A clock that runs slightly ahead reads as "just now". */
export function age(at: number | undefined, now: number): string {
  if (at === undefined || !Number.isFinite(at)) return figures.never;
  return now - at < 5 * second ? figures.justNow : figures.ago(wholeDuration(now - at));
}

/** Time left as a clock shows it: "0:42", "12:05", "1:02:05". Never below zero. */
export function countdown(until: number, now: number): string {
  const left = Math.max(0, Math.ceil((until - now) / second));
  const seconds = twoDigits.format(left % 60);
  const minutes = Math.floor(left / 60) % 60;
  const hours = Math.floor(left / 3600);
  return hours > 0 ? `${whole.format(hours)}:${twoDigits.format(minutes)}:${seconds}` : `${whole.format(minutes)}:${seconds}`;
}

/** Local time of day with seconds, whatever the locale's habit: "14:03:09". */
export const clockTime = (at: number): string => clock.format(at);

/** A local instant of another day: "21 Nov, 14:03". */
export const dayAndTime = (at: number): string => localDayTime.format(at);

/** An instant as the engine's days count, which are UTC's: "21 Nov, 14:03". */
export const utcDayAndTime = (at: number): string => utcDayTime.format(at);

/** One of the engine's days: "21 Nov". */
export const shortDay = (at: number): string => utcDay.format(at);

/** A day of the week, counted from Monday: "Mon", "Monday". */
export const weekday = (fromMonday: number, width: keyof typeof weekdays): string => weekdays[width].format(monday + fromMonday * day);

/** A context size as model cards write it: 8192 → "8k", 131072 → "128k". */
export function context(tokens: number | undefined): string {
  if (!isFigure(tokens)) return figures.unknown;
  if (tokens < 1024) return plain.format(tokens);
  if (tokens % 1024 === 0) return figures.thousands(whole.format(tokens / 1024));
  return figures.thousands((tokens < 10_000 ? tenths : whole).format(tokens / 1000));
}

export function latency(ms: number | undefined): string {
  return isFigure(ms) && ms < 1 ? figures.below(figures.milliseconds(whole.format(1))) : duration(ms);
}

/** Tokens a second; "~" where we counted them ourselves. */
export function speed(tokensPerSecond: number | undefined, estimated: boolean | undefined): string {
  if (!isFigure(tokensPerSecond)) return "";
  const said = (tokensPerSecond < 100 ? tenths : whole).format(tokensPerSecond);
  return figures.tokensPerSecond(estimated === true ? figures.estimated(said) : said);
}

/** "412 in, 187 out"; "~" where we counted those out ourselves. Only what is known is said. */
export function tokens(told: {
  readonly tokensIn?: number | undefined;
  readonly tokensOut?: number | undefined;
  readonly tokensEstimated?: boolean | undefined;
}): string {
  const { tokensIn, tokensOut, tokensEstimated } = told;
  const out = (value: number) => (tokensEstimated === true ? figures.estimated(figure(value)) : figure(value));
  return figures.list([
    ...(isFigure(tokensIn) ? [figures.tokensIn(figure(tokensIn))] : []),
    ...(isFigure(tokensOut) ? [figures.tokensOut(out(tokensOut))] : []),
  ]);
}

/** "420 Wh", "1.3 kWh", "0.4 Wh". */
export function energy(wattHours: number | undefined): string {
  if (!isFigure(wattHours)) return figures.unknown;
  if (wattHours === 0) return figures.wattHours(whole.format(0));
  if (wattHours < 0.1) return figures.below(figures.wattHours(tenths.format(0.1)));
  if (wattHours < 1_000) return figures.wattHours((wattHours < 10 ? tenths : whole).format(wattHours));
  return figures.kilowattHours((wattHours < 100_000 ? tenths : whole).format(wattHours / 1_000));
}

/** Money with as many digits as a small sum needs: "$0.0042", "$3.20". What is less than anybody pays for is not told in zeros. */
export function usd(value: number): string {
  if (value > 0 && value < leastPaid) return figures.under(leastPaidSays);
  return (value !== 0 && value < 0.01 ? partsOfCents : cents).format(value);
}

/** The form a number asks for: `plural(2, { one: "model", other: "models" })`. A form that a language lacks is its `other`. */
export function plural(value: number, forms: Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>): string {
  return forms[plurals.select(value)] ?? forms.other;
}
