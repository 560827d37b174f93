// The route trace told in sentences (UX-14): why this node, who was passed over, what was tried before. Only what the row and the fleet tell; a
// breaker that is still open is told with the time it has left, and one that is not with the words of then.
import type { NodeReason } from "../src-core/contract/failure.ts";
import type { Fleet } from "../src-core/contract/fleet.ts";
import type { RequestRow } from "../src-core/contract/route.ts";
import { count, duration, wholeDuration } from "./format.ts";
import { words } from "./language/words.ts";

/** After "studio was chosen because". Only words with a reason of their own; any other is told by its two words. */
const becauseWords: Readonly<Record<string, string>> = {
  only: "no other could serve it",
  affinity: "this conversation was there before",
  warm: "it had the model warm",
  healthy: "it was healthier than the others",
  "free-slot": "it had a free slot",
  loading: "it was the most ready",
  sleeping: "it was the quickest to wake",
  sooner: "it would be awake sooner than the others could load",
  pinned: "the model is pinned there",
  room: "it had room for the model",
  fits: "it had room for the model",
  "least-busy": "it was the least busy",
  utilisation: "it was the least used",
  "local-first": "it is the closest",
  priority: "it comes first in your list",
  order: "it comes first in your list",
  fastest: "it was expected to answer soonest",
  cheapest: "it costs the least",
  biggest: "it has the largest model",
  "load-cost": "it was expected to load the model soonest",
  weighted: "its share said so",
  random: "chance chose it",
  name: "nothing else told them apart and its name comes first",
  preferred: "it has the model that is preferred",
  "unproven-last": "it has served this before",
};

const nameIn = (fleet: Pick<Fleet, "nodes">, node: string): string => fleet.nodes[node]?.name ?? node;
/** "attic's", "Atlas'". */
const ownerOf = (name: string): string => (/s$/i.test(name) ? `${name}'` : `${name}'s`);

/** "studio was chosen because it had the model warm." Nothing where no node was chosen. */
export function chosenSays(row: RequestRow, fleet: Pick<Fleet, "nodes">): string | undefined {
  const { node, decidedBy, attempts } = row;
  if (node === undefined || decidedBy === undefined || decidedBy === "none") return undefined;
  const hadToLoad = row.coldLoadMs !== undefined || row.phase === "loading";
  const because =
    decidedBy === "warm" && hadToLoad
      ? "it was the most ready"
      : (becauseWords[decidedBy] ?? `of ${words.vocabulary.preference(decidedBy, hadToLoad)}`);
  const earlier = attempts.length > 1 ? `, after ${count(attempts.length - 1, "failed attempt")}` : "";
  return `${nameIn(fleet, node)} was chosen because ${because}${earlier}.`;
}

/** Why one node was passed over by a request of `at`. `now`: the engine's clock. A breaker that opened later is another story. */
export function passedOverSays({ node, because, says }: NodeReason, at: number, fleet: Pick<Fleet, "nodes">, now: number): string {
  const found = fleet.nodes[node];
  if (because !== "breaker-open" || found?.breaker.state !== "open") return says;
  const { openedAt, until } = found.breaker;
  if (openedAt > at || until <= now) return says;
  return `${ownerOf(found.name)} breaker is open for ${wholeDuration(until - now)} more: ${found.breaker.says}`;
}

/** What it cost before anything was sent, in the order it happens. Only what was measured. */
export function waitedSays({ queuedMs, wakeMs, coldLoadMs }: RequestRow): string | undefined {
  const parts = [
    ...(queuedMs === undefined ? [] : [`${duration(queuedMs)} in the queue`]),
    ...(wakeMs === undefined ? [] : [`${duration(wakeMs)} for the machine to wake`]),
    ...(coldLoadMs === undefined ? [] : [`${duration(coldLoadMs)} for the model to load`]),
  ];
  return parts.length === 0 ? undefined : `It waited ${parts.join(", then ")}.`;
}

/** The whole trace as lines of text, for copying. */
export function traceSays(row: RequestRow, fleet: Pick<Fleet, "nodes">, now: number): readonly string[] {
  const tried = row.attempts.flatMap(({ node, failure }) =>
    failure === undefined ? [] : [`${nameIn(fleet, node)} was tried: ${failure.message}`],
  );
  const passed = (row.rejected ?? row.failure?.reasons ?? []).map(
    (reason) => `${nameIn(fleet, reason.node)} was passed over: ${passedOverSays(reason, row.at, fleet, now)}`,
  );
  return [chosenSays(row, fleet), waitedSays(row), ...tried, ...passed, row.failure?.message].filter((line) => line !== undefined);
}
