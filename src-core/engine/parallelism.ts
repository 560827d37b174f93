// Learns how many requests a node truly serves at once: an answer that begins while older ones still run proves that many run together,
// and one that begins at once shows that whatever queue the node has hurts nobody.
// Kept outside the fleet because it needs the order of attempts; only a growing result becomes a fact.
import type { AttemptId } from "../contract/ids.ts";

/** An answer that begins this soon did not wait behind anything that matters. */
const atOnceMs = 25;

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

  /** How many run together for certain, judged as this attempt's answer begins, `waitedMs` after it was sent. A set keeps the order of sending. */
  proven(key: string, attempt: AttemptId, waitedMs: number): number {
    const running = this.#running.get(key);
    if (running === undefined) return 1;
    if (waitedMs <= atOnceMs) return running.size;
    let count = 0;
    for (const one of running) {
      count += 1;
      if (one === attempt) return count;
    }
    return 1;
  }
}
