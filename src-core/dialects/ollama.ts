// The Ollama wire: one JSON object a line, `done: true` on the last; errors as `{"error": "text"}`, also in the middle (observed.md 3).
import type { Usage } from "../contract/events.ts";
import type { Failure } from "../contract/failure.ts";
import type { Task } from "../contract/route.ts";
import { isoInstant } from "./model-lists.ts";
import { errorText, toldByNode } from "./node-errors.ts";
import { endsJson, field, isObject, numberIn, parsed, saysMoreThan } from "./shapes.ts";
import type { Wire } from "./wire.ts";

const nsPerSecond = 1e9;

export const ollama: Wire = {
  frameEnd: "\n",
  streamType: "application/x-ndjson",
  isContent,
  failureIn,
  terminated,
  usageIn,
  failureFrame: (failure) => `${JSON.stringify({ error: failure.message })}\n`,
  /** A chunk without words: this dialect has no comment. */
  keepAliveFrame: ({ task, model }, now) => {
    const nothing = task === "chat" ? { message: { role: "assistant", content: "" } } : { response: "" };
    return `${JSON.stringify({ model, created_at: isoInstant(now), ...nothing, done: false })}\n`;
  },
  waitFrame: ({ model }, now, says) =>
    `${JSON.stringify({ model, created_at: isoInstant(now), message: { role: "assistant", content: "", thinking: says }, done: false })}\n`,
  failureBody: (failure) => JSON.stringify({ error: failure.message }),
};

function lastLine(tail: string): string {
  return tail.trimEnd().split("\n").at(-1) ?? "";
}

const silentInLine: ReadonlySet<string> = new Set([
  "model",
  "created_at",
  "remote_model",
  "remote_host",
  "message",
  "done",
  "load_progress",
]);
const silentInMessage: ReadonlySet<string> = new Set(["role"]);

/** The last line counts: an answer may be empty. So does whatever we do not know. */
function isContent(frame: string): boolean {
  const line = parsed(frame);
  if (!isObject(line) || line["done"] !== false) return true;
  return saysMoreThan(silentInLine, line) || saysMoreThan(silentInMessage, field(line, "message") ?? {});
}

/** Only the last line has these. It may be so long (`/api/generate` repeats the whole context in it) that the tail holds just its end. */
const ofLastLine = /"(?:total_duration|eval_count)"\s*:\s*\d/;

function terminated(tail: string, task: Task): boolean {
  if (!endsJson(tail)) return false;
  if (task === "embedding" || task === "rerank") return true;
  const line = lastLine(tail);
  const last = parsed(line);
  return last === undefined ? ofLastLine.test(line) : field(last, "done") === true;
}

function failureIn(frame: string): Failure | undefined {
  const text = frame.trim();
  if (!text.includes('"error"')) return undefined;
  // What is left when a stream ends may hold earlier lines too; the error is the last.
  const line = parsed(text) ?? parsed(lastLine(text));
  return field(line, "error") == null ? undefined : toldByNode(errorText(line, text));
}

function usageIn(tail: string): Usage | undefined {
  const line = lastLine(tail);
  const last = parsed(line);
  const figure = (key: string) => (last === undefined ? figureAtEnd(line, key) : numberIn(last, key));
  const tokensIn = figure("prompt_eval_count");
  const tokensOut = figure("eval_count");
  if (tokensIn === undefined && tokensOut === undefined) return undefined;
  const ns = figure("eval_duration") ?? 0;
  return {
    tokensIn,
    tokensOut,
    ...(ns > 0 && tokensOut !== undefined ? { tokensPerSecond: tokensOut / (ns / nsPerSecond) } : {}),
    estimated: false,
  };
}

/** A figure of a line whose beginning is missing. */
function figureAtEnd(line: string, key: string): number | undefined {
  const digits = new RegExp(`"${key}"\\s*:\\s*(\\d{1,15})`).exec(line)?.[1];
  return digits === undefined || !endsJson(line) ? undefined : Number(digits);
}
