// The whole fallback policy: what to do next for a request, given what was tried. Ends within candidates + 1 steps at one instant,
// and nothing is tried after a byte was committed (the caller stops asking then).
import { type Failure, type FailureKind, fail, failureTable } from "../contract/failure.ts";
import type { ModelId, NodeId } from "../contract/ids.ts";
import { mostDeliveries } from "../contract/jobs.ts";
import type { Candidate, ChainLink, RequestFacts, Resolution, RouteDecision } from "../contract/route.ts";
import { workOf } from "./breakers.ts";
import { decide, type Judgement, nobodyTried } from "./decide.ts";
import type { Ask } from "./filters.ts";
import { entryOn, own } from "./inventory.ts";
import { canonicalName } from "./names.ts";
import { noCandidate, retryAfterMs, unknownModel } from "./no-candidate.ts";
import { freeSlots } from "./slots.ts";
import type { World } from "./world.ts";

/** A failure and where it happened: the attempt log of a request. */
export interface Failed {
  readonly failure: Failure;
  readonly node?: NodeId | undefined;
  readonly model?: ModelId | undefined;
  readonly ms?: number | undefined;
}

/** A request and what happened to it so far. `failures` in order; `loads` counts the cold loads it asked for. */
export interface Session {
  readonly facts: RequestFacts;
  readonly resolution: Resolution;
  /** The link of the chain that is being tried. */
  readonly at: number;
  /** The facts' deadline, moved on by the time spent loading. */
  readonly deadline: number;
  readonly failures: readonly Failed[];
  /** How many of the failures belong to earlier links. */
  readonly before: number;
  /** Why earlier links had no candidate at all. */
  readonly passedOver: readonly Failure[];
  /** Nodes that failed for this link. */
  readonly tried: ReadonlySet<string>;
  readonly loads: number;
  /** The node this conversation was on. */
  readonly affinity: string | undefined;
}

/** `session` is the request as the step sees it: moved on to a later link where the earlier ones are spent. */
export type Step =
  | { readonly do: "load" | "send" | "wake"; readonly session: Session; readonly candidate: Candidate; readonly decision: Judgement }
  | {
      readonly do: "wait";
      readonly session: Session;
      readonly for: "slot" | "load" | "inventory";
      readonly candidate?: Candidate;
      readonly decision: Judgement;
    }
  | { readonly do: "fail"; readonly session: Session; readonly failure: Failure; readonly decision?: Judgement };

/** Under this much time left no new attempt begins. */
const leastUsefulMs = 2_000;
/** One request never starts more loads than this (F25). */
const mostLoads = 2;
/** How soon a model that recovers is worth another try (source-systems.md 4.2). */
const recoveringMs = 2_000;

export function newSession(facts: RequestFacts, resolution: Resolution = itself, affinity?: string): Session {
  const deadline = resolution.deadlineMs === undefined ? facts.deadline : Math.min(facts.deadline, facts.at + resolution.deadlineMs);
  return { facts, resolution, at: 0, deadline, failures: [], before: 0, passedOver: [], tried: nobodyTried, loads: 0, affinity };
}

/** What a model's own name means where nothing else is configured. */
const itself: Resolution = { chain: [{}], because: "model" };

export function linkOf(session: Session): ChainLink {
  return session.resolution.chain[session.at] ?? {};
}

/** The session after an attempt or load failed. */
export function afterFailure(session: Session, failed: Failed): Session {
  const { node } = failed;
  return {
    ...session,
    failures: [...session.failures, failed],
    tried: node === undefined ? session.tried : new Set([...session.tried, node]),
  };
}

/** Requests for a candidate's model that have waited longer. */
export type Ahead = (candidate: Candidate) => number;

const nobodyAhead: Ahead = () => 0;

export function nextStep(session: Session, world: World, aheadOf: Ahead = nobodyAhead): Step {
  let now = session;
  for (;;) {
    const over = finished(now, world);
    if (over !== undefined) return { do: "fail", session: now, failure: over };
    const step = spent(now, world) ? undefined : stepOfLink(now, world, aheadOf);
    if (step !== undefined && step.do !== "fail") return step;
    if (now.at + 1 >= now.resolution.chain.length) {
      const failure = now.at === 0 && step !== undefined ? step.failure : mostTelling(now, step?.failure);
      return { ...step, do: "fail", session: now, failure };
    }
    now = nextLink(now, step);
  }
}

