// Why nobody serves a request, as the failure its client is told: nobody could ever (404, 400) is told apart from nobody can right now
// (503 with a wait), and both from what money or permission forbid. Pure.
import { type Failure, fail, type NodeReason } from "../contract/failure.ts";
import type { Rejection, RequestFacts } from "../contract/route.ts";
import { breakerFor, workOf } from "./breakers.ts";
import type { Judgement } from "./decide.ts";
import { permanent } from "./filters.ts";
import { own } from "./inventory.ts";
import { nearNames } from "./names.ts";
import { windowEndsAt } from "./utc.ts";
import type { World } from "./world.ts";

/** When nobody can serve now and no timer says when: look again soon. */
export const retryAfterMs = 5_000;

/** `name`: what was looked for, in the words of a message. */
export function noCandidate(name: string, facts: RequestFacts, decision: Judgement, world: World): Failure {
  const reasons = decision.rejected;
  const told = reasons.map((reason) => `${reason.node}: ${reason.says}`).join("; ");
  const all = (...because: readonly Rejection[]) => decision.rejections.every((one) => because.includes(one) || one === "disabled");
  if (all("over-budget")) return overBudgetFailure(name, reasons, told, world);
  if (all("cloud-not-allowed")) return fail("cloud-not-allowed", `${name} is only in the cloud: ${told}.`, { field: "model", reasons });
  if (all("context-too-small"))
    return fail("context-too-long", `The prompt is too long: about ${facts.promptTokens} tokens, more than ${name} can hold: ${told}.`, {
      field: "messages",
      reasons,
    });
  if (decision.rejections.every((because) => permanent.has(because))) {
    return fail("invalid-request", `No node can serve ${name} for this request: ${told}.`, { field: "model", reasons });
  }
  return fail("no-candidate", `No node can serve ${name} right now: ${told}.`, { reasons, retryAfterMs: soonest(facts, decision, world) });
}

function overBudgetFailure(name: string, reasons: readonly NodeReason[], told: string, world: World): Failure {
  return fail("over-budget", `Nothing is left to spend on ${name}: ${told}.`, { reasons, retryAfterMs: soonestWindowEnd(world) });
}

/** When the first of the budgets begins anew. */
function soonestWindowEnd({ config, now }: World): number {
  return Math.min(...config.budgets.map((budget) => windowEndsAt(budget.per, now) - now));
}

/** Nobody lists the model, and nobody may be asked to fetch it. */
export function unknownModel(name: string, world: World): Failure {
  const known = new Set(
    Object.values(world.fleet.nodes).flatMap((node) => (node.enabled ? Object.values(node.models).map((entry) => entry.id) : [])),
  );
  const near = nearNames(name, known);
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
  return fail("unknown-model", `No node has the model ${JSON.stringify(name)}.${hint}${silent}`, { near, field: "model" });
}

/** The wait to advertise: the first timer that ends among those who could serve. */
function soonest(facts: RequestFacts, decision: Judgement, world: World): number {
  const waits = decision.rejected.map((reason) => {
    const node = own(world.fleet.nodes, reason.node);
    const breaker = node === undefined || reason.because !== "breaker-open" ? undefined : breakerFor(node, workOf(facts));
    if (breaker?.state === "open") return breaker.until - world.now;
    if (reason.because === "node-paused" && node?.health.state === "paused" && node.health.until !== undefined)
      return node.health.until - world.now;
    if (reason.because === "quiet-hours" && node?.quietUntil !== undefined) return node.quietUntil - world.now;
    if (reason.because === "node-lent" && typeof node?.lent?.until === "number") return node.lent.until - world.now;
    return retryAfterMs;
  });
  return Math.max(1_000, Math.min(...waits));
}
