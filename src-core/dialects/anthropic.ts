// The Anthropic wire: named events, `message_stop` at the end, errors as an `error` event (apis.md 3).
import type { Usage } from "../contract/events.ts";
import { type Failure, statusOf } from "../contract/failure.ts";
import { failureOf } from "./anthropic-messages-reply.ts";
import { dataOf, eventStream, lastObject, usageObject } from "./openai.ts";
import { numberIn, parsed, textIn } from "./shapes.ts";
import type { Wire } from "./wire.ts";

const typeByStatus: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
};
const lifecycle: ReadonlySet<string> = new Set(["message_start", "content_block_start", "ping"]);

export const anthropic: Wire = {
  frameEnd: "\n\n",
  streamType: eventStream,
  isContent: (frame) => {
    const data = dataOf(frame);
    const type = data === undefined ? undefined : textIn(parsed(data), "type");
    return data !== undefined && (type === undefined || !lifecycle.has(type));
  },
  failureIn,
  terminated: (tail) => /"type"\s*:\s*"message_stop"/.test(tail),
  usageIn,
  failureFrame: (failure) => `event: error\ndata: ${JSON.stringify({ type: "error", error: errorObject(failure) })}\n\n`,
  /** A ping, which Anthropic's own libraries pass over wherever it stands, before `message_start` too; a comment would not reset their timers. */
  keepAliveFrame: () => 'event: ping\ndata: {"type": "ping"}\n\n',
  failureBody: (failure, requestId) => JSON.stringify({ type: "error", error: errorObject(failure), request_id: requestId }),
};

function errorObject(failure: Failure): Record<string, unknown> {
  return { type: typeByStatus[statusOf(failure)] ?? "api_error", message: failure.message };
}

function failureIn(frame: string): Failure | undefined {
  const data = dataOf(frame) ?? frame.trim();
  if (!data.includes('"error"')) return undefined;
  return failureOf(parsed(data));
}

function usageIn(tail: string): Usage | undefined {
  const last = lastObject(tail, usageObject);
  // The final event may leave out what the first one said, if the tail reaches back so far.
  const first = lastObject(tail.slice(0, tail.indexOf('"content_block_start"') + 1), usageObject);
  const input = numberIn(last, "input_tokens") === undefined ? first : last;
  const tokensIn = inputOf(input);
  const tokensOut = numberIn(last, "output_tokens");
  if (tokensIn === undefined && tokensOut === undefined) return undefined;
  const cachedTokens = numberIn(input, "cache_read_input_tokens");
  const cacheWriteTokens = numberIn(input, "cache_creation_input_tokens");
  return {
    tokensIn,
    tokensOut,
    estimated: false,
    ...(cachedTokens === undefined ? {} : { cachedTokens }),
    ...(cacheWriteTokens === undefined ? {} : { cacheWriteTokens }),
  };
}

/** Everything the model had to take in; what came out of a cache or went into one is counted apart by this dialect. */
function inputOf(usage: unknown): number | undefined {
  const fresh = numberIn(usage, "input_tokens");
  if (fresh === undefined) return undefined;
  return fresh + (numberIn(usage, "cache_read_input_tokens") ?? 0) + (numberIn(usage, "cache_creation_input_tokens") ?? 0);
}
