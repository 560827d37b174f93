// The breakers of one node: one for connecting at all, one per kind of work (source-systems.md 1.8), so that a chat model that crashes does not
// stop embeddings on the same server. `node.breaker` sums them up; while it is spotless nothing else is looked at, and that is nearly always.
import type { Config } from "../contract/config.ts";
import type { Failure } from "../contract/failure.ts";
import type { Node } from "../contract/fleet.ts";
import type { AttemptId } from "../contract/ids.ts";
import type { RequestFacts } from "../contract/route.ts";
import type { Breaker, WorkKind } from "../contract/wellbeing.ts";
import {
  admits,
  closedBreaker,
  isSpotless,
  isSuspect,
  onAttempt,
  onHealthProbe,
  onVerdict,
  openedByHand,
  readied,
  tripped,
  type Verdict,
} from "./breaker.ts";

type Settings = Config["breaker"];
type Scope = WorkKind | "node";
type Breakers = Pick<Node, "breaker" | "breakers">;

/** A breaker open for less is not tried as a last resort: an outage that ended is noticed, a storm is not made. */
const lastResortAfterMs = 10_000;

/** The kind of work a request is. */
export function workOf({ task, needs }: Pick<RequestFacts, "task" | "needs">): WorkKind {
  if (task === "embedding" || task === "rerank") return task;
  return needs.includes("vision") ? "vision" : "llm";
}

/** The breaker that such work on the node meets: the node's own unless that is closed, then the kind's. */
export function breakerFor(node: Breakers, work: WorkKind): Breaker {
  if (node.breakers === undefined) return node.breaker;
  const whole = at(node, "node");
  return whole.state === "closed" ? at(node, work) : whole;
}

/** Whether such work may go to the node now. `probe`: only as the one probe. Called per candidate per step; must not allocate. */
export function admitsWork(node: Breakers, work: WorkKind, now: number): "yes" | "probe" | "no" {
  if (node.breaker.state === "closed") return "yes";
  const whole = admits(at(node, "node"), now);
  const own = admits(at(node, work), now);
  if (whole === "no" || own === "no") return "no";
  return whole === "probe" || own === "probe" ? "probe" : "yes";
}

/** It kept such work waiting for nothing just now: others go first (F08). */
export function isSuspectFor(node: Breakers, work: WorkKind, now: number, settings: Settings): boolean {
  return node.breakers === undefined ? isSuspect(node.breaker, now, settings) : isSuspect(at(node, work), now, settings);
}

/** Where everybody's breaker is open for such work: the node whose time ends first, unless somebody opened it by hand or it opened just now. */
export function lastResort(nodes: readonly Node[], work: WorkKind, now: number): Node | undefined {
  let first: Node | undefined;
  let soonest = Number.POSITIVE_INFINITY;
  for (const node of nodes) {
    const breaker = breakerFor(node, work);
    if (breaker.state !== "open" || !mayBeLastResort(breaker, now) || breaker.until >= soonest) continue;
    first = node;
    soonest = breaker.until;
  }
  return first;
}

/** Whether this open breaker may be asked when nobody else is left. */
export function mayBeLastResort(breaker: Breaker, now: number): boolean {
  return breaker.state === "open" && breaker.says !== openedByHand && now - breaker.openedAt >= lastResortAfterMs;
}

/** An attempt at such work begins: what is open or half-open takes it as its probe. */
export function workBegins(node: Node, work: WorkKind, attempt: AttemptId, now: number): Node {
  // A last resort is a probe before its time: the breaker that lets it through has to count it as one.
  if (node.breaker.state === "closed") return node;
  const begun = (breaker: Breaker) => onAttempt(mayBeLastResort(breaker, now) ? readied(breaker) : breaker, attempt, now);
  return withBreaker(withBreaker(node, "node", begun(at(node, "node"))), work, begun(at(node, work)));
}

