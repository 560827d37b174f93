// What a node's error text means, in the middle of an answer.
import { type Failure, fail } from "../contract/failure.ts";
import { saysOutOfMemory } from "./out-of-memory.ts";
import { field, textIn } from "./shapes.ts";

const detailLength = 600;

/** The sentence in a node's error body, whichever of the three envelopes it uses; the text itself where it is no JSON. */
export function errorText(body: unknown, raw: string): string {
  const error = field(body, "error");
  const text = typeof error === "string" ? error : (textIn(error, "message") ?? textIn(body, "message") ?? raw);
  return text.trim().slice(0, detailLength);
}

/** A node's own error in the middle of an answer, as a failure. */
export function toldByNode(text: string): Failure {
  const detail = text.slice(0, detailLength);
  return saysOutOfMemory(text)
    ? fail("out-of-memory", `The node ran out of memory: ${detail}`, { detail })
    : fail("stream-broken", `The node reported an error: ${detail}`, { detail });
}
