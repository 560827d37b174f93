// One fast pass over a JSON body: where the top-level `model` value stands, how deep it nests, whether a top-level key comes twice.
// It does not validate (JSON.parse does); strings, most of any body, are skipped by native search.

/** A byte span [start, end), quotes included. */
export interface JsonSpan {
  readonly start: number;
  readonly end: number;
}

export type Scan =
  | { readonly ok: true; readonly modelSpan: JsonSpan | undefined }
  | { readonly ok: false; readonly problem: "too-deep" | "duplicate-key" | "malformed"; readonly key?: string };

/** Deeper nesting than any real request, shallow enough for every parser behind us (S-11). */
export const deepest = 64;

const quote = 0x22;
const backslash = 0x5c;
const modelKey = [0x6d, 0x6f, 0x64, 0x65, 0x6c];
const malformed: Scan = { ok: false, problem: "malformed" };

/** The index after a string's closing quote; `open` is the index of its opening one. -1 if it never ends. */
function afterString(bytes: Uint8Array, open: number): number {
  let at = bytes.indexOf(quote, open + 1);
  while (at >= 0) {
    let slashes = 0;
    while (bytes[at - 1 - slashes] === backslash) slashes += 1;
    if (slashes % 2 === 0) return at + 1;
    at = bytes.indexOf(quote, at + 1);
  }
  return -1;
}

/** Escaped spellings of `model` in a key are not ours to know: a key is compared by its bytes, and JSON.parse has the last word. */
function isModel(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === modelKey.length + 2 && modelKey.every((byte, index) => bytes[start + 1 + index] === byte);
}

/** Scans a body that should be one JSON object. */
export function scanBody(bytes: Uint8Array): Scan {
  const keys = new Set<string>();
  let depth = 0;
  let modelSpan: JsonSpan | undefined;
  let expectKey = false;
  let valueOfModel = false;
  for (let at = 0; at < bytes.length; ) {
    switch (bytes[at]) {
      case quote: {
        const end = afterString(bytes, at);
        if (end < 0) return malformed;
        if (depth === 1 && expectKey) {
          const key = latin(bytes, at + 1, end - 1);
          if (keys.has(key)) return { ok: false, problem: "duplicate-key", key };
          keys.add(key);
          expectKey = false;
          valueOfModel = isModel(bytes, at, end);
        } else if (depth === 1 && valueOfModel) {
          modelSpan = { start: at, end };
          valueOfModel = false;
        }
        at = end;
        break;
      }
      case 0x7b:
      case 0x5b:
        depth += 1;
        if (depth > deepest) return { ok: false, problem: "too-deep" };
        if (depth === 1) {
          if (bytes[at] !== 0x7b) return malformed;
          expectKey = true;
        }
        at += 1;
        break;
      case 0x7d:
      case 0x5d:
        depth -= 1;
        at += 1;
        break;
      case 0x2c:
        if (depth === 1) {
          expectKey = true;
          valueOfModel = false;
        }
        at += 1;
        break;
      default:
        at += 1;
    }
  }
  return depth === 0 ? { ok: true, modelSpan } : malformed;
}

function latin(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end; at++) text += String.fromCharCode(bytes[at] ?? 0);
  return text;
}
