// Health of a node from what probes and traffic showed: one miss makes it flapping, three make it down, an answer makes it up.
// A pause is the node's own wish (busy, rate limit) or our misconfiguration; it is not an outage.
import type { Config } from "../contract/config.ts";
import type { Failure } from "../contract/failure.ts";
import type { Health } from "../contract/wellbeing.ts";

/** When a node says it is busy without saying for how long. */
const busyPauseMs = 2_000;
/** Whatever a node asks for, we look again after this. */
const longestPauseMs = 60_000;

/** True while the node asked to be left alone. */
export function isPaused(health: Health, now: number): boolean {
  return health.state === "paused" && (health.until === undefined || now < health.until);
}

/** A probe answered. */
export function onAnswer(health: Health, now: number): Health {
  if (health.state === "up") return health;
  // A key that was refused is not proven by a probe that may not need one (demands.md 3.5): only new settings or "try now" end that pause.
  if (health.state === "paused" && (health.byTraffic === true || (health.until !== undefined && now < health.until))) return health;
  return { state: "up", since: now };
}

/** A probe failed, or traffic failed in a way that says the node is gone. */
export function onMiss(health: Health, failure: Failure, now: number, settings: Config["polling"]): Health {
  if (failure.kind === "upstream-misconfigured") {
    const before = health.state === "paused" && health.byTraffic === true ? { byTraffic: true } : {};
    return { state: "paused", because: "misconfigured", says: failure.message, ...before };
  }
  if (health.state === "down") return { ...health, because: failure };
  // A wait the node asked for outlives a probe that failed meanwhile.
  if (health.state === "paused" && health.until !== undefined && now < health.until) return health;
  const misses = health.state === "flapping" ? health.misses + 1 : 1;
  if (misses >= settings.missesBeforeDown) return { state: "down", since: now, because: failure };
  return { state: "flapping", misses, because: failure };
}

/** Traffic could not connect. No miss yet: misses are counted by probes alone, or a node would be down before its breaker could open (F01). */
export function suspected(health: Health, failure: Failure): Health {
  return health.state === "up" || health.state === "unknown" ? { state: "flapping", misses: 0, because: failure } : health;
}

/** A good answer used up what the node allows: a pause as if it had refused, but never a shorter one, and none for who is unwell anyway. */
export function onLimit(health: Health, failure: Failure, now: number): Health {
  if (health.state !== "up" && health.state !== "unknown" && health.state !== "paused") return health;
  const next = onPause(failure, now);
  if (health.state !== "paused" || next.state !== "paused") return next;
  return health.until === undefined || (next.until !== undefined && health.until >= next.until) ? health : next;
}

/** The node asked for a pause, or refused our key. */
export function onPause(failure: Failure, now: number): Health {
  switch (failure.kind) {
    case "upstream-misconfigured":
      return { state: "paused", because: "misconfigured", says: failure.message, byTraffic: true };
    case "upstream-rate-limited":
      return {
        state: "paused",
        because: "rate-limited",
        says: failure.message,
        until: now + Math.min(failure.retryAfterMs ?? busyPauseMs, longestPauseMs),
      };
    default:
      return {
        state: "paused",
        because: "busy",
        says: failure.message,
        until: now + Math.min(failure.retryAfterMs ?? busyPauseMs, longestPauseMs),
      };
  }
}
