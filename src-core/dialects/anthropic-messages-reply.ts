// Whole answers in Anthropic's messages, both ways, and the words they share with streams: why it ended, and what it cost.
import { type Failure, fail } from "../contract/failure.ts";
import { answerToolName } from "./anthropic-messages-answer-tool.ts";
import { inputOf } from "./anthropic-messages-turns.ts";
import type { ChatReply, EncodingContext, Finish, Part, Tokens } from "./canonical.ts";
import { errorText, toldByNode } from "./node-errors.ts";
import { field, isObject, listIn, numberIn, textIn } from "./shapes.ts";
import { estimateTokens } from "./token-count.ts";

/** Reads a whole answer. What is none is `malformed-reply`; an error told inside a 200 is that error. */
export function decodeReply(body: unknown, now: number): ChatReply | { readonly failure: Failure } {
  const told = failureOf(body);
  if (told !== undefined) return { failure: told };
  if (!isObject(body) || !Array.isArray(body["content"])) {
    return { failure: fail("malformed-reply", "The node's answer is no message: it has no content.") };
  }
  const blocks = listIn(body, "content");
  const parts = blocks.flatMap(partOf);
  const stopText = textIn(body, "stop_sequence");
  return {
    id: textIn(body, "id") ?? "",
    model: textIn(body, "model") ?? "",
    createdAt: now,
    parts,
    finish: finishOf(
      textIn(body, "stop_reason"),
      parts.some(({ type }) => type === "tool-call"),
    ),
    ...(stopText === undefined ? {} : { stopText }),
    tokens: tokensOf(field(body, "usage")),
  };
}

function partOf(block: unknown): readonly Part[] {
  switch (textIn(block, "type")) {
    case "text": {
      const text = textIn(block, "text") ?? "";
      return text === "" ? [] : [{ type: "text", text }];
    }
    case "thinking": {
      const signature = textIn(block, "signature") ?? "";
      return [{ type: "thinking", text: textIn(block, "thinking") ?? "", ...(signature === "" ? {} : { signature }) }];
    }
    case "redacted_thinking":
      return [{ type: "thinking", text: "", redacted: textIn(block, "data") ?? "" }];
    case "tool_use": {
      const input = inputText(field(block, "input"));
      const name = textIn(block, "name") ?? "";
      if (name === answerToolName) return [{ type: "text", text: input }];
      return [{ type: "tool-call", id: textIn(block, "id") ?? "", name, arguments: input }];
    }
    default:
      return [];
  }
}

/** A call's input as the text it is in the small form. Nested beyond what can be written, it is none. */
export function inputText(input: unknown): string {
  try {
    return isObject(input) ? JSON.stringify(input) : "{}";
  } catch {
    return "{}";
  }
}

/** The node's error, where that is what it says. `overloaded_error` and `rate_limit_error` ask for a pause and count against nobody's breaker. */
export function failureOf(event: unknown): Failure | undefined {
  const error = field(event, "error");
  if (error == null) return undefined;
  const text = errorText(event, "no reason given");
  const type = textIn(error, "type");
  if (type === "overloaded_error") return fail("upstream-busy", `The node is overloaded: ${text}`, { detail: text });
  if (type === "rate_limit_error") return fail("upstream-rate-limited", `The node asks us to slow down: ${text}`, { detail: text });
  return toldByNode(text);
}

