// An answer without a length: the chunks of RFC 9112 7.1, framed by the door itself. Read by node:http's own client, which hangs up on a wrong frame.
import { Agent, request } from "node:http";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import type { ClientReply } from "../../src-core/engine/exchange.ts";
import { aGateway, chatBody, FakeGate } from "./fake-gate.ts";
import { post, RawClient } from "./raw-client.ts";

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

interface Read {
  readonly body: Buffer;
  readonly encoding: string | undefined;
  readonly localPort: number | undefined;
}

/** A door whose answer is these parts, the last one with `end`; and a client that keeps one connection. */
async function aDoorOf(head: Readonly<Record<string, string>> = {}) {
  let parts: readonly Buffer[] = [];
  const gate = new FakeGate();
  gate.answer = (_call, reply) => {
    reply.head(200, { "content-type": "text/event-stream", ...head });
    for (const part of parts.slice(0, -1)) reply.write(part);
    reply.end(parts.at(-1));
  };
  const door = await aGateway(gate);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const read = (said: readonly Buffer[]) =>
    new Promise<Read>((resolve, reject) => {
      parts = said;
      const headers = { "content-type": "application/json" };
      const asked = request(
        { host: "127.0.0.1", port: door.port, method: "POST", path: "/v1/chat/completions", agent, headers },
        (reply) => {
          const { localPort } = reply.socket;
          const got: Buffer[] = [];
          reply.on("data", (chunk: Buffer) => void got.push(chunk));
          reply.once("end", () => resolve({ body: Buffer.concat(got), encoding: reply.headers["transfer-encoding"], localPort }));
          reply.once("error", reject);
        },
      );
      asked.once("error", reject);
      asked.end(chatBody());
    });
  const say = (said: readonly Buffer[]) => {
    parts = said;
  };
  return { door, read, say };
}

/** Any bytes, nothing at all, and sizes on both sides of what is written as one text. */
const aPart = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc.constant(Buffer.alloc(0)),
  fc.integer({ min: 16 * 1024 - 2, max: 16 * 1024 + 2 }).map((size) => Buffer.alloc(size, 0xe9)),
);

test("whatever parts an answer has, its client reads exactly their bytes, and the connection serves on", async () => {
  const { read } = await aDoorOf();
  const ports = new Set<number | undefined>();
  await fc.assert(
    fc.asyncProperty(fc.array(aPart, { minLength: 2, maxLength: 8 }), async (parts) => {
      const got = await read(parts);
      ports.add(got.localPort);
      expect(got.body.equals(Buffer.concat(parts))).toBe(true);
      expect(got.encoding).toBe("chunked");
    }),
    { numRuns: 60 },
  );
  expect(ports.size).toBe(1);
});

test("a part of nothing does not end the answer: a chunk without bytes would be the last one", async () => {
  const { read } = await aDoorOf();
  const got = await read([Buffer.from("data: 1\n\n"), Buffer.alloc(0), Buffer.from("data: 2\n\n")]);
  expect(got.body.toString()).toBe("data: 1\n\ndata: 2\n\n");
});

test("a node's own length goes on, and then the bytes bear no frames", async () => {
  const { read } = await aDoorOf({ "content-length": "8" });
  expect(await read([Buffer.from("four"), Buffer.from("more")])).toMatchObject({ encoding: undefined, body: Buffer.from("fourmore") });
});

test("an answer that waits behind another one on its connection comes after it, whole, however it was written meanwhile", async () => {
  const gate = new FakeGate();
  const replies: ClientReply[] = [];
  const both = new Promise<void>((resolve) => {
    gate.answer = (_call, reply) => {
      replies.push(reply);
      if (replies.length === 2) resolve();
    };
  });
  const door = await aGateway(gate);
  const asked = post(door.port, "/v1/chat/completions", chatBody());
  const client = new RawClient(door.port).send(asked + asked);
  await both;
  const [first, second] = replies;
  second?.head(200, { "content-type": "text/event-stream" });
  second?.write(Buffer.from("c"));
  await nextTurn();
  second?.write(Buffer.from("d"));
  first?.head(200, { "content-type": "text/event-stream" });
  first?.write(Buffer.from("a"));
  await nextTurn();
  first?.write(Buffer.from("b"));
  first?.end();
  await nextTurn();
  second?.write(Buffer.from("e"));
  second?.end();
  await client.until((text) => text.endsWith("e\r\n0\r\n\r\n"));
  expect(client.text.replace(/HTTP[\s\S]*?\r\n\r\n/g, "|")).toBe("|1\r\na\r\n1\r\nb\r\n0\r\n\r\n|1\r\nc\r\n1\r\nd\r\n1\r\ne\r\n0\r\n\r\n");
});

test("F14: what was written before an answer is cut reaches its client", async () => {
  const gate = new FakeGate();
  gate.answer = (_call, reply) => {
    reply.head(200, { "content-type": "text/event-stream" });
    reply.write(Buffer.from("data: 1\n\n"));
    setImmediate(() => {
      reply.write(Buffer.from("data: 2\n\n"));
      reply.destroy();
    });
  };
  const door = await aGateway(gate);
  const client = new RawClient(door.port).send(post(door.port, "/v1/chat/completions", chatBody()));
  await client.closed();
  expect(client.text).toContain("data: 2");
  expect(client.text).not.toContain("\r\n0\r\n");
});

test("F41: a client that does not read stops small parts too, also those of one turn, and reading on drains", async () => {
  const gate = new FakeGate();
  const arrived = new Promise<ClientReply>((resolve) => {
    gate.answer = (_call, reply) => resolve(reply);
  });
  const door = await aGateway(gate);
  const client = new RawClient(door.port);
  client.socket.pause();
  client.send(post(door.port, "/v1/chat/completions", chatBody({ stream: true })));
  const reply = await arrived;
  reply.head(200, { "content-type": "text/event-stream" });
  const part = Buffer.alloc(1_000, 0x61);
  const most = 100_000;
  let written = 1;
  while (reply.write(part) && written < most) written += 1;
  expect(written).toBeLessThan(most);
  const drained = new Promise<void>((resolve) => reply.onDrain(resolve));
  client.socket.resume();
  await drained;
  reply.end();
  await client.until((text) => text.endsWith("0\r\n\r\n"));
  expect(client.text.split(`3e8\r\n${part.toString()}\r\n`).length - 1).toBe(written);
});

test("a client of HTTP/1.0 knows no chunks: it gets the bytes, and their end is the connection's", async () => {
  const { door, say } = await aDoorOf();
  say([Buffer.from("data: 1\n\n"), Buffer.from("data: 2\n\n")]);
  const body = chatBody();
  const head = [
    "POST /v1/chat/completions HTTP/1.0",
    `Host: 127.0.0.1:${door.port}`,
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
  ];
  const client = new RawClient(door.port).send(`${head.join("\r\n")}\r\n\r\n${body}`);
  await client.closed();
  expect(client.text).toMatch(/\r\n\r\ndata: 1\n\ndata: 2\n\n$/);
  expect(client.text.toLowerCase()).not.toContain("chunked");
});
