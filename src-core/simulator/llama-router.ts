// A simulated llama-server in router mode: loads are asynchronous, progress is pushed, answers of models are proxied. observed.md 2.
import type { Call } from "./call.ts";
import { Downloads } from "./downloads.ts";
import type { KindParts, SimulatedServer } from "./kind.ts";
import { type LlamaTurn, llamaAsked, llamaTasks, refuseLlama } from "./llama-inference.ts";
import { keyFits, llamaHeaders, lookUp, notFound } from "./llama-server.ts";
import { routerEntry, routerProps, singleList } from "./llama-shapes.ts";
import type { SimulatedModel } from "./options.ts";
import type { ResidencyEvent } from "./residency-rules.ts";

/** A router answers for a child on a connection that is not used again, and does not know the length. */
const proxied = { connection: "close", "keep-alive": "timeout=5, max=100", "transfer-encoding": "chunked", "x-accel-buffering": "no" };
const childDied = ["proxy error: Failed to read connection"];

export function simulateLlamaRouter(parts: KindParts): SimulatedServer {
  const router = new Router(parts);
  return { headers: llamaHeaders, handle: (call) => router.handle(call), close: () => router.close() };
}

class Router {
  readonly #parts: KindParts;
  readonly #slots: number;
  readonly #failed = new Set<string>();
  readonly #downloads: Downloads;
  readonly #audience = new Set<{ readonly write: (frame: string) => void; readonly end: () => void }>();