/** An attempt ended. `failure` is what counts, if anything does: not being able to connect counts against the node, the rest against the kind. */
export function workEnds(
  node: Node,
  work: WorkKind,
  ended: { readonly attempt: AttemptId; readonly verdict: Verdict; readonly failure: Failure | undefined; readonly at: number },
  settings: Settings,
): Node {
  const { attempt, verdict, failure, at: now } = ended;
  if (verdict === "good" && node.breakers === undefined && isSpotless(node.breaker)) return node;
  const unreachable = failure?.kind === "connect-failed";
  const whole = at(node, "node");
  const own = at(node, work);
  // Whoever answers, if only with an error, was reached.
  const reached =
    verdict === "bad" && failure !== undefined && !unreachable && whole.state !== "closed" && whole.because === "connect-failed";
  const wholeVerdict = reached ? "good" : verdict === "bad" && !unreachable && whole.state === "closed" ? "inconclusive" : verdict;
  const ownVerdict = unreachable ? "inconclusive" : verdict;
  const next = withBreaker(node, "node", onVerdict(whole, attempt, wholeVerdict, failure, now, settings));
  return withBreaker(next, work, onVerdict(own, attempt, ownVerdict, failure, now, settings));
}

/** A health probe answered: it speaks for connecting, never for a kind of work. */
export function probeSucceeds(node: Node, now: number): Node {
  return node.breaker.state === "closed" ? node : withBreaker(node, "node", onHealthProbe(at(node, "node"), now));
}

/** Somebody isolates the node: every kind of work with it. */
export function isolated(node: Node, now: number, settings: Settings): Node {
  return withBreaker(node, "node", tripped(at(node, "node"), now, settings));
}

/** "Try now": every wait is over. */
export function readiedAll(node: Node): Node {
  let next = withBreaker(node, "node", readied(at(node, "node")));
  for (const scope of kinds) next = withBreaker(next, scope, readied(at(next, scope)));
  return next;
}

/** It slept, and is there again: nothing of that time counts. Who opened a breaker by hand keeps it. */
export function forgiven(node: Node): Node {
  const keeps = (breaker: Breaker) => breaker.state === "open" && breaker.says === openedByHand;
  let next = node;
  for (const scope of scopes) if (!keeps(at(next, scope))) next = withBreaker(next, scope, closedBreaker);
  return next;
}

/** This computer slept or changed its network: whatever was open is tried again with one request first (F51). Who opened one by hand keeps it. */
export function resumed(node: Node): Node {
  if (node.breaker.state === "closed") return node;
  let next = node;
  for (const scope of scopes) {
    const breaker = at(next, scope);
    if (breaker.state === "open" && breaker.says !== openedByHand) next = withBreaker(next, scope, readied(breaker));
  }
  return next;
}

const kinds: readonly WorkKind[] = ["llm", "vision", "embedding", "rerank"];
const scopes: readonly Scope[] = ["node", ...kinds];

/** While there is no map of breakers, `breaker` is the node's own. */
function at({ breaker, breakers }: Breakers, scope: Scope): Breaker {
  if (breakers !== undefined) return breakers[scope] ?? closedBreaker;
  return scope === "node" ? breaker : closedBreaker;
}

function withBreaker(node: Node, scope: Scope, breaker: Breaker): Node {
  if (at(node, scope) === breaker) return node;
  const kept: Partial<Record<Scope, Breaker>> = {};
  for (const one of scopes) {
    const mine = one === scope ? breaker : at(node, one);
    if (!isSpotless(mine)) kept[one] = mine;
  }
  const { breakers: _, ...rest } = node;
  if (!kinds.some((kind) => kept[kind] !== undefined)) return { ...rest, breaker: kept.node ?? closedBreaker };
  return { ...rest, breakers: kept, breaker: worst(kept) };
}

const gravity = { open: 2, "half-open": 1, closed: 0 } as const;

/** The one to show: the gravest; of equals the node's own, then the one with more to tell. */
function worst(breakers: Partial<Record<Scope, Breaker>>): Breaker {
  let shown: Breaker = closedBreaker;
  for (const scope of scopes) {
    const one = breakers[scope];
    if (one === undefined || gravity[one.state] < gravity[shown.state]) continue;
    if (gravity[one.state] > gravity[shown.state] || failuresOf(one) > failuresOf(shown)) shown = one;
  }
  return shown;
}

const failuresOf = (breaker: Breaker): number => (breaker.state === "closed" ? breaker.failures.length : -1);
