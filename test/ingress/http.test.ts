import { createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { ClientReply } from "../../src-core/engine/exchange.ts";
import { startHttp } from "../../src-core/ingress/http.ts";
import { aGateway, bugs, chatBody, FakeGate } from "./fake-gate.ts";
import { ask, get, post, RawClient } from "./raw-client.ts";

const quick = { sweepMs: 20, graceMs: 100, minBytesPerSecond: 1_000_000 };

/** Ten times what it takes, so that a busy machine fails no test; a door that waited for a timeout of its own would take longer. */
const soonMs = 500;

/** A gate that keeps its replies open. */
function holdingGate(): { readonly gate: FakeGate; readonly replies: ClientReply[]; readonly arrived: () => Promise<ClientReply> } {
  const gate = new FakeGate();
  const replies: ClientReply[] = [];
  let tell: (() => void) | undefined;
  gate.answer = (_call, reply) => {
    replies.push(reply);
    tell?.();
  };
  const arrived = async () => {
    const wanted = replies.length + 1;
    while (replies.length < wanted)
      await new Promise<void>((resolve) => {
        tell = resolve;
      });
    const reply = replies[wanted - 1];
    if (reply === undefined) throw new Error("no reply arrived");
    return reply;
  };
  return { gate, replies, arrived };
}

function gone(reply: ClientReply): Promise<number> {
  const began = performance.now();
  return new Promise((resolve) => reply.onGone(() => resolve(performance.now() - began)));
}

const hugeHead = (port: number) => get(port, "/", [`X-Big: ${"a".repeat(20 * 1024)}`]);

test("S-01: the default listener answers on 127.0.0.1 and ::1 with one port, and on no other address", async () => {
  const door = await aGateway(new FakeGate());
  expect((await ask(door.port, get(door.port, "/health"))).status).toBe(200);
  const six = new RawClient(door.port, "::1").send(`GET /health HTTP/1.1\r\nHost: [::1]:${door.port}\r\n\r\n`);
  expect((await six.answer()).status).toBe(200);
  six.close();
  const elsewhere = new RawClient(door.port, "127.0.0.2");
  await elsewhere.closed();
  expect(elsewhere.text).toBe("");
});

test("F54: a taken port is left to its owner; the next free one is taken only when asked for", async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => void holder.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void holder.close());
  const address = holder.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const options = { host: "127.0.0.1", port, open: () => () => {}, onBug: () => {} };
  const refused = await startHttp({ ...options, whenPortTaken: "fail" });
  expect(refused).toMatchObject({ taken: port, failure: { message: expect.stringContaining(String(port)) } });
  const moved = await startHttp({ ...options, whenPortTaken: "next" });
  if ("failure" in moved) throw new Error(moved.failure.message);
  expect(moved.port).toBeGreaterThan(port);
  expect(moved.port).toBeLessThanOrEqual(port + 10);
  await moved.stop();
});

test("F40: a client that closes while its request waits is known gone at once, though nothing was written to it", async () => {
  const { gate, arrived } = holdingGate();
  const door = await aGateway(gate);
  const waiting = arrived();
  const client = new RawClient(door.port).send(post(door.port, "/v1/chat/completions", chatBody()));
  const left = gone(await waiting);
  client.close();
  expect(await left).toBeLessThan(soonMs);
});

test("F40: a client that closes in the middle of its answer is known gone at once, and later writes do nothing", async () => {
  const { gate, arrived } = holdingGate();
  const door = await aGateway(gate);
  const waiting = arrived();
  const client = new RawClient(door.port).send(post(door.port, "/v1/chat/completions", chatBody()));
  const reply = await waiting;
  reply.head(200, { "content-type": "text/event-stream" });
  reply.write(Buffer.from("data: 1\n\n"));
  await client.until((text) => text.includes("data: 1"));
  const left = gone(reply);
  client.close();
  expect(await left).toBeLessThan(soonMs);
  expect(reply.write(Buffer.from("data: 2\n\n"))).toBe(true);
  reply.end();
  const late = gone(reply);
  expect(await late).toBeLessThan(soonMs);
});

test("F40: an answer that ended is never reported as a client gone", async () => {
  const gate = new FakeGate();
  let left = false;
  gate.answer = (_call, reply) => {
    reply.onGone(() => {
      left = true;
    });
    reply.head(200, { "content-type": "application/json" });
    reply.end(Buffer.from("{}"));
  };
  const door = await aGateway(gate);
  const client = new RawClient(door.port).send(post(door.port, "/v1/chat/completions", chatBody()));
  await client.answer();
  client.close();
  await ask(door.port, get(door.port, "/health"));
  while (door.connections > 0) await new Promise((resolve) => setImmediate(resolve));
  expect(left).toBe(false);
});

