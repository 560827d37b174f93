// Room for a load: who must leave is planned here, at the moment of acting, by the predicate that ranked candidates. A plan that does not fit on
// paper evicts nobody; who was loaded a moment ago is waited for (F34), and so is who is at work: it takes no new requests meanwhile, and ends.
import { type Failure, fail } from "../contract/failure.ts";
import type { ModelId, NodeId } from "../contract/ids.ts";
import type { MemoryVerdict } from "../contract/route.ts";
import { entryOn, own } from "../domain/inventory.ts";
import { roomFor } from "../domain/memory.ts";
import { canonicalName } from "../domain/names.ts";
import type { Poller } from "./poller.ts";
import type { Clock, NodeAdapter } from "./ports.ts";
import type { Store } from "./store.ts";

export interface RoomWish {
  readonly node: NodeId;
  readonly model: ModelId;
  readonly options: { readonly contextTokens?: number | undefined };
}

export class RoomMaking {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #poller: Poller;
  readonly #waiters = new Set<() => void>();

  constructor(store: Store, clock: Clock, poller: Poller) {
    this.#store = store;
    this.#clock = clock;
    this.#poller = poller;
    store.observe(() => this.#wakeAll(), ["attempt-finished", "probe-answered", "config-applied"]);
  }

  /**
   * Resolves once the model fits on its node, or why it will not. `onEvicting`: told before the first wait or eviction. At most one plan is carried
   * out: a load that fails although it fitted on paper must not empty the node.
   */
  async make(wish: RoomWish, adapter: NodeAdapter, onEvicting: () => void, cancelled: AbortSignal): Promise<Failure | undefined> {
    const { memory, loads } = this.#store.config;
    const until = this.#clock.monotonic() + (memory.holdSeconds + loads.minSeconds) * 1000;
    let told = false;
    for (;;) {
      const room = this.#roomOf(wish);
      if (room === undefined || cancelled.aborted) return undefined;
      if (room.verdict === "too-big") return doesNotFit(wish, room);
      if (room.evict.length === 0) return undefined;
      if (!told) onEvicting();
      told = true;
      const heldMs = room.holdUntil === undefined ? 0 : room.holdUntil - this.#clock.now();
      if (heldMs > 0) await this.#wait(heldMs, cancelled);
      else return this.#evict(wish, room.evict, adapter, until, cancelled);
    }
  }

  #roomOf({ node, model, options }: RoomWish): MemoryVerdict | undefined {
    const found = own(this.#store.fleet.nodes, node);
    const key = canonicalName(model);
    return found === undefined ? undefined : roomFor(found, key, this.#store.world(), entryOn(found, key), options.contextTokens);
  }

  async #evict(
    wish: RoomWish,
    victims: readonly ModelId[],
    adapter: NodeAdapter,
    until: number,
    cancelled: AbortSignal,
  ): Promise<Failure | undefined> {
    const { node } = wish;
    // All at once, before anything is awaited: from here on nobody is sent to them.
    for (const victim of victims) this.#leaving(node, victim);
    for (const [at, victim] of victims.entries()) {
      const failure =
        (await this.#untilIdle(wish, victim, until, cancelled)) ??
        (cancelled.aborted
          ? fail("cancelled", `Making room for ${wish.model} on ${node} was cancelled.`)
          : await adapter.unload(victim, cancelled));
      if (failure !== undefined) {
        for (const left of victims.slice(at)) this.#left(wish, left, failure);
        return failure;
      }
      this.#left(wish, victim, undefined);
    }
    await this.#poller.probeAfresh(node);
    return undefined;
  }

  #leaving(node: NodeId, model: ModelId): void {
    this.#store.record({ type: "unload-started", at: this.#clock.now(), node, model });
  }

  #left({ node, model: roomFor }: RoomWish, model: ModelId, failure: Failure | undefined): void {
    this.#store.record({ type: "unload-finished", at: this.#clock.now(), node, model, roomFor, failure });
  }

  /** Never evicts what is at work. What a probe shows as warm again meanwhile keeps leaving. */
  async #untilIdle(wish: RoomWish, victim: ModelId, until: number, cancelled: AbortSignal): Promise<Failure | undefined> {
    const key = canonicalName(victim);
    for (;;) {
      const node = own(this.#store.fleet.nodes, wish.node);
      if (node === undefined || cancelled.aborted || (own(node.inFlight, key) ?? 0) === 0) return undefined;
      const leftMs = until - this.#clock.monotonic();
      if (leftMs <= 0) {
        const message = `${wish.model} needs the memory of ${victim} on ${wish.node}, which is at work without a pause. Try again, or stop what uses it.`;
        return fail("does-not-fit", message, { node: wish.node, model: wish.model });
      }
      if (own(node.models, key)?.residency.state === "warm") this.#leaving(wish.node, victim);
      await this.#wait(leftMs, cancelled);
    }
  }

  /** Until something may have changed, or `ms` have passed. */
  #wait(ms: number, cancelled: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        this.#waiters.delete(wake);
        forget();
        cancelled.removeEventListener("abort", wake);
        resolve();
      };
      const forget = this.#clock.after(ms, wake);
      this.#waiters.add(wake);
      cancelled.addEventListener("abort", wake, { once: true });
    });
  }

  #wakeAll(): void {
    for (const wake of [...this.#waiters]) wake();
  }
}

/** Numbers a person can act on, and the way past our estimate. */
export function doesNotFit(
  { node, model }: Pick<RoomWish, "node" | "model">,
  { needBytes = 0, needSource, freeBytes = 0 }: Pick<MemoryVerdict, "needBytes" | "needSource" | "freeBytes">,
): Failure {
  const gb = (bytes: number) => `${(Math.max(0, bytes) / 1e9).toFixed(1)} GB`;
  const told = needSource === "estimate" ? " (an estimate)" : "";
  const message = `${model} needs about ${gb(needBytes)}${told} on ${node}; ${gb(freeBytes)} is free and unloading what is idle would not be enough. Load it anyway, or unload something.`;
  return fail("does-not-fit", message, { node, model });
}
