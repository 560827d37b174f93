// One fast pass over a JSON body: where the top-level `model` value stands, how deep it nests, whether a top-level key comes twice, how many
// members there are. It does not validate (JSON.parse does); strings, most of any body, are skipped by native search.

/** A byte span [start, end), quotes included. */
export interface JsonSpan {
  readonly start: number;
  readonly end: number;
}

export type Scan =
  /** `members`: keys in the whole body; what a parser kept is fewer where one object has a key twice. */
  | { readonly ok: true; readonly modelSpan: JsonSpan | undefined; readonly members: number }
  | { readonly ok: false; readonly problem: "too-deep" | "duplicate-key" | "malformed"; readonly key?: string };

/** Deeper nesting than any real request, shallow enough for every parser behind us (S-11). */
export const deepest = 64;

/** Longer than any key a server knows, even with every character escaped. Longer ones are not compared: nobody reads them. */
const longestKey = 512;

const quote = 0x22;
const backslash = 0x5c;
const malformed: Scan = { ok: false, problem: "malformed" };

/** The index after a string's closing quote; `open` is the index of its opening one. -1 if it never ends. */
export function afterString(bytes: Uint8Array, open: number): number {
  let at = bytes.indexOf(quote, open + 1);
  while (at >= 0) {
    let slashes = 0;
    while (bytes[at - 1 - slashes] === backslash) slashes += 1;
    if (slashes % 2 === 0) return at + 1;
    at = bytes.indexOf(quote, at + 1);
  }
  return -1;
}

/** Scans a body that should be one JSON object. */
export function scanBody(bytes: Uint8Array): Scan {
  const keys = new Set<string>();
  let depth = 0;
  let modelSpan: JsonSpan | undefined;
  let expectKey = false;
  let valueOfModel = false;
  let members = 0;
  for (let at = 0; at < bytes.length; ) {
    switch (bytes[at]) {
      case quote: {
        const end = afterString(bytes, at);
        if (end < 0) return malformed;
        if (depth === 1 && expectKey) {
          expectKey = false;
          const compared = end - at <= longestKey;
          const key = compared ? keyIn(bytes, at + 1, end - 1) : "";
          if (key === undefined) return malformed;
          const same = compared ? folded(key) : "";
          if (compared && keys.has(same)) return { ok: false, problem: "duplicate-key", key };
          if (compared) keys.add(same);
          valueOfModel = key === "model";
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
      case 0x3a:
        members += 1;
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
  return depth === 0 ? { ok: true, modelSpan, members } : malformed;
}

/** Go, and so Ollama, reads `Model` as `model`: two spellings are one key, or one body could name two models. */
function folded(key: string): string {
  return plainKey.test(key) ? key : key.toUpperCase().toLowerCase();
}

const plainKey = /^[a-z0-9_]*$/;

/**
 * A body that was scanned and parsed, without the top-level member `key`, whose value is a text: for words that were for us alone and that a
 * strict node would refuse. Every other byte stays as it came.
 */
export function withoutText(bytes: Uint8Array, key: string): Uint8Array {
  let depth = 0;
  let comma = -1;
  let expectKey = false;
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at];
    if (byte === quote) {
      const end = afterString(bytes, at);
      if (end < 0) return bytes;
      if (depth === 1 && expectKey && keyIn(bytes, at + 1, end - 1) === key)
        return cut(bytes, at, afterString(bytes, bytes.indexOf(quote, end)), comma);
      expectKey = false;
      at = end;
      continue;
    }
    if (byte === 0x7b || byte === 0x5b) depth += 1;
    if (byte === 0x7d || byte === 0x5d) depth -= 1;
    if (depth === 1 && byte === 0x2c) comma = at;
    if (depth === 1 && (byte === 0x2c || byte === 0x7b)) expectKey = true;
    at += 1;
  }
  return bytes;
}

/** Without a member and one of the commas beside it: the one behind, or else the one before. */
function cut(bytes: Uint8Array, start: number, end: number, commaBefore: number): Uint8Array {
  let next = end;
  while (bytes[next] === 0x20 || bytes[next] === 0x0a || bytes[next] === 0x0d || bytes[next] === 0x09) next += 1;
  const hasNext = bytes[next] === 0x2c;
  const from = hasNext || commaBefore < 0 ? start : commaBefore;
  const to = hasNext ? next + 1 : end;
  const rest = new Uint8Array(bytes.length - (to - from));
  rest.set(bytes.subarray(0, from), 0);
  rest.set(bytes.subarray(to), from);
  return rest;
}

/**
 * A key as every parser behind us will read it: `"mod\u0065l"` is `model` to them, so it must be to us, or one body could name two models.
 * Undefined where it is no JSON string. Nearly every key is plain ASCII and takes the short way.
 */
export function keyIn(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = "";
  let plain = true;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === backslash || byte > 0x7e) plain = false;
    text += String.fromCharCode(byte);
  }
  return plain ? text : unescaped(text);
}

/** UTF-8 and escapes of a key given as one character per byte. */
function unescaped(text: string): string | undefined {
  try {
    const key: unknown = JSON.parse(`"${/[^\x20-\x7e]/.test(text) ? fromUtf8(text) : text}"`);
    return typeof key === "string" ? key : undefined;
  } catch {
    return undefined;
  }
}

function fromUtf8(text: string): string {
  return decodeURIComponent(text.replace(/[^\x20-\x7e]|%/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, "0")}`));
}
