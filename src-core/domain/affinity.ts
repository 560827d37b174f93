// Whether a conversation stays on its node: only where that costs nothing. The model is still warm there, a slot is free, and the node is not
// much busier than the least busy one (source-systems.md 2.4, step 4).
import type { Node } from "../contract/fleet.ts";
import { own } from "./inventory.ts";
import { freeSlots, slotsOf } from "./slots.ts";

/** What is looked at of a candidate. `key` is the model's canonical name. */
export interface Warmed {
  readonly node: Node;
  readonly key: string;
  readonly readiness: string;
}

/** The load of a node with this request on it, as a share of its slots: never zero, so that ratios of it mean something. */
export function loadWith(node: Node, key: string): number {
  return ((own(node.inFlight, key) ?? 0) + 1) / slotsOf(node, key);
}

/** `leastLoad`: the smallest `loadWith` among warm candidates. */
export function isHonoured({ node, key, readiness }: Warmed, leastLoad: number, leaveRatio: number): boolean {
  return readiness === "warm" && freeSlots(node, key) > 0 && loadWith(node, key) <= leaveRatio * leastLoad;
}

/** The hinted node, where it is among the candidates and is honoured; else undefined. `candidates`: those no filter turned away. */
export function honoured(hint: string | undefined, candidates: readonly Warmed[], leaveRatio: number): string | undefined {
  if (hint === undefined) return undefined;
  const stay = candidates.find(({ node, readiness }) => node.id === hint && readiness === "warm");
  if (stay === undefined) return undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const { node, key, readiness } of candidates) if (readiness === "warm") least = Math.min(least, loadWith(node, key));
  return isHonoured(stay, least, leaveRatio) ? hint : undefined;
}
