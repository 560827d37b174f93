import { expect, test } from "vitest";
import type { ConfigDocument } from "../../src-core/contract/config.ts";
import { fail, failureTable } from "../../src-core/contract/failure.ts";
import type { Gate } from "../../src-core/ingress/doors.ts";
import { refuseWith } from "../../src-core/ingress/errors.ts";
import { aFleet, aModel, aNode } from "../support/builders.ts";
import { aGateway, chatBody, FakeGate } from "./fake-gate.ts";
import { ask, get, post, type RawAnswer } from "./raw-client.ts";

const canary = "canary-5f2e";

async function call(gate: FakeGate, path: string, body: string, head: readonly string[] = []): Promise<RawAnswer> {
  const door = await aGateway(gate);
  return ask(door.port, post(door.port, path, body, head));
}

async function read(config: ConfigDocument, path: string, head: readonly string[] = []): Promise<RawAnswer> {
  const door = await aGateway(new FakeGate(config));
  return ask(door.port, get(door.port, path, head));
}

test("An inference call reaches the engine with its facts, its bytes untouched and its answer returned", async () => {
  const gate = new FakeGate();
  const body = chatBody({ stream: true });
  const answer = await call(gate, "/v1/chat/completions?beta=true", body);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-length")).toBe(String(answer.body.length));
  const [made] = gate.calls;
  expect(made?.body.toString()).toBe(body);
  expect(made?.facts).toMatchObject({ model: "tiny-a", task: "chat", dialect: "openai", path: "/v1/chat/completions", stream: true });
  expect(made?.body.subarray(made.modelSpan.start, made.modelSpan.end).toString()).toBe('"tiny-a"');
  expect(answer.headers.get("x-homeport-request")).toBe(made?.facts.id);
});

test("A client may shorten the deadline, never lengthen it, and nonsense is refused", async () => {
  const gate = new FakeGate({ requests: { deadlineSeconds: 10 } });
  const door = await aGateway(gate);
  for (const ms of ["500", "99999999", "-1", "1e9", "0"])
    await ask(door.port, post(door.port, "/v1/chat/completions", chatBody(), [`X-Homeport-Deadline-Ms: ${ms}`]));
  expect(gate.calls.map(({ facts }) => facts.deadline - facts.at)).toEqual([500, 10_000]);
});

test("An Ollama call with what curl -d sends is served, as Ollama itself does", async () => {
  const gate = new FakeGate();
  const door = await aGateway(gate);
  const text = post(door.port, "/api/generate", '{"model":"tiny-a","prompt":"hi"}').replace(
    "application/json",
    "application/x-www-form-urlencoded",
  );
  expect((await ask(door.port, text)).status).toBe(200);
  expect(gate.calls[0]?.headers["content-type"]).toBe("application/json");
  expect(gate.calls[0]?.facts).toMatchObject({ dialect: "ollama", stream: true });
});

test.each(["/control/call", "/control/events", "/control", "/api/control/call", "/index.html", "/settings"])(
  "S-07: %s is nothing on the gateway port",
  async (path) => {
    const door = await aGateway(new FakeGate());
    expect((await ask(door.port, get(door.port, path))).status).toBe(404);
    expect((await ask(door.port, post(door.port, path, '{"method":"snapshot","input":{}}'))).status).toBe(404);
  },
);

const destructive = [
  ["POST", "/api/pull", "pull"],
  ["POST", "/api/push", "push"],
  ["POST", "/api/create", "create"],
  ["POST", "/api/copy", "copy"],
  ["DELETE", "/api/delete", "delete"],
  ["POST", "/api/blobs/sha256:abc", "blobs"],
] as const;

test.each(destructive)("S-08: %s %s is refused with words unless let in by name, and then only that one", async (method, path, name) => {
  const gate = new FakeGate();
  const door = await aGateway(gate);
  const text = post(door.port, path, '{"model":"tiny-a"}').replace("POST", method);
  const refused = await ask(door.port, text);
  expect(refused.status).toBe(403);
  expect(JSON.parse(refused.body)).toMatchObject({ error: expect.stringContaining("allowOllamaRoutes") });
  gate.document = new FakeGate({ gateway: { allowOllamaRoutes: [name] } }).document;
  const alone = await ask(door.port, text);
  expect(alone.status).toBe(501);
  expect(alone.body).toContain("http://attic.lan:11434");
  const forwarding = Object.assign(gate, {
    forward: (...[made, , reply]: Parameters<NonNullable<Gate["forward"]>>) => {
      gate.forwarded.push(made);
      reply.head(200, {});
      reply.end();
    },
  });
  expect((await ask(door.port, text)).status).toBe(200);
  expect(forwarding.forwarded).toMatchObject([{ method, path }]);
  expect(forwarding.forwarded[0]?.body.toString()).toBe('{"model":"tiny-a"}');
  gate.document = new FakeGate({ gateway: { allowOllamaRoutes: [name === "pull" ? "push" : "pull"] } }).document;
  expect((await ask(door.port, text)).status).toBe(403);
});

