// The values inside a JSON object or list as spans of its bytes, so that one of them can be replaced and all others stay as they came. Only for
// bytes that were found to be JSON before.
import { afterString, type JsonSpan, keyIn } from "./json-scan.ts";

/** One value; `key` is its name in an object, undefined in a list. */
export interface JsonChild extends JsonSpan {
  readonly key: string | undefined;
}

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openers: ReadonlySet<number> = new Set([0x7b, 0x5b]);
const closers: ReadonlySet<number> = new Set([0x7d, 0x5d]);
const white: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** What the object or list that begins at `start` holds, in order; nothing where another value begins there. */
export function childrenOf(bytes: Uint8Array, start: number): readonly JsonChild[] {
  const first = bytes[start] ?? 0;
  if (!openers.has(first)) return [];
  const isObject = first === 0x7b;
  const children: JsonChild[] = [];
  for (let at = afterWhite(bytes, start + 1); at < bytes.length && !closers.has(bytes[at] ?? 0); ) {
    let key: string | undefined;
    if (isObject) {
      const end = afterString(bytes, at);
      if (end < 0) return children;
      key = keyIn(bytes, at + 1, end - 1);
      at = afterWhite(bytes, end);
      if (bytes[at] !== colon) return children;
      at = afterWhite(bytes, at + 1);
    }
    const end = afterValue(bytes, at);
    children.push({ key, start: at, end });
    at = afterWhite(bytes, end);
    if (bytes[at] === comma) at = afterWhite(bytes, at + 1);
    else if (end === at) return children;
  }
  return children;
}

/** The child of that name. */
export function childNamed(bytes: Uint8Array, start: number, key: string): JsonChild | undefined {
  return childrenOf(bytes, start).find((child) => child.key === key);
}

function afterWhite(bytes: Uint8Array, start: number): number {
  let at = start;
  while (white.has(bytes[at] ?? 0)) at += 1;
  return at;
}

/** The index after the value that begins at `start`. */
function afterValue(bytes: Uint8Array, start: number): number {
  let depth = 0;
  for (let at = start; at < bytes.length; ) {
    const byte = bytes[at] ?? 0;
    if (byte === quote) {
      const end = afterString(bytes, at);
      if (end < 0) return bytes.length;
      if (depth === 0) return end;
      at = end;
      continue;
    }
    if (openers.has(byte)) depth += 1;
    else if (closers.has(byte)) {
      // The end of what holds this value, where it is a number or a word.
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (byte === comma || white.has(byte))) return at;
    at += 1;
  }
  return bytes.length;
}
