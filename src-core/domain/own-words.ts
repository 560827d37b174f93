// What Homeport itself says of a failure, without what the node said. Rule: nodes quote the prompt that they could not read, and neither the log
// nor a notification nor what is kept of a node may hold a prompt (S-80, UX-22). The client gets the whole sentence, and so does its own row.
import type { Failure } from "../contract/failure.ts";

/** Kinds whose sentence ends with what the node said, after a colon. */
const quotesNode: ReadonlySet<Failure["kind"]> = new Set([
  "upstream-unavailable",
  "upstream-busy",
  "upstream-rate-limited",
  "upstream-lacks-model",
  "upstream-unable",
  "upstream-rejected",
  "stream-broken",
  "out-of-memory",
  "load-failed",
]);

/** The sentence as far as it is ours; it ends as sentences do. */
export function ownWords({ kind, message }: Failure): string {
  const quote = quotesNode.has(kind) ? message.indexOf(": ") : -1;
  return quote < 0 ? message : `${message.slice(0, quote)}.`;
}
