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

/** The headers to send for a request `id`. `extra` holds what this door adds (a page's permission, a policy). */
export function replyHeaders(
  given: Readonly<Record<string, string>>,
  id: string,
  extra: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name in given) {
    const value = given[name];
    if (value === undefined || never.has(name) || name.startsWith("access-control-") || !sayable.test(value)) continue;
    headers[name] = value;
  }
  headers["x-content-type-options"] = "nosniff";
  headers["cache-control"] = "no-store";
  headers["x-homeport-request"] = id;
  if (extra !== undefined) Object.assign(headers, extra);
  return headers;
}
