// How much each client key may ask for: requests at once, and requests per minute by a token bucket. Both answer with a wait (S-12).
import { type Failure, fail } from "../contract/failure.ts";
import type { ClientKey } from "../contract/routing.ts";
import type { Clock } from "./ports.ts";

const minuteMs = 60_000;
/** Nobody knows when one of the client's own requests ends. */
const busyRetryMs = 1_000;

interface Use {
  running: number;
  /** Requests that may come at once, as of `at`; refilled with time. */
  tokens: number;
  at: number;
}

/** What a request is counted in by: the function that counts it out, or why it has to wait. */
export type Entry = Failure | (() => void);

/** Limits that other gateways count on too. `leave` counts the request out here. */
export interface SharedLimits {
  enter(client: ClientKey, leave: () => void): Entry | Promise<Entry>;
}

export class ClientLimits {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #shared: () => SharedLimits | undefined;
  /** By name of the key, of which there are as many as the configuration ever had. */
  readonly #uses = new Map<string, Use>();

  constructor(clock: Pick<Clock, "monotonic">, shared: () => SharedLimits | undefined = () => undefined) {
    this.#clock = clock;
    this.#shared = shared;
  }

  /** Counts a request in. Returns the function that counts it out (call it once), or why it has to wait; a promise only among several gateways. */
  enter(client: ClientKey): Entry | Promise<Entry> {
    const { name, concurrency, requestsPerMinute } = client;
    if (concurrency === undefined && requestsPerMinute === undefined) return unlimited;
    const use = this.#refilled(name, requestsPerMinute);
    if (concurrency !== undefined && use.running >= concurrency) return tooManyAtOnce(name, concurrency);
    if (requestsPerMinute !== undefined) {
      if (use.tokens < 1) {
        const retryAfterMs = Math.ceil(((1 - use.tokens) * minuteMs) / requestsPerMinute);
        return tooManyPerMinute(name, requestsPerMinute, retryAfterMs);
      }
      use.tokens -= 1;
    }
    use.running += 1;
    const leave = () => {
      use.running -= 1;
    };
    const shared = this.#shared();
    return shared === undefined ? leave : shared.enter(client, leave);
  }

  /** The bucket, refilled up to now. A limit that was changed meanwhile counts at once. */
  #refilled(name: string, perMinute = 0): Use {
    const now = this.#clock.monotonic();
    const use = this.#uses.get(name);
    if (use === undefined) {
      const fresh = { running: 0, tokens: perMinute, at: now };
      this.#uses.set(name, fresh);
      return fresh;
    }
    use.tokens = Math.min(perMinute, use.tokens + ((now - use.at) * perMinute) / minuteMs);
    use.at = now;
    return use;
  }
}

/** The refusal of one request too many at once. */
export function tooManyAtOnce(name: string, most: number): Failure {
  const message = `The key ${name} may have ${most} ${plural(most, "request")} at once, and as many are running. Wait for one to end.`;
  return fail("over-limit", message, { retryAfterMs: busyRetryMs });
}

/** The refusal of one request too many in a minute. */
export function tooManyPerMinute(name: string, most: number, retryAfterMs: number): Failure {
  const message = `The key ${name} may send ${most} ${plural(most, "request")} per minute, and has sent as many.`;
  return fail("over-limit", message, { retryAfterMs });
}

const unlimited = () => undefined;
const plural = (count: number, word: string) => (count === 1 ? word : `${word}s`);
