// Workers on NATS that only take jobs, through the whole gateway and a real nats-server: what goes out, what comes back, and who is asked next.
import { describe, expect, it } from "vitest";
import { NodeId } from "../../src-core/contract/ids.ts";
import { startHome } from "../support/gateway.ts";
import { type NatsServer, natsMissing, startNatsServer } from "../support/nats-server.ts";
import { type Job, PlainWorker, type Work } from "../support/plain-worker.ts";
import { call, chat } from "./caller.ts";

const chats = "/v1/chat/completions";
const model = "qwen3:14b";
const seldom = { activeSeconds: 3600, idleSeconds: 3600 };

const nodesOf = (server: NatsServer, ...ids: readonly string[]) =>
  ids.map((id) => ({ id: NodeId.parse(id), kind: "nats-worker" as const, nats: server.url, subject: `node.${id}` }));

async function house(server: NatsServer, ...ids: readonly string[]) {
  return startHome({ nodes: {}, config: { polling: seldom, nodes: nodesOf(server, ...ids) } });
}

describe.skipIf(natsMissing !== undefined)("jobs for plain workers", () => {
  it("1.5, 1.6: a chat goes out as a job and comes back as an OpenAI answer; the deadline and the key go along", async () => {
    const server = await startNatsServer();
    const worker = await PlainWorker.start(server.url, "beast", {
      work: () => ({ status: "ok", result: { text: "hello" }, usage: { prompt_tokens: 7, completion_tokens: 2 }, provider: "ollama" }),
    });
    const home = await house(server, "beast");
    expect(home.homeport.engine.fleet.nodes["beast"]).toMatchObject({
      place: "lan",
      can: { load: true, unload: false },
      variant: "worker, not streaming",
    });
    const answer = await call(home.url, chats, chat(model));
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      object: "chat.completion",
      choices: [{ message: { role: "assistant", content: "hello" }, finish_reason: "stop" }],
      usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 },
    });
    const [job] = worker.jobs;
    expect(worker.subjects).toEqual(["node.beast.llm.request"]);
    expect(job).toMatchObject({ job_id: answer.headers["x-homeport-request"], required_type: "llm", payload: { model }, hints: { model } });
    expect(job?.payload).not.toHaveProperty("stream");
    const deadline = Number(job?.["deadline_ts"]);
    expect(deadline - Date.now()).toBeGreaterThan(500_000);
    expect(deadline - Date.now()).toBeLessThanOrEqual(600_000);
  });

  it("apis.md 8: a client that streams gets one chunk, the terminator, and a word that nothing was streamed", async () => {
    const server = await startNatsServer();
    await PlainWorker.start(server.url, "beast");
    const home = await house(server, "beast");
    const answer = await call(home.url, chats, chat(model, { stream: true }));
    expect(answer.headers).toMatchObject({ "content-type": "text/event-stream", "x-homeport-warning": "not streamed by the worker" });
    const events = answer.text.split("\n\n").filter((event) => event !== "");
    expect(events).toHaveLength(2);
    expect(events[0]).toContain("beast says hello");
    expect(events[1]).toBe("data: [DONE]");
  });

  it("1.8: pictures go to the subject for vision", async () => {
    const server = await startNatsServer();
    const worker = await PlainWorker.start(server.url, "beast", { models: [{ name: "llava", type: "vision", running: true }] });
    const home = await house(server, "beast");
    const content = [
      { type: "text", text: "What is it?" },
      { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } },
    ];
    const answer = await call(home.url, chats, { model: "llava", messages: [{ role: "user", content }] });
    expect(answer.status).toBe(200);
    expect(worker.subjects).toEqual(["node.beast.vision.request"]);
  });

  const busy: Work = () => ({ status: "busy" });
  const nodeBusy: Work = () => ({ status: "error", error: { code: "NODE_BUSY", message: "full" } });
  it.each([
    ["busy", busy],
    ["error NODE_BUSY", nodeBusy],
  ])("R-4, apis.md 8: %s goes to the other worker at once and is no breaker failure", async (_, work) => {
    const server = await startNatsServer();
    await PlainWorker.start(server.url, "a-full", { work });
    await PlainWorker.start(server.url, "b-free");
    const home = await house(server, "a-full", "b-free");
    const answer = await call(home.url, chats, chat(model));
    expect(answer.text).toContain("b-free says hello");
    expect(home.homeport.engine.fleet.nodes["a-full"]).toMatchObject({ breaker: { state: "closed", failures: [] } });
  });

  it.each([
    ["DEADLINE_EXCEEDED", { status: "timeout" }, 1],
    ["PROVIDER_ERROR", { status: "error", error: { code: "PROVIDER_ERROR", message: "the runtime died" } }, 1],
    ["UNSUPPORTED_TYPE", { status: "error", error: { code: "UNSUPPORTED_TYPE", message: "no llm here" } }, 0],
  ])("1.8: %s is answered by the other worker; what counts, counts", async (_, ended, counted) => {
    const server = await startNatsServer();
    await PlainWorker.start(server.url, "a-bad", { work: () => ended });
    await PlainWorker.start(server.url, "b-good");
    const home = await house(server, "a-bad", "b-good");
    expect((await call(home.url, chats, chat(model))).text).toContain("b-good says hello");
    const { breakers } = home.homeport.engine.fleet.nodes["a-bad"] ?? {};
    const failures = breakers?.llm?.state === "closed" ? breakers.llm.failures.length : 0;
    expect(failures).toBe(counted);
  });

  it("INVALID_REQUEST is the client's answer; no other worker is asked the same", async () => {
    const server = await startNatsServer();
    const refuses = await PlainWorker.start(server.url, "a", {
      work: () => ({ status: "error", error: { code: "INVALID_REQUEST", message: "messages are missing" } }),
    });
    const other = await PlainWorker.start(server.url, "b");
    const home = await house(server, "a", "b");
    const answer = await call(home.url, chats, chat(model));
    expect([answer.status, refuses.jobs.length, other.jobs.length]).toEqual([400, 1, 0]);
  });

  it("1.10: exclude the failed node, then another remote, then the local one", async () => {
    const server = await startNatsServer();
    const order: string[] = [];
    const dies = (id: string): Work => {
      return () => {
        order.push(id);
        return { status: "error", error: { code: "INTERNAL", message: "no" } };
      };
    };
    await PlainWorker.start(server.url, "a-remote", { work: dies("a-remote") });
    await PlainWorker.start(server.url, "b-remote", { work: dies("b-remote") });
    const home = await startHome({
      nodes: { local: { kind: "ollama", models: [{ name: model, warm: true, says: ["at home"] }] } },
      config: { polling: seldom, policy: ["name"], nodes: nodesOf(server, "a-remote", "b-remote") },
    });
    const answer = await call(home.url, chats, chat(model));
    expect(order).toEqual(["a-remote", "b-remote"]);
    expect(answer.headers).toMatchObject({ "x-homeport-node": "local", "x-homeport-attempts": "3" });
  });

  it("no responders: where the worker is gone, the other is asked at once and nothing is waited for", async () => {
    const server = await startNatsServer();
    const gone = await PlainWorker.start(server.url, "a-gone");
    await PlainWorker.start(server.url, "b-there");
    const home = await house(server, "a-gone", "b-there");
    await gone.connection.drain();
    const began = performance.now();
    const answer = await call(home.url, chats, chat(model));
    expect(answer.text).toContain("b-there says hello");
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it("S-93: an answer in another worker's name, or to another job, is not believed", async () => {
    const server = await startNatsServer();
    await PlainWorker.start(server.url, "a-liar", { work: () => ({ job_id: "another", status: "ok", result: { text: "forged" } }) });
    await PlainWorker.start(server.url, "b-honest");
    const home = await house(server, "a-liar", "b-honest");
    expect((await call(home.url, chats, chat(model))).text).toContain("b-honest says hello");
  });

  it("S-93: a worker that calls itself otherwise is not taken for the one that is configured", async () => {
    const server = await startNatsServer();
    await PlainWorker.start(server.url, "beast", { claims: "beauty" });
    const home = await house(server, "beast");
    const { health, models } = home.homeport.engine.fleet.nodes["beast"] ?? {};
    expect(health).toMatchObject({ because: { message: expect.stringContaining('calls itself "beauty"') } });
    expect(models).toEqual({});
  });

  it("S-93: a forged report is dropped and counted; a true one is followed at once", async () => {
    const server = await startNatsServer();
    const worker = await PlainWorker.start(server.url, "beast");
    const home = await house(server, "beast");
    const models = [{ name: "new", type: "llm", running: true }];
    worker.tellChanged({ node_id: "another", served_models: models });
    const { says } = await home.happened("message-refused");
    expect(says).toContain("names another worker");
    expect(await home.homeport.engine.chronicle.metrics.exposition()).toContain('homeport_nats_messages_dropped_total{node="beast"} 1');
    const before = home.count("probe-answered");
    worker.tellChanged(worker.report());
    await home.until(() => home.count("probe-answered") > before);
  });

  it("demands 3.25: a cold model is loaded by the shortest job there is, and a probe runs none", async () => {
    const server = await startNatsServer();
    const work: Work = (job: Job) => ({ status: "ok", result: { text: String(job.payload["max_tokens"] ?? "whole") } });
    const worker = await PlainWorker.start(server.url, "beast", { models: [{ name: model, type: "llm", running: false }], work });
    const home = await house(server, "beast");
    expect(worker.jobs).toHaveLength(0);
    expect((await call(home.url, chats, chat(model))).text).toContain("whole");
    expect(worker.jobs.map(({ payload }) => payload["max_tokens"])).toEqual([1, undefined]);
  });
});
