// Where a request would go now, and why: the same step function that decides, asked without acting, and told in full.
import { ModelId } from "../contract/ids.ts";
import type { ExplainedCandidate, Explanation, RequestFacts, Resolution } from "../contract/route.ts";
import type { Considered } from "./considered.ts";
import { decide, type Judgement } from "./decide.ts";
import { expectedWaitMs } from "./expected-wait.ts";
import type { Ask } from "./filters.ts";
import { levelsOf, namesOf, policyOf } from "./preferences.ts";
import { type Ahead, askOf, linkOf, newSession, nextStep, type Step } from "./session.ts";
import type { World } from "./world.ts";

/** `policy`: asked instead of the configured one, to show what it would choose. */
export function explain(
  facts: RequestFacts,
  resolution: Resolution,
  world: World,
  aheadOf: Ahead,
  more: { readonly policy?: string | undefined; readonly affinity?: string | undefined } = {},
): Explanation {
  const names = more.policy === undefined ? undefined : namesOf(more.policy, world);
  const chain = names === undefined ? resolution : { ...resolution, chain: resolution.chain.map((link) => ({ ...link, policy: names })) };
  const session = newSession(facts, chain, more.affinity);
  const policy = policyOf(world, linkOf(session).policy);
  const step = nextStep(session, world, aheadOf);
  return {
    asked: facts.model,
    resolution,
    policy: { name: policy.name, preferences: policy.names },
    links: chain.chain.map((link) => explained(askOf(session, link), world, aheadOf)),
    next: told(step),
  };
}

function explained(ask: Ask, world: World, aheadOf: Ahead): Explanation["links"][number] {
  const decision = decide(ask, world, "reasons");
  return {
    link: ask.link,
    candidates: decision.ranked.map((one, at) => candidate(one, at, ask, decision, world, aheadOf)),
    rejected: decision.rejected,
    decidedBy: decision.decidedBy,
    ...(decision.relaxed === undefined ? {} : { relaxed: decision.relaxed }),
  };
}

function candidate(one: Considered, at: number, ask: Ask, decision: Judgement, world: World, aheadOf: Ahead): ExplainedCandidate {
  const named = decision.candidates[at];
  const waitMs = expectedWaitMs(one, world.fleet, world.now, named === undefined ? 0 : aheadOf(named));
  return {
    node: one.node.id,
    model: named?.model ?? ModelId.parse(one.key),
    readiness: one.readiness,
    levels: levelsOf(one, ask, decision.policy, world),
    ...(one.room === undefined ? {} : { room: one.room }),
    ...(waitMs === undefined ? {} : { expectedWaitMs: waitMs }),
  };
}

/** The step in one sentence. */
function told(step: Step): Explanation["next"] {
  if (step.do === "fail") return { do: "fail", says: step.failure.message };
  const { candidate, decision } = step;
  if (candidate === undefined)
    return { do: "wait", says: "No node has told its models yet: the request would wait for the first one that does." };
  const { node, model, readiness } = candidate;
  const why = decision.decidedBy === "only" ? "the only one that can serve it" : `decided by ${decision.decidedBy}`;
  const says = {
    send: `${node} would serve it with ${model}, which is ${readiness} there: ${why}.`,
    load: readiness === "loading" ? `It would join the load of ${model} on ${node}: ${why}.` : `${node} would load ${model} first: ${why}.`,
    wake: `It would wake ${node} first, and use ${model} there: ${why}.`,
    wait: `It would wait for ${model} on ${node}, which is busy: ${why}.`,
  };
  return { do: step.do, node, model, says: says[step.do] };
}
