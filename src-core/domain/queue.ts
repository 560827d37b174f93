// Who is next among those who wait for one model: interactive before batch, clients in turn, each client's own in the order they came.
// Nobody starves: every fourth turn is the batch lane's where somebody waits in it, and whoever has waited for long counts as interactive.
import type { Lane } from "../contract/routing.ts";

/** One who waits. `at` and `deadline` are instants; `client` is "" for those without a key. */
export interface Waiting {
  readonly client: string;
  readonly lane: Lane;
  readonly at: number;
  readonly deadline: number;
}

/** What the order remembers of the turns so far. */
export interface Served {
  /** Interactive turns since the last one of the batch lane. */
  readonly sinceBatch: number;
  /** Flows that had a turn, the latest last; bounded. */
  readonly recent: readonly string[];
}

export const nobodyServed: Served = { sinceBatch: 0, recent: [] };

/** The batch lane has every so many-th turn while both lanes wait. */
export const batchEvery = 4;
/** Who has waited so long in the batch lane is no longer kept back for being batch. */
export const promotedAfterMs = 30_000;
/** A flow that is forgotten counts as not served lately, which is what the longest ago served is. */
const remembered = 256;

/** Those whose order among each other is first come, first served: one client in one lane. */
export function flowOf({ client, lane }: Waiting): string {
  return `${lane} ${client}`;
}

/** The order within a flow: first come, first served; of those who came at one instant the one with less time left. */
export function earlier(a: Waiting, b: Waiting): number {
  return a.at - b.at || Math.sign(a.deadline - b.deadline) || 0;
}

/** Who has the next turn. `waiters` in the order they came. */
export function nextOf<T extends Waiting>(waiters: readonly T[], now: number, served: Served): T | undefined {
  const flows = flowsOf(waiters, served);
  return chosen(flows, now, served.sinceBatch)?.waiters[0];
}

/** Everyone in the order of their turns, were nobody else to come. The first is `nextOf`. */
export function orderOf<T extends Waiting>(waiters: readonly T[], now: number, served: Served): T[] {
  const flows = flowsOf(waiters, served);
  const order: T[] = [];
  let turn = served.recent.length;
  let sinceBatch = served.sinceBatch;
  while (order.length < waiters.length) {
    const flow = chosen(flows, now, sinceBatch);
    const next = flow?.waiters[flow.at];
    if (flow === undefined || next === undefined) break;
    order.push(next);
    flow.at += 1;
    flow.lastTurn = turn;
    turn += 1;
    sinceBatch = next.lane === "batch" ? 0 : sinceBatch + 1;
  }
  return order;
}

/** The memory after this one had its turn. */
export function afterTurn(served: Served, waiter: Waiting): Served {
  const flow = flowOf(waiter);
  const recent = [...served.recent.filter((one) => one !== flow), flow].slice(-remembered);
  return { sinceBatch: waiter.lane === "batch" ? 0 : served.sinceBatch + 1, recent };
}

/** When time alone next changes the order: an instant; infinity where it does not. */
export function orderHoldsUntil(waiters: readonly Waiting[], now: number): number {
  let until = Number.POSITIVE_INFINITY;
  for (const { lane, at } of waiters) if (lane === "batch" && at + promotedAfterMs > now) until = Math.min(until, at + promotedAfterMs);
  return until;
}

/** One client in one lane: those who wait, from `at` on, and when it last had a turn; -1: not lately. */
interface Flow<T> {
  readonly waiters: T[];
  readonly batch: boolean;
  at: number;
  lastTurn: number;
}

function flowsOf<T extends Waiting>(waiters: readonly T[], served: Served): Flow<T>[] {
  const flows = new Map<string, Flow<T>>();
  for (const waiter of waiters) {
    const key = flowOf(waiter);
    const flow = flows.get(key);
    if (flow === undefined)
      flows.set(key, { waiters: [waiter], batch: waiter.lane === "batch", at: 0, lastTurn: served.recent.indexOf(key) });
    else flow.waiters.push(waiter);
  }
  const all = [...flows.values()];
  for (const flow of all) flow.waiters.sort(earlier);
  return all;
}

function chosen<T extends Waiting>(flows: readonly Flow<T>[], now: number, sinceBatch: number): Flow<T> | undefined {
  const batchIsDue = sinceBatch >= batchEvery - 1;
  let best: Flow<T> | undefined;
  let bestLevel = Number.POSITIVE_INFINITY;
  for (const flow of flows) {
    const head = flow.waiters[flow.at];
    if (head === undefined) continue;
    const level = flow.batch ? levelOfBatch(head, now, batchIsDue) : 1;
    if (level > bestLevel || (level === bestLevel && best !== undefined && !hasLessLately(flow, best))) continue;
    best = flow;
    bestLevel = level;
  }
  return best;
}

function levelOfBatch({ at }: Waiting, now: number, isDue: boolean): number {
  if (isDue) return 0;
  return now - at > promotedAfterMs ? 1 : 2;
}

/** The flow whose last turn is longer ago; of two without one, the one whose first came earlier. */
function hasLessLately(flow: Flow<Waiting>, other: Flow<Waiting>): boolean {
  if (flow.lastTurn !== other.lastTurn) return flow.lastTurn < other.lastTurn;
  const [a, b] = [flow.waiters[flow.at], other.waiters[other.at]];
  return a !== undefined && b !== undefined && earlier(a, b) < 0;
}
