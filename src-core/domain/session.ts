// The whole fallback policy: what to do next for a request, given what was tried. Ends within candidates + 1 steps at one instant,
// and nothing is tried after a byte was committed (the caller stops asking then).
import { type Failure, fail, failureTable } from "../contract/failure.ts";
import type { Candidate, RequestFacts, RouteDecision } from "../contract/route.ts";
import { decide, type Judgement, nobodyTried } from "./decide.ts";
import { permanent } from "./filters.ts";
import { own } from "./inventory.ts";
import { canonicalName, nearNames } from "./names.ts";
import { freeSlots } from "./slots.ts";
import type { World } from "./world.ts";

/** A request and what happened to it so far. `failures` in order; `loads` counts the cold loads it asked for. */
export interface Session {
  readonly facts: RequestFacts;
  /** The facts' deadline, moved on by the time spent loading. */
  readonly deadline: number;
  readonly failures: readonly Failure[];
  readonly tried: ReadonlySet<string>;
  readonly loads: number;
}

export type Step =
  | { readonly do: "load"; readonly candidate: Candidate; readonly decision: RouteDecision }
  | { readonly do: "send"; readonly candidate: Candidate; readonly decision: RouteDecision }
  | { readonly do: "wait"; readonly for: "slot" | "load" | "inventory"; readonly candidate?: Candidate; readonly decision: RouteDecision }
  | { readonly do: "fail"; readonly failure: Failure; readonly decision?: RouteDecision };

/** Under this much time left no new attempt begins. */
const leastUsefulMs = 2_000;
/** One request never starts more loads than this (F25). */
const mostLoads = 2;
/** When nobody can serve now and no timer says when: look again soon. */
const retryAfterMs = 5_000;

export function newSession(facts: RequestFacts): Session {
  return { facts, deadline: facts.deadline, failures: [], tried: nobodyTried, loads: 0 };
}

/** `ahead`: requests for the same model that have waited longer. */
export function nextStep(session: Session, world: World, ahead: number): Step {
  const over = finished(session, world);
  if (over !== undefined) return { do: "fail", failure: over };
  const decision = decide(session.facts, world, session.tried);
  const [candidate] = decision.candidates;
  if (candidate === undefined) {
    // A gateway that has just started must not answer "unknown model" for nodes it is about to hear from.
    const mayYetAppear = decision.rejected.length === 0 && session.failures.length === 0 && hasUnheardNode(world);
    return mayYetAppear ? { do: "wait", for: "inventory", decision } : { do: "fail", failure: nobody(session, decision, world), decision };
  }
  // An unload needs no slot and no load: whoever has the model, or might, is told.
  if (session.facts.task === "unload") return { do: "send", candidate, decision };
  switch (candidate.readiness) {
    case "warm":
    case "sleeping":
      return hasSlot(candidate, decision, world, ahead)
        ? { do: "send", candidate, decision }
        : waitFor("slot", session, candidate, decision, world, ahead);
    case "loading":
      if (own(world.fleet.nodes, candidate.node)?.can.load !== true) return waitFor("load", session, candidate, decision, world, ahead);
      return { do: "load", candidate, decision };
    case "cold":
    case "placed":
      if (session.loads >= mostLoads) return { do: "fail", failure: lastOf(session) ?? nobody(session, decision, world), decision };
      return { do: "load", candidate, decision };
  }
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
  if (session.failures.length >= world.config.requests.maxAttempts) return last;
  const left = session.deadline - world.now;
  if (left <= 0 || (last !== undefined && left < leastUsefulMs)) {
    return last ?? fail("deadline-exceeded", `No node could answer for ${session.facts.model} before this request's deadline.`);
  }
  return undefined;
}

const lastOf = (session: Session): Failure | undefined => session.failures.at(-1);

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

function waitFor(
  what: "slot" | "load",
  session: Session,
  candidate: Candidate,
  decision: RouteDecision,
  world: World,
  ahead: number,
): Step {
  if (ahead < world.config.requests.queueDepth) return { do: "wait", for: what, candidate, decision };
  const message = `${ahead} requests already wait for ${session.facts.model}, the most Homeport lets wait. Try again shortly.`;
  return { do: "fail", failure: fail("overloaded", message, { retryAfterMs, reasons: decision.rejected }), decision };
}

/** Nobody could ever (404, 400) is told apart from nobody can right now (503 with a wait). */
function nobody(session: Session, decision: Judgement, world: World): Failure {
  const { facts } = session;
  const last = lastOf(session);
  if (last !== undefined && last.kind !== "upstream-lacks-model")
    return last.reasons === undefined ? { ...last, reasons: decision.rejected } : last;
  if (decision.rejected.length === 0 || last !== undefined) return unknownModel(facts, world);
  const reasons = decision.rejected;
  const told = reasons.map((reason) => `${reason.node}: ${reason.says}`).join("; ");
  if (decision.rejections.every((because) => permanent.has(because))) {
    return fail("invalid-request", `No node can serve ${facts.model} for this request: ${told}.`, { field: "model", reasons });
  }
  return fail("no-candidate", `No node can serve ${facts.model} right now: ${told}.`, { reasons, retryAfterMs: soonest(decision, world) });
}

function unknownModel(facts: RequestFacts, world: World): Failure {
  const known = new Set(
    Object.values(world.fleet.nodes).flatMap((node) => (node.enabled ? Object.values(node.models).map((entry) => entry.id) : [])),
  );
  const near = nearNames(facts.model, known);
  const unseen = Object.values(world.fleet.nodes).filter((node) => node.enabled && node.seenAt === undefined);
  const silent = unseen.length === 0 ? "" : ` Never heard from, so its models are unknown: ${unseen.map((node) => node.id).join(", ")}.`;
  if (known.size === 0 && unseen.length > 0) {
    return fail(
      "no-candidate",
      `No node has told its models yet.${silent} Check that the servers run and that their addresses are right.`,
      { retryAfterMs },
    );
  }
  const hint =
    near.length > 0 ? ` Near names: ${near.join(", ")}.` : known.size === 0 ? " No node is configured: add one in Homeport's window." : "";
  return fail("unknown-model", `No node has the model ${JSON.stringify(facts.model)}.${hint}${silent}`, { near, field: "model" });
}

/** The wait to advertise: the first timer that ends among those who could serve. */
function soonest(decision: Judgement, world: World): number {
  const waits = decision.rejected.map((reason) => {
    const node = own(world.fleet.nodes, reason.node);
    if (reason.because === "breaker-open" && node?.breaker.state === "open") return node.breaker.until - world.now;
    if (reason.because === "node-paused" && node?.health.state === "paused" && node.health.until !== undefined)
      return node.health.until - world.now;
    return retryAfterMs;
  });
  return Math.max(1_000, Math.min(...waits));
}
