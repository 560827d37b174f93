// Which of a client's headers may travel on to a node: an allow-list, so that keys, cookies and names we have never heard of stay here (S-20, S-21).
import type { IncomingHttpHeaders } from "node:http";

/**
 * Known API headers and trace ids. Not here on purpose: `X-Conversation-Id`, which would make llama-server run on after a cancel
 * (observed.md 2), the client's key in any form, its address, and everything of ours but the list of
 * gateways it came through.
 */
const allowed = [
  "accept",
  "openai-beta",
  "anthropic-version",
  "anthropic-beta",
  "x-request-id",
  "traceparent",
  "tracestate",
  "x-homeport-hops",
] as const;

/** Headers for the node. The body was parsed as JSON, so that is what it is called, whatever the client called it. */
export function upstreamHeaders(received: IncomingHttpHeaders): Record<string, string> {
  const headers: Record<string, string> = { "content-type": "application/json" };
  const hop = namedByConnection(received.connection);
  for (const name of allowed) {
    const value = received[name];
    if (typeof value === "string" && hop?.has(name) !== true) headers[name] = value;
  }
  return headers;
}

/** Names that the client declared to belong to its connection only. Undefined for the usual values. */
function namedByConnection(value: string | undefined): ReadonlySet<string> | undefined {
  if (value === undefined || value === "keep-alive" || value === "close") return undefined;
  return new Set(value.split(",").map((name) => name.trim().toLowerCase()));
}
