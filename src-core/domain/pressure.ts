// Memory pressure (source-systems.md 5.8): a node that ran out of memory takes no new load for a while. What is warm there goes on serving: it is
// in memory already, and turning it away would free nothing.
import type { Config } from "../contract/config.ts";
import type { Failure } from "../contract/failure.ts";
import type { Node } from "../contract/fleet.ts";

/** True while the node's cooldown lasts and is to be acted on. Ends by itself: nobody has to clear it. */
export function underPressure({ pressure }: Node, now: number): boolean {
  return pressure !== undefined && pressure.onlyWarns !== true && now < pressure.until;
}

/** The node after a failure: marked where it ran out of memory, anew where it was marked already. */
export function afterMemoryFailure(node: Node, failure: Failure, now: number, { pressure, cooldownSeconds }: Config["memory"]): Node {
  if (failure.kind !== "out-of-memory" || pressure === "off") return node;
  const until = Math.max(node.pressure?.until ?? 0, now + cooldownSeconds * 1000);
  return { ...node, pressure: { until, says: failure.message, ...(pressure === "warn" ? { onlyWarns: true as const } : {}) } };
}

/** The node without it: a person said so, or the settings did. */
export function withoutPressure(node: Node): Node {
  if (node.pressure === undefined) return node;
  const { pressure: _, ...rest } = node;
  return rest;
}
