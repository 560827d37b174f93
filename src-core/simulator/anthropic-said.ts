// What a simulated Claude says as Anthropic's blocks, whole or event by event: a signed thought, text, calls of tools.
import type { Generation, SaidCall } from "./words.ts";

type Data = { readonly type: string } & Readonly<Record<string, unknown>>;

/** One block: how it begins, and what comes in pieces. */
export interface SaidBlock {
  readonly block: { readonly type: "text" } | { readonly type: "thinking" } | { readonly type: "tool_use"; readonly call: SaidCall };
  readonly pieces: readonly string[];
}

const signature = "c2lnbmVkIGJ5IHRoZSBzaW11bGF0b3I=";
/** Characters of a call's input in one event. */
const inputPiece = /.{1,9}/gs;

export const event = (data: Data) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;

/** A model that must call a tool calls it with what it would have said. */
export function obeyed(generation: Generation, forced: string | undefined): Generation {
  if (forced === undefined || generation.calls.length > 0) return generation;
  const id = `toolu_${generation.promptTokens.toString(36)}`;
  return { ...generation, words: [], calls: [{ id, name: forced, arguments: inputOf(generation.words.join("")) }], finish: "tool_calls" };
}

function inputOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return { ...value };
  } catch {
    // Not JSON: it stands in the input as it is.
  }
  return { answer: text };
}

export function blocksOf({ words, thinking, calls }: Generation): readonly SaidBlock[] {
  return [
    ...(thinking.length === 0 ? [] : [{ block: { type: "thinking" as const }, pieces: thinking }]),
    ...(words.length === 0 ? [] : [{ block: { type: "text" as const }, pieces: words }]),
    ...calls.map((call) => ({
      block: { type: "tool_use" as const, call },
      pieces: JSON.stringify(call.arguments).match(inputPiece) ?? [],
    })),
  ];
}

export function wholeBlock(block: SaidBlock["block"], text: string): Data {
  switch (block.type) {
    case "text":
      return { type: "text", text };
    case "thinking":
      return { type: "thinking", thinking: text, signature };
    case "tool_use":
      return { type: "tool_use", id: block.call.id, name: block.call.name, input: block.call.arguments };
  }
}

export function blockEvents({ block, pieces }: SaidBlock, index: number): readonly string[] {
  const delta = (said: Data) => event({ type: "content_block_delta", index, delta: said });
  return [
    event({ type: "content_block_start", index, content_block: emptyBlock(block) }),
    ...pieces.map((piece) => delta(deltaOf(block, piece))),
    ...(block.type === "thinking" ? [delta({ type: "signature_delta", signature })] : []),
    event({ type: "content_block_stop", index }),
  ];
}

function emptyBlock(block: SaidBlock["block"]): Data {
  return block.type === "tool_use" ? { ...wholeBlock(block, ""), input: {} } : { ...wholeBlock(block, ""), ...unsigned(block) };
}

/** The signature comes last. */
function unsigned({ type }: SaidBlock["block"]): object {
  return type === "thinking" ? { signature: "" } : {};
}

function deltaOf({ type }: SaidBlock["block"], piece: string): Data {
  if (type === "text") return { type: "text_delta", text: piece };
  return type === "thinking" ? { type: "thinking_delta", thinking: piece } : { type: "input_json_delta", partial_json: piece };
}
