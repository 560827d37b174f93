// A stream of Anthropic's messages, read event by event (apis.md 3.2). Only `message_stop` ends it: without it the answer is broken, whatever came.
import { type Failure, fail } from "../contract/failure.ts";
import { answerToolName } from "./anthropic-messages-answer-tool.ts";
import { failureOf, finishOf, inputText, tokensOf } from "./anthropic-messages-reply.ts";
import type { ChatEvent, StreamDecoder } from "./canonical.ts";
import { dataOf } from "./openai.ts";
import { field, isObject, type JsonObject, numberIn, parsed, textIn } from "./shapes.ts";

/** A block that is open: whose fragments these are. `index` counts calls. */
type Open =
  | { readonly kind: "text" | "thinking" | "other" }
  | { readonly kind: "call"; readonly index: number; readonly input: unknown; told: boolean }
  | { readonly kind: "answer"; readonly input: unknown; told: boolean };

const silence: readonly ChatEvent[] = [];
const usageFields = ["input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"] as const;

export class AnthropicStreamDecoder implements StreamDecoder {
  readonly #now: number;
  readonly #open = new Map<number, Open>();
  /** Usage as told so far: later events say only what changed. */
  readonly #usage: Record<string, number> = {};
  #calls = 0;
  #started = false;
  #finished = false;
  #over = false;

  /** `now`: epoch milliseconds; this dialect tells no time of its own. */
  constructor(now: number) {
    this.#now = now;
  }

  push(frame: string): readonly ChatEvent[] {
    if (this.#over) return silence;
    const data = oneLine(frame) ?? dataOf(frame);
    // A bare line of JSON is how some servers tell an error after the headers are gone.
    const text = data ?? (frame.trimStart().startsWith("{") ? frame : undefined);
    if (text === undefined || text.trim() === "" || text === "[DONE]") return silence;
    const event = parsed(text);
    if (!isObject(event)) return this.#broken(fail("bad-upstream-event", "The node sent an event that is not JSON."));
    return this.#read(event);
  }

  end(): readonly ChatEvent[] {
    if (this.#over) return silence;
    return this.#broken(fail("stream-broken", "The node's stream ended before its message did."));
  }

  #read(event: JsonObject): readonly ChatEvent[] {
    switch (event["type"]) {
      case "content_block_delta":
        return this.#delta(event);
      case "content_block_start":
        return this.#begin(event);
      case "content_block_stop":
        return this.#close(event);
      case "message_start":
        return this.#start(event);
      case "message_delta":
        return this.#ending(event["delta"], event["usage"]);
      case "message_stop": {
        this.#over = true;
        return [...this.#finish(undefined, undefined), { type: "end" }];
      }
      default: {
        const failure = failureOf(event);
        return failure === undefined ? silence : this.#broken(failure);
      }
    }
  }

  #broken(failure: Failure): readonly ChatEvent[] {
    this.#over = true;
    this.#open.clear();
    return [{ type: "error", failure }];
  }

  #start(event: JsonObject): readonly ChatEvent[] {
    if (this.#started) return silence;
    this.#started = true;
    const message = event["message"];
    const start: ChatEvent = {
      type: "start",
      id: textIn(message, "id") ?? "",
      model: textIn(message, "model") ?? "",
      createdAt: this.#now,
    };
    return [start, ...this.#counted(field(message, "usage"))];
  }

  /** Some servers begin with the content. */
  #begun(): readonly ChatEvent[] {
    return this.#started ? silence : this.#start({});
  }

  #counted(usage: unknown): readonly ChatEvent[] {
    let said = false;
    for (const name of usageFields) {
      const count = numberIn(usage, name);
      if (count === undefined) continue;
      this.#usage[name] = count;
      said = true;
    }
    return said ? [{ type: "tokens", tokens: tokensOf(this.#usage) }] : silence;
  }

  #begin(event: JsonObject): readonly ChatEvent[] {
    const block = event["content_block"];
    const at = numberIn(event, "index") ?? this.#open.size;
    const first = this.#begun();
    switch (textIn(block, "type")) {
      case "text":
        this.#open.set(at, { kind: "text" });
        return [...first, ...said("text", textIn(block, "text"))];
      case "thinking":
        this.#open.set(at, { kind: "thinking" });
        return [...first, ...said("thinking", textIn(block, "thinking")), ...signed(textIn(block, "signature"))];
      case "redacted_thinking":
        this.#open.set(at, { kind: "other" });
        return [...first, { type: "thinking-redacted", data: textIn(block, "data") ?? "" }];
      case "tool_use":
        return [...first, ...this.#call(at, block)];
      default:
        this.#open.set(at, { kind: "other" });
        return first;
    }
  }

  #call(at: number, block: unknown): readonly ChatEvent[] {
    const name = textIn(block, "name") ?? "";
    const input = field(block, "input");
    if (name === answerToolName) {
      this.#open.set(at, { kind: "answer", input, told: false });
      return silence;
    }
    const index = this.#calls++;
    this.#open.set(at, { kind: "call", index, input, told: false });
    return [{ type: "tool-call", index, id: textIn(block, "id") ?? "", name }];
  }

  #delta(event: JsonObject): readonly ChatEvent[] {
    const delta = event["delta"];
    switch (textIn(delta, "type")) {
      case "text_delta":
        return this.#after(said("text", textIn(delta, "text")));
      case "thinking_delta":
        return this.#after(said("thinking", textIn(delta, "thinking")));
      case "signature_delta":
        return this.#after(signed(textIn(delta, "signature")));
      case "input_json_delta":
        return this.#fragment(this.#open.get(numberIn(event, "index") ?? -1), textIn(delta, "partial_json") ?? "");
      default:
        return silence;
    }
  }

  #after(events: readonly ChatEvent[]): readonly ChatEvent[] {
    return this.#started ? events : [...this.#begun(), ...events];
  }

