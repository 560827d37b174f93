// The memory of simulated nodes: loads, slots, eviction, unloading. A simulator that is kinder than the real servers hides bugs.
import { afterEach, expect, test } from "vitest";
import { type SimulatedNode, type StartOptions, startSimulatedNode } from "../../src-core/simulator/node.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { ask, askJson, hello } from "./support.ts";

const running: SimulatedNode[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((node) => node.stop()));
});

async function start(options: StartOptions): Promise<SimulatedNode> {
  const node = await startSimulatedNode(options);
  running.push(node);
  return node;
}

const small = { bytes: 100, contextTokens: 4096 };
const chat = (node: SimulatedNode, model: string, more: object = {}) => ask(`${node.url}/api/chat`, { model, messages: hello, ...more });

test("Ollama: requests that join a load cause one load, and a model on its way is not listed as loaded", async () => {
  const clock = new FakeClock();
  const node = await start({ kind: "ollama", clock, models: [{ ...small, name: "a", loadMs: 1000 }], slots: 4 });
  const answers = [chat(node, "a"), chat(node, "a:latest"), chat(node, "A")];
  await node.record.until(() => node.record.open === 3 && node.loading.length === 1);
  expect((await askJson(`${node.url}/api/ps`)).body).toEqual({ models: [] });
  clock.advance(1000);
  for (const answer of answers) expect(await answer.ended).toBe("complete");
  expect(node.record.loads).toEqual({ a: 1 });
  expect(node.inMemory).toEqual(["a"]);
});

test("Ollama: the load dies with the caller that began it, and the next in line begins another", async () => {
  const clock = new FakeClock();
  const node = await start({ kind: "ollama", clock, models: [{ ...small, name: "a", loadMs: 1000 }] });
  const first = chat(node, "a");
  await node.record.until(() => node.loading.length === 1);
  const second = chat(node, "a");
  await node.record.until(() => node.record.open === 2);
  first.request.destroy();
  await node.record.until(() => node.record.loads["a"] === 2);
  expect(node.record.cancelledLoads).toEqual({ a: 1 });
  clock.advance(1000);
  expect(await second.ended).toBe("complete");
});

test("Ollama: one slot by default; the second request hears nothing until the first is done", async () => {
  const clock = new FakeClock();
  const node = await start({
    kind: "ollama",
    clock,
    models: [{ ...small, name: "a", warm: true, tokensPerSecond: 10, replyTokens: 3 }],
  });
  const first = chat(node, "a");
  await first.head;
  let heard = false;
  const second = chat(node, "a");
  const head = second.head.then(() => {
    heard = true;
  });
  await node.record.until(() => node.record.open === 2);
  clock.advance(100);
  expect(heard).toBe(false);
  clock.advance(100);
  expect(await first.ended).toBe("complete");
  await head;
  expect(node.record.peakRunning).toBe(1);
  expect(node.record.peakOpen).toBe(2);
});

test("Ollama: another num_ctx reloads the model, and /v1 goes back to the default", async () => {
  const node = await start({ kind: "ollama", models: [{ ...small, name: "a" }], defaultContextTokens: 1024 });
  await chat(node, "a").ended;
  await chat(node, "a", { options: { num_ctx: 2048 } }).ended;
  await askJson(`${node.url}/v1/chat/completions`, { model: "a", messages: hello });
  await askJson(`${node.url}/v1/chat/completions`, { model: "a", messages: hello });
  expect(node.record.loads).toEqual({ a: 3 });
});

test("Ollama: the least recently used idle model makes room, a busy one never does", async () => {
  const clock = new FakeClock();
  const models = ["a", "b", "c"].map((name) => ({ ...small, name, warm: name !== "c", tokensPerSecond: 10, replyTokens: 2 }));
  const node = await start({ kind: "ollama", clock, models, memoryBytes: 200 });
  const busy = chat(node, "a");
  await busy.head;
  const wanting = chat(node, "c");
  await wanting.head;
  expect([...node.inMemory].sort()).toEqual(["a", "c"]);
  clock.advance(1000);
  expect(await busy.ended).toBe("complete");
  expect(await wanting.ended).toBe("complete");
});

test("Ollama: a model larger than the memory fails with the server's own words", async () => {
  const node = await start({ kind: "ollama", models: [{ ...small, name: "a" }], memoryBytes: 50 });
  const reply = await askJson(`${node.url}/api/generate`, { model: "a" });
  expect(reply.status).toBe(500);
  expect(JSON.stringify(reply.body)).toContain("out-of-memory during startup");
});

