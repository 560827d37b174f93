// Redis in all kinds of trouble, before the whole gateway: what is published there never costs a request its answer or its time. And what Redis is
// told at all: one channel, no keys, no prompts.
import { createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { createClient } from "@redis/client";
import { describe, expect, it, onTestFinished } from "vitest";
import { Config } from "../../src-core/contract/config.ts";
import { systemClock } from "../../src-core/host/clock.ts";
import { redisAnnouncer } from "../../src-core/host/redis.ts";
import { promptCanary } from "../support/canaries.ts";
import { type Home, startHome } from "../support/gateway.ts";
import { redisMissing, startRedis } from "../support/redis-server.ts";
import { selfSigned } from "../support/self-signed.ts";
import { call, chat } from "./caller.ts";

const chats = "/v1/chat/completions";
/** What Redis may add to a request at most. */
const budgetMs = 20;
/** A request that is always slowed is slowed in every round; what a busy machine adds is missing in some. */
const mostRounds = 100;
const leastRounds = 12;

const houseWith = (redis: string | undefined) =>
  startHome({
    nodes: { attic: { kind: "ollama", models: [{ name: "m", warm: true, says: ["hello"] }] } },
    config: redis === undefined ? {} : { metrics: { redis } },
  });

/** How long one request takes, which is answered in any case. */
async function timed(home: Home<"attic">): Promise<number> {
  const began = performance.now();
  const answer = await call(home.url, chats, chat("m"));
  expect(answer.status).toBe(200);
  expect(answer.text).toContain("hello");
  return performance.now() - began;
}

/** A server that is no good Redis. Resolves with its address. */
async function badRedis(serve: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    serve(socket);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return `redis://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
}

const slowMs = 2_000;
const troubles: readonly (readonly [string, () => Promise<string>])[] = [
  ["down", async () => "redis://127.0.0.1:1"],
  [
    "slow, 2 s for every answer",
    () => badRedis((socket) => socket.on("data", () => void setTimeout(() => socket.write("+OK\r\n"), slowMs).unref())),
  ],
  ["silent", () => badRedis(() => undefined)],
  [
    "answering garbage",
    () => badRedis((socket) => socket.on("data", () => socket.write(Buffer.from("\x00\xff$-7\r\n*9999999999\r\n<html>", "latin1")))),
  ],
  ["answering an error to everything", () => badRedis((socket) => socket.on("data", () => socket.write("-ERR no\r\n")))],
  ["closing at the first word", () => badRedis((socket) => socket.on("data", () => socket.destroy()))],
];

describe("F71: Redis in trouble", () => {
  it.each(troubles)("F71: a Redis that is %s fails no request and slows none", async (_, trouble) => {
    const plain = await houseWith(undefined);
    const home = await houseWith(await trouble());
    let [without, withIt] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let round = 0; round < mostRounds && (round < leastRounds || withIt - without >= budgetMs); round++) {
      without = Math.min(without, await timed(plain));
      withIt = Math.min(withIt, await timed(home));
    }
    expect(withIt - without).toBeLessThan(budgetMs);
    expect(home.errors).toEqual([]);
  });
});

describe("S-96: what Redis is told, and how", () => {
  it("S-96: a password only by reference; redis:// and rediss:// and nothing else", () => {
    const accepts = (redis: unknown) => Config.safeParse({ metrics: { redis } }).success;
    expect(["redis://10.0.0.5:6379", "rediss://redis.lan:6380", { env: "METRICS_REDIS" }].map(accepts)).toEqual([true, true, true]);
    expect(["redis://:secret@10.0.0.5", "rediss://me:secret@redis.lan", "http://redis.lan", "redis.lan"].map(accepts)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it("S-96: over TLS a server that cannot prove itself is told nothing", async () => {
    const heard: Buffer[] = [];
    const { key, cert } = selfSigned();
    const server = createTlsServer({ key, cert }, (socket) => socket.on("data", (chunk) => heard.push(chunk)));
    server.on("tlsClientError", () => undefined);
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const warned = Promise.withResolvers<unknown>();
    const log = { info: () => undefined, warn: (fields: object) => warned.resolve(fields), error: () => undefined };
    const announcer = redisAnnouncer(systemClock, log);
    onTestFinished(() => announcer.close());
    announcer.publish(`rediss://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`, "c", "figures");
    expect(await warned.promise).toMatchObject({ says: expect.stringMatching(/CERT/) });
    expect(heard).toEqual([]);
  });

  it.skipIf(redisMissing !== undefined)(
    "S-96, S-94: it hears one channel and no other command, keeps nothing, and sees no prompt",
    async () => {
      const { url } = await startRedis();
      const watcher = createClient({ url });
      watcher.on("error", () => undefined);
      await watcher.connect();
      onTestFinished(() => watcher.destroy());
      const commands: string[] = [];
      const told = Promise.withResolvers<void>();
      await watcher.monitor((line) => {
        commands.push(String(line));
        if (String(line).includes('"publish"') || String(line).includes('"PUBLISH"')) told.resolve();
      });
      const home = await houseWith(url);
      await timed(home);
      await told.promise;
      const words = commands.map((line) => /"((?:[^"\\]|\\.)*)"/.exec(line)?.[1]?.toLowerCase());
      const harmless = ["hello", "auth", "client", "select", "ping", "publish"];
      expect(words.filter((word) => !harmless.includes(word ?? ""))).toEqual([]);
      expect(commands.filter((line) => /"publish"/i.test(line)).every((line) => /"publish" "llm_router_metrics"/i.test(line))).toBe(true);
      expect(commands.join("\n")).not.toContain(promptCanary);
      const reader = createClient({ url });
      await reader.connect();
      onTestFinished(() => reader.destroy());
      expect(await reader.dbSize()).toBe(0);
    },
  );
});
