import { expect, test } from "vitest";
import { Config, type ConfigDocument } from "../../src-core/contract/config.ts";
import { statusOf } from "../../src-core/contract/failure.ts";
import { guardRules } from "../../src-core/ingress/app.ts";
import { type Asked, inspect, permissionFor, preflight } from "../../src-core/ingress/guard.ts";

const port = 4663;

function verdict(asked: Partial<Asked>, config: ConfigDocument["gateway"] = {}): number {
  const rules = guardRules(Config.parse({ gateway: config }).gateway, port, (ref) =>
    "env" in ref && ref.env === "SET" ? "s3cret" : undefined,
  );
  const headers = { host: `127.0.0.1:${port}`, ...asked.headers };
  const rawHeaders = asked.rawHeaders ?? Object.entries(headers).flatMap(([name, value]) => [name, String(value)]);
  const refused = inspect({ method: asked.method ?? "GET", target: asked.target ?? "/v1/models", headers, rawHeaders }, rules);
  return refused === undefined ? 200 : (refused.status ?? statusOf(refused.failure));
}

const own = [
  "localhost:4663",
  "127.0.0.1:4663",
  "[::1]:4663",
  "LOCALHOST:4663",
  "LocalHost:4663",
  "nas:4663",
  "NAS:4663",
  "box.lan:9000",
  "proxy.example:443",
  "proxy.example",
];
const foreign = [
  "",
  "localhost",
  "127.0.0.1",
  "[::1]",
  "localhost:80",
  "localhost:4664",
  "localhost:04663",
  "localhost:4663 ",
  "localhost.:4663",
  "localhost:4663.",
  "localhost:",
  "localhost:4663/x",
  "localhost:4663@evil.example",
  "evil@localhost:4663",
  "user:pass@127.0.0.1:4663",
  "evil.example",
  "evil.example:4663",
  "localhost.evil.example:4663",
  "127.0.0.1.nip.io:4663",
  "foo.localhost:4663",
  "foo.local:4663",
  "foo.internal:4663",
  "0.0.0.0:4663",
  "127.1:4663",
  "127.0.1:4663",
  "127.0.0.2:4663",
  "2130706433:4663",
  "0x7f000001:4663",
  "0x7f.0.0.1:4663",
  "0177.0.0.1:4663",
  "127.0.0.1:4663:4663",
  "::1:4663",
  "[::]:4663",
  "[0:0:0:0:0:0:0:1]:4663",
  "[::ffff:127.0.0.1]:4663",
  "[::1%25lo]:4663",
  "192.168.1.10:4663",
  "10.0.0.1:4663",
  "nas",
  "nas:9000",
  "box.lan:4663",
  "localhost:4663, evil.example",
  "ⅼocalhost:4663",
];

test.each(own)("S-02: %j is one of ours; a client that uses a listed name is let in", (host) => {
  expect(verdict({ headers: { host } }, { allowedHosts: ["nas", "box.lan:9000", "proxy.example:443"] })).toBe(200);
});

test.each(foreign)("S-02: Host %j is refused; a rebound name or another spelling of loopback would get past a looser check", (host) => {
  expect(verdict({ headers: { host } }, { allowedHosts: ["nas", "box.lan:9000", "proxy.example:443"] })).toBe(403);
});

test("S-02: the Host check holds when bound wide, where Ollama's own is skipped", () => {
  const wide = { host: "0.0.0.0", key: { env: "SET" }, allowedHosts: ["nas"] };
  const headers = { authorization: "Bearer s3cret" };
  expect(verdict({ headers: { ...headers, host: "nas:4663" } }, wide)).toBe(200);
  expect(verdict({ headers: { ...headers, host: "0.0.0.0:4663" } }, wide)).toBe(403);
  expect(verdict({ headers: { ...headers, host: "evil.example:4663" } }, wide)).toBe(403);
});

test("S-02: an HTTP/1.0 request without Host is refused", () => {
  const rules = guardRules(Config.parse({}).gateway, port, () => undefined);
  expect(inspect({ method: "GET", target: "/", headers: {}, rawHeaders: [] }, rules)?.failure.kind).toBe("forbidden");
});

test("S-03: two Hosts, in any case, are 400 even if both are ours", () => {
  expect(verdict({ rawHeaders: ["Host", "127.0.0.1:4663", "hOsT", "127.0.0.1:4663"] })).toBe(400);
});