test("S-08: with two Ollama nodes an allowed route names both instead of guessing", async () => {
  const gate = new FakeGate({ gateway: { allowOllamaRoutes: ["delete"] } });
  gate.nodes = aFleet([aNode("attic"), aNode("shed")]);
  const door = await aGateway(Object.assign(gate, { forward: () => expect.unreachable() }));
  const answer = await ask(door.port, post(door.port, "/api/delete", "{}").replace("POST", "DELETE"));
  expect(answer.status).toBe(501);
  expect(answer.body).toContain("attic.lan");
  expect(answer.body).toContain("shed.lan");
});

test("S-10: with a key set every route asks for it, lists and HEAD included, each in its dialect", async () => {
  const gate = new FakeGate({ gateway: { key: { env: "KEY" } } });
  const door = await aGateway(gate);
  const paths = ["/", "/health", "/metrics", "/v1/models", "/v1/models/tiny-a", "/api/tags", "/api/ps", "/api/version", "/nowhere"];
  for (const path of paths) {
    expect((await ask(door.port, get(door.port, path))).status, path).toBe(401);
    expect((await fetch(`http://127.0.0.1:${door.port}${path}`, { method: "HEAD" })).status, path).toBe(401);
  }
  for (const path of ["/v1/chat/completions", "/api/chat", "/api/show", "/api/delete"])
    expect((await ask(door.port, post(door.port, path, chatBody()))).status, path).toBe(401);
  expect(JSON.parse((await ask(door.port, get(door.port, "/v1/models"))).body)).toMatchObject({ error: { code: "invalid_api_key" } });
  expect(JSON.parse((await ask(door.port, get(door.port, "/api/tags"))).body)).toMatchObject({ error: expect.any(String) });
  expect(JSON.parse((await ask(door.port, post(door.port, "/v1/messages", "{}"))).body)).toMatchObject({ type: "error" });
  expect(gate.calls).toHaveLength(0);
  expect((await ask(door.port, get(door.port, "/v1/models", ["Authorization: Bearer the-key"]))).status).toBe(200);
  expect((await ask(door.port, post(door.port, "/api/chat", chatBody(), ["X-Api-Key: the-key"]))).status).toBe(200);
  expect(JSON.stringify(gate.calls)).not.toContain("the-key");
});

test("S-13: every answer is nosniff and no-store with an id, and tells no server, cookie or wildcard, whatever a node said", async () => {
  const gate = new FakeGate();
  gate.answer = (_call, reply) => {
    reply.head(200, {
      "content-type": "application/json",
      server: "llama.cpp",
      "set-cookie": "a=b",
      "access-control-allow-origin": "*",
      "x-bad": "line\r\nbreak: 1",
      "x-kept": "yes",
    });
    reply.end(Buffer.from("{}"));
  };
  const door = await aGateway(gate);
  const texts = [
    post(door.port, "/v1/chat/completions", chatBody()),
    get(door.port, "/v1/models"),
    get(door.port, "/nowhere"),
    get(door.port, "/"),
    get(door.port, "/").replace("127.0.0.1", "evil.example"),
    "nonsense\r\n\r\n",
  ];
  for (const text of texts) {
    const { headers } = await ask(door.port, text);
    expect(headers.get("x-content-type-options"), text).toBe("nosniff");
    expect(headers.get("cache-control"), text).toBe("no-store");
    expect(headers.get("x-homeport-request"), text).toMatch(/^[a-z0-9-]+$/);
    for (const name of ["server", "set-cookie", "access-control-allow-origin", "x-bad", "break", "x-powered-by"])
      expect(headers.has(name), text).toBe(false);
  }
  expect((await ask(door.port, texts[0] ?? "")).headers.get("x-kept")).toBe("yes");
});

