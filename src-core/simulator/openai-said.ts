// What a simulated model says in OpenAI's words, whole or piece by piece: thoughts, text, calls of tools. Servers differ in their word for thoughts.
import type { Generation, SaidCall } from "./words.ts";

/** llama-server's and vLLM's word for thoughts, and the one that Ollama has under /v1. */
export type ThoughtWord = "reasoning_content" | "reasoning";

/** Characters of arguments in one piece of a stream. */
const argumentsPiece = 7;

/** The message of a whole answer. A server that always lists its calls says so with `calls: []` in its own `message`. */
export function messageOf({ words, thinking, calls }: Generation, thoughts: ThoughtWord): object {
  return {
    role: "assistant",
    content: words.length === 0 && calls.length > 0 ? null : words.join(""),
    ...(thinking.length === 0 ? {} : { [thoughts]: thinking.join("") }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map((call, index) => callOf(call, index, JSON.stringify(call.arguments))) }),
  };
}

/** The deltas of a stream after its role, in order; `whole`: calls come in one piece each. */
export function deltasOf({ words, thinking, calls }: Generation, thoughts: ThoughtWord, whole = false): readonly object[] {
  return [
    ...thinking.map((word) => ({ [thoughts]: word })),
    ...words.map((word) => ({ content: word })),
    ...calls.flatMap((call, index) => callDeltas(call, index, whole)),
  ];
}

function callDeltas(call: SaidCall, index: number, whole: boolean): readonly object[] {
  const text = JSON.stringify(call.arguments);
  if (whole) return [{ tool_calls: [callOf(call, index, text)] }];
  const pieces = text.match(new RegExp(`.{1,${argumentsPiece}}`, "gs")) ?? [];
  return [
    { tool_calls: [callOf(call, index, "")] },
    ...pieces.map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
  ];
}

function callOf({ id, name }: SaidCall, index: number, text: string): object {
  return { index, id, type: "function", function: { name, arguments: text } };
}
