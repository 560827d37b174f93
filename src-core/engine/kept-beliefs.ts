// What outlives the process of what was learned of nodes: believed again at the start, kept when it changes.
import type { Fleet } from "../contract/fleet.ts";
import { type ModelId, NodeId } from "../contract/ids.ts";
import { own } from "../domain/inventory.ts";
import { canonicalName } from "../domain/names.ts";
import type { Journal } from "./journal-port.ts";
import type { Store } from "./store.ts";

/** Load times and footprints, speeds, and how long machines take to wake. A name that is none any more is passed over. */
export function restore(journal: Journal, store: Store, at: number): void {
  for (const [node, history] of named(journal.loadHistory())) store.record({ type: "history-restored", at, node, history });
  for (const [node, figures] of named(journal.figures())) store.record({ type: "figures-restored", at, node, figures });
  for (const [node, ms] of named(journal.wakes())) store.record({ type: "wakes-restored", at, node, ms });
}

function named<T>(kept: Readonly<Record<string, T>>): [NodeId, T][] {
  return Object.entries(kept).flatMap(([name, value]): [NodeId, T][] => {
    const id = NodeId.safeParse(name);
    return id.success ? [[id.data, value]] : [];
  });
}

/** Keeps the history of one model on one node. */
export function remember(journal: Journal, fleet: Fleet, node: NodeId, model: ModelId): void {
  const history = own(own(fleet.nodes, node)?.history ?? {}, canonicalName(model));
  if (history !== undefined) journal.recordLoad(node, model, history);
}
