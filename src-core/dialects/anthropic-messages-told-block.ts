// One block of an answer on its way to an Anthropic client: what it still has to say, and when it is whole.
import type { Part } from "./canonical.ts";
import { JsonEnd } from "./json-end.ts";

type Fields = Readonly<Record<string, unknown>>;

/** One event, its end included. `type` leads the data, as the event's name does. */
export function frameOf(type: string, rest: Fields): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
}

/** Holds what came while it was not its turn. */
export class ToldBlock {
  readonly kind: "text" | "thinking" | "redacted" | "call";
  readonly #content: Fields;
  readonly #json: JsonEnd | undefined;
  #held = "";
  #signature = "";
  #index = -1;
  /** Of a call: an object was begun; false where the model wrote something else. */
  #isObject: boolean | undefined;
  #sealed: boolean;

  constructor(kind: ToldBlock["kind"], content: Fields) {
    this.kind = kind;
    this.#content = content;
    this.#json = kind === "call" ? new JsonEnd() : undefined;
    this.#sealed = kind === "redacted";
  }

  /** It is whole: nothing can be added. */
  get sealed(): boolean {
    return this.#sealed;
  }

  /** Another block ends it. A call ends with its arguments, which may still come. */
  get yields(): boolean {
    return this.kind !== "call";
  }

  /** Takes more of its text, or of its arguments. What follows a whole call is noise: some nodes say the arguments once more. */
  take(text: string): void {
    if (this.#sealed) return;
    if (this.#json === undefined || this.#isObject === false) {
      this.#held += text;
      return;
    }
    let fresh = text;
    if (this.#isObject === undefined) {
      fresh = (this.#held + text).trimStart();
      this.#held = "";
      if (fresh === "") return;
      this.#isObject = fresh.startsWith("{");
      if (!this.#isObject) {
        this.#held = fresh;
        return;
      }
    }
    this.#held += fresh.slice(0, this.#json.push(fresh));
    this.#sealed = this.#json.whole;
  }

  /** A thought is whole with its signature. */
  sign(signature: string): void {
    this.#signature = signature;
    this.#sealed = true;
  }

  /** What can be told now, begun as the block of this index if it was not yet. */
  flush(index: () => number): string {
    let frames = "";
    if (this.#index < 0) {
      this.#index = index();
      frames = frameOf("content_block_start", { index: this.#index, content_block: this.#content });
    }
    if (this.#held === "" || this.#isObject === false) return frames;
    frames += this.#delta(this.#held);
    this.#held = "";
    return frames;
  }

  /** The rest, and its end. */
  close(index: () => number): string {
    this.#sealed = true;
    let frames = this.flush(index);
    if (this.kind === "call" && this.#isObject !== true)
      frames += this.#delta(this.#isObject === undefined ? "{}" : JSON.stringify({ _raw: this.#held }));
    if (this.#signature !== "") {
      const delta = { type: "signature_delta", signature: this.#signature };
      frames += frameOf("content_block_delta", { index: this.#index, delta });
    }
    return frames + frameOf("content_block_stop", { index: this.#index });
  }

  /** Put together by hand: nearly every frame of an answer is one of these. */
  #delta(text: string): string {
    return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${this.#index},"delta":${deltas[this.kind]}${JSON.stringify(text)}}}\n\n`;
  }
}

/** How the delta of each kind begins, up to its text. A redacted thought has none: all of it stands in its beginning. */
const deltas: Readonly<Record<ToldBlock["kind"], string>> = {
  text: '{"type":"text_delta","text":',
  thinking: '{"type":"thinking_delta","thinking":',
  redacted: "{",
  call: '{"type":"input_json_delta","partial_json":',
};

/** A block of the answer's own words or thoughts. */
export function wordsBlock(kind: Extract<Part["type"], "text" | "thinking">): ToldBlock {
  return new ToldBlock(kind, kind === "text" ? { type: "text", text: "" } : { type: "thinking", thinking: "", signature: "" });
}
