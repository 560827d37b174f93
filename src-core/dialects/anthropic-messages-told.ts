// An answer told as a stream of Anthropic's messages (apis.md 3.2): one block is open at a time. Calls that a node writes side by side are told one
// after the other; only what belongs to a later block is held, until the one before it is whole.
import { anthropic } from "./anthropic.ts";
import { callId, messageId, stopOf, usageOf } from "./anthropic-messages-reply.ts";
import { frameOf, ToldBlock, wordsBlock } from "./anthropic-messages-told-block.ts";
import type { ChatEvent, EncodingContext, Finish, StreamEncoder, Tokens } from "./canonical.ts";
import { tokenWeight } from "./token-count.ts";

export class AnthropicStreamEncoder implements StreamEncoder {
  readonly #context: EncodingContext;
  /** The open block first, then those that wait. */
  readonly #blocks: ToldBlock[] = [];
  readonly #calls = new Map<number, ToldBlock>();
  #nextIndex = 0;
  #started = false;
  #over = false;
  #finish: Finish = "stop";
  #stopText: string | undefined;
  #tokens: Tokens = {};
  /** Tokens written, by our own count, for nodes that do not tell. */
  #weight = 0;

  constructor(context: EncodingContext) {
    this.#context = context;
  }

  push(event: ChatEvent): string {
    if (this.#over) return "";
    switch (event.type) {
      case "start":
        return this.#start(event.id);
      case "text":
      case "thinking":
        return event.text === "" ? "" : this.#say(this.#wordsFor(event.type), event.text);
      case "thinking-signature":
        return this.#sign(event.signature);
      case "thinking-redacted":
        return this.#append(new ToldBlock("redacted", { type: "redacted_thinking", data: event.data }));
      case "tool-call":
        return this.#call(event.index, event.id, event.name);
      case "tool-arguments":
        return this.#argue(event.index, event.text);
      case "tokens":
        this.#tokens = { ...this.#tokens, ...event.tokens };
        return "";
      case "finish":
        this.#finish = event.finish;
        this.#stopText = event.stopText;
        return this.#start("") + this.#drain();
      case "end":
        return this.#end();
      case "error":
        this.#over = true;
        return anthropic.failureFrame(event.failure);
    }
  }

  /** Claude Code needs usage in the first event (ux.md 7), long before a node tells it. */
  #start(id: string): string {
    if (this.#started) return "";
    this.#started = true;
    const message = {
      id: messageId(id, this.#context),
      type: "message",
      role: "assistant",
      model: this.#context.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: usageOf({ output: 0 }, this.#context, () => 0),
    };
    return frameOf("message_start", { message });
  }

  /** The last block if it is of this kind and takes more; otherwise a new one. */
  #wordsFor(kind: "text" | "thinking"): ToldBlock {
    const last = this.#blocks.at(-1);
    return last?.kind === kind && !last.sealed ? last : wordsBlock(kind);
  }

  #sign(signature: string): string {
    const block = this.#wordsFor("thinking");
    block.sign(signature);
    return this.#append(block);
  }

  #call(index: number, id: string, name: string): string {
    if (this.#calls.has(index)) return "";
    this.#weight += tokenWeight(name);
    const block = new ToldBlock("call", { type: "tool_use", id: callId(id, index, this.#context), name, input: {} });
    this.#calls.set(index, block);
    return this.#append(block);
  }

  #argue(index: number, text: string): string {
    const block = this.#calls.get(index);
    // A call that was told whole takes nothing more, and is not told twice.
    return block === undefined || block.sealed ? "" : this.#say(block, text);
  }

  #say(block: ToldBlock, text: string): string {
    this.#weight += tokenWeight(text);
    block.take(text);
    return this.#append(block);
  }

  #append(block: ToldBlock): string {
    if (!this.#blocks.includes(block)) this.#blocks.push(block);
    return this.#start("") + this.#advance();
  }

  readonly #takeIndex = (): number => this.#nextIndex++;

  /** Tells what can be told: the first block's words, and those behind it as soon as it is whole. */
  #advance(): string {
    let frames = "";
    for (let block = this.#blocks[0]; block !== undefined; block = this.#blocks[0]) {
      if (!block.sealed && !(block.yields && this.#blocks.length > 1)) return frames + block.flush(this.#takeIndex);
      frames += block.close(this.#takeIndex);
      this.#blocks.shift();
    }
    return frames;
  }

  #drain(): string {
    const frames = this.#blocks.map((block) => block.close(this.#takeIndex)).join("");
    this.#blocks.length = 0;
    return frames;
  }

  #end(): string {
    const rest = this.#start("") + this.#drain();
    this.#over = true;
    const delta = stopOf(this.#finish, this.#stopText, this.#calls.size > 0);
    const usage = usageOf(this.#tokens, this.#context, () => Math.ceil(this.#weight));
    return `${rest}${frameOf("message_delta", { delta, usage })}${frameOf("message_stop", {})}`;
  }
}
