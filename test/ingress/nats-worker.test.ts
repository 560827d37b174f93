// The worker's subjects over a real nats-server, driven by a plain NATS client written from the document alone: issue 5, acceptance 2.
import { describe, expect, it } from "vitest";
import { CapabilityReport, capabilityBucket, JobResponse } from "../../src-core/contract/jobs.ts";
import { openLink, untilState } from "../support/nats-link.ts";
import { natsMissing, startNatsServer } from "../support/nats-server.ts";
import { type PlainClient, plainClient, startTestWorker, type TestWorkerOptions } from "../support/test-worker.ts";

const llama = { name: "llama3.2", bytes: 2e9, warm: true, says: ["Hello from the worker."] } as const;
const house = {
  kind: "ollama",
  models: [llama, { name: "llava", bytes: 4e9, capabilities: ["completion", "vision"], says: ["A cat."] }],
} as const;
const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

async function set(options: Partial<TestWorkerOptions> = {}) {
  const server = await startNatsServer();
  const worker = await startTestWorker({ nats: server.url, runtimes: [house], ...options });
  return { server, ...worker, client: await plainClient(server.url) };
}

const job = (more: Record<string, unknown> = {}) => ({
  job_id: "job-1",
  trace_id: "trace-1",
  required_type: "llm",
  deadline_ts: 0,
  idempotency_key: "",
  payload: { model: "llama3.2", messages: [{ role: "user", content: "Hi" }] },
  hints: {},
  ...more,
});

const asked = async (client: PlainClient, body: unknown, type = "llm") =>
  JobResponse.parse(await client.ask(`node.beast.${type}.request`, body));

