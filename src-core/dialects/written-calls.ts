// A call of a tool that a model wrote as text: JSON with a declared name and arguments, bare, between `<tool_call>` tags or in a fenced block. Read as
// it comes, each letter once; as soon as it can be no call, it says so.
import { JsonEnd } from "./json-end.ts";
import { field, isObject, type JsonObject, parsed, textIn } from "./shapes.ts";

export interface WrittenCall {
  readonly name: string;
  /** JSON text of an object, as it was written. */
  readonly arguments: string;
}

/** `more`: it may still become one. `no`: it is text. `done`: `calls` holds what it is, `rest` what follows. */
export type Look = "more" | "no" | "done";

const tag = { open: "<tool_call>", close: "</tool_call>" } as const;
const fence = "```";
/** What models call such a block. Another language is a program, and its text is left alone. */
const languages: readonly string[] = ["", "json", "tool_call", "tool_calls", "tool", "function_call"];
/** Keys that a call may begin with, and the texts that may stand behind them; undefined: anything. */
const firstKeys: ReadonlyMap<string, readonly string[] | undefined> = new Map([
  ["arguments", undefined],
  ["parameters", undefined],
  ["function", undefined],
  ["type", ["function"]],
]);
/** The first key and a name stand within so many letters, or it is no call. */
const longestBeginning = 512;

/** One place in a text where calls may stand, from its first letter on: `{`, `[`, `<` or a backtick. */
export class WrittenCalls {
  readonly calls: WrittenCall[] = [];
  readonly #names: ReadonlySet<string>;
  #raw = "";
  #at = 0;
  /** What must end it: "" for bare JSON; undefined while its beginning is not whole. */
  #close: string | undefined;
  #value: { readonly start: number; readonly end: JsonEnd; isSure: boolean } | undefined;

  constructor(names: ReadonlySet<string>) {
    this.#names = names;
  }

  /** All of it so far. */
  get raw(): string {
    return this.#raw;
  }

  get rest(): string {
    return this.#raw.slice(this.#at);
  }

  /** Takes more text. `isLast`: nothing follows; never `more` then. */
  push(text: string, isLast: boolean): Look {
    this.#raw += text;
    let next: Look | "on" = this.#close === undefined ? this.#opened() : "on";
    while (next === "on") next = this.#value === undefined ? this.#between(isLast) : this.#inside(this.#value);
    return next === "more" && isLast ? "no" : next;
  }

  #opened(): Look | "on" {
    const begun = beginningOf(this.#raw);
    if (typeof begun === "string") return begun;
    this.#at = begun.length;
    this.#close = begun.close;
    return "on";
  }

