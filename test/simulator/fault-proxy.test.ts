// The fault proxy spoils the wire as its words say, and nothing else: a deaf toxic would make a reliability test pass for nothing.
import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeClock } from "../support/fake-clock.ts";
import { FaultProxy } from "../support/fault-proxy.ts";
import { ask } from "./support.ts";

let server: Server;
let proxy: FaultProxy;
let clock: FakeClock;
const body = "x".repeat(1000);

beforeEach(async () => {
  clock = new FakeClock();
  server = createServer((request, response) => {
    request.resume().on("end", () => response.end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  proxy = await FaultProxy.start(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`, clock);
});
afterEach(async () => {
  await proxy.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test("without toxics bytes pass unchanged both ways", async () => {
  const answer = ask(proxy.url, { some: "body" });
  expect(await answer.ended).toBe("complete");
  expect(answer.text()).toBe(body);
  expect(proxy.accepted).toBe(1);
});

test("latency holds the answer back by its time", async () => {
  proxy.add({ toxic: "latency", ms: 700 });
  const answer = ask(proxy.url);
  await clock.sleepingFor(700);
  expect(answer.text()).toBe("");
  clock.advance(700);
  // The body may come in a chunk of its own, which is late as well.
  const done = answer.ended;
  while ((await Promise.race([done, clock.sleepingFor(700).then(() => "late")])) === "late") clock.advance(700);
  expect(answer.text()).toBe(body);
});

test("bandwidth makes a chunk take as long as its bytes do", async () => {
  proxy.add({ toxic: "bandwidth", bytesPerSecond: 100 });
  const answer = ask(proxy.url);
  await clock.sleeping();
  expect(clock.pending[0]).toBeGreaterThan(1000);
  clock.advance(60_000);
  const done = answer.ended;
  while ((await Promise.race([done, clock.sleeping().then(() => "late")])) === "late") clock.advance(60_000);
  expect(answer.text()).toBe(body);
});

test("slicer delivers the same bytes in pieces of their own", async () => {
  proxy.add({ toxic: "slicer", bytes: 50 });
  const pieces: number[] = [];
  const socket = connect(Number(new URL(proxy.url).port), "127.0.0.1");
  socket.write("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
  socket.on("data", (chunk) => pieces.push(chunk.length));
  await new Promise((resolve) => socket.once("close", resolve));
  expect(pieces.length).toBeGreaterThan(5);
  expect(pieces.reduce((sum, bytes) => sum + bytes, 0)).toBeGreaterThan(1000);
});

test("timeout swallows the answer and closes after its time", async () => {
  proxy.add({ toxic: "timeout", ms: 5000 });
  const answer = ask(proxy.url);
  await clock.sleepingFor(5000);
  clock.advance(5000);
  expect(await answer.ended).toBe("ECONNRESET");
  expect(answer.text()).toBe("");
});

test("reset cuts instead of answering", async () => {
  proxy.add({ toxic: "reset", ms: 0 });
  expect(await ask(proxy.url).ended).toBe("ECONNRESET");
});

test("limit_data delivers so many bytes and closes in the middle of the body", async () => {
  proxy.add({ toxic: "limit_data", bytes: 400 });
  const answer = ask(proxy.url);
  expect(await answer.ended).toBe("cut");
  expect(answer.text().length).toBeGreaterThan(0);
  expect(answer.text().length).toBeLessThan(400);
});

test("refuse refuses and accept takes the same port again", async () => {
  const { url } = proxy;
  await proxy.refuse();
  expect(await ask(url).ended).toBe("ECONNREFUSED");
  await proxy.accept();
  expect(proxy.url).toBe(url);
  expect(await ask(url).ended).toBe("complete");
});

test("blackhole accepts and never answers; healing lets the next connection through", async () => {
  proxy.blackhole();
  const lost = ask(proxy.url);
  while (proxy.accepted === 0) await new Promise((resolve) => setImmediate(resolve));
  proxy.clear();
  expect(await ask(proxy.url).ended).toBe("complete");
  expect(lost.text()).toBe("");
  await proxy.stop();
  expect(await lost.ended).toBe("ECONNRESET");
});

test("cut resets every open connection", async () => {
  proxy.add({ toxic: "latency", ms: 1000 });
  const answer = ask(proxy.url);
  await clock.sleepingFor(1000);
  proxy.cut();
  expect(await answer.ended).toBe("ECONNRESET");
  expect(proxy.open).toBe(0);
});