test("F41: a client that does not read makes write answer false, and reading on drains", async () => {
  const { gate, arrived } = holdingGate();
  const door = await aGateway(gate);
  const waiting = arrived();
  const client = new RawClient(door.port);
  client.socket.pause();
  client.send(post(door.port, "/v1/chat/completions", chatBody({ stream: true })));
  const reply = await waiting;
  reply.head(200, { "content-type": "text/event-stream" });
  const chunk = Buffer.alloc(64 * 1024, 0x61);
  let written = 0;
  while (reply.write(chunk) && written < 1024) written += 1;
  expect(written).toBeLessThan(1024);
  const drained = new Promise<void>((resolve) => reply.onDrain(resolve));
  client.socket.resume();
  await drained;
  reply.end();
  await client.until((text) => text.endsWith("0\r\n\r\n"));
});

test("F42: a client that closes its half after sending is still served", async () => {
  const { gate, arrived } = holdingGate();
  const door = await aGateway(gate);
  const waiting = arrived();
  const client = new RawClient(door.port).send(post(door.port, "/v1/chat/completions", chatBody()));
  client.socket.end();
  const reply = await waiting;
  await client.until((text) => text.split("102 Processing").length > 3);
  reply.head(200, { "content-type": "application/json" });
  reply.end(Buffer.from('{"served":true}'));
  const answer = await client.answer();
  expect(answer).toMatchObject({ status: 200, body: '{"served":true}' });
  await client.closed();
});

test("F43: a body declared too large is refused without being read, and the connection closes", async () => {
  const gate = new FakeGate({ gateway: { maxBodyBytes: 1024 } });
  const door = await aGateway(gate);
  const client = new RawClient(door.port).send(
    `POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:${door.port}\r\nContent-Length: 999999999\r\n\r\n`,
  );
  const answer = await client.answer();
  expect(answer.status).toBe(413);
  expect(answer.headers.get("connection")).toBe("close");
  await client.closed();
  expect(gate.calls).toHaveLength(0);
});

