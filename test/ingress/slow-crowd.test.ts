import { expect, test } from "vitest";
import { aGateway, chatBody, FakeGate } from "./fake-gate.ts";
import { ask, post, RawClient } from "./raw-client.ts";

const path = "/v1/chat/completions";
const crowd = 250;
/** A busy machine's own hiccups, which no crowd causes. */
const hiccupMs = 60;

async function p99(port: number): Promise<number> {
  const times: number[] = [];
  for (let turn = 0; turn < 100; turn += 1) {
    const began = performance.now();
    expect((await ask(port, post(port, path, chatBody()))).status).toBe(200);
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[98] ?? 0;
}

test("F46: 500 sockets that crawl through heads and bodies get 408; everybody else is served as fast as without them", async () => {
  const upload = { sweepMs: 50, graceMs: 2500, minBytesPerSecond: 1_000_000 };
  const door = await aGateway(new FakeGate(), { limits: { headersTimeoutMs: 2500, requestTimeoutMs: 20_000, upload } });
  await p99(door.port);
  const alone = await p99(door.port);
  const heads = Array.from({ length: crowd }, () => new RawClient(door.port).send("GET / HTTP/1.1\r\nHost: 127"));
  const bodies = Array.from({ length: crowd }, () =>
    new RawClient(door.port).send(post(door.port, path, "").replace("Content-Length: 0", "Content-Length: 100")),
  );
  const drip = setInterval(() => {
    for (const client of bodies) client.send(" ");
  }, 100);
  const beside = await p99(door.port);
  const statuses = await Promise.all([...heads, ...bodies].map(async (client) => (await client.answer()).status));
  clearInterval(drip);
  for (const client of [...heads, ...bodies]) client.close();
  expect(new Set(statuses)).toEqual(new Set([408]));
  expect(beside).toBeLessThan(Math.max(2 * alone, alone + hiccupMs));
}, 60_000);
