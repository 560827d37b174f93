// An answer that comes in steps for a client that wants it whole: the steps are put together, and the body is written at the end.
import type { ChatDialect, ChatEvent, ChatReply, EncodingContext, Finish, Part, StreamEncoder, Tokens } from "./canonical.ts";
import { isObject, listIn } from "./shapes.ts";

/** A part as it grows: one object each, in the order they began. */
interface GrowingPart {
  readonly type: "text" | "thinking" | "tool-call" | "redacted";
  readonly id: string;
  readonly name: string;
  readonly texts: string[];
  signature: string | undefined;
}

/** Says nothing until the end, and then all of it. */
export class CollectedReply implements StreamEncoder {
  readonly #dialect: ChatDialect;
  readonly #context: EncodingContext;
  readonly #parts: GrowingPart[] = [];
  readonly #calls = new Map<number, GrowingPart>();
  readonly #logprobs: unknown[] = [];
  #id: string;
  #createdAt: number;
  #finish: Finish = "stop";
  #stopText: string | undefined;
  #tokens: Tokens = {};

  constructor(dialect: ChatDialect, context: EncodingContext) {
    this.#dialect = dialect;
    this.#context = context;
    this.#id = context.requestId;
    this.#createdAt = context.now;
  }

  push(event: ChatEvent): string {
    if (event.type === "end") return this.#body();
    this.#add(event);
    return "";
  }

  #add(event: ChatEvent): void {
    switch (event.type) {
      case "start":
        this.#id = event.id;
        this.#createdAt = event.createdAt;
        return;
      case "text":
        if (isObject(event.logprobs)) this.#logprobs.push(...listIn(event.logprobs, "content"));
        this.#growing("text").texts.push(event.text);
        return;
      case "thinking":
        this.#growing("thinking").texts.push(event.text);
        return;
      case "thinking-signature":
        this.#growing("thinking").signature = event.signature;
        return;
      case "thinking-redacted":
        this.#begun("redacted").texts.push(event.data);
        return;
      case "tool-call":
        this.#calls.set(event.index, this.#begun("tool-call", event.id, event.name));
        return;
      case "tool-arguments":
        this.#calls.get(event.index)?.texts.push(event.text);
        return;
      case "finish":
        this.#finish = event.finish;
        this.#stopText = event.stopText;
        return;
      case "tokens":
        this.#tokens = { ...this.#tokens, ...event.tokens };
        return;
      case "end":
      case "error":
        // The end writes the body; a failure is told by whoever breaks the answer off.
        return;
    }
  }

  /** The part that is still growing, or a new one: a signature ends the thinking before it. */
  #growing(type: "text" | "thinking"): GrowingPart {
    const last = this.#parts.at(-1);
    return last?.type === type && last.signature === undefined ? last : this.#begun(type);
  }

  #begun(type: GrowingPart["type"], id = "", name = ""): GrowingPart {
    const part: GrowingPart = { type, id, name, texts: [], signature: undefined };
    this.#parts.push(part);
    return part;
  }

  #body(): string {
    return JSON.stringify(this.#dialect.encodeReply(this.reply(), this.#context));
  }

  /** What was said so far, as one answer. */
  reply(): ChatReply {
    return {
      id: this.#id,
      model: this.#context.model,
      createdAt: this.#createdAt,
      parts: this.#parts.map(partOf),
      finish: this.#finish,
      ...(this.#stopText === undefined ? {} : { stopText: this.#stopText }),
      tokens: this.#tokens,
      ...(this.#logprobs.length === 0 ? {} : { logprobs: { content: this.#logprobs } }),
    };
  }
}

function partOf({ type, id, name, texts, signature }: GrowingPart): Part {
  const text = texts.join("");
  switch (type) {
    case "text":
      return { type, text };
    case "thinking":
      return { type, text, ...(signature === undefined ? {} : { signature }) };
    case "redacted":
      return { type: "thinking", text: "", redacted: text };
    case "tool-call":
      return { type, id, name, arguments: text };
  }
}
