// Words of clients and nodes that would like to be more than words: redirects, addresses in bodies, templates, keys made of code, adverts.
import { createServer, type IncomingMessage } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { routes } from "../../src-core/dialects/facts.ts";
import { type HomeNode, startHome } from "../support/gateway.ts";
import { call, chat, hello } from "./caller.ts";
import { startRawNode } from "./raw-node.ts";

const node: HomeNode = { kind: "ollama", models: [{ name: "m", warm: true, replyTokens: 2 }] };
const chats = "/v1/chat/completions";

/** A server that nobody has any business with, and what came to it all the same. */
async function trap(answer = "{}") {
  const heard: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    heard.push(request);
    response.setHeader("content-type", "application/json").end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { heard, url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}` };
}

const asking = [
  [chats, { model: "m", messages: hello }],
  ["/v1/completions", { model: "m", prompt: "hi" }],
  ["/v1/messages", { model: "m", max_tokens: 8, messages: hello }],
  ["/api/chat", { model: "m", messages: hello }],
  ["/api/generate", { model: "m", prompt: "hi" }],
  ["/api/embed", { model: "m", input: "hi" }],
  ["/v1/embeddings", { model: "m", input: "hi" }],
] as const;

test.each(asking)("S-26, F26: a node that redirects %s is at fault, and nobody goes where it points", async (path, body) => {
  const elsewhere = await trap();
  const nowhere = "http://169.254.169.254/latest/meta-data/";
  let status = 301;
  let location = elsewhere.url;
  const raw = await startRawNode("raw", (response) => response.writeHead(status, { location }).end());
  const kind = path.startsWith("/api/") ? ("ollama" as const) : ("openai-compatible" as const);
  for (status of [301, 302, 303, 307, 308]) {
    for (location of [elsewhere.url, `${raw.config.url}/v1/models`, nowhere, "//169.254.169.254/", "/loop"]) {
      // A house each, since a node that redirects soon counts as broken.
      const home = await startHome({ nodes: {}, config: { nodes: [{ ...raw.config, kind }] } });
      const answer = await call(home.url, path, body);
      expect([answer.status, answer.headers.location, answer.text]).toEqual([502, undefined, expect.stringContaining("redirect")]);
      expect(home.events.find(({ type }) => type === "attempt-finished")).toMatchObject({ failure: { kind: "upstream-unavailable" } });
      await home.stop();
    }
  }
  expect(elsewhere.heard).toEqual([]);
  expect(raw.calls.filter(({ request }) => routes.has(request.url ?? "")).length).toBe(25);
});

test.each(asking)("S-27: no field, header or query of %s chooses where it goes", async (path, body) => {
  const elsewhere = await trap();
  const { url } = elsewhere;
  const fields = [
    "api_base",
    "base_url",
    "baseURL",
    "api_url",
    "url",
    "host",
    "endpoint",
    "proxy",
    "http_proxy",
    "azure_endpoint",
    "target",
  ];
  const wishes = {
    ...Object.fromEntries(fields.map((name) => [name, url])),
    extra_headers: { host: url, authorization: "Bearer canary-of-a-client" },
    headers: { "x-target": url },
    litellm_params: { api_base: url, api_key: "x" },
    custom_llm_provider: "openai",
    metadata: { api_base: url },
  };
  const headers = { "x-base-url": url, "x-target-url": url, "x-forwarded-host": new URL(url).host, "x-portkey-custom-host": url };
  const raw = {
    attic: { ...node, models: [{ name: "m", warm: true, replyTokens: 2, capabilities: ["completion", "embedding"] as const }] },
  };
  const home = await startHome({ nodes: raw });
  const answer = await call(home.url, `${path}?api_base=${encodeURIComponent(url)}`, { ...body, ...wishes }, headers);
  expect(answer.status).toBe(200);
  expect(elsewhere.heard).toEqual([]);
  for (const { rawHeaders, path: asked } of home.at("attic").record.requests) {
    expect(JSON.stringify([rawHeaders, asked])).not.toContain(new URL(url).host);
    expect(JSON.stringify(rawHeaders)).not.toContain("canary-of-a-client");
  }
});

const dollar = (words: string) => `$${`{${words}}`}`;
const tricks = [
  "{{7777*7777}}",
  dollar("7777*7777"),
  "#{7777*7777}",
  "<%= 7777*7777 %>",
  "{% raw %}",
  "$(id)",
  "`id`",
  "%{7777*7777}",
  dollar("jndi:ldap://x/a"),
  "__import__('os')",
];

test("S-28: templates in names, headers and settings are text: nothing is worked out, nothing goes wrong", async () => {
  const model = `{{config.nodes}}-${dollar("7777*7777")}`;
  const home = await startHome({ nodes: { attic: { ...node, models: [{ name: model, warm: true, replyTokens: 2 }] } } });
  expect((await call(home.url, chats, chat(model))).headers["x-homeport-model"]).toBe(`${model}:latest`);
  for (const trick of tricks) {
    for (const path of [chats, "/v1/messages", "/api/chat"]) {
      const { status, text } = await call(home.url, path, { model: trick, max_tokens: 8, messages: hello });
      expect([status, text.includes("60481729")]).toEqual([404, false]);
      expect(text).toContain(JSON.stringify(trick).slice(1, -1).slice(0, 3));
    }
    const asked = await call(home.url, chats, chat(model, { profile: trick }));
    expect([asked.status, asked.text.includes("60481729")]).toEqual([400, false]);
    const headers = { "x-homeport-profile": trick, "x-request-id": trick, "user-agent": trick };
    const { status } = await call(home.url, chats, chat(model), headers);
    expect(status).not.toBe(500);
  }
  expect(home.errors).toEqual([]);
});

const injections = [
  "' OR '1'='1",
  "x'; DROP TABLE requests;--",
  '" OR 1=1 --',
  "__proto__",
  "constructor",
  "*",
  "%",
  "\u00ff".repeat(40),
  "a".repeat(8000),
];

test.each(injections)("S-30: %j is no key and no query, whatever is behind the door", async (words) => {
  const home = await startHome({
    nodes: { attic: node },
    env: { CLIENT_KEY: "canary-client-key-77" },
    config: { clients: [{ name: "laptop", key: { env: "CLIENT_KEY" } }] },
  });
  for (const headers of [{ authorization: `Bearer ${words}` }, { "x-api-key": words }, { authorization: words }]) {
    expect((await call(home.url, chats, chat("m"), headers)).status).toBe(401);
  }
  const key = { authorization: "Bearer canary-client-key-77" };
  expect((await call(home.url, chats, chat(words.slice(0, 400)), key)).status).toBe(404);
  expect((await call(home.url, chats, chat("m"), key)).status).toBe(200);
  for (const input of [{ model: words.slice(0, 400) }, { client: words.slice(0, 60) }]) await home.homeport.dispatch("history", input);
  await home.happened("request-finished", ({ outcome }) => outcome === "ok");
  expect(await home.homeport.dispatch("history", {})).toMatchObject({ ok: true });
  expect(home.errors).toEqual([]);
});

test("S-44: looking at an address asks for nothing but its name, shows no key, and adds nothing", async () => {
  const advertised = await trap('{"object":"list","data":[{"id":"m","object":"model"}]}');
  const home = await startHome({ nodes: { attic: node } });
  const before = home.config.current();
  expect(await home.homeport.dispatch("probeNode", { url: advertised.url })).toMatchObject({ ok: true });
  await home.homeport.dispatch("discover", {});
  expect(advertised.heard.length).toBeGreaterThan(0);
  for (const { method, headers } of advertised.heard) {
    expect([method, headers.authorization, headers["x-api-key"], headers.cookie]).toEqual(["GET", undefined, undefined, undefined]);
  }
  expect(home.config.current()).toBe(before);
  expect(Object.keys(home.homeport.engine.fleet.nodes)).toEqual(["attic"]);
  // Nor does it get a request, however well its models would fit.
  expect((await call(home.url, chats, chat("m"))).headers["x-homeport-node"]).toBe("attic");
  expect(advertised.heard.every(({ method }) => method === "GET")).toBe(true);
});

test.each(["ollama", "llama-server", "openai-compatible"] as const)(
  "F27: a web page where a %s should be is no healthy node, and gets no request",
  async (kind) => {
    const heard: string[] = [];
    const portal = createServer((request, response) => {
      heard.push(`${request.method} ${request.url}`);
      response.setHeader("content-type", "text/html").end("<html><title>Welcome to the hotel</title></html>");
    });
    await new Promise<void>((resolve) => portal.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      portal.closeAllConnections();
      portal.close();
    });
    const address = portal.address();
    const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
    const home = await startHome({
      nodes: { attic: node },
      config: { nodes: [{ ...(await startRawNode("hotel", () => undefined)).config, kind, url, models: ["m"] }] },
    });
    const hotel = Object.values(home.homeport.engine.fleet.nodes).find(({ id }) => id === "hotel");
    expect(hotel?.health.state).not.toBe("up");
    expect(JSON.stringify(hotel?.health)).toMatch(/answers, but not as .*Check its address and its kind/);
    for (let turn = 0; turn < 3; turn++) expect((await call(home.url, chats, chat("m"))).headers["x-homeport-node"]).toBe("attic");
    expect(heard.filter((line) => line.startsWith("POST /v1/chat"))).toEqual([]);
  },
);
