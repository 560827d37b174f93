// How fast a search may ask: so many questions a second and so many unanswered at once, for all sources together. A house's router and its
// sleeping machines are not to be flooded.
import type { Clock } from "../../engine/ports.ts";

export interface PaceLimits {
  readonly perSecond: number;
  readonly inFlight: number;
}

/** Sixteen ports on each of 254 machines in under seven seconds, and not more half-open connections than a cheap router tracks with ease. */
export const searchPace: PaceLimits = { perSecond: 600, inFlight: 256 };

const tickMs = 25;
/** What a late timer may make up for, in ticks: a busy computer asks no burst afterwards. */
const mostTicks = 2;

/** Ends a turn. */
type Leave = () => void;

/** One per search; ends with its signal. */
export class Pace {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #limits: PaceLimits;
  readonly #perTick: number;
  readonly #waiting: ((leave: Leave | undefined) => void)[] = [];
  #allowed: number;
  #countedAt: number;
  #inFlight = 0;
  #ticking = false;

  constructor(clock: Clock, signal: AbortSignal, limits: PaceLimits = searchPace) {
    this.#clock = clock;
    this.#signal = signal;
    this.#limits = limits;
    this.#perTick = (limits.perSecond * tickMs) / 1_000;
    this.#allowed = this.#perTick;
    this.#countedAt = clock.monotonic();
    signal.addEventListener("abort", () => this.#dismiss(), { once: true });
  }

  /** Waits for a turn, in order. What it gives must be called once the question is over. Undefined: the search was cancelled. */
  turn(): Promise<Leave | undefined> {
    if (this.#signal.aborted) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#admit();
    });
  }

  #admit(): void {
    while (this.#allowed >= 1 && this.#inFlight < this.#limits.inFlight) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#allowed -= 1;
      this.#inFlight += 1;
      next(() => this.#left());
    }
    if (this.#allowed < 1 && this.#waiting.length > 0) this.#awaitTick();
  }

  #left(): void {
    this.#inFlight -= 1;
    this.#admit();
  }

  #awaitTick(): void {
    if (this.#ticking) return;
    this.#ticking = true;
    this.#clock.after(tickMs, () => {
      this.#ticking = false;
      const now = this.#clock.monotonic();
      const earned = ((now - this.#countedAt) * this.#limits.perSecond) / 1_000;
      this.#countedAt = now;
      this.#allowed = Math.min(this.#allowed + earned, mostTicks * this.#perTick);
      this.#admit();
    });
  }

  #dismiss(): void {
    for (const resolve of this.#waiting.splice(0)) resolve(undefined);
  }
}
