// What a person asks of a model on a node: load it, unload it. Shares every load with the requests that want the same.
import { type Failure, fail } from "../contract/failure.ts";
import type { ModelId, NodeId } from "../contract/ids.ts";
import { entryOn, own } from "../domain/inventory.ts";
import { roomFor } from "../domain/memory.ts";
import { canonicalName } from "../domain/names.ts";
import type { Loader } from "./loader.ts";
import { doesNotFit } from "./making-room.ts";
import { noSuchNode } from "./node-set.ts";
import type { Poller } from "./poller.ts";
import type { Clock, LoadOptions, NodeAdapter } from "./ports.ts";
import type { Store } from "./store.ts";

interface Parts {
  readonly store: Store;
  readonly clock: Clock;
  readonly loader: Loader;
  readonly poller: Poller;
  readonly adapterOf: (node: NodeId) => NodeAdapter | undefined;
}

export class ModelWishes {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** `force` goes past our own estimate of room, never past the node's. `options`: what is not said is as the model's options say. */
  async load(
    node: NodeId,
    model: ModelId,
    force: boolean,
    options: LoadOptions = {},
  ): Promise<{ readonly ms: number } | { readonly failure: Failure }> {
    const { store, clock, loader } = this.#parts;
    const found = own(store.fleet.nodes, node);
    if (found === undefined) return { failure: noSuchNode(node) };
    if (!found.can.load)
      return { failure: fail("unsupported", `${node} takes no load call: its server loads models by itself.`, { node }) };
    const key = canonicalName(model);
    const entry = entryOn(found, key);
    if (entry === undefined && !found.can.loadsUnlisted)
      return { failure: fail("unknown-model", `${node} does not list ${model}.`, { node, model }) };
    const room = roomFor(found, key, store.world(), entry, options.contextTokens);
    if (!force && room.verdict === "too-big") return { failure: doesNotFit({ node, model }, room) };
    const began = clock.monotonic();
    const outcome = await loader.ensure({ node, model: entry?.id ?? model, options, by: "user", force }, () => undefined);
    if (outcome !== undefined && outcome !== "left") return { failure: outcome };
    return { ms: clock.monotonic() - began };
  }

  /** Asks the node to unload; the view follows the node's own list. */
  async unload(node: NodeId, model: ModelId): Promise<{ readonly failure: Failure } | undefined> {
    const { store, clock, poller, adapterOf } = this.#parts;
    const found = own(store.fleet.nodes, node);
    const adapter = adapterOf(node);
    if (found === undefined || adapter === undefined) return { failure: noSuchNode(node) };
    if (!found.can.unload) {
      return {
        failure: fail(
          "unsupported",
          `${node} cannot unload ${model} on request: it serves it as long as it runs. Stop that server to free its memory.`,
          { node, model },
        ),
      };
    }
    const id = entryOn(found, canonicalName(model))?.id ?? model;
    store.record({ type: "unload-started", at: clock.now(), node, model: id });
    const failure = await adapter.unload(id, AbortSignal.timeout(store.config.polling.timeoutSeconds * 2000));
    store.record({ type: "unload-finished", at: clock.now(), node, model: id, failure });
    await poller.probeAfresh(node);
    return failure === undefined ? undefined : { failure };
  }

  /** A client sees one server: its unload frees the model wherever it is warm. */
  unloadElsewhere(model: string): void {
    const { store, poller } = this.#parts;
    for (const node of Object.values(store.fleet.nodes)) {
      const entry = entryOn(node, canonicalName(model));
      if (entry === undefined) continue;
      if (entry.residency.state === "warm" && node.can.unload && node.can.dialects.includes("ollama")) void this.unload(node.id, entry.id);
      else void poller.probeAfresh(node.id);
    }
  }
}
