// A whole answer of OpenAI's kind, both ways: `chat.completion` and `text_completion`.
import type { Failure } from "../contract/failure.ts";
import type { ChatReply, EncodingContext, Part } from "./canonical.ts";
import {
  argumentsOf,
  callId,
  errorIn,
  finishOf,
  finishReasons,
  idOf,
  logprobsFor,
  malformed,
  partsOf,
  textParts,
  tokensIn,
  usageOf,
} from "./openai-chat-words.ts";
import { field, isObject, type JsonObject, listIn, numberIn, textIn } from "./shapes.ts";

/** Reads a whole answer of either kind. A body that tells an error under "200 OK" (LM Studio) is that error. */
export function decodeReply(body: unknown, now: number): ChatReply | { readonly failure: Failure } {
  const error = errorIn(body, isObject(body) ? JSON.stringify(body) : "");
  if (error !== undefined) return { failure: error };
  const choices = listIn(body, "choices");
  const choice = choices.find((one) => (numberIn(one, "index") ?? 0) === 0);
  if (!isObject(choice)) return { failure: malformed("its answer has no choices") };
  const message = field(choice, "message");
  const refusal = textIn(message, "refusal") ?? "";
  const id = textIn(body, "id") ?? "";
  const calls = decodeCalls(message, id);
  const parts = [
    ...thinkingParts(message),
    ...textParts(textIn(choice, "text")),
    ...contentParts(message),
    ...textParts(refusal),
    ...calls,
  ];
  const created = numberIn(body, "created");
  const stopText = textIn(choice, "stop_reason");
  return {
    id,
    model: textIn(body, "model") ?? "",
    createdAt: created === undefined ? now : created * 1000,
    parts,
    finish: finishOf(textIn(choice, "finish_reason") ?? "stop", calls.length > 0, refusal !== ""),
    ...(stopText === undefined ? {} : { stopText }),
    tokens: tokensIn(body) ?? {},
    ...(isObject(choice["logprobs"]) ? { logprobs: choice["logprobs"] } : {}),
  };
}

function thinkingParts(message: unknown): readonly Part[] {
  const text = textIn(message, "reasoning_content") ?? textIn(message, "reasoning") ?? "";
  return text === "" ? [] : [{ type: "thinking", text }];
}

/** A text, or parts: Mistral tells its thinking as parts of the content. */
function contentParts(message: unknown): readonly Part[] {
  return [...textParts(textIn(message, "content")), ...listIn(message, "content").flatMap(partsOf)];
}

function decodeCalls(message: unknown, id: string): readonly Part[] {
  const legacy = field(message, "function_call");
  const calls = listIn(message, "tool_calls").map((call) => ({ id: textIn(call, "id"), told: field(call, "function") }));
  const all = calls.length === 0 && isObject(legacy) ? [{ id: undefined, told: legacy }] : calls;
  return all.map((call, i) => ({
    type: "tool-call",
    id: call.id === undefined || call.id === "" ? callId(id, i) : call.id,
    name: textIn(call.told, "name") ?? "",
    arguments: argumentsOf(call.told) ?? "",
  }));
}

/** A whole answer in OpenAI's words: `chat.completion`, or `text_completion` where the client asked for that. */
export function encodeReply(reply: ChatReply, context: EncodingContext): JsonObject {
  const text = reply.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("");
  const isCompletion = context.completion === true;
  const finish_reason = finishReasons[reply.finish];
  const logprobs = logprobsFor(isCompletion, reply.logprobs) ?? null;
  const choice = isCompletion
    ? { text, index: 0, logprobs, finish_reason }
    : { index: 0, message: messageOf(reply, text), logprobs, finish_reason };
  return {
    id: idOf(reply.id, context),
    object: isCompletion ? "text_completion" : "chat.completion",
    created: Math.floor(reply.createdAt / 1000),
    model: context.model,
    choices: [choice],
    usage: usageOf(reply.tokens, context.promptTokens),
  };
}

/** A refusal stands in its own field, and then the content is null, as OpenAI has it. */
function messageOf({ parts, finish }: ChatReply, text: string): JsonObject {
  const thinking = parts.flatMap((part) => (part.type === "thinking" ? [part.text] : [])).join("");
  const calls = parts.flatMap((part) =>
    part.type === "tool-call" ? [{ id: part.id, type: "function", function: { name: part.name, arguments: part.arguments } }] : [],
  );
  const refuses = finish === "refusal" && text !== "";
  return {
    role: "assistant",
    content: refuses || (text === "" && calls.length > 0) ? null : text,
    refusal: refuses ? text : null,
    ...(thinking === "" ? {} : { reasoning_content: thinking }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}
