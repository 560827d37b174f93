// A conversation that is longer than its model's context, without its oldest turns. What the system says, the user's last turn and the latest turn
// stay; a call of a tool and its results stay or go together. Edited by span: what stays, stays byte for byte.
import type { JsonSpan } from "./json-scan.ts";
import { edited, elementsOf, valuesOf } from "./json-spans.ts";
import { field, listIn, textIn } from "./shapes.ts";
import { countTokens, messageWeight } from "./token-count.ts";

export interface Rescued {
  readonly body: Uint8Array;
  /** Messages left out. */
  readonly dropped: number;
  /** An estimate of what is left. */
  readonly promptTokens: number;
}

/** Messages that stay or go together: from `start`, `end` exclusive. */
interface Turn {
  readonly start: number;
  readonly end: number;
  readonly weight: number;
  readonly isSystem: boolean;
  /** Somebody speaks in it, not only a tool. */
  readonly isUsers: boolean;
}

/** `parsed`: the same body. Undefined where there are no messages, or what must stay is too long by itself. `mostTokens`: for what is left. */
export function withoutOldestTurns(body: Uint8Array, parsed: unknown, mostTokens: number): Rescued | undefined {
  // Responses keep their talk in `input`.
  const key = Array.isArray(field(parsed, "messages")) ? "messages" : "input";
  const messages = listIn(parsed, key);
  const turns = turnsOf(messages);
  let left: number = countTokens(parsed).input_tokens;
  const lastUsers = turns.findLastIndex(({ isUsers }) => isUsers);
  const gone = new Set<Turn>();
  for (const [at, turn] of turns.entries()) {
    if (turn.isSystem) continue;
    const mustStay = at === lastUsers || at === turns.length - 1;
    // A talk begins with its user: templates refuse one that begins with an answer.
    const mayBegin = gone.size === 0 || turn.isUsers || mustStay || at > lastUsers;
    if (left <= mostTokens && mayBegin) break;
    if (mustStay) continue;
    gone.add(turn);
    left -= turn.weight;
  }
  if (left > mostTokens || gone.size === 0) return undefined;
  const leftOut = [...gone].flatMap(({ start, end }) => Array.from({ length: end - start }, (_, one) => start + one));
  const cut = withoutMessages(body, key, new Set(leftOut), messages.length);
  return cut === undefined ? undefined : { body: cut, dropped: leftOut.length, promptTokens: Math.ceil(left) };
}

function turnsOf(messages: readonly unknown[]): Turn[] {
  const turns: Turn[] = [];
  for (let start = 0; start < messages.length; ) {
    const first = messages[start];
    let end = start + 1;
    if (callsTools(first)) while (end < messages.length && isResult(messages[end])) end += 1;
    const members = messages.slice(start, end);
    const role = textIn(first, "role");
    turns.push({
      start,
      end,
      weight: members.reduce<number>((sum, message) => sum + messageWeight(message), 0),
      isSystem: role === "system" || role === "developer",
      isUsers: members.some(isUsers),
    });
    start = end;
  }
  return turns;
}

/** OpenAI's and Ollama's word, OpenAI's old one, Responses', whose reasoning goes before its call, and Anthropic's. */
function callsTools(message: unknown): boolean {
  const type = textIn(message, "type");
  if (type === "function_call" || type === "reasoning") return true;
  if (listIn(message, "tool_calls").length > 0 || field(message, "function_call") != null) return true;
  return listIn(message, "content").some((part) => textIn(part, "type") === "tool_use");
}

function isResult(message: unknown): boolean {
  const type = textIn(message, "type");
  // Calls made at once stand one behind the other, their results behind them.
  if (type === "function_call_output" || type === "function_call") return true;
  const role = textIn(message, "role");
  return role === "tool" || role === "function" || listIn(message, "content").some(isResultPart);
}

const isResultPart = (part: unknown): boolean => textIn(part, "type") === "tool_result";

/** Anthropic's results stand in messages of the user. */
function isUsers(message: unknown): boolean {
  if (textIn(message, "role") !== "user") return false;
  const parts = listIn(message, "content");
  return parts.length === 0 || !parts.every(isResultPart);
}

/** `of`: how many there are; where the bytes show another number, nothing is touched. */
function withoutMessages(body: Uint8Array, key: string, leftOut: ReadonlySet<number>, of: number): Uint8Array | undefined {
  const list = valuesOf(body, body.indexOf(0x7b), key).at(-1);
  const spans = list === undefined ? [] : elementsOf(body, list.start);
  if (spans.length !== of) return undefined;
  const edits: (JsonSpan & { readonly text: string })[] = [];
  // Something stays behind every message that goes: each goes with the comma behind it.
  for (const [at, { start }] of spans.entries()) {
    const next = spans[at + 1];
    if (leftOut.has(at) && next !== undefined) edits.push({ start, end: next.start, text: "" });
  }
  return edits.length === leftOut.size ? edited(body, edits) : undefined;
}
