// Why a model stays in a node's memory, or when it goes, in words (UX-05). Only what the node or the settings say; who says nothing is not spoken for.
import type { ModelEntry, Node } from "../../src-core/contract/fleet.ts";
import { words } from "../language/words.ts";

const { stays } = words.models;

/** Undefined: it is not in memory, or nothing is known. `key`: its canonical name. */
export function staySays(node: Node, key: string, { residency }: ModelEntry, now: number): string | undefined {
  if (residency.state === "unloading") return stays.leaving;
  if (residency.state !== "warm" && residency.state !== "sleeping") return undefined;
  const inFlight = node.inFlight[key] ?? 0;
  if (node.keeps?.includes(key) === true) return stays.kept;
  if (inFlight > 0) return stays.atWork(inFlight);
  if (residency.state === "sleeping") return stays.sleeping;
  const { expiresAt } = residency;
  if (expiresAt === null) return stays.itsServerKeeps;
  if (expiresAt !== undefined) return expiresAt > now ? stays.unloadsIn(expiresAt - now) : stays.overdue;
  return node.can.unload ? stays.untilRoomIsNeeded : stays.asLongAsItsServer;
}