/** The next link begins afresh, but not on nodes that could not be reached at all. Why the last one had no candidate is remembered. */
function nextLink(session: Session, step: Extract<Step, { do: "fail" }> | undefined): Session {
  const { failures, before, passedOver } = session;
  const unreachable = failures.slice(before).filter(({ failure }) => failureTable[failure.kind].against === "breaker");
  return {
    ...session,
    at: session.at + 1,
    before: failures.length,
    passedOver: step === undefined || failures.length > before ? passedOver : [...passedOver, step.failure],
    tried: unreachable.length === 0 ? nobodyTried : new Set(unreachable.flatMap(({ node }) => node ?? [])),
  };
}

/** What the session asks of the fleet now, for its own link or for another. */
export function askOf(session: Session, link = linkOf(session)): Ask {
  const { facts, tried, affinity } = session;
  return { facts, link, tried, affinity, work: workOf(facts) };
}

function stepOfLink(session: Session, world: World, aheadOf: Ahead): Step {
  const { facts } = session;
  const decision = decide(askOf(session), world);
  const [candidate] = decision.candidates;
  if (candidate === undefined) {
    // A gateway that has just started must not answer "unknown model" for nodes it is about to hear from.
    const mayYetAppear = decision.rejected.length === 0 && session.failures.length === 0 && hasUnheardNode(world);
    return mayYetAppear
      ? { do: "wait", session, for: "inventory", decision }
      : { do: "fail", session, failure: nobody(session, decision, world), decision };
  }
  // An unload needs no slot and no load: whoever has the model, or might, is told.
  if (facts.task === "unload") return { do: "send", session, candidate, decision };
  const recovering = candidate.readiness === "warm" || candidate.readiness === "sleeping" ? undefined : recoveringAt(decision, world);
  if (recovering !== undefined) return { do: "fail", session, failure: recovering, decision };
  switch (candidate.readiness) {
    case "warm":
    case "sleeping": {
      if (candidate.readiness === "sleeping" && own(world.fleet.nodes, candidate.node)?.can.wakesByLoad === true)
        return session.loads < mostLoads
          ? { do: "load", session, candidate, decision }
          : { do: "fail", session, failure: lastOf(session) ?? displaced(session, decision), decision };
      const ahead = aheadOf(candidate);
      return hasSlot(candidate, decision, world, ahead)
        ? { do: "send", session, candidate, decision }
        : waitFor("slot", session, candidate, decision, world, ahead);
    }
    case "loading":
      if (own(world.fleet.nodes, candidate.node)?.can.load !== true)
        return waitFor("load", session, candidate, decision, world, aheadOf(candidate));
      return { do: "load", session, candidate, decision };
    case "asleep":
      return { do: "wake", session, candidate, decision };
    case "cold":
    case "placed":
      if (session.loads >= mostLoads) return { do: "fail", session, failure: lastOf(session) ?? displaced(session, decision), decision };
      return { do: "load", session, candidate, decision };
  }
}

/** Nobody has it ready and somebody is about to have it back: a second copy elsewhere would cost more than the wait (source-systems.md 4.2). */
function recoveringAt({ candidates }: Pick<RouteDecision, "candidates">, { fleet }: World): Failure | undefined {
  const found = candidates.find(({ node, model }) => {
    const at = own(fleet.nodes, node);
    return at !== undefined && entryOn(at, canonicalName(model))?.hindrance?.is === "recovering";
  });
  if (found === undefined) return undefined;
  const message = `${found.model} is recovering on ${found.node}. Try again in a moment; it is not loaded elsewhere meanwhile.`;
  return fail("no-candidate", message, { node: found.node, model: found.model, retryAfterMs: recoveringMs });
}

/** It was loaded for this request as often as one request may ask, and gone again each time. */
function displaced(session: Session, { rejected }: Judgement): Failure {
  const message = `${nameOf(session)} was loaded for this request and displaced before it could answer: the memory is too small for all who want it at once.`;
  return fail("no-candidate", message, { reasons: rejected, retryAfterMs });
}

