// A worker's neuron interface: driven by a client that knows only the document, and by Homeport's own kind of node from another gateway.
import { networkInterfaces } from "node:os";
import { describe, expect, onTestFinished, test } from "vitest";
import type { DeviceReading } from "../../src-core/contract/devices.ts";
import { NodeId } from "../../src-core/contract/ids.ts";
import type { DeviceReader } from "../../src-core/engine/ports.ts";
import { keyHash } from "../../src-core/ingress/guard.ts";
import { type NeuronDoorOptions, startNeuronDoor } from "../../src-core/ingress/neuron-door.ts";
import { call, chat } from "../gateway/caller.ts";
import { type HomeNode, startHome } from "../support/gateway.ts";
import { PlainNeuronClient } from "../support/plain-neuron-client.ts";

const mebi = 1024 * 1024;
const gb = 1_000_000_000;

const card: DeviceReading = {
  at: 0,
  driver: "580.65.06",
  devices: [
    {
      index: 0,
      name: "NVIDIA GeForce RTX 3090",
      memory: "device",
      totalBytes: 24_576 * mebi,
      usedBytes: 4_096 * mebi,
      utilisationPercent: 12,
      temperatureC: 51,
      architecture: "8.6",
    },
  ],
  processes: [],
};
const noCard: DeviceReading = {
  at: 0,
  devices: [{ index: 0, name: "System memory", memory: "system", totalBytes: 64_000 * mebi }],
  processes: [],
  without: "No graphics device was found.",
};
const showing = (reading: DeviceReading): DeviceReader => ({ latest: reading, read: async () => reading });

const models: HomeNode["models"] = [
  { name: "qwen3:8b", bytes: 5 * gb, capabilities: ["completion", "tools", "thinking"], replyTokens: 3, quantization: "Q4_K_M" },
  { name: "nomic-embed-text:latest", bytes: 1 * gb, capabilities: ["embedding"], warm: true },
];

/** A worker: an engine over one simulated Ollama, and its door. */
async function worker(more: Partial<NeuronDoorOptions> = {}, node: Partial<HomeNode> = {}) {
  const home = await startHome({ nodes: { ollama: { kind: "ollama", models, ...node } } });
  const bugs: unknown[] = [];
  const door = await startNeuronDoor({
    engine: home.homeport.engine,
    host: "127.0.0.1",
    port: 0,
    tokenHash: undefined,
    devices: showing(card),
    version: "1.2.3",
    onBug: (error) => void bugs.push(error),
    ...more,
  });
  if ("failure" in door) throw new Error(door.failure.message);
  onTestFinished(() => door.stop());
  onTestFinished(() => expect(bugs).toEqual([]));
  const url = `http://127.0.0.1:${door.port}`;
  return { home, door, url, client: new PlainNeuronClient(url) };
}

