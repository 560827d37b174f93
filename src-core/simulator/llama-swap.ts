// A simulated llama-swap (apis.md 9): a list that never tells what is loaded, another that tells only that, loads by being asked, and errors
// that say whose they are. Its own words as reasoning are the quirk `fake-reasoning-while-loading`.

import { readAsked } from "./asked.ts";
import type { Call } from "./call.ts";
import type { KindParts, SimulatedServer } from "./kind.ts";
import { type OpenAiServer, simulateOpenAiCompatible } from "./openai-compatible.ts";
import type { SimulatedModel } from "./options.ts";

const jsonType = "application/json";

export function simulateLlamaSwap(parts: KindParts): SimulatedServer {
  const swap = new Swap(parts);
  return { headers: {}, close: () => undefined, handle: (call) => swap.handle(call) };
}

class Swap {
  readonly #parts: KindParts;
  readonly #behind: OpenAiServer;

  constructor(parts: KindParts) {
    const { key: _key, ...open } = parts.options;
    this.#parts = parts;
    this.#behind = simulateOpenAiCompatible({ ...parts, options: open });
  }

  async handle(call: Call): Promise<void> {
    const { key } = this.#parts.options;
    if (key !== undefined && call.headers["authorization"] !== `Bearer ${key}`) return refuse(call, 401, "unauthorized: invalid api key");
    if (call.path === "/health") return call.text(200, "OK", "text/plain");
    if (call.path === "/v1/models") return this.#list(call);
    if (call.path === "/running") return this.#running(call);
    if (call.path === "/unload") return this.#unloadAll(call);
    if (call.path.startsWith("/upstream/")) return this.#upstream(call, call.path.slice("/upstream/".length));
    if (call.path.startsWith("/api/models/unload/")) return this.#unload(call, call.path.slice("/api/models/unload/".length));
    if (call.method !== "POST") return refuse(call, 404, "404 page not found");
    const asked = readAsked(call.body);
    const model = this.#find(asked.state === "ok" ? (asked.asked.model ?? "") : "");
    if (model === undefined) return refuse(call, 404, "could not find real modelID");
    await this.#behind.handle(call);
  }

  #list(call: Call): void {
    const created = Math.floor(call.clock.now() / 1000);
    const data = this.#parts.options.models.map(({ name }) => ({
      id: name,
      object: "model",
      created,
      owned_by: "llama-swap",
      meta: { llamaswap: { type: "model" } },
    }));
    call.json(200, { object: "list", data }, jsonType);
  }

  #running(call: Call): void {
    const running = this.#parts.residency.instances.map(({ model, state, leaving }) => ({
      model: model.name,
      state: leaving ? "stopping" : state === "loading" ? "starting" : "ready",
      cmd: "llama-server",
      ttl: 0,
    }));
    call.json(200, { running }, jsonType);
  }

  #unloadAll(call: Call): void {
    for (const { model } of this.#parts.residency.instances) this.#parts.residency.unload(model.name);
    call.text(200, "OK", "text/plain");
  }

  #unload(call: Call, id: string): void {
    const model = this.#find(decodeURIComponent(id));
    if (model === undefined) return refuse(call, 404, "Model not found");
    this.#parts.record.count("unloadCalls", model.name);
    this.#parts.residency.unload(model.name);
    call.text(200, "OK", "text/plain");
  }

  async #upstream(call: Call, rest: string): Promise<void> {
    const model = this.#parts.options.models.find(({ name }) => decodeURIComponent(rest).startsWith(`${name}/`));
    if (model === undefined) return refuse(call, 404, "model not found");
    this.#parts.record.count("loadCalls", model.name);
    const lease = await this.#parts.residency.acquire(model, {}, model.contextTokens, call.signal);
    if (!("refused" in lease)) {
      lease.release();
      return call.json(200, { status: "ok" }, jsonType);
    }
    if (lease.refused === "load-failed") refuse(call, 502, `unable to start process: upstream command exited prematurely`);
  }

  #find(name: string): SimulatedModel | undefined {
    return this.#parts.options.models.find((model) => model.name === name);
  }
}

function refuse(call: Call, status: number, message: string): void {
  call.json(status, { src: "llama-swap", error: { message, type: "invalid_request_error" } }, jsonType);
}
