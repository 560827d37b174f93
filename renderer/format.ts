// Figures as a person reads them. What is unknown says so: never 0, never NaN (UX decision 4).
const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const unknown = "unknown";

const isFigure = (value: number | undefined): value is number => value !== undefined && Number.isFinite(value) && value >= 0;

/** Decimal units, as Ollama and disks count: "4.7 GB". */
export function bytes(value: number | undefined): string {
  if (!isFigure(value)) return unknown;
  if (value === 0) return "0 GB";
  if (value < 1e6) return `${Math.round(value / 1e3)} kB`;
  if (value < 1e9) return `${Math.round(value / 1e6)} MB`;
  return `${(value / 1e9).toFixed(value < 99.95e9 ? 1 : 0)} GB`;
}

/** A length of time in one or two units: "130 ms", "4.2 s", "38 s", "4 min", "1 h 12 min", "3 d". */
export function duration(ms: number | undefined): string {
  if (!isFigure(ms)) return unknown;
  if (ms < second) return `${Math.round(ms)} ms`;
  if (ms < 10 * second) return `${(ms / second).toFixed(1)} s`;
  if (ms < 2 * minute) return `${Math.round(ms / second)} s`;
  if (ms < hour) return `${Math.round(ms / minute)} min`;
  if (ms < day) {
    const minutes = Math.floor((ms % hour) / minute);
    return minutes === 0 ? `${Math.floor(ms / hour)} h` : `${Math.floor(ms / hour)} h ${minutes} min`;
  }
  return `${Math.floor(ms / day)} d`;
}

/** Whole seconds, for figures that tick: "4 s", "4 min". */
export function wholeDuration(ms: number | undefined): string {
  if (!isFigure(ms)) return unknown;
  return ms < 10 * second ? `${Math.floor(ms / second)} s` : duration(ms);
}

/** How long ago an instant was. A clock that runs slightly ahead reads as "just now". */
export function age(at: number | undefined, now: number): string {
  if (at === undefined || !Number.isFinite(at)) return "never";
  return now - at < 5 * second ? "just now" : `${wholeDuration(now - at)} ago`;
}

/** Time left as a clock shows it: "0:42", "12:05", "1:02:05". Never below zero. */
export function countdown(until: number, now: number): string {
  const left = Math.max(0, Math.ceil((until - now) / second));
  const seconds = String(left % 60).padStart(2, "0");
  const minutes = Math.floor(left / 60) % 60;
  const hours = Math.floor(left / 3600);
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${minutes}:${seconds}`;
}

/** Local time of day with seconds, whatever the locale's habit: "14:03:09". */
export function clockTime(at: number): string {
  return new Date(at).toLocaleTimeString("en-GB");
}

/** A context size as model cards write it: 8192 → "8k", 131072 → "128k". */
export function context(tokens: number | undefined): string {
  if (!isFigure(tokens)) return unknown;
  if (tokens < 1024) return String(tokens);
  return tokens % 1024 === 0 ? `${tokens / 1024}k` : `${(tokens / 1000).toFixed(tokens < 10_000 ? 1 : 0)}k`;
}

export function latency(ms: number | undefined): string {
  if (!isFigure(ms)) return unknown;
  return ms < 1 ? "< 1 ms" : ms < second ? `${Math.round(ms)} ms` : duration(ms);
}

/** Tokens a second; "~" where we counted them ourselves. */
export function speed(tokensPerSecond: number | undefined, estimated: boolean | undefined): string {
  if (!isFigure(tokensPerSecond)) return "";
  return `${estimated === true ? "~" : ""}${tokensPerSecond.toFixed(tokensPerSecond < 100 ? 1 : 0)} tok/s`;
}

/** "412 in, 187 out"; "~" where we counted those out ourselves. Only what is known is said. */
export function tokens(told: {
  readonly tokensIn?: number | undefined;
  readonly tokensOut?: number | undefined;
  readonly tokensEstimated?: boolean | undefined;
}): string {
  const figure = (value: number) => value.toLocaleString("en");
  return [
    ...(isFigure(told.tokensIn) ? [`${figure(told.tokensIn)} in`] : []),
    ...(isFigure(told.tokensOut) ? [`${told.tokensEstimated === true ? "~" : ""}${figure(told.tokensOut)} out`] : []),
  ].join(", ");
}

/** "420 Wh", "1.3 kWh", "0.4 Wh". */
export function energy(wattHours: number | undefined): string {
  if (!isFigure(wattHours)) return unknown;
  if (wattHours === 0) return "0 Wh";
  if (wattHours < 0.1) return "< 0.1 Wh";
  if (wattHours < 1_000) return `${wattHours.toFixed(wattHours < 10 ? 1 : 0)} Wh`;
  return `${(wattHours / 1_000).toFixed(wattHours < 100_000 ? 1 : 0)} kWh`;
}

/** "1 model", "2 models". */
export function count(value: number, noun: string): string {
  return `${value.toLocaleString("en")} ${noun}${value === 1 ? "" : "s"}`;
}
