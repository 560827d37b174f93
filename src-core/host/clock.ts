// The machine's time. Durations come from the monotonic clock, so that a wall clock that jumps fires nothing early or late.
import type { Clock } from "../engine/ports.ts";

/** setTimeout fires at once for longer waits than this, so they are cut. */
const longestMs = 2 ** 31 - 1;

/** The real clock. Its timers never keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, ms), longestMs));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
