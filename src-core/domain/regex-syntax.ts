// Reads a regular expression into a tree, as JavaScript reads it without the `u` flag. Takes a subset: what it does not know for certain it
// refuses with a reason, so that whoever judges the tree judges what will really run.
import { anyChar, type CharSet, caseless, charSet, complement, digits, noChars, oneChar, spaces, union, wordChars } from "./char-set.ts";

export type RegexNode =
  | { readonly kind: "chars"; readonly chars: CharSet }
  /** `^`, `$`, `\b`, `\B`: matches between characters. */
  | { readonly kind: "edge"; readonly start: boolean }
  | { readonly kind: "sequence"; readonly parts: readonly RegexNode[] }
  | { readonly kind: "either"; readonly parts: readonly RegexNode[] }
  | RegexRepeat;

/** `max` is infinite where nothing bounds it. */
export interface RegexRepeat {
  readonly kind: "repeat";
  readonly part: RegexNode;
  readonly min: number;
  readonly max: number;
}

export interface RegexTree {
  readonly tree: RegexNode;
  /** Without a leading `(?i)`, which JavaScript writes as a flag. */
  readonly source: string;
  readonly caseless: boolean;
}

const deepest = 20;
const classes: Readonly<Record<string, CharSet>> = {
  d: digits,
  D: complement(digits),
  w: wordChars,
  W: complement(wordChars),
  s: spaces,
  S: complement(spaces),
};
const controls: Readonly<Record<string, number>> = { n: 0x0a, r: 0x0d, t: 0x09, f: 0x0c, v: 0x0b, 0: 0 };

/** The tree, or why the pattern is refused: a part of a sentence. */
export function readRegex(pattern: string): RegexTree | { readonly reason: string } {
  const ignoresCase = pattern.startsWith("(?i)");
  const source = ignoresCase ? pattern.slice(4) : pattern;
  const reader = new Reader(source, ignoresCase);
  const tree = reader.either(0);
  if (reader.reason !== undefined) return { reason: reader.reason };
  return reader.done ? { tree, source, caseless: ignoresCase } : { reason: 'it closes a ")" that was never opened' };
}

const nothing: RegexNode = { kind: "sequence", parts: [] };

class Reader {
  /** The first thing wrong; everything after it is meaningless. */
  reason: string | undefined;
  readonly #source: string;
  readonly #caseless: boolean;
  #at = 0;

  constructor(source: string, ignoresCase: boolean) {
    this.#source = source;
    this.#caseless = ignoresCase;
  }

  get done(): boolean {
    return this.#at >= this.#source.length;
  }

  either(depth: number): RegexNode {
    if (depth > deepest) return this.#refuse(`it nests deeper than ${deepest} groups`);
    const parts = [this.#sequence(depth)];
    while (this.#takes("|")) parts.push(this.#sequence(depth));
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: "either", parts };
  }

  #sequence(depth: number): RegexNode {
    const parts: RegexNode[] = [];
    while (!this.done && this.reason === undefined && this.#next !== "|" && this.#next !== ")")
      parts.push(this.#repeated(this.#term(depth)));
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: "sequence", parts };
  }

  #term(depth: number): RegexNode {
    const char = this.#take();
    switch (char) {
      case "^":
        return { kind: "edge", start: true };
      case "$":
        return { kind: "edge", start: false };
      case ".":
        return { kind: "chars", chars: anyChar };
      case "(":
        return this.#group(depth);
      case "[":
        return this.#class();
      case "\\":
        return this.#escape();
      case "*":
      case "+":
      case "?":
      case "{":
        return this.#refuse(`"${char}" repeats nothing; write \\${char} for the character`);
      default:
        return this.#chars(oneChar(char.charCodeAt(0)));
    }
  }

  #group(depth: number): RegexNode {
    if (this.#takes("?") && !this.#takes(":")) {
      const name = /^<[A-Za-z_]\w*>/.exec(this.#source.slice(this.#at))?.[0];
      if (name === undefined) return this.#refuse("it looks ahead or behind, or has flags inside, which is not offered");
      this.#at += name.length;
    }
    const inside = this.either(depth + 1);
    return this.#takes(")") ? inside : this.#refuse('a "(" is never closed');
  }

  #repeated(part: RegexNode): RegexNode {
    const times = this.#times();
    if (times === undefined) return part;
    this.#takes("?");
    if (part.kind === "edge") return this.#refuse("it repeats a place between characters");
    if (this.#times() !== undefined) return this.#refuse("it repeats a repetition without a group");
    return times.max < times.min ? this.#refuse("a repetition ends below its beginning") : { kind: "repeat", part, ...times };
  }