describe.skipIf(natsMissing !== undefined)("the worker on NATS", () => {
  it("1.2, 1.5: tells what it serves on its own subject and on the shared one, in the pool's words", async () => {
    const { client, worker } = await set();
    const direct = CapabilityReport.parse(await client.ask("node.beast.capabilities.get", ""));
    const shared = CapabilityReport.parse(await client.ask("node.capabilities.get", ""));
    expect(direct).toMatchObject({
      node_id: "beast",
      homeport: 1,
      version: "1.2.3",
      dialects: expect.arrayContaining(["ollama", "openai"]),
      devices: [{ name: "Test Card", total_bytes: 24e9, used_bytes: 5e9 }],
    });
    expect(direct.served_models).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: "llama3.2:latest", type: "llm", runtime: "ollama", running: true, size_gb: 2 }),
        expect.objectContaining({ name: "llava:latest", type: "vision", running: false, state: "cold" }),
      ]),
    );
    expect(shared.served_models).toEqual(direct.served_models);
    expect(worker.engine.config.nodes.map(({ id }) => id)).toEqual(["ollama"]);
  });

  it("1.6: a job becomes a chat, and its answer a result with who did it", async () => {
    const { client, runtime } = await set();
    expect(await asked(client, job())).toMatchObject({
      job_id: "job-1",
      trace_id: "trace-1",
      node_id: "beast",
      status: "ok",
      provider: "ollama",
      cached: false,
      result: { text: "Hello from the worker.", finish_reason: "stop", message: { role: "assistant" } },
      usage: { completion_tokens: expect.any(Number) },
      latency_ms: expect.any(Number),
    });
    expect(runtime.record.to("/v1/chat/completions")).toHaveLength(1);
  });

  it("1.6: only a payload is needed; without a model the running one of the type is taken", async () => {
    const { client } = await set();
    const answer = await asked(client, { payload: { prompt: "Hi" } });
    expect(answer).toMatchObject({
      status: "ok",
      model: expect.stringContaining("llama3.2"),
      job_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(await asked(client, job({ payload: { prompt: "Hi" }, hints: { prefer_models: ["nope", "llava"] } }))).toMatchObject({
      model: expect.stringContaining("llava"),
    });
  });

  it("1.5: vision jobs carry their pictures, and text is read off one without a prompt", async () => {
    const { client, runtime } = await set();
    expect(await asked(client, job({ job_id: "v", payload: { prompt: "What is it?", images: [png] } }), "vision")).toMatchObject({
      status: "ok",
      result: { text: "A cat." },
    });
    expect(await asked(client, job({ job_id: "o", payload: { images: [png] } }), "ocr")).toMatchObject({ status: "ok" });
    const [first] = runtime.record.to("/v1/chat/completions");
    expect(first?.body.toString("utf8")).toContain("data:image/png;base64,iVBOR");
  });

  it("F65, I10: a job delivered twice is generated once: joined while it runs, answered from its record afterwards", async () => {
    const { client, runtime } = await set({
      runtimes: [{ kind: "ollama", models: [{ ...llama, firstTokenMs: 100 }] }],
    });
    const twice = job({ idempotency_key: "the-key" });
    const [one, two] = await Promise.all([asked(client, twice), asked(client, { ...twice, job_id: "job-2" })]);
    const three = await asked(client, { ...twice, job_id: "job-3" });
    expect([one.cached, two.cached, three.cached]).toEqual([false, false, true]);
    expect([two.result, three.result]).toEqual([one.result, one.result]);
    expect([one.job_id, two.job_id, three.job_id]).toEqual(["job-1", "job-2", "job-3"]);
    expect(runtime.record.to("/v1/chat/completions")).toHaveLength(1);
    expect(await asked(client, job({ job_id: "same" }))).toMatchObject({ cached: false });
    expect(await asked(client, job({ job_id: "same" }))).toMatchObject({ cached: true });
    expect(runtime.record.to("/v1/chat/completions")).toHaveLength(2);
  });

  it("F66, 1.7: a job past its deadline is not begun, in milliseconds or seconds; one that overruns is stopped at the runtime", async () => {
    const { client, runtime } = await set({ runtimes: [{ kind: "ollama", models: [{ ...llama, firstTokenMs: 60_000 }] }] });
    const late = { status: "timeout", error: { code: "DEADLINE_EXCEEDED" } };
    expect(await asked(client, job({ deadline_ts: Date.now() - 1 }))).toMatchObject(late);
    expect(await asked(client, job({ deadline_ts: Math.floor(Date.now() / 1000) - 5 }))).toMatchObject(late);
    expect(runtime.record.to("/v1/chat/completions")).toHaveLength(0);
    expect(await asked(client, job({ deadline_ts: Date.now() + 200 }))).toMatchObject(late);
    await runtime.record.until(() => runtime.record.to("/v1/chat/completions").some(({ abortedAt }) => abortedAt !== undefined));
  });

  it("1.7: over its limit the worker says busy at once, and takes the next job when one has ended", async () => {
    const { client, runtime } = await set({ jobsAtOnce: 1, runtimes: [{ kind: "ollama", models: [{ ...llama, firstTokenMs: 300 }] }] });
    const first = asked(client, job({ job_id: "a" }));
    await runtime.record.until(() => runtime.record.open === 1);
    expect(await asked(client, job({ job_id: "b" }))).toMatchObject({ status: "busy", error: { code: "BUSY", retryable: true } });
    expect(await first).toMatchObject({ status: "ok" });
    expect(await asked(client, job({ job_id: "b" }))).toMatchObject({ status: "ok", cached: false });
  });

  it.each([
    ["no JSON", "llm", "hello", "INVALID_REQUEST"],
    ["S-93: a field of the wrong type", "llm", job({ deadline_ts: "soon" }), "INVALID_REQUEST"],
    ["no payload", "llm", { job_id: "x" }, "INVALID_REQUEST"],
    ["nothing to answer to", "llm", job({ payload: {} }), "INVALID_REQUEST"],
    ["a model that is not there", "llm", job({ payload: { model: "gone", prompt: "x" } }), "INVALID_REQUEST"],
    ["a type nobody knows", "llm", job({ required_type: "dance" }), "UNSUPPORTED_TYPE"],
    ["speech", "stt", job({ required_type: "stt" }), "UNSUPPORTED_TYPE"],
    ["a voice", "tts", job({ required_type: "tts" }), "UNSUPPORTED_TYPE"],
    ["a painting", "image", job(), "UNSUPPORTED_TYPE"],
  ])("1.6: %s is an error with its code", async (_, type, body, code) => {
    const { client, errors } = await set();
    expect(await asked(client, body, type)).toMatchObject({
      status: "error",
      error: { code, message: expect.any(String), retryable: false },
    });
    expect(errors).toEqual([]);
  });

  it("1.6: what the runtime cannot do now is its failure, and may be tried elsewhere", async () => {
    const { client, runtime } = await set();
    runtime.fault({ fault: "status", status: 500, body: '{"error":"broken"}' }, { path: "/v1/chat/completions" });
    expect(await asked(client, job())).toMatchObject({ status: "error", error: { code: "PROVIDER_ERROR", retryable: true } });
    runtime.clearFaults();
  });

  it("loads and unloads on request, and reports the change without being asked", async () => {
    const { client, runtime } = await set();
    const changed = client.next("node.beast.capabilities.changed");
    expect(await client.ask("node.beast.model.load", { model: "llava" })).toEqual({ ok: true });
    expect(runtime.inMemory.join()).toContain("llava");
    const report = CapabilityReport.parse(await changed);
    expect(report.node_id).toBe("beast");
    expect(await client.ask("node.beast.model.unload", { model: "llava" })).toEqual({ ok: true });
    expect(runtime.inMemory.join()).not.toContain("llava");
    expect(await client.ask("node.beast.model.load", { model: "gone" })).toMatchObject({ ok: false, kind: "unknown-model" });
    expect(await client.ask("node.beast.model.load", "?")).toMatchObject({ ok: false, kind: "invalid-request" });
  });

  it("tells the progress that its runtime tells", async () => {
    const { client } = await set({ runtimes: [{ kind: "llama-server-router", models: [{ ...llama, warm: false, loadMs: 300 }] }] });
    const progress = client.next("node.beast.model.progress");
    expect(await client.ask("node.beast.model.load", { model: "llama3.2" })).toEqual({ ok: true });
    expect(await progress).toMatchObject({ model: "llama3.2", fraction: expect.any(Number), source: "node" });
  });

  it("keeps its latest report in the key-value bucket", async () => {
    const { server } = await set();
    const link = openLink(server.url, "reader");
    await untilState(link, "connected");
    const bucket = await link.bucket(capabilityBucket, {});
    if ("failure" in bucket) throw new Error(bucket.failure.message);
    const kept = await new Promise<unknown>((resolve) => {
      bucket.watch((key, entry) => key === "beast" && entry !== undefined && resolve(JSON.parse(new TextDecoder().decode(entry.value))));
    });
    expect(kept).toMatchObject({ node_id: "beast", at: expect.any(Number) });
  });

  it("is a NATS micro service: ping, info and stats answer in the protocol's words", async () => {
    const { client } = await set();
    await asked(client, job());
    const ping = await client.ask("$SRV.PING", "");
    expect(ping).toMatchObject({
      type: "io.nats.micro.v1.ping_response",
      name: "homeport-worker",
      version: "1.2.3",
      metadata: { node: "beast" },
    });
    const info = await client.ask(`$SRV.INFO.homeport-worker.${ping["id"]}`, "");
    expect(info).toMatchObject({
      type: "io.nats.micro.v1.info_response",
      endpoints: expect.arrayContaining([
        expect.objectContaining({ name: "llm", subject: "node.beast.llm.request", queue_group: "homeport" }),
      ]),
    });
    const stats = await client.ask("$SRV.STATS.homeport-worker", "");
    expect(stats).toMatchObject({
      type: "io.nats.micro.v1.stats_response",
      started: expect.stringMatching(/^\d{4}-.*Z$/),
      endpoints: expect.arrayContaining([
        expect.objectContaining({
          name: "llm",
          num_requests: 1,
          num_errors: 0,
          data: expect.objectContaining({ done: 1, busy: 0, dropped: 0 }),
        }),
      ]),
    });
  });

  it("workers of one name share its jobs: each is done once", async () => {
    const { client, server, runtime } = await set({ jobsAtOnce: 8 });
    const second = await startTestWorker({ nats: server.url, runtimes: [house], jobsAtOnce: 8 });
    await Promise.all(Array.from({ length: 8 }, (_, at) => asked(client, job({ job_id: `j${at}` }))));
    const done = [runtime, second.runtime].map(({ record }) => record.to("/v1/chat/completions").length);
    expect((done[0] ?? 0) + (done[1] ?? 0)).toBe(8);
  });

  it("F63: NATS away never stops it, and it answers again when NATS is back", async () => {
    const { server, worker } = await set();
    await server.stop();
    await new Promise<void>((resolve) => {
      worker.link?.onState(({ state }) => state === "away" && resolve());
    });
    expect(Object.values(worker.engine.fleet.nodes).map(({ health }) => health.state)).toEqual(["up"]);
    await server.start();
    await new Promise<void>((resolve) => {
      worker.link?.onState(({ state }) => state === "connected" && resolve());
    });
    const client = await plainClient(server.url);
    expect(await asked(client, job())).toMatchObject({ status: "ok" });
  });

  it("drains: what runs ends, and nobody listens any more", async () => {
    const { client, worker, runtime } = await set({ runtimes: [{ kind: "ollama", models: [{ ...llama, firstTokenMs: 200 }] }] });
    const running = asked(client, job());
    await runtime.record.until(() => runtime.record.open === 1);
    const stopped = worker.stop(10_000);
    expect(await running).toMatchObject({ status: "ok" });
    await stopped;
    await expect(client.ask("node.beast.llm.request", job())).rejects.toThrow(/no responders/i);
  });
});
