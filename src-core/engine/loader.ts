// Cold loads: many waiters, one load. A load belongs to the gateway: it outlives the request that began it, and is cancelled only when
// nobody has waited for it for a while and it is not half done. Loads on one node queue: two at once would fight for its memory.
import { type Failure, fail } from "../contract/failure.ts";
import { LoadId, type ModelId, type NodeId } from "../contract/ids.ts";
import { loadBar } from "../contract/progress.ts";
import { catalogued } from "../domain/catalogue.ts";
import { contextFor, contextOn } from "../domain/context-guard.ts";
import { entryOn, own } from "../domain/inventory.ts";
import { expectedLoadMs, likelyLoad } from "../domain/loads.ts";
import { canonicalName } from "../domain/names.ts";
import type { LoadLeases } from "./cluster/leases.ts";
import { inTurn } from "./cluster/turn.ts";
import { cancelledLoad, type Flight, keyOf, type LoadWish, nodeChanged, saysLoadedAlready, sentElsewhere } from "./flight.ts";
import { type LoadEnd, limitedLoad } from "./load-call.ts";
import { RoomMaking } from "./making-room.ts";
import type { Poller } from "./poller.ts";
import type { Clock, NodeAdapter } from "./ports.ts";
import type { Store } from "./store.ts";

const doneEnough = 0.5;

export class Loader {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #poller: Poller;
  readonly #adapterOf: (node: NodeId) => NodeAdapter | undefined;
  readonly #room: RoomMaking;
  readonly #leases: LoadLeases | undefined;
  readonly #flights = new Map<string, Flight>();
  readonly #turns = new Map<NodeId, Promise<unknown>>();
  #count = 0;

  /** `leases`: turns among several gateways; absent: this one loads as it likes. */
  constructor(store: Store, clock: Clock, poller: Poller, adapterOf: (node: NodeId) => NodeAdapter | undefined, leases?: LoadLeases) {
    this.#store = store;
    this.#leases = leases;
    this.#clock = clock;
    this.#poller = poller;
    this.#adapterOf = adapterOf;
    this.#room = new RoomMaking(store, clock, poller);
  }

  /** Joins the load under way or begins one. `onLeave` hands over the function by which this waiter gives up; the load itself goes on. */
  async ensure(wish: LoadWish, onLeave: (leave: () => void) => void): Promise<Failure | undefined | "left"> {
    const key = keyOf(wish);
    const flight = this.#flights.get(key) ?? this.#largerThan(wish) ?? this.#begin(key, wish);
    this.#join(flight, wish.by);
    const left = new Promise<"left">((resolve) => onLeave(() => resolve("left")));
    const outcome = await Promise.race([flight.told.promise, left]);
    this.#part(flight);
    return outcome;
  }

  /** A load of the same model under way with more context than is wished for: joining it beats loading again (demands.md 3.11, 3.12). */
  #largerThan(wish: LoadWish): Flight | undefined {
    const key = canonicalName(wish.model);
    for (const flight of this.#flights.values()) {
      if (flight.wish.node !== wish.node || canonicalName(flight.wish.model) !== key) continue;
      const { contextTokens: coming } = flight.wish.options;
      const guard = catalogued(key, this.#store.world())?.contextGuard ?? "at-least";
      if (coming !== undefined && !contextFor(wish.options.contextTokens, coming, guard, undefined).reloads) return flight;
    }
    return undefined;
  }

