// A stream of OpenAI's Responses read event by event. What an event tells again in full (`….done`) is taken only where its pieces never came.
import { fail } from "../contract/failure.ts";
import type { ChatEvent, StreamDecoder } from "./canonical.ts";
import { dataOf } from "./openai.ts";
import { malformed } from "./openai-chat-words.ts";
import { callIdOf } from "./openai-responses-reply.ts";
import { finishIn, thoughtPart, tokensIn } from "./openai-responses-words.ts";
import { responsesError } from "./responses.ts";
import { field, isObject, type JsonObject, listIn, numberIn, parsed, textIn } from "./shapes.ts";

const none: readonly ChatEvent[] = [];

/** Reads the frames of a stream. `now`: when the answer began, for servers that do not say. */
export function streamDecoder(now: number): StreamDecoder {
  return new ResponsesDecoder(now);
}

interface HeardItem {
  /** Among the calls, counted from 0; -1 for what is no call. */
  readonly call: number;
  hasWords: boolean;
}

class ResponsesDecoder implements StreamDecoder {
  readonly #now: number;
  readonly #items = new Map<string, HeardItem>();
  #calls = 0;
  #isStarted = false;
  #isRefused = false;
  #isClosed = false;

  constructor(now: number) {
    this.#now = now;
  }

  push(frame: string): readonly ChatEvent[] {
    if (this.#isClosed) return none;
    const text = frame.trim();
    const data = dataOf(frame) ?? (text.startsWith("{") ? text : undefined);
    if (data === undefined || data === "" || data === "[DONE]") return none;
    const event = parsed(data);
    if (!isObject(event)) return this.#close({ type: "error", failure: malformed("an event of its stream is not JSON") });
    const error = responsesError(event, data);
    if (error !== undefined) return this.#close({ type: "error", failure: error });
    const response = field(event, "response");
    const start = isObject(response) ? this.#start(response) : none;
    const said = this.#event(textIn(event, "type") ?? "", event, response);
    return start.length === 0 ? said : [...start, ...said];
  }

  end(): readonly ChatEvent[] {
    if (this.#isClosed) return none;
    return this.#close({ type: "error", failure: fail("stream-broken", "The node's answer ended in the middle. Try again.") });
  }

  #close(...last: readonly ChatEvent[]): readonly ChatEvent[] {
    this.#isClosed = true;
    return last;
  }

  #start(response: JsonObject): readonly ChatEvent[] {
    if (this.#isStarted) return none;
    this.#isStarted = true;
    const created = numberIn(response, "created_at");
    const createdAt = created === undefined ? this.#now : created * 1000;
    return [{ type: "start", id: textIn(response, "id") ?? "", model: textIn(response, "model") ?? "", createdAt }];
  }

  #event(type: string, event: JsonObject, response: unknown): readonly ChatEvent[] {
    switch (type) {
      case "response.output_item.added":
        return this.#added(event);
      case "response.output_text.delta":
        return this.#text(event, listIn(event, "logprobs"));
      case "response.refusal.delta":
        this.#isRefused = true;
        return this.#text(event, []);
      case "response.reasoning_summary_text.delta":
      case "response.reasoning_text.delta":
        return this.#thought(event);
      case "response.function_call_arguments.delta":
        return this.#argue(this.#itemOf(event), textIn(event, "delta") ?? "");
      case "response.output_item.done":
        return this.#done(event, field(event, "item"));
      case "response.completed":
      case "response.incomplete":
        return this.#finish(response);
      default:
        return none;
    }
  }

  #itemOf(event: JsonObject): HeardItem {
    const at = placeOf(event);
    const known = this.#items.get(at);
    if (known !== undefined) return known;
    const isCall = textIn(field(event, "item"), "type") === "function_call";
    const item: HeardItem = { call: isCall ? this.#calls++ : -1, hasWords: false };
    this.#items.set(at, item);
    return item;
  }

  #added(event: JsonObject): readonly ChatEvent[] {
    const item = field(event, "item");
    const { call } = this.#itemOf(event);
    return call < 0 ? none : [{ type: "tool-call", index: call, id: callIdOf(item), name: textIn(item, "name") ?? "" }];
  }

  #text(event: JsonObject, logprobs: readonly unknown[]): readonly ChatEvent[] {
    const text = textIn(event, "delta") ?? "";
    this.#itemOf(event).hasWords = true;
    return [{ type: "text", text, ...(logprobs.length === 0 ? {} : { logprobs: { content: logprobs } }) }];
  }

  #thought(event: JsonObject): readonly ChatEvent[] {
    this.#itemOf(event).hasWords = true;
    return [{ type: "thinking", text: textIn(event, "delta") ?? "" }];
  }

  #argue(item: HeardItem, text: string): readonly ChatEvent[] {
    if (item.call < 0 || text === "") return none;
    item.hasWords = true;
    return [{ type: "tool-arguments", index: item.call, text }];
  }

  /** An item that came whole, and what only its end tells. */
  #done(event: JsonObject, item: unknown): readonly ChatEvent[] {
    const isNew = !this.#items.has(placeOf(event));
    const heard = this.#itemOf(event);
    const type = textIn(item, "type");
    if (type === "function_call") {
      const begun = isNew ? this.#added(event) : none;
      return heard.hasWords ? begun : [...begun, ...this.#argue(heard, textIn(item, "arguments") ?? "")];
    }
    if (type === "reasoning") {
      const { text, signature, redacted } = thoughtPart(item);
      if (redacted !== undefined) return [{ type: "thinking-redacted", data: redacted }];
      const said: readonly ChatEvent[] = heard.hasWords || text === "" ? none : [{ type: "thinking", text }];
      return signature === undefined ? said : [...said, { type: "thinking-signature", signature }];
    }
    if (type !== "message" || heard.hasWords) return none;
    return listIn(item, "content").flatMap((part): readonly ChatEvent[] => {
      const text = textIn(part, "text") ?? textIn(part, "refusal") ?? "";
      this.#isRefused ||= textIn(part, "type") === "refusal";
      return text === "" ? none : [{ type: "text", text }];
    });
  }

  #finish(response: unknown): readonly ChatEvent[] {
    const tokens = tokensIn(response);
    const finish = finishIn(response, this.#calls > 0, this.#isRefused);
    return this.#close({ type: "finish", finish }, ...(tokens === undefined ? [] : [{ type: "tokens" as const, tokens }]), { type: "end" });
  }
}

/** Which item an event is about: llama-server tells no place, only the item's id. */
function placeOf(event: JsonObject): string {
  return String(numberIn(event, "output_index") ?? textIn(event, "item_id") ?? textIn(field(event, "item"), "id") ?? "");
}
