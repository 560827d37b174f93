// The talk so far as Anthropic's turns: user and assistant by turns, a tool's results first, nothing empty. Thoughts go back only with the signature
// they came with: Anthropic refuses any other.
import type { ImageSource, Message, Part } from "./canonical.ts";
import { JsonEnd } from "./json-end.ts";
import { isObject, parsed } from "./shapes.ts";

type Block = Record<string, unknown>;

interface Turn {
  readonly role: "user" | "assistant";
  readonly content: Block[];
}

interface Turns {
  readonly turns: readonly { readonly role: string; readonly content: readonly Block[] | string }[];
  /** The talk is inside a loop of tools, and the thoughts before its calls are missing or carry no signature. */
  readonly unsignedLoop: boolean;
}

/** Anthropic's talks begin with the user; some that come from elsewhere do not. */
const opening = "(The conversation begins.)";

/** The turns of all messages but those of the system. `dropped` collects what has no word there. */
export function encodeTurns(messages: readonly Message[], dropped: Set<string>): Turns {
  const turns: Turn[] = [];
  for (const { role, parts, name } of messages) {
    if (role === "system") continue;
    if (name !== undefined) dropped.add("name");
    const content = parts.flatMap((part) => encodePart(part, role, dropped));
    if (content.length === 0) continue;
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...content);
    else turns.push({ role, content });
  }
  if (turns[0]?.role !== "user") turns.unshift({ role: "user", content: [{ type: "text", text: opening }] });
  for (const turn of turns) resultsFirst(turn.content);
  const kept = withoutLastSpace(turns);
  return { turns: kept.map(shortened), unsignedLoop: inUnsignedLoop(kept) };
}

function encodePart(part: Part, role: "user" | "assistant", dropped: Set<string>): readonly Block[] {
  switch (part.type) {
    case "text":
      return part.text.trim() === "" ? [] : [{ type: "text", text: part.text }];
    case "image":
      return [{ type: "image", source: encodeImage(part.source) }];
    case "thinking":
      return encodeThought(part, role, dropped);
    case "tool-call":
      return [{ type: "tool_use", id: wireId(part.id), name: part.name, input: inputOf(part.arguments, dropped) }];
    case "tool-result": {
      const content = part.parts.flatMap((inner) =>
        inner.type === "text" || inner.type === "image" ? encodePart(inner, role, dropped) : [],
      );
      const [only] = content;
      const told = content.length === 1 && only?.["type"] === "text" ? only["text"] : content;
      const error = part.isError === true ? { is_error: true } : {};
      return [{ type: "tool_result", tool_use_id: wireId(part.id), ...(content.length === 0 ? {} : { content: told }), ...error }];
    }
  }
}

function encodeImage(source: ImageSource): Block {
  return source.kind === "url" ? { type: "url", url: source.url } : { type: "base64", media_type: source.mediaType, data: source.base64 };
}

function encodeThought(part: Extract<Part, { type: "thinking" }>, role: "user" | "assistant", dropped: Set<string>): readonly Block[] {
  if (role === "assistant" && part.redacted !== undefined) return [{ type: "redacted_thinking", data: part.redacted }];
  if (role === "assistant" && part.signature !== undefined) {
    return [{ type: "thinking", thinking: part.text, signature: part.signature }];
  }
  dropped.add("thinking");
  return [];
}

/** The ids that Anthropic takes; a call and its result are changed alike. */
function wireId(id: string): string {
  const clean = id.replaceAll(/[^a-zA-Z0-9_-]/g, "_");
  return clean === "" ? "toolu_0" : clean;
}

/** Arguments as the object they are; what a model wrote that is none is handed on under a name that says so. */
export function inputOf(text: string, dropped?: Set<string>): Readonly<Record<string, unknown>> {
  if (text.trim() === "") return {};
  const value = isTooDeep(text) ? undefined : parsed(text);
  if (isObject(value)) return value;
  dropped?.add("tool_calls.arguments");
  return { _raw: text };
}

/** Deeper than this no tool's input is; far deeper, it could be read but not written again. */
const deepest = 1000;

function isTooDeep(text: string): boolean {
  if (text.length <= deepest) return false;
  const json = new JsonEnd();
  json.push(text);
  return json.deepest > deepest;
}

/** In place; the order among results and among the rest stays. */
function resultsFirst(content: Block[]): void {
  const isResult = (block: Block) => block["type"] === "tool_result";
  const last = content.findLastIndex(isResult);
  if (last < 0) return;
  const results = content.filter(isResult);
  if (last + 1 === results.length) return;
  content.splice(0, content.length, ...results, ...content.filter((block) => !isResult(block)));
}

/** An answer that the model shall go on with may not end in space. */
function withoutLastSpace(turns: readonly Turn[]): readonly Turn[] {
  const last = turns.at(-1);
  const block = last?.content.at(-1);
  const text = block?.["text"];
  if (last?.role !== "assistant" || typeof text !== "string") return turns;
  return [...turns.slice(0, -1), { role: "assistant", content: [...last.content.slice(0, -1), { ...block, text: text.trimEnd() }] }];
}

/** One text stays a text: every server reads that. */
function shortened({ role, content }: Turn): Turns["turns"][number] {
  const [only] = content;
  const text = content.length === 1 ? only?.["text"] : undefined;
  return { role, content: typeof text === "string" ? text : content };
}

function inUnsignedLoop(turns: readonly Turn[]): boolean {
  const isResult = (block: Block) => block["type"] === "tool_result";
  const last = turns.at(-1);
  if (last?.role !== "user" || !last.content.some(isResult)) return false;
  const before = turns.at(-2)?.content[0]?.["type"];
  return before !== "thinking" && before !== "redacted_thinking";
}