test("F43: a body of unknown length is refused at the limit while it still arrives", async () => {
  const gate = new FakeGate({ gateway: { maxBodyBytes: 1024 } });
  const door = await aGateway(gate);
  const client = new RawClient(door.port).send(
    `POST /api/chat HTTP/1.1\r\nHost: 127.0.0.1:${door.port}\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  client.send(`800\r\n${"a".repeat(0x800)}\r\n`);
  const answer = await client.answer();
  expect(answer.status).toBe(413);
  expect(JSON.parse(answer.body)).toMatchObject({ error: expect.stringContaining("1 KiB") });
  await client.closed();
  expect(gate.calls).toHaveLength(0);
});

test("F45: 20 KiB of headers and 500 headers are 431 with an id", async () => {
  const door = await aGateway(new FakeGate());
  for (const text of [
    hugeHead(door.port),
    get(
      door.port,
      "/",
      Array.from({ length: 500 }, (_, index) => `X-${index}: 1`),
    ),
  ]) {
    const answer = await ask(door.port, text);
    expect(answer.status).toBe(431);
    expect(answer.headers.get("x-homeport-request")).toMatch(/.+/);
  }
});

test("F46: heads and bodies that crawl get 408 while others are served at once", async () => {
  const gate = new FakeGate();
  const door = await aGateway(gate, { limits: { headersTimeoutMs: 200, requestTimeoutMs: 5000, upload: quick } });
  const heads = Array.from({ length: 25 }, () => new RawClient(door.port).send("GET / HTTP/1.1\r\nHost: 127"));
  const bodies = Array.from({ length: 25 }, () =>
    new RawClient(door.port).send(post(door.port, "/v1/chat/completions", "").replace("Content-Length: 0", "Content-Length: 100")),
  );
  const began = performance.now();
  expect((await ask(door.port, post(door.port, "/v1/chat/completions", chatBody()))).status).toBe(200);
  expect(performance.now() - began).toBeLessThan(soonMs);
  const statuses = await Promise.all([...heads, ...bodies].map(async (client) => (await client.answer()).status));
  for (const client of [...heads, ...bodies]) client.close();
  expect(new Set(statuses)).toEqual(new Set([408]));
  expect(gate.calls).toHaveLength(1);
});

test("F48: Expect: 100-continue is honoured, but not for a body that will be refused", async () => {
  const gate = new FakeGate({ gateway: { maxBodyBytes: 1024 } });
  const door = await aGateway(gate);
  const body = chatBody();
  const head = post(door.port, "/v1/chat/completions", body, ["Expect: 100-continue"]).slice(0, -body.length);
  const client = new RawClient(door.port).send(head);
  await client.until((text) => text.includes("100 Continue"));
  client.send(body);
  expect((await client.answer()).status).toBe(200);
  client.close();
  const large = await ask(door.port, head.replace(/Content-Length: \d+/, "Content-Length: 9999"));
  expect(large.status).toBe(413);
});

test("F48: upgrade, CONNECT, TRACE and unknown expectations are answered, never with 500", async () => {
  const gate = new FakeGate();
  const door = await aGateway(gate);
  const upgrade = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==", "Sec-WebSocket-Version: 13"];
  expect((await ask(door.port, get(door.port, "/v1/models", upgrade))).status).toBe(200);
  expect(
    (await ask(door.port, post(door.port, "/v1/chat/completions", chatBody(), ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c"])))
      .status,
  ).toBe(200);
  expect((await ask(door.port, `CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n`)).status).toBe(405);
  expect((await ask(door.port, get(door.port, "/v1/models").replace("GET", "TRACE"))).status).toBe(405);
  expect((await ask(door.port, get(door.port, "/v1/models", ["Expect: miracles"]))).status).toBe(417);
  expect(gate.calls).toHaveLength(1);
});

test("F49: pipelined requests are answered in their order, each with its own body, also after an error", async () => {
  const { gate, replies } = holdingGate();
  const holding = gate.answer;
  let tell: () => void = () => {};
  const all = new Promise<void>((resolve) => {
    tell = resolve;
  });
  gate.answer = (call, reply) => {
    holding(call, reply);
    if (replies.length === 3) tell();
  };
  const door = await aGateway(gate);
  const bodies = ["a", "b", "c"].map((model) => post(door.port, "/v1/chat/completions", chatBody({ model })));
  const client = new RawClient(door.port).send(bodies.join("") + post(door.port, "/v1/chat/completions", "{"));
  await all;
  for (const index of [2, 0, 1]) {
    replies[index]?.head(200, { "content-type": "application/json" });
    replies[index]?.end(Buffer.from(`${index}`));
  }
  for (const index of [0, 1, 2]) expect(await client.answer()).toMatchObject({ status: 200, body: `${index}` });
  expect((await client.answer()).status).toBe(400);
  client.send(get(door.port, "/health"));
  expect((await client.answer()).status).toBe(200);
  client.close();
});

test("F49: a client that leaves tells all its pipelined requests, not only the first", async () => {
  const { gate, replies } = holdingGate();
  const door = await aGateway(gate);
  const left: Promise<number>[] = [];
  const both = new Promise<void>((resolve) => {
    const holding = gate.answer;
    gate.answer = (call, reply) => {
      holding(call, reply);
      left.push(gone(reply));
      if (replies.length === 2) resolve();
    };
  });
  const one = post(door.port, "/v1/chat/completions", chatBody());
  const client = new RawClient(door.port).send(one + one);
  await both;
  client.close();
  await Promise.all(left);
});

test("S-12: one connection more than allowed gets 503 at once; those inside stay served", async () => {
  const door = await aGateway(new FakeGate(), { limits: { maxConnections: 2 } });
  const inside = [new RawClient(door.port), new RawClient(door.port)];
  for (const client of inside) expect((await client.send(get(door.port, "/health")).answer()).status).toBe(200);
  const third = new RawClient(door.port);
  expect(await third.answer()).toMatchObject({ status: 503 });
  for (const client of inside) {
    expect((await client.send(get(door.port, "/health")).answer()).status).toBe(200);
    client.close();
  }
});

test("A stopping door finishes what it began, refuses newcomers with a wait, and then is gone", async () => {
  const { gate, arrived } = holdingGate();
  const door = await aGateway(gate);
  const waiting = arrived();
  const client = new RawClient(door.port).send(post(door.port, "/v1/chat/completions", chatBody()));
  const idle = new RawClient(door.port);
  await idle.send(get(door.port, "/health")).answer();
  const reply = await waiting;
  const stopped = door.stop(5000);
  reply.head(200, { "content-type": "application/json" });
  reply.end(Buffer.from("{}"));
  expect((await client.answer()).status).toBe(200);
  await stopped;
  await idle.closed();
  const late = new RawClient(door.port);
  await late.closed();
  expect(late.text).toBe("");
});

test("A bug in a handler is a 500 for its own client and reaches the log, never the process", async () => {
  const gate = new FakeGate();
  gate.answer = () => {
    throw new Error("bug");
  };
  const door = await aGateway(gate);
  expect((await ask(door.port, post(door.port, "/v1/chat/completions", chatBody()))).status).toBe(500);
  expect(bugs).toMatchObject([{ message: "bug" }]);
});
