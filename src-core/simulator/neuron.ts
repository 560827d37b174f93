// A simulated neuron (apis.md 7): devices and models told apart, synchronous loads, "already loaded" as an error, inference through a model's door.
import { z } from "zod";
import type { Call } from "./call.ts";
import type { KindParts, SimulatedServer } from "./kind.ts";
import { type OpenAiServer, simulateOpenAiCompatible } from "./openai-compatible.ts";
import type { SimulatedModel } from "./options.ts";

const jsonType = "application/json";
const megabyte = 1024 * 1024;
const never = new AbortController().signal;

const Spec = z.object({ model_id: z.string(), harness: z.string().optional() });

export function simulateNeuron(parts: KindParts): SimulatedServer {
  const neuron = new Neuron(parts);
  return { headers: {}, close: () => undefined, handle: (call) => neuron.handle(call) };
}

class Neuron {
  readonly #parts: KindParts;
  readonly #behind: OpenAiServer;

  constructor(parts: KindParts) {
    this.#parts = parts;
    this.#behind = simulateOpenAiCompatible(parts);
  }

  async handle(call: Call): Promise<void> {
    const { options } = this.#parts;
    const endpoint = /^\/models\/([^/]+)\/endpoint$/.exec(call.path)?.[1];
    if (endpoint !== undefined) return this.#endpoint(call, decodeURIComponent(endpoint));
    switch (`${call.method} ${call.path}`) {
      case "GET /version":
        return call.json(200, { git_sha: "0000000", features: [] }, jsonType);
      case "GET /discovery":
        return call.json(200, this.#discovery(), jsonType);
      case "GET /health":
        return call.json(200, this.#health(), jsonType);
      case "GET /models":
        return call.json(
          200,
          options.models.map((model) => this.#entry(model)),
          jsonType,
        );
      case "POST /models/load":
        return this.#load(call);
      case "POST /models/unload":
        return this.#unload(call);
      default:
        return this.#behind.handle(call);
    }
  }

  async #load(call: Call): Promise<void> {
    const spec = Spec.safeParse(JSON.parse(call.body.toString("utf8"))).data;
    if (spec?.harness === undefined) return call.json(400, { error: "missing field `harness`" }, jsonType);
    const model = this.#find(spec.model_id);
    if (model === undefined) return call.json(422, { error: { kind: "repo_fetch_failed", repo: spec.model_id } }, jsonType);
    const { record, residency } = this.#parts;
    record.count("loadCalls", model.name);
    if (residency.get(model.name)?.state === "loaded") return call.json(400, { error: `model ${model.name} already loaded` }, jsonType);
    const lease = await residency.acquire(model, {}, model.contextTokens, never);
    if (!("refused" in lease)) {
      lease.release();
      return call.json(200, { status: "loaded" }, jsonType);
    }
    const isFull = lease.refused === "load-failed" && lease.fault.fault === "out-of-memory";
    if (isFull)
      call.json(503, { error: { message: "not enough free VRAM", code: "insufficient_vram", free_mb: 1, required_mb: 2 } }, jsonType);
    else call.json(400, { error: "failed to load safetensors" }, jsonType);
  }

  #unload(call: Call): void {
    const spec = Spec.safeParse(JSON.parse(call.body.toString("utf8"))).data;
    if (spec === undefined) return call.json(400, { error: "missing field `model_id`" }, jsonType);
    this.#parts.record.count("unloadCalls", spec.model_id);
    if (this.#parts.residency.unload(spec.model_id)) call.json(200, { status: "unloaded" }, jsonType);
    else call.json(404, { error: `model ${spec.model_id} not loaded` }, jsonType);
  }

  #endpoint(call: Call, id: string): void {
    if (this.#parts.residency.get(id)?.state !== "loaded") return call.json(404, { error: "not loaded" }, jsonType);
    call.json(200, { url: `http://localhost:${new URL(`http://${call.headers["host"] ?? ""}`).port}` }, jsonType);
  }

  #entry(model: SimulatedModel) {
    const state = this.#parts.residency.get(model.name)?.state;
    const status =
      model.hindrance === "recovering" ? "recovering" : state === "loaded" ? "loaded" : state === "loading" ? "reloading" : "unloaded";
    const capabilities = model.capabilities.map((word) => (word === "completion" ? "text" : word));
    return {
      id: model.name,
      harness: "candle",
      status,
      devices: [0],
      ...(status === "loaded" ? { vram_used_mb: Math.round((model.residentBytes ?? model.bytes) / megabyte) } : {}),
      capabilities,
      limit: { context: model.contextTokens },
      tool_call: capabilities.includes("tools"),
      reasoning: capabilities.includes("thinking"),
      ...(model.hindrance === "not-servable" ? { servable: { ok: false, reason: "insufficient_vram", detail: "needs 9 GB more" } } : {}),
    };
  }

  #discovery() {
    const devices = this.#parts.options.devices.map(({ name, memoryBytes }, index) => ({
      index,
      name,
      vram_total_mb: Math.round(memoryBytes / megabyte),
      compute_capability: "8.9",
    }));
    return { hostname: "beast", os: "linux", kernel: "6.12", devices, harnesses: ["candle"], max_prompt_tokens: 0 };
  }

  #health() {
    const { devices, models } = this.#parts.options;
    const usedBytes = this.#parts.residency.instances.reduce((sum, one) => sum + one.bytes, 0);
    return {
      uptime_secs: 60,
      devices: devices.map((_, index) => ({
        index,
        vram_used_mb: index === 0 ? Math.round(usedBytes / megabyte) : 0,
        utilization_pct: 0,
        temp_c: 40,
      })),
      activation: { state: "ready", pending: [], completed: [], failed: [] },
      models: models.map(({ name }) => ({
        id: name,
        in_flight: 0,
        queue_depth: 0,
        max_in_flight: this.#parts.options.slots ?? 1,
        max_queue_depth: 8,
      })),
    };
  }

  #find(name: string): SimulatedModel | undefined {
    return this.#parts.options.models.find((model) => model.name === name);
  }
}