  #fragment(open: Open | undefined, text: string): readonly ChatEvent[] {
    if (text === "" || open === undefined || !("told" in open)) return silence;
    open.told = true;
    return open.kind === "call" ? [{ type: "tool-arguments", index: open.index, text }] : said("text", text);
  }

  /** A call that came without fragments has its whole input at its start, or none. */
  #close(event: JsonObject): readonly ChatEvent[] {
    const at = numberIn(event, "index") ?? -1;
    const open = this.#open.get(at);
    this.#open.delete(at);
    if (open === undefined || !("told" in open) || open.told) return silence;
    return this.#fragment(open, inputText(open.input));
  }

  /** Usage may come alone, before the event that has a reason. */
  #ending(delta: unknown, usage: unknown): readonly ChatEvent[] {
    const tokens = this.#counted(usage);
    const stopReason = textIn(delta, "stop_reason");
    return stopReason === undefined ? tokens : [...this.#finish(stopReason, textIn(delta, "stop_sequence")), ...tokens];
  }

  #finish(stopReason: string | undefined, stopText: string | undefined): readonly ChatEvent[] {
    if (this.#finished) return silence;
    this.#finished = true;
    const finish = finishOf(stopReason, this.#calls > 0);
    return [...this.#begun(), { type: "finish", finish, ...(stopText === undefined ? {} : { stopText }) }];
  }
}

/** The data of a frame whose last line is its only one, which is nearly every frame. */
function oneLine(frame: string): string | undefined {
  const at = frame.indexOf("data:");
  if (at < 0 || (at > 0 && frame[at - 1] !== "\n") || frame.includes("\n", at)) return undefined;
  return frame.slice(at + 5).trim();
}

function said(type: "text" | "thinking", text: string | undefined): readonly ChatEvent[] {
  return text === undefined || text === "" ? silence : [{ type, text }];
}

function signed(signature: string | undefined): readonly ChatEvent[] {
  return signature === undefined || signature === "" ? silence : [{ type: "thinking-signature", signature }];
}
