// What a model should not have written into its text: its thinking between tags, and the markers that end its turns (source-systems.md 5.12). Both
// may be cut anywhere; only an end that may be the beginning of a tag or marker is kept back.
import type { ChatEvent } from "./canonical.ts";
import { type EventFilter, isAside, unchanged } from "./event-filter.ts";

type TextEvent = ChatEvent & { readonly type: "text" };

/** CodeRouter's six, and the two that base models write. No marker holds a second "<", and none begins another. */
export const stopMarkers: readonly string[] = [
  "<|python_tag|>",
  "<|eot_id|>",
  "<|im_end|>",
  "<|turn|>",
  "<|end|>",
  "<|channel>thought",
  "<|endoftext|>",
  "<|end_of_text|>",
];
const anyMarker = new RegExp(stopMarkers.map((marker) => marker.replaceAll("|", "\\|")).join("|"), "g");

/** Where the end of a text begins that may be the beginning of one of `words`; the text's length where none does. Every word has its only "<" first. */
function keptFrom(text: string, words: readonly string[]): number {
  const at = text.lastIndexOf("<");
  if (at < 0) return text.length;
  const tail = text.slice(at);
  return words.some((word) => word.length > tail.length && word.startsWith(tail)) ? at : text.length;
}

/** Takes stop markers out of the text. */
export class StripStopMarkers implements EventFilter {
  readonly repair = "stop-markers";
  applied = false;
  #held = "";

  push(event: ChatEvent): readonly ChatEvent[] {
    if (event.type === "text") return this.#text(event);
    if (isAside(event) || this.#held === "") return [event];
    const text = this.#held;
    this.#held = "";
    return [{ type: "text", text }, event];
  }

  #text(event: TextEvent): readonly ChatEvent[] {
    const all = this.#held + event.text;
    const end = keptFrom(all, stopMarkers);
    this.#held = all.slice(end);
    const seen = all.slice(0, end);
    const text = seen.replace(anyMarker, "");
    if (text.length < seen.length) this.applied = true;
    // Figures of what was kept back or taken out would be figures of another text.
    if (text === event.text) return [event];
    return text === "" ? [] : [{ type: "text", text }];
  }
}

const opening = "<think>";
const closing = "</think>";

/** Moves what stands between `<think>` and `</think>` from the text to the thinking, with the space around it left out. Without an end all the rest is thinking. */
export class MoveThinking implements EventFilter {
  readonly repair = "thinking";
  applied = false;
  #held = "";
  #inside = false;
  /** Space right behind a tag belongs to nobody. */
  #trims = false;

  push(event: ChatEvent): readonly ChatEvent[] {
    if (event.type === "text") return unchanged(event, this.#text(event.text));
    if (isAside(event) || this.#held === "") return [event];
    const events: ChatEvent[] = [];
    this.#say(this.#held, events);
    this.#held = "";
    return [...events, event];
  }

  #text(text: string): readonly ChatEvent[] {
    let rest = this.#held + text;
    const events: ChatEvent[] = [];
    for (;;) {
      const tag = this.#inside ? closing : opening;
      const at = rest.indexOf(tag);
      if (at < 0) {
        const end = keptFrom(rest, [tag]);
        this.#say(rest.slice(0, end), events);
        this.#held = rest.slice(end);
        return events;
      }
      this.#say(rest.slice(0, at), events);
      rest = rest.slice(at + tag.length);
      this.#inside = !this.#inside;
      this.#trims = true;
      this.applied = true;
    }
  }

  #say(said: string, events: ChatEvent[]): void {
    const text = this.#trims ? said.trimStart() : said;
    if (text === "") return;
    this.#trims = false;
    events.push({ type: this.#inside ? "thinking" : "text", text });
  }
}