  /** The wish at the moment of acting: with the context that the guard lets it have. */
  #guarded(wish: LoadWish): { readonly wish: LoadWish; readonly isDone: boolean } {
    const key = canonicalName(wish.model);
    const node = own(this.#store.fleet.nodes, wish.node);
    const { contextTokens } = contextOn(node, key, wish.options.contextTokens, this.#store.config);
    const loaded = node === undefined ? undefined : entryOn(node, key)?.contextTokens;
    const isDone = loaded !== undefined && loaded === contextTokens && wish.options.keepAlive === undefined && this.#isResident(wish);
    return { wish: { ...wish, options: { ...wish.options, contextTokens } }, isDone };
  }

  /** Stops a load by the user's wish; everyone who waits is told, or tries `elsewhere`. False where there is none. */
  cancel(node: NodeId, model: ModelId, elsewhere = false): boolean {
    const found = this.#loading(node, model);
    for (const flight of found) this.#giveUp(flight, elsewhere ? sentElsewhere(flight.wish) : cancelledLoad(flight.wish));
    return found.length > 0;
  }

  /** Stops a load and begins it anew, behind what is left of it on the node (UX-28). Everyone who waits waits on. False where there is none. */
  again(node: NodeId, model: ModelId): boolean {
    const found = this.#loading(node, model);
    for (const flight of found) {
      this.#forget(flight);
      const heir = this.#begin(flight.key, { ...flight.wish, by: "user" });
      heir.waiters = flight.waiters;
      flight.heir = heir;
      this.#tellWaiters(heir);
      this.#end(flight, heir.told.promise, cancelledLoad(flight.wish));
    }
    return found.length > 0;
  }

  #loading(node: NodeId, model: ModelId): readonly Flight[] {
    const key = canonicalName(model);
    return [...this.#flights.values()].filter(({ wish }) => wish.node === node && canonicalName(wish.model) === key);
  }

  /** Stops every load of a node that is going away, whose waiters try elsewhere, or of all. */
  stop(node?: NodeId): void {
    for (const flight of [...this.#flights.values()]) {
      if (node === undefined) this.#giveUp(flight, cancelledLoad(flight.wish));
      else if (flight.wish.node === node) this.#giveUp(flight, nodeChanged(flight.wish));
    }
  }

  #giveUp(flight: Flight, because: Failure): void {
    this.#forget(flight);
    this.#end(flight, because, because);
  }

  /** Nobody joins it from now on: whoever comes next begins anew, behind what is left of this one on the node. */
  #forget(flight: Flight): void {
    flight.forgetOrphan();
    if (this.#flights.get(flight.key) === flight) this.#flights.delete(flight.key);
  }

  /** `told`: what its waiters hear. One that waits for its turn is over at once; the other when its node let go of it. */
  #end(flight: Flight, told: Failure | Promise<Failure | undefined>, because: Failure): void {
    flight.cancel.abort();
    flight.told.resolve(told);
    if (!flight.started) this.#finished(flight, 0, because);
  }

  #begin(key: string, wish: LoadWish): Flight {
    this.#count += 1;
    const id = LoadId.parse(`load-${this.#count}`);
    const node = own(this.#store.fleet.nodes, wish.node);
    // Only what this very load took before limits its time; what other models took is good enough for a bar.
    const expectedMs = expectedLoadMs(node === undefined ? undefined : own(node.history, canonicalName(wish.model)));
    const shownMs = node === undefined ? undefined : likelyLoad(node, canonicalName(wish.model))?.ms;
    const stage = this.#turns.has(wish.node) ? "queued" : "loading";
    this.#store.record({
      type: "load-started",
      at: this.#clock.now(),
      load: id,
      node: wish.node,
      model: wish.model,
      by: wish.by,
      stage,
      expectedMs: shownMs,
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
    this.#tellWaiters(flight, by === "user" ? { by } : {});
  }

