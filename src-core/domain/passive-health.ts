// Passive health (source-systems.md 5.6): failures in a row make a node degraded, twice as many unhealthy, one success heals it at once.
// It only ranks: an unhealthy node is tried last, never refused. Where nothing was seen yet a node is healthy.
import type { Config } from "../contract/config.ts";
import type { Node } from "../contract/fleet.ts";

type Passive = NonNullable<Node["passive"]>;
export type PassiveState = Passive["state"];

/** Unhealthy at so many times the threshold. */
const unhealthyAt = 2;

export function passiveState({ passive }: Pick<Node, "passive">): PassiveState {
  return passive?.state ?? "healthy";
}

/** One more failure in a row. Nothing is counted while the settings say "off". */
export function afterPassiveFailure(passive: Node["passive"], { action, threshold }: Config["health"]): Node["passive"] {
  if (action === "off") return undefined;
  const failures = (passive?.failures ?? 0) + 1;
  return { state: failures >= threshold * unhealthyAt ? "unhealthy" : failures >= threshold ? "degraded" : "healthy", failures };
}
