// The OpenAI wire: Server-Sent Events with one JSON object per `data:` line and `[DONE]` at the end.
// Also read from llama-server and Ollama, whose habits differ (observed.md 1 to 3).
import type { Usage } from "../contract/events.ts";
import { type Failure, failureTable } from "../contract/failure.ts";
import type { Task } from "../contract/route.ts";
import { toldByNode } from "./node-errors.ts";
import { errorIn } from "./openai-chat-words.ts";
import { byteOrderMark, endsJson, field, isEmpty, isObject, type JsonObject, listIn, numberIn, parsed, saysMoreThan } from "./shapes.ts";
import type { Wire } from "./wire.ts";

/** What a llama-server router adds, as a bare line, when the child behind it died (observed.md 2). */
const proxyError = /^proxy error: .*/m;
/** At the start of a line: inside a JSON string a line break would be escaped, so an answer that quotes the marker does not end the stream. */
const doneMarker = /^data: ?\[DONE\]/m;
/** Some servers leave `[DONE]` out; the escaped quotes of an answer that quotes this key do not match. */
const finishReason = /"finish_reason"\s*:\s*"/;
/** Tasks whose whole answer is one JSON object. */
const whole: ReadonlySet<Task> = new Set(["embedding", "rerank", "load", "unload"]);

/** Server-Sent Events. */
export const eventStream = "text/event-stream; charset=utf-8";

export const openai: Wire = {
  frameEnd: "\n\n",
  streamType: eventStream,
  isContent,
  failureIn,
  terminated: (tail, task) => doneMarker.test(tail) || (whole.has(task) ? endsJson(tail) : finishReason.test(tail)),
  usageIn,
  failureFrame: (failure) => `data: ${JSON.stringify({ error: errorObject(failure) })}\n\n`,
  /** A comment: legal at any time. */
  keepAliveFrame: () => ": keep-alive\n\n",
  waitFrame: ({ model }, now, says) => {
    const choices = [{ index: 0, delta: { role: "assistant", reasoning_content: says }, finish_reason: null }];
    return `data: ${JSON.stringify({ id: "chatcmpl-waiting", object: "chat.completion.chunk", created: Math.floor(now / 1000), model, choices })}\n\n`;
  },
  failureBody: (failure, requestId) => JSON.stringify({ error: { ...errorObject(failure), request_id: requestId } }),
};

/** The envelope's inside: OpenAI's four fields, then ours. */
function errorObject(failure: Failure): Record<string, unknown> {
  const { type, code } = failureTable[failure.kind];
  const { message, field: param, node, reasons, near, attempts } = failure;
  return {
    message,
    type,
    param: param ?? null,
    code,
    source: "homeport",
    ...(node === undefined ? {} : { node }),
    ...(reasons === undefined || reasons.length === 0 ? {} : { reasons }),
    ...(near === undefined || near.length === 0 ? {} : { near }),
    ...(attempts === undefined || attempts.length === 0 ? {} : { attempts }),
  };
}

/** The JSON of a frame's `data:` lines; undefined for comments and `[DONE]`. */
export function dataOf(frame: string): string | undefined {
  let data: string | undefined;
  for (const line of (frame.startsWith(byteOrderMark) ? frame.slice(1) : frame).split(/\r?\n/)) {
    if (line.startsWith("data:")) data = (data === undefined ? "" : `${data}\n`) + line.slice(5).trimStart();
  }
  return data;
}

/** A frame we do not understand counts as content: holding it back could only lose something. */
function isContent(frame: string): boolean {
  if (saysText(frame)) return true;
  const data = dataOf(frame);
  if (data === undefined) return false;
  if (data === "[DONE]") return true;
  const event = parsed(data);
  if (!isObject(event)) return true;
  if (isLoadingTalk(event)) return false;
  // Progress of the prompt is sent only to a client that asked for it, and is of use only while it lasts.
  if (!Array.isArray(event["choices"]) || !isEmpty(event["prompt_progress"])) return true;
  const choices = listIn(event, "choices");
  return choices.length === 0 ? !isEmpty(event["usage"]) : choices.some(choiceHasContent);
}

/** A look without parsing, which is enough for nearly every first event: inside a JSON string the quotes of this key would be escaped. */
function saysText(frame: string): boolean {
  const at = frame.startsWith("data: {") ? frame.indexOf(contentKey) : -1;
  return at >= 0 && frame[at + contentKey.length] !== '"';
}

