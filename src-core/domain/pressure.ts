// Memory pressure: no new load on a node that just ran out of memory.
import type { Node } from "../contract/fleet.ts";

/** True while the node's cooldown lasts. */
export function underPressure(node: Node, now: number): boolean {
  return node.pressure !== undefined && now < node.pressure.until;
}