describe("4.8: a client written from the document drives it", () => {
  test("it finds the machine, its devices and its models", async () => {
    const { client } = await worker();
    expect(await client.discovery()).toMatchObject({
      driver_version: "580.65.06",
      devices: [{ index: 0, name: "NVIDIA GeForce RTX 3090", vram_total_mb: 24_576, compute_capability: "8.6" }],
      harnesses: ["ollama"],
      max_prompt_tokens: 0,
    });
    expect(await client.health()).toMatchObject({
      devices: [{ index: 0, vram_used_mb: 4_096, vram_free_mb: 20_480, utilization_pct: 12, temp_c: 51 }],
      activation: { state: "ready", pending: [], completed: ["nomic-embed-text:latest"], failed: [] },
      models: [
        { id: "qwen3:8b", in_flight: 0, queue_depth: 0 },
        { id: "nomic-embed-text:latest", in_flight: 0 },
      ],
    });
    expect(await client.models()).toMatchObject([
      { id: "qwen3:8b", harness: "ollama", status: "unloaded", tool_call: true, reasoning: true, servable: { ok: true } },
      { id: "nomic-embed-text:latest", status: "loaded", capabilities: ["embedding"], vram_used_mb: Math.round((1 * gb) / mebi) },
    ]);
    expect((await client.get("/version")).body).toMatchObject({ version: "1.2.3" });
  });

  test("what no tool tells is absent, and why is said", async () => {
    const { client } = await worker({ devices: showing(noCard) });
    const { devices, cuda_unavailable_reason } = await client.discovery();
    expect([devices[0]?.compute_capability, cuda_unavailable_reason]).toEqual(["", "No graphics device was found."]);
    const [health] = (await client.health()).devices;
    expect(health).toEqual({ index: 0 });
  });

  test("4.5: it loads and waits, finds it loaded, asks where and what, infers, and unloads", async () => {
    const { client, home, url } = await worker();
    expect((await client.endpoint("qwen3:8b")).status).toBe(404);
    expect(await client.post("/models/load", { model_id: "qwen3:8b", harness: "candle" })).toMatchObject({
      status: 200,
      body: { status: "loaded" },
    });
    expect(home.at("ollama").record.loads).toEqual({ "qwen3:8b": 1 });
    expect(await client.endpoint("qwen3:8b")).toMatchObject({ status: 200, body: { url } });
    expect(await client.capabilities("qwen3:8b")).toMatchObject({ status: 200, body: { capabilities: ["text", "tools", "reasoning"] } });
    const said = await client.post("/v1/chat/completions", { model: "qwen3:8b", messages: [{ role: "user", content: "hi" }] });
    expect(said).toMatchObject({ status: 200, body: { choices: [{ message: { role: "assistant" } }] } });
    expect(await client.post("/v1/embeddings", { model: "nomic-embed-text", input: "hi" })).toMatchObject({ status: 200 });
    expect(await client.get("/v1/models")).toMatchObject({ body: { object: "list", data: [{ id: "qwen3:8b" }, {}] } });
    expect(await client.unload("qwen3:8b")).toMatchObject({ status: 200, body: { status: "unloaded" } });
    await home.until((fleet) => fleet.nodes["ollama"]?.models["qwen3:8b"]?.residency.state === "cold");
    expect(await client.unload("qwen3:8b")).toMatchObject({ status: 404 });
  });

  test("4.5: what is loaded already is no second load", async () => {
    const { client, home } = await worker();
    expect(await client.post("/models/load", { model_id: "nomic-embed-text", harness: "candle" })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining("already loaded") },
    });
    expect(await client.load("nomic-embed-text")).toBe(true);
    expect(home.at("ollama").record.loads).toEqual({});
  });

  test("two clients that load one model at once share the load", async () => {
    const { client, home } = await worker();
    const both = await Promise.all([client.load("qwen3:8b"), client.load("qwen3:8b")]);
    expect(both).toEqual([true, true]);
    expect(home.at("ollama").record.loads).toEqual({ "qwen3:8b": 1 });
  });

  test.each([
    ["no model", { harness: "candle" }, 400, { error: expect.stringContaining("model_id") }],
    ["a model that is nowhere", { model_id: "none" }, 422, { error: { kind: "repo_fetch_failed" } }],
    ["another quantisation", { model_id: "qwen3:8b", quant: "Q8_0" }, 422, { error: { kind: "quant_not_found" } }],
  ])("a load of %s is refused in neuron's words", async (_, body, status, words) => {
    const { client } = await worker();
    expect(await client.post("/models/load", body)).toMatchObject({ status, body: words });
  });

  test.each([
    ["out-of-memory" as const, 503, { error: { code: "insufficient_vram" } }, "5"],
    ["failed" as const, 400, { error: expect.any(String) }, null],
  ])("a load that ends %s", async (fault, status, words, wait) => {
    const broken: HomeNode["models"] = [{ name: "m", loadFault: { fault } }];
    const { client } = await worker({}, { models: broken });
    const answer = await client.post("/models/load", { model_id: "m", harness: "candle" });
    expect(answer).toMatchObject({ status, body: words });
    expect(answer.headers.get("retry-after")).toBe(wait);
    expect((await client.health()).activation.failed).toMatchObject([{ model_id: "m:latest" }]);
    expect(await client.models()).toMatchObject([{ servable: { ok: false, reason: "load_failed" } }]);
  });

  test("without a runtime that answers there is nothing to load on, and it says so", async () => {
    const { client, home } = await worker();
    await home.at("ollama").stop();
    home.homeport.engine.poller.hurry();
    for (let misses = 0; misses < 3; misses += 1) await home.homeport.engine.poller.probe(NodeId.parse("ollama"));
    expect(await client.post("/models/load", { model_id: "other" })).toMatchObject({ status: 503, body: { code: "runtime_unavailable" } });
    expect((await client.models())[0]).toMatchObject({ servable: { ok: false, reason: "runtime_down" } });
  });

  test("what nobody knows of a model is 404, not an empty list", async () => {
    const { client } = await worker();
    for (const path of ["/models/none/capabilities", "/models/none/endpoint", "/nowhere"])
      expect((await client.get(path)).status).toBe(404);
    expect((await client.post("/models", {})).status).toBe(405);
  });

  test("a model's name with slashes is understood, encoded or not", async () => {
    const { client } = await worker({}, { models: [{ name: "hf.co/unsloth/Qwen3-8B-GGUF:Q4_K_M", capabilities: ["completion"] }] });
    const name = "hf.co/unsloth/Qwen3-8B-GGUF:Q4_K_M";
    expect((await client.capabilities(name)).body).toEqual({ capabilities: ["text"] });
    expect((await client.get(`/models/${name}/capabilities`)).body).toEqual({ capabilities: ["text"] });
  });
});

