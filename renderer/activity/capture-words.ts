// Captured requests in words: whose they are, what is said of one, and its text as a person reads it (S-82).
import type { Snapshot } from "../../src-core/contract/api.ts";
import type { Captured, CapturedText, CaptureState } from "../../src-core/contract/capture.ts";
import { bytes } from "../format.ts";

/** "what the app with the key laptop sends and gets". */
export function capturedSays({ client }: CaptureState, { keyRequired }: Pick<Snapshot["gateway"], "keyRequired">): string {
  if (client !== null) return `what the app with the key ${client} sends and gets`;
  return keyRequired ? "what apps without a key of their own send and get" : "what apps send and get";
}

/** JSON with its lines; anything else, a stream's frames for one, as it is. */
export function readable({ text, cut }: CapturedText): string {
  if (cut) return text;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

/** What stands beside a text: how long it is, and whether this is all of it. */
export function lengthSays({ bytes: length, cut, text }: CapturedText): string {
  return cut ? `${inBytes(length)}, of which the first ${inBytes(new TextEncoder().encode(text).length)} were kept` : inBytes(length);
}

const inBytes = (length: number): string => (length < 1_000 ? `${length} bytes` : bytes(length));

/** How the answer stands. */
export function answerSays({ state, status, contentType }: Captured): string {
  const began = status === undefined ? undefined : [`status ${status}`, contentType?.split(";")[0]].filter(Boolean).join(", ");
  if (state === "running") return began === undefined ? "not begun yet" : `${began}, still coming`;
  if (state === "broken") return began === undefined ? "none: its app left" : `${began}, cut off`;
  return began ?? "none";
}
