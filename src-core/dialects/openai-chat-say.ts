// An answer said as OpenAI's stream: a chunk with the role, then the parts, a chunk with the reason it finished, usage only where the client asked
// for it, `[DONE]`. What stands around a chunk's words is put together once, since it is the same for every chunk.
import type { ChatEvent, EncodingContext, Finish, StreamEncoder, Tokens } from "./canonical.ts";
import { openai } from "./openai.ts";
import { finishReasons, idOf, logprobsFor, usageOf } from "./openai-chat-words.ts";

/** Says events as frames of `chat.completion.chunk`, or of `text_completion` where the client asked for one. */
export function streamEncoder(context: EncodingContext): StreamEncoder {
  return new OpenAiEncoder(context);
}

class OpenAiEncoder implements StreamEncoder {
  readonly #context: EncodingContext;
  readonly #isCompletion: boolean;
  /** Before the choices of every chunk, and behind them. */
  #head = "";
  readonly #tail: string;
  #tokens: Tokens = {};
  #finished = false;
  #closed = false;

  constructor(context: EncodingContext) {
    this.#context = context;
    this.#isCompletion = context.completion === true;
    // Every chunk before the one with usage has it as null (apis.md 2.2).
    this.#tail = context.wantsUsage ? ',"usage":null}\n\n' : "}\n\n";
  }

  push(event: ChatEvent): string {
    if (this.#closed) return "";
    switch (event.type) {
      case "start":
        return this.#start(event.id, event.createdAt);
      case "tokens":
        this.#tokens = { ...this.#tokens, ...event.tokens };
        return "";
      case "error":
        this.#closed = true;
        return openai.failureFrame(event.failure);
      case "end":
        return this.#end();
      case "finish":
        return this.#begun() + this.#finish(event.finish);
      default:
        return this.#begun() + this.#part(event);
    }
  }

  #part(event: Exclude<ChatEvent, { type: "start" | "tokens" | "error" | "end" | "finish" }>): string {
    switch (event.type) {
      case "text":
        return this.#text(event.text, event.logprobs);
      case "thinking":
        return this.#delta(`"reasoning_content":${JSON.stringify(event.text)}`);
      case "tool-call": {
        const { index, id, name } = event;
        return this.#delta(`"tool_calls":[${JSON.stringify({ index, id, type: "function", function: { name, arguments: "" } })}]`);
      }
      case "tool-arguments":
        return this.#delta(`"tool_calls":[{"index":${event.index},"function":{"arguments":${JSON.stringify(event.text)}}}]`);
      default:
        // Signatures and redacted thinking are Anthropic's alone.
        return "";
    }
  }

  #text(text: string, given: unknown): string {
    const logprobs = given === undefined ? undefined : logprobsFor(this.#isCompletion, given);
    const said = JSON.stringify(text);
    const more = logprobs === undefined ? "null" : JSON.stringify(logprobs);
    if (this.#isCompletion) return this.#chunk(`{"text":${said},"index":0,"logprobs":${more},"finish_reason":null}`);
    return this.#chunk(`{"index":0,"delta":{"content":${said}},"logprobs":${more},"finish_reason":null}`);
  }

  /** A completion has no place for thinking and calls. */
  #delta(inside: string): string {
    return this.#isCompletion ? "" : this.#chunk(`{"index":0,"delta":{${inside}},"logprobs":null,"finish_reason":null}`);
  }

  #chunk(choice: string): string {
    return `${this.#head}[${choice}]${this.#tail}`;
  }

  #start(id: string, createdAt: number): string {
    if (this.#head !== "") return "";
    const object = this.#isCompletion ? "text_completion" : "chat.completion.chunk";
    const head = { id: idOf(id, this.#context), object, created: Math.floor(createdAt / 1000), model: this.#context.model };
    this.#head = `data: ${JSON.stringify(head).slice(0, -1)},"choices":`;
    return this.#delta('"role":"assistant","content":""');
  }

  /** The first frame, where nobody told the start. */
  #begun(): string {
    return this.#head === "" ? this.#start("", this.#context.now) : "";
  }

  #finish(finish: Finish): string {
    if (this.#finished) return "";
    this.#finished = true;
    const reason = finishReasons[finish];
    if (this.#isCompletion) return this.#chunk(`{"text":"","index":0,"logprobs":null,"finish_reason":"${reason}"}`);
    return this.#chunk(`{"index":0,"delta":{},"logprobs":null,"finish_reason":"${reason}"}`);
  }

  #end(): string {
    const finish = this.#begun() + this.#finish("stop");
    this.#closed = true;
    const { wantsUsage, promptTokens } = this.#context;
    const usage = wantsUsage ? `${this.#head}[],"usage":${JSON.stringify(usageOf(this.#tokens, promptTokens))}}\n\n` : "";
    return `${finish}${usage}data: [DONE]\n\n`;
  }
}