const finishes: ReadonlyMap<string | undefined, Finish> = new Map([
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["pause_turn", "stop"],
  ["tool_use", "tool-calls"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["refusal", "refusal"],
]);

/** Why an answer ended. A call of our own answer tool is an answer, not a call. */
export function finishOf(stopReason: string | undefined, hasCalls: boolean): Finish {
  const finish = finishes.get(stopReason) ?? (hasCalls ? "tool-calls" : "stop");
  return finish === "tool-calls" && !hasCalls ? "stop" : finish;
}

/** Anthropic counts what came out of a cache, or went into one, apart; the small form counts everything read. */
export function tokensOf(usage: unknown): Tokens {
  const fresh = numberIn(usage, "input_tokens");
  const cacheRead = numberIn(usage, "cache_read_input_tokens");
  const cacheWrite = numberIn(usage, "cache_creation_input_tokens");
  const output = numberIn(usage, "output_tokens");
  const input = fresh === undefined ? undefined : fresh + (cacheRead ?? 0) + (cacheWrite ?? 0);
  return {
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
    ...(cacheRead === undefined ? {} : { cacheRead }),
    ...(cacheWrite === undefined ? {} : { cacheWrite }),
  };
}

/** Says a whole answer to a client. */
export function encodeReply(reply: ChatReply, context: EncodingContext): Readonly<Record<string, unknown>> {
  let calls = 0;
  const content = reply.parts.flatMap((part) => blockOf(part, context, () => calls++));
  return {
    id: messageId(reply.id, context),
    type: "message",
    role: "assistant",
    model: context.model,
    content,
    ...stopOf(reply.finish, reply.stopText, calls > 0),
    usage: usageOf(reply.tokens, context, () => tokensIn(reply.parts)),
  };
}

function blockOf(part: Part, context: EncodingContext, nextCall: () => number): readonly Record<string, unknown>[] {
  switch (part.type) {
    case "text":
      return part.text === "" ? [] : [{ type: "text", text: part.text }];
    case "thinking":
      if (part.redacted !== undefined) return [{ type: "redacted_thinking", data: part.redacted }];
      return [{ type: "thinking", thinking: part.text, signature: part.signature ?? "" }];
    case "tool-call":
      return [{ type: "tool_use", id: callId(part.id, nextCall(), context), name: part.name, input: inputOf(part.arguments) }];
    case "image":
    case "tool-result":
      return [];
  }
}

/** The node's own id where it is one of Anthropic's kind; otherwise the request's. */
export function messageId(id: string, { requestId }: EncodingContext): string {
  return id.startsWith("msg_") ? id : `msg_${requestId}`;
}

/**
 * A call's id as the node gave it: the client hands it back, and a node whose template prints ids would otherwise read its whole prompt anew. One is
 * made where there is none.
 */
export function callId(id: string, index: number, { requestId }: EncodingContext): string {
  return id === "" ? `toolu_${requestId}_${index}` : id;
}

const stopReasons: Readonly<Record<Finish, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  "tool-calls": "tool_use",
  "content-filter": "refusal",
  refusal: "refusal",
};

/** `stop_reason` and `stop_sequence`. Servers that call tools and say "stop" mean the call: clients would not run it otherwise. */
export function stopOf(finish: Finish, stopText: string | undefined, hasCalls: boolean): Readonly<Record<string, string | null>> {
  if (finish === "stop" && hasCalls) return { stop_reason: "tool_use", stop_sequence: null };
  if (finish === "stop" && stopText !== undefined) return { stop_reason: "stop_sequence", stop_sequence: stopText };
  return { stop_reason: stopReasons[finish], stop_sequence: null };
}

/** Numbers stand in every field: clients add them up without looking. `said`: what to count where the node did not. */
export function usageOf(tokens: Tokens, context: EncodingContext, said: () => number): Readonly<Record<string, number>> {
  const { input = context.promptTokens, output, cacheRead = 0, cacheWrite = 0 } = tokens;
  return {
    input_tokens: Math.max(0, input - cacheRead - cacheWrite),
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cacheRead,
    output_tokens: output ?? said(),
  };
}

function tokensIn(parts: readonly Part[]): number {
  return parts.reduce((sum, part) => {
    if (part.type === "text" || part.type === "thinking") return sum + estimateTokens(part.text);
    return part.type === "tool-call" ? sum + estimateTokens(part.name) + estimateTokens(part.arguments) : sum;
  }, 0);
}