  #times(): { readonly min: number; readonly max: number } | undefined {
    const many = Number.POSITIVE_INFINITY;
    if (this.#takes("*")) return { min: 0, max: many };
    if (this.#takes("+")) return { min: 1, max: many };
    if (this.#takes("?")) return { min: 0, max: 1 };
    const braces = /^\{(\d{1,5})(,(\d{1,5})?)?\}/.exec(this.#source.slice(this.#at, this.#at + 14));
    if (braces === null) return undefined;
    this.#at += braces[0].length;
    const min = Number(braces[1]);
    return { min, max: braces[2] === undefined ? min : braces[3] === undefined ? many : Number(braces[3]) };
  }

  #escape(): RegexNode {
    const char = this.#take();
    if (char === "b" || char === "B") return { kind: "edge", start: false };
    if (/[1-9k]/.test(char)) return this.#refuse("it refers back to what a group matched");
    const chars = this.#escaped(char);
    return chars === undefined ? this.#refuse(`\\${char} is not offered`) : this.#chars(chars);
  }

  /** What an escape stands for, inside a class or outside. */
  #escaped(char: string): CharSet | undefined {
    const named = Object.hasOwn(classes, char) ? classes[char] : undefined;
    if (named !== undefined) return named;
    const control = Object.hasOwn(controls, char) ? controls[char] : undefined;
    if (control !== undefined) return /\d/.test(char) && /\d/.test(this.#next) ? undefined : oneChar(control);
    if (char === "x" || char === "u") {
      const digitCount = char === "x" ? 2 : 4;
      const code = this.#source.slice(this.#at, this.#at + digitCount);
      if (!/^[0-9a-f]+$/i.test(code) || code.length < digitCount) return undefined;
      this.#at += digitCount;
      return oneChar(Number.parseInt(code, 16));
    }
    return char === "" || /[A-Za-z0-9]/.test(char) ? undefined : oneChar(char.charCodeAt(0));
  }

  #class(): RegexNode {
    const not = this.#takes("^");
    const sets: CharSet[] = [];
    while (!this.done && this.#next !== "]") {
      const low = this.#member();
      if (low === undefined) return this.#refuse("a character class holds an escape that is not offered");
      if (this.#next !== "-" || this.#source[this.#at + 1] === "]") {
        sets.push(low);
        continue;
      }
      this.#at += 1;
      const range = rangeOf(low, this.#member());
      if (range === undefined) return this.#refuse("a character class has a range that is none");
      sets.push(range);
    }
    if (!this.#takes("]")) return this.#refuse('a "[" is never closed');
    const members = this.#caseless ? caseless(union(...sets)) : union(...sets);
    return { kind: "chars", chars: not ? complement(members) : members };
  }

  #member(): CharSet | undefined {
    const char = this.#take();
    if (char !== "\\") return oneChar(char.charCodeAt(0));
    return this.#takes("b") ? oneChar(0x08) : this.#escaped(this.#take());
  }

  #chars(chars: CharSet): RegexNode {
    return { kind: "chars", chars: this.#caseless ? caseless(chars) : chars };
  }

  get #next(): string {
    return this.#source[this.#at] ?? "";
  }

  #take(): string {
    const char = this.#next;
    this.#at += 1;
    return char;
  }

  #takes(char: string): boolean {
    if (this.#next !== char) return false;
    this.#at += 1;
    return true;
  }

  #refuse(reason: string): RegexNode {
    this.reason ??= reason;
    this.#at = this.#source.length;
    return nothing;
  }
}

function rangeOf(low: CharSet, high: CharSet | undefined): CharSet | undefined {
  const [from, to] = [low[0]?.[0], high?.[0]?.[1]];
  const single = low.length === 1 && low[0]?.[0] === low[0]?.[1] && high?.length === 1 && high[0]?.[0] === high[0]?.[1];
  return single && from !== undefined && to !== undefined && from <= to ? charSet([[from, to]]) : undefined;
}

/** True where the node can match without taking a character. */
export function isEmptyable(node: RegexNode): boolean {
  switch (node.kind) {
    case "chars":
      return false;
    case "edge":
      return true;
    case "sequence":
      return node.parts.every(isEmptyable);
    case "either":
      return node.parts.some(isEmptyable);
    case "repeat":
      return node.min === 0 || isEmptyable(node.part);
  }
}

/** What a match of the node can begin with. */
export function firsts(node: RegexNode): CharSet {
  switch (node.kind) {
    case "chars":
      return node.chars;
    case "edge":
      return noChars;
    case "either":
      return union(...node.parts.map(firsts));
    case "repeat":
      return firsts(node.part);
    case "sequence": {
      const solid = node.parts.findIndex((part) => !isEmptyable(part));
      return union(...node.parts.slice(0, solid < 0 ? node.parts.length : solid + 1).map(firsts));
    }
  }
}

/** Everything the node can match anywhere. */
export function allChars(node: RegexNode): CharSet {
  switch (node.kind) {
    case "chars":
      return node.chars;
    case "edge":
      return noChars;
    case "repeat":
      return allChars(node.part);
    case "sequence":
    case "either":
      return union(...node.parts.map(allChars));
  }
}
