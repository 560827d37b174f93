// A client's call in the words of a node that speaks another dialect, and how its answer will be read. The body is parsed once more here: only
// those who need a translation pay for it.
import { type Failure, fail } from "../contract/failure.ts";
import type { Dialect } from "../contract/node-kinds.ts";
import type { Candidate, RequestFacts } from "../contract/route.ts";
import type { ChatRequest } from "../dialects/canonical.ts";
import { translateEmbedding } from "../dialects/embeddings.ts";
import { isObject, parsed } from "../dialects/shapes.ts";
import { translateRequest } from "../dialects/translation.ts";
import type { InferenceCall } from "./exchange.ts";
import type { Clock, UpstreamCall } from "./ports.ts";
import { type Translation, translationOf } from "./translated-answer.ts";
import type { ReadWhole } from "./translated-whole.ts";

export interface TranslatedCall {
  readonly call: UpstreamCall;
  readonly translation: Translation | undefined;
  /** A chat's, in the small form. */
  readonly request?: ChatRequest | undefined;
  /** Fields of the client's that the node's dialect has no word for. */
  readonly dropped: readonly string[];
  /** Nothing may be sent: leaving out what the node cannot be told would change what is meant. */
  readonly refused?: Failure;
}

/** `spoken`: the dialect the node understands. `contextTokens`: what an Ollama node has loaded, so that it reloads nothing (demands.md 3.12). */
export function translatedCall(
  call: InferenceCall,
  candidate: Candidate,
  spoken: Dialect,
  contextTokens: number | undefined,
  clock: Clock,
): TranslatedCall {
  const { facts, headers } = call;
  const body = parsed(call.body.toString("utf8"));
  const changes = { model: candidate.model, ...(contextTokens === undefined ? {} : { contextTokens }) };
  const told = facts.task === "embedding" ? embedding(body, facts, spoken, changes, clock) : chat(body, call, spoken, changes, clock);
  if ("failure" in told) return refusedCall(call, told.failure);
  const own = { "content-type": headers["content-type"] ?? "application/json" };
  return {
    call: { method: "POST", path: told.path, headers: own, body: Buffer.from(told.body) },
    translation: told.translation,
    request: told.request,
    dropped: told.dropped,
  };
}

interface Told {
  readonly path: string;
  readonly body: string;
  readonly dropped: readonly string[];
  readonly translation: Translation;
  readonly request?: ChatRequest;
}

type Kept = Readonly<{ model: string; contextTokens?: number }>;

function chat(body: unknown, call: InferenceCall, spoken: Dialect, kept: Kept, clock: Clock): Told | { readonly failure: Failure } {
  const { facts } = call;
  const told = translateRequest(body, facts.dialect, spoken, facts.task, { ...kept, stream: facts.stream });
  if ("failure" in told) return told;
  const translation = translationOf(spoken, facts, told.request, clock);
  return { ...told, translation: facts.dialect === "responses" ? sayingBack(translation, body, call.previousResponse) : translation };
}

/** A response says its question's settings back; what was said in turns is left out, since it may be long. */
function sayingBack(translation: Translation, body: unknown, previous: string | undefined): Translation {
  const asked = isObject(body) ? { ...body, input: undefined, previous_response_id: previous } : undefined;
  return { ...translation, context: { ...translation.context, asked } };
}

function embedding(body: unknown, facts: RequestFacts, spoken: Dialect, kept: Kept, clock: Clock): Told | { readonly failure: Failure } {
  const { dialect: from, model: clientModel, promptTokens } = facts;
  const told = translateEmbedding(body, { from, to: spoken, clientModel, promptTokens, changes: kept });
  if ("failure" in told) return told;
  const whole: ReadWhole = (reply) => {
    const answer = told.answer(reply);
    if ("failure" in answer) return answer;
    const { inputTokens } = answer;
    const usage = { tokensIn: inputTokens ?? promptTokens, tokensOut: undefined, estimated: inputTokens === undefined };
    return { text: JSON.stringify(answer.body), usage };
  };
  return { ...told, translation: { ...translationOf(spoken, facts, {}, clock), stream: false, whole } };
}

function refusedCall({ method, facts, headers, body }: InferenceCall, failure: Failure): TranslatedCall {
  const refused = failure.kind === "invalid-request" ? failure : fail("invalid-request", failure.message, { field: failure.field });
  return { call: { method, path: facts.path, headers, body }, translation: undefined, dropped: [], refused };
}
