// The limit of a simulated service: so many requests in a stretch of time, told in the headers of every answer the way OpenAI or Anthropic tells it.
import type { Clock } from "../engine/ports.ts";
import type { SimulatedNodeOptions } from "./options.ts";

/** What is left after the call that was counted. `retryAfterMs` is set where that call was one too many. */
export interface Counted {
  readonly limit: number;
  readonly left: number;
  readonly resetMs: number;
  readonly retryAfterMs: number | undefined;
}

/** Counts calls in stretches that follow one another, each beginning with its first call. */
export class CloudLimit {
  readonly #limit: NonNullable<SimulatedNodeOptions["limit"]>;
  readonly #clock: Clock;
  #beganAt = Number.NEGATIVE_INFINITY;
  #used = 0;

  constructor(limit: NonNullable<SimulatedNodeOptions["limit"]>, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  count(): Counted {
    const { requests, everyMs } = this.#limit;
    const now = this.#clock.monotonic();
    if (now - this.#beganAt >= everyMs) {
      this.#beganAt = now;
      this.#used = 0;
    }
    const resetMs = Math.ceil(this.#beganAt + everyMs - now);
    const tooMany = this.#used >= requests;
    if (!tooMany) this.#used += 1;
    return { limit: requests, left: requests - this.#used, resetMs, retryAfterMs: tooMany ? resetMs : undefined };
  }
}

/** "1m30s", "250ms": OpenAI's way to say a length. */
export function openAiLength(ms: number): string {
  if (ms < 1_000) return `${ms}ms`;
  const minutes = Math.floor(ms / 60_000);
  return `${minutes === 0 ? "" : `${minutes}m`}${(ms % 60_000) / 1_000}s`;
}
