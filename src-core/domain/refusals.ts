// When an answer is a refusal (source-systems.md 3.3, with the gaps of 3.6 closed): one of the patterns at the start of a sentence within the
// first 200 characters, outside quotes and code, with a word's end behind it. What a sentence may open with, and which words after a pattern
// make it an idiom ("I can't wait"), are the tables below; everything else is the patterns, which a profile may replace.

/** The beginnings of refusals. Case and kind of apostrophe do not matter. */
export const defaultRefusalPatterns: readonly string[] = [
  "nie wiem",
  "I cannot",
  "I can't",
  "as an AI",
  "I don't know",
  "I'm not able",
  "I am not able",
  "I'm unable",
  "I am unable",
  "beyond my capabilities",
];

/** A refusal stands in the first so many characters, with whatever decides it, or it is none. */
export const refusalWindow = 200;
/** With thinking told inline before it, so many of the text are looked at in all. */
const longestLooked = 2_048;

/** Words that come before the pattern proper in the same sentence, longest first where one begins another. */
const openers: readonly string[] = [
  ...["i'm really sorry", "i'm so sorry", "i'm very sorry", "i'm sorry", "i am sorry", "so sorry", "sorry", "i apologize", "i apologise"],
  ...["my apologies", "apologies", "unfortunately", "regrettably", "i'm afraid", "i am afraid", "i regret", "to be honest", "honestly"],
  ...["well", "hmm", "oh", "no", "but", "however"],
  ...["bardzo mi przykro", "przykro mi", "przepraszam", "niestety", "ale"],
  // What is "beyond my capabilities".
  ...["this request is", "this question is", "this task is", "your request is", "your question is", "that request is"],
  ...["this is", "that is", "it is", "that's", "it's", "this goes", "that goes", "it goes"],
  "that",
];
const mostOpeners = 4;

/** After these, the pattern refuses nothing. */
const idiomsOfCannot = [
  ...["stress", "emphasize", "emphasise", "overstate", "overemphasize", "overemphasise", "wait", "believe", "thank you", "imagine"],
  ...[
    "resist",
    "complain",
    "deny",
    "argue with",
    "help but",
    "begin to",
    "say enough",
    "agree more",
    "recommend it enough",
    "recommend this enough",
  ],
];

interface Continuation {
  /** The end of a pattern. */
  readonly after: string;
  readonly never?: readonly string[];
  /** If given, one of these must follow, or the sentence ends there. */
  readonly only?: readonly string[];
}

const continuations: readonly Continuation[] = [
  { after: "can't", never: idiomsOfCannot },
  { after: "cannot", never: idiomsOfCannot },
  { after: "don't know", never: ["about you", "how to thank"] },
  // "As an AI engineer you will" speaks of somebody else.
  {
    after: "as an ai",
    only: [
      ...["language", "model", "assistant", "system", "chatbot", "program", "llm", "developed", "created", "trained", "designed", "made"],
      ...["i", "i'm", "i've", "my"],
    ],
  },
];

interface Pattern {
  readonly words: string;
  readonly told: string;
  readonly continuation: Continuation | undefined;
}

/** Patterns made ready, once per profile. */
export interface Refusals {
  readonly patterns: readonly Pattern[];
}

/** Makes patterns ready; without any, the default ones. */
export function refusalsOf(patterns: readonly string[] = defaultRefusalPatterns): Refusals {
  const ready = patterns.map((told) => {
    const words = plain(told.trim());
    return { words, told, continuation: continuations.find(({ after }) => words.endsWith(after)) };
  });
  return { patterns: ready.filter(({ words }) => words !== "") };
}

/** The pattern by which a whole answer refuses, as it was written in the profile. Not to be asked of answers with tool calls. */
export function isRefusal(text: string, refusals: Refusals): string | undefined {
  const { answer, open } = withoutThinking(text.slice(0, longestLooked));
  return open ? undefined : refusedBy(answer, refusals, text.length < longestLooked && answer.length <= refusalWindow);
}

/** The same judgement over a text that grows. `refused` and `clear` are final; at the end, what is undecided is asked of `isRefusal`. */
export class RefusalWatch {
  readonly #refusals: Refusals;
  #text = "";
  #state: "undecided" | "clear" | "refused" = "undecided";

  constructor(refusals: Refusals) {
    this.#refusals = refusals;
  }

