// What simulated models say: words and vectors found from the prompt alone, so that equal questions get equal answers.
import { createHash } from "node:crypto";
import type { SimulatedAnswer, SimulatedModel } from "./options.ts";

const vocabulary = (
  "the harbour keeps a quiet light and every small boat finds its way home before rain while slow rivers carry warm stones past green fields " +
  "toward an open gate where two lanterns burn above fresh bread near old maps on wide tables so nobody waits long for answers"
).split(" ");

/** A running text: the answer as words, each with its leading space, and why it ended. */
export interface Generation {
  readonly words: readonly string[];
  /** What it thinks before, as words; nothing for most models. */
  readonly thinking: readonly string[];
  readonly calls: readonly SaidCall[];
  readonly finish: "stop" | "length" | "tool_calls";
  readonly promptTokens: number;
  /** Everything written, thoughts and calls too. */
  readonly tokens: number;
}

/** A tool called. `id` is found from the conversation, so that calls of different turns differ. */
export interface SaidCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** Token count of a text as the simulator sees it: a quarter of its characters, and a little for the template. */
export function countTokens(text: string): number {
  return Math.ceil(text.length / 4) + 8;
}

/** The answer to a prompt. Cut at `maxTokens` where the client asked for that; `thinks`: false where it asked for no thoughts. */
export function generate(
  model: SimulatedModel,
  prompt: string,
  promptTokens: number,
  maxTokens: number | undefined,
  thinks = true,
): Generation {
  const draw = numbersFrom(`${model.name}\n${prompt}`);
  const said = model.says?.find((answer) => !prompt.includes(signOf(answer))) ?? model.says?.at(-1);
  if (said !== undefined) return spoken(typeof said === "string" ? { thinking: "", text: said, calls: [] } : said, promptTokens, thinks);
  const natural = model.replyTokens ?? 24 + Math.floor(draw() * 72);
  const limit = maxTokens === undefined || maxTokens < 0 ? natural : Math.min(natural, maxTokens);
  const words = wordsFrom(draw, limit);
  return { words, thinking: [], calls: [], finish: limit < natural ? "length" : "stop", promptTokens, tokens: words.length };
}

function spoken({ thinking, text, calls }: SimulatedAnswer, promptTokens: number, thinks: boolean): Generation {
  const words = text === "" ? [] : text.split(/(?<=\s)/);
  const thought = thinks && thinking !== "" ? thinking.split(/(?<=\s)/) : [];
  const called = calls.map((call, index) => ({ id: `call_${promptTokens.toString(36)}${index}`, ...call }));
  const tokens = words.length + thought.length + called.length * tokensPerCall;
  return { words, thinking: thought, calls: called, finish: called.length > 0 ? "tool_calls" : "stop", promptTokens, tokens };
}

const tokensPerCall = 12;

/** What of an answer stands in the conversation once it was given. */
function signOf(answer: string | SimulatedAnswer): string {
  if (typeof answer === "string") return answer;
  const [call] = answer.calls;
  return call === undefined ? answer.text : JSON.stringify(call.arguments);
}

function wordsFrom(draw: () => number, count: number): string[] {
  const words: string[] = [];
  let left = 0;
  for (let index = 0; index < count; index += 1) {
    const opens = left === 0;
    if (opens) left = 6 + Math.floor(draw() * 8);
    left -= 1;
    const word = vocabulary[Math.floor(draw() * vocabulary.length)] ?? "home";
    const cased = opens ? word.charAt(0).toUpperCase() + word.slice(1) : word;
    words.push(` ${cased}${left === 0 ? "." : ""}`);
  }
  return words;
}

/** A unit vector found from the text: equal texts have equal vectors. */
export function embed(text: string, dimensions = 64): number[] {
  const draw = numbersFrom(text);
  const raw = Array.from({ length: dimensions }, () => draw() * 2 - 1);
  const norm = Math.hypot(...raw) || 1;
  return raw.map((value) => value / norm);
}

/** 64 hex digits that stand for the weights: equal names have equal digests on every node. */
export function digestOf(name: string): string {
  return createHash("sha256").update(name).digest("hex");
}

/** mulberry32 over an FNV-1a hash: numbers in [0, 1) that depend on nothing but the text. */
function numbersFrom(text: string): () => number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
