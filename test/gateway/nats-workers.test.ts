// Homeport's own workers behind the gateway, over a real nats-server: streams, loads, fallback, and a server that comes and goes.
import { describe, expect, it } from "vitest";
import { NodeId } from "../../src-core/contract/ids.ts";
import { type Home, startHome } from "../support/gateway.ts";
import { type NatsServer, natsMissing, startNatsServer } from "../support/nats-server.ts";
import { PlainWorker } from "../support/plain-worker.ts";
import { startStreamWorker } from "../support/stream-worker.ts";
import { startTestWorker } from "../support/test-worker.ts";
import { call, chat, saidIn, send } from "./caller.ts";

const chats = "/v1/chat/completions";
const seldom = { activeSeconds: 3600, idleSeconds: 3600 };
const llama = { name: "llama3.2", bytes: 2e9, warm: true, says: ["Hello from the worker."] } as const;

const nodeOf = ({ url }: Pick<NatsServer, "url">, id: string) => ({ id: NodeId.parse(id), kind: "nats-worker" as const, nats: url });
const house = (server: Pick<NatsServer, "url">, ...ids: readonly string[]) =>
  startHome({ nodes: {}, config: { polling: seldom, nodes: ids.map((id) => nodeOf(server, id)) } });
const nodeIn = (home: Home<never>, id: string) => home.homeport.engine.fleet.nodes[id];
const banners = (home: Home<never>) => home.homeport.snapshot().banners.filter(({ id }) => id.startsWith("nats-away"));

