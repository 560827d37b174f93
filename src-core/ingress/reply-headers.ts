// Headers of every answer. What a node or the engine gives is passed on, except what belongs to a connection, names a server, sets a
// cookie or opens us to other origins (S-13, S-21); ours are added last and win.

const never = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "server",
  "x-powered-by",
  "set-cookie",
  "www-authenticate",
  "alt-svc",
  "strict-transport-security",
]);

/** What RFC 9110 lets stand in a field value; anything else would make node:http throw in the middle of an answer. */
const sayable = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Names of ours: what a node says under them is not passed on. */
const ours = new Set(["x-content-type-options", "cache-control", "x-homeport-request"]);

/**
 * The headers to send for a request `id`, names and values in turn, each name once: node:http takes such a list as it is. `extra` holds what this
 * door adds (a page's permission, a policy) and wins over what was given; none of its names is one of ours.
 */
export function replyHeaders(
  given: Readonly<Record<string, string>>,
  id: string,
  extra: Readonly<Record<string, string>> | undefined,
): string[] {
  const headers: string[] = [];
  for (const name in given) {
    const value = given[name];
    if (value === undefined || never.has(name) || ours.has(name) || name.startsWith("access-control-") || !sayable.test(value)) continue;
    if (extra === undefined || !Object.hasOwn(extra, name)) headers.push(name, value);
  }
  headers.push("cache-control", "no-store", "x-content-type-options", "nosniff", "x-homeport-request", id);
  for (const name in extra) headers.push(name, extra[name] ?? "");
  return headers;
}
