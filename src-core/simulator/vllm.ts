// A simulated vLLM (apis.md 6): one base model and LoRA adapters after it, metrics, flat errors by quirk, and, where development mode is on, sleep
// at two levels: asleep it hangs on every request, and after level 2 it talks nonsense until its weights were read again.
import { z } from "zod";
import type { Call } from "./call.ts";
import type { KindParts, SimulatedServer } from "./kind.ts";
import { simulateOpenAiCompatible } from "./openai-compatible.ts";

const jsonType = "application/json";
const never = new AbortController().signal;

/** What a model made of empty memory says. */
const nonsense = {
  object: "chat.completion",
  choices: [{ index: 0, message: { role: "assistant", content: "!!!!!!!!" }, finish_reason: "length" }],
};

const Rpc = z.object({ method: z.string() });

export function simulateVllm(parts: KindParts): SimulatedServer {
  const engine = new Engine(parts);
  return { headers: { server: "uvicorn" }, close: () => undefined, handle: (call) => engine.handle(call) };
}

class Engine {
  readonly #parts: KindParts;
  readonly #behind: SimulatedServer;
  /** 0 is awake. */
  #level: 0 | 1 | 2 = 0;
  /** What is back in memory while it wakes in stages. */
  readonly #back = new Set<string>();
  #hasWeights = true;

  constructor(parts: KindParts) {
    this.#parts = parts;
    this.#behind = simulateOpenAiCompatible(parts);
    const { models, devMode } = parts.options;
    if (devMode && models[0]?.warm !== true) this.#sleep(1);
  }

  async handle(call: Call): Promise<void> {
    const route = `${call.method} ${call.path}`;
    if (route === "GET /metrics") return call.text(200, this.#metrics(), "text/plain; version=0.0.4");
    if (route === "GET /load") return call.json(200, { server_load: this.#parts.record.running }, jsonType);
    if (route === "GET /v1/models") return this.#list(call);
    if (this.#parts.options.devMode && (await this.#devMode(call, route))) return;
    // Nobody answers for an engine that is asleep.
    if (call.method === "POST" && this.#level > 0) return;
    if (call.method === "POST" && !this.#hasWeights) return call.json(200, nonsense, jsonType);
    await this.#behind.handle(call);
  }

  async #devMode(call: Call, route: string): Promise<boolean> {
    const base = this.#parts.options.models[0]?.name ?? "";
    if (route === "GET /is_sleeping") call.json(200, { is_sleeping: this.#level > 0 }, jsonType);
    else if (route === "POST /sleep") {
      this.#parts.record.count("unloadCalls", base);
      this.#sleep(call.query.get("level") === "2" ? 2 : 1);
      call.text(200, "", "");
    } else if (route === "POST /wake_up") {
      this.#parts.record.count("loadCalls", base);
      await this.#wake(call.query.getAll("tags"));
      call.text(200, "", "");
    } else if (route === "POST /collective_rpc") {
      if (Rpc.safeParse(JSON.parse(call.body.toString("utf8"))).data?.method === "reload_weights") this.#hasWeights = true;
      call.json(200, { results: [null] }, jsonType);
    } else return false;
    return true;
  }

  #sleep(level: 1 | 2): void {
    this.#level = level;
    this.#back.clear();
    if (level === 2) this.#hasWeights = false;
    for (const { name } of this.#parts.options.models) this.#parts.residency.unload(name);
  }

  async #wake(tags: readonly string[]): Promise<void> {
    for (const tag of tags.length === 0 ? ["weights", "kv_cache"] : tags) this.#back.add(tag);
    if (this.#level === 0 || this.#back.size < 2) return;
    const { residency, options } = this.#parts;
    for (const model of options.models) {
      const lease = await residency.acquire(model, {}, model.contextTokens, never);
      if (!("refused" in lease)) lease.release();
    }
    this.#level = 0;
  }

  #list(call: Call): void {
    const { key, models } = this.#parts.options;
    if (key !== undefined && call.headers["authorization"] !== `Bearer ${key}`) return call.json(401, { error: "Unauthorized" }, jsonType);
    const [base] = models;
    const created = Math.floor(call.clock.now() / 1000);
    const data = models.map((model) => ({
      id: model.name,
      object: "model",
      created,
      owned_by: "vllm",
      root: model.name,
      parent: model === base ? null : base?.name,
      max_model_len: model === base ? model.contextTokens : null,
      permission: [],
    }));
    call.json(200, { object: "list", data }, jsonType);
  }

  #metrics(): string {
    const { record, residency, options } = this.#parts;
    const [base] = options.models;
    const labels = `engine="0",model_name="${base?.name ?? ""}"`;
    const waiting = base === undefined ? 0 : (residency.get(base.name)?.waiting ?? 0);
    const states = ["awake", "weights_offloaded", "discard_all"];
    return [
      "# TYPE vllm:num_requests_running gauge",
      `vllm:num_requests_running{${labels}} ${record.running}.0`,
      `vllm:num_requests_waiting{${labels}} ${waiting}.0`,
      `vllm:kv_cache_usage_perc{${labels}} ${Math.min(1, record.running / 100)}`,
      ...states.map((state, level) => `vllm:engine_sleep_state{${labels},sleep_state="${state}"} ${level === this.#level ? "1.0" : "0.0"}`),
      "",
    ].join("\n");
  }
}
