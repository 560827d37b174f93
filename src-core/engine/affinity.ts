// Which node a conversation was on. Bounded and forgetful: two generations of at most 5,000, and the older one is dropped whole. Nothing is ever
// deleted one by one (engine/roster.ts has the reason), and only short strings are kept, no text of anybody.
import type { Config } from "../contract/config.ts";
import type { NodeId } from "../contract/ids.ts";

const perGeneration = 5_000;

interface Stay {
  node: NodeId;
  /** The last request's instant. */
  at: number;
}

export class Affinity {
  readonly #settings: () => Config["affinity"];
  #young = new Map<string, Stay>();
  #old = new Map<string, Stay>();
  #youngSince = 0;

  constructor(settings: () => Config["affinity"]) {
    this.#settings = settings;
  }

  /** Conversations remembered: at most 10,000. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The node this conversation was on lately. Whether to go there is `domain/affinity.ts`'s to say. */
  hint(conversation: string | undefined, now: number): NodeId | undefined {
    if (conversation === undefined) return undefined;
    const { enabled, ttlSeconds } = this.#settings();
    if (!enabled) return undefined;
    const stay = this.#young.get(conversation) ?? this.#old.get(conversation);
    return stay === undefined || now - stay.at > ttlSeconds * 1000 ? undefined : stay.node;
  }

  /** The conversation was answered there. */
  keep(conversation: string | undefined, node: NodeId, now: number): void {
    const { enabled, ttlSeconds } = this.#settings();
    if (conversation === undefined || !enabled) return;
    const stay = this.#young.get(conversation);
    if (stay !== undefined) {
      stay.node = node;
      stay.at = now;
      return;
    }
    if (this.#young.size >= perGeneration || now - this.#youngSince > ttlSeconds * 1000) this.#age(now);
    this.#young.set(conversation, { node, at: now });
  }

  /** What is left in the old generation was not used since the young one began. */
  #age(now: number): void {
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngSince = now;
  }
}