const contentKey = '"content":"';

/**
 * llama-swap's own words while a model loads, told as reasoning (apis.md 9): a chunk with one choice and nothing else, without id, model and index,
 * which every model's chunk has. It is no first token: nothing is committed by it.
 */
export function isLoadingTalk(event: JsonObject): boolean {
  const choice = onlyIn(event, "choices");
  const delta = Array.isArray(choice) && choice.length === 1 ? onlyIn(choice[0], "delta") : undefined;
  return typeof onlyIn(delta, "reasoning_content") === "string";
}

/** The value of the only field an object has; undefined where it has another, or more. */
function onlyIn(value: unknown, key: string): unknown {
  return isObject(value) && Object.keys(value).length === 1 ? field(value, key) : undefined;
}

const silentInChoice: ReadonlySet<string> = new Set(["index", "delta", "logprobs"]);
const silentInDelta: ReadonlySet<string> = new Set(["role"]);

/** Whatever stands there besides a role: content, reasoning, tool calls, a refusal, audio, a finish, and what servers invent next. */
function choiceHasContent(choice: unknown): boolean {
  return saysMoreThan(silentInChoice, choice) || saysMoreThan(silentInDelta, field(choice, "delta") ?? {});
}

function failureIn(frame: string): Failure | undefined {
  if (!frame.includes("error")) return undefined;
  const text = frame.trim();
  const proxy = proxyError.exec(text);
  if (proxy !== null) return toldByNode(proxy[0]);
  // What is left when a stream ends may hold earlier events too; the error is the last.
  const last = text.split(/\r?\n\r?\n/).at(-1) ?? text;
  const data = dataOf(last) ?? (text.startsWith("{") ? text : undefined);
  if (data === undefined || !data.includes('"error"')) return undefined;
  return errorIn(parsed(data), data);
}

/** Usage is in the last frames, or at the end of a whole body: found by its own object, without parsing what comes before. */
function usageIn(tail: string): Usage | undefined {
  const usage = lastObject(tail, usageObject);
  const timings = lastObject(tail, timingsObject);
  const tokensOut = numberIn(usage, "completion_tokens") ?? numberIn(timings, "predicted_n");
  const tokensIn = numberIn(usage, "prompt_tokens") ?? promptTokens(timings) ?? allOfThem(usage, tokensOut);
  if (tokensIn === undefined && tokensOut === undefined) return undefined;
  const cachedTokens = numberIn(field(usage, "prompt_tokens_details"), "cached_tokens") ?? numberIn(timings, "cache_n");
  const tokensPerSecond = numberIn(timings, "predicted_per_second");
  return { tokensIn, tokensOut, tokensPerSecond, estimated: false, ...(cachedTokens === undefined ? {} : { cachedTokens }) };
}

/** Rerankers tell one sum, and write nothing: all of it was read. */
function allOfThem(usage: unknown, tokensOut: number | undefined): number | undefined {
  return tokensOut === undefined ? numberIn(usage, "total_tokens") : undefined;
}

function promptTokens(timings: unknown): number | undefined {
  const fresh = numberIn(timings, "prompt_n");
  return fresh === undefined ? undefined : fresh + (numberIn(timings, "cache_n") ?? 0);
}

/** Where a key with an object behind it ends, brace included. Expressions and not words: V8 compiles them, and searches a whole body in 40 ns. */
export const usageObject = /"usage"\s*:\s*\{/g;
const timingsObject = /"timings"\s*:\s*\{/g;

/**
 * The last whole object behind a key (`usageObject`), in a text which may begin and end in the middle of one. Strings inside hold no braces that
 * matter here: these objects hold numbers.
 */
export function lastObject(text: string, key: RegExp): unknown {
  let last = -1;
  let before = -1;
  key.lastIndex = 0;
  while (key.test(text)) {
    before = last;
    last = key.lastIndex - 1;
  }
  return objectAt(text, last) ?? objectAt(text, before);
}

function objectAt(text: string, open: number): unknown {
  let depth = 0;
  for (let i = open; i >= 0 && i < text.length; i++) {
    if (text[i] === "{") depth += 1;
    else if (text[i] === "}" && --depth === 0) return parsed(text.slice(open, i + 1));
  }
  return undefined;
}
