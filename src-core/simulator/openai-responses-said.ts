// What a simulated model says as the items of a response, whole or event by event: a thought, a message, calls of tools.
import type { Generation, SaidCall } from "./words.ts";

/** One item: itself when done, itself when begun, and what comes in between. `part`: what its pieces are a part of, where it has parts. */
export interface SaidItem {
  readonly done: Readonly<Record<string, unknown>>;
  readonly begun: Readonly<Record<string, unknown>>;
  readonly pieces: readonly string[];
  /** The event of one piece without its `.delta`, and where the piece stands. */
  readonly event: string;
  readonly at: Readonly<Record<string, number>>;
  /** The field that the whole text has in the event that ends the pieces. */
  readonly whole: "text" | "arguments";
  readonly part?: { readonly event: string; readonly of: (text: string) => object };
}

/** Characters of a call's arguments in one event. */
const argumentsPiece = /.{1,8}/gs;

/** The items of an answer, in order. `id` makes theirs; `status` is a message's at its end. */
export function itemsOf({ thinking, words, calls }: Generation, id: string, status: string): readonly SaidItem[] {
  return [
    ...(thinking.length === 0 ? [] : [thoughtOf(thinking, id)]),
    ...(words.length === 0 && calls.length > 0 ? [] : [messageOf(words, id, status)]),
    ...calls.map((call, index) => callOf(call, `fc_${id}${index}`)),
  ];
}

function thoughtOf(pieces: readonly string[], id: string): SaidItem {
  const of = (text: string) => ({ type: "summary_text", text });
  const item = { id: `rs_${id}`, type: "reasoning" };
  return {
    done: { ...item, summary: [of(pieces.join(""))] },
    begun: { ...item, summary: [] },
    pieces,
    event: "response.reasoning_summary_text",
    at: { summary_index: 0 },
    whole: "text",
    part: { event: "response.reasoning_summary_part", of },
  };
}

function messageOf(pieces: readonly string[], id: string, status: string): SaidItem {
  const of = (text: string) => ({ type: "output_text", annotations: [], logprobs: [], text });
  const item = { id: `msg_${id}`, type: "message", role: "assistant" };
  return {
    done: { ...item, status, content: [of(pieces.join(""))] },
    begun: { ...item, status: "in_progress", content: [] },
    pieces,
    event: "response.output_text",
    at: { content_index: 0 },
    whole: "text",
    part: { event: "response.content_part", of },
  };
}

function callOf({ id: call_id, name, arguments: given }: SaidCall, id: string): SaidItem {
  const text = JSON.stringify(given);
  const item = { id, type: "function_call", call_id, name };
  return {
    done: { ...item, arguments: text, status: "completed" },
    begun: { ...item, arguments: "", status: "in_progress" },
    pieces: text.match(argumentsPiece) ?? [],
    event: "response.function_call_arguments",
    at: {},
    whole: "arguments",
  };
}

/** The events of one item; `frame` numbers and writes them. */
export function itemEvents(item: SaidItem, output_index: number, frame: (type: string, rest: object) => string): readonly string[] {
  const { done, begun, pieces, event, at, whole, part } = item;
  const place = { item_id: done["id"], output_index, ...at };
  const text = pieces.join("");
  const logprobs = event === "response.output_text" ? { logprobs: [] } : {};
  return [
    frame("response.output_item.added", { output_index, item: begun }),
    ...(part === undefined ? [] : [frame(`${part.event}.added`, { ...place, part: part.of("") })]),
    ...pieces.map((delta) => frame(`${event}.delta`, { ...place, delta, ...logprobs })),
    frame(`${event}.done`, { ...place, [whole]: text, ...logprobs }),
    ...(part === undefined ? [] : [frame(`${part.event}.done`, { ...place, part: part.of(text) })]),
    frame("response.output_item.done", { output_index, item: done }),
  ];
}
