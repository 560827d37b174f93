// Something that changes, and those who wait until it has: each wait ends with the next change, or with its caller.
import { orAborted } from "./pace.ts";

export class Changes {
  readonly #waiting = new Set<() => void>();

  /** Ends every wait. */
  happened(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }

  /** Resolves with the next change, or when `signal` is aborted. */
  async next(signal: AbortSignal): Promise<void> {
    await orAborted(new Promise<void>((resolve) => this.#waiting.add(resolve)), signal);
  }
}
