// What a service says of its limits, in the headers of every answer: how much is left, and when there will be more. Units and names differ
// by service; all of them are read into one number of milliseconds.

type Headers = Readonly<Record<string, string>>;

/** Names of what is left and of when it is renewed; each pair stands for one limit. */
const limits: readonly (readonly [left: string, renewed: string])[] = [
  ["x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"],
  ["x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"],
  ["x-ratelimit-remaining", "x-ratelimit-reset"],
  ["anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"],
  ["anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"],
  ["anthropic-ratelimit-input-tokens-remaining", "anthropic-ratelimit-input-tokens-reset"],
  ["anthropic-ratelimit-output-tokens-remaining", "anthropic-ratelimit-output-tokens-reset"],
];

/** Milliseconds until every limit that is used up is renewed; undefined while something is left of each. `now`: epoch milliseconds. */
export function limitWaitMs(headers: Headers, now: number): number | undefined {
  let longest: number | undefined;
  for (const [left, renewed] of limits) {
    const rest = headers[left];
    if (rest === undefined || rest.trim() === "" || !(Number(rest) <= 0)) continue;
    const wait = untilMs(headers[renewed], now);
    if (wait !== undefined && wait > (longest ?? 0)) longest = wait;
  }
  return longest;
}

const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** "6m0s", "20ms", seconds, an instant in seconds or milliseconds since 1970, or a date: how long from now, never negative. */
export function untilMs(said: string | undefined, now: number): number | undefined {
  const text = said?.trim() ?? "";
  if (text === "" || text.length > 64) return undefined;
  const number = Number(text);
  if (Number.isFinite(number)) return Math.max(0, fromNumber(number, now));
  if (/^(?:\d+(?:\.\d+)?(?:h|ms|m|s))+$/.test(text)) {
    const parts = text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g);
    return [...parts].reduce((sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ""] ?? 0), 0);
  }
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** No service asks for a wait of thirty years: such a number is an instant. */
function fromNumber(number: number, now: number): number {
  if (number > 1e11) return number - now;
  return number > 1e9 ? number * 1000 - now : number * 1000;
}