test("Ollama: more than maxQueue waiting for a load are sent away with 503, loaded models go on", async () => {
  const node = await start({
    kind: "ollama",
    models: [
      { ...small, name: "a", loadFault: { fault: "stuck" } },
      { ...small, name: "b", warm: true },
    ],
    maxQueue: 0,
  });
  const waiting = chat(node, "a");
  await node.record.until(() => node.loading.length === 1);
  const refused = await askJson(`${node.url}/api/chat`, { model: "a", messages: hello, stream: false });
  expect(refused).toEqual({ status: 503, body: { error: "server busy, please try again.  maximum pending requests exceeded" } });
  expect(await chat(node, "b").ended).toBe("complete");
  waiting.request.destroy();
});

test("Ollama: keep_alive decides when an idle model goes; 0 unloads at once, a busy one when it is done", async () => {
  const clock = new FakeClock();
  const node = await start({ kind: "ollama", clock, models: [{ ...small, name: "a", tokensPerSecond: 10, replyTokens: 2 }] });
  await askJson(`${node.url}/api/generate`, { model: "a", keep_alive: "2s" });
  clock.advance(1999);
  expect(node.inMemory).toEqual(["a"]);
  clock.advance(1);
  expect(node.inMemory).toEqual([]);
  const busy = chat(node, "a");
  await busy.head;
  await askJson(`${node.url}/api/generate`, { model: "a", keep_alive: 0 });
  expect(node.inMemory).toEqual(["a"]);
  clock.advance(100);
  expect(await busy.ended).toBe("complete");
  await node.record.until(() => node.inMemory.length === 0);
  expect(node.record.unloadCalls).toEqual({ a: 1 });
});

test("router: load answers at once, progress is pushed step by step, and only /models says when it is loaded", async () => {
  const clock = new FakeClock();
  const node = await start({ kind: "llama-server-router", clock, models: [{ ...small, name: "a", loadMs: 1000 }] });
  const events = ask(`${node.url}/models/sse`);
  await events.head;
  expect(await askJson(`${node.url}/models/load`, { model: "a" })).toEqual({ status: 200, body: { success: true } });
  expect(JSON.stringify((await askJson(`${node.url}/models`)).body)).toContain('"value":"loading"');
  clock.advance(1000);
  expect(JSON.stringify((await askJson(`${node.url}/models`)).body)).toContain('"value":"loaded"');
  const told = events.text().trim().split("\n\n");
  expect(told[0]).toBe('data: {"model":"a","event":"model_status","data":{"status":"loading"}}');
  expect(told.filter((line) => line.includes('"progress"')).length).toBe(11);
  expect(told.at(-1)).toContain('"status":"loaded"');
  expect(await askJson(`${node.url}/models/load`, { model: "a" })).toMatchObject({ status: 400 });
  events.request.destroy();
});

test("router: a load that does not fit fails as a crashed child does, and unloading stops a load under way", async () => {
  const clock = new FakeClock();
  const models = [
    { ...small, name: "a", warm: true },
    { ...small, name: "b", loadMs: 1000 },
  ];
  const node = await start({ kind: "llama-server-router", clock, models, memoryBytes: 150 });
  await askJson(`${node.url}/models/load`, { model: "b" });
  clock.advance(1000);
  expect(JSON.stringify((await askJson(`${node.url}/models`)).body)).toContain('"failed":true');
  await askJson(`${node.url}/models/unload`, { model: "a" });
  await askJson(`${node.url}/models/load`, { model: "b" });
  clock.advance(500);
  await askJson(`${node.url}/models/unload`, { model: "b" });
  expect(node.record.cancelledLoads).toEqual({ b: 1 });
  expect(node.loading).toEqual([]);
});

test("router: asking for a model's props without autoload=false loads it, so a careless probe is caught", async () => {
  const node = await start({ kind: "llama-server-router", models: [{ ...small, name: "a" }] });
  expect((await askJson(`${node.url}/props?model=a&autoload=false`)).status).toBe(400);
  expect(node.record.loads).toEqual({});
  expect((await askJson(`${node.url}/props?model=a`)).status).toBe(200);
  expect(node.record.loads).toEqual({ a: 1 });
});

test("llama-server: 503 until the model is in memory, then any model name is served", async () => {
  const clock = new FakeClock();
  const node = await start({ kind: "llama-server", clock, models: [{ ...small, name: "a", loadMs: 1000 }] });
  expect((await askJson(`${node.url}/health`)).status).toBe(503);
  expect((await askJson(`${node.url}/v1/models`)).body).toEqual({
    error: { code: 503, message: "Loading model", type: "unavailable_error" },
  });
  clock.advance(1000);
  expect((await askJson(`${node.url}/health`)).body).toEqual({ status: "ok" });
  expect(await askJson(`${node.url}/v1/chat/completions`, { model: "other", messages: hello })).toMatchObject({ body: { model: "a" } });
});

