// Calls of tools that a model wrote as text become real ones (source-systems.md 5.12), where the request declares a tool of that name; everything else
// is given on as it was written. No more is kept back than what may be a call, and that no longer than 64 KiB.
import type { ChatEvent } from "./canonical.ts";
import { type EventFilter, isAside, unchanged } from "./event-filter.ts";
import { JsonEnd } from "./json-end.ts";
import { type WrittenCall, WrittenCalls } from "./written-calls.ts";

const longestHeld = 64 * 1024;
const mayBegin = /[{[<`]/;
const fence = "```";

/** Where in the text we are: outside of everything; inside what may be a call; inside JSON that is none; inside a block of code. */
type Place =
  | { readonly is: "outside" }
  | { readonly is: "held"; readonly calls: WrittenCalls }
  | { readonly is: "json"; readonly end: JsonEnd; emptyLine: boolean }
  | { readonly is: "code"; ticks: number };

const outside: Place = { is: "outside" };

export class LiftToolCalls implements EventFilter {
  readonly repair = "tool-calls";
  readonly #names: ReadonlySet<string>;
  readonly #idOf: (index: number) => string;
  /** The node's numbers of its own calls, and ours. */
  readonly #indexes = new Map<number, number>();
  #next = 0;
  #lifted = 0;
  #place: Place = outside;
  /** Space at the beginning and behind a call: a text only with more behind it. */
  #space = "";
  #hasSpoken = false;
  #last = "";
  /** Of the push under way. */
  #said = "";
  #events: ChatEvent[] = [];

  /** `names`: of the tools that the request declares. `idOf`: the id of the n-th call of this answer. */
  constructor(names: ReadonlySet<string>, idOf: (index: number) => string) {
    this.#names = names;
    this.#idOf = idOf;
  }

  get applied(): boolean {
    return this.#lifted > 0;
  }

  push(event: ChatEvent): readonly ChatEvent[] {
    if (isAside(event)) return [event];
    if (event.type === "text") {
      this.#take(event.text);
      return unchanged(event, this.#given());
    }
    if (event.type === "tool-arguments") return [{ ...event, index: this.#indexes.get(event.index) ?? event.index }];
    this.#settle();
    const given = this.#given();
    return given.length === 0 ? [this.#own(event)] : [...given, this.#own(event)];
  }

  /** The node's own events, told so that they agree with what was lifted. */
  #own(event: ChatEvent): ChatEvent {
    if (event.type === "tool-call") {
      const index = this.#next++;
      this.#indexes.set(event.index, index);
      return { ...event, index };
    }
    return event.type === "finish" && event.finish === "stop" && this.applied ? { type: "finish", finish: "tool-calls" } : event;
  }

  #given(): readonly ChatEvent[] {
    this.#endText();
    const events = this.#events;
    this.#events = [];
    return events;
  }

  #endText(): void {
    if (this.#said !== "") this.#events.push({ type: "text", text: this.#said });
    this.#said = "";
  }

  #take(text: string): void {
    for (let rest = text; rest !== ""; ) rest = this.#step(rest);
  }

  /** Takes a part of the text and returns what is left of it. */
  #step(text: string): string {
    const place = this.#place;
    switch (place.is) {
      case "outside":
        return this.#outside(text);
      case "held": {
        const look = place.calls.push(text, false);
        if (look === "done") return this.#lift(place.calls);
        return look === "more" && place.calls.raw.length <= longestHeld ? "" : this.#letGo(place.calls);
      }
      case "json":
        return this.#past(text, (letter) => hasEnded(place, letter));
      case "code":
        return this.#past(text, (letter) => {
          place.ticks = letter === "`" ? place.ticks + 1 : 0;
          return place.ticks === fence.length;
        });
    }
  }

  #outside(text: string): string {
    const at = text.search(mayBegin);
    if (at < 0) {
      this.#say(text);
      return "";
    }
    this.#say(text.slice(0, at));
    const isQuoted = this.#last === "`" && text[at] !== "`" && text[at] !== "<";
    this.#place = isQuoted ? noCall() : { is: "held", calls: new WrittenCalls(this.#names) };
    return text.slice(at);
  }

  /** Gives letters on until one of them ends this place. */
  #past(text: string, ends: (letter: string) => boolean): string {
    for (let at = 0; at < text.length; at++) {
      if (!ends(text.charAt(at))) continue;
      this.#say(text.slice(0, at + 1));
      this.#place = outside;
      return text.slice(at + 1);
    }
    this.#say(text);
    return "";
  }

  #lift({ calls, rest }: WrittenCalls): string {
    this.#place = outside;
    this.#space = "";
    this.#hasSpoken = false;
    this.#endText();
    for (const call of calls) this.#call(call);
    return rest;
  }

  #call({ name, arguments: text }: WrittenCall): void {
    const index = this.#next++;
    this.#lifted += 1;
    this.#events.push({ type: "tool-call", index, id: this.#idOf(index), name }, { type: "tool-arguments", index, text });
  }

  /** It is no call: its first letters are text, and the rest is looked at again, but JSON and blocks of code are left alone to their end. */
  #letGo({ raw }: WrittenCalls): string {
    if (raw.startsWith("{") || raw.startsWith("[")) {
      this.#place = noCall();
      return raw;
    }
    const isCode = raw.startsWith(fence);
    this.#place = isCode ? { is: "code", ticks: 0 } : outside;
    const first = isCode ? fence.length : 1;
    this.#say(raw.slice(0, first));
    return raw.slice(first);
  }

  /** No more text belongs to what is kept back. */
  #settle(): void {
    for (let place = this.#place; place.is === "held"; place = this.#place) {
      const { calls } = place;
      this.#take(calls.push("", true) === "done" ? this.#lift(calls) : this.#letGo(calls));
    }
    if (!this.applied) this.#said += this.#space;
    this.#space = "";
  }

  #say(text: string): void {
    if (text === "") return;
    this.#last = text.slice(-1);
    if (this.#hasSpoken) {
      this.#said += text;
      return;
    }
    this.#space += text;
    const isSpace = (this.applied ? /^[\s,;]*$/ : /^\s*$/).test(this.#space);
    if (isSpace && this.#space.length <= longestHeld) return;
    this.#said += this.#space;
    this.#space = "";
    this.#hasSpoken = true;
  }
}

const noCall = (): Place => ({ is: "json", end: new JsonEnd(), emptyLine: false });

/** JSON ends with its last bracket. What only looked like JSON may never close: an empty line ends it too. */
function hasEnded(place: Place & { readonly is: "json" }, letter: string): boolean {
  if (letter === "\n") {
    if (place.emptyLine) return true;
    place.emptyLine = true;
  } else if (letter.trim() !== "") place.emptyLine = false;
  place.end.push(letter);
  return place.end.whole;
}
