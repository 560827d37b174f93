// A whole answer of OpenAI's Responses, both ways: its text, thoughts and calls are items of one list.
import type { Failure } from "../contract/failure.ts";
import type { ChatReply, EncodingContext, Part } from "./canonical.ts";
import { malformed } from "./openai-chat-words.ts";
import {
  finishIn,
  itemId,
  logprobsIn,
  outputText,
  reasoningItem,
  responseOf,
  sealOf,
  stateOf,
  thoughtPart,
  tokensIn,
} from "./openai-responses-words.ts";
import { responsesError } from "./responses.ts";
import { field, isObject, type JsonObject, listIn, numberIn, textIn } from "./shapes.ts";

/** Reads a whole response. Items that the small form has no word for (searches, images made) are passed over. */
export function decodeReply(body: unknown, now: number): ChatReply | { readonly failure: Failure } {
  const error = responsesError(body, isObject(body) ? JSON.stringify(body) : "");
  if (error !== undefined) return { failure: error };
  if (!isObject(body) || !Array.isArray(body["output"])) return { failure: malformed("its answer has no output") };
  const output = listIn(body, "output");
  const parts = output.flatMap(partsOf);
  const refused = output.some((item) => listIn(item, "content").some((part) => textIn(part, "type") === "refusal"));
  const created = numberIn(body, "created_at");
  const logprobs = output.flatMap((item) => listIn(item, "content").flatMap((part) => listIn(part, "logprobs")));
  return {
    id: textIn(body, "id") ?? "",
    model: textIn(body, "model") ?? "",
    createdAt: created === undefined ? now : created * 1000,
    parts,
    finish: finishIn(
      body,
      parts.some(({ type }) => type === "tool-call"),
      refused,
    ),
    tokens: tokensIn(body) ?? {},
    ...(logprobs.length === 0 ? {} : { logprobs: { content: logprobs } }),
  };
}

function partsOf(item: unknown): readonly Part[] {
  switch (textIn(item, "type")) {
    case "message":
      return listIn(item, "content").flatMap((part): readonly Part[] => {
        const text = textIn(part, "text") ?? textIn(part, "refusal") ?? "";
        return text === "" ? [] : [{ type: "text", text }];
      });
    case "reasoning": {
      const thought = thoughtPart(item);
      return thought.text === "" && (thought.signature ?? thought.redacted) === undefined ? [] : [thought];
    }
    case "function_call":
      return [{ type: "tool-call", id: callIdOf(item), name: textIn(item, "name") ?? "", arguments: textIn(item, "arguments") ?? "" }];
    default:
      return [];
  }
}

/** The id that a result names; the item's own is another. */
export function callIdOf(item: unknown): string {
  return textIn(item, "call_id") ?? textIn(item, "id") ?? "";
}

/** A whole answer in this dialect's words. */
export function encodeReply(reply: ChatReply, context: EncodingContext): JsonObject {
  const refuses = reply.finish === "refusal" && reply.parts.some((part) => part.type === "text");
  const { status } = refuses ? { status: "completed" } : stateOf(reply.finish);
  const logprobs = logprobsIn(reply.logprobs);
  const output: JsonObject[] = [];
  let texts: JsonObject[] | undefined;
  for (const part of reply.parts) {
    const at = output.length;
    if (part.type === "text") {
      if (texts === undefined) {
        texts = [];
        output.push({ id: itemId("msg", context, at), type: "message", status, role: "assistant", content: texts });
      }
      const { text } = part;
      texts.push(refuses ? { type: "refusal", refusal: text } : outputText(text, texts.length === 0 ? logprobs : []));
      continue;
    }
    texts = undefined;
    if (part.type === "thinking") output.push(reasoningItem(itemId("rs", context, at), part.text, sealOf(part)));
    if (part.type === "tool-call") output.push(callItem(itemId("fc", context, at), status, part));
  }
  const finish = refuses ? "stop" : reply.finish;
  return responseOf(context, reply.createdAt, output, { finish, tokens: reply.tokens });
}

function callItem(id: string, status: string, { id: call_id, name, arguments: text }: Extract<Part, { type: "tool-call" }>): JsonObject {
  return { id, type: "function_call", status, call_id, name, arguments: text };
}

/** The response that an event of a stream, or a whole body, holds; undefined where there is none. */
export function responseIn(event: unknown): JsonObject | undefined {
  const inside = field(event, "response");
  if (isObject(inside)) return inside;
  return isObject(event) && event["object"] === "response" ? event : undefined;
}