describe("who may use it", () => {
  const token = "canary-neuron-token-7310";

  test("S-01: beyond loopback only with a token", async () => {
    const home = await startHome({ nodes: { ollama: { kind: "ollama", models } } });
    const wish = { engine: home.homeport.engine, host: "0.0.0.0", port: 0, tokenHash: undefined };
    const door = await startNeuronDoor({ ...wish, devices: showing(card), version: "1", onBug: () => undefined });
    expect(door).toMatchObject({ failure: { kind: "invalid-request", message: expect.stringContaining("token") } });
  });

  test("S-09: without the token, or with another, nobody learns anything", async () => {
    const { url } = await worker({ tokenHash: keyHash(token) });
    for (const client of [new PlainNeuronClient(url), new PlainNeuronClient(url, "guess")]) {
      for (const path of ["/version", "/discovery", "/health", "/models", "/v1/models"]) expect((await client.get(path)).status).toBe(401);
      expect((await client.post("/models/load", { model_id: "qwen3:8b" })).status).toBe(401);
      expect((await client.post("/models/unload", { model_id: "nomic-embed-text" })).status).toBe(401);
    }
    expect((await new PlainNeuronClient(url, token).get("/models")).status).toBe(200);
  });

  test.each([
    ["another host", { host: "evil.example" }],
    ["another port of ours", { host: "127.0.0.1:1" }],
    ["a web page", { origin: "http://localhost:3000" }],
    ["a page of another site", { "sec-fetch-site": "cross-site" }],
  ])("S-02, S-04: %s is refused", async (_, headers: Readonly<Record<string, string>>) => {
    const { url, home } = await worker();
    const answer = call(url, "/models/load", { model_id: "qwen3:8b" }, headers);
    expect((await answer).status).toBe(403);
    expect(home.at("ollama").record.loads).toEqual({});
  });

  test("bound wide it is known by the machine's own addresses, and by names that the person added", async () => {
    const { door } = await worker({ host: "0.0.0.0", tokenHash: keyHash(token), allowedHosts: ["gpu.lan"] });
    const own = Object.values(networkInterfaces()).flatMap((all) =>
      (all ?? []).filter(({ family }) => family === "IPv4").map(({ address }) => address),
    );
    const headers = { authorization: `Bearer ${token}` };
    const status = async (host: string) =>
      (await call(`http://127.0.0.1:${door.port}`, "/version", undefined, { ...headers, host })).status;
    for (const address of own) expect(await status(`${address}:${door.port}`)).toBe(200);
    expect(await status(`gpu.lan:${door.port}`)).toBe(200);
    expect(await status(`other.lan:${door.port}`)).toBe(403);
  });

  test("S-43: a request that came through this worker already is refused with 508", async () => {
    const { url } = await worker({ instance: "worker-1" });
    expect((await call(url, "/v1/chat/completions", chat("qwen3:8b"), { "x-homeport-hops": "a,worker-1" })).status).toBe(508);
  });
});

describe("another gateway uses it as a node of kind neuron", () => {
  test("it shows its memory, loads on it and streams through it", async () => {
    const token = "canary-neuron-token-8842";
    const { url, home } = await worker({ tokenHash: keyHash(token) });
    const beast = { id: NodeId.parse("beast"), kind: "neuron" as const, url, key: { env: "BEAST_TOKEN" } };
    const gateway = await startHome({ nodes: {}, config: { nodes: [beast] }, env: { BEAST_TOKEN: token } });
    const node = () => gateway.homeport.engine.fleet.nodes["beast"];
    expect(node()).toMatchObject({
      health: { state: "up" },
      memory: { totalBytes: 24_576 * mebi, usedBytes: 4_096 * mebi, totalSource: "node" },
      models: { "qwen3:8b": { residency: { state: "cold" }, can: ["chat", "completion", "tools", "thinking"] } },
    });
    const streamed = await call(gateway.url, "/v1/chat/completions", { ...chat("qwen3:8b"), stream: true });
    expect(streamed.status).toBe(200);
    expect(streamed.text).toContain("data: [DONE]");
    expect(home.at("ollama").record.loads).toEqual({ "qwen3:8b": 1 });
    expect(node()?.models["qwen3:8b"]?.residency.state).toBe("warm");
  });

  test("UX-06: the system's memory of a machine without a card is shown, and refuses nothing", async () => {
    const small: DeviceReading = {
      ...noCard,
      devices: [{ index: 0, name: "System memory", memory: "system", totalBytes: 2 * gb, usedBytes: 1 * gb }],
    };
    const { url } = await worker({ devices: showing(small) });
    const beast = { id: NodeId.parse("beast"), kind: "neuron" as const, url };
    const gateway = await startHome({ nodes: {}, config: { nodes: [beast] } });
    expect(gateway.homeport.engine.fleet.nodes["beast"]?.memory).toMatchObject({ limit: "none", totalSource: "node" });
    expect((await call(gateway.url, "/v1/chat/completions", chat("qwen3:8b"))).status).toBe(200);
  });
});
