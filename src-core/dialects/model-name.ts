// Another spelling of the model's name, put into bytes by span: nothing else of a body or an answer is touched.
import type { JsonSpan } from "./json-scan.ts";

/** The body with the span replaced by `json`, the bytes of a JSON string. */
export function replaceSpan(body: Uint8Array, span: JsonSpan, json: Uint8Array): Uint8Array {
  const replaced = new Uint8Array(body.length - (span.end - span.start) + json.length);
  replaced.set(body.subarray(0, span.start), 0);
  replaced.set(json, span.start);
  replaced.set(body.subarray(span.end), span.start + json.length);
  return replaced;
}

const key = [0x22, 0x6d, 0x6f, 0x64, 0x65, 0x6c, 0x22];
const lf = 0x0a;

/**
 * Answers carry the node's spelling; the client gets its own back. Replaces the value of each unescaped `"model":"<from>"` in whole frames or a
 * whole body; inside a JSON string the quotes would be escaped, so prose that quotes JSON is safe.
 */
export function createModelEcho(from: Uint8Array, to: Uint8Array): (bytes: Uint8Array) => Uint8Array {
  return (bytes) => {
    let result = bytes;
    for (let at = find(result, 0); at >= 0; ) {
      const start = valueStart(result, at + key.length);
      if (start >= 0 && matches(result, start, from)) {
        result = replaceSpan(result, { start, end: start + from.length }, to);
        at = find(result, start + to.length);
      } else at = find(result, at + key.length);
    }
    return result;
  };
}

/** The next `"model"` that is not inside a string. */
function find(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0x22, from); at >= 0; at = bytes.indexOf(0x22, at + 1)) {
    if (bytes[at - 1] !== 0x5c && key.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}

function valueStart(bytes: Uint8Array, from: number): number {
  let at = skipSpace(bytes, from);
  if (bytes[at] !== 0x3a) return -1;
  at = skipSpace(bytes, at + 1);
  return bytes[at] === 0x22 ? at : -1;
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === lf) at += 1;
  return at;
}

function matches(bytes: Uint8Array, at: number, wanted: Uint8Array): boolean {
  return wanted.every((byte, index) => bytes[at + index] === byte);
}
