// Cold loads: many waiters, one load. A load belongs to the gateway: it outlives the request that began it, and is cancelled only when
// nobody has waited for it for a while and it is not half done. Loads on one node queue: two at once would fight for its memory.
import { type Failure, fail } from "../contract/failure.ts";
import { LoadId, type ModelId, type NodeId } from "../contract/ids.ts";
import { loadBar, stuckAfterMs } from "../contract/progress.ts";
import { entryOn, own } from "../domain/inventory.ts";
import { expectedLoadMs } from "../domain/loads.ts";
import { roomFor } from "../domain/memory.ts";
import { canonicalName } from "../domain/names.ts";
import type { Poller } from "./poller.ts";
import type { Clock, LoadOptions, NodeAdapter } from "./ports.ts";
import type { Store } from "./store.ts";

/** The bar shows at most so much detail. */
const progressEveryMs = 200;
/** A load may take this many times what it usually takes here. */
export const loadPatience = 3;
const doneEnough = 0.5;

export interface LoadWish {
  readonly node: NodeId;
  readonly model: ModelId;
  readonly options: LoadOptions;
  readonly by: "request" | "user";
  /** The user's "load anyway": skips our own estimate of room, never the node's. */
  readonly force?: boolean;
}

interface Flight {
  readonly id: LoadId;
  readonly key: string;
  readonly wish: LoadWish;
  readonly cancel: AbortController;
  /** What the waiters are told. Comes before the node is done with it where the load is given up. */
  readonly told: PromiseWithResolvers<Failure | undefined>;
  /** Its turn on the node has come. */
  started: boolean;
  waiters: number;
  pinned: boolean;
  forgetOrphan: () => void;
}

export class Loader {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #poller: Poller;
  readonly #adapterOf: (node: NodeId) => NodeAdapter | undefined;
  readonly #flights = new Map<string, Flight>();
  readonly #turns = new Map<NodeId, Promise<unknown>>();
  #count = 0;

  constructor(store: Store, clock: Clock, poller: Poller, adapterOf: (node: NodeId) => NodeAdapter | undefined) {
    this.#store = store;
    this.#clock = clock;
    this.#poller = poller;
    this.#adapterOf = adapterOf;
  }

  /** Joins the load under way or begins one. `onLeave` hands over the function by which this waiter gives up; the load itself goes on. */
  async ensure(wish: LoadWish, onLeave: (leave: () => void) => void): Promise<Failure | undefined | "left"> {
    const key = keyOf(wish);
    const flight = this.#flights.get(key) ?? this.#begin(key, wish);
    this.#join(flight, wish.by);
    const left = new Promise<"left">((resolve) => onLeave(() => resolve("left")));
    const outcome = await Promise.race([flight.told.promise, left]);
    this.#part(flight);
    return outcome;
  }

  /** Stops a load by the user's wish; everyone who waits is told. */
  cancel(node: NodeId, model: ModelId): boolean {
    const found = [...this.#flights.values()].filter(
      (flight) => flight.wish.node === node && canonicalName(flight.wish.model) === canonicalName(model),
    );
    for (const flight of found) this.#giveUp(flight, cancelledLoad(flight.wish));
    return found.length > 0;
  }

