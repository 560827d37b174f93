// The Ollama wire: one JSON object a line, `done: true` on the last; errors as `{"error": "text"}`, also in the middle (observed.md 3).
import type { Usage } from "../contract/events.ts";
import type { Failure } from "../contract/failure.ts";
import type { Task } from "../contract/route.ts";
import { errorText, toldByNode } from "./node-errors.ts";
import { field, isObject, listIn, numberIn, parsed } from "./shapes.ts";
import type { Wire } from "./wire.ts";

const nsPerSecond = 1e9;

export const ollama: Wire = {
  frameEnd: "\n",
  isContent,
  failureIn,
  terminated: (tail, task: Task) => task === "embedding" || /"done"\s*:\s*true/.test(lastLine(tail)),
  usageIn,
  failureFrame: (failure) => `${JSON.stringify({ error: failure.message })}\n`,
  failureBody: (failure) => JSON.stringify({ error: failure.message }),
};

function lastLine(tail: string): string {
  return tail.trimEnd().split("\n").at(-1) ?? "";
}

/** The last line counts: an answer may be empty. */
function isContent(frame: string): boolean {
  const line = parsed(frame);
  if (!isObject(line)) return true;
  if (line["done"] === true) return true;
  const message = field(line, "message");
  const texts = [field(line, "response"), field(line, "thinking"), field(message, "content"), field(message, "thinking")];
  return (
    texts.some((text) => typeof text === "string" && text !== "") ||
    listIn(message, "tool_calls").length > 0 ||
    !Object.hasOwn(line, "done")
  );
}

function failureIn(frame: string): Failure | undefined {
  const text = frame.trim();
  if (!text.includes('"error"')) return undefined;
  const line = parsed(text);
  return field(line, "error") == null ? undefined : toldByNode(errorText(line, text));
}

function usageIn(tail: string): Usage | undefined {
  const last = parsed(lastLine(tail));
  const tokensIn = numberIn(last, "prompt_eval_count");
  const tokensOut = numberIn(last, "eval_count");
  if (tokensIn === undefined && tokensOut === undefined) return undefined;
  const ns = numberIn(last, "eval_duration") ?? 0;
  return {
    tokensIn,
    tokensOut,
    ...(ns > 0 && tokensOut !== undefined ? { tokensPerSecond: tokensOut / (ns / nsPerSecond) } : {}),
    estimated: false,
  };
}
