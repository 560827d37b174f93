// Where values stand in a JSON body's bytes, and edits of them: everything else of the body stays byte for byte as it came. For bodies that were parsed
// already; on others nothing is found.
import { afterString, type JsonSpan, keyIn } from "./json-scan.ts";

const quote = 0x22;
const openBrace = 0x7b;
const openBracket = 0x5b;
const closeBrace = 0x7d;
const closeBracket = 0x5d;
const comma = 0x2c;
const colon = 0x3a;

/** `text` is plain ASCII. */
export interface Edit extends JsonSpan {
  readonly text: string;
}

/** Where the values of a key stand in the object that opens at `open`; not in objects inside it. */
export function valuesOf(body: Uint8Array, open: number, wanted: string): JsonSpan[] {
  const found: JsonSpan[] = [];
  let at = afterSpace(body, open + 1);
  while (body[at] === quote) {
    const keyEnd = afterString(body, at);
    if (keyEnd < 0) return found;
    const key = keyIn(body, at + 1, keyEnd - 1);
    const mark = afterSpace(body, keyEnd);
    if (body[mark] !== colon) return found;
    const start = afterSpace(body, mark + 1);
    const end = afterValue(body, start);
    if (end <= start) return found;
    if (key === wanted) found.push({ start, end });
    const next = afterSpace(body, end);
    if (body[next] !== comma) return found;
    at = afterSpace(body, next + 1);
  }
  return found;
}

/** Where the elements of the list that opens at `open` stand. */
export function elementsOf(body: Uint8Array, open: number): JsonSpan[] {
  const found: JsonSpan[] = [];
  if (body[open] !== openBracket) return found;
  let start = afterSpace(body, open + 1);
  while (body[start] !== closeBracket) {
    const end = afterValue(body, start);
    if (end <= start) return found;
    found.push({ start, end });
    const next = afterSpace(body, end);
    if (body[next] !== comma) return found;
    start = afterSpace(body, next + 1);
  }
  return found;
}

/** The index after the value that begins at `start`; trailing space is not part of it. */
function afterValue(body: Uint8Array, start: number): number {
  let depth = 0;
  for (let at = start; at < body.length; ) {
    const byte = body[at];
    if (byte === quote) {
      at = afterString(body, at);
      if (at < 0) return -1;
      if (depth === 0) return at;
      continue;
    }
    if (byte === openBrace || byte === openBracket) depth += 1;
    else if (byte === closeBrace || byte === closeBracket) {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (byte === comma || isSpace(byte))) return at;
    at += 1;
  }
  return -1;
}

export function afterSpace(body: Uint8Array, from: number): number {
  let at = from;
  while (isSpace(body[at])) at += 1;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** The body with these edits, which stand in its order. */
export function edited(body: Uint8Array, edits: readonly Edit[]): Uint8Array {
  const texts = edits.map(({ text }) => Uint8Array.from(text, (char) => char.charCodeAt(0)));
  const growth = edits.reduce((sum, { start, end }, index) => sum + (texts[index]?.length ?? 0) - (end - start), 0);
  const result = new Uint8Array(body.length + growth);
  let read = 0;
  let written = 0;
  for (const [index, { start, end }] of edits.entries()) {
    result.set(body.subarray(read, start), written);
    written += start - read;
    const text = texts[index];
    if (text !== undefined) result.set(text, written);
    written += text?.length ?? 0;
    read = end;
  }
  result.set(body.subarray(read), written);
  return result;
}
