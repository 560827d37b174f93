// An answer without a length: the chunks of RFC 9112 7.1, framed by the door itself. Read by node:http's own client, which hangs up on a wrong frame.

import { Agent, request } from "node:http";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { aGateway, chatBody, FakeGate } from "./fake-gate.ts";
import { RawClient } from "./raw-client.ts";

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
