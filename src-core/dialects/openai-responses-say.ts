// An answer said as the stream of OpenAI's Responses, in the exact order its SDK checks: the response is created, items begin, grow and end, and the
// last event holds everything once more. A text or a thought ends where something else begins; calls stay open side by side until the finish.
import type { ChatEvent, EncodingContext, Finish, StreamEncoder, Tokens } from "./canonical.ts";
import { Frames, SaidItem } from "./openai-responses-say-item.ts";
import { itemId, logprobsIn, responseOf, sealOf, stateOf } from "./openai-responses-words.ts";
import { responses } from "./responses.ts";
import type { JsonObject } from "./shapes.ts";

/** Says events as frames of a Responses stream. */
export function streamEncoder(context: EncodingContext): StreamEncoder {
  return new ResponsesEncoder(context);
}

const idKinds = { message: "msg", reasoning: "rs", call: "fc" } as const;

class ResponsesEncoder implements StreamEncoder {
  readonly #context: EncodingContext;
  readonly #frames = new Frames();
  readonly #items: SaidItem[] = [];
  readonly #calls = new Map<number, SaidItem>();
  /** The text or thought that still grows. */
  #words: SaidItem | undefined;
  #createdAt = -1;
  #finish: Finish | undefined;
  #tokens: Tokens = {};
  #isOver = false;

  constructor(context: EncodingContext) {
    this.#context = context;
  }

  push(event: ChatEvent): string {
    if (this.#isOver) return "";
    switch (event.type) {
      case "start":
        return this.#start(event.createdAt);
      case "text":
        return this.#say("message", event.text, logprobsIn(event.logprobs));
      case "thinking":
        return this.#say("reasoning", event.text);
      case "thinking-signature":
        return this.#sealed({ signature: event.signature });
      case "thinking-redacted":
        return this.#begun() + this.#closeWords() + this.#sealed({ redacted: event.data });
      case "tool-call":
        return this.#call(event.index, event.id, event.name);
      case "tool-arguments":
        return event.text === "" ? "" : (this.#calls.get(event.index)?.say(event.text) ?? "");
      case "tokens":
        this.#tokens = { ...this.#tokens, ...event.tokens };
        return "";
      case "finish":
        return this.#begun() + this.#finished(event.finish);
      case "end":
        return this.#end();
      case "error":
        this.#isOver = true;
        return responses.failureFrame(event.failure);
    }
  }

  #start(createdAt: number): string {
    if (this.#createdAt >= 0) return "";
    this.#createdAt = createdAt;
    const response = responseOf(this.#context, createdAt, []);
    return this.#frames.of("response.created", { response }) + this.#frames.of("response.in_progress", { response });
  }

  /** The first events, where nobody told the start. */
  #begun(): string {
    return this.#createdAt < 0 ? this.#start(this.#context.now) : "";
  }

  #say(kind: "message" | "reasoning", text: string, logprobs: readonly unknown[] = []): string {
    if (text === "" && logprobs.length === 0) return "";
    if (this.#words?.kind === kind) return this.#words.say(text, logprobs);
    const before = this.#begun() + this.#closeWords();
    const item = this.#added(kind);
    this.#words = item;
    return before + item.open() + item.say(text, logprobs);
  }

  /** Ends the thought before it; a redacted one has no words, and is begun here. */
  #sealed(part: { readonly signature?: string; readonly redacted?: string }): string {
    const seal = sealOf(part) ?? "";
    if (this.#words?.kind === "reasoning") {
      this.#words.seal(seal);
      return this.#closeWords();
    }
    const before = this.#begun() + this.#closeWords();
    const item = this.#added("reasoning");
    item.seal(seal);
    this.#words = item;
    return before + item.open() + this.#closeWords();
  }

  #call(index: number, id: string, name: string): string {
    if (this.#calls.has(index)) return "";
    const before = this.#begun() + this.#closeWords();
    const item = this.#added("call", { id, name });
    this.#calls.set(index, item);
    return before + item.open();
  }

  #added(kind: SaidItem["kind"], call?: { readonly id: string; readonly name: string }): SaidItem {
    const at = this.#items.length;
    const item = new SaidItem(kind, itemId(idKinds[kind], this.#context, at), at, this.#frames, call);
    this.#items.push(item);
    return item;
  }

  #closeWords(): string {
    const closed = this.#words?.close("completed") ?? "";
    this.#words = undefined;
    return closed;
  }

  /** What is still open ends as the answer does. */
  #finished(finish: Finish): string {
    if (this.#finish !== undefined) return "";
    this.#finish = finish;
    const { status } = stateOf(finish);
    const closed = (this.#words?.close(status) ?? "") + [...this.#calls.values()].map((call) => call.close(status)).join("");
    this.#words = undefined;
    return closed;
  }

  #end(): string {
    const rest = this.#begun() + this.#finished("stop");
    this.#isOver = true;
    const finish = this.#finish ?? "stop";
    const { status } = stateOf(finish);
    const response = responseOf(this.#context, this.#createdAt, this.#wholeItems(status), { finish, tokens: this.#tokens });
    return rest + this.#frames.of(`response.${status}`, { response });
  }

  /** Only what was open when the answer was cut is incomplete. */
  #wholeItems(status: "completed" | "incomplete"): readonly JsonObject[] {
    const last = this.#items.length - 1;
    return this.#items.map((item, at) => item.whole(item.kind === "call" || at === last ? status : "completed"));
  }
}
