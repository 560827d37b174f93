// Notices when a node keeps fewer models in memory than anybody told: loading one made it drop another that we did not unload, that had not
// expired, and that would have fitted as far as anybody knows (demands.md 3.14). Seen twice with the same count it becomes a fact.
import type { EventOf } from "../../contract/events.ts";
import type { Fleet, ModelEntry, Node } from "../../contract/fleet.ts";
import type { ModelId } from "../../contract/ids.ts";
import { own } from "../../domain/inventory.ts";
import { canonicalName } from "../../domain/names.ts";
import type { Observer } from "../audience.ts";
import type { Store } from "../store.ts";

/** A load under way: what was in memory when it began, less what we unload meanwhile. */
interface Watched {
  readonly node: string;
  readonly resident: Map<string, ModelEntry>;
}

export class ResidentCaps {
  readonly #store: Store;
  readonly #loads = new Map<string, Watched>();
  /** The count last seen by node, not yet believed. */
  readonly #seen = new Map<string, number>();

  constructor(store: Store) {
    this.#store = store;
  }

  readonly observe: Observer = (event, before, after) => {
    switch (event.type) {
      case "load-started": {
        const node = own(before.nodes, event.node);
        if (node !== undefined) this.#loads.set(event.load, { node: node.id, resident: residentsOf(node) });
        return;
      }
      case "unload-started":
        for (const { node, resident } of this.#loads.values()) if (node === event.node) resident.delete(canonicalName(event.model));
        return;
      case "load-finished":
        return this.#finished(event, after);
      default:
    }
  };

  #finished(event: EventOf<"load-finished">, fleet: Fleet): void {
    const watched = this.#loads.get(event.load);
    this.#loads.delete(event.load);
    const node = own(fleet.nodes, event.node);
    if (watched === undefined || node === undefined || event.failure !== undefined) return;
    const now = residentsOf(node);
    const dropped = [...watched.resident].find(([key, entry]) => !now.has(key) && wouldHaveStayed(node, entry, event.at))?.[1];
    if (dropped === undefined || now.size === 0) return;
    const isBelieved = this.#seen.get(node.id) === now.size && node.residentCap !== now.size;
    this.#seen.set(node.id, now.size);
    if (isBelieved) this.#learned(node, now.size, dropped.id, event);
  }

  /** An observer records later, never while it is told. */
  #learned(node: Node, cap: number, dropped: ModelId, { model, at }: EventOf<"load-finished">): void {
    queueMicrotask(() => this.#store.record({ type: "resident-cap-learned", at, node: node.id, cap, dropped, loaded: model }));
  }
}

function residentsOf(node: Node): Map<string, ModelEntry> {
  return new Map(Object.entries(node.models).filter(([, entry]) => entry.residency.state === "warm"));
}

/** Its time had not come, and there is no number that says it had to go. */
function wouldHaveStayed({ memory, models }: Node, { residency, bytes }: ModelEntry, now: number): boolean {
  if (residency.state !== "warm" || (typeof residency.expiresAt === "number" && residency.expiresAt <= now)) return false;
  if (memory.totalBytes === undefined) return true;
  const used = Object.values(models).reduce(
    (sum, entry) => sum + (entry.residency.state === "warm" ? bytesOf(entry.residency.bytes, entry.bytes) : 0),
    0,
  );
  return memory.totalBytes - Math.max(used, memory.usedBytes ?? 0) >= bytesOf(residency.bytes, bytes);
}

const bytesOf = (resident: number | undefined, disk: number | undefined): number => resident ?? disk ?? 0;
