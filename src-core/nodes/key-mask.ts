// A node's own key, taken out of what the node says when it refuses: some repeat it, and their words go to clients, windows and the log (S-20,
// S-81). Lengths stay, so that framing does; a key cut in two by the network is found as well.

const mask = 0x2a;
/** Shorter ones stand in ordinary words. */
const shortestKey = 6;

/** The bytes to look for; undefined where there is no key that could be told from a word. */
export function keyToMask(key: string | undefined): Buffer | undefined {
  return key === undefined || key.length < shortestKey ? undefined : Buffer.from(key);
}

/** The headers without the key, whatever their names. The same object where it stands in none. */
export function headersWithout(key: Buffer, headers: Record<string, string>): Record<string, string> {
  const text = key.toString();
  for (const name in headers) {
    const value = headers[name];
    if (value?.includes(text) === true) headers[name] = value.replaceAll(text, "*".repeat(text.length));
  }
  return headers;
}

/** One body under way. What might be the beginning of a key is held until more has come, or the end. */
export class KeyMask {
  readonly #key: Buffer;
  #held: Buffer<ArrayBufferLike> = Buffer.alloc(0);

  constructor(key: Buffer) {
    this.#key = key;
  }

  /** What may go on; possibly nothing yet. */
  push(chunk: Buffer): Buffer {
    const all = Buffer.concat([this.#held, chunk]);
    for (let at = all.indexOf(this.#key); at >= 0; at = all.indexOf(this.#key, at)) all.fill(mask, at, at + this.#key.length);
    const end = all.length - this.#begun(all);
    this.#held = all.subarray(end);
    return all.subarray(0, end);
  }

  /** What was held and turned out to be no key. */
  rest(): Buffer {
    return this.#held;
  }

  /** Bytes at the end that are how the key begins. */
  #begun(all: Buffer): number {
    for (let count = Math.min(all.length, this.#key.length - 1); count > 0; count--) {
      if (all.subarray(all.length - count).equals(this.#key.subarray(0, count))) return count;
    }
    return 0;
  }
}
