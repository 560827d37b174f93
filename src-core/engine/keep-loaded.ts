// Keeps in memory what a person wants kept there: loads it when it is gone, and renews its stay where its node would unload it. It acts on what a node's
// own list says, seldom, and never against a failure: a model set aside, a node that is lent or rests, is left alone.
import type { Failure } from "../contract/failure.ts";
import type { ModelEntry, Node } from "../contract/fleet.ts";
import type { ModelId, NodeId } from "../contract/ids.ts";
import { entryOn, own } from "../domain/inventory.ts";
import { ownWords } from "../domain/own-words.ts";
import type { Observer } from "./audience.ts";
import type { Poller } from "./poller.ts";
import type { Clock, Log, NodeAdapter } from "./ports.ts";
import type { Store } from "./store.ts";

/** The same wish is not carried out again before this: a node that takes no heed is not asked with every probe. */
const pauseMs = 60_000;
/** After a load that failed, for want of room for one: nobody is told of the same every minute. */
const failedPauseMs = 600_000;
/** A renewal is a call without a prompt. */
const renewMs = 10_000;

export interface KeepLoadedParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly adapterOf: (node: NodeId) => NodeAdapter | undefined;
  readonly load: (node: NodeId, model: ModelId) => Promise<{ readonly ms: number } | { readonly failure: Failure }>;
  readonly poller: Pick<Poller, "probeAfresh">;
}

/** What it wants to be told of. */
export const keepLoadedFacts = ["probe-answered", "config-applied", "node-returned", "quiet-changed"] as const;

export class KeepLoaded {
  readonly #parts: KeepLoadedParts;
  /** Until when each wish is not carried out again, by node and model. */
  readonly #paused = new Map<string, number>();

  constructor(parts: KeepLoadedParts) {
    this.#parts = parts;
  }

  readonly observe: Observer = (event) => {
    const { store } = this.#parts;
    if (store.config.modelOptions.length === 0) return;
    const nodes =
      event.type !== "config-applied" && "node" in event ? [own(store.fleet.nodes, String(event.node))] : Object.values(store.fleet.nodes);
    for (const node of nodes) {
      // After the fact has been told to everybody.
      if (node?.keeps !== undefined && node.keeps.length > 0) queueMicrotask(() => this.#look(node.id));
    }
  };

  #look(id: NodeId): void {
    const node = own(this.#parts.store.fleet.nodes, id);
    if (node === undefined || !isOurs(node)) return;
    for (const key of node.keeps ?? []) {
      const entry = entryOn(node, key);
      if (entry === undefined || entry.setAside !== undefined || (own(node.inFlight, key) ?? 0) > 0) continue;
      const { residency } = entry;
      if (residency.state === "cold" && node.can.load) this.#act(id, key, () => this.#load(id, entry));
      else if (residency.state === "warm" && typeof residency.expiresAt === "number" && node.can.loadTakes?.includes("idle-time") === true)
        this.#act(id, key, () => this.#renew(id, entry));
    }
  }

  #act(node: NodeId, key: string, act: () => Promise<boolean>): void {
    const { clock } = this.#parts;
    const place = `${node}\n${key}`;
    if (clock.monotonic() < (this.#paused.get(place) ?? 0)) return;
    this.#paused.set(place, clock.monotonic() + pauseMs);
    void act().then((isDone) => {
      if (!isDone) this.#paused.set(place, clock.monotonic() + failedPauseMs);
    });
  }

  async #load(node: NodeId, { id }: ModelEntry): Promise<boolean> {
    const outcome = await this.#parts.load(node, id);
    if (!("failure" in outcome)) return true;
    this.#parts.log.warn(
      { node, model: id, failure: outcome.failure.kind, says: ownWords(outcome.failure) },
      "a kept model was not loaded again",
    );
    return false;
  }

  /** With the context it has: another one would load it anew. */
  async #renew(node: NodeId, { id, contextTokens }: ModelEntry): Promise<boolean> {
    const { adapterOf, clock, log, poller } = this.#parts;
    const giveUp = new AbortController();
    const forget = clock.after(renewMs, () => giveUp.abort());
    const failure = await adapterOf(node)?.load(id, { contextTokens, keepAlive: -1 }, () => undefined, giveUp.signal);
    forget();
    if (failure === undefined) await poller.probeAfresh(node);
    else log.warn({ node, model: id, failure: failure.kind, says: ownWords(failure) }, "the stay of a kept model was not renewed");
    return failure === undefined;
  }
}

/** Nobody else has the node now, and it is well. */
function isOurs(node: Node): boolean {
  const rests = node.lent !== undefined || node.quietUntil !== undefined || node.drained === true;
  return node.enabled && !rests && node.health.state === "up" && node.breaker.state === "closed";
}