test("S-13: a model name that is a script comes back as JSON, never as a page", async () => {
  const script = "<script>alert(1)</script>";
  const gate = new FakeGate();
  gate.answer = (made, reply) =>
    refuseWith(reply, fail("unknown-model", `No node lists ${made.facts.model}.`), { "x-homeport-request": made.facts.id });
  for (const path of ["/v1/chat/completions", "/api/chat"]) {
    const answer = await call(gate, path, chatBody({ model: script }));
    expect(answer.status).toBe(404);
    expect(answer.headers.get("content-type")).toContain("application/json");
    expect(JSON.stringify(JSON.parse(answer.body))).toContain(script);
  }
  const one = await read({}, `/v1/models/${encodeURIComponent(script)}`);
  expect(one.status).toBe(404);
  expect(one.headers.get("content-type")).toContain("application/json");
});

test("S-20, S-22: of a client's headers only the known ones may pass; keys, cookies, Host and addresses never do", async () => {
  const gate = new FakeGate({ gateway: { key: { env: "KEY" } } });
  const secret = [
    "Authorization: Bearer the-key",
    `X-Api-Key: ${canary}`,
    `Cookie: session=${canary}`,
    `Proxy-Authorization: Basic ${canary}`,
    `Forwarded: for=${canary}`,
    `X-Forwarded-For: ${canary}`,
    `X-Forwarded-Host: ${canary}`,
    `X-Real-Ip: ${canary}`,
    `X-Conversation-Id: ${canary}`,
    `X-Homeport-Node: ${canary}`,
    `X-Helexa-Account-Id: ${canary}`,
    `X-Stainless-Os: ${canary}`,
    `User-Agent: ${canary}`,
    `Referer: ${canary}`,
    `Accept-Encoding: ${canary}`,
    `Te: ${canary}`,
    "Accept: text/event-stream",
    "OpenAI-Beta: assistants=v2",
    "Traceparent: 00-1-2-01",
  ];
  await call(gate, "/v1/chat/completions", chatBody(), secret);
  expect(gate.calls[0]?.headers).toEqual({
    "content-type": "application/json",
    accept: "text/event-stream",
    "openai-beta": "assistants=v2",
    traceparent: "00-1-2-01",
  });
});

test("S-21: a header that Connection lists stays on this connection, even one that may pass", async () => {
  const gate = new FakeGate();
  await call(gate, "/v1/chat/completions", chatBody(), [
    "Connection: close, Traceparent ,x-request-id",
    "Traceparent: 1",
    "X-Request-Id: 2",
    "Accept: */*",
  ]);
  expect(gate.calls[0]?.headers).toEqual({ "content-type": "application/json", accept: "*/*" });
});

test("S-27: fields that would choose the upstream choose nothing", async () => {
  const gate = new FakeGate();
  await call(
    gate,
    "/v1/chat/completions",
    chatBody({ api_base: "http://evil.example", base_url: "http://evil.example", headers: { host: "evil.example" } }),
  );
  expect(JSON.stringify([gate.calls[0]?.facts, gate.calls[0]?.headers])).not.toContain("evil");
});

test("F44: a body that is no sound JSON object is 400 in the dialect asked, and nothing goes upstream", async () => {
  const gate = new FakeGate();
  const door = await aGateway(gate);
  const deep = `{"model":"a","messages":${"[".repeat(100)}${"]".repeat(100)}}`;
  const bodies = [
    "",
    "{",
    "nonsense",
    "[]",
    "null",
    '{"model":1}',
    '{"messages":[]}',
    '{"model":"a","messages":{}}',
    '{"model":"a","model":"b","messages":[]}',
    deep,
    '{"model":"\xff\xfe"}',
  ];
  for (const body of bodies) {
    const raw = (path: string) => post(door.port, path, "").replace("Content-Length: 0", `Content-Length: ${body.length}`) + body;
    const openai = await ask(door.port, raw("/v1/chat/completions"));
    expect(openai.status, body).toBe(400);
    expect(JSON.parse(openai.body)).toMatchObject({ error: { type: "invalid_request_error", message: expect.stringMatching(/\.$/) } });
    const ollama = await ask(door.port, raw("/api/chat"));
    expect(ollama.status, body).toBe(400);
    expect(JSON.parse(ollama.body)).toMatchObject({ error: expect.any(String) });
  }
  expect(gate.calls).toHaveLength(0);
});

