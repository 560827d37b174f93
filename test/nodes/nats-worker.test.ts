// Calls to a worker that streams, frame by frame over a real nats-server: order, gaps, silence, backpressure, cancel, and bodies in parts.
import { describe, expect, it, onTestFinished } from "vitest";
import { ModelId, NodeId, RequestId } from "../../src-core/contract/ids.ts";
import type { Clock, LoadProgress, NodeAdapter, UpstreamCall } from "../../src-core/engine/ports.ts";
import { createNatsWorker } from "../../src-core/nodes/nats-worker.ts";
import { systemClock } from "../../src-core/simulator/pace.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { openLink, untilState } from "../support/nats-link.ts";
import { natsMissing, startNatsServer } from "../support/nats-server.ts";
import { type Serve, type StreamWorkerOptions, startStreamWorker } from "../support/stream-worker.ts";
import { CollectingSink } from "./sinks.ts";

const ask: UpstreamCall = {
  method: "POST",
  path: "/v1/chat/completions",
  headers: { "content-type": "application/json" },
  body: Buffer.from("{}"),
};

async function pair(options: StreamWorkerOptions = {}, clock: Clock = systemClock) {
  const server = await startNatsServer({ jetstream: false });
  const worker = await startStreamWorker(server.url, "beast", options);
  const link = openLink(server.url, "gateway");
  await untilState(link, "connected");
  const adapter = createNatsWorker({
    id: NodeId.parse("beast"),
    url: `${server.url}/node.beast`,
    demo: false,
    instance: "us",
    nats: { link, subject: "node.beast", clock },
  });
  onTestFinished(() => adapter.close());
  return { server, worker, link, adapter };
}

const serving = (serve: Serve) => pair({ serve });
const collect = (adapter: NodeAdapter, call = ask) => {
  const sink = new CollectingSink();
  const handle = adapter.send(call, sink, { requestId: RequestId.parse("r1"), deadline: Date.now() + 60_000 });
  return { sink, handle };
};

