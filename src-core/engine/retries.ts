// How many requests are being tried again at this moment. A retry is counted until its answer begins or its request ends: a long answer
// that came on the second try is no trouble any more.
import { mayRetry } from "../domain/retry-budget.ts";

/** A request, as far as it is counted. */
export interface Retrying {
  retrying: boolean;
}

export class Retries {
  #running = 0;

  /** Whether this one may be tried again; counts it when it may. `inFlight`: requests under way. */
  begin(one: Retrying, inFlight: number): boolean {
    if (one.retrying) return true;
    if (!mayRetry(inFlight, this.#running)) return false;
    one.retrying = true;
    this.#running += 1;
    return true;
  }

  /** Does nothing for one that is not counted. */
  end(one: Retrying): void {
    if (!one.retrying) return;
    one.retrying = false;
    this.#running -= 1;
  }
}
