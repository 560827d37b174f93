// One item of an answer on its way to a client of OpenAI's Responses: its beginning, its words, and all of it once more at its end, as that
// dialect has it.
import { outputText, reasoningItem } from "./openai-responses-words.ts";
import type { JsonObject } from "./shapes.ts";

/** Counts the events of one stream, and writes them. */
export class Frames {
  #sequence = 0;

  /** One event, its end included. `type` leads the data, as the event's name does. */
  of(type: string, rest: JsonObject): string {
    return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: this.#sequence++, ...rest })}\n\n`;
  }

  /** Put together by hand: nearly every event of an answer is one of these. `place`: what stands before the text, as JSON. */
  delta(type: string, place: string, text: string, more = ""): string {
    return `event: ${type}\ndata: {"type":"${type}","sequence_number":${this.#sequence++},${place}"delta":${JSON.stringify(text)}${more}}\n\n`;
  }
}

type State = "in_progress" | "completed" | "incomplete";

/** What differs between the kinds of items. */
interface ItemWords {
  /** The events that carry its words. */
  readonly delta: string;
  /** The item so far; nothing of its words while it is in progress. */
  item(state: State): JsonObject;
  /** Events behind its beginning. */
  opening(frames: Frames, where: JsonObject): string;
  /** Events before its end. */
  closing(frames: Frames, where: JsonObject): string;
  /** Where its words stand in the item, as JSON ending with a comma. */
  readonly part: string;
  /** Behind a delta's text. */
  more(logprobs: readonly unknown[]): string;
}

/** An item that is being told. */
export class SaidItem {
  readonly kind: "message" | "reasoning" | "call";
  readonly index: number;
  readonly #frames: Frames;
  readonly #words: ItemWords;
  readonly #where: JsonObject;
  readonly #place: string;
  readonly #text: GrowingText;

  constructor(kind: SaidItem["kind"], id: string, index: number, frames: Frames, call?: { readonly id: string; readonly name: string }) {
    this.kind = kind;
    this.index = index;
    this.#frames = frames;
    this.#text = new GrowingText();
    this.#words =
      call === undefined ? (kind === "message" ? messageWords : reasoningWords)(id, this.#text) : callWords(id, this.#text, call);
    this.#where = { item_id: id, output_index: index };
    this.#place = `"item_id":${JSON.stringify(id)},"output_index":${index},${this.#words.part}`;
  }

  open(): string {
    const added = this.#frames.of("response.output_item.added", { output_index: this.index, item: this.#words.item("in_progress") });
    return added + this.#words.opening(this.#frames, this.#where);
  }

  /** More of its words. */
  say(text: string, logprobs: readonly unknown[] = []): string {
    this.#text.add(text, logprobs);
    return this.#frames.delta(this.#words.delta, this.#place, text, this.#words.more(logprobs));
  }

  /** What makes a thought one that can be handed back. */
  seal(seal: string): void {
    this.#text.seal = seal;
  }

  close(state: "completed" | "incomplete"): string {
    const done = this.#words.closing(this.#frames, this.#where);
    return done + this.#frames.of("response.output_item.done", { output_index: this.index, item: this.#words.item(state) });
  }

  /** The item as it stands in the whole response. */
  whole(state: "completed" | "incomplete"): JsonObject {
    return this.#words.item(state);
  }
}

class GrowingText {
  text = "";
  seal: string | undefined;
  readonly logprobs: unknown[] = [];

  add(text: string, logprobs: readonly unknown[]): void {
    this.text += text;
    if (logprobs.length > 0) this.logprobs.push(...logprobs);
  }
}

function messageWords(id: string, said: GrowingText): ItemWords {
  const part = () => outputText(said.text, said.logprobs);
  return {
    delta: "response.output_text.delta",
    part: '"content_index":0,',
    more: (logprobs) => `,"logprobs":${logprobs.length === 0 ? "[]" : JSON.stringify(logprobs)}`,
    item: (status) => ({ id, type: "message", status, role: "assistant", content: status === "in_progress" ? [] : [part()] }),
    opening: (frames, where) => frames.of("response.content_part.added", { ...where, content_index: 0, part: outputText("") }),
    closing: (frames, where) => {
      const place = { ...where, content_index: 0 };
      const done = frames.of("response.output_text.done", { ...place, text: said.text, logprobs: said.logprobs });
      return done + frames.of("response.content_part.done", { ...place, part: part() });
    },
  };
}

/** A redacted thought has a seal and no words, so it has no part either. */
function reasoningWords(id: string, said: GrowingText): ItemWords {
  const part = () => ({ type: "summary_text", text: said.text });
  return {
    delta: "response.reasoning_summary_text.delta",
    part: '"summary_index":0,',
    more: () => "",
    item: (status) => (status === "in_progress" ? reasoningItem(id, "", undefined) : reasoningItem(id, said.text, said.seal)),
    opening: (frames, where) =>
      said.seal === undefined
        ? frames.of("response.reasoning_summary_part.added", { ...where, summary_index: 0, part: { type: "summary_text", text: "" } })
        : "",
    closing: (frames, where) => {
      if (said.text === "") return "";
      const place = { ...where, summary_index: 0 };
      const done = frames.of("response.reasoning_summary_text.done", { ...place, text: said.text });
      return done + frames.of("response.reasoning_summary_part.done", { ...place, part: part() });
    },
  };
}

function callWords(id: string, said: GrowingText, { id: call_id, name }: { readonly id: string; readonly name: string }): ItemWords {
  return {
    delta: "response.function_call_arguments.delta",
    part: "",
    more: () => "",
    item: (status) => ({ id, type: "function_call", status, call_id, name, arguments: said.text }),
    opening: () => "",
    closing: (frames, where) => frames.of("response.function_call_arguments.done", { ...where, name, arguments: said.text }),
  };
}
