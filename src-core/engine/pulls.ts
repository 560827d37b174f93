// Models on the disks of nodes: fetches and deletions, asked for by a person. One fetch of a model on a node, whoever asks and how often; it
// belongs to the engine and outlives the window that began it. Its end is a fact, a failed one stays visible until somebody deals with it.
import { type Failure, fail } from "../contract/failure.ts";
import type { Node } from "../contract/fleet.ts";
import type { ModelId, NodeId } from "../contract/ids.ts";
import { pullKey } from "../contract/pulls.ts";
import { entryOn, own } from "../domain/inventory.ts";
import { canonicalName } from "../domain/names.ts";
import { noSuchNode } from "./node-set.ts";
import type { Poller } from "./poller.ts";
import type { Clock, NodeAdapter, PullProgress } from "./ports.ts";
import { PullPace } from "./pull-pace.ts";
import type { Store } from "./store.ts";

/** A node that fetches and says nothing for this long is not waited for: checking a large file on a slow disk is silent for minutes. */
const silenceMs = 15 * 60_000;
const removeMs = 30_000;

interface Parts {
  readonly store: Store;
  readonly clock: Clock;
  readonly poller: Poller;
  readonly adapterOf: (node: NodeId) => NodeAdapter | undefined;
}

interface Running {
  readonly node: NodeId;
  readonly model: ModelId;
  readonly cancelled: AbortController;
  begun: boolean;
  /** Resolves with how it ended. */
  ended: Promise<Failure | undefined>;
  end: (failure: Failure | undefined) => void;
}

/** What became of the wish to have a model on a node. */
export interface PullRefusal {
  readonly node: NodeId;
  readonly failure: Failure;
}

export class Pulls {
  readonly #parts: Parts;
  /** In the order in which they were asked for. */
  readonly #running = new Map<string, Running>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Begins, or joins, one fetch per node; returns at once with those that cannot be begun. */
  pull(nodes: readonly NodeId[], model: ModelId): readonly PullRefusal[] {
    const refused = [...new Set(nodes)].flatMap((node) => {
      const failure = this.#ask(node, model);
      return failure === undefined ? [] : [{ node, failure }];
    });
    this.#begin();
    return refused;
  }

  /** Stops a fetch, or dismisses one that failed. Resolves when it has ended, with what becomes of it at the node. */
  async cancel(node: NodeId, model: ModelId): Promise<{ readonly says?: string } | { readonly failure: Failure }> {
    const key = pullKey(node, canonicalName(model));
    const running = this.#running.get(key);
    if (running !== undefined) {
      running.cancelled.abort();
      if (!running.begun) this.#finish(key, running, 0, fail("cancelled", `${model} was not fetched to ${node}.`));
      const failure = await running.ended;
      return failure?.kind === "cancelled" ? { says: failure.message } : {};
    }
    const { store, clock } = this.#parts;
    if (own(store.fleet.pulls ?? {}, key) === undefined) return { failure: fail("not-found", `${model} is not being fetched to ${node}.`) };
    store.record({ type: "pull-dismissed", at: clock.now(), node, model });
    return {};
  }

  /** Deletes a model from a node's disk. Refused while it is used, loaded or fetched. */
  async remove(node: NodeId, model: ModelId): Promise<Failure | undefined> {
    const { store, clock, poller, adapterOf } = this.#parts;
    const found = own(store.fleet.nodes, node);
    const adapter = adapterOf(node);
    if (found === undefined || adapter === undefined) return noSuchNode(node);
    const refused = this.#mayRemove(found, model);
    if (refused !== undefined) return refused;
    if (adapter.remove === undefined) return unableTo("delete models", node);
    const id = entryOn(found, canonicalName(model))?.id ?? model;
    const failure = await adapter.remove(id, AbortSignal.timeout(removeMs));
    if (failure === undefined) store.record({ type: "model-removed", at: clock.now(), node, model: id });
    await poller.probeAfresh(node);
    return failure;
  }

