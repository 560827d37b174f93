// The blocks that an Anthropic client's messages are made of, read into parts. What only Anthropic's own servers can read is dropped by name where
// the talk goes on without it, and refused where it would be missed.
import { BodyReader } from "./body-reader.ts";
import type { ImageSource, Message, Part } from "./canonical.ts";
import { isObject } from "./shapes.ts";

/** Whose block it is; `result`: inside a result or a document, where calls and results have no place. */
type Place = Message["role"] | "result";

/** Reads a text, or a list of blocks, under a key. Complaints go to the reader's own; `dropped` collects names. */
export function decodeBlocks(reader: BodyReader, key: string, place: Place, dropped: Set<string>): readonly Part[] {
  const content = reader.raw(key);
  if (content === undefined) return [];
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  if (!Array.isArray(content)) {
    reader.wrong(key, "must be a text or a list of blocks");
    return [];
  }
  return content.flatMap((block: unknown, i) => {
    if (isObject(block)) return decodeBlock(new BodyReader(block, reader.complaint, `${reader.at}${key}[${i}].`), place, dropped);
    reader.wrong(`${key}[${i}]`, "must be an object");
    return [];
  });
}

function decodeBlock(block: BodyReader, place: Place, dropped: Set<string>): readonly Part[] {
  if (block.raw("cache_control") !== undefined) dropped.add("cache_control");
  const type = block.raw("type");
  if (type === "text") return decodeText(block, dropped);
  if (place === "system") return refused(block, "must be text: the system prompt holds nothing else");
  switch (type) {
    case "image":
      return decodeImage(block);
    case "document":
      return decodeDocument(block, dropped);
    case "search_result":
      return decodeSearchResult(block, place, dropped);
    case "tool_use":
      return place === "assistant" ? decodeToolUse(block) : refused(block, "must not be tool_use here: only the assistant calls tools");
    case "tool_result":
      return place === "user"
        ? decodeToolResult(block, dropped)
        : refused(block, "must not be tool_result here: only the user brings results");
    case "thinking":
      return decodeThought(block);
    case "redacted_thinking": {
      const data = block.text("data") ?? block.wrong("data", "is missing") ?? "";
      return [{ type: "thinking", text: "", redacted: data }];
    }
    default:
      return decodeOther(block, type, place, dropped);
  }
}

function refused(block: BodyReader, must: string): readonly Part[] {
  block.wrong("type", must);
  return [];
}

function decodeText(block: BodyReader, dropped: Set<string>): readonly Part[] {
  const text = block.text("text");
  if (text === undefined) block.wrong("text", "is missing");
  if ((block.list("citations") ?? []).length > 0) dropped.add("citations");
  return text === undefined || text === "" ? [] : [{ type: "text", text }];
}

function decodeImage(block: BodyReader): readonly Part[] {
  const source = block.inside("source");
  if (source === undefined) block.wrong("source", "is missing");
  const found = source === undefined ? undefined : imageSource(source);
  return found === undefined ? [] : [{ type: "image", source: found }];
}

function imageSource(source: BodyReader): ImageSource | undefined {
  const type = source.raw("type");
  if (type === "base64") {
    const mediaType = source.text("media_type") ?? source.wrong("media_type", "is missing");
    const base64 = source.text("data") ?? source.wrong("data", "is missing");
    return mediaType === undefined || base64 === undefined ? undefined : { kind: "data", mediaType, base64 };
  }
  if (type !== "url") return source.wrong("type", "must be base64 or url: files kept at Anthropic cannot be read from here");
  const url = source.text("url");
  return url !== undefined && /^https?:\/\//i.test(url) ? { kind: "url", url } : source.wrong("url", "must be an http or https address");
}

/** A document is carried where it is plain text; anything else only Anthropic's own servers can open. */
function decodeDocument(block: BodyReader, dropped: Set<string>): readonly Part[] {
  const source = block.inside("source");
  const type = source?.raw("type");
  if (block.raw("citations") !== undefined) dropped.add("citations");
  const head = [block.text("title"), block.text("context")].filter((text) => text !== undefined).map((text) => `${text}\n`);
  if (source !== undefined && type === "text") {
    const text = source.text("data") ?? source.wrong("data", "is missing") ?? "";
    return [{ type: "text", text: head.join("") + text }];
  }
  if (source !== undefined && type === "content") {
    const parts = decodeBlocks(source, "content", "result", dropped);
    return head.length === 0 ? parts : [{ type: "text", text: head.join("") }, ...parts];
  }
  block.wrong("source.type", "must be text or content: other documents cannot be translated for this model's node; send their text");
  return [];
}

/** A passage the client found itself: its words are what matters. */
function decodeSearchResult(block: BodyReader, place: Place, dropped: Set<string>): readonly Part[] {
  const head = [block.text("title"), block.text("source")].filter((text) => text !== undefined).join("\n");
  return [...(head === "" ? [] : [{ type: "text" as const, text: `${head}\n` }]), ...decodeBlocks(block, "content", place, dropped)];
}

function decodeToolUse(block: BodyReader): readonly Part[] {
  const id = block.text("id") ?? block.wrong("id", "is missing") ?? "";
  const name = block.text("name") ?? block.wrong("name", "is missing") ?? "";
  const input = block.object("input") ?? {};
  return [{ type: "tool-call", id, name, arguments: JSON.stringify(input) }];
}

function decodeToolResult(block: BodyReader, dropped: Set<string>): readonly Part[] {
  const id = block.text("tool_use_id") ?? block.wrong("tool_use_id", "is missing") ?? "";
  const isError = block.flag("is_error");
  const parts = decodeBlocks(block, "content", "result", dropped);
  return [{ type: "tool-result", id, parts, ...(isError === true ? { isError } : {}) }];
}

function decodeThought(block: BodyReader): readonly Part[] {
  const text = block.text("thinking") ?? block.wrong("thinking", "is missing") ?? "";
  const signature = block.text("signature");
  return [{ type: "thinking", text, ...(signature === undefined || signature === "" ? {} : { signature }) }];
}

/** What Anthropic's own tools left behind in a talk; some of it is encrypted for their servers alone. */
const leftBehind = /^(server_tool_use|mcp_tool_use|[a-z_]+_tool_result|container_upload|compaction|fallback)$/;
/** Names a tool that the model found by searching; the tool itself is in `tools`. */
const silent: ReadonlySet<unknown> = new Set(["tool_reference"]);

function decodeOther(block: BodyReader, type: unknown, place: Place, dropped: Set<string>): readonly Part[] {
  if (typeof type === "string" && ((place === "assistant" && leftBehind.test(type)) || silent.has(type))) {
    dropped.add(type);
    return [];
  }
  if (type === undefined) return refused(block, "is missing");
  return refused(block, "must be text, image, document, tool_use, tool_result or thinking: other blocks cannot be translated");
}