  #tellWaiters({ id, waiters }: Flight, marked: { readonly by?: "user" } = {}): void {
    this.#store.record({ type: "load-joined", at: this.#clock.now(), load: id, waiters, ...marked });
  }

  #part(flight: Flight): void {
    if (flight.heir !== undefined) return this.#part(flight.heir);
    flight.waiters -= 1;
    this.#tellWaiters(flight);
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
    const end = await this.#load(id, wish, expectedMs, cancel.signal);
    const failure = end.failure === undefined ? undefined : { node, model, ...end.failure };
    this.#finished(flight, end.wasThere === true ? 0 : this.#clock.monotonic() - began, failure);
    if (end.stalled === undefined) return failure;
    // Waiters go elsewhere now; the node's next load waits until what is left of this one is gone.
    flight.told.resolve(failure);
    await this.#clearStalled(wish, end.stalled);
    return failure;
  }

  #finished(flight: Flight, ms: number, failure: Failure | undefined): void {
    this.#forget(flight);
    const { node, model, by, options } = flight.wish;
    const { contextTokens } = options;
    const at = this.#clock.now();
    this.#store.record({ type: "load-finished", at, load: flight.id, node, model, by, ms, contextTokens, failure });
  }

  async #load(id: LoadId, wished: LoadWish, expectedMs: number | undefined, cancelled: AbortSignal): Promise<LoadEnd> {
    const { wish, isDone } = this.#guarded(wished);
    if (isDone) return { failure: undefined, wasThere: true };
    const load = () => this.#loadNow(id, wish, expectedMs, cancelled);
    const node = own(this.#store.fleet.nodes, wish.node);
    const turn = node === undefined ? undefined : await this.#leases?.take(node, wish.model, cancelled);
    return turn === undefined ? load() : inTurn(turn, () => this.#loadedElsewhere(wish), load);
  }

  /** Another gateway may have loaded it: the node is asked before anything is loaded or evicted. */
  async #loadedElsewhere(wish: LoadWish): Promise<LoadEnd | undefined> {
    await this.#poller.probeAfresh(wish.node);
    const { contextTokens, keepAlive } = wish.options;
    const isDone = contextTokens === undefined ? keepAlive === undefined && this.#isResident(wish) : this.#guarded(wish).isDone;
    return isDone ? { failure: undefined, wasThere: true } : undefined;
  }

  async #loadNow(id: LoadId, wish: LoadWish, expectedMs: number | undefined, cancelled: AbortSignal): Promise<LoadEnd> {
    const adapter = this.#adapterOf(wish.node);
    if (adapter === undefined) return { failure: fail("load-failed", `${wish.node} is no longer configured.`, { node: wish.node }) };
    const stage = (now: "evicting" | "loading") => this.#store.record({ type: "load-staged", at: this.#clock.now(), load: id, stage: now });
    const noRoom = wish.force === true ? undefined : await this.#room.make(wish, adapter, () => stage("evicting"), cancelled);
    if (cancelled.aborted) return { failure: cancelledLoad(wish) };
    if (noRoom !== undefined) return { failure: noRoom };
    stage("loading");
    const end = await limitedLoad({ store: this.#store, clock: this.#clock, id, wish, expectedMs, adapter }, cancelled);
    if (cancelled.aborted) return { failure: cancelledLoad(wish) };
    if (end.failure !== undefined && !saysLoadedAlready(end.failure)) {
      // Waiters go elsewhere now; what the node holds after a failed load is looked up behind them.
      if (end.stalled === undefined) void this.#poller.probeAfresh(wish.node);
      return end;
    }
    return { failure: await this.#confirmed(wish) };
  }

  /** Whatever the call said, only the node's own list decides (UX-24); where that cannot be had just now, the call's word stands (source-systems.md 4.5). */
  async #confirmed(wish: LoadWish): Promise<Failure | undefined> {
    const heard = await this.#poller.probeAfresh(wish.node);
    if (!heard || this.#isResident(wish)) return undefined;
    return fail("load-failed", `${wish.node} said it loaded ${wish.model}, but does not list it as loaded.`, wish);
  }

  #isResident({ node, model }: LoadWish): boolean {
    const found = own(this.#store.fleet.nodes, node);
    const state = found === undefined ? undefined : entryOn(found, canonicalName(model))?.residency.state;
    return state === "warm" || state === "sleeping";
  }

  /** The node's own state first, then the unload: what came after all, or is gone already, is left alone (F35, R-10). */
  async #clearStalled(wish: LoadWish, adapter: NodeAdapter): Promise<void> {
    await this.#poller.probeAfresh(wish.node);
    const node = own(this.#store.fleet.nodes, wish.node);
    const state = node === undefined ? undefined : entryOn(node, canonicalName(wish.model))?.residency.state;
    if (node?.can.unload !== true || state === "warm" || state === "sleeping") return;
    const giveUp = new AbortController();
    const forget = this.#clock.after(this.#store.config.polling.timeoutSeconds * 2000, () => giveUp.abort());
    await adapter.unload(wish.model, giveUp.signal);
    forget();
    await this.#poller.probeAfresh(wish.node);
  }
}