describe.skipIf(natsMissing !== undefined)("a worker that streams", () => {
  it("answers in frames that become one answer, in order; beats are nothing to the client", async () => {
    const { adapter, worker } = await serving((call) =>
      call
        .open()
        .frame("beat", "")
        .head(200, "text/event-stream", { "set-cookie": "no", "x-more": "yes" })
        .data("a")
        .frame("beat", "")
        .data("b")
        .end(),
    );
    const ended = await collect(adapter).sink.ended;
    expect(ended).toMatchObject({ text: "ab", chunks: 2, ends: 1, failure: undefined, head: { status: 200 } });
    expect(ended.head?.headers).toEqual({ "content-type": "text/event-stream", "x-more": "yes" });
    expect(worker.calls[0]?.call).toMatchObject({
      id: expect.stringMatching(/^r1\./),
      method: "POST",
      path: "/v1/chat/completions",
      headers: { "content-type": "application/json", "x-homeport-hops": "us" },
    });
  });

  it.each([
    ["before anything was released", (call: Parameters<Serve>[0]) => call.open().lose().head(), "upstream-unavailable"],
    ["in the middle", (call: Parameters<Serve>[0]) => call.open().head().data("a").lose().data("c").end(), "stream-broken"],
  ])("F13: a gap %s breaks the answer, and the worker is told to stop", async (_, serve, kind) => {
    const { adapter, worker } = await serving(serve);
    expect(await collect(adapter).sink.ended).toMatchObject({ ends: 1, failure: { kind } });
    await worker.calls[0]?.until(({ words }) => words.some((word) => JSON.stringify(word) === '{"cancel":true}'));
  });

  it("F64: heartbeats missing for three turns break the answer; beats keep it", async () => {
    const clock = new FakeClock();
    const { adapter, worker } = await pair({ serve: (call) => call.open().head().data("a") }, clock);
    const { sink } = collect(adapter);
    await sink.first;
    clock.advance(14_000);
    worker.calls[0]?.frame("beat", "").data("b");
    while (sink.chunks < 2) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(14_000);
    expect(sink.ends).toBe(0);
    clock.advance(2_000);
    expect(await sink.ended).toMatchObject({ failure: { kind: "stream-broken", message: expect.stringContaining("fell silent") } });
  });

  it("F68: an answer that takes an hour is waited for, as long as its worker says so every few seconds; silence is a worker lost", async () => {
    const clock = new FakeClock();
    const { adapter, worker, link } = await pair({ serve: (call) => call.open() }, clock);
    const { sink } = collect(adapter);
    // Told on the same line after the frame, its answer shows that the frame was heard.
    const heard = () => link.request("node.beast.capabilities.get", new Uint8Array(0), 5_000);
    while (worker.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await heard();
    for (let at = 0; at < 3_600_000; at += 14_000) {
      clock.advance(14_000);
      worker.calls[0]?.frame("beat", "");
      await heard();
    }
    expect(sink.ends).toBe(0);
    clock.advance(15_001);
    expect(await sink.ended).toMatchObject({ failure: { kind: "first-byte-timeout", lost: 1 } });
  });

  it("a worker that does not open is given up after one turn, before the client saw anything", async () => {
    const clock = new FakeClock();
    const { adapter, worker } = await pair({}, clock);
    const { sink } = collect(adapter);
    while (worker.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(5_001);
    expect(await sink.ended).toMatchObject({ failure: { kind: "first-byte-timeout" } });
  });

  it("apis.md 8: no responders is a failure at once", async () => {
    const { adapter, worker } = await pair();
    await worker.connection.drain();
    expect(await collect(adapter).sink.ended).toMatchObject({
      failure: { kind: "connect-failed", message: expect.stringContaining("Nobody listens") },
    });
  });

  it("F64: the server lost in the middle of an answer breaks it at once", async () => {
    const { adapter, server } = await serving((call) => call.open().head().data("a"));
    const { sink } = collect(adapter);
    await sink.first;
    await server.stop();
    expect(await sink.ended).toMatchObject({ failure: { kind: "stream-broken" } });
    expect(await collect(adapter).sink.ended).toMatchObject({ failure: { kind: "connect-failed" } });
  });

  it("F40: a client that reads slowly stops the worker: no grants while it is paused, all of them after", async () => {
    const { adapter, worker } = await serving((call) => call.open().head().data("first"));
    const sink = new CollectingSink();
    let open = false;
    const slow = {
      onHead: sink.onHead.bind(sink),
      onData: (chunk: Buffer) => sink.onData(chunk) && open,
      onEnd: sink.onEnd.bind(sink),
      onFailure: sink.onFailure.bind(sink),
    };
    const handle = adapter.send(ask, slow);
    await sink.first;
    const [call] = worker.calls;
    if (call === undefined) throw new Error("no call");
    for (let count = 1; count < 64; count++) call.data("x");
    await worker.connection.flush();
    expect([sink.chunks, call.words]).toEqual([1, []]);
    open = true;
    handle.resume();
    await call.until(({ words }) => words.length >= 1);
    call.end();
    expect(await sink.ended).toMatchObject({ chunks: 64, failure: undefined });
    const granted = call.words.reduce((sum: number, word) => sum + Number(Object(word).grant ?? 0), 0);
    expect(granted).toBe(64);
  });

  it("S-93: more than it was asked for breaks the answer: memory stays bounded", async () => {
    const { adapter } = await serving((call) => {
      call.open().head();
      for (let count = 0; count < 200; count++) call.data("x");
    });
    const sink = new CollectingSink();
    adapter.send(ask, {
      onHead: () => undefined,
      onData: (chunk) => sink.onData(chunk) && false,
      onEnd: () => sink.onEnd(),
      onFailure: (failure) => sink.onFailure(failure),
    });
    expect(await sink.ended).toMatchObject({ failure: { kind: "stream-broken" } });
  });

  it.each([
    ["after it opened", true],
    ["before it opened", false],
  ])("R-13: a client that leaves %s cancels the call, and hears nothing more", async (_, opened) => {
    const { adapter, worker } = await serving((call) => void (opened && call.open().head().data("a")));
    const { sink, handle } = collect(adapter);
    if (opened) await sink.first;
    while (worker.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    handle.abort();
    const [call] = worker.calls;
    if (!opened) call?.open();
    await call?.until(({ words }) => words.length > 0);
    expect(call?.words).toEqual([{ cancel: true }]);
    expect([sink.ends, sink.chunks]).toEqual([0, opened ? 1 : 0]);
  });

  it("a body larger than a message goes in parts, in order and whole", async () => {
    const body = Buffer.alloc(3_300_000, "abcdefghij");
    const { adapter, worker } = await serving((call) => call.open());
    const { handle } = collect(adapter, { ...ask, body });
    while (worker.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const [call] = worker.calls;
    await call?.until(({ parts }) => parts.length === Number(call.call["parts"]) + 1);
    expect(call?.call["parts"]).toBe(3);
    expect(Buffer.concat(call?.parts ?? []).equals(body)).toBe(true);
    handle.abort();
  });

  it.each([
    ["BUSY", "upstream-busy"],
    ["DEADLINE_EXCEEDED", "upstream-unavailable"],
    ["out-of-memory", "out-of-memory"],
    [undefined, "upstream-unavailable"],
  ])("an error frame with the code %s before the head is %s", async (code, kind) => {
    const { adapter } = await serving((call) => call.open().error("no", code));
    expect(await collect(adapter).sink.ended).toMatchObject({ failure: { kind } });
  });

  it("tells its devices and models, and S-93: nothing of a report that names another", async () => {
    const devices = [
      { name: "RTX 4090", total_bytes: 24e9, used_bytes: 4e9 },
      { name: "RTX 3090", total_bytes: 24e9, used_bytes: 1e9 },
    ];
    const models = [
      {
        name: "a",
        state: "warm",
        vram_bytes: 3e9,
        context_tokens: 8192,
        max_context_tokens: 131_072,
        can: ["chat", "tools", "levitation"],
        slots: 2,
      },
      { name: "b", state: "cold", size_gb: 4.5 },
      { name: "bad\u0000name" },
    ];
    const { adapter } = await pair({ models, more: { devices, version: "1.2.3", dialects: ["openai", "ollama", "klingon"] } });
    const sighting = await adapter.probe(new AbortController().signal);
    expect(sighting).toMatchObject({
      version: "1.2.3",
      memory: { totalBytes: 48e9, usedBytes: 5e9, totalSource: "node" },
      can: { load: true, unload: true, dialects: ["openai", "ollama"] },
      models: [
        {
          id: "a",
          residency: { state: "warm", vramBytes: 3e9 },
          contextTokens: 8192,
          maxContextTokens: 131_072,
          can: ["chat", "tools"],
          slots: 2,
        },
        { id: "b", residency: { state: "cold" }, bytes: 4.5e9 },
      ],
    });
  });

  it("loads with progress and says why it could not", async () => {
    const told: LoadProgress[] = [];
    const { adapter, worker } = await pair({
      load: async ({ model }, tell) => {
        if (model === "big") return { ok: false, error: "24 GB are not enough", kind: "out-of-memory" };
        tell({ model: "other", fraction: 0.1 });
        tell({ model, fraction: 0.5, stage: "weights" });
        return { ok: true };
      },
    });
    const { signal } = new AbortController();
    expect(await adapter.load(ModelId.parse("llama3"), { contextTokens: 4096 }, (progress) => told.push(progress), signal)).toBeUndefined();
    expect(told).toEqual([{ fraction: 0.5, stage: "weights" }]);
    expect(worker.wishes[0]).toMatchObject(["load", { model: "llama3", context_tokens: 4096 }]);
    expect(await adapter.load(ModelId.parse("big"), {}, () => undefined, signal)).toMatchObject({ kind: "out-of-memory" });
    expect(await adapter.unload(ModelId.parse("llama3"), signal)).toBeUndefined();
  });

  it("a load that is given up tells the worker so", async () => {
    const { adapter, worker } = await pair({ load: () => new Promise<object>(() => undefined) });
    const giveUp = new AbortController();
    const loading = adapter.load(ModelId.parse("llama3"), {}, () => undefined, giveUp.signal);
    while (worker.wishes.length === 0) await new Promise((resolve) => setImmediate(resolve));
    giveUp.abort();
    expect(await loading).toMatchObject({ kind: "cancelled" });
    while (worker.wishes.length < 2) await new Promise((resolve) => setImmediate(resolve));
    const [[, asked], [word, wish]] = [worker.wishes[0] ?? [], worker.wishes[1] ?? []];
    expect([word, wish]).toEqual(["unload", asked]);
  });
});
