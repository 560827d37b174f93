// An answer of Ollama's, whole: one object with `done: true`. Also the readers that its stream shares.
import { type Failure, fail } from "../contract/failure.ts";
import type { ChatReply, EncodingContext, Finish, Part, Tokens } from "./canonical.ts";
import { isoInstant } from "./model-lists.ts";
import { errorText, toldByNode } from "./node-errors.ts";
import { argumentsOf, argumentsText } from "./ollama-chat-tools.ts";
import { field, isObject, type JsonObject, listIn, numberIn, textIn } from "./shapes.ts";

const nsPerSecond = 1e9;
const nsPerMs = 1e6;

export function decodeReply(body: unknown, now: number): ChatReply | { readonly failure: Failure } {
  if (!isObject(body)) return { failure: fail("malformed-reply", "The node's answer is no JSON object.") };
  if (body["error"] != null) return { failure: toldByNode(errorText(body, "unknown")) };
  if (!isObject(body["message"]) && typeof body["response"] !== "string")
    return { failure: fail("malformed-reply", "The node's answer holds neither a message nor a response.") };
  const parts = partsOf(body, now);
  const logprobs = logprobsIn(body);
  return {
    id: "",
    model: textIn(body, "model") ?? "",
    createdAt: now,
    parts,
    finish: finishOf(
      body,
      parts.some((part) => part.type === "tool-call"),
    ),
    tokens: tokensIn(body),
    ...(logprobs === undefined ? {} : { logprobs }),
  };
}

function partsOf(body: JsonObject, now: number): readonly Part[] {
  const message = body["message"];
  const thinking = textIn(message, "thinking") ?? textIn(body, "thinking") ?? "";
  const text = textIn(message, "content") ?? textIn(body, "response") ?? "";
  return [
    ...(thinking === "" ? [] : [{ type: "thinking" as const, text: thinking }]),
    ...(text === "" ? [] : [{ type: "text" as const, text }]),
    ...listIn(message, "tool_calls").map((call, at) => toolCallIn(call, at, now)),
  ];
}

/** A call, always whole. Where the node gave it no id, one is made of the answer's time: clients keep the calls of many turns apart by it. */
export function toolCallIn(call: unknown, at: number, now: number): Extract<Part, { type: "tool-call" }> {
  const what = field(call, "function");
  const id = textIn(call, "id") || `call_${now.toString(36)}_${at}`;
  return { type: "tool-call", id, name: textIn(what, "name") ?? "", arguments: argumentsText(field(what, "arguments")) };
}

/** `load` and `unload` end an answer without words; Ollama has no reason of its own for tool calls. */
export function finishOf(line: JsonObject, hasToolCalls: boolean): Finish {
  if (line["done_reason"] === "length") return "length";
  return hasToolCalls ? "tool-calls" : "stop";
}

/** `prompt_eval_count` is left out where the prompt was still in the cache. */
export function tokensIn(line: JsonObject): Tokens {
  const input = numberIn(line, "prompt_eval_count");
  const output = numberIn(line, "eval_count");
  const ns = numberIn(line, "eval_duration") ?? 0;
  return {
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
    ...(ns > 0 && output !== undefined ? { perSecond: output / (ns / nsPerSecond) } : {}),
  };
}

/** Ollama lists them bare, OpenAI under `content`; an entry has the same fields in both. */
export function logprobsIn(line: JsonObject): { readonly content: readonly unknown[] } | undefined {
  const content = listIn(line, "logprobs");
  return content.length === 0 ? undefined : { content };
}

export function logprobsFor(logprobs: unknown): JsonObject {
  const content = listIn(logprobs, "content");
  return content.length === 0 ? {} : { logprobs: content };
}

export function encodeReply(reply: ChatReply, context: EncodingContext): JsonObject {
  const totalMs = context.elapsedMs?.();
  const text = reply.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  const thinking = reply.parts.map((part) => (part.type === "thinking" ? part.text : "")).join("");
  const calls = reply.parts.flatMap((part) => (part.type === "tool-call" ? [toolCallFor(part.id, part.name, part.arguments)] : []));
  const thought = thinking === "" ? {} : { thinking };
  return {
    model: context.model,
    created_at: timeStamp(reply.createdAt),
    ...(context.completion === true
      ? { response: text, ...thought }
      : { message: { role: "assistant", content: text, ...thought, ...(calls.length === 0 ? {} : { tool_calls: calls }) } }),
    ...logprobsFor(reply.logprobs),
    ...endFor(reply.finish, reply.tokens, { totalMs, promptMs: undefined }),
  };
}

export function toolCallFor(id: string, name: string, text: string): JsonObject {
  return { id, function: { name, arguments: argumentsOf(text) } };
}

/** How long an answer took, where it was measured. `promptMs`: until its first words. */
export interface Took {
  readonly totalMs: number | undefined;
  readonly promptMs: number | undefined;
}

/** The fields that only the last line has. Durations are nanoseconds; one that nobody measured is left out rather than made up. */
export function endFor(finish: Finish, tokens: Tokens, { totalMs, promptMs }: Took): JsonObject {
  const { input, output, perSecond } = tokens;
  const rest = totalMs === undefined || promptMs === undefined ? undefined : totalMs - promptMs;
  const evalMs = perSecond === undefined || perSecond <= 0 || output === undefined ? rest : (output / perSecond) * 1000;
  return {
    done: true,
    done_reason: finish === "length" ? "length" : "stop",
    ...(totalMs === undefined ? {} : { total_duration: inNs(totalMs) }),
    ...(input === undefined ? {} : { prompt_eval_count: input }),
    ...(promptMs === undefined ? {} : { prompt_eval_duration: inNs(promptMs) }),
    ...(output === undefined ? {} : { eval_count: output }),
    ...(evalMs === undefined ? {} : { eval_duration: inNs(evalMs) }),
  };
}

/** At least 1: clients divide by durations. */
function inNs(ms: number): number {
  return Math.max(1, Math.round(ms * nsPerMs));
}

/** RFC 3339 with nine digits of a second, as Ollama writes it. `ms`: epoch milliseconds. */
export function timeStamp(ms: number): string {
  const second = Math.floor(ms / 1000);
  const ns = Math.floor((ms - second * 1000) * nsPerMs);
  return `${isoInstant(second * 1000).slice(0, -1)}.${String(ns).padStart(9, "0")}Z`;
}
