// How many requests a node is given at once for one model. Declared slots are kept exactly; otherwise one more than was proven,
// so that a node's true parallelism is found without flooding its hidden queue (apis.md 1.11, demands.md 3.13).
import type { Node } from "../contract/fleet.ts";
import { own } from "./inventory.ts";

/** Slots of a model (by canonical name) here. */
export function slotsOf(node: Node, key: string): number {
  return node.slots ?? own(node.models, key)?.slots ?? (own(node.learnedSlots, key) ?? 1) + 1;
}

/** Slots not in use; never negative. */
export function freeSlots(node: Node, key: string): number {
  return Math.max(0, slotsOf(node, key) - (own(node.inFlight, key) ?? 0));
}