  /** Takes more of the text; once decided it keeps nothing. */
  push(text: string): "undecided" | "clear" | "refused" {
    if (this.#state !== "undecided") return this.#state;
    this.#text = (this.#text + text).slice(0, longestLooked);
    const { answer, open } = withoutThinking(this.#text);
    if (open) this.#state = this.#text.length >= longestLooked ? "clear" : "undecided";
    else if (refusedBy(answer, this.#refusals, false) !== undefined) this.#state = "refused";
    else if (answer.length > refusalWindow || this.#text.length >= longestLooked) this.#state = "clear";
    return this.#state;
  }
}

/** The text behind a leading `<think>…</think>`, which is told to nobody as an answer. `open`: it has not ended yet, or may still begin. */
export function withoutThinking(text: string): { readonly answer: string; readonly open: boolean } {
  const trimmed = text.trimStart();
  if (!trimmed.startsWith("<think>")) return { answer: trimmed, open: trimmed !== "" && "<think>".startsWith(trimmed) };
  const end = trimmed.indexOf("</think>");
  return end < 0 ? { answer: "", open: true } : { answer: trimmed.slice(end + "</think>".length).trimStart(), open: false };
}

/** `complete`: nothing follows `answer`. Otherwise what its next characters could still change does not count. */
function refusedBy(answer: string, { patterns }: Refusals, complete: boolean): string | undefined {
  const window = plain(answer.slice(0, refusalWindow));
  for (const start of sentenceStarts(window)) {
    const places = beginnings(window, start);
    const found = patterns.find((pattern) => places.some((at) => matches(window, at, pattern, complete)));
    if (found !== undefined) return found.told;
  }
  return undefined;
}

/** Whether the pattern stands at `at` and refuses, whatever may follow the text. */
function matches(text: string, at: number, { words, continuation }: Pattern, complete: boolean): boolean {
  if (!text.startsWith(words, at)) return false;
  const rest = text.slice(at + words.length);
  if (!endsWord(rest, complete)) return false;
  if (continuation === undefined) return true;
  const next = rest.trimStart();
  if (next === "") return complete;
  const { never = [], only } = continuation;
  if (never.some((idiom) => next.startsWith(idiom) || (!complete && idiom.startsWith(next)))) return false;
  if (only === undefined || !/^[a-z]/.test(next)) return true;
  return only.some((word) => next.startsWith(word) && endsWord(next.slice(word.length), complete));
}

/** True where no letter, digit or apostrophe goes on with the word; at the end of the text only if it is complete. */
function endsWord(rest: string, complete: boolean): boolean {
  return rest === "" ? complete : !/^(?:[\p{L}\p{N}_]|['-][\p{L}\p{N}])/u.test(rest) && (complete || !/^['-]$/.test(rest));
}

/** The sentence's start, and the places behind each of the words it opens with. */
function beginnings(text: string, start: number): number[] {
  const places = [start];
  for (let at = start; places.length <= mostOpeners; places.push(at)) {
    const from = at;
    const opener = openers.find((words) => text.startsWith(words, from) && pause.test(text.slice(from + words.length)));
    if (opener === undefined) break;
    at += opener.length;
    while (pause.test(text.charAt(at))) at += 1;
  }
  return places;
}

const pause = /^[\s,.!;:…—–-]/u;

/** Where sentences begin, outside quotes and fenced code. A line begins one only where the line before it ended as sentences do. */
function sentenceStarts(text: string): number[] {
  const starts: number[] = [];
  let quoted = false;
  let fenced = false;
  let ended = true;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (text.startsWith("```", at)) {
      fenced = !fenced;
      ended = !fenced;
      at += 2;
    } else if (fenced || /^(?:[\s_]|\*(?!\s))/.test(text.slice(at, at + 2))) continue;
    else if (char === '"') {
      // What stands in quotes is somebody else's words.
      quoted = !quoted;
      ended = false;
    } else if (/[.!?…]/.test(char)) ended = !quoted && /^[.!?…*_)]*(?:\s|$)/.test(text.slice(at));
    else {
      if (ended && !quoted) starts.push(at);
      ended = false;
    }
  }
  return starts;
}

/** Lower case, one kind of apostrophe and of quote; lengths stay as they are. */
function plain(text: string): string {
  return text
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
    .replace(/[’‘ʼ´]/g, "'")
    .replace(/[“”„«»]/g, '"');
}
