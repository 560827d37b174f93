// The models an app can be given, sorted by what asking them would cost: nothing, a load, or a call to a service.
import type { Fleet, ModelEntry } from "../../src-core/contract/fleet.ts";
import { byName } from "../format.ts";

/** The cheapest first. */
export const readinesses = ["warm", "cold", "cloud"] as const;
export type Readiness = (typeof readinesses)[number];

export interface Choice {
  readonly name: string;
  readonly readiness: Readiness;
}

/** True unless its node says that it does something else. */
function chats({ can, id }: ModelEntry): boolean {
  return can === undefined ? !/embed|rerank/i.test(id) : can.includes("chat") || can.includes("completion");
}

/** Each name once, at its best: those in memory first, then by name. */
export function choicesOf({ nodes }: Pick<Fleet, "nodes">): readonly Choice[] {
  const best = new Map<string, Readiness>();
  for (const { enabled, models, place } of Object.values(nodes)) {
    if (!enabled) continue;
    for (const entry of Object.values(models)) {
      if (!chats(entry)) continue;
      const readiness = place === "cloud" ? "cloud" : entry.residency.state === "warm" ? "warm" : "cold";
      const before = best.get(entry.id);
      if (before === undefined || readinesses.indexOf(readiness) < readinesses.indexOf(before)) best.set(entry.id, readiness);
    }
  }
  return [...best]
    .map(([name, readiness]) => ({ name, readiness }))
    .sort((a, b) => readinesses.indexOf(a.readiness) - readinesses.indexOf(b.readiness) || byName(a.name, b.name));
}