test.each(["http://127.0.0.1:4663/v1/models", "127.0.0.1:4663", "*", ""])("S-03: target %j is 400; only a path may be routed", (target) => {
  expect(verdict({ target })).toBe(400);
});

test.each(["GET", "HEAD", "POST", "OPTIONS", "DELETE"])("S-04: a foreign Origin is refused on %s, simple requests included", (method) => {
  expect(verdict({ method, headers: { origin: "https://evil.example", "content-type": "application/json" } })).toBe(403);
  expect(verdict({ method, headers: { origin: "null", "content-type": "application/json" } })).toBe(403);
  expect(verdict({ method, headers: { origin: "http://127.0.0.1:4663", "content-type": "application/json" } })).toBe(403);
});

test("S-04: an Origin is let in only when listed exactly", () => {
  const config = { allowedOrigins: ["https://chat.lan"] };
  const json = { "content-type": "application/json" };
  expect(verdict({ method: "POST", headers: { ...json, origin: "https://chat.lan" } }, config)).toBe(200);
  for (const origin of ["http://chat.lan", "https://chat.lan:8443", "https://chat.lan.evil.example", "https://x.chat.lan"])
    expect(verdict({ method: "POST", headers: { ...json, origin } }, config)).toBe(403);
});

test("S-05: a request that a browser made for another site is refused though it hides its Origin", () => {
  for (const site of ["cross-site", "same-site"]) expect(verdict({ headers: { "sec-fetch-site": site } })).toBe(403);
  for (const site of ["none", "same-origin"]) expect(verdict({ headers: { "sec-fetch-site": site } })).toBe(200);
  expect(
    verdict({ headers: { "sec-fetch-site": "cross-site", origin: "https://chat.lan" } }, { allowedOrigins: ["https://chat.lan"] }),
  ).toBe(200);
});

test("S-05: a browser must send JSON as JSON; a program may send what curl -d sends", () => {
  const form = "application/x-www-form-urlencoded";
  expect(verdict({ method: "POST", headers: { "content-type": form } })).toBe(200);
  expect(verdict({ method: "POST" })).toBe(200);
  const config = { allowedOrigins: ["https://chat.lan"] };
  for (const type of [form, "text/plain", "multipart/form-data; boundary=x", "application/jsonp", "text/plain; application/json"])
    expect(verdict({ method: "POST", headers: { origin: "https://chat.lan", "content-type": type } }, config)).toBe(403);
  expect(verdict({ method: "POST", headers: { "sec-fetch-site": "none", "content-type": "text/plain" } })).toBe(403);
  expect(
    verdict({ method: "POST", headers: { origin: "https://chat.lan", "content-type": "application/json; charset=utf-8" } }, config),
  ).toBe(200);
});

test("S-06: no answer to a page holds the private-network header, a wildcard or credentials", () => {
  const all = { ...permissionFor("https://chat.lan"), ...preflight("content-type, x-stainless-os") };
  expect(Object.keys(all)).not.toContain("access-control-allow-private-network");
  expect(Object.keys(all)).not.toContain("access-control-allow-credentials");
  expect(Object.values(all)).not.toContain("*");
  expect(preflight("evil\r\nx: y")["access-control-allow-headers"]).toBe("content-type");
});

test("S-09: the key is taken as Bearer or X-Api-Key, and nothing near it is", () => {
  const config = { key: { env: "SET" } };
  expect(verdict({ headers: { authorization: "Bearer s3cret" } }, config)).toBe(200);
  expect(verdict({ headers: { authorization: "bearer s3cret" } }, config)).toBe(200);
  expect(verdict({ headers: { "x-api-key": "s3cret" } }, config)).toBe(200);
  for (const authorization of ["s3cret", "Basic s3cret", "Bearer s3cre", "Bearer s3cret2", "Bearer ", "Bearer S3cret"])
    expect(verdict({ headers: { authorization } }, config)).toBe(401);
  expect(verdict({}, config)).toBe(401);
});

test("S-10: a key that is configured but not to be found lets nobody in, rather than everybody", () => {
  expect(verdict({}, { key: { env: "MISSING" } })).toBe(401);
  expect(verdict({ headers: { authorization: "Bearer " } }, { key: { env: "MISSING" } })).toBe(401);
});

test("F45: a hundred and one headers are refused with 431", () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => [`x-${index}`, "1"]).flat();
  expect(verdict({ rawHeaders: many(101) })).toBe(431);
  expect(verdict({ rawHeaders: many(100) })).toBe(200);
});