  constructor(parts: KindParts) {
    this.#parts = parts;
    this.#slots = parts.options.slots ?? 2;
    this.#downloads = new Downloads(parts);
    parts.residency.listeners.add((event, model, progress) => this.#tell(event, model, progress));
  }

  async handle(call: Call): Promise<void> {
    if (!keyFits(call, this.#parts.options.key)) return;
    if (call.method === "GET" || call.method === "HEAD") return this.#get(call);
    if (call.method === "DELETE" && call.path === "/models") return this.#remove(call);
    if (call.method !== "POST") return notFound(call);
    if (call.path === "/models") return this.#download(call);
    if (call.path === "/models/load") return this.#load(call);
    if (call.path === "/models/unload") return this.#unload(call);
    const task = Object.hasOwn(llamaTasks, call.path) ? llamaTasks[call.path] : undefined;
    if (task === undefined) return notFound(call);
    const asked = llamaAsked(call);
    const model = asked === undefined ? undefined : this.#named(call, asked.model);
    if (asked === undefined || model === undefined) return;
    // The router brings the child up before it knows whether the child can do what is asked (seen).
    if (await this.#awake(call, model)) await task(this.#turn(call, model), asked);
  }

  close(): void {
    this.#downloads.close();
    for (const listener of this.#audience) listener.end();
    this.#audience.clear();
  }

  async #get(call: Call): Promise<void> {
    const asked = call.query.get("model");
    if (call.path === "/health" || call.path === "/v1/health") return call.json(200, { status: "ok" });
    if (call.path === "/models" || call.path === "/v1/models") return call.json(200, { data: this.#list(), object: "list" });
    if (call.path === "/models/sse") return this.#listen(call);
    if (call.path === "/props" && asked === null) return call.json(200, routerProps(this.#parts.options.maxLoaded ?? 4));
    if (!["/props", "/slots", "/metrics"].includes(call.path)) return notFound(call);
    const model = this.#named(call, asked ?? undefined);
    if (model === undefined) return;
    if (!(await this.#awake(call, model))) return;
    lookUp(this.#turn(call, model))?.();
  }

  /** Asking about a model loads it, unless `autoload=false`: a trap for whoever probes. */
  async #awake(call: Call, model: SimulatedModel): Promise<boolean> {
    const { residency } = this.#parts;
    const state = residency.get(model.name)?.state;
    if (state === "loaded" || state === "sleeping") return true;
    if (call.query.get("autoload") === "false") {
      refuseLlama(call, 400, "model is not loaded", "invalid_request_error");
      return false;
    }
    const lease = await residency.acquire(model, {}, model.contextTokens, call.signal);
    if (!("refused" in lease)) lease.release();
    else if (lease.refused === "load-failed") refuseLlama(call, 500, `model name=${model.name} failed to load`, "server_error");
    return !("refused" in lease);
  }

  async #load(call: Call): Promise<void> {
    const asked = llamaAsked(call);
    if (asked === undefined) return;
    const model = this.#find(asked.model);
    if (model === undefined) return notFound(call);
    this.#parts.record.count("loadCalls", model.name);
    const begun = await this.#parts.residency.begin(model, model.contextTokens, call.signal);
    if (begun) call.json(200, { success: true });
    else refuseLlama(call, 400, "model is already running", "invalid_request_error");
  }

  #download(call: Call): void {
    const name = this.#downloads.nameIn(call.body);
    if (this.#find(name) === undefined && this.#downloads.begin(name) === undefined)
      return refuseLlama(call, 400, `failed to get model info of ${name}: model not found`, "invalid_request_error");
    call.json(200, { success: true });
  }

  #remove(call: Call): void {
    const name = call.query.get("model") ?? "";
    // Only what it fetched itself may be removed.
    if (!this.#downloads.has(name) || !this.#parts.disk.remove(name))
      return refuseLlama(call, 404, `model '${name}' not found`, "not_found_error");
    call.json(200, { success: true });
  }

  #unload(call: Call): void {
    const asked = llamaAsked(call);
    if (asked === undefined) return;
    if (this.#downloads.cancel(asked.model ?? "")) return call.json(200, { success: true });
    const model = this.#find(asked.model);
    if (model === undefined) return notFound(call);
    this.#parts.record.count("unloadCalls", model.name);
    if (this.#parts.residency.unload(model.name)) call.json(200, { success: true });
    else refuseLlama(call, 400, "model is not running", "invalid_request_error");
  }

  #find(name: string | undefined): SimulatedModel | undefined {
    return this.#parts.options.models.find((model) => model.name === name);
  }

  /** The model a request names, or undefined when the refusal was sent. */
  #named(call: Call, name: string | undefined): SimulatedModel | undefined {
    const model = this.#find(name);
    if (name === undefined || name === "") refuseLlama(call, 400, "model name is missing from the request", "invalid_request_error");
    else if (model === undefined) refuseLlama(call, 400, `model '${name}' not found`, "invalid_request_error");
    return model;
  }

  #turn(call: Call, model: SimulatedModel): LlamaTurn {
    return { call, parts: this.#parts, model, slots: this.#slots, headers: proxied, crash: childDied };
  }

  #created(): number {
    return Math.floor(this.#parts.clock.now() / 1000);
  }

  #list() {
    const created = this.#created();
    const { options, residency } = this.#parts;
    const own = options.models.map((model) =>
      routerEntry(model, this.#slots, created, residency.get(model.name), this.#failed.has(model.name)),
    );
    return [...own.map((entry) => (this.#downloads.has(entry.id) ? { ...entry, can_remove: true } : entry)), ...this.#fetching(created)];
  }

  #fetching(created: number) {
    const running = this.#downloads.all.filter(({ state }) => state === "downloading");
    return running.map(({ fetch: { model, done } }) => {
      const progress = { [`https://library.example/${model.name}`]: { done, total: model.bytes } };
      const entry = routerEntry(model, this.#slots, created, undefined, false);
      return { ...entry, status: { ...entry.status, value: "downloading", progress }, can_remove: true };
    });
  }

  #listen(call: Call): void {
    const listener = call.open("text/event-stream", { "x-accel-buffering": "no" });
    this.#audience.add(listener);
    call.signal.addEventListener("abort", () => this.#audience.delete(listener), { once: true });
  }

  #tell(event: ResidencyEvent, name: string, progress: number): void {
    if (event === "failed") this.#failed.add(name);
    if (event === "loading" || event === "loaded") this.#failed.delete(name);
    const said = JSON.stringify({
      model: name,
      event: event === "loading" ? "model_status" : "status_change",
      data: this.#data(event, name, progress),
    });
    for (const listener of this.#audience) listener.write(`data: ${said}\n\n`);
  }

  #data(event: ResidencyEvent, name: string, value: number): object {
    switch (event) {
      case "loading":
        return { status: "loading" };
      case "progress":
        return { status: "loading", progress: { stages: ["text_model"], current: "text_model", value } };
      case "loaded": {
        const model = this.#find(name);
        return { status: "loaded", info: model === undefined ? {} : singleList(model, this.#slots, this.#created()).data[0] };
      }
      case "sleeping":
        return { status: "sleeping" };
      case "unloaded":
        return { status: "unloaded", exit_code: 0 };
      case "failed":
        return { status: "unloaded", exit_code: 1 };
    }
  }
}
