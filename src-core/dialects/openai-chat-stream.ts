// An OpenAI stream read event by event, from whichever server speaks it: tool calls without index or id, names that repeat, usage in any chunk,
// errors in three shapes. A stream without its end is told as broken (F14), an event that is no JSON as malformed (F16).
import { fail } from "../contract/failure.ts";
import type { ChatEvent, StreamDecoder } from "./canonical.ts";
import { toldByNode } from "./node-errors.ts";
import { dataOf, isLoadingTalk } from "./openai.ts";
import { CallReader } from "./openai-chat-calls.ts";
import { TextPattern } from "./openai-chat-pattern.ts";
import { errorIn, finishOf, partsOf, tokensIn } from "./openai-chat-words.ts";
import { field, isObject, type JsonObject, listIn, numberIn, parsed, textIn } from "./shapes.ts";

const none: readonly ChatEvent[] = [];
const textKeys = ['"content":"', '"text":"'];
const thinkingKeys = ['"reasoning_content":"', '"reasoning":"'];

/** Reads the frames of a chat's or a completion's stream. `now`: when the answer began, for servers that do not say. */
export function streamDecoder(now: number): StreamDecoder {
  return new OpenAiDecoder(now);
}

class OpenAiDecoder implements StreamDecoder {
  readonly #now: number;
  readonly #calls = new CallReader();
  readonly #text = new TextPattern(textKeys);
  readonly #thinking = new TextPattern(thinkingKeys);
  #started = false;
  #finished = false;
  #closed = false;
  #refused = false;

  constructor(now: number) {
    this.#now = now;
  }

  push(frame: string): readonly ChatEvent[] {
    if (this.#closed) return none;
    const text = this.#text.textIn(frame);
    if (text !== undefined) return [{ type: "text", text }];
    const thinking = this.#thinking.textIn(frame);
    if (thinking !== undefined) return [{ type: "thinking", text: thinking }];
    // A server that ends its lines with CR LF has blank lines that the framer need not have seen.
    if (!frame.includes("\r")) return this.#event(frame);
    return frame.split(/\r?\n\r?\n/).flatMap((event) => this.#event(event.trimEnd()));
  }

  end(): readonly ChatEvent[] {
    if (this.#closed) return none;
    // Some servers leave `[DONE]` out; the reason why they finished says the same.
    if (this.#finished) return this.#close({ type: "end" });
    return this.#close({ type: "error", failure: fail("stream-broken", "The node's answer ended in the middle. Try again.") });
  }

  #close(last: ChatEvent): readonly ChatEvent[] {
    this.#closed = true;
    return [last];
  }

  #event(frame: string): readonly ChatEvent[] {
    if (this.#closed) return none;
    const data = dataOf(frame) ?? bareLine(frame);
    if (data === undefined || data === "") return none;
    if (data === "[DONE]") return [...this.#finish("stop", undefined), ...this.#close({ type: "end" })];
    if (data.startsWith("proxy error:")) return this.#close({ type: "error", failure: toldByNode(data) });
    const event = parsed(data);
    if (!isObject(event))
      return this.#close({ type: "error", failure: fail("bad-upstream-event", "The node sent an event that is not JSON.") });
    if (!this.#started && isLoadingTalk(event)) return none;
    const error = errorIn(event, data);
    if (error !== undefined) return this.#close({ type: "error", failure: error });
    const events = this.#chunk(event);
    this.#learn(frame, events);
    return events;
  }

  #learn(frame: string, [only, second]: readonly ChatEvent[]): void {
    if (second !== undefined) return;
    if (only?.type === "text" && only.logprobs === undefined) this.#text.learn(frame, only.text);
    if (only?.type === "thinking") this.#thinking.learn(frame, only.text);
  }

  #chunk(event: JsonObject): readonly ChatEvent[] {
    const events: ChatEvent[] = [];
    const id = textIn(event, "id") ?? "";
    if (!this.#started) {
      this.#started = true;
      this.#calls.replyId = id;
      const created = numberIn(event, "created");
      events.push({
        type: "start",
        id,
        model: textIn(event, "model") ?? "",
        createdAt: created === undefined ? this.#now : created * 1000,
      });
    }
    const choice = listIn(event, "choices").find((one) => (numberIn(one, "index") ?? 0) === 0);
    if (choice !== undefined) this.#choice(choice, events);
    const tokens = tokensIn(event);
    if (tokens !== undefined) events.push({ type: "tokens", tokens });
    return events;
  }

  #choice(choice: unknown, events: ChatEvent[]): void {
    // A server that does not stream after all may answer with one whole message.
    const delta = field(choice, "delta") ?? field(choice, "message");
    const thinking = textIn(delta, "reasoning_content") || textIn(delta, "reasoning");
    if (thinking !== undefined && thinking !== "") events.push({ type: "thinking", text: thinking });
    for (const part of listIn(delta, "content").flatMap(partsOf)) {
      if (part.type === "text" || part.type === "thinking") events.push({ type: part.type, text: part.text });
    }
    const text = textIn(delta, "content") ?? textIn(choice, "text") ?? "";
    const logprobs = field(choice, "logprobs");
    if (text !== "" || isObject(logprobs)) events.push({ type: "text", text, ...(isObject(logprobs) ? { logprobs } : {}) });
    const refusal = textIn(delta, "refusal") ?? "";
    if (refusal !== "") {
      this.#refused = true;
      events.push({ type: "text", text: refusal });
    }
    const legacy = field(delta, "function_call");
    for (const call of listIn(delta, "tool_calls")) this.#calls.push(call, events);
    if (isObject(legacy)) this.#calls.push({ index: 0, function: legacy }, events);
    const reason = textIn(choice, "finish_reason");
    if (reason !== undefined) events.push(...this.#finish(reason, textIn(choice, "stop_reason")));
  }

  #finish(reason: string, stopText: string | undefined): readonly ChatEvent[] {
    if (this.#finished) return none;
    this.#finished = true;
    const events: ChatEvent[] = [];
    this.#calls.flush(events);
    const finish = finishOf(reason, this.#calls.count > 0, this.#refused);
    return [...events, { type: "finish", finish, ...(stopText === undefined ? {} : { stopText }) }];
  }
}

/** What stands outside `data:` and still says something: a bare error object, or a llama-server router's line about its child (observed.md 2). */
function bareLine(frame: string): string | undefined {
  const text = frame.trim();
  return text.startsWith("{") || text.startsWith("proxy error:") ? text : undefined;
}
