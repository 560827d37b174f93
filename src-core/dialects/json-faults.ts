// What a JSON parser lets pass and two parsers read in two ways: a key that an object has twice, and half of a character (F44). Finding out costs
// nearly nothing; finding where is for bodies that are refused.
import { afterString, keyIn } from "./json-scan.ts";
import { isObject } from "./shapes.ts";

const quote = 0x22;
const broken = -1;

/** The members that a parser kept of a value: fewer than were written where an object has a key twice. -1: it holds half of a character. */
export function membersIn(value: unknown): number {
  // Where every character is of one byte, as in nearly all texts, this looks at nothing.
  if (typeof value === "string") return value.isWellFormed() ? 0 : broken;
  if (typeof value !== "object" || value === null) return 0;
  let sum = 0;
  if (Array.isArray(value)) {
    for (const item of value) {
      const inner = membersIn(item);
      if (inner < 0) return broken;
      sum += inner;
    }
  } else if (isObject(value)) {
    for (const key in value) {
      const inner = membersIn(value[key]);
      if (inner < 0 || !key.isWellFormed()) return broken;
      sum += inner + 1;
    }
  }
  return sum;
}

/** The first key that its object has twice, in a body known to be JSON. */
export function repeatedKey(bytes: Uint8Array): string {
  const open: { readonly keys: Set<string>; readonly isObject: boolean }[] = [];
  let expectKey = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    const inside = open.at(-1);
    if (byte === quote) {
      const end = afterString(bytes, at);
      const key = expectKey ? keyIn(bytes, at + 1, end - 1) : undefined;
      if (key !== undefined && inside?.keys.has(key) === true) return key;
      if (key !== undefined) inside?.keys.add(key);
      expectKey = false;
      at = end - 1;
    } else if (byte === 0x7b || byte === 0x5b) {
      open.push({ keys: new Set(), isObject: byte === 0x7b });
      expectKey = byte === 0x7b;
    } else if (byte === 0x7d || byte === 0x5d) open.pop();
    else if (byte === 0x2c) expectKey = inside?.isObject === true;
  }
  return "";
}

/** Where the first such text stands, as `messages.0.content`; a key counts as the place of its object's member. */
export function brokenTextIn(value: unknown, at = ""): string | undefined {
  if (typeof value === "string") return value.isWellFormed() ? undefined : at;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const here = `${at}${at === "" ? "" : "."}${key.toWellFormed()}`;
    const found = key.isWellFormed() ? brokenTextIn(inner, here) : here;
    if (found !== undefined) return found;
  }
  return undefined;
}
