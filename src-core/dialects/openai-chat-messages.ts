// The messages of an OpenAI chat request, read. Results of tools, which stand there as messages of their own, become parts of one user message, as
// the small form has them.
import { BodyReader, type Complaint } from "./body-reader.ts";
import type { ImageSource, Message, Part } from "./canonical.ts";
import { isObject } from "./shapes.ts";

const dataUrl = /^data:([\w.+-]+\/[\w.+-]+)?(?:;[\w=.+-]+)*;base64,/i;

/** Reads `messages`. Complaints go to the reader's own. `dropped` collects what parts said besides. */
export function decodeMessages(body: BodyReader, dropped: Set<string>): readonly Message[] {
  const messages: Message[] = [];
  // The old `function_call` has no id: results are matched by the function's name.
  const legacyIds = new Map<string, string>();
  let results: Part[] | undefined;
  for (const reader of body.each("messages")) {
    const role = reader.raw("role");
    if (role === "tool" || role === "function") {
      const part = decodeResult(reader, role === "function" ? legacyIds : undefined);
      if (results === undefined) {
        results = [];
        messages.push({ role: "user", parts: results });
      }
      results.push(part);
      continue;
    }
    results = undefined;
    const message = decodeMessage(reader, role, dropped, legacyIds);
    if (message !== undefined) messages.push(message);
  }
  return messages;
}

function decodeMessage(reader: BodyReader, role: unknown, dropped: Set<string>, legacyIds: Map<string, string>): Message | undefined {
  const name = reader.text("name");
  const named = name === undefined ? {} : { name };
  if (role === "assistant") return { role, parts: assistantParts(reader, dropped, legacyIds), ...named };
  if (role !== "user" && role !== "system" && role !== "developer") {
    return reader.wrong("role", "must be one of system, developer, user, assistant, tool");
  }
  if (reader.raw("content") === undefined) return reader.wrong("content", "is missing");
  return { role: role === "user" ? "user" : "system", parts: decodeContent(reader, dropped), ...named };
}

function decodeResult(reader: BodyReader, legacyIds: ReadonlyMap<string, string> | undefined): Part {
  const name = reader.text("name");
  const legacyId = legacyIds === undefined ? undefined : (legacyIds.get(name ?? "") ?? `call_${name ?? ""}`);
  const id = legacyId ?? reader.text("tool_call_id");
  if (id === undefined) reader.wrong("tool_call_id", "is missing");
  const parts = decodeContent(reader, new Set());
  return { type: "tool-result", id: id ?? "", ...(name === undefined ? {} : { name }), parts };
}

function assistantParts(reader: BodyReader, dropped: Set<string>, legacyIds: Map<string, string>): readonly Part[] {
  const parts: Part[] = [];
  const thinking = reader.text("reasoning_content") ?? reader.text("reasoning");
  if (thinking !== undefined && thinking !== "") parts.push({ type: "thinking", text: thinking });
  parts.push(...decodeContent(reader, dropped));
  const refusal = reader.text("refusal");
  if (refusal !== undefined && refusal !== "") parts.push({ type: "text", text: refusal });
  for (const call of reader.each("tool_calls")) parts.push(decodeCall(call, call.inside("function"), call.text("id")));
  const legacy = reader.inside("function_call");
  if (legacy !== undefined) {
    const name = legacy.text("name") ?? "";
    const id = `call_${name}_${legacyIds.size}`;
    legacyIds.set(name, id);
    parts.push(decodeCall(legacy, legacy, id));
  }
  return parts;
}

function decodeCall(call: BodyReader, told: BodyReader | undefined, id: string | undefined): Part {
  const type = call.raw("type");
  if (type !== undefined && type !== "function") call.wrong("type", "must be function: other kinds of tools cannot be translated");
  if (id === undefined) call.wrong("id", "is missing");
  if (told === undefined) call.wrong("function", "is missing");
  const name = told?.text("name");
  if (told !== undefined && name === undefined) told.wrong("name", "is missing");
  // Some clients hand back the arguments as they parsed them.
  const given = told?.raw("arguments");
  const text = isObject(given) ? JSON.stringify(given) : told?.text("arguments");
  return { type: "tool-call", id: id ?? "", name: name ?? "", arguments: text ?? "" };
}

/** Content is a text, a list of parts, or nothing. */
function decodeContent(reader: BodyReader, dropped: Set<string>): readonly Part[] {
  const content = reader.raw("content");
  if (content === undefined) return [];
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  if (!Array.isArray(content)) {
    reader.wrong("content", "must be a text or a list of parts");
    return [];
  }
  return content.flatMap((part, i) => decodePart(part, `${reader.at}content[${i}]`, reader.complaint, dropped));
}

function decodePart(value: unknown, at: string, complaint: Complaint, dropped: Set<string>): readonly Part[] {
  if (typeof value === "string") return [{ type: "text", text: value }];
  if (!isObject(value)) {
    complaint.says(at, "must be an object");
    return [];
  }
  const reader = new BodyReader(value, complaint, `${at}.`);
  const type = reader.raw("type");
  if (type === "text" || type === "refusal") {
    const text = reader.text(type);
    if (text === undefined) reader.wrong(type, "is missing");
    return text === undefined ? [] : [{ type: "text", text }];
  }
  if (type === "image_url") {
    const source = decodeImage(reader, dropped);
    return source === undefined ? [] : [{ type: "image", source }];
  }
  reader.wrong("type", "must be text or image_url: other content cannot be translated for this model's node");
  return [];
}

function decodeImage(reader: BodyReader, dropped: Set<string>): ImageSource | undefined {
  const plain = reader.raw("image_url");
  const inside = isObject(plain) ? reader.inside("image_url") : undefined;
  const url = typeof plain === "string" ? plain : inside?.text("url");
  const detail = inside?.text("detail");
  if (detail !== undefined && detail !== "auto") dropped.add("image_url.detail");
  if (url === undefined) return reader.wrong("image_url.url", "is missing");
  return imageSource(url) ?? reader.wrong("image_url.url", "must be a base64 data URL, or an http or https address");
}

/** What a picture's address says: its bytes, or where they are; undefined for other schemes. */
export function imageSource(url: string): ImageSource | undefined {
  const head = dataUrl.exec(url);
  if (head !== null) return { kind: "data", mediaType: head[1] ?? "image/png", base64: url.slice(head[0].length) };
  return /^https?:\/\//i.test(url) ? { kind: "url", url } : undefined;
}
