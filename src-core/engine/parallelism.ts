// Learns how many requests a node truly serves at once: an answer that begins while older ones still run proves that many run together.
// Kept outside the fleet because it needs the order of attempts; only a growing result becomes a fact.
import type { AttemptId } from "../contract/ids.ts";

export class Parallelism {
  readonly #running = new Map<string, Set<AttemptId>>();

  /** `key` names node and model. */
  started(key: string, attempt: AttemptId): void {
    const running = this.#running.get(key);
    if (running === undefined) this.#running.set(key, new Set([attempt]));
    else running.add(attempt);
  }

  ended(key: string, attempt: AttemptId): void {
    const running = this.#running.get(key);
    running?.delete(attempt);
    if (running?.size === 0) this.#running.delete(key);
  }

  /** How many run together for certain: those sent before this one that have not ended, and this one. A set keeps the order of sending. */
  proven(key: string, attempt: AttemptId): number {
    let count = 0;
    for (const one of this.#running.get(key) ?? []) {
      count += 1;
      if (one === attempt) return count;
    }
    return 1;
  }
}
