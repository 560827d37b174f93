// The wire of OpenAI's Responses: named, numbered events, no `[DONE]`; `response.completed` or `response.incomplete` ends a stream, and holds the
// whole answer once more (apis.md 2.4). Errors have OpenAI's envelope.
import type { Usage } from "../contract/events.ts";
import { type Failure, failureTable } from "../contract/failure.ts";
import { errorText, toldByNode } from "./node-errors.ts";
import { dataOf, lastObject, openai, usageObject } from "./openai.ts";
import { field, isObject, numberIn, parsed, textIn } from "./shapes.ts";
import type { Wire } from "./wire.ts";

/** What a client shows nothing of: an item's or a part's beginning holds no words yet. */
const lifecycle: ReadonlySet<string> = new Set([
  "response.created",
  "response.queued",
  "response.in_progress",
  "response.output_item.added",
  "response.content_part.added",
  "response.reasoning_summary_part.added",
  "keepalive",
]);
const endTypes: ReadonlySet<string> = new Set(["response.completed", "response.incomplete"]);
/** Inside a JSON string the quotes would be escaped, so an answer that quotes an event does not end the stream. */
const finished = /"type"\s*:\s*"response\.(?:completed|incomplete)"/;
/** Only a last event knows its usage: enough where the answer is so long that its beginning is out of sight. */
const counted = /"usage"\s*:\s*\{[^{}]*"input_tokens"/;

export const responses: Wire = {
  frameEnd: "\n\n",
  streamType: openai.streamType,
  isContent: (frame) => {
    const data = dataOf(frame);
    const type = data === undefined ? undefined : textIn(parsed(data), "type");
    return data !== undefined && (type === undefined || !lifecycle.has(type));
  },
  failureIn,
  terminated,
  usageIn,
  failureFrame,
  keepAliveFrame: openai.keepAliveFrame,
  failureBody: openai.failureBody,
};

/** The last event may be far longer than a tail: where its beginning is out of sight, its end must be whole. */
function terminated(tail: string): boolean {
  const last =
    tail
      .trimEnd()
      .split(/\r?\n\r?\n/)
      .at(-1) ?? "";
  const data = dataOf(last);
  if (data !== undefined) return endTypes.has(textIn(parsed(data), "type") ?? "");
  return /[}]\r?\n\r?\n$/.test(tail) && (finished.test(tail) || counted.test(tail));
}

/** The error an event or a whole body tells. A response that is well says `"error": null`. */
export function responsesError(event: unknown, raw: string): Failure | undefined {
  if (!isObject(event)) return undefined;
  const inside = field(event, "response");
  const error = field(event, "error") ?? field(inside, "error");
  if (error != null) return toldByNode(errorText({ error }, raw));
  const failed = textIn(event, "type") === "response.failed" || textIn(inside, "status") === "failed" || event["status"] === "failed";
  return failed || textIn(event, "type") === "error" ? toldByNode(errorText(event, raw)) : undefined;
}

function failureIn(frame: string): Failure | undefined {
  const last =
    frame
      .trim()
      .split(/\r?\n\r?\n/)
      .at(-1) ?? "";
  const data = dataOf(last) ?? (last.startsWith("{") ? last : undefined);
  return data?.includes('"error"') === true || data?.includes('"failed"') === true ? responsesError(parsed(data), data) : undefined;
}

function usageIn(tail: string): Usage | undefined {
  const usage = lastObject(tail, usageObject);
  const tokensIn = numberIn(usage, "input_tokens");
  const tokensOut = numberIn(usage, "output_tokens");
  if (tokensIn === undefined && tokensOut === undefined) return undefined;
  const cachedTokens = numberIn(field(usage, "input_tokens_details"), "cached_tokens");
  return { tokensIn, tokensOut, estimated: false, ...(cachedTokens === undefined ? {} : { cachedTokens }) };
}

/**
 * Both ways of telling it, since clients listen to one of them: the official SDKs throw at `error`, Codex gives up at `response.failed`. The number
 * is that of a stream of its own: nobody here knows how many events came before.
 */
function failureFrame(failure: Failure): string {
  const { type, code } = failureTable[failure.kind];
  const { message, field: param = null } = failure;
  const error = { type: "error", sequence_number: 0, code, message, param, error: { type, code, message, param, source: "homeport" } };
  const response = { id: "resp_failed", object: "response", status: "failed", error: { code, message }, output: [] };
  const failed = { type: "response.failed", sequence_number: 1, response };
  return `event: error\ndata: ${JSON.stringify(error)}\n\nevent: response.failed\ndata: ${JSON.stringify(failed)}\n\n`;
}
