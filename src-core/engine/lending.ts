// "Free this GPU": a node's memory is lent to something else, a game for one. It takes no new requests and no loads, what runs there may end, and then
// everything is unloaded. It comes back by itself when the time is over, or when somebody says so.
import type { NodeId } from "../contract/ids.ts";
import { own } from "../domain/inventory.ts";
import type { Observer } from "./audience.ts";
import type { Loader } from "./loader.ts";
import type { ModelWishes } from "./model-wishes.ts";
import type { Clock } from "./ports.ts";
import type { Store } from "./store.ts";

export interface LendingParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly loader: Pick<Loader, "stop">;
  readonly models: Pick<ModelWishes, "unload">;
}

export class Lending {
  readonly #parts: LendingParts;
  readonly #ends = new Map<NodeId, () => void>();
  /** Lent nodes that are being emptied. */
  readonly #emptying = new Set<NodeId>();

  constructor(parts: LendingParts) {
    this.#parts = parts;
  }

  /** `minutes` null: until it is returned. Loads under way there are given up: who waits for them goes elsewhere. */
  lend(node: NodeId, minutes: number | null): void {
    const { store, clock, loader } = this.#parts;
    this.#ends.get(node)?.();
    this.#ends.delete(node);
    const until = minutes === null ? null : clock.now() + minutes * 60_000;
    store.record({ type: "node-lent", at: clock.now(), node, until });
    if (minutes !== null)
      this.#ends.set(
        node,
        clock.after(minutes * 60_000, () => this.takeBack(node)),
      );
    loader.stop(node);
    this.#empty(node);
  }

  takeBack(node: NodeId): void {
    const { store, clock } = this.#parts;
    this.#ends.get(node)?.();
    this.#ends.delete(node);
    this.#emptying.delete(node);
    if (own(store.fleet.nodes, node)?.lent !== undefined) store.record({ type: "node-returned", at: clock.now(), node });
  }

  stop(): void {
    for (const forget of this.#ends.values()) forget();
  }

  /** The last request that ran there ended. */
  readonly observe: Observer = (event) => {
    if (this.#emptying.size === 0 || event.type !== "attempt-finished" || !this.#emptying.has(event.node)) return;
    // After the fact has been told to everybody.
    queueMicrotask(() => this.#empty(event.node));
  };

  #empty(id: NodeId): void {
    const { store, models } = this.#parts;
    const node = own(store.fleet.nodes, id);
    if (node?.lent === undefined) return;
    if (Object.keys(node.inFlight).length > 0) {
      this.#emptying.add(id);
      return;
    }
    this.#emptying.delete(id);
    if (!node.can.unload) return;
    for (const { id: model, residency } of Object.values(node.models))
      if (residency.state === "warm" || residency.state === "sleeping") void models.unload(id, model);
  }
}
