// Context rescue (opt-in per profile): before a call goes to a model that cannot hold it, its oldest turns are left out. What cannot be made to fit is
// refused with the numbers, so that the next model of a chain may hold it.

import type { Config } from "../contract/config.ts";
import { type Failure, fail } from "../contract/failure.ts";
import type { Node } from "../contract/fleet.ts";
import type { Candidate } from "../contract/route.ts";
import { withoutOldestTurns } from "../dialects/context-rescue.ts";
import { scanBody } from "../dialects/json-scan.ts";
import { parsed } from "../dialects/shapes.ts";
import { countTokens } from "../dialects/token-count.ts";
import { contextMet, isOverContext } from "../domain/context-guard.ts";
import { canonicalName } from "../domain/names.ts";
import type { InferenceCall } from "./exchange.ts";
import { asBuffer } from "./upstream-call.ts";

/** Left for the answer. A client's own limit on it is no wish for so much: Claude Code asks for 32,000 everywhere. */
const reserve = 0.25;
/** Letters in a body per token where it is dearest: a shorter one fits, whatever it says. */
const mostPerByte = 0.6;

export interface RescuedCall {
  readonly call: InferenceCall;
  /** Messages left out. */
  readonly dropped: number;
  readonly promptTokens: number;
}

/** The call as the candidate's context holds it, a refusal, or undefined where it fits or nobody knows the context. */
export function rescued(
  call: InferenceCall,
  node: Node | undefined,
  candidate: Candidate,
  config: Config,
): RescuedCall | Failure | undefined {
  const context = node === undefined ? undefined : contextMet(node, canonicalName(candidate.model), call.facts.contextTokens, config);
  return context === undefined ? undefined : rescuedCall(call, candidate, context);
}

function rescuedCall(call: InferenceCall, { node, model }: Candidate, contextTokens: number): RescuedCall | Failure | undefined {
  const { facts, body } = call;
  if (facts.task !== "chat" || body.length * mostPerByte <= contextTokens * (1 - reserve)) return undefined;
  const asked = parsed(body.toString("utf8"));
  const { input_tokens: tokens } = countTokens(asked);
  const room = Math.floor(contextTokens * (1 - reserve));
  const wanted = Math.min(facts.maxOutputTokens ?? contextTokens - room, contextTokens - room);
  if (tokens + wanted <= contextTokens) return undefined;
  const left = withoutOldestTurns(body, asked, room);
  if (left === undefined) return isOverContext(tokens, contextTokens) ? tooLong(tokens, { node, model }, contextTokens) : undefined;
  const { dropped, promptTokens } = left;
  const scan = scanBody(left.body);
  if (!scan.ok || scan.modelSpan === undefined) return undefined;
  const shorter = { ...call, facts: { ...facts, promptTokens }, body: asBuffer(left.body), modelSpan: scan.modelSpan };
  return { call: shorter, dropped, promptTokens };
}

function tooLong(tokens: number, { node, model }: Pick<Candidate, "node" | "model">, contextTokens: number): Failure {
  const message =
    `The prompt is too long: about ${tokens} tokens, and ${model} on ${node} holds ${contextTokens}. What must stay of it is too long by itself, ` +
    "so leaving out older turns does not help.";
  return fail("context-too-long", message, { field: "messages", node, model });
}
