// Who waits for a model, and for how long. Every length of time is the engine's estimate and says so; what it does not know stays unknown.
import type { QueueView, Snapshot } from "../src-core/contract/api.ts";
import type { Node } from "../src-core/contract/fleet.ts";
import type { RequestRow } from "../src-core/contract/route.ts";
import { words } from "./language/words.ts";

type Queues = { readonly queues?: Snapshot["queues"] | undefined };

/** The queue of one model, by the key under which nodes list it. Undefined while nobody waits. */
export function queueOf({ queues }: Queues, key: string): QueueView | undefined {
  return queues !== undefined && Object.hasOwn(queues, key) ? queues[key] : undefined;
}

/** The queue for a model as one node spells it: queues stand under the key by which the node lists it. */
export function queueOn(queues: Queues, node: Node | undefined, spelled: string): QueueView | undefined {
  if (queues.queues === undefined) return undefined;
  const listed = Object.entries(node?.models ?? {}).find(([key, entry]) => key === spelled || entry.id === spelled);
  return queueOf(queues, listed?.[0] ?? spelled);
}

/** Everybody who waits for any model. */
export function waitingInAll({ queues = {} }: Queues): number {
  return Object.values(queues).reduce((sum, { depth }) => sum + depth, 0);
}

/** "3 waiting, about 12 s, an estimate". */
export function queueSays({ depth, expectedWaitMs }: QueueView): string {
  return words.queues.line(depth, expectedWaitMs);
}

/** What one who waits is told: how many wait with it, and its own wait rather than that of one who comes now. */
export function waitingSays(row: RequestRow, queue: QueueView | undefined): string {
  const wait = row.expectedWaitMs ?? queue?.expectedWaitMs;
  return queue === undefined ? words.queues.wait(wait) : words.queues.line(queue.depth, wait);
}
