// Answers to `/v1/responses` that may be asked for again, and gone on with, where no node remembers them. In memory only and bounded: the oldest go
// first. An answer belongs to the client key it was given to; nobody else finds it.

/** One kept answer. Texts rather than values: what they take is known. */
export interface KeptResponse {
  readonly id: string;
  /** The name of the client key; undefined where clients have none. */
  readonly client: string | undefined;
  /** Everything that was said before it, as a JSON list: earlier turns too, so that nothing hangs on an older answer being there still. */
  readonly input: string;
  /** The whole response, as JSON. */
  readonly response: string;
  /** Ids of its items, by which a client may refer to them instead of sending them. */
  readonly items: readonly string[];
}

export interface ResponseLimits {
  readonly count: number;
  /** Of text, as it takes memory at most: two bytes a letter. */
  readonly bytes: number;
}

const defaults: ResponseLimits = { count: 2_000, bytes: 64 * 1024 * 1024 };

export class ResponseStore {
  readonly #limits: ResponseLimits;
  /** Oldest first. */
  readonly #kept = new Map<string, KeptResponse>();
  readonly #byItem = new Map<string, KeptResponse>();
  #bytes = 0;

  constructor(limits: ResponseLimits = defaults) {
    this.#limits = limits;
  }

  /** What is kept takes this much. */
  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#kept.size;
  }

  /** Keeps an answer; one that alone is too large is not kept. */
  keep(kept: KeptResponse): void {
    const before = this.#kept.get(kept.id);
    // An id that somebody else has already is theirs: nodes may count from one.
    if (before !== undefined && before.client !== kept.client) return;
    if (before !== undefined) this.#drop(before);
    if (bytesOf(kept) > this.#limits.bytes) return;
    this.#kept.set(kept.id, kept);
    this.#bytes += bytesOf(kept);
    for (const item of kept.items) this.#byItem.set(item, kept);
    for (const oldest of this.#kept.values()) {
      if (this.#kept.size <= this.#limits.count && this.#bytes <= this.#limits.bytes) break;
      this.#drop(oldest);
    }
  }

  find(id: string, client: string | undefined): KeptResponse | undefined {
    const kept = this.#kept.get(id);
    return kept?.client === client ? kept : undefined;
  }

  /** The answer that holds an item. */
  withItem(id: string, client: string | undefined): KeptResponse | undefined {
    const kept = this.#byItem.get(id);
    return kept?.client === client ? kept : undefined;
  }

  /** False where there was nothing to forget. */
  forget(id: string, client: string | undefined): boolean {
    const kept = this.find(id, client);
    if (kept !== undefined) this.#drop(kept);
    return kept !== undefined;
  }

  #drop(kept: KeptResponse): void {
    this.#kept.delete(kept.id);
    this.#bytes -= bytesOf(kept);
    for (const item of kept.items) if (this.#byItem.get(item) === kept) this.#byItem.delete(item);
  }
}

function bytesOf({ id, input, response, items }: KeptResponse): number {
  return 2 * (id.length + input.length + response.length + items.reduce((sum, item) => sum + item.length, 0));
}
