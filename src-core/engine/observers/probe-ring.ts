// The last probes of one node: when, and how long there and back. Plain numbers; the newest takes the place of the oldest.
import type { ProbeTime } from "../../contract/node-log.ts";

const length = 60;

export class ProbeRing {
  readonly #at = new Float64Array(length);
  readonly #ms = new Float64Array(length);
  #count = 0;

  /** `ms` undefined: no answer. */
  add(at: number, ms: number | undefined): void {
    this.#at[this.#count % length] = at;
    this.#ms[this.#count % length] = ms ?? Number.NaN;
    this.#count += 1;
  }

  /** Oldest first. */
  all(): readonly ProbeTime[] {
    const held = Math.min(this.#count, length);
    return Array.from({ length: held }, (_, index) => {
      const place = (this.#count - held + index) % length;
      const ms = this.#ms[place] ?? Number.NaN;
      return { at: this.#at[place] ?? 0, ...(Number.isNaN(ms) ? {} : { ms }) };
    });
  }
}
