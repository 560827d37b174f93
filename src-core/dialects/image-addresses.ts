// Pictures that a request names by an address instead of bringing them: OpenAI's `image_url`, the one of Responses, Anthropic's source of type
// `url`; also inside the result of a tool. Found in the parsed body for the facts, and as spans of its bytes for who puts the pictures there.
import { childrenOf, type JsonChild } from "./json-children.ts";
import { type JsonSpan, keyIn } from "./json-scan.ts";
import { field, listIn, textIn } from "./shapes.ts";

const http = /^https?:\/\//i;

/** Whether a parsed body names any picture by its address. */
export function namesImages(body: unknown): boolean {
  return [...listIn(body, "messages"), ...listIn(body, "input")].some((message) => contentOf(message).some(isAddressed));
}

function contentOf(message: unknown): readonly unknown[] {
  return [...listIn(message, "content"), ...listIn(message, "output")];
}

function isAddressed(part: unknown): boolean {
  const image = field(part, "image_url");
  const url = typeof image === "string" ? image : (textIn(image, "url") ?? textIn(field(part, "source"), "url"));
  return url === undefined ? contentOf(part).some(isAddressed) : http.test(url);
}

/** Where a picture's address stands. `shape`: a text is replaced by a data URL, a source by one that holds the bytes. */
export interface ImageAddress extends JsonSpan {
  readonly url: string;
  readonly shape: "text" | "source";
  /** As in `messages.0.content.1.image_url`. */
  readonly field: string;
}

/** All of them, in the order of the bytes, which hold JSON. */
export function imageAddresses(bytes: Uint8Array): readonly ImageAddress[] {
  const found: ImageAddress[] = [];
  const look: Look = { bytes, found };
  for (const { key, start } of childrenOf(bytes, bytes.indexOf(0x7b))) {
    if (key !== "messages" && key !== "input") continue;
    childrenOf(bytes, start).forEach((message, i) => {
      inContent(look, message, `${key}.${i}`);
    });
  }
  return found;
}

interface Look {
  readonly bytes: Uint8Array;
  readonly found: ImageAddress[];
}

function inContent(look: Look, message: JsonChild, at: string): void {
  for (const { key, start } of childrenOf(look.bytes, message.start)) {
    if (key !== "content" && key !== "output") continue;
    childrenOf(look.bytes, start).forEach((part, i) => {
      inPart(look, part, `${at}.${key}.${i}`);
    });
  }
}

function inPart(look: Look, part: JsonChild, at: string): void {
  for (const child of childrenOf(look.bytes, part.start)) {
    if (child.key === "image_url") inImageUrl(look, child, `${at}.image_url`);
    else if (child.key === "source") inSource(look, child, `${at}.source`);
  }
  inContent(look, part, at);
}

function inImageUrl({ bytes, found }: Look, image: JsonChild, at: string): void {
  const inside = childrenOf(bytes, image.start).find(({ key }) => key === "url");
  const { start, end } = inside ?? image;
  const url = textAt(bytes, start, end);
  if (url !== undefined && http.test(url)) found.push({ start, end, url, shape: "text", field: inside === undefined ? at : `${at}.url` });
}

function inSource({ bytes, found }: Look, { start, end }: JsonChild, at: string): void {
  const inside = childrenOf(bytes, start);
  const text = (key: string): string | undefined => {
    const child = inside.find((one) => one.key === key);
    return child === undefined ? undefined : textAt(bytes, child.start, child.end);
  };
  const url = text("url");
  if (url !== undefined && text("type") === "url" && http.test(url)) found.push({ start, end, url, shape: "source", field: `${at}.url` });
}

/** No address is longer; a data URL is not even read. */
const longestAddress = 16 * 1024;

function textAt(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (bytes[start] !== 0x22 || end - start > longestAddress) return undefined;
  return keyIn(bytes, start + 1, end - 1);
}
