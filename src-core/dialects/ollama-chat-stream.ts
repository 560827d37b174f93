// Ollama's stream, both ways: one JSON object a line, `done: true` on the last. Read and written line by line; nothing is kept besides the calls
// of tools, which Ollama tells only whole.
import { type Failure, fail } from "../contract/failure.ts";
import type { ChatEvent, EncodingContext, Finish, StreamDecoder, StreamEncoder, Tokens } from "./canonical.ts";
import { errorText, toldByNode } from "./node-errors.ts";
import { ollama } from "./ollama.ts";
import { endFor, finishOf, logprobsFor, logprobsIn, timeStamp, tokensIn, toolCallFor, toolCallIn } from "./ollama-chat-reply.ts";
import { isObject, type JsonObject, listIn, parsed, textIn } from "./shapes.ts";

const nothing: readonly ChatEvent[] = [];

export class OllamaStreamDecoder implements StreamDecoder {
  readonly #now: number;
  #started = false;
  #calls = 0;
  #over = false;

  constructor(now: number) {
    this.#now = now;
  }

  push(frame: string): readonly ChatEvent[] {
    if (this.#over || frame.trim() === "") return nothing;
    const line = parsed(frame);
    if (!isObject(line)) return this.#broken(fail("bad-upstream-event", "The node sent a line that is no JSON object."));
    if (line["error"] != null) return this.#broken(toldByNode(errorText(line, frame)));
    const events: ChatEvent[] = [];
    this.#said(line, events);
    if (line["done"] === true) this.#done(line, events);
    return events;
  }

  end(): readonly ChatEvent[] {
    return this.#over ? nothing : this.#broken(fail("stream-broken", "The node ended its answer without finishing it."));
  }

  #broken(failure: Failure): readonly ChatEvent[] {
    this.#over = true;
    return [{ type: "error", failure }];
  }

  #said(line: JsonObject, events: ChatEvent[]): void {
    if (!this.#started) events.push({ type: "start", id: "", model: textIn(line, "model") ?? "", createdAt: this.#now });
    this.#started = true;
    const message = line["message"];
    const thinking = textIn(message, "thinking") ?? textIn(line, "thinking") ?? "";
    if (thinking !== "") events.push({ type: "thinking", text: thinking });
    const text = textIn(message, "content") ?? textIn(line, "response") ?? "";
    const logprobs = logprobsIn(line);
    if (text !== "" || logprobs !== undefined) events.push({ type: "text", text, ...(logprobs === undefined ? {} : { logprobs }) });
    for (const call of listIn(message, "tool_calls")) this.#called(toolCallIn(call, this.#calls, this.#now), events);
  }

  #called({ id, name, arguments: text }: ReturnType<typeof toolCallIn>, events: ChatEvent[]): void {
    const index = this.#calls;
    this.#calls += 1;
    events.push({ type: "tool-call", index, id, name }, { type: "tool-arguments", index, text });
  }

  #done(line: JsonObject, events: ChatEvent[]): void {
    this.#over = true;
    events.push({ type: "finish", finish: finishOf(line, this.#calls > 0) }, { type: "tokens", tokens: tokensIn(line) }, { type: "end" });
  }
}

/** A call whose arguments are still coming. */
interface OpenCall {
  readonly id: string;
  readonly name: string;
  readonly text: string[];
}

/** Writes one line per event that says something; the calls and the figures go out with the last one. */
export class OllamaStreamEncoder implements StreamEncoder {
  readonly #context: EncodingContext;
  /** A line until the digits of its time, and from there to its text. */
  readonly #begin: string;
  readonly #textKey: string;
  readonly #textEnd: string;
  readonly #calls = new Map<number, OpenCall>();
  #stampMs = Number.NaN;
  #stamp = "";
  #firstMs: number | undefined;
  #finish: Finish = "stop";
  #tokens: Tokens = {};

  constructor(context: EncodingContext) {
    const isText = context.completion === true;
    this.#context = context;
    this.#begin = `{"model":${JSON.stringify(context.model)},"created_at":"`;
    this.#textKey = isText ? `","response":` : `","message":{"role":"assistant","content":`;
    this.#textEnd = isText ? "" : "}";
  }

  push(event: ChatEvent): string {
    switch (event.type) {
      case "text":
        return this.#text(event.text, event.logprobs);
      case "thinking":
        return this.#line("", `,"thinking":${JSON.stringify(event.text)}`);
      case "tool-call":
        this.#firstMs ??= this.#context.elapsedMs?.();
        this.#calls.set(event.index, { id: event.id, name: event.name, text: [] });
        return "";
      case "tool-arguments":
        this.#calls.get(event.index)?.text.push(event.text);
        return "";
      case "finish":
        this.#finish = event.finish;
        return this.#toolCalls();
      case "tokens":
        this.#tokens = { ...this.#tokens, ...event.tokens };
        return "";
      case "end":
        return this.#toolCalls() + this.#last();
      case "error":
        return ollama.failureFrame(event.failure);
      default:
        return "";
    }
  }

  #text(text: string, logprobs: unknown): string {
    if (logprobs === undefined) {
      this.#firstMs ??= this.#context.elapsedMs?.();
      return text === "" ? "" : this.#plain(text);
    }
    const found = JSON.stringify(logprobsFor(logprobs)).slice(1, -1);
    return this.#line(text, "", found === "" ? "" : `,${found}`);
  }

  /** By far the most lines: only the text is written anew. */
  #plain(text: string): string {
    return `${this.#begin}${this.#time()}${this.#textKey}${JSON.stringify(text)}${this.#textEnd},"done":false}\n`;
  }

  /** `beside`: what stands next to the text; `after`: what stands in the line itself. */
  #line(text: string, beside: string, after = ""): string {
    this.#firstMs ??= this.#context.elapsedMs?.();
    return `${this.#begin}${this.#time()}${this.#textKey}${JSON.stringify(text)}${beside}${this.#textEnd}${after},"done":false}\n`;
  }

  #toolCalls(): string {
    if (this.#calls.size === 0) return "";
    const calls = [...this.#calls.values()].map(({ id, name, text }) => toolCallFor(id, name, text.join("")));
    this.#calls.clear();
    return this.#context.completion === true ? "" : this.#line("", `,"tool_calls":${JSON.stringify(calls)}`);
  }

  #last(): string {
    const totalMs = this.#context.elapsedMs?.();
    const end = JSON.stringify(endFor(this.#finish, this.#tokens, { totalMs, promptMs: this.#firstMs ?? totalMs })).slice(1);
    return `${this.#begin}${this.#time()}${this.#textKey}""${this.#textEnd},${end}\n`;
  }

  /** Written anew only when a millisecond has passed. */
  #time(): string {
    const ms = Math.floor(this.#context.now + (this.#context.elapsedMs?.() ?? 0));
    if (ms !== this.#stampMs) {
      this.#stampMs = ms;
      this.#stamp = timeStamp(ms);
    }
    return this.#stamp;
  }
}
