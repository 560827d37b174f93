// The messages of an Ollama chat in Ollama's words: a tool's results are messages of their own, which name the tool.
import type { ImageSource, Message, Part } from "./canonical.ts";
import { argumentsOf } from "./ollama-chat-tools.ts";
import type { JsonObject } from "./shapes.ts";

type ToolResult = Extract<Part, { type: "tool-result" }>;

/** What writing messages found: names of what was left out, and pictures whose bytes are not here. */
export interface Losses {
  readonly dropped: Set<string>;
  hasUnfetched: boolean;
}

/** Messages in Ollama's words. */
export function messagesFor(messages: readonly Message[], losses: Losses): readonly JsonObject[] {
  const names = new Map<string, string>();
  return messages.flatMap((message) => {
    if (message.name !== undefined) losses.dropped.add("messages.name");
    const results: JsonObject[] = [];
    const rest: Part[] = [];
    for (const part of message.parts) {
      if (part.type === "tool-call") names.set(part.id, part.name);
      if (part.type === "tool-result") results.push(resultFor(part, part.name ?? names.get(part.id), losses));
      else rest.push(part);
    }
    return results.length > 0 && rest.length === 0 ? results : [...results, { role: message.role, ...contentFor(rest, losses) }];
  });
}

function resultFor(part: ToolResult, name: string | undefined, losses: Losses): JsonObject {
  if (part.isError === true) losses.dropped.add("tool_result.is_error");
  return { role: "tool", ...contentFor(part.parts, losses), ...(name === undefined ? {} : { tool_name: name }), tool_call_id: part.id };
}

function contentFor(parts: readonly Part[], losses: Losses): JsonObject {
  const texts: string[] = [];
  const thinking: string[] = [];
  const images: string[] = [];
  const calls: JsonObject[] = [];
  for (const part of parts) {
    if (part.type === "text") texts.push(part.text);
    else if (part.type === "image") images.push(bytesOf(part.source, losses));
    else if (part.type === "tool-call") calls.push({ id: part.id, function: { name: part.name, arguments: argumentsOf(part.arguments) } });
    else if (part.type === "thinking") {
      if (part.redacted !== undefined) losses.dropped.add("thinking.redacted");
      else thinking.push(part.text);
      if (part.signature !== undefined) losses.dropped.add("thinking.signature");
    }
  }
  return {
    content: texts.join("\n"),
    ...(thinking.length === 0 ? {} : { thinking: thinking.join("\n") }),
    ...(images.length === 0 ? {} : { images }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

function bytesOf(source: ImageSource, losses: Losses): string {
  if (source.kind === "data") return source.base64;
  losses.hasUnfetched = true;
  return "";
}

/** The text and the pictures of messages of one role, for `/api/generate`, which has one of each. */
export function flattened(
  messages: readonly Message[],
  role: Message["role"],
  losses: Losses,
): { text: string; images: readonly string[] } {
  const parts = messages.filter((message) => message.role === role).flatMap((message) => message.parts);
  return {
    text: parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n"),
    images: parts.flatMap((part) => (part.type === "image" ? [bytesOf(part.source, losses)] : [])),
  };
}
