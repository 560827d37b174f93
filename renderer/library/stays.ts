// Why a model stays in a node's memory, or when it goes, in words (UX-05). Only what the node or the settings say; who says nothing is not spoken for.
import type { ModelEntry, Node } from "../../src-core/contract/fleet.ts";
import { count, wholeDuration } from "../format.ts";

/** Undefined: it is not in memory, or nothing is known. `key`: its canonical name. */
export function staySays(node: Node, key: string, { residency }: ModelEntry, now: number): string | undefined {
  if (residency.state === "unloading") return "leaving now";
  if (residency.state !== "warm" && residency.state !== "sleeping") return undefined;
  const inFlight = node.inFlight[key] ?? 0;
  if (node.keeps?.includes(key) === true) return "kept loaded by you";
  if (inFlight > 0) return `${count(inFlight, "request")} now`;
  if (residency.state === "sleeping") return "sleeping, wakes on use";
  const { expiresAt } = residency;
  if (expiresAt === null) return "stays loaded: its server keeps it";
  if (expiresAt !== undefined) return expiresAt > now ? `unloads in ${wholeDuration(expiresAt - now)}` : "unloads any moment";
  return node.can.unload ? "stays until it must make room" : "stays as long as its server runs";
}
