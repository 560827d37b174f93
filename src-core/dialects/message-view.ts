// What a request says, read from its parsed body in either dialect: the latest user text, pictures, tools, how long its answer may be. Pure;
// looked at once for whoever needs it and never kept.
import type { MessageView } from "../contract/message-view.ts";
import { field, isObject, listIn, textIn } from "./shapes.ts";

const charsPerToken = 4;
/** How much of the first system and the first user text makes a conversation's fingerprint. */
const fingerprintChars = 512;

/** What is said in turns: `messages`, or the items of OpenAI's Responses. */
export function turnsIn(body: unknown): readonly unknown[] {
  const messages = field(body, "messages");
  if (Array.isArray(messages)) return messages;
  const items = listIn(body, "input");
  // What is embedded stands under the same name: texts, or lists of tokens.
  return isObject(items[0]) ? items : [];
}

/** The view that the rules for `auto` judge. `model`: as the client spelled it. */
export function messageView(body: unknown, model: string): MessageView {
  const latest = latestUser(body);
  return {
    latestUserText: latest === undefined ? promptText(body) : textOf(latest),
    hasImage: latest === undefined ? listIn(body, "images").length > 0 : hasImage(latest),
    hasTools: listIn(body, "tools").length > 0,
    promptTokens: Math.ceil(charsIn(body) / charsPerToken),
    model,
  };
}

/** The text of a message, whether written as one text or in parts. */
export function textOf(message: unknown): string {
  const content = field(message, "content");
  if (typeof content === "string") return content;
  return listIn(message, "content")
    .map((part) => (typeof part === "string" ? part : (textIn(part, "text") ?? "")))
    .filter((text) => text !== "")
    .join("\n");
}

/** The most the client lets the model write; undefined where it does not say, or says "no limit". */
export function maxOutputTokens(body: unknown): number | undefined {
  const asked =
    field(body, "max_completion_tokens") ??
    field(body, "max_tokens") ??
    field(field(body, "options"), "num_predict") ??
    field(body, "max_output_tokens");
  return typeof asked === "number" && Number.isFinite(asked) && asked > 0 ? asked : undefined;
}

/**
 * A conversation's fingerprint: a hash over model, first system and first user text, or undefined where there is nothing to tell one by. Only
 * beginnings are read, so that it costs the same for every length of a conversation. 53 bits: enough for thousands, useless as a secret.
 */
export function conversationOf(body: unknown, model: string): string | undefined {
  const messages = turnsIn(body);
  const system = textIn(body, "system") ?? textIn(body, "instructions") ?? firstText(messages, isSystem);
  const user = messages.length === 0 ? promptText(body) : firstText(messages, isUser);
  if (system === "" && user === "") return undefined;
  return hash(model, system, user);
}

/** Every seventh letter and the length: conversations that differ, differ in more than that, and this runs on every request. */
const textStride = 7;

const isUser = (role: unknown): boolean => role === "user";
const isSystem = (role: unknown): boolean => role === "system" || role === "developer";

function firstText(messages: readonly unknown[], wanted: (role: unknown) => boolean): string {
  const found = messages.find((message) => wanted(field(message, "role")));
  return found === undefined ? "" : textOf(found);
}

function latestUser(body: unknown): unknown {
  return turnsIn(body).findLast((message) => isUser(field(message, "role")));
}

/** What is completed or embedded where there are no messages: a text, or a list of them. */
function promptText(body: unknown): string {
  const prompt = field(body, "prompt") ?? field(body, "input") ?? field(body, "query");
  if (typeof prompt === "string") return prompt;
  return Array.isArray(prompt) ? prompt.filter((part) => typeof part === "string").join("\n") : "";
}

function hasImage(message: unknown): boolean {
  if (listIn(message, "images").length > 0) return true;
  return listIn(message, "content").some((part) => {
    const type = textIn(part, "type");
    return type === "image_url" || type === "input_image" || type === "image";
  });
}

function charsIn(body: unknown): number {
  const messages = turnsIn(body);
  const system = (textIn(body, "system") ?? textIn(body, "instructions"))?.length ?? 0;
  if (messages.length === 0) return system + promptText(body).length;
  return messages.reduce<number>((sum, message) => sum + textOf(message).length, system);
}

/** cyrb53, written by bryc and given to the public domain: two multiplying hashes, mixed at the end. The model is read whole, texts are sampled. */
function hash(model: string, ...texts: readonly string[]): string {
  let left = 0xdeadbeef;
  let right = 0x41c6ce57;
  const add = (unit: number) => {
    left = Math.imul(left ^ unit, 2654435761);
    right = Math.imul(right ^ unit, 1597334677);
  };
  for (let at = 0; at < model.length; at += 1) add(model.charCodeAt(at));
  for (const text of texts) {
    const length = Math.min(text.length, fingerprintChars);
    add(length);
    for (let at = 0; at < length; at += textStride) add(text.charCodeAt(at));
  }
  left = Math.imul(left ^ (left >>> 16), 2246822507) ^ Math.imul(right ^ (right >>> 13), 3266489909);
  right = Math.imul(right ^ (right >>> 16), 2246822507) ^ Math.imul(left ^ (left >>> 13), 3266489909);
  // In decimal: any other base costs more than the whole hash.
  return String(4294967296 * (2097151 & right) + (left >>> 0));
}