/** Failures that end the request whatever the fleet looks like. */
function finished(session: Session, world: World): Failure | undefined {
  const { paused } = world.fleet;
  if (paused !== undefined && (paused.until === null || world.now < paused.until)) {
    const wait = paused.until === null ? {} : { retryAfterMs: paused.until - world.now };
    return fail("paused", "Routing is paused in Homeport. Resume it in the tray or the window.", wait);
  }
  const last = lastOf(session);
  if (last !== undefined && failureTable[last.kind].next === "stop") return last;
  if (last?.lost !== undefined && lostDeliveries(session) >= mostDeliveries) return endsWorkers(last, lostDeliveries(session));
  const left = session.deadline - world.now;
  if (left <= 0 || (last !== undefined && left < leastUsefulMs)) {
    return last ?? fail("deadline-exceeded", `No node could answer for ${session.facts.model} before this request's deadline.`);
  }
  return undefined;
}

/** So often a worker was given this request and was gone before it answered. */
export function lostDeliveries({ failures }: Session): number {
  return failures.reduce((sum, { failure }) => sum + (failure.lost ?? 0), 0);
}

/** Whatever else could be asked is spared: other requests need workers too (F69). */
function endsWorkers(last: Failure, lost: number): Failure {
  const message = `This request was given to workers ${lost} times, and each was gone before it answered. It may be what ends them, so no other gets it. ${last.message}`;
  return { ...last, message, lost };
}

/** This link has had its attempts, or another node would say the same. */
function spent(session: Session, world: World): boolean {
  const here = session.failures.length - session.before;
  if (here === 0) return false;
  const last = lastOf(session);
  return here >= world.config.requests.maxAttempts || (last !== undefined && failureTable[last.kind].next === "next-model");
}

const lastOf = (session: Session): Failure | undefined => session.failures.at(-1)?.failure;

/** How much a failure tells the one who asked; the later one wins among equals. */
const tells: Readonly<Partial<Record<FailureKind, number>>> = {
  "no-candidate": 1,
  "unknown-model": 1,
  "upstream-lacks-model": 1,
  "over-budget": 2,
  "empty-answer": 3,
  "does-not-fit": 3,
  refused: 5,
  "schema-mismatch": 5,
  "context-too-long": 6,
};
const tellsMost = 4;

/** All links failed: the failure that says most. */
function mostTelling({ failures, passedOver }: Session, last: Failure | undefined): Failure {
  const all = [...passedOver, ...failures.map(({ failure }) => failure), ...(last === undefined ? [] : [last])];
  const weight = ({ kind }: Failure) => tells[kind] ?? tellsMost;
  return all.reduce((best, one) => (weight(one) >= weight(best) ? one : best), all[0] ?? fail("internal", "Nothing was tried."));
}

/** Free slots beyond those that earlier waiters will take, summed over warm candidates. */
function hasSlot(candidate: Candidate, decision: RouteDecision, world: World, ahead: number): boolean {
  const free = (one: Candidate) => {
    const node = own(world.fleet.nodes, one.node);
    return node === undefined ? 0 : freeSlots(node, canonicalName(one.model));
  };
  if (free(candidate) === 0) return false;
  if (ahead === 0) return true;
  return (
    decision.candidates.reduce((sum, one) => (one.readiness === "warm" || one.readiness === "sleeping" ? sum + free(one) : sum), 0) > ahead
  );
}

/** A node that was asked for the first time and has not answered or failed yet. */
function hasUnheardNode(world: World): boolean {
  return Object.values(world.fleet.nodes).some((node) => node.enabled && node.health.state === "unknown");
}

function waitFor(what: "slot" | "load", session: Session, candidate: Candidate, decision: Judgement, world: World, ahead: number): Step {
  if (ahead < world.config.requests.queueDepth) return { do: "wait", session, for: what, candidate, decision };
  const message = `${ahead} requests already wait for ${session.facts.model}, the most Homeport lets wait. Try again shortly.`;
  return { do: "fail", session, failure: fail("overloaded", message, { retryAfterMs, reasons: decision.rejected }), decision };
}

/** No candidate is left for this link: the node's own words where one was tried, else the reasons against each. */
function nobody(session: Session, decision: Judgement, world: World): Failure {
  const name = nameOf(session);
  const last = session.failures.length > session.before ? lastOf(session) : undefined;
  if (last !== undefined && last.kind !== "upstream-lacks-model")
    return last.reasons === undefined ? { ...last, reasons: decision.rejected } : last;
  if (decision.rejected.length === 0 || last !== undefined) return unknownModel(name, world);
  return noCandidate(name, session.facts, decision, world);
}

/** What the link is called in a message. */
function nameOf(session: Session): string {
  const link = linkOf(session);
  if (link.model !== undefined) return link.model;
  return link.requires === undefined ? session.facts.model : `${session.facts.model} (any ${link.requires} model)`;
}
