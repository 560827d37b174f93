// Every fault does on the wire what its name says: a fault that does less would make other suites pass for nothing.
import { afterEach, expect, test } from "vitest";
import type { Fault } from "../../src-core/simulator/faults.ts";
import { type SimulatedNode, type StartOptions, startSimulatedNode } from "../../src-core/simulator/node.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { ask, askJson, hello } from "./support.ts";

const running: SimulatedNode[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((node) => node.stop()));
});

async function start(kind: StartOptions["kind"], more: Partial<StartOptions> = {}): Promise<SimulatedNode> {
  const models = [{ name: "a", bytes: 100, contextTokens: 4096, warm: true, replyTokens: 8 }];
  const node = await startSimulatedNode({ kind, models, ...more });
  running.push(node);
  return node;
}

const stream = (node: SimulatedNode) => ask(`${node.url}/v1/chat/completions`, { model: "a", messages: hello, stream: true });

async function broken(kind: StartOptions["kind"], fault: Fault): Promise<{ ended: string; text: string; node: SimulatedNode }> {
  const node = await start(kind);
  node.fault(fault, { path: "/v1/chat/completions", times: 1 });
  const answer = stream(node);
  const ended = await answer.ended;
  return { ended, text: answer.text(), node };
}

const kinds = ["ollama", "llama-server", "llama-server-router", "openai-compatible"] as const;

for (const kind of kinds) {
  test(`${kind}: drop-after delivers exactly so many frames and then cuts the connection (F13)`, async () => {
    const { ended, text, node } = await broken(kind, { fault: "drop-after", frames: 3 });
    expect(["cut", "ECONNRESET"]).toContain(ended);
    expect(text.match(/data: /g)).toHaveLength(3);
    expect(text).not.toContain("[DONE]");
    expect(node.record.running).toBe(0);
    expect(await stream(node).ended).toBe("complete");
  });

  test(`${kind}: end-after ends the body properly but without the terminator (F14)`, async () => {
    const { ended, text } = await broken(kind, { fault: "end-after", frames: 3 });
    expect(ended).toBe("complete");
    expect(text).not.toContain("[DONE]");
  });

  test(`${kind}: malformed-after sends what no parser takes`, async () => {
    const { text } = await broken(kind, { fault: "malformed-after", frames: 1 });
    const last = text.trim().split("\n\n").at(-1)?.replace("data: ", "") ?? "";
    expect(() => JSON.parse(last)).toThrow();
  });
}

test("Ollama: a crashed runner is one chunk with an empty model and a clean end under /v1, an error line natively", async () => {
  const { ended, text, node } = await broken("ollama", { fault: "crash-after", frames: 2 });
  expect(ended).toBe("complete");
  expect(text.trim().split("\n\n").at(-1)).toContain('"model":""');
  expect(node.inMemory).toEqual([]);
  node.fault({ fault: "crash-after", frames: 2 }, { times: 1 });
  const native = ask(`${node.url}/api/chat`, { model: "a", messages: hello });
  await native.ended;
  expect(native.text().trim().split("\n").at(-1)).toBe('{"error":"an error was encountered while running the model: unexpected EOF"}');
});

test("router: a child that dies leaves a bare line and a clean end, or a 500 that is no JSON", async () => {
  const { ended, text, node } = await broken("llama-server-router", { fault: "crash-after", frames: 2 });
  expect(ended).toBe("complete");
  expect(text.endsWith("proxy error: Failed to read connection")).toBe(true);
  node.fault({ fault: "crash-after", frames: 0 }, { times: 1 });
  const whole = ask(`${node.url}/v1/chat/completions`, { model: "a", messages: hello });
  expect((await whole.head).status).toBe(500);
  await whole.ended;
  expect(whole.text()).toBe("proxy error: Failed to read connection");
});

test("llama-server: a crash is the end of the whole server; restart brings it back on the same port", async () => {
  const { ended, node } = await broken("llama-server", { fault: "crash-after", frames: 2 });
  expect(["cut", "ECONNRESET"]).toContain(ended);
  expect(await ask(`${node.url}/health`).ended).toBe("ECONNREFUSED");
  await node.restart();
  expect((await askJson(`${node.url}/health`)).status).toBe(200);
});

test("hang answers nothing until the caller leaves, and the record says when it left", async () => {
  const clock = new FakeClock();
  const node = await start("ollama", { clock });
  node.fault({ fault: "hang" });
  const answer = stream(node);
  await node.record.until(() => node.record.open === 1 && node.record.requests[0]?.body.length !== 0);
  clock.advance(60_000);
  answer.request.destroy();
  await node.record.until(() => node.record.open === 0);
  expect(node.record.requests[0]).toMatchObject({ abortedAt: 60_000, status: undefined, framesSent: 0 });
});

