// Watches that what was unloaded leaves the memory (demands 10). Only the node's own list tells, and it gets ten seconds; what is still there then is
// told once. Whoever is sent there meanwhile wants it in memory again: nothing is stuck then.
import type { EventOf } from "../../contract/events.ts";
import type { ModelId, NodeId } from "../../contract/ids.ts";
import { canonicalName } from "../../domain/names.ts";
import { stuckAfterMs } from "../../domain/stuck-unloads.ts";
import type { Observer } from "../audience.ts";
import type { Clock } from "../ports.ts";
import type { Store } from "../store.ts";

interface Watched {
  readonly node: NodeId;
  readonly model: ModelId;
  readonly key: string;
  /** When its node said that it is gone. */
  readonly since: number;
}

/** What it wants to be told of. */
export const stuckUnloadFacts = ["unload-finished", "attempt-started", "load-started", "probe-answered"] as const;

export class StuckUnloads {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #look: (node: NodeId) => void;
  readonly #watched = new Map<string, Watched>();

  /** `look`: probes the node. */
  constructor(store: Store, clock: Clock, look: (node: NodeId) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#look = look;
  }

  readonly observe: Observer = (event) => {
    switch (event.type) {
      case "unload-finished":
        if (event.failure === undefined) this.#watch(event);
        return;
      case "attempt-started":
      case "load-started":
        if (this.#watched.size > 0) this.#watched.delete(placeOf(event.node, canonicalName(event.model)));
        return;
      case "probe-answered":
        if (this.#watched.size > 0) this.#compare(event);
    }
  };

  #watch({ node, model, at }: EventOf<"unload-finished">): void {
    const key = canonicalName(model);
    const place = placeOf(node, key);
    const mine = { node, model, key, since: at };
    this.#watched.set(place, mine);
    this.#clock.after(stuckAfterMs + 1_000, () => {
      if (this.#watched.get(place) === mine) this.#look(node);
    });
  }

  #compare({ node, sighting, at }: EventOf<"probe-answered">): void {
    for (const [place, watched] of this.#watched) {
      if (watched.node !== node) continue;
      const seen = sighting.models.find(({ id }) => canonicalName(id) === watched.key);
      const isThere = seen?.residency.state === "warm";
      if (isThere && at - watched.since <= stuckAfterMs) continue;
      this.#watched.delete(place);
      // After everybody was told of the probe: an observer changes no belief while it is told.
      if (isThere) queueMicrotask(() => this.#store.record({ type: "unload-stuck", at, node, model: watched.model, since: watched.since }));
    }
  }
}

function placeOf(node: NodeId, key: string): string {
  return `${node}\n${key}`;
}
