// The latest first-byte times and speeds of one model on one node. A ring: the newest sample takes the place of the oldest.
import type { Figures } from "../../contract/fleet.ts";
import { figureSamples, figuresFrom } from "../../domain/figures.ts";

/** What an earlier run learned weighs like so many samples: one odd answer does not undo it. */
const mostRemembered = 10;

export class Speeds {
  readonly #firstByteMs = new Ring();
  readonly #tokensPerSecond = new Ring();
  /** Something came since the figures were asked for. */
  isNew = false;

  /** `known`: what is believed already. */
  constructor(known: Figures | undefined) {
    for (let sample = 0; sample < Math.min(known?.samples ?? 0, mostRemembered); sample += 1)
      this.add(known?.firstByteMs, known?.tokensPerSecond);
    this.isNew = false;
  }

  add(firstByteMs: number | undefined, tokensPerSecond: number | undefined): void {
    if (firstByteMs !== undefined) this.#firstByteMs.add(firstByteMs);
    if (tokensPerSecond !== undefined && tokensPerSecond > 0) this.#tokensPerSecond.add(tokensPerSecond);
    this.isNew = true;
  }

  figures(): Figures {
    this.isNew = false;
    return figuresFrom(this.#firstByteMs.values(), this.#tokensPerSecond.values());
  }
}

class Ring {
  readonly #values = new Float64Array(figureSamples);
  #count = 0;

  add(value: number): void {
    this.#values[this.#count % figureSamples] = value;
    this.#count += 1;
  }

  values(): Float64Array {
    return this.#values.subarray(0, Math.min(this.#count, figureSamples));
  }
}
