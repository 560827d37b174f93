// The last attempts of one node, for comparing it with the others. Parallel arrays of fixed length: an attempt costs a few array writes and
// nothing that has to be collected afterwards.
import type { Sample } from "../../domain/adaptive.ts";

const length = 64;

export class RecentAttempts {
  readonly #at = new Float64Array(length);
  /** Not a number: not timed. */
  readonly #ms = new Float64Array(length);
  readonly #ok = new Uint8Array(length);
  readonly #streamed = new Uint8Array(length);
  readonly #model: string[] = new Array<string>(length).fill("");
  #count = 0;

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** The place of the new attempt, for `timed`. */
  add(at: number, ok: boolean, model: string): number {
    const place = this.#count % length;
    this.#count += 1;
    this.#at[place] = at;
    this.#ms[place] = Number.NaN;
    this.#ok[place] = ok ? 1 : 0;
    this.#model[place] = model;
    return place;
  }

  /** How long the attempt at `place` took to its first byte. Streams and whole answers are told apart: one begins early, the other at its end. */
  timed(place: number, ms: number, streamed: boolean): void {
    this.#ms[place] = ms;
    this.#streamed[place] = streamed ? 1 : 0;
  }

  /** Those since `since`, for the arithmetic. */
  samples(node: string, since: number): Sample[] {
    const samples: Sample[] = [];
    for (let place = 0; place < Math.min(this.#count, length); place += 1) {
      const at = this.#at[place] ?? 0;
      if (at <= since) continue;
      const ms = this.#ms[place] ?? Number.NaN;
      const likeness = `${this.#model[place] ?? ""}\n${this.#streamed[place] ?? 0}`;
      samples.push({ node, at, ok: this.#ok[place] === 1, likeness, ...(Number.isNaN(ms) ? {} : { ms }) });
    }
    return samples;
  }
}