test("stall-after goes silent in the middle and keeps the connection", async () => {
  const node = await start("ollama");
  node.fault({ fault: "stall-after", frames: 2 });
  const answer = stream(node);
  await node.record.until(() => node.record.requests[0]?.framesSent === 2);
  expect(node.record.running).toBe(1);
  answer.request.destroy();
  await node.record.until(() => node.record.running === 0);
});

test("slow-head answers rightly, but only after its time", async () => {
  const clock = new FakeClock();
  const node = await start("openai-compatible", { clock });
  node.fault({ fault: "slow-head", ms: 5000 });
  const answer = stream(node);
  await clock.sleepingFor(5000);
  clock.advance(5000);
  expect((await answer.head).status).toBe(200);
  expect(await answer.ended).toBe("complete");
});

test("status, redirect, html and reset come as asked, for as many turns as asked, the newest rule first", async () => {
  const node = await start("ollama");
  node.fault({ fault: "status", status: 429, body: "{}", headers: { "retry-after": "7" } }, { path: "/api/tags", times: 1 });
  const limited = ask(`${node.url}/api/tags`);
  expect(await limited.head).toMatchObject({ status: 429, headers: { "retry-after": "7" } });
  const forget = node.fault({ fault: "redirect", location: "http://127.0.0.1:1/" }, { path: /^\/api/ });
  expect((await ask(`${node.url}/api/tags`).head).status).toBe(307);
  forget();
  node.fault({ fault: "html" }, { times: 1 });
  expect((await ask(`${node.url}/api/tags`).head).headers["content-type"]).toContain("text/html");
  node.fault({ fault: "reset" }, { times: 1 });
  expect(await ask(`${node.url}/api/tags`).ended).toBe("ECONNRESET");
  expect((await ask(`${node.url}/api/tags`).head).status).toBe(200);
});

test("kill resets what runs and refuses from then on; refuse lets what runs go on", async () => {
  const clock = new FakeClock();
  const models = [{ name: "a", bytes: 100, contextTokens: 4096, warm: true, replyTokens: 3, tokensPerSecond: 10 }];
  const node = await start("ollama", { clock, models });
  const kept = stream(node);
  await kept.head;
  node.refuse();
  expect(await ask(`${node.url}/api/tags`).ended).toBe("ECONNREFUSED");
  clock.advance(200);
  expect(await kept.ended).toBe("complete");
  await node.restart();
  const killed = stream(node);
  await killed.head;
  await node.kill();
  expect(["cut", "ECONNRESET"]).toContain(await killed.ended);
  expect(await ask(`${node.url}/api/tags`).ended).toBe("ECONNREFUSED");
});

test("a load fails, runs out of memory or hangs as told, and goes well again when told so", async () => {
  const node = await start("ollama", { models: [{ name: "a", bytes: 100 }] });
  const load = () => askJson(`${node.url}/api/generate`, { model: "a" });
  node.loadFault("a", { fault: "out-of-memory" });
  expect(await load()).toMatchObject({ status: 500 });
  node.loadFault("a", { fault: "failed", message: "tensor gone" });
  expect(await load()).toEqual({ status: 500, body: { error: "tensor gone" } });
  node.loadFault("a", null);
  expect(await load()).toMatchObject({ status: 200 });
  expect(node.record.loads).toEqual({ a: 3 });
});

test("a node that lies about its memory says the figure it was given", async () => {
  const models = [{ name: "a", bytes: 100, reportedBytes: 7, vramBytes: 3, warm: true }];
  const node = await start("ollama", { models });
  expect((await askJson(`${node.url}/api/ps`)).body).toMatchObject({ models: [{ size: 7, size_vram: 3 }] });
});

test("equal questions get equal words and equal vectors; different ones do not", async () => {
  const models = [{ name: "a", capabilities: ["completion" as const, "embedding" as const] }];
  const node = await start("ollama", { models });
  const say = async (content: string) => {
    const reply = await askJson(`${node.url}/v1/chat/completions`, { model: "a", messages: [{ role: "user", content }] });
    return JSON.stringify(Reflect.get(Object(reply.body), "choices"));
  };
  expect(await say("one")).toBe(await say("one"));
  expect(await say("one")).not.toBe(await say("two"));
  const vector = async (input: string) =>
    Reflect.get(Object((await askJson(`${node.url}/api/embed`, { model: "a", input })).body), "embeddings");
  expect(await vector("one")).toEqual(await vector("one"));
});

test("tokens come at the model's pace by the node's clock", async () => {
  const clock = new FakeClock();
  const models = [{ name: "a", warm: true, replyTokens: 5, tokensPerSecond: 10, firstTokenMs: 300 }];
  const node = await start("ollama", { clock, models });
  const answer = stream(node);
  await clock.sleepingFor(300);
  clock.advance(300);
  await node.record.until(() => node.record.requests[0]?.framesSent === 1);
  clock.advance(300);
  expect(node.record.requests[0]?.framesSent).toBe(4);
  clock.advance(100);
  expect(await answer.ended).toBe("complete");
});
