// Messages said to a node that speaks OpenAI. Results of tools, which are parts of a user message in the small form, are split off into messages of
// their own again.
import type { ImageSource, Message, Part } from "./canonical.ts";
import type { JsonObject } from "./shapes.ts";

/** Messages in OpenAI's words. `dropped` collects what has no word there. */
export function encodeMessages(messages: readonly Message[], dropped: Set<string>): readonly JsonObject[] {
  return messages.flatMap((message) =>
    message.role === "assistant" ? [encodeAssistant(message, dropped)] : encodeOther(message, dropped),
  );
}

function encodeAssistant({ parts, name }: Message, dropped: Set<string>): JsonObject {
  const calls = parts.flatMap((part) =>
    part.type === "tool-call" ? [{ id: part.id, type: "function", function: { name: part.name, arguments: part.arguments } }] : [],
  );
  const said = parts.filter((part) => part.type === "text" || part.type === "image");
  const thinking = parts.flatMap((part) => (part.type === "thinking" ? [part.text] : [])).join("");
  // Templates look at earlier thinking only inside a loop of tools; elsewhere some servers refuse it.
  const keepsThinking = thinking !== "" && calls.length > 0;
  if (parts.some((part) => part.type === "thinking") && !keepsThinking) dropped.add("thinking");
  if (keepsThinking && parts.some((part) => part.type === "thinking" && (part.signature ?? part.redacted) !== undefined)) {
    dropped.add("thinking.signature");
  }
  return {
    role: "assistant",
    content: said.length === 0 ? (calls.length === 0 ? "" : null) : encodeContent(said),
    ...(keepsThinking ? { reasoning_content: thinking } : {}),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    ...(name === undefined ? {} : { name }),
  };
}

/**
 * A tool's results come first, each as a message of its own: they answer the calls just before. Their pictures follow in a message of the user,
 * since a message of a tool holds text only.
 */
function encodeOther({ role, parts, name }: Message, dropped: Set<string>): readonly JsonObject[] {
  const results = parts.flatMap((part) => (part.type === "tool-result" ? [encodeResult(part, dropped)] : []));
  const shown = parts.flatMap((part) => (part.type === "tool-result" ? part.parts.filter(({ type }) => type === "image") : []));
  const said = [...shown, ...parts.filter((part) => part.type === "text" || part.type === "image")];
  if (said.length === 0 && results.length > 0) return results;
  return [...results, { role, content: encodeContent(said), ...(name === undefined ? {} : { name }) }];
}

function encodeResult(part: Extract<Part, { type: "tool-result" }>, dropped: Set<string>): JsonObject {
  if (part.isError === true) dropped.add("tool_result.is_error");
  const { id, name, parts } = part;
  return {
    role: "tool",
    tool_call_id: id,
    content: encodeContent(parts.filter(({ type }) => type === "text")),
    ...(name === undefined ? {} : { name }),
  };
}

/** One text stays a text: every server reads that; parts only where there is more to say. */
function encodeContent(parts: readonly Part[]): string | readonly JsonObject[] {
  const [only] = parts;
  if (only === undefined) return "";
  if (parts.length === 1 && only.type === "text") return only.text;
  return parts.flatMap((part): readonly JsonObject[] => {
    if (part.type === "text") return [{ type: "text", text: part.text }];
    return part.type === "image" ? [{ type: "image_url", image_url: { url: imageUrl(part.source) } }] : [];
  });
}

/** A picture as an address. */
export function imageUrl(source: ImageSource): string {
  return source.kind === "url" ? source.url : `data:${source.mediaType};base64,${source.base64}`;
}