const smuggled = (port: number): readonly (readonly [string, string])[] => {
  const host = `Host: 127.0.0.1:${port}`;
  const inner = chatBody();
  const chunked = `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`;
  const path = "/v1/chat/completions";
  return [
    ["length and chunked", `POST ${path} HTTP/1.1\r\n${host}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n${chunked}`],
    ["two lengths", `POST ${path} HTTP/1.1\r\n${host}\r\nContent-Length: ${inner.length}\r\nContent-Length: 1\r\n\r\n${inner}`],
    ["list of lengths", `POST ${path} HTTP/1.1\r\n${host}\r\nContent-Length: ${inner.length}, 1\r\n\r\n${inner}`],
    ["signed length", `POST ${path} HTTP/1.1\r\n${host}\r\nContent-Length: +${inner.length}\r\n\r\n${inner}`],
    ["hex length", `POST ${path} HTTP/1.1\r\n${host}\r\nContent-Length: 0x10\r\n\r\n${inner}`],
    ["unknown coding", `POST ${path} HTTP/1.1\r\n${host}\r\nTransfer-Encoding: xchunked\r\n\r\n${chunked}`],
    ["chunked not last", `POST ${path} HTTP/1.1\r\n${host}\r\nTransfer-Encoding: chunked, identity\r\n\r\n${chunked}`],
    ["space before colon", `POST ${path} HTTP/1.1\r\n${host}\r\nContent-Length : ${inner.length}\r\n\r\n${inner}`],
    ["folded header", `POST ${path} HTTP/1.1\r\n${host}\r\nX-A: 1\r\n folded\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`],
    ["bare line feeds", `POST ${path} HTTP/1.1\n${host}\nContent-Length: ${inner.length}\n\n${inner}`],
    ["bad chunk size", `POST ${path} HTTP/1.1\r\n${host}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n${inner}\r\n0\r\n\r\n`],
    ["chunk size with sign", `POST ${path} HTTP/1.1\r\n${host}\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n${inner}\r\n0\r\n\r\n`],
    ["chunk longer than told", `POST ${path} HTTP/1.1\r\n${host}\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n${inner}\r\n0\r\n\r\n`],
    ["nul in a header", `POST ${path} HTTP/1.1\r\n${host}\r\nX-A: a\0b\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`],
    [
      "carriage return in a header",
      `POST ${path} HTTP/1.1\r\n${host}\r\nX-A: a\rContent-Length: 1\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
    ],
    ["two hosts", `POST ${path} HTTP/1.1\r\n${host}\r\n${host}\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`],
    ["absolute form", `POST http://127.0.0.1:${port}${path} HTTP/1.1\r\n${host}\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`],
    ["absolute form, other host", `POST http://evil.example${path} HTTP/1.1\r\n${host}\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`],
    ["no host", `POST ${path} HTTP/1.1\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`],
    ["version 2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["space in the path", `POST ${path} evil HTTP/1.1\r\n${host}\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`],
    ["TLS hello", "\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03"],
  ];
};

test.each(smuggled(1).map(([name]) => name))("S-03, S-23, F47: %s is 400 and never routed", async (name) => {
  const gate = new FakeGate();
  const door = await aGateway(gate);
  const text = smuggled(door.port).find(([each]) => each === name)?.[1] ?? "";
  expect((await ask(door.port, text)).status).toBe(400);
  expect(gate.calls).toHaveLength(0);
});

test("Lists, liveness and version answer from memory in their clients' shapes", async () => {
  const gate = new FakeGate();
  gate.nodes = aFleet([
    aNode("attic", [aModel("tiny-a:latest", "warm"), aModel("org/tiny-b:7b")], { version: "0.12.3" }),
    aNode("shed", [aModel("tiny-c")], { version: "0.9.11", health: { state: "down", since: 0, because: fail("connect-failed", "gone") } }),
    aNode("loft", [], { version: "0.10.1" }),
  ]);
  const door = await aGateway(gate);
  const json = async (path: string): Promise<unknown> => JSON.parse((await ask(door.port, get(door.port, path))).body);
  expect((await ask(door.port, get(door.port, "/"))).body).toBe("Ollama is running");
  expect(await json("/health")).toEqual({ status: "ok", nodes: { healthy: 2, total: 3 } });
  expect(await json("/api/version")).toEqual({ version: "0.10.1" });
  expect(await json("/v1/models")).toMatchObject({
    object: "list",
    data: [{ id: "tiny-a:latest" }, { id: "org/tiny-b:7b" }, { id: "tiny-c" }],
  });
  expect(await json("/v1/models/org/tiny-b:7b")).toMatchObject({ id: "org/tiny-b:7b" });
  expect(await json("/v1/models/org%2Ftiny-b%3A7b")).toMatchObject({ id: "org/tiny-b:7b" });
  expect(await json("/v1/models/%zz")).toMatchObject({ error: { code: "model_not_found" } });
  expect(await json("/api/tags")).toMatchObject({ models: expect.any(Array) });
  expect(await json("/api/ps")).toMatchObject({ models: [{ name: "tiny-a:latest" }] });
  expect(JSON.parse((await ask(door.port, post(door.port, "/api/show", '{"name":"tiny-a"}'))).body)).toEqual({
    details: { family: "tiny-a" },
  });
  expect((await ask(door.port, post(door.port, "/api/show", "{}"))).status).toBe(400);
  expect((await ask(door.port, get(door.port, "/metrics"))).body).toBe("homeport_up 1\n");
});

test("HEAD is answered like GET without a body; a wrong method is 405 with what is allowed; unknown paths are 404 in their dialect", async () => {
  const door = await aGateway(new FakeGate());
  for (const path of ["/", "/api/tags", "/v1/models", "/health"]) {
    const answer = await fetch(`http://127.0.0.1:${door.port}${path}`, { method: "HEAD" });
    expect(answer.status, path).toBe(200);
    expect(await answer.text()).toBe("");
  }
  const wrong = await ask(door.port, get(door.port, "/v1/chat/completions"));
  expect(wrong.status).toBe(405);
  expect(wrong.headers.get("allow")).toBe("POST");
  expect(JSON.parse((await ask(door.port, get(door.port, "/api/nowhere"))).body)).toMatchObject({ error: expect.any(String) });
  expect(JSON.parse((await ask(door.port, get(door.port, "/v1/nowhere"))).body)).toMatchObject({ error: { code: "not_found" } });
});

test("S-04, S-06: a listed page gets its preflight and its answers, a foreign one gets neither", async () => {
  const gate = new FakeGate({ gateway: { allowedOrigins: ["https://chat.lan"] } });
  const door = await aGateway(gate);
  const wish = [
    "Access-Control-Request-Method: POST",
    "Access-Control-Request-Headers: content-type,x-stainless-os",
    "Access-Control-Request-Private-Network: true",
  ];
  const preflight = (origin: string) => get(door.port, "/v1/chat/completions", [`Origin: ${origin}`, ...wish]).replace("GET", "OPTIONS");
  const allowed = await ask(door.port, preflight("https://chat.lan"));
  expect(allowed.status).toBe(204);
  expect(allowed.headers.get("access-control-allow-origin")).toBe("https://chat.lan");
  expect(allowed.headers.get("access-control-allow-headers")).toBe("content-type,x-stainless-os");
  expect(allowed.headers.has("access-control-allow-private-network")).toBe(false);
  const served = await ask(
    door.port,
    post(door.port, "/v1/chat/completions", chatBody(), ["Origin: https://chat.lan", "Sec-Fetch-Site: cross-site"]),
  );
  expect(served.status).toBe(200);
  expect(served.headers.get("access-control-allow-origin")).toBe("https://chat.lan");
  expect(served.headers.get("vary")).toBe("origin");
  for (const text of [
    preflight("https://evil.example"),
    post(door.port, "/v1/chat/completions", chatBody(), ["Origin: https://evil.example"]),
  ]) {
    const refused = await ask(door.port, text);
    expect(refused.status).toBe(403);
    expect([...refused.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  }
  expect(gate.calls).toHaveLength(1);
});

test("A failure that can clear tells the wait in whole seconds, never zero", async () => {
  const gate = new FakeGate();
  for (const [retryAfterMs, seconds] of [
    [1, "1"],
    [1500, "2"],
    [30_000, "30"],
  ] as const) {
    gate.answer = (made, reply) =>
      refuseWith(reply, fail("no-candidate", "Nobody can now.", { retryAfterMs }), { "x-homeport-request": made.facts.id });
    const answer = await call(gate, "/api/chat", chatBody());
    expect(answer.status).toBe(failureTable["no-candidate"].status);
    expect(answer.headers.get("retry-after")).toBe(seconds);
    expect(JSON.parse(answer.body)).toMatchObject({ error: expect.stringContaining("Nobody can now.") });
  }
});
