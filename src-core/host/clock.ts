// The machine's time. Durations come from the monotonic clock, so that a wall clock that jumps fires nothing early or late. Instants follow
// the wall too, but never in a jump: a wall clock that is set is caught up with slowly, and only the machine's own sleep moves them at once (F50).
import { uptime } from "node:os";
import type { Clock } from "../engine/ports.ts";

/** setTimeout fires at once for longer waits than this, so they are cut. */
const longestMs = 2 ** 31 - 1;
/** How often the wall and the machine's age are looked at, at most. */
const lookEveryMs = 1_000;
/** So much of the time that passed is used to catch up with the wall: a wait of two minutes is wrong by twelve seconds at worst. */
const slewShare = 0.1;
/** The machine's age is told in coarse steps; less than this is no sleep. */
const leastSleepMs = 2_000;

/** Where a clock reads its times, in milliseconds. `uptimeMs` counts the machine's sleep, which `monotonicMs` may not. */
export interface TimeSources {
  readonly wallMs: () => number;
  readonly monotonicMs: () => number;
  readonly uptimeMs: () => number;
}

/** Instants that follow the wall and never jump with it. */
export function steadyNow({ wallMs, monotonicMs, uptimeMs }: TimeSources): () => number {
  let lookedAt = monotonicMs();
  let up = uptimeMs();
  let offset = wallMs() - lookedAt;
  return () => {
    const monotonic = monotonicMs();
    const passedMs = monotonic - lookedAt;
    if (passedMs < lookEveryMs) return offset + monotonic;
    const upNow = uptimeMs();
    const sleptMs = upNow - up - passedMs;
    if (sleptMs > leastSleepMs) offset += sleptMs;
    const behindMs = wallMs() - (offset + monotonic);
    const mostMs = passedMs * slewShare;
    offset += Math.max(-mostMs, Math.min(mostMs, behindMs));
    lookedAt = monotonic;
    up = upNow;
    return offset + monotonic;
  };
}

const uptimeMs = () => uptime() * 1000;

/** The real clock. Its timers never keep the process alive. */
export const systemClock: Clock = {
  now: steadyNow({ wallMs: () => Date.now(), monotonicMs: () => performance.now(), uptimeMs }),
  monotonic: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, ms), longestMs));
    timer.unref();
    return () => clearTimeout(timer);
  },
  uptime: uptimeMs,
};
