// How long until a request's first byte, were it sent here: the load that is missing, the queue before it, and the node's usual silence.
// Only ever from this node's own history, and an estimate; unknown is unknown, never zero.
import type { QueueView } from "../contract/api.ts";
import type { Figures, Fleet, Node } from "../contract/fleet.ts";
import type { Readiness } from "../contract/route.ts";
import { usualAnswerMs } from "./figures.ts";
import { own } from "./inventory.ts";
import { expectedLoadMs } from "./loads.ts";
import { canonicalName } from "./names.ts";
import { freeSlots, slotsOf } from "./slots.ts";
import { untilAwakeMs } from "./waking.ts";
import type { World } from "./world.ts";

/** A place where a request could go. `key` is the model's canonical name. */
export interface WaitingPlace {
  readonly node: Node;
  readonly key: string;
  readonly readiness: Readiness;
}

/** Milliseconds, an estimate. A machine that sleeps is woken first; what it had in memory may be gone then, so a load is counted. `ahead`: requests for this model that have their turn before. Undefined where a part is unknown. */
export function expectedWaitMs(place: WaitingPlace, fleet: Fleet, now: number, ahead = 0): number | undefined {
  const loadMs = untilLoadedMs(place, fleet, now);
  const queueMs = untilFreeMs(place, ahead);
  if (loadMs === undefined || queueMs === undefined) return undefined;
  const firstByteMs = figuresOf(place)?.firstByteMs;
  // Beside a load or a queue the first byte is small; alone it is all there is to say.
  return firstByteMs === undefined && loadMs + queueMs === 0 ? undefined : Math.round(loadMs + queueMs + (firstByteMs ?? 0));
}

/** As `expectedWaitMs`, where the model is in memory or on its way: the shortest of its nodes. `ahead`: everybody who waits for it now. */
export function shortestWaitMs(key: string, { fleet, now }: Pick<World, "fleet" | "now">, ahead: number): number | undefined {
  let shortest: number | undefined;
  for (const node of Object.values(fleet.nodes)) {
    const readiness = node.health.state === "asleep" ? undefined : own(node.models, key)?.residency.state;
    if (readiness !== "warm" && readiness !== "sleeping" && readiness !== "loading") continue;
    const waitMs = expectedWaitMs({ node, key, readiness }, fleet, now, ahead);
    if (waitMs !== undefined && (shortest === undefined || waitMs < shortest)) shortest = waitMs;
  }
  return shortest;
}

/** The queues of each model with the wait of who came next, where it is known. By canonical name. */
export function withExpectedWaits(
  queues: Readonly<Record<string, QueueView>>,
  at: Pick<World, "fleet" | "now">,
): Record<string, QueueView> {
  const told = Object.entries(queues).map(([key, queue]) => {
    const expectedWaitMs = shortestWaitMs(key, at, queue.depth);
    return [key, expectedWaitMs === undefined ? queue : { ...queue, expectedWaitMs }];
  });
  return Object.fromEntries(told);
}

/** What is left of the load; 0 where nothing has to be loaded. */
function untilLoadedMs({ node, key, readiness }: WaitingPlace, fleet: Fleet, now: number): number | undefined {
  if (readiness === "warm" || readiness === "sleeping") return 0;
  const usualMs = expectedLoadMs(own(node.history, key));
  if (readiness === "asleep") {
    const wakeMs = untilAwakeMs(node, now);
    return wakeMs === undefined || usualMs === undefined ? undefined : wakeMs + usualMs;
  }
  if (readiness !== "loading") return usualMs;
  const load = Object.values(fleet.loads).find((one) => one.node === node.id && canonicalName(one.model) === key);
  const wholeMs = load?.expectedMs ?? usualMs;
  if (wholeMs === undefined) return undefined;
  const since = load?.startedAt ?? loadingSince(node, key);
  return since === undefined ? wholeMs : Math.max(0, wholeMs - (now - since));
}

function loadingSince(node: Node, key: string): number | undefined {
  const residency = own(node.models, key)?.residency;
  return residency?.state === "loading" ? residency.since : undefined;
}

/** Slots come free one by one, each after an answer of ordinary length: the one after those ahead is ours. */
function untilFreeMs(place: WaitingPlace, ahead: number): number | undefined {
  const { node, key } = place;
  const turns = ahead + 1 - freeSlots(node, key);
  if (turns <= 0) return 0;
  const answerMs = usualAnswerMs(figuresOf(place));
  return answerMs === undefined ? undefined : (turns * answerMs) / slotsOf(node, key);
}

function figuresOf({ node, key }: WaitingPlace): Figures | undefined {
  return node.figures === undefined ? undefined : own(node.figures, key);
}