  /** Before, between and behind the values of a block. */
  #between(isLast: boolean): Look | "on" {
    const close = this.#close ?? "";
    while (isBetween(this.#raw[this.#at])) this.#at += 1;
    const next = this.#raw[this.#at];
    if (next === "{" || next === "[") {
      this.#value = { start: this.#at, end: new JsonEnd(), isSure: false };
      return "on";
    }
    const rest = this.rest;
    const isOver = rest.startsWith(close);
    if (!isOver && close.startsWith(rest)) {
      if (isLast && this.calls.length > 0) this.#at = this.#raw.length;
      return !isLast ? "more" : this.calls.length > 0 ? "done" : "no";
    }
    if (this.calls.length === 0) return "no";
    if (isOver) this.#at += close.length;
    // Some models forget the closing tag.
    return isOver || close === tag.close ? "done" : "no";
  }

  #inside(value: { readonly start: number; readonly end: JsonEnd; isSure: boolean }): Look | "on" {
    this.#at += value.end.push(this.rest);
    if (!value.isSure) {
      const may = mayBeCall(this.#raw.slice(value.start, value.start + longestBeginning), this.#names);
      if (may === "no" || (may === "more" && this.#at - value.start > longestBeginning)) return "no";
      value.isSure = may === "yes";
    }
    if (!value.end.whole) return "more";
    const calls = callsIn(this.#raw.slice(value.start, this.#at), this.#names);
    if (calls === undefined) return "no";
    this.calls.push(...calls);
    this.#value = undefined;
    return this.#close === "" ? "done" : "on";
  }
}

function isBetween(letter: string | undefined): boolean {
  return letter !== undefined && (letter === "," || letter === ";" || letter.trim() === "");
}

/** How the place begins, and what ends it. */
function beginningOf(text: string): "more" | "no" | { readonly length: number; readonly close: string } {
  if (text.startsWith("{") || text.startsWith("[")) return { length: 0, close: "" };
  if (text.startsWith(tag.open)) return { length: tag.open.length, close: tag.close };
  if (tag.open.startsWith(text) || fence.startsWith(text)) return "more";
  if (!text.startsWith(fence)) return "no";
  const language = /^[A-Za-z_]*/.exec(text.slice(fence.length))?.[0] ?? "";
  const length = fence.length + language.length;
  if (length === text.length) return languages.some((known) => known.startsWith(language)) ? "more" : "no";
  return languages.includes(language) && /[\s{[]/.test(text.charAt(length)) ? { length, close: fence } : "no";
}

/** Whether JSON that begins so may be a call of one of these. */
export function mayBeCall(text: string, names: ReadonlySet<string>): "yes" | "no" | "more" {
  const begun = /^(?:\[\s*)?(?:\{\s*(?:"([^"\\]*)("\s*)?)?)?/.exec(text);
  const [all = "", key, isKeyWhole] = begun ?? [];
  if (key === undefined) return all.length === text.length ? "more" : "no";
  if (isKeyWhole === undefined) return all.length === text.length && beginsOne(key, ["name", ...firstKeys.keys()]) ? "more" : "no";
  if (key !== "name" && !firstKeys.has(key)) return "no";
  const allowed = key === "name" ? [...names] : firstKeys.get(key);
  if (allowed === undefined) return "yes";
  const rest = text.slice(all.length);
  const [said = "", word, isWhole] = /^(?::\s*(?:"([^"\\]*)(")?)?)?/.exec(rest) ?? [];
  if (isWhole !== undefined) return word !== undefined && allowed.includes(word) ? "yes" : "no";
  return said.length === rest.length && (word === undefined || beginsOne(word, allowed)) ? "more" : "no";
}

function beginsOne(text: string, words: readonly string[]): boolean {
  return words.some((word) => word.startsWith(text));
}

/** The calls that a JSON text is, one or a list of them; undefined where it is, or holds, anything else. */
export function callsIn(json: string, names: ReadonlySet<string>): readonly WrittenCall[] | undefined {
  const value = parsed(json);
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const calls = list.flatMap((one) => callOf(one, json, names) ?? []);
  return list.length > 0 && calls.length === list.length ? calls : undefined;
}

function callOf(value: unknown, json: string, names: ReadonlySet<string>): WrittenCall | undefined {
  const inner = field(value, "function");
  const call = isObject(inner) ? inner : value;
  const name = textIn(call, "name");
  if (name === undefined || !names.has(name)) return undefined;
  const given = field(call, "arguments") ?? field(call, "parameters");
  if (typeof given === "string") return isObject(parsed(given)) ? { name, arguments: given } : undefined;
  return isObject(given) ? { name, arguments: asWritten(json, given) } : undefined;
}

/** Looked for no further: JSON that says it so often is no call of a model's. */
const mostPlaces = 32;

/** The object's own letters: a number too long for a double would otherwise become another one. */
function asWritten(json: string, value: JsonObject): string {
  const plain = JSON.stringify(value);
  let places = 0;
  for (const found of json.matchAll(/"(?:arguments|parameters)"\s*:\s*/g)) {
    places += 1;
    if (places > mostPlaces) break;
    const rest = json.slice(found.index + found[0].length);
    const text = rest.slice(0, new JsonEnd().push(rest));
    if (JSON.stringify(parsed(text)) === plain) return text;
  }
  return plain;
}
