// The items of a Responses request, read into turns: what stands there side by side (a thought, a text, calls) is one message of the assistant, and
// results of tools one message of the user, as the small form has them. Items that only OpenAI itself could act on are refused by name.
import type { BodyReader } from "./body-reader.ts";
import type { ImageSource, Message, Part } from "./canonical.ts";
import { imageSource } from "./openai-chat-messages.ts";
import { thoughtPart } from "./openai-responses-words.ts";
import { isObject } from "./shapes.ts";

const roles: ReadonlyMap<unknown, Message["role"]> = new Map([
  ["user", "user"],
  ["assistant", "assistant"],
  ["system", "system"],
  ["developer", "system"],
]);

interface Turn {
  readonly role: Message["role"];
  readonly parts: Part[];
  /** Results of tools stand in a message of their own. */
  readonly kind: "said" | "results";
}

/** Reads `input`: a text, or a list of items. Complaints go to the reader's own. */
export function decodeInput(body: BodyReader, dropped: Set<string>): readonly Message[] {
  const input = body.raw("input");
  if (input === undefined) return body.wrong("input", "is missing") ?? [];
  if (typeof input === "string") return [{ role: "user", parts: [{ type: "text", text: input }] }];
  const turns: Turn[] = [];
  for (const reader of body.each("input")) {
    const turn = decodeItem(reader, dropped);
    if (turn === undefined) continue;
    const last = turns.at(-1);
    const joins = last?.kind === turn.kind && last.role === turn.role && (turn.role === "assistant" || turn.kind === "results");
    if (joins && last !== undefined) last.parts.push(...turn.parts);
    else turns.push(turn);
  }
  return turns.map(({ role, parts }) => ({ role, parts }));
}

function decodeItem(reader: BodyReader, dropped: Set<string>): Turn | undefined {
  // Ids and states are the service's own bookkeeping.
  reader.raw("id");
  reader.raw("status");
  const type = reader.raw("type") ?? "message";
  switch (type) {
    case "message":
      return decodeMessage(reader, dropped);
    case "function_call":
      return { role: "assistant", kind: "said", parts: [decodeCall(reader)] };
    case "function_call_output":
      return { role: "user", kind: "results", parts: [decodeResult(reader, dropped)] };
    case "reasoning":
      return decodeReasoning(reader, dropped);
    case "item_reference":
      return reader.wrong("type", "refers to an item that this gateway does not hold: send the item itself");
    default: {
      const name = typeof type === "string" ? type.slice(0, 64) : "no text";
      return reader.wrong("type", `is ${name}, which only OpenAI's own service can act on: it cannot be translated for this model's node`);
    }
  }
}

function decodeMessage(reader: BodyReader, dropped: Set<string>): Turn | undefined {
  const role = roles.get(reader.raw("role"));
  if (role === undefined) return reader.wrong("role", "must be one of user, assistant, system, developer");
  if (reader.raw("content") === undefined) return reader.wrong("content", "is missing");
  return { role, kind: "said", parts: decodeContent(reader, "content", dropped) };
}

function decodeCall(reader: BodyReader): Part {
  const id = reader.text("call_id");
  const name = reader.text("name");
  if (id === undefined) reader.wrong("call_id", "is missing");
  if (name === undefined) reader.wrong("name", "is missing");
  return { type: "tool-call", id: id ?? "", name: name ?? "", arguments: reader.text("arguments") ?? "" };
}

function decodeResult(reader: BodyReader, dropped: Set<string>): Part {
  const id = reader.text("call_id");
  if (id === undefined) reader.wrong("call_id", "is missing");
  if (reader.raw("output") === undefined) reader.wrong("output", "is missing");
  return { type: "tool-result", id: id ?? "", parts: decodeContent(reader, "output", dropped) };
}

/** What OpenAI sealed nobody else can open: such a thought without a text says nothing here. */
function decodeReasoning(reader: BodyReader, dropped: Set<string>): Turn | undefined {
  const item = {
    summary: reader.list("summary"),
    content: reader.list("content"),
    encrypted_content: reader.text("encrypted_content"),
  };
  const thought = thoughtPart(item);
  const isSealed = item.encrypted_content !== undefined && (thought.signature ?? thought.redacted) === undefined;
  if (isSealed) dropped.add("reasoning.encrypted_content");
  if (thought.text === "" && thought.signature === undefined && thought.redacted === undefined) return undefined;
  return { role: "assistant", kind: "said", parts: [thought] };
}

/** A text, or a list of parts. */
function decodeContent(reader: BodyReader, key: string, dropped: Set<string>): Part[] {
  const content = reader.raw(key);
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  if (!Array.isArray(content)) {
    if (content !== undefined) reader.wrong(key, "must be a text or a list of parts");
    return [];
  }
  return reader.each(key).flatMap((part) => decodePart(part, dropped));
}

const textKeys: ReadonlyMap<unknown, string> = new Map([
  ["input_text", "text"],
  ["output_text", "text"],
  ["text", "text"],
  ["summary_text", "text"],
  ["refusal", "refusal"],
]);

function decodePart(reader: BodyReader, dropped: Set<string>): readonly Part[] {
  const type = reader.raw("type");
  const key = textKeys.get(type);
  if (key !== undefined) {
    const text = reader.text(key);
    if (text === undefined) reader.wrong(key, "is missing");
    return text === undefined || text === "" ? [] : [{ type: "text", text }];
  }
  if (type !== "input_image") {
    reader.wrong("type", "must be input_text, output_text or input_image: other content cannot be translated for this model's node");
    return [];
  }
  const source = decodeImage(reader, dropped);
  return source === undefined ? [] : [{ type: "image", source }];
}

function decodeImage(reader: BodyReader, dropped: Set<string>): ImageSource | undefined {
  const given = reader.raw("image_url");
  // Chat's shape, which some clients keep to.
  const url = isObject(given) ? reader.inside("image_url")?.text("url") : reader.text("image_url");
  const detail = reader.text("detail");
  if (detail !== undefined && detail !== "auto") dropped.add("input_image.detail");
  if (reader.raw("file_id") !== undefined) return reader.wrong("file_id", "names a file that only OpenAI holds: send the image itself");
  if (url === undefined) return reader.wrong("image_url", "is missing");
  return imageSource(url) ?? reader.wrong("image_url", "must be a base64 data URL, or an http or https address");
}
