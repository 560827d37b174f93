// The machine's clock, run so many times faster: for what takes seconds by rule and goes over real sockets, where a fake clock would need to know when.
import type { Clock } from "../../src-core/engine/ports.ts";
import { systemClock } from "../../src-core/host/clock.ts";

export function fastClock(times: number): Clock {
  const began = systemClock.monotonic();
  const startedAt = Date.now();
  const elapsed = () => (systemClock.monotonic() - began) * times;
  return {
    now: () => startedAt + elapsed(),
    monotonic: elapsed,
    after: (ms, callback) => systemClock.after(ms / times, callback),
  };
}
