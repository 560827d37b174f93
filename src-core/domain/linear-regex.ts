// Regular expressions that cannot stall the gateway: a pattern that may backtrack without bound is refused with a reason, and one that is
// accepted looks at no more text than keeps its worst case within a fixed number of steps. Refuses too much rather than too little.
import { type CharSet, noChars, overlap, union } from "./char-set.ts";
import { allChars, firsts, isEmptyable, type RegexNode, type RegexRepeat, readRegex } from "./regex-syntax.ts";

/** An accepted pattern. `scanChars`: how much of a text, from its beginning, it is shown. */
export interface LinearRegex {
  readonly regex: RegExp;
  readonly scanChars: number;
}

const longest = 1000;
/** A few hundredths of a second on a small machine. */
const mostSteps = 16_000_000;
const mostChars = 65_536;
/** A pattern that could be shown less than this would surprise people more than a refusal does. */
const leastChars = 512;
/** More repetitions than this count as endless. */
const fewTimes = 32;

/** The compiled pattern, or why it is refused: the end of a sentence that begins with "because". A leading `(?i)` ignores case. */
export function compileLinear(pattern: string): LinearRegex | { readonly reason: string } {
  if (pattern.length > longest) return { reason: `it is longer than ${longest} characters` };
  const read = readRegex(pattern);
  if ("reason" in read) return read;
  const judge = new Judge();
  const cost = judge.cost(read.tree, noChars, false);
  if (judge.reason !== undefined) return { reason: judge.reason };
  const scanChars = scanned(cost, startsAtStart(read.tree));
  if (scanChars === undefined)
    return { reason: "its repetitions can share one text in too many ways; make neighbours differ, or drop a leading .*" };
  const regex = compiled(read.source, read.caseless);
  return regex === undefined ? { reason: "JavaScript does not accept it" } : { regex, scanChars };
}

/** The pattern that must match a text from its beginning to its end. */
export function asWhole(pattern: string): string {
  const flag = pattern.startsWith("(?i)") ? "(?i)" : "";
  return `${flag}^(?:${pattern.slice(flag.length)})$`;
}

/** True where the pattern is found in the part of the text that it is shown. */
export function foundIn({ regex, scanChars }: LinearRegex, text: string): boolean {
  return regex.test(text.length > scanChars ? text.slice(0, scanChars) : text);
}

function compiled(source: string, ignoresCase: boolean): RegExp | undefined {
  try {
    return new RegExp(source, ignoresCase ? "i" : "");
  } catch {
    return undefined;
  }
}

/**
 * The worst case of a match from one place: `ways` paths of `length` characters, times the text's length to the power of `branching`
 * (repetitions whose end is a guess), and once more where a repetition follows the last of those (`runs`).
 */
interface Cost {
  readonly ways: number;
  readonly length: number;
  readonly branching: number;
  readonly runs: boolean;
}

const free: Cost = { ways: 1, length: 0, branching: 0, runs: false };

/** How much text keeps the worst case within bounds; undefined where that is too little to be of use. */
function scanned({ ways, length, branching, runs }: Cost, anchored: boolean): number | undefined {
  const degree = branching + (runs ? 1 : 0) + (anchored ? 0 : 1);
  if (degree > 2) return undefined;
  const perPlace = mostSteps / (ways * Math.max(1, length));
  const chars = degree === 2 ? Math.min(perPlace, Math.sqrt(mostSteps / ways)) : perPlace;
  return chars < leastChars ? undefined : Math.floor(Math.min(chars, mostChars));
}

function startsAtStart(node: RegexNode): boolean {
  if (node.kind === "either") return node.parts.every(startsAtStart);
  if (node.kind === "edge") return node.start;
  const [first] = node.kind === "sequence" ? node.parts : [];
  return first !== undefined && startsAtStart(first);
}

class Judge {
  reason: string | undefined;