describe.skipIf(natsMissing !== undefined)("workers behind the gateway", () => {
  it("a chat streams through the worker as it would from its runtime", async () => {
    const server = await startNatsServer();
    const { runtime } = await startTestWorker({ nats: server.url, runtimes: [{ kind: "ollama", models: [llama] }] });
    const home = await house(server, "beast");
    expect(nodeIn(home, "beast")).toMatchObject({
      health: { state: "up" },
      memory: { totalBytes: 24e9, usedBytes: 5e9 },
      can: { load: true, unload: true },
    });
    const answer = await call(home.url, chats, chat("llama3.2", { stream: true }));
    expect(answer.headers).toMatchObject({ "content-type": "text/event-stream", "x-homeport-node": "beast" });
    expect(saidIn(answer.text)).toBe("Hello from the worker.");
    expect(answer.text.trimEnd().endsWith("data: [DONE]")).toBe(true);
    const whole = await call(home.url, chats, chat("llama3.2"));
    expect(whole.json).toMatchObject({ choices: [{ message: { content: "Hello from the worker." } }] });
    expect(runtime.record.to(chats)).toHaveLength(2);
  });

  it("R-13: a client that leaves is seen at the worker's runtime", async () => {
    const server = await startNatsServer();
    const slow = { ...llama, firstTokenMs: 60_000 };
    const { runtime } = await startTestWorker({ nats: server.url, runtimes: [{ kind: "ollama", models: [slow] }] });
    const home = await house(server, "beast");
    const answer = send(home.url, chats, chat("llama3.2", { stream: true }));
    await runtime.record.until(() => runtime.record.open === 1);
    answer.leave();
    await runtime.record.until(() => runtime.record.to(chats).some(({ abortedAt }) => abortedAt !== undefined));
  });

  it("a cold model is loaded over the worker's subjects, once for all who ask", async () => {
    const server = await startNatsServer();
    const cold = { ...llama, warm: false, loadMs: 200 };
    const { runtime } = await startTestWorker({ nats: server.url, runtimes: [{ kind: "ollama", models: [cold] }] });
    const home = await house(server, "beast");
    const answers = await Promise.all(Array.from({ length: 3 }, () => call(home.url, chats, chat("llama3.2"))));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(home.count("load-started")).toBe(1);
    expect(runtime.inMemory.join()).toContain("llama3.2");
  });

  it("a load's context goes through to a runtime that takes one; a worker without such a runtime does not say that it does", async () => {
    const server = await startNatsServer();
    const cold = { ...llama, warm: false, contextTokens: 131_072 };
    const { runtime } = await startTestWorker({ nats: server.url, runtimes: [{ kind: "ollama", models: [cold] }] });
    await startTestWorker({ nats: server.url, id: "fixed", runtimes: [{ kind: "llama-server", models: [{ name: "m", warm: true }] }] });
    const home = await house(server, "beast", "fixed");
    expect([nodeIn(home, "beast")?.can.loadTakes, nodeIn(home, "fixed")?.can.loadTakes]).toEqual([["context"], undefined]);
    expect(await home.homeport.dispatch("load", { node: "beast", model: "llama3.2", contextTokens: 12_288 })).toMatchObject({ ok: true });
    expect(runtime.record.to("/api/generate").map(({ body }) => Object(JSON.parse(String(body))).options?.num_ctx)).toContain(12_288);
  });

  it("1.10: a worker that breaks before its first word is replaced by the other one", async () => {
    const server = await startNatsServer();
    await startStreamWorker(server.url, "a-breaks", {
      models: [{ name: "llama3.2:latest", state: "warm", can: ["chat"] }],
      serve: (streamed) => streamed.open().head().error("the runtime died", "PROVIDER_ERROR"),
    });
    await startTestWorker({ nats: server.url, id: "b-works", runtimes: [{ kind: "ollama", models: [llama] }] });
    const home = await house(server, "a-breaks", "b-works");
    const answer = await call(home.url, chats, chat("llama3.2:latest", { stream: true }));
    expect(answer.headers).toMatchObject({ "x-homeport-node": "b-works" });
    expect(saidIn(answer.text)).toBe("Hello from the worker.");
  });

  it("F63: with NATS down at start HTTP routing works, the link is shown as away, and its worker is used as soon as NATS is there", async () => {
    const server = await startNatsServer({ down: true });
    const home = await startHome({
      nodes: { attic: { kind: "ollama", models: [{ name: "tiny", warm: true, says: ["from the attic"] }] } },
      config: { polling: seldom, nodes: [nodeOf(server, "beast")] },
    });
    expect((await call(home.url, chats, chat("tiny"))).text).toContain("from the attic");
    const { banners: shown, fleet } = home.homeport.snapshot();
    expect(shown.find(({ id }) => id.startsWith("nats-away"))).toMatchObject({
      title: "NATS is away",
      body: expect.stringContaining("for ever"),
    });
    expect(fleet.nodes["beast"]?.health.state).not.toBe("up");
    await server.start();
    await home.homeport.dispatch("retryNats", {});
    await startTestWorker({ nats: server.url, runtimes: [{ kind: "ollama", models: [llama] }] });
    await home.until(({ nodes }) => nodes["beast"]?.health.state === "up");
    expect(home.homeport.snapshot().banners.filter(({ id }) => id.startsWith("nats-away"))).toEqual([]);
    expect((await call(home.url, chats, chat("llama3.2"))).status).toBe(200);
  });

  it("F64: NATS lost while an answer streams is told in the stream, without a terminator; back again, the worker is used again", async () => {
    const server = await startNatsServer();
    const endless = { name: "llama3.2", warm: true, replyTokens: 10_000, tokensPerSecond: 100 };
    await startTestWorker({ nats: server.url, runtimes: [{ kind: "ollama", models: [endless] }] });
    const home = await house(server, "beast");
    const answer = send(home.url, chats, chat("llama3.2", { stream: true }));
    await answer.until(({ text }) => saidIn(text) !== "");
    await server.stop();
    await answer.whole();
    expect(answer.text).toContain('"error"');
    expect(answer.text).not.toContain("[DONE]");
    expect(banners(home)).toHaveLength(1);
    await server.start();
    await home.until(() => banners(home).length === 0 && nodeIn(home, "beast")?.health.state === "up");
  });

  it("F67: a job that was taken and lost ends at its deadline, and the same request again is answered", async () => {
    const server = await startNatsServer();
    const worker = await PlainWorker.start(server.url, "beast", {
      work: (_, seen) => (seen === 1 ? undefined : { status: "ok", result: { text: "at last" } }),
    });
    const home = await house(server, "beast");
    const asked = chat("qwen3:14b");
    const lost = await call(home.url, chats, asked, { "x-homeport-deadline-ms": "250" });
    expect(lost.status).toBe(504);
    expect((await call(home.url, chats, asked)).text).toContain("at last");
    expect(worker.jobs).toHaveLength(2);
  });

  it("a worker that stops answering is down after three looks, and its models are offered no more", async () => {
    const server = await startNatsServer();
    const worker = await PlainWorker.start(server.url, "beast");
    const home = await house(server, "beast");
    await worker.connection.drain();
    // One that was under way when it left may still have been answered.
    for (let look = 0; look < 3; look++) await home.homeport.engine.poller.probeAfresh(NodeId.parse("beast"));
    expect(nodeIn(home, "beast")?.health).toMatchObject({ state: "down", because: { message: expect.stringContaining("Nobody listens") } });
    expect((await call(home.url, chats, chat("qwen3:14b"))).status).toBe(503);
  });
});
