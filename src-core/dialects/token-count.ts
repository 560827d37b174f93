// How many tokens a prompt will be, guessed from its characters: for `/v1/messages/count_tokens`, for the usage that must be told before the node
// tells it, and for "will it fit". Counts system, tools and wrappers, as agents' compaction depends on it (demands 3.23); always an estimate.
import { imageTokens } from "./image-tokens.ts";
import { field, isObject, listIn, textIn } from "./shapes.ts";

/** Answer of `count_tokens`. `estimated` marks that no tokenizer was asked. */
export interface TokenCount {
  readonly input_tokens: number;
  readonly estimated: true;
}

/** What templates put around: the talk, a message, a call or its result, the words that teach a model its tools, and a tool. */
const wrapper = { talk: 3, message: 4, call: 8, toolbox: 200, tool: 12 } as const;
/** Bytes of base64 for a page of a document, and its tokens as text and as picture: a rough middle of what PDFs are. */
const document = { charsPerPage: 100_000, tokensPerPage: 2000 } as const;

/** Tokens a character costs, by the middle of today's vocabularies. */
const weights = { word: 0.24, space: 0.2, digit: 0.4, sign: 0.55, control: 0.5, latin: 0.45, wide: 0.75, surrogate: 1 } as const;

const ascii: readonly number[] = Array.from({ length: 128 }, (_, unit) => {
  if (unit === 0x20) return weights.space;
  if (unit < 0x20 || unit === 0x7f) return weights.control;
  if (unit >= 0x30 && unit <= 0x39) return weights.digit;
  const letter = unit | 0x20;
  return letter >= 0x61 && letter <= 0x7a ? weights.word : weights.sign;
});

function weightOf(unit: number): number {
  if (unit < 0x80) return ascii[unit] ?? 0;
  if (unit < 0x800) return weights.latin;
  return unit >= 0xd800 && unit <= 0xdfff ? weights.surrogate : weights.wide;
}

/** Tokens of a text, in fractions, so that pieces add up. Runs of spaces cost as one: vocabularies hold them whole. */
export function tokenWeight(text: string): number {
  let sum = 0;
  let before = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit !== 0x20 || before !== 0x20) sum += weightOf(unit);
    before = unit;
  }
  return sum;
}

/** Tokens of a text, whole. */
export function estimateTokens(text: string): number {
  return Math.ceil(tokenWeight(text));
}

/** Counts a parsed body of any dialect: messages or a prompt, system, tools, pictures, a schema. Nothing throws; what is unknown counts as its JSON. */
export function countTokens(body: unknown): TokenCount {
  const messages = listIn(body, "messages");
  let sum = wrapper.talk;
  sum += said(field(body, "system")) + said(field(body, "instructions"));
  sum += said(field(body, "prompt")) + said(field(body, "suffix"));
  for (const message of messages) sum += messageWeight(message);
  // Responses keep their talk in `input`.
  const input = field(body, "input");
  sum += Array.isArray(input) ? input.reduce<number>((all, item) => all + wrapper.message + countMessage(item), 0) : said(input);
  sum += countTools(listIn(body, "tools")) + countTools(listIn(body, "functions"));
  for (const key of ["response_format", "format", "output_format"]) sum += schema(field(body, key));
  sum += schema(field(field(body, "output_config"), "format"));
  return { input_tokens: Math.max(1, Math.ceil(sum)), estimated: true };
}

/** What one message adds to the count, in fractions. */
export function messageWeight(message: unknown): number {
  return wrapper.message + countMessage(message);
}

function countMessage(message: unknown): number {
  if (!isObject(message)) return said(message);
  const calls = listIn(message, "tool_calls").reduce<number>((all, call) => all + wrapper.call + json(field(call, "function")), 0);
  const images = listIn(message, "images").reduce<number>((all, image) => all + imageTokens(typeof image === "string" ? image : ""), 0);
  const thoughts = said(field(message, "reasoning_content")) + said(field(message, "thinking"));
  // A content without a role, as Responses' calls and results are.
  const bare = message["content"] === undefined && message["tool_calls"] === undefined && images === 0;
  return said(message["content"]) + calls + images + thoughts + (bare ? json(message) : 0);
}

/** A text, or a list of parts. */
function said(content: unknown): number {
  if (typeof content === "string") return tokenWeight(content);
  return Array.isArray(content) ? content.reduce<number>((all, part) => all + countPart(part), 0) : 0;
}

function countPart(part: unknown): number {
  if (typeof part === "string") return tokenWeight(part);
  const text = textIn(part, "text") ?? textIn(part, "thinking");
  if (text !== undefined) return tokenWeight(text);
  switch (textIn(part, "type")) {
    case "image":
      return imageTokens(textIn(field(part, "source"), "data") ?? "");
    case "image_url":
    case "input_image":
      return imageTokens(pictureIn(field(part, "image_url")));
    case "document":
      return countDocument(field(part, "source"));
    case "redacted_thinking":
      return (textIn(part, "data")?.length ?? 0) / 8;
    case "tool_use":
      return wrapper.call + tokenWeight(textIn(part, "name") ?? "") + json(field(part, "input"));
    case "tool_result":
      return wrapper.call + said(field(part, "content"));
    default:
      return json(part);
  }
}

/** The base64 of a data URL; "" for an address, whose picture nobody has seen yet. */
function pictureIn(image: unknown): string {
  const url = typeof image === "string" ? image : (textIn(image, "url") ?? "");
  return url.startsWith("data:") ? url.slice(url.indexOf(",") + 1) : "";
}

function countDocument(source: unknown): number {
  const data = textIn(source, "data");
  if (textIn(source, "type") === "text") return tokenWeight(data ?? "");
  if (data === undefined) return said(field(source, "content")) || document.tokensPerPage;
  return Math.ceil(data.length / document.charsPerPage) * document.tokensPerPage;
}

function countTools(tools: readonly unknown[]): number {
  if (tools.length === 0) return 0;
  return tools.reduce<number>((all, tool) => all + wrapper.tool + json(field(tool, "function") ?? tool), wrapper.toolbox);
}

/** A format asked for; "json" and "text" alone cost nothing. */
function schema(format: unknown): number {
  return isObject(format) ? json(format) : 0;
}

function json(value: unknown): number {
  return value == null ? 0 : tokenWeight(typeof value === "string" ? value : JSON.stringify(value));
}