  /** Stops the fetches of a node that is gone, or all of them. */
  stop(node?: NodeId): void {
    for (const running of [...this.#running.values()])
      if (node === undefined || running.node === node) void this.cancel(running.node, running.model);
  }

  #ask(node: NodeId, model: ModelId): Failure | undefined {
    const { store, clock } = this.#parts;
    const found = own(store.fleet.nodes, node);
    if (found === undefined) return noSuchNode(node);
    if (!store.config.modelFiles.pull && !found.demo) return notAllowed("pull", "Fetching models to nodes");
    if (found.can.pull !== true) return unableTo("fetch models", node);
    const key = pullKey(node, canonicalName(model));
    if (this.#running.has(key)) return undefined;
    const { promise: ended, resolve: end } = Promise.withResolvers<Failure | undefined>();
    this.#running.set(key, { node, model, cancelled: new AbortController(), begun: false, ended, end });
    store.record({ type: "pull-asked", at: clock.now(), node, model });
    return undefined;
  }

  #mayRemove(node: Node, model: ModelId): Failure | undefined {
    const { config } = this.#parts.store;
    if (!config.modelFiles.remove && !node.demo) return notAllowed("remove", "Deleting models from nodes");
    if (node.can.remove !== true) return unableTo("delete models", node.id);
    const key = canonicalName(model);
    const entry = entryOn(node, key);
    if (entry === undefined) return fail("unknown-model", `${node.id} does not list ${model}.`, { node: node.id, model });
    const isBusy = (own(node.inFlight, key) ?? 0) > 0 || entry.residency.state !== "cold";
    if (isBusy)
      return fail("invalid-request", `${model} is in the memory of ${node.id}. Unload it first, then delete it.`, { node: node.id, model });
    if (!this.#running.has(pullKey(node.id, key))) return undefined;
    return fail("invalid-request", `${model} is being fetched to ${node.id}. Stop that first, then delete it.`, { node: node.id, model });
  }

  /** Begins as many as may run: one on each node, and so many in the house as its line out shall carry. */
  #begin(): void {
    const most = this.#parts.store.config.modelFiles.atOnce;
    const begun = [...this.#running.values()].filter((one) => one.begun);
    const busy = new Set(begun.map(({ node }) => node));
    let count = begun.length;
    for (const [key, running] of this.#running) {
      if (running.begun || busy.has(running.node)) continue;
      if (count >= most) return;
      running.begun = true;
      busy.add(running.node);
      count += 1;
      void this.#run(key, running);
    }
  }

  async #run(key: string, running: Running): Promise<void> {
    const { store, clock, poller, adapterOf } = this.#parts;
    const { node, model, cancelled } = running;
    const startedAt = clock.monotonic();
    const pace = new PullPace(clock);
    const silent = new AbortController();
    const watch = () => clock.after(silenceMs, () => silent.abort());
    let forget = watch();
    const onProgress = (progress: PullProgress) => {
      forget();
      forget = watch();
      const due = pace.after(progress);
      if (due !== undefined) store.record({ type: "pull-progressed", at: clock.now(), node, model, ...due });
    };
    store.record({ type: "pull-progressed", at: clock.now(), node, model });
    const failure = await pulled(adapterOf(node), running, onProgress, AbortSignal.any([cancelled.signal, silent.signal]));
    forget();
    const gaveUp = silent.signal.aborted && !cancelled.signal.aborted;
    if (failure === undefined) await poller.probeAfresh(node);
    this.#finish(key, running, clock.monotonic() - startedAt, gaveUp ? wentSilent(node, model) : failure);
  }

  #finish(key: string, running: Running, ms: number, failure: Failure | undefined): void {
    const { store, clock } = this.#parts;
    const { node, model } = running;
    if (this.#running.get(key) !== running) return;
    this.#running.delete(key);
    store.record({ type: "pull-finished", at: clock.now(), node, model, ms, failure });
    running.end(failure);
    this.#begin();
  }
}

async function pulled(
  adapter: NodeAdapter | undefined,
  { node, model }: Running,
  onProgress: (progress: PullProgress) => void,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  if (adapter === undefined) return noSuchNode(node);
  return adapter.pull === undefined ? unableTo("fetch models", node) : adapter.pull(model, onProgress, signal);
}

function notAllowed(setting: "pull" | "remove", what: string): Failure {
  return fail("forbidden", `${what} is switched off. Turn it on in the settings, under modelFiles.${setting}.`, {
    field: `modelFiles.${setting}`,
  });
}

function unableTo(what: string, node: NodeId): Failure {
  return fail("unsupported", `${node} cannot ${what} on request. Do it on that machine itself.`, { node });
}

function wentSilent(node: NodeId, model: ModelId): Failure {
  const message = `${node} has said nothing about fetching ${model} for ${silenceMs / 60_000} minutes; Homeport gave up. Look at that machine, then try again: it goes on from what it has.`;
  return fail("pull-failed", message, { node, model });
}
