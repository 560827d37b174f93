import { once } from "node:events";
import { createServer } from "node:net";
import { createClient } from "@redis/client";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { redisAnnouncer } from "../../src-core/host/redis.ts";
import { call, chat } from "../gateway/caller.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { startHome } from "../support/gateway.ts";
import { freePort, redisMissing, startRedis } from "../support/redis-server.ts";

const channel = "llm_router_metrics";
const withRedis = redisMissing === undefined ? describe : describe.skip;

/** Everything published from here on. */
async function subscribed(url: string) {
  const heard: string[] = [];
  let look = () => {};
  const client = createClient({ url });
  client.on("error", () => undefined);
  await client.connect();
  onTestFinished(() => client.destroy());
  await client.subscribe(channel, (message) => {
    heard.push(message);
    look();
  });
  return {
    heard,
    until: (met: () => boolean) =>
      new Promise<void>((resolve) => {
        look = () => {
          if (met()) resolve();
        };
        look();
      }),
  };
}

function aLog() {
  const lines: string[] = [];
  let look = () => {};
  const keep = (fields: Readonly<Record<string, unknown>>, message: string) => {
    lines.push(`${message} ${JSON.stringify(fields)}`);
    look();
  };
  const until = (count: number) =>
    new Promise<void>((resolve) => {
      look = () => {
        if (lines.length >= count) resolve();
      };
      look();
    });
  return { lines, until, log: { info: keep, warn: keep, error: keep } };
}

const MetricsEvent = z.object({
  model_used: z.string().nullable(),
  latency_ms: z.number().nonnegative(),
  attempts: z.array(
    z.object({
      model: z.string(),
      node: z.string(),
      outcome: z.enum(["success", "rejected", "invalid"]),
      reason: z.string().nullable(),
      latency_ms: z.number().nonnegative(),
    }),
  ),
  counters: z.record(z.string(), z.object({ success: z.number(), fallback: z.number(), error: z.number() })),
  timestamp: z.iso.datetime(),
});

withRedis("with a real Redis", () => {
  it("3.5: every finished request is told on llm_router_metrics, with its attempts and the counters that already hold it", async () => {
    const url = `redis://:s3cret@127.0.0.1:${await freePort()}`;
    await startRedis({ port: Number(new URL(url).port), password: "s3cret" });
    const listener = await subscribed(url);
    const home = await startHome({
      nodes: { attic: { kind: "ollama", models: [{ name: "m", warm: true, replyTokens: 2 }] } },
      config: { metrics: { redis: { env: "METRICS_REDIS" } } },
      env: { METRICS_REDIS: url },
    });
    expect((await call(home.url, "/v1/chat/completions", chat("m"))).status).toBe(200);
    expect((await call(home.url, "/v1/chat/completions", chat("nobody"))).status).toBe(404);
    await listener.until(() => listener.heard.length >= 2);
    const [served, failed] = listener.heard.map((text) => MetricsEvent.parse(JSON.parse(text)));
    expect(served).toMatchObject({ model_used: "m", attempts: [{ model: "m", node: "attic", outcome: "success", reason: null }] });
    expect(served?.counters).toEqual({ m: { success: 1, fallback: 0, error: 0 } });
    expect(failed).toMatchObject({ model_used: null, attempts: [] });
  });

  it("a Redis that went away and came back is found again, and the log tells both once and without the password", async () => {
    const port = await freePort();
    const url = `redis://:s3cret@127.0.0.1:${port}`;
    const clock = new FakeClock();
    const { lines, log, until } = aLog();
    const announcer = redisAnnouncer(clock, log);
    onTestFinished(() => announcer.close());
    const { child: first } = await startRedis({ port, password: "s3cret" });
    const before = await subscribed(url);
    announcer.publish(url, channel, "before");
    await before.until(() => before.heard.includes("before"));
    first.kill("SIGKILL");
    await once(first, "close");
    announcer.publish(url, channel, "lost");
    await until(1);
    await startRedis({ port, password: "s3cret" });
    const after = await subscribed(url);
    announcer.publish(url, channel, "in the pause");
    clock.advance(1_000);
    announcer.publish(url, channel, "after");
    await after.until(() => after.heard.includes("after"));
    await until(2);
    expect(after.heard).toEqual(["after"]);
    expect(lines).toEqual([expect.stringContaining("not published"), expect.stringContaining("again")]);
    expect(lines.join()).not.toContain("s3cret");
  });

  it("a wrong password is told by its kind, once, and tried again only after the pause", async () => {
    const port = await freePort();
    await startRedis({ port, password: "right" });
    const clock = new FakeClock();
    const { lines, log, until } = aLog();
    const announcer = redisAnnouncer(clock, log);
    onTestFinished(() => announcer.close());
    announcer.publish(`redis://:wr0ng@127.0.0.1:${port}`, channel, "one");
    await until(1);
    expect(lines).toEqual([expect.stringContaining("WRONGPASS")]);
    const before = clock.pending.length;
    announcer.publish(`redis://:wr0ng@127.0.0.1:${port}`, channel, "in the pause");
    expect(clock.pending).toHaveLength(before);
    clock.advance(1_000);
    announcer.publish(`redis://:wr0ng@127.0.0.1:${port}`, channel, "after it");
    expect(clock.pending).toContain(2_000);
  });
});

it("3.5: a server that takes the connection and says nothing is given up after 2 s, and nothing piles up behind it", async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void silent.close());
  const address = silent.address();
  const url = `redis://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  const clock = new FakeClock();
  const { lines, log, until } = aLog();
  const announcer = redisAnnouncer(clock, log);
  onTestFinished(() => announcer.close());
  for (let n = 0; n < 1_000; n++) announcer.publish(url, channel, String(n));
  expect(clock.pending).toHaveLength(100);
  clock.advance(2_000);
  await until(1);
  expect(lines).toEqual([expect.stringContaining("no answer within 2000 ms")]);
});

it("3.5: a Redis that is not there never touches a request", async () => {
  const home = await startHome({
    nodes: { attic: { kind: "ollama", models: [{ name: "m", warm: true, replyTokens: 2 }] } },
    config: { metrics: { redis: `redis://127.0.0.1:${await freePort()}` } },
  });
  for (let n = 0; n < 3; n++) expect((await call(home.url, "/v1/chat/completions", chat("m"))).status).toBe(200);
  expect(home.errors).toEqual([]);
});

it("an address that cannot be read is told and touches nothing", async () => {
  const { lines, log, until } = aLog();
  const announcer = redisAnnouncer(new FakeClock(), log);
  announcer.publish("redis://:s3cret@[half", channel, "one");
  await until(1);
  expect(lines.join()).not.toContain("s3cret");
});
