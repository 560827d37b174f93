// The words that OpenAI's whole answers and streams share: finish reasons, usage, ids, errors. Read from OpenAI, llama-server, Ollama, vLLM, LM Studio
// and OpenRouter, whose habits differ.
import { type Failure, fail } from "../contract/failure.ts";
import type { EncodingContext, Finish, Part, Tokens } from "./canonical.ts";
import { errorText, toldByNode } from "./node-errors.ts";
import { field, isObject, type JsonObject, listIn, numberIn, textIn } from "./shapes.ts";

const finishes: ReadonlyMap<string, Finish> = new Map([
  ["stop", "stop"],
  ["length", "length"],
  ["max_tokens", "length"],
  ["tool_calls", "tool-calls"],
  ["function_call", "tool-calls"],
  ["content_filter", "content-filter"],
]);

/** What a finish is in OpenAI's words (apis.md 10). */
export const finishReasons: Readonly<Record<Finish, string>> = {
  stop: "stop",
  length: "length",
  "tool-calls": "tool_calls",
  "content-filter": "content_filter",
  refusal: "content_filter",
};

/** Some servers say `stop` after tool calls, and some say `tool_calls` without one: what was said counts. */
export function finishOf(reason: string, hasCalls: boolean, refused: boolean): Finish {
  const finish = finishes.get(reason) ?? "stop";
  if (refused && finish !== "length") return "refusal";
  if (finish === "stop" && hasCalls) return "tool-calls";
  return finish === "tool-calls" && !hasCalls ? "stop" : finish;
}

/** The error an event or a body tells: OpenAI's, a bare text, vLLM's flat one, or one inside a choice. Undefined where there is none. */
export function errorIn(event: unknown, raw: string): Failure | undefined {
  const told =
    field(event, "error") ??
    listIn(event, "choices")
      .map((choice) => field(choice, "error"))
      .find((error) => error != null);
  if (told != null) return toldByNode(errorText({ error: told }, raw));
  return field(event, "object") === "error" ? toldByNode(errorText(event, raw)) : undefined;
}

/** `usage`, or else llama-server's `timings`; undefined where neither says anything. */
export function tokensIn(event: unknown): Tokens | undefined {
  const usage = field(event, "usage");
  const timings = field(event, "timings");
  const input = numberIn(usage, "prompt_tokens") ?? promptOf(timings);
  const output = numberIn(usage, "completion_tokens") ?? numberIn(timings, "predicted_n");
  if (input === undefined && output === undefined) return undefined;
  const details = field(usage, "prompt_tokens_details");
  // DeepSeek's own word for what its cache gave.
  const cacheRead = numberIn(details, "cached_tokens") ?? numberIn(usage, "prompt_cache_hit_tokens") ?? numberIn(timings, "cache_n");
  const cacheWrite = numberIn(details, "cache_write_tokens");
  const reasoning = numberIn(field(usage, "completion_tokens_details"), "reasoning_tokens");
  return {
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
    ...(cacheRead === undefined ? {} : { cacheRead }),
    ...(cacheWrite === undefined ? {} : { cacheWrite }),
    ...(reasoning === undefined ? {} : { reasoning }),
  };
}

function promptOf(timings: unknown): number | undefined {
  const fresh = numberIn(timings, "prompt_n");
  return fresh === undefined ? undefined : fresh + (numberIn(timings, "cache_n") ?? 0);
}

/** Usage in OpenAI's words. What is unknown is told as the estimate of the prompt, and as nothing written. */
export function usageOf(tokens: Tokens, promptTokens: number): JsonObject {
  const { input = promptTokens, output = 0, cacheRead, cacheWrite, reasoning, estimated } = tokens;
  const details = {
    ...(cacheRead === undefined ? {} : { cached_tokens: cacheRead }),
    ...(cacheWrite === undefined ? {} : { cache_write_tokens: cacheWrite }),
  };
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    ...(cacheRead === undefined && cacheWrite === undefined ? {} : { prompt_tokens_details: details }),
    ...(reasoning === undefined ? {} : { completion_tokens_details: { reasoning_tokens: reasoning } }),
    ...(estimated === true ? { estimated: true } : {}),
  };
}

/** An id as OpenAI's clients expect to see it, made of the node's. */
export function idOf(id: string, context: EncodingContext): string {
  const prefix = context.completion === true ? "cmpl-" : "chatcmpl-";
  const own = id === "" ? context.requestId : id;
  return own.startsWith(prefix) ? own : prefix + own.replace(/^(?:chatcmpl-|cmpl-|msg_|resp_)/, "");
}

/** A node's words that cannot be read as an answer. */
export function malformed(because: string): Failure {
  return fail("malformed-reply", `The node answered in a way that cannot be read: ${because}.`);
}

/** A text as a part; nothing where there is none. */
export function textParts(text: string | undefined): readonly Part[] {
  return text === undefined || text === "" ? [] : [{ type: "text", text }];
}

/** The texts and thinking in one part of a content list, whole or in a stream. */
export function partsOf(part: unknown): readonly Part[] {
  if (textIn(part, "type") !== "thinking") return textParts(textIn(part, "text"));
  const text =
    textIn(part, "thinking") ??
    listIn(part, "thinking")
      .map((piece) => textIn(piece, "text") ?? "")
      .join("");
  return text === "" ? [] : [{ type: "thinking", text }];
}

/** Arguments are JSON as a text; some servers send the object itself. Undefined where there are none. */
export function argumentsOf(told: unknown): string | undefined {
  const given = field(told, "arguments");
  return isObject(given) ? JSON.stringify(given) : textIn(told, "arguments");
}

/** An id for a call whose server gave none: only letters that every dialect takes. */
export function callId(replyId: string, index: number): string {
  return `call_${replyId.replaceAll(/[^A-Za-z0-9]/g, "").slice(-24)}_${index}`;
}

/** Chats and completions tell them in different shapes: only the fitting one is handed on. */
export function logprobsFor(isCompletion: boolean, logprobs: unknown): unknown {
  return isObject(logprobs) && Array.isArray(logprobs[isCompletion ? "tokens" : "content"]) ? logprobs : undefined;
}
