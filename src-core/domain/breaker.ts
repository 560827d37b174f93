// One breaker: closed, open, half-open. Three failures in a minute open it; after two minutes one probe at a time decides. Which work of which
// node hangs on it is told in `breakers.ts`.
// An inconclusive probe goes back to open with its old `openedAt`: treating it as success would close a breaker because somebody pressed Stop.
import type { Config } from "../contract/config.ts";
import type { Failure, FailureKind } from "../contract/failure.ts";
import type { AttemptId } from "../contract/ids.ts";
import type { Breaker } from "../contract/wellbeing.ts";
import { ownWords } from "./own-words.ts";

export type Verdict = "good" | "bad" | "inconclusive";
type Settings = Config["breaker"];

/** A breaker that never saw a failure. Shared, so that a success on it changes nothing. */
export const closedBreaker: Breaker = { state: "closed", failures: [] };

/** Successes in half-open that close it. */
const successesToClose = 2;
/** What opens again this soon after it closed was not well in between: its wait goes on growing (F28). */
const relapseMs = 5 * 60_000;

/** Whether a request may go to the node now. `probe`: only as the one probe. */
export function admits(breaker: Breaker, now: number): "yes" | "probe" | "no" {
  switch (breaker.state) {
    case "closed":
      return "yes";
    case "open":
      return now >= breaker.until ? "probe" : "no";
    case "half-open":
      return breaker.probe === undefined ? "probe" : "no";
  }
}

/** It kept somebody waiting for nothing just now: no reason to refuse the node, but others go first (F08). */
export function isSuspect(breaker: Breaker, now: number, settings: Settings): boolean {
  return breaker.state === "closed" && breaker.silentAt !== undefined && now - breaker.silentAt < settings.windowSeconds * 1000;
}

/** An attempt begins: an open breaker whose time has come, or a half-open one without a probe, takes it as its probe. */
export function onAttempt(breaker: Breaker, attempt: AttemptId, now: number): Breaker {
  if (breaker.state === "closed" || admits(breaker, now) !== "probe") return breaker;
  const { openedAt, trips, because, says } = breaker;
  const successes = breaker.state === "half-open" ? breaker.successes : 0;
  return { state: "half-open", probe: attempt, successes, openedAt, trips, because, says };
}

/** An attempt ended. Attempts older than the probe are ignored while half-open, but a failure always counts while closed. */
export function onVerdict(
  breaker: Breaker,
  attempt: AttemptId,
  verdict: Verdict,
  failure: Failure | undefined,
  now: number,
  settings: Settings,
): Breaker {
  switch (breaker.state) {
    case "closed":
      return verdict === "bad" && failure !== undefined
        ? afterFailure(breaker, failure, now, settings)
        : verdict === "good"
          ? forgive(breaker, now)
          : breaker;
    case "open":
      return breaker;
    case "half-open":
      if (breaker.probe !== attempt) return breaker;
      if (verdict === "bad" && failure !== undefined) return opened(failure.kind, ownWords(failure), breaker.trips + 1, now, settings);
      if (verdict === "good") return afterSuccess(breaker, now);
      return { state: "open", openedAt: breaker.openedAt, until: now, trips: breaker.trips, because: breaker.because, says: breaker.says };
  }
}

/** A health probe answered. Proof enough only for a breaker that opened because nobody could connect: a wedged node answers probes too. */
export function onHealthProbe(breaker: Breaker, now: number): Breaker {
  if (breaker.state === "closed" || breaker.because !== "connect-failed") return breaker;
  if (breaker.state === "open") return now >= breaker.until ? afterSuccess({ ...breaker, state: "half-open", successes: 0 }, now) : breaker;
  return breaker.probe === undefined ? afterSuccess(breaker, now) : breaker;
}

/** What a breaker says that somebody opened: nobody but they, or its time, may relax it. */
export const openedByHand = "Opened by hand.";

/** Somebody opens it by hand; it recovers like any other. */
export function tripped(breaker: Breaker, now: number, settings: Settings): Breaker {
  const trips = breaker.state === "closed" ? 1 : breaker.trips;
  return opened("upstream-unavailable", openedByHand, trips, now, settings);
}

/** "Try now": the wait is over, the next request is the probe. */
export function readied(breaker: Breaker): Breaker {
  if (breaker.state !== "open") return breaker;
  const { openedAt, trips, because, says } = breaker;
  return { state: "half-open", successes: 0, openedAt, trips, because, says };
}

type Closed = Extract<Breaker, { state: "closed" }>;

function forgive(breaker: Closed, now: number): Breaker {
  const lately = recent(breaker, now);
  if (lately === undefined) return isSpotless(breaker) ? breaker : closedBreaker;
  return breaker.failures.length === 0 ? breaker : { state: "closed", failures: [], lately };
}

/** Nothing is known against it. */
export function isSpotless(breaker: Breaker): boolean {
  return breaker.state === "closed" && breaker.failures.length === 0 && breaker.silentAt === undefined && breaker.lately === undefined;
}

function recent({ lately }: Closed, now: number): Closed["lately"] {
  return lately !== undefined && now - lately.closedAt < relapseMs ? lately : undefined;
}

function afterFailure(breaker: Closed, failure: Failure, now: number, settings: Settings): Breaker {
  // A node that accepts and stays silent costs a minute a time: its failures come too far apart for any window, so only a success clears them.
  const silent = failure.kind === "first-byte-timeout";
  const since = silent ? Number.NEGATIVE_INFINITY : now - settings.windowSeconds * 1000;
  const failures = [...breaker.failures.filter((at) => at > since), now];
  const lately = recent(breaker, now);
  if (failures.length >= settings.failures) return opened(failure.kind, ownWords(failure), (lately?.trips ?? 0) + 1, now, settings);
  return { state: "closed", failures, ...(silent ? { silentAt: now } : {}), ...(lately === undefined ? {} : { lately }) };
}

function afterSuccess(breaker: Extract<Breaker, { state: "half-open" }>, now: number): Breaker {
  const successes = breaker.successes + 1;
  const { openedAt, trips, because, says } = breaker;
  if (successes >= successesToClose) return { state: "closed", failures: [], lately: { trips, closedAt: now } };
  return { state: "half-open", successes, openedAt, trips, because, says };
}

/** Each trip in a row doubles the wait, up to the configured most (F28). */
function opened(because: FailureKind, says: string, trips: number, now: number, settings: Settings): Breaker {
  const waitMs = Math.min(settings.openSeconds * 2 ** (trips - 1), Math.max(settings.openSeconds, settings.maxOpenSeconds)) * 1000;
  return { state: "open", openedAt: now, until: now + waitMs, trips, because, says };
}
