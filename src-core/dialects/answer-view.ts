// What an answer says, as far as judging it needs: the text, whether tools are called, why it ended. Read from a whole body or put together from a
// stream's frames, each looked at once. The first choice counts; thinking that is told apart from the answer is no text of it.
import type { Dialect } from "../contract/node-kinds.ts";
import type { Task } from "../contract/route.ts";
import type { ChatEvent, ChatReply } from "./canonical.ts";
import { dataOf } from "./openai.ts";
import { field, isObject, listIn, numberIn, parsed, textIn } from "./shapes.ts";

export interface AnswerView {
  readonly text: string;
  readonly hasToolCalls: boolean;
  /** The model's own word that it refuses (OpenAI's `refusal` field). */
  readonly refusal: string;
  /** Neither text nor tool calls nor a refusal. */
  readonly empty: boolean;
  /** `finish_reason` or `done_reason`. */
  readonly finishReason: string | undefined;
}

/** What one body or frame adds. */
interface Piece {
  readonly text: string | undefined;
  readonly hasToolCalls: boolean;
  readonly refusal: string | undefined;
  readonly finishReason: string | undefined;
}

type Read = (event: unknown) => Piece | undefined;

/** Dialects whose answers can be judged. Nothing leads to the others' inference yet. */
export type Judged = Exclude<Dialect, "anthropic">;
const readers: Readonly<Record<Judged, Read>> = { openai: fromOpenAi, ollama: fromOllama, responses: fromResponses };

/** True where answers to this task in this dialect hold words that can be judged. */
export function canBeJudged(dialect: Dialect, task: Task): dialect is Judged {
  return dialect !== "anthropic" && (task === "chat" || task === "completion");
}

/** The view of a whole body; undefined where it is none of the dialect's answers. */
export function viewOfWhole(dialect: Judged, body: unknown): AnswerView | undefined {
  const piece = readers[dialect](body);
  return piece === undefined ? undefined : viewOf(piece.text ?? "", piece.refusal ?? "", piece.hasToolCalls, piece.finishReason);
}

/** The view of an answer that was translated. */
export function viewOfReply({ parts, finish }: ChatReply): AnswerView {
  const text = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  const hasToolCalls = parts.some((part) => part.type === "tool-call");
  return viewOf(text, finish === "refusal" ? finish : "", hasToolCalls, finish);
}

/** A stream's answer as it grows. */
export class StreamView {
  readonly #dialect: Judged;
  readonly #text: string[] = [];
  #refusal = "";
  #hasToolCalls = false;
  #finishReason: string | undefined;

  constructor(dialect: Judged) {
    this.#dialect = dialect;
  }

  get hasToolCalls(): boolean {
    return this.#hasToolCalls;
  }

  /** The model said itself that it refuses. */
  get refuses(): boolean {
    return this.#refusal !== "";
  }

  /** Takes one frame, without its end, and returns the text it adds. */
  push(frame: string): string {
    const data = this.#dialect === "ollama" ? frame : dataOf(frame);
    const piece = data === undefined ? undefined : readers[this.#dialect](parsed(data));
    if (piece === undefined) return "";
    this.#refusal += piece.refusal ?? "";
    this.#hasToolCalls ||= piece.hasToolCalls;
    this.#finishReason = piece.finishReason ?? this.#finishReason;
    if (piece.text !== undefined && piece.text !== "") this.#text.push(piece.text);
    return piece.text ?? "";
  }

  /** The same for one step of a translated answer, which has no dialect. */
  take(event: ChatEvent): string {
    if (event.type === "text") {
      this.#text.push(event.text);
      return event.text;
    }
    if (event.type === "tool-call") this.#hasToolCalls = true;
    else if (event.type === "finish") {
      this.#finishReason = event.finish;
      if (event.finish === "refusal") this.#refusal = event.stopText ?? event.finish;
    }
    return "";
  }

  view(): AnswerView {
    return viewOf(this.#text.join(""), this.#refusal, this.#hasToolCalls, this.#finishReason);
  }
}

function viewOf(text: string, refusal: string, hasToolCalls: boolean, finishReason: string | undefined): AnswerView {
  return { text, refusal, hasToolCalls, finishReason, empty: text.trim() === "" && !hasToolCalls && refusal === "" };
}

/** `message` in a whole chat, `delta` in a stream, `text` in a completion; llama-server and Ollama keep to the same shapes. */
function fromOpenAi(event: unknown): Piece | undefined {
  if (!isObject(event) || !Array.isArray(event["choices"])) return undefined;
  const choice = listIn(event, "choices").find((one) => (numberIn(one, "index") ?? 0) === 0);
  const said = field(choice, "message") ?? field(choice, "delta");
  return {
    text: contentOf(said) ?? textIn(choice, "text"),
    hasToolCalls: listIn(said, "tool_calls").length > 0 || isObject(field(said, "function_call")),
    refusal: textIn(said, "refusal"),
    finishReason: textIn(choice, "finish_reason"),
  };
}

/** Content is a text, or parts of which some are texts. */
function contentOf(said: unknown): string | undefined {
  const parts = listIn(said, "content");
  return textIn(said, "content") ?? (parts.length === 0 ? undefined : parts.map((part) => textIn(part, "text") ?? "").join(""));
}

function fromOllama(event: unknown): Piece | undefined {
  if (!isObject(event)) return undefined;
  const said = field(event, "message");
  return {
    text: textIn(said, "content") ?? textIn(event, "response"),
    hasToolCalls: listIn(said, "tool_calls").length > 0,
    refusal: undefined,
    finishReason: textIn(event, "done_reason"),
  };
}

/** Pieces in a stream's events, items in a whole body; what an event tells once more in full is no news. */
function fromResponses(event: unknown): Piece | undefined {
  if (!isObject(event)) return undefined;
  const type = textIn(event, "type");
  const delta = textIn(event, "delta");
  const items = type === undefined ? listIn(event, "output") : [field(event, "item")];
  if (type === undefined && event["object"] !== "response") return undefined;
  const parts = type === undefined ? items.flatMap((item) => (textIn(item, "type") === "message" ? listIn(item, "content") : [])) : [];
  const said = (key: string) => parts.map((part) => textIn(part, key) ?? "").join("");
  return {
    text: type === undefined ? said("text") : type === "response.output_text.delta" ? delta : undefined,
    hasToolCalls: items.some((item) => textIn(item, "type") === "function_call"),
    refusal: type === undefined ? said("refusal") : type === "response.refusal.delta" ? delta : undefined,
    finishReason: textIn(type === undefined ? event : field(event, "response"), "status"),
  };
}