test("llama-server: an idle model sleeps and wakes by itself for the next request", async () => {
  const clock = new FakeClock();
  const node = await start({ kind: "llama-server", clock, sleepIdleMs: 1000, models: [{ ...small, name: "a", warm: true }] });
  clock.advance(1000);
  expect((await askJson(`${node.url}/props`)).body).toMatchObject({ is_sleeping: true });
  expect((await askJson(`${node.url}/v1/chat/completions`, { messages: hello })).status).toBe(200);
  expect((await askJson(`${node.url}/props`)).body).toMatchObject({ is_sleeping: false });
});

test("a caller that leaves while it waits for a slot gives up its place, and the time is recorded", async () => {
  const clock = new FakeClock();
  const node = await start({ kind: "ollama", clock, models: [{ ...small, name: "a", warm: true, tokensPerSecond: 1, replyTokens: 10 }] });
  const first = chat(node, "a");
  await first.head;
  const second = chat(node, "a");
  await node.record.until(() => node.record.open === 2);
  clock.advance(2500);
  second.request.destroy();
  await node.record.until(() => node.record.open === 1);
  expect(node.record.requests[1]?.abortedAt).toBe(2500);
  first.request.destroy();
  await node.record.until(() => node.record.running === 0);
  expect(node.record.peakRunning).toBe(1);
});

test("Ollama: a foreign Host or Origin gets 403 without a word, so a gateway that forwards them is caught", async () => {
  const node = await start({ kind: "ollama", models: [{ ...small, name: "a" }] });
  expect(await askJson(`${node.url}/api/tags`, undefined, { host: "studio.example" })).toEqual({ status: 403, body: undefined });
  expect(await askJson(`${node.url}/api/tags`, undefined, { origin: "https://evil.example" })).toEqual({ status: 403, body: undefined });
  expect((await askJson(`${node.url}/api/tags`, undefined, { host: "nas.local" })).status).toBe(200);
});

test("a node with a key refuses callers without it; llama-server's /health never asks", async () => {
  const node = await start({ kind: "llama-server", key: "sesame", models: [{ ...small, name: "a", warm: true }] });
  expect((await askJson(`${node.url}/v1/models`)).status).toBe(401);
  expect((await askJson(`${node.url}/v1/models`, undefined, { authorization: "Bearer sesame" })).status).toBe(200);
  expect((await askJson(`${node.url}/health`)).status).toBe(200);
});

test("router: unloading a busy model silences its streams at once and kills them after ten seconds, as the real one does", async () => {
  const clock = new FakeClock();
  const models = [{ ...small, name: "a", warm: true, tokensPerSecond: 10, replyTokens: 200 }];
  const node = await start({ kind: "llama-server-router", clock, models });
  const speaking = ask(`${node.url}/v1/chat/completions`, { model: "a", messages: hello, stream: true });
  const whole = ask(`${node.url}/v1/chat/completions`, { model: "a", messages: hello });
  await node.record.until(() => node.record.running === 2 && node.record.requests[0]?.framesSent === 2);
  expect(await askJson(`${node.url}/models/unload`, { model: "a" })).toEqual({ status: 200, body: { success: true } });
  clock.advance(9999);
  expect(node.record.requests[0]?.framesSent).toBe(2);
  expect(JSON.stringify((await askJson(`${node.url}/models`)).body)).toContain('"value":"loaded"');
  clock.advance(1);
  expect(await speaking.ended).toBe("complete");
  expect(speaking.text().endsWith("proxy error: Failed to read connection")).toBe(true);
  clock.advance(20_000);
  expect((await whole.head).status).toBe(500);
  expect(JSON.stringify((await askJson(`${node.url}/models`)).body)).toContain('"exit_code":1,"failed":true');
});

test("router: a load that was cancelled is told like one that failed, so a gateway that sets the model aside for it is caught", async () => {
  const clock = new FakeClock();
  const node = await start({ kind: "llama-server-router", clock, models: [{ ...small, name: "a", loadMs: 1000 }] });
  await askJson(`${node.url}/models/load`, { model: "a" });
  await askJson(`${node.url}/models/unload`, { model: "a" });
  expect(JSON.stringify((await askJson(`${node.url}/models`)).body)).toContain('"value":"unloaded"');
  expect(JSON.stringify((await askJson(`${node.url}/models`)).body)).toContain('"exit_code":1,"failed":true');
});
