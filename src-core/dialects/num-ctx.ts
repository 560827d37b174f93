// Ollama's `options.num_ctx` in a request body, replaced where it stands or put in: everything else of the body stays byte for byte as it came.
import { afterString, type JsonSpan, keyIn } from "./json-scan.ts";

const quote = 0x22;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const comma = 0x2c;
const colon = 0x3a;

/** `text` is plain ASCII. */
interface Edit extends JsonSpan {
  readonly text: string;
}

/** The body with this context. `body` is one valid JSON object with at least one key; a key given twice is replaced each time, so that it does not matter which one a server reads. */
export function withContext(body: Uint8Array, contextTokens: number): Uint8Array {
  const root = body.indexOf(openBrace);
  if (root < 0) return body;
  const options = valuesOf(body, root, "options");
  if (options.length === 0) return edited(body, [insertAt(root + 1, `"options":{"num_ctx":${contextTokens}},`)]);
  return edited(
    body,
    options.flatMap((span) => editsIn(body, span, contextTokens)),
  );
}

/** What to change inside one `options` value. */
function editsIn(body: Uint8Array, options: JsonSpan, contextTokens: number): readonly Edit[] {
  if (body[options.start] !== openBrace) return [{ ...options, text: `{"num_ctx":${contextTokens}}` }];
  const contexts = valuesOf(body, options.start, "num_ctx");
  if (contexts.length > 0) return contexts.map((span) => ({ ...span, text: String(contextTokens) }));
  const isEmpty = body[afterSpace(body, options.start + 1)] === closeBrace;
  return [insertAt(options.start + 1, `"num_ctx":${contextTokens}${isEmpty ? "" : ","}`)];
}

const insertAt = (at: number, text: string): Edit => ({ start: at, end: at, text });

/** Where the values of a key stand in the object that opens at `open`; not in objects inside it. */
function valuesOf(body: Uint8Array, open: number, wanted: string): JsonSpan[] {
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
    if (byte === openBrace || byte === 0x5b) depth += 1;
    else if (byte === closeBrace || byte === 0x5d) {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (byte === comma || isSpace(byte))) return at;
    at += 1;
  }
  return -1;
}

function afterSpace(body: Uint8Array, from: number): number {
  let at = from;
  while (isSpace(body[at])) at += 1;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** `edits` in the order of the body. */
function edited(body: Uint8Array, edits: readonly Edit[]): Uint8Array {
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
