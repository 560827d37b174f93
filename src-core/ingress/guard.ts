// Who may ask at a door: pure checks on a request's head, before any route is looked at. Loopback is no protection from a web page in the
// user's own browser, so Host and Origin are allow-listed exactly (S-02 to S-06, S-09, S-10).
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { type Failure, fail } from "../contract/failure.ts";
import type { DoorStatus } from "./errors.ts";

/** The head of a request, as the guard sees it. */
export interface Asked {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
}

/** `unset`: a key is configured but its value cannot be found, so nobody gets in. */
export type KeyRule =
  | { readonly state: "open" }
  | { readonly state: "required"; readonly hash: Buffer }
  | { readonly state: "unset"; readonly says: string };

export interface GuardRules {
  /** Lower-case Host values. */
  readonly hosts: ReadonlySet<string>;
  /** Lower-case origins. */
  readonly origins: ReadonlySet<string>;
  readonly key: KeyRule;
}

export interface Refused {
  readonly failure: Failure;
  readonly status?: DoorStatus;
}

/** S-11. */
const mostHeaders = 100;

/** Every Host value that means this door: the loopback names and `names`, with our port. A name given with its own port is taken as it is. */
export function hostsOf(port: number, names: readonly string[]): ReadonlySet<string> {
  const hosts = new Set<string>();
  for (const name of ["localhost", "127.0.0.1", "[::1]", ...names]) {
    for (const host of spellings(name.toLowerCase(), port)) hosts.add(host);
  }
  return hosts;
}

function spellings(name: string, port: number): readonly string[] {
  const given = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(name);
  const host = given?.[1] ?? (name.includes(":") && !name.startsWith("[") ? `[${name}]` : name);
  const itsPort = given?.[2] ?? String(port);
  // Clients leave out a scheme's own port; 443 stands for a TLS proxy in front of us.
  const plain = itsPort === "80" || (given !== null && itsPort === "443");
  return plain ? [`${host}:${itsPort}`, host] : [`${host}:${itsPort}`];
}

/** The hash a presented key is compared with. */
export function keyHash(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

/** Undefined when the request may go on to its route. */
export function inspect(asked: Asked, rules: GuardRules): Refused | undefined {
  return checkShape(asked) ?? checkHost(asked.headers.host, rules.hosts) ?? checkOrigin(asked, rules.origins) ?? checkKey(asked, rules.key);
}

/** An absolute target or a second Host would let two readers of one request disagree about whom it is for (S-03). */
function checkShape(asked: Asked): Refused | undefined {
  if (asked.target.charCodeAt(0) !== 0x2f)
    return refused("invalid-request", "The request target must be a path, such as /v1/chat/completions.");
  const { rawHeaders } = asked;
  if (rawHeaders.length > mostHeaders * 2)
    return { failure: fail("invalid-request", `The request has more than ${mostHeaders} headers.`), status: 431 };
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name !== undefined && name.length === 4 && name.toLowerCase() === "host") hosts += 1;
  }
  return hosts > 1 ? refused("invalid-request", "The request has two Host headers.") : undefined;
}

function checkHost(host: string | undefined, hosts: ReadonlySet<string>): Refused | undefined {
  if (host !== undefined && (hosts.has(host) || hosts.has(host.toLowerCase()))) return undefined;
  return refused(
    "forbidden",
    "This Host name is not one of Homeport's. Use 127.0.0.1 or localhost, or add the name to gateway.allowedHosts in the settings.",
  );
}

function checkOrigin(asked: Asked, origins: ReadonlySet<string>): Refused | undefined {
  const { origin } = asked.headers;
  const site = asked.headers["sec-fetch-site"];
  if (origin === undefined && site === undefined) return undefined;
  if (origin !== undefined && !origins.has(origin.toLowerCase())) return foreignPage();
  // A browser that hides the page's origin still says that another site is asking. "none" is the user's own doing.
  if (origin === undefined && site !== "same-origin" && site !== "none") return foreignPage();
  if (!changesState(asked.method) || isJson(asked.headers["content-type"])) return undefined;
  return refused("forbidden", "A web page must send its request as application/json.");
}

function foreignPage(): Refused {
  return refused(
    "forbidden",
    "Web pages may not use Homeport unless their origin is listed in gateway.allowedOrigins in the settings. Programs outside a browser may.",
  );
}

/** True for methods that a page could use to change something without having been allowed to. */
function changesState(method: string): boolean {
  return method !== "GET" && method !== "HEAD" && method !== "OPTIONS";
}

function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/json\s*(;|$)/i.test(contentType);
}

function checkKey(asked: Asked, rule: KeyRule): Refused | undefined {
  // A preflight never carries a key; its origin was checked and its answer tells nothing.
  if (rule.state === "open" || asked.method === "OPTIONS") return undefined;
  if (rule.state === "unset")
    return refused("unauthorized", `Homeport is told to ask for a key but cannot find it. To open the gateway, ${rule.says}.`);
  const presented = presentedKey(asked.headers);
  if (presented === undefined)
    return refused("unauthorized", "This gateway asks for a key. Send it as Authorization: Bearer, or as X-Api-Key.");
  // Both sides hashed: equal lengths, and the time taken tells nothing about the key (S-09).
  return timingSafeEqual(keyHash(presented), rule.hash) ? undefined : refused("unauthorized", "This key is not the gateway's key.");
}

/** The key of a request, from either header. */
export function presentedKey(headers: IncomingHttpHeaders): string | undefined {
  const { authorization } = headers;
  if (authorization !== undefined && /^bearer /i.test(authorization)) return authorization.slice(7).trim();
  const key = headers["x-api-key"];
  return typeof key === "string" && key !== "" ? key : undefined;
}

/** The permission an allow-listed page needs to read our answers. Never a wildcard, never credentials, never the private-network header (S-06). */
export function permissionFor(origin: string): Readonly<Record<string, string>> {
  return {
    "access-control-allow-origin": origin,
    vary: "origin",
    "access-control-expose-headers":
      "x-homeport-request, x-homeport-node, x-homeport-model, x-homeport-attempts, x-homeport-decided-by, x-homeport-cold-load-ms, retry-after",
  };
}

/** The answer to a preflight of an allow-listed page. `wanted` is echoed if it is a list of header names. */
export function preflight(wanted: string | undefined): Readonly<Record<string, string>> {
  const names =
    wanted !== undefined && /^[a-z0-9!#$%&'*+.^_`|~-]+(\s*,\s*[a-z0-9!#$%&'*+.^_`|~-]+)*$/i.test(wanted) ? wanted : "content-type";
  return {
    "access-control-allow-methods": "GET, HEAD, POST, OPTIONS",
    "access-control-allow-headers": names,
    "access-control-max-age": "600",
  };
}

function refused(kind: "invalid-request" | "forbidden" | "unauthorized", message: string): Refused {
  return { failure: fail(kind, message) };
}
