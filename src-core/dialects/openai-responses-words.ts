// The words that whole answers and streams of OpenAI's Responses share: states, usage, items, and what a response says back of its question.
import type { EncodingContext, Finish, Part, Tokens } from "./canonical.ts";
import { field, isObject, type JsonObject, listIn, numberIn, textIn } from "./shapes.ts";

/** An answer's state, and why it is not whole. A refusal that was told as text is content withheld, as in OpenAI's chat. */
export function stateOf(finish: Finish): { readonly status: "completed" | "incomplete"; readonly incomplete_details: JsonObject | null } {
  if (finish === "length") return { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } };
  if (finish === "content-filter" || finish === "refusal")
    return { status: "incomplete", incomplete_details: { reason: "content_filter" } };
  return { status: "completed", incomplete_details: null };
}

/** Why a response ended. `hasCalls`: it calls tools, which this dialect does not say apart. */
export function finishIn(response: unknown, hasCalls: boolean, refused: boolean): Finish {
  const reason = textIn(field(response, "incomplete_details"), "reason");
  if (reason === "max_output_tokens") return "length";
  if (refused) return "refusal";
  if (reason === "content_filter") return "content-filter";
  return hasCalls ? "tool-calls" : "stop";
}

/** `usage` as the small form has it; undefined where nothing is said. */
export function tokensIn(response: unknown): Tokens | undefined {
  const usage = field(response, "usage");
  if (!isObject(usage)) return undefined;
  const details = field(usage, "input_tokens_details");
  const told: Tokens = {
    input: numberIn(usage, "input_tokens"),
    output: numberIn(usage, "output_tokens"),
    cacheRead: numberIn(details, "cached_tokens"),
    cacheWrite: numberIn(details, "cache_write_tokens"),
    reasoning: numberIn(field(usage, "output_tokens_details"), "reasoning_tokens"),
  };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
}

/** Usage in this dialect's words, which has a place for every number and none for "unknown". */
export function usageOf(tokens: Tokens, promptTokens: number): JsonObject {
  const { input = promptTokens, output = 0, cacheRead = 0, cacheWrite, reasoning = 0 } = tokens;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cacheRead, ...(cacheWrite === undefined ? {} : { cache_write_tokens: cacheWrite }) },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
    ...(tokens.estimated === true ? { estimated: true } : {}),
  };
}

/** Our own id: under it the answer may be asked for again, so it must be nobody else's, and nodes count from one. */
export function responseId({ requestId }: EncodingContext): string {
  return `resp_${requestId}`;
}

type ItemKind = "msg" | "rs" | "fc";

/** An item's id. `at`: its place in the output. */
export function itemId(kind: ItemKind, { requestId }: EncodingContext, at: number): string {
  return `${kind}_${requestId}_${at}`;
}

/** What Anthropic's thinking needs to be handed back unchanged travels where OpenAI's own opaque text would. */
const signaturePrefix = "homeport.signature.";
const redactedPrefix = "homeport.redacted.";

/** `encrypted_content` of a thought; undefined where it has nothing opaque. */
export function sealOf(part: { readonly signature?: string | undefined; readonly redacted?: string | undefined }): string | undefined {
  if (part.redacted !== undefined) return redactedPrefix + part.redacted;
  return part.signature === undefined ? undefined : signaturePrefix + part.signature;
}

/** The other way; nothing where it is not ours: what OpenAI sealed only OpenAI can open. */
export function unsealed(seal: string | undefined): { readonly signature?: string; readonly redacted?: string } {
  if (seal?.startsWith(signaturePrefix) === true) return { signature: seal.slice(signaturePrefix.length) };
  return seal?.startsWith(redactedPrefix) === true ? { redacted: seal.slice(redactedPrefix.length) } : {};
}

/** A reasoning item's text: the summary, and the reasoning itself where the model shows it. */
export function reasoningIn(item: unknown): string {
  return [...listIn(item, "summary"), ...listIn(item, "content")].map((part) => textIn(part, "text") ?? "").join("");
}

/** A thought as an item. An empty one has no part, only its seal. */
export function reasoningItem(id: string, text: string, seal: string | undefined): JsonObject {
  const summary = text === "" ? [] : [{ type: "summary_text", text }];
  return { id, type: "reasoning", summary, ...(seal === undefined ? {} : { encrypted_content: seal }) };
}

/** A text part of an answer. */
export function outputText(text: string, logprobs: readonly unknown[] = []): JsonObject {
  return { type: "output_text", text, annotations: [], logprobs };
}

/** The tokens of OpenAI's chat logprobs, which have the same shape here. */
export function logprobsIn(logprobs: unknown): readonly unknown[] {
  return listIn(logprobs, "content");
}

/** The part that a thought in an answer is. */
export function thoughtPart(item: unknown): Extract<Part, { type: "thinking" }> {
  return { type: "thinking", text: reasoningIn(item), ...unsealed(textIn(item, "encrypted_content")) };
}

/** What a response says back of its question, in the client's own words; OpenAI's defaults where it said nothing. */
export function saidBack({ asked }: EncodingContext): JsonObject {
  const said = (key: string, otherwise: unknown) => field(asked, key) ?? otherwise;
  return {
    background: false,
    instructions: said("instructions", null),
    max_output_tokens: said("max_output_tokens", null),
    metadata: said("metadata", {}),
    parallel_tool_calls: said("parallel_tool_calls", true),
    previous_response_id: said("previous_response_id", null),
    reasoning: said("reasoning", { effort: null, summary: null }),
    store: said("store", true),
    temperature: said("temperature", 1),
    text: said("text", { format: { type: "text" } }),
    tool_choice: said("tool_choice", "auto"),
    tools: said("tools", []),
    top_p: said("top_p", 1),
    truncation: said("truncation", "disabled"),
    user: said("user", null),
  };
}

/** A response around its output. `tokens` absent: it is not finished. */
export function responseOf(
  context: EncodingContext,
  createdAt: number,
  output: readonly JsonObject[],
  end?: { readonly finish: Finish; readonly tokens: Tokens },
): JsonObject {
  const state = end === undefined ? { status: "in_progress", incomplete_details: null } : stateOf(end.finish);
  return {
    id: responseId(context),
    object: "response",
    created_at: Math.floor(createdAt / 1000),
    ...state,
    error: null,
    model: context.model,
    output,
    ...saidBack(context),
    usage: end === undefined ? null : usageOf(end.tokens, context.promptTokens),
  };
}