  /** `after`: what may come right behind the node. Inside a repetition (`inLoop`) every choice must be settled by the next character. */
  cost(node: RegexNode, after: CharSet, inLoop: boolean): Cost {
    switch (node.kind) {
      case "edge":
        return free;
      case "chars":
        return { ...free, length: 1 };
      case "sequence":
        return this.#sequence(node.parts, after, inLoop);
      case "either":
        return this.#either(node.parts, after, inLoop);
      case "repeat":
        return isLoop(node) ? this.#loop(node, after, inLoop) : this.#fewTimes(node, after, inLoop);
    }
  }

  #sequence(parts: readonly RegexNode[], after: CharSet, inLoop: boolean): Cost {
    let total = free;
    let behind = after;
    for (const part of parts.toReversed()) {
      total = then(this.cost(part, behind, inLoop), total);
      behind = isEmptyable(part) ? union(firsts(part), behind) : firsts(part);
    }
    return total;
  }

  #either(parts: readonly RegexNode[], after: CharSet, inLoop: boolean): Cost {
    const begins = parts.map((part) => (isEmptyable(part) ? union(firsts(part), after) : firsts(part)));
    const costs = parts.map((part) => this.cost(part, after, inLoop));
    // Alternatives that begin apart exclude each other: the paths are those of the largest crowd that begins alike.
    const crowds = begins.map((begin) =>
      costs.reduce((sum, { ways }, other) => (overlap(begin, begins[other] ?? noChars) ? sum + ways : sum), 0),
    );
    const alike = begins.some((begin, at) => begins.some((other, index) => index > at && overlap(begin, other)));
    if (inLoop && (alike || parts.filter(isEmptyable).length > 1)) this.reason ??= "it repeats alternatives that begin alike";
    return {
      ways: Math.max(1, ...crowds, ...costs.map(({ ways }) => ways)) + parts.filter(isEmptyable).length,
      length: Math.max(...costs.map(({ length }) => length)) + parts.length,
      branching: Math.max(...costs.map(({ branching }) => branching)),
      runs: costs.some(({ runs }) => runs),
    };
  }

  #loop({ part }: RegexRepeat, after: CharSet, inLoop: boolean): Cost {
    if (isEmptyable(part)) this.reason ??= "it repeats something that may be empty";
    const guesses = overlap(allChars(part), after);
    if (inLoop && guesses) this.reason ??= "a repetition inside a repetition can take what belongs to the other";
    this.cost(part, inLoop ? union(firsts(part), after) : firsts(part), true);
    return { ways: 1, length: 0, branching: guesses ? 1 : 0, runs: !guesses };
  }

  #fewTimes({ part, min, max }: RegexRepeat, after: CharSet, inLoop: boolean): Cost {
    const guesses = min !== max && (overlap(allChars(part), after) || isEmptyable(part));
    if (inLoop && guesses) this.reason ??= "it repeats an optional part that begins like what follows it";
    if (inLoop && max > 1 && isEmptyable(part)) this.reason ??= "it repeats something that may be empty";
    const once = this.cost(part, max > 1 ? union(firsts(part), after) : after, inLoop);
    return { ...once, ways: Math.max(1, once.ways) ** max * (guesses ? max - min + 1 : 1), length: once.length * max };
  }
}

/** Endless, or repeating something endless: both are judged as if without end. */
function isLoop({ part, max }: RegexRepeat): boolean {
  return max > fewTimes || (max > 1 && hasLoop(part));
}

function hasLoop(node: RegexNode): boolean {
  if (node.kind === "repeat") return isLoop(node) || hasLoop(node.part);
  return (node.kind === "sequence" || node.kind === "either") && node.parts.some(hasLoop);
}

function then(first: Cost, second: Cost): Cost {
  return {
    ways: first.ways * second.ways,
    length: first.length + second.length,
    branching: first.branching + second.branching,
    runs: second.branching > 0 ? second.runs : first.runs || second.runs,
  };
}
