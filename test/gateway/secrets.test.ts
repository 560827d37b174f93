import { createServer } from "node:net";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import type { RecordedRequest } from "../../src-core/simulator/record.ts";
import { post, RawClient } from "../ingress/raw-client.ts";
import { type HomeNode, startHome } from "../support/gateway.ts";
import { call, chat, hello } from "./caller.ts";

const chats = "/v1/chat/completions";
const node: HomeNode = { kind: "ollama", models: [{ name: "m", warm: true, replyTokens: 2 }] };

/** Everything a node received, but for the body that the client wrote for it. */
const heardBy = (requests: readonly RecordedRequest[]) =>
  requests.map(({ method, path, headers, rawHeaders }) => JSON.stringify([method, path, headers, rawHeaders])).join("\n");

const secretHeaders = [
  "authorization",
  "x-api-key",
  "api-key",
  "cookie",
  "proxy-authorization",
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-real-ip",
  "origin",
  "referer",
  "user-agent",
  "x-conversation-id",
  "x-homeport-anything",
  "x-unheard-of",
] as const;

test.each(secretHeaders)("S-20: %s stays here, at every node and on every retry", async (name) => {
  const home = await startHome({ nodes: { attic: node, den: node }, config: { gateway: { allowedOrigins: ["http://canary-7c1d"] } } });
  home.at("attic").fault({ fault: "status", status: 500, body: "{}" }, { path: chats });
  const canary = name === "origin" ? "http://canary-7c1d" : "canary-7c1d";
  const { headers } = await call(home.url, chats, chat("m"), { [name]: canary });
  expect(headers["x-homeport-attempts"]).toBe("2");
  for (const id of ["attic", "den"] as const) expect(heardBy(home.at(id).record.requests)).not.toContain("canary-7c1d");
});

test("S-20: a node's own key goes to that node and to no other, and never comes back to a client", async () => {
  const home = await startHome({
    nodes: { attic: { ...node, key: "canary-node-key", declares: { key: { env: "ATTIC_KEY" } } }, den: node },
    env: { ATTIC_KEY: "canary-node-key" },
  });
  home.at("attic").fault({ fault: "status", status: 500, body: "{}" }, { path: chats });
  const answer = await call(home.url, chats, chat("m"));
  expect(answer.headers["x-homeport-node"]).toBe("den");
  expect(home.at("attic").record.to(chats)[0]?.headers["authorization"]).toBe("Bearer canary-node-key");
  expect(heardBy(home.at("den").record.requests)).not.toContain("canary-node-key");
  expect(JSON.stringify([answer.headers, answer.text, home.homeport.snapshot(), home.events])).not.toContain("canary-node-key");
});

test("S-21: names that a client lists in Connection never travel on, whatever they are", async () => {
  const home = await startHome({ nodes: { attic: node } });
  const passing = ["traceparent", "x-request-id", "openai-beta", "tracestate"];
  await fc.assert(
    fc.asyncProperty(fc.subarray(passing), async (listed) => {
      const head = [
        ...passing.map((name) => `${name}: canary-${name}`),
        ...(listed.length > 0 ? [`Connection: ${listed.join(", ")}`] : []),
      ];
      const client = new RawClient(home.port).send(post(home.port, chats, JSON.stringify(chat("m")), head));
      expect((await client.answer()).status).toBe(200);
      client.close();
      const heard = heardBy(home.at("attic").record.to(chats).slice(-1));
      for (const name of passing) expect(heard.includes(`canary-${name}`)).toBe(!listed.includes(name));
    }),
    { numRuns: 16 },
  );
});

test("S-22: the Host a node sees is its own address, whatever the client calls us", async () => {
  const home = await startHome({ nodes: { attic: node }, config: { gateway: { allowedHosts: ["canary-host.lan"] } } });
  const text = post(home.port, chats, JSON.stringify(chat("m"))).replace(
    `Host: 127.0.0.1:${home.port}`,
    `Host: canary-host.lan:${home.port}`,
  );
  const client = new RawClient(home.port).send(text);
  expect((await client.answer()).status).toBe(200);
  client.close();
  expect(home.at("attic").record.to(chats)[0]?.headers["host"]).toBe(new URL(home.at("attic").url).host);
});

test("S-27: a body or a query cannot choose where the request goes", async () => {
  let dialled = 0;
  const trap = createServer((socket) => {
    dialled += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => trap.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void trap.close());
  const address = trap.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  const home = await startHome({ nodes: { attic: node } });
  const wishes = {
    api_base: url,
    base_url: url,
    url,
    host: url,
    endpoint: url,
    proxy: url,
    extra_headers: { host: url },
    headers: { "x-target": url },
  };
  for (const body of [chat("m", wishes), chat("m", { options: wishes, metadata: wishes })]) {
    expect((await call(home.url, `${chats}?api_base=${encodeURIComponent(url)}`, body)).status).toBe(200);
  }
  expect((await call(home.url, "/api/chat", { model: "m", messages: hello, ...wishes })).status).toBe(200);
  expect((await call(home.url, chats, chat(`${url}/m`))).status).toBe(404);
  expect(dialled).toBe(0);
  expect(heardBy(home.at("attic").record.requests)).not.toContain(encodeURIComponent(url));
});

test("S-80: what people ask and get stands in no fact, no snapshot and no activity row", async () => {
  const home = await startHome({ nodes: { attic: node } });
  const pushes: unknown[] = [];
  home.homeport.listen((push) => pushes.push(push));
  await call(home.url, chats, { model: "m", messages: [{ role: "user", content: "canary-prompt" }], user: "canary-user" });
  home.at("attic").fault({ fault: "drop-after", frames: 1 }, { path: chats });
  const failed = await call(home.url, chats, { model: "m", messages: [{ role: "user", content: "canary-prompt" }], stream: true });
  expect(failed.status).toBe(200);
  expect(JSON.stringify([home.events, home.homeport.snapshot(), pushes, home.homeport.engine.chronicle.activity.latest(10)])).not.toContain(
    "canary",
  );
});
