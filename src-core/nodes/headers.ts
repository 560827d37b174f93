// What may cross between a client and a node. Requests arrive reduced to an allow-list (S-20); this is the second line: nothing that belongs to
// a connection, to a person's key or to another hop passes, in either direction (S-21, S-22).

/** Headers of one connection, never of the message (RFC 9110 7.6.1). */
const hopByHop = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** The gateways a call came through, by their instance ids (apis.md 10.1). */
const hopsHeader = "x-homeport-hops";

const neverSent = new Set([
  ...hopByHop,
  "host",
  "content-length",
  "expect",
  "accept-encoding",
  "authorization",
  "x-api-key",
  "cookie",
  "origin",
  "forwarded",
  "x-real-ip",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
]);

/** Meant for Anthropic alone: no node of the house learns which features of a service its clients use. */
const neverSentToOthers = new Set([...neverSent, "anthropic-beta", "anthropic-version"]);

const neverReturned = new Set([...hopByHop, "content-length", "set-cookie", "server", "x-powered-by", "www-authenticate", "__proto__"]);

/** How a node is shown its key, and whether it is told what is Anthropic's own. */
export type HeaderWays = "bearer" | "anthropic";

/** What every call to a node carries: our own words and the node's own key, never the client's (S-24, S-45). */
export function fixedHeaders(key: string | undefined, ways: HeaderWays = "bearer", instance?: string): readonly string[] {
  const plain = ["accept-encoding", "identity", ...(instance === undefined ? [] : [hopsHeader, instance])];
  if (key === undefined) return plain;
  return ways === "anthropic" ? [...plain, "x-api-key", key] : [...plain, "authorization", `Bearer ${key}`];
}

/**
 * Names and values in turn, as undici sends them. Host and framing are undici's, from the node's address and the body. `tellsHops`: the gateways
 * before us are told too, in a header of their own beside ours.
 */
export function requestHeaders(
  fixed: readonly string[],
  given: Readonly<Record<string, string>>,
  ways: HeaderWays = "bearer",
  tellsHops = false,
): string[] {
  const headers = [...fixed];
  const withheld = ways === "anthropic" ? neverSent : neverSentToOthers;
  const named = namedByConnection(given["connection"]);
  for (const name in given) {
    const value = given[name];
    const lower = name.toLowerCase();
    if (value === undefined || withheld.has(lower) || named?.has(lower) === true) continue;
    if (lower === hopsHeader && !tellsHops) continue;
    headers.push(lower, value);
  }
  return headers;
}

/** A node's headers with lower-case names, without those of its connection, its cookies, its name, and its own cross-origin rules. */
export function responseHeaders(received: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const headers: Record<string, string> = {};
  const named = namedByConnection(joined(received["connection"]));
  for (const name in received) {
    const value = joined(received[name]);
    if (value === undefined || neverReturned.has(name) || name.startsWith("access-control-") || named?.has(name) === true) continue;
    headers[name] = value;
  }
  return headers;
}

function joined(value: string | string[] | undefined): string | undefined {
  return typeof value === "object" ? value.join(", ") : value;
}

function namedByConnection(value: string | undefined): ReadonlySet<string> | undefined {
  if (value === undefined || value === "" || value === "close" || value === "keep-alive") return undefined;
  return new Set(value.split(",").map((name) => name.trim().toLowerCase()));
}
