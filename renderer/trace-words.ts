// Which sentences tell the route trace (UX-14): why this node, who was passed over, what was tried before. Only what the row and the fleet tell; a
// breaker that is still open is told with the time it has left, and one that is not with the words of then.
import type { NodeReason } from "../src-core/contract/failure.ts";
import type { Fleet } from "../src-core/contract/fleet.ts";
import type { RequestRow } from "../src-core/contract/route.ts";
import { words } from "./language/words.ts";

const { why } = words.request;

const nameIn = (fleet: Pick<Fleet, "nodes">, node: string): string => fleet.nodes[node]?.name ?? node;

/** "studio was chosen because it had the model warm." Nothing where no node was chosen. */
export function chosenSays(row: RequestRow, fleet: Pick<Fleet, "nodes">): string | undefined {
  const { node, decidedBy, attempts } = row;
  if (node === undefined || decidedBy === undefined || decidedBy === "none") return undefined;
  const hadToLoad = row.coldLoadMs !== undefined || row.phase === "loading";
  return why.chosen(nameIn(fleet, node), decidedBy, hadToLoad, Math.max(0, attempts.length - 1));
}

/** Why one node was passed over by a request of `at`. `now`: the engine's clock. A breaker that opened later is another story. */
export function passedOverSays({ node, because, says }: NodeReason, at: number, fleet: Pick<Fleet, "nodes">, now: number): string {
  const found = fleet.nodes[node];
  if (because !== "breaker-open" || found?.breaker.state !== "open") return says;
  const { openedAt, until } = found.breaker;
  if (openedAt > at || until <= now) return says;
  return why.breakerOpen(found.name, until - now, found.breaker.says);
}

/** What it cost before anything was sent, in the order it happens. Only what was measured. */
export function waitedSays({ queuedMs, wakeMs, coldLoadMs }: RequestRow): string | undefined {
  const waits = [
    ...(queuedMs === undefined ? [] : [why.inQueue(queuedMs)]),
    ...(wakeMs === undefined ? [] : [why.toWake(wakeMs)]),
    ...(coldLoadMs === undefined ? [] : [why.toLoad(coldLoadMs)]),
  ];
  return waits.length === 0 ? undefined : why.waited(waits);
}

/** The whole trace as lines of text, for copying. */
export function traceSays(row: RequestRow, fleet: Pick<Fleet, "nodes">, now: number): readonly string[] {
  const tried = row.attempts.flatMap(({ node, failure }) =>
    failure === undefined ? [] : [why.tried(nameIn(fleet, node), failure.message)],
  );
  const passed = (row.rejected ?? row.failure?.reasons ?? []).map((reason) =>
    why.passedOver(nameIn(fleet, reason.node), passedOverSays(reason, row.at, fleet, now)),
  );
  return [chosenSays(row, fleet), waitedSays(row), ...tried, ...passed, row.failure?.message].filter((line) => line !== undefined);
}