  /** Stops every load of a node that is going away, whose waiters try elsewhere, or of all. */
  stop(node?: NodeId): void {
    for (const flight of [...this.#flights.values()]) {
      if (node === undefined) this.#giveUp(flight, cancelledLoad(flight.wish));
      else if (flight.wish.node === node) this.#giveUp(flight, nodeChanged(flight.wish));
    }
  }

  /** Nobody joins it from now on: whoever comes next begins anew, behind what is left of this one on the node. */
  #giveUp(flight: Flight, because: Failure): void {
    flight.forgetOrphan();
    if (this.#flights.get(flight.key) === flight) this.#flights.delete(flight.key);
    flight.cancel.abort();
    flight.told.resolve(because);
    if (!flight.started) this.#finished(flight, 0, because);
  }

  #begin(key: string, wish: LoadWish): Flight {
    this.#count += 1;
    const id = LoadId.parse(`load-${this.#count}`);
    const node = own(this.#store.fleet.nodes, wish.node);
    const expectedMs = expectedLoadMs(node === undefined ? undefined : own(node.history, canonicalName(wish.model)));
    const stage = this.#turns.has(wish.node) ? "queued" : "loading";
    this.#store.record({
      type: "load-started",
      at: this.#clock.now(),
      load: id,
      node: wish.node,
      model: wish.model,
      by: wish.by,
      stage,
      expectedMs,
    });
    const flight: Flight = {
      id,
      key,
      wish,
      cancel: new AbortController(),
      told: Promise.withResolvers(),
      started: false,
      waiters: 0,
      pinned: wish.by === "user",
      forgetOrphan: () => undefined,
    };
    this.#flights.set(key, flight);
    this.#inTurn(wish.node, () => this.#run(flight, expectedMs)).then(flight.told.resolve, flight.told.reject);
    return flight;
  }

  #join(flight: Flight, by: "request" | "user"): void {
    flight.forgetOrphan();
    flight.waiters += 1;
    if (by === "user") flight.pinned = true;
    const marked = by === "user" ? { by } : {};
    this.#store.record({ type: "load-joined", at: this.#clock.now(), load: flight.id, waiters: flight.waiters, ...marked });
  }

  #part(flight: Flight): void {
    flight.waiters -= 1;
    this.#store.record({ type: "load-joined", at: this.#clock.now(), load: flight.id, waiters: flight.waiters });
    if (flight.waiters === 0 && !flight.pinned && this.#flights.get(flight.key) === flight) {
      flight.forgetOrphan = this.#clock.after(this.#store.config.loads.orphanSeconds * 1000, () => this.#orphaned(flight));
    }
  }

  #orphaned(flight: Flight): void {
    const load = own(this.#store.fleet.loads, flight.id);
    if (flight.waiters > 0 || flight.pinned || load === undefined) return;
    const { fraction = 0 } = loadBar(load, this.#clock.now());
    if (fraction < doneEnough) this.#giveUp(flight, cancelledLoad(flight.wish));
  }

  /** One load at a time per node, in the order they were asked for. */
  #inTurn(node: NodeId, run: () => Promise<Failure | undefined>): Promise<Failure | undefined> {
    const mine = (this.#turns.get(node) ?? Promise.resolve()).then(run);
    const turn = mine.finally(async () => {
      // Whoever waited for this one sends first: a model that nobody uses yet would be unloaded again for the next in line.
      await new Promise<void>((resolve) => void setImmediate(resolve));
      if (this.#turns.get(node) === turn) this.#turns.delete(node);
    });
    this.#turns.set(node, turn);
    return mine;
  }

  async #run(flight: Flight, expectedMs: number | undefined): Promise<Failure | undefined> {
    const { id, wish, cancel } = flight;
    const { node, model } = wish;
    // Given up while it waited for its turn: everybody was told then.
    if (cancel.signal.aborted) return cancelledLoad(wish);
    flight.started = true;
    const began = this.#clock.monotonic();
    const told = await this.#load(id, wish, expectedMs, cancel.signal);
    const failure = told === undefined ? undefined : { node, model, ...told };
    this.#finished(flight, this.#clock.monotonic() - began, failure);
    return failure;
  }

  #finished(flight: Flight, ms: number, failure: Failure | undefined): void {
    flight.forgetOrphan();
    if (this.#flights.get(flight.key) === flight) this.#flights.delete(flight.key);
    const { node, model, by } = flight.wish;
    this.#store.record({ type: "load-finished", at: this.#clock.now(), load: flight.id, node, model, by, ms, failure });
  }

  async #load(id: LoadId, wish: LoadWish, expectedMs: number | undefined, cancelled: AbortSignal): Promise<Failure | undefined> {
    const adapter = this.#adapterOf(wish.node);
    if (adapter === undefined) return fail("load-failed", `${wish.node} is no longer configured.`, { node: wish.node });
    const noRoom = wish.force === true ? undefined : await this.#makeRoom(id, wish, adapter, cancelled);
    if (noRoom !== undefined) return noRoom;
    this.#store.record({ type: "load-staged", at: this.#clock.now(), load: id, stage: "loading" });
    const failure = await this.#limited(id, wish, expectedMs, adapter, cancelled);
    if (failure !== undefined) {
      // Waiters go elsewhere now; what the node holds after a failed load is looked up behind them.
      void this.#poller.probeAfresh(wish.node);
      return failure;
    }
    // Whatever the call said, only the node's own list decides (UX-24).
    await this.#poller.probeAfresh(wish.node);
    return this.#isResident(wish)
      ? undefined
      : fail("load-failed", `${wish.node} said it loaded ${wish.model}, but does not list it as loaded.`, wish);
  }

  #isResident({ node, model }: LoadWish): boolean {
    const found = own(this.#store.fleet.nodes, node);
    const state = found === undefined ? undefined : entryOn(found, canonicalName(model))?.residency.state;
    return state === "warm" || state === "sleeping";
  }

  /** Unloads what the plan names, idle models only; the plan is made here, at the moment of acting, not when candidates were ranked. */
  async #makeRoom(id: LoadId, wish: LoadWish, adapter: NodeAdapter, cancelled: AbortSignal): Promise<Failure | undefined> {
    const node = own(this.#store.fleet.nodes, wish.node);
    if (node === undefined) return undefined;
    const room = roomFor(node, canonicalName(wish.model), this.#store.world());
    if (room.verdict === "too-big") return doesNotFit(wish, room.needBytes, room.freeBytes);
    if (room.evict.length === 0) return undefined;
    this.#store.record({ type: "load-staged", at: this.#clock.now(), load: id, stage: "evicting" });
    for (const victim of room.evict) {
      this.#store.record({ type: "unload-started", at: this.#clock.now(), node: wish.node, model: victim });
      const failure = await adapter.unload(victim, cancelled);
      this.#store.record({ type: "unload-finished", at: this.#clock.now(), node: wish.node, model: victim, failure });
      if (failure !== undefined) return failure;
    }
    await this.#poller.probeAfresh(wish.node);
    return undefined;
  }

  async #limited(
    id: LoadId,
    wish: LoadWish,
    expectedMs: number | undefined,
    adapter: NodeAdapter,
    cancelled: AbortSignal,
  ): Promise<Failure | undefined> {
    const limit = new AbortController();
    const stop = AbortSignal.any([cancelled, limit.signal]);
    let because = "";
    let told = Number.NEGATIVE_INFINITY;
    let forget = this.#clock.after(this.#longestMs(expectedMs), () => {
      because = "took longer than any load is given";
      limit.abort();
    });
    const forgetLongest = forget;
    forget = () => {};
    const onProgress = (progress: { readonly fraction: number; readonly stage?: string | undefined }) => {
      forget();
      forget = this.#clock.after(Math.min(stuckAfterMs, this.#store.config.loads.stallSeconds * 1000), () => {
        because = `made no progress for ${this.#store.config.loads.stallSeconds} s`;
        limit.abort();
      });
      const now = this.#clock.monotonic();
      if (now - told < progressEveryMs && progress.fraction < 1) return;
      told = now;
      this.#store.record({ type: "load-progressed", at: this.#clock.now(), load: id, ...progress });
    };
    const failure = await adapter.load(wish.model, wish.options, onProgress, stop);
    forget();
    forgetLongest();
    if (cancelled.aborted) return cancelledLoad(wish);
    if (limit.signal.aborted) return fail("load-failed", `Loading ${wish.model} on ${wish.node} ${because}; Homeport gave up.`, wish);
    return failure;
  }

  #longestMs(expectedMs: number | undefined): number {
    const { minSeconds, maxSeconds } = this.#store.config.loads;
    const wanted = expectedMs === undefined ? maxSeconds * 1000 : expectedMs * loadPatience;
    return Math.min(maxSeconds * 1000, Math.max(minSeconds * 1000, wanted));
  }
}

/** Two different contexts are two loads; who asks is not part of it. */
function keyOf({ node, model, options }: LoadWish): string {
  return `${node}\n${canonicalName(model)}\n${options.contextTokens ?? ""}`;
}

function cancelledLoad({ node, model }: LoadWish): Failure {
  return fail("cancelled", `Loading ${model} on ${node} was cancelled.`, { node, model });
}

/** Says nothing about the model, and lets the waiters go on. */
function nodeChanged({ node, model }: LoadWish): Failure {
  return fail("connect-failed", `${node} was changed or removed in the settings while it loaded ${model}.`, { node, model });
}

/** Numbers a person can act on, and the way past our estimate. */
export function doesNotFit({ node, model }: Pick<LoadWish, "node" | "model">, needBytes = 0, freeBytes = 0): Failure {
  const gb = (bytes: number) => `${(Math.max(0, bytes) / 1e9).toFixed(1)} GB`;
  const message = `${model} needs about ${gb(needBytes)} on ${node}; ${gb(freeBytes)} is free and unloading what is idle would not be enough. Load it anyway, or unload something.`;
  return fail("does-not-fit", message, { node, model });
}
