// What jobs came to, for ten minutes: a job that is delivered twice is answered with what it came to the first time (F65, I10). Only what was done
// is kept; a failure may be tried again under its key. Bounded in number and in bytes: the oldest go first.
import type { Clock } from "../engine/ports.ts";
import type { JobEnd } from "./nats-job-run.ts";

const keptMs = 10 * 60_000;
const mostKept = 2_000;
const mostBytes = 32 * 1024 * 1024;

interface Kept {
  readonly end: JobEnd;
  readonly at: number;
  readonly bytes: number;
}

export class JobRecord {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(key: string): JobEnd | undefined {
    this.#forgetOld();
    return this.#kept.get(key)?.end;
  }

  keep(key: string, end: JobEnd): void {
    this.#drop(key);
    const bytes = JSON.stringify(end).length * 2;
    this.#kept.set(key, { end, at: this.#clock.monotonic(), bytes });
    this.#bytes += bytes;
    this.#forgetOld();
  }

  /** A map keeps its order, so the oldest come first. */
  #forgetOld(): void {
    for (const [key, { at }] of this.#kept) {
      const isOld = this.#clock.monotonic() - at > keptMs;
      if (!isOld && this.#kept.size <= mostKept && this.#bytes <= mostBytes) return;
      this.#drop(key);
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
  }
}
