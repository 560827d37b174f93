// Exact usage of a stream whose client did not ask for it: the node is asked, and what it then says beside the answer is taken out again.
// OpenAI's dialect only (`stream_options.include_usage`, apis.md 2); the others tell usage by themselves.
import type { RequestFacts } from "../contract/route.ts";
import { field, isObject, listIn, parsed } from "./shapes.ts";

/** True where the client said nothing of usage, one way or the other. `body`: the client's, parsed. */
export function mayWishForUsage({ dialect, stream, task }: RequestFacts, body: unknown): boolean {
  return stream && dialect === "openai" && (task === "chat" || task === "completion") && field(body, "stream_options") === undefined;
}

const wish = Uint8Array.from('"stream_options":{"include_usage":true},', (letter) => letter.charCodeAt(0));

/** The body with the wish as its first member; every other byte stays. `body` must be an object with a member. */
export function withUsageWish(body: Uint8Array): Uint8Array {
  let inside = 0;
  while (inside < body.length && body[inside] !== openingBrace) inside += 1;
  const wished = new Uint8Array(body.length + wish.length);
  // Behind the wish stands the body, and over its first bytes, as far as the brace, the wish: one copy less than in order.
  wished.set(body, wish.length);
  wished.set(body.subarray(0, inside + 1), 0);
  wished.set(wish, inside + 1);
  return wished;
}

const openingBrace = 0x7b;

/** Whether an event says what was used and nothing else: the answer to the wish. `data`: the JSON of its `data:` lines. */
export function isUsageAlone(data: string): boolean {
  const event = parsed(data);
  return Array.isArray(field(event, "choices")) && listIn(event, "choices").length === 0 && isObject(field(event, "usage"));
}
