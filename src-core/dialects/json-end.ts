// Whether a JSON object that comes in pieces is whole yet, in constant memory: a call of a tool is over when its arguments are.

const quote = 0x22;
const backslash = 0x5c;

/** Reads pieces of one object. Strings may be cut anywhere, escapes too. */
export class JsonEnd {
  #depth = 0;
  #deepest = 0;
  #inString = false;
  #escaped = false;
  #whole = false;

  /** True once the object has closed. */
  get whole(): boolean {
    return this.#whole;
  }

  /** How deep it was nested so far. */
  get deepest(): number {
    return this.#deepest;
  }

  /** Takes the next piece and returns how much of it belongs to the object: all of it, or up to the end. */
  push(piece: string): number {
    for (let at = 0; at < piece.length; at++) {
      if (this.#whole) return at;
      this.#take(piece.charCodeAt(at));
    }
    return piece.length;
  }

  #take(unit: number): void {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (unit === backslash) this.#escaped = true;
      else if (unit === quote) this.#inString = false;
      return;
    }
    if (unit === quote) this.#inString = true;
    // Braces and brackets differ by bit 5 only, and are counted alike.
    else if ((unit | 0x20) === 0x7b) this.#deepest = Math.max(this.#deepest, ++this.#depth);
    else if ((unit | 0x20) === 0x7d && --this.#depth <= 0) this.#whole = true;
  }
}
