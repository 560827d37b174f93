// A simulated LM Studio (apis.md 5): native and older lists, loads and unloads by instance, progress in the native chat stream, 200 with an error
// on unknown paths, and its known fault: who loads, or asks for, what is loaded or loading gets a second copy. A version below 0.4 has no native part.
import { z } from "zod";
import { readAsked } from "./asked.ts";
import type { Call } from "./call.ts";
import { Downloads } from "./downloads.ts";
import type { KindParts, SimulatedServer } from "./kind.ts";
import { type OpenAiServer, simulateOpenAiCompatible } from "./openai-compatible.ts";
import type { SimulatedModel } from "./options.ts";

const jsonType = "application/json; charset=utf-8";
const never = new AbortController().signal;

const LoadAsked = z.object({ model: z.string(), context_length: z.number().int().positive().optional() });
const UnloadAsked = z.object({ instance_id: z.string() });

export function simulateLmStudio(parts: KindParts): SimulatedServer {
  const studio = new Studio(parts);
  return { headers: { "x-powered-by": "Express" }, close: () => studio.close(), handle: (call) => studio.handle(call) };
}

class Studio {
  readonly #parts: KindParts;
  readonly #behind: OpenAiServer;
  /** Names of second and further copies, by model. */
  readonly #copies = new Map<string, string[]>();
  readonly #isOlder: boolean;
  readonly #downloads: Downloads;

  constructor(parts: KindParts) {
    const { key: _key, ...open } = parts.options;
    this.#parts = parts;
    this.#downloads = new Downloads(parts);
    this.#behind = simulateOpenAiCompatible({ ...parts, options: open });
    this.#isOlder = /^0\.[0-3]\./.test(open.version ?? "");
  }

  async handle(call: Call): Promise<void> {
    const { key } = this.#parts.options;
    if (key !== undefined && call.headers["authorization"] !== `Bearer ${key}`) return refuse(call, 401, "invalid_request", "Unauthorized");
    const route = `${call.method} ${call.path}`;
    if (!this.#isOlder && (await this.#native(call, route))) return;
    switch (route) {
      case "GET /api/v0/models":
        return call.json(200, { object: "list", data: this.#parts.options.models.map((model) => this.#olderEntry(model)) }, jsonType);
      case "GET /v1/models":
        return call.json(200, { object: "list", data: this.#parts.options.models.map(({ name }) => plainEntry(name)) }, jsonType);
      case "POST /api/v0/chat/completions":
      case "POST /api/v0/embeddings":
      case "POST /v1/chat/completions":
      case "POST /v1/completions":
      case "POST /v1/embeddings":
        return this.#infer(call);
      default:
        return call.json(200, { error: `Unexpected endpoint or method. (${call.method} ${call.path})` }, jsonType);
    }
  }

  close(): void {
    this.#downloads.close();
  }

  /** True: the call was one of the native interface, and is answered. */
  async #native(call: Call, route: string): Promise<boolean> {
    if (route === "GET /api/v1/models") call.json(200, { models: this.#parts.options.models.map((model) => this.#entry(model)) }, jsonType);
    else if (route === "POST /api/v1/models/load") await this.#load(call);
    else if (route === "POST /api/v1/models/unload") this.#unload(call);
    else if (route === "POST /api/v1/models/download") this.#download(call);
    else if (route.startsWith("GET /api/v1/models/download/status/")) this.#tellJob(call, Number(route.split("/job-")[1]));
    else if (route === "POST /api/v1/chat") await this.#chat(call);
    else return false;
    return true;
  }

  async #load(call: Call): Promise<void> {
    const asked = LoadAsked.safeParse(bodyOf(call)).data;
    const model = this.#find(asked?.model);
    if (asked === undefined || model === undefined) return refuse(call, 404, "model_not_found", `Model ${asked?.model ?? ""} not found`);
    const { record, residency, clock } = this.#parts;
    record.count("loadCalls", model.name);
    const startedAt = clock.monotonic();
    const instance_id = this.#copyOf(model);
    // The load goes on when the caller leaves: there is no call that stops it.
    const lease = await residency.acquire(model, {}, asked.context_length ?? model.contextTokens, never);
    if ("refused" in lease) return refuse(call, 500, "model_load_failed", loadWords(lease));
    lease.release();
    call.json(200, { type: "llm", instance_id, load_time_seconds: (clock.monotonic() - startedAt) / 1000, status: "loaded" }, jsonType);
  }

  #download(call: Call): void {
    const name = this.#downloads.nameIn(call.body);
    if (this.#find(name) !== undefined) return call.json(200, { status: "already_downloaded" }, jsonType);
    const job = this.#downloads.begin(name);
    if (job === undefined) return refuse(call, 404, "model_not_found", `Model ${name} not found`);
    this.#tellJob(call, job);
  }

  #tellJob(call: Call, job: number): void {
    const download = this.#downloads.all[job];
    if (download === undefined) return refuse(call, 404, "job_not_found", `There is no job ${job}`);
    const { fetch, state } = download;
    const why = state === "failed" ? { error: "ENOSPC: no space left on device" } : {};
    const figures = {
      total_size_bytes: fetch.model.bytes,
      downloaded_bytes: fetch.done,
      bytes_per_second: this.#parts.options.pullBytesPerSecond,
    };
    call.json(200, { job_id: `job-${job}`, status: state, ...figures, ...why }, jsonType);
  }

  #unload(call: Call): void {
    const { instance_id = "" } = UnloadAsked.safeParse(bodyOf(call)).data ?? {};
    const owner = this.#parts.options.models.find((model) => this.#instances(model).includes(instance_id));
    if (owner === undefined) return refuse(call, 404, "model_not_found", `Model instance ${instance_id} is not loaded`);
    this.#parts.record.count("unloadCalls", owner.name);
    const copies = this.#copies.get(owner.name) ?? [];
    if (copies.includes(instance_id))
      this.#copies.set(
        owner.name,
        copies.filter((id) => id !== instance_id),
      );
    else this.#parts.residency.unload(owner.name);
    call.json(200, { instance_id }, jsonType);
  }

  async #chat(call: Call): Promise<void> {
    const asked = LoadAsked.safeParse(bodyOf(call)).data;
    const model = this.#find(asked?.model);
    if (asked === undefined || model === undefined) return refuse(call, 404, "model_not_found", `Model ${asked?.model ?? ""} not found`);
    call.inference();
    const { residency } = this.#parts;
    const stream = call.open("text/event-stream", {});
    const tell = (type: string, more: object = {}) => stream.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`);
    tell("chat.start", { model_instance_id: this.#copyOf(model) });
    const wasCold = residency.get(model.name)?.state !== "loaded";
    const listener = (event: string, name: string, progress: number) => {
      if (event === "progress" && name === model.name) tell("model_load.progress", { model_instance_id: name, progress });
    };
    residency.listeners.add(listener);
    if (wasCold) tell("model_load.start", { model_instance_id: model.name });
    const lease = await residency.acquire(model, {}, asked.context_length ?? model.contextTokens, never);
    residency.listeners.delete(listener);
    if ("refused" in lease) tell("error", { error: { type: "internal_error", message: loadWords(lease) } });
    else {
      if (wasCold) tell("model_load.end", { model_instance_id: model.name, load_time_seconds: lease.loadMs / 1000 });
      lease.release();
      tell("message.start");
      tell("message.delta", { content: "Hello" });
      tell("message.end");
      tell("chat.end", { result: { output: [{ type: "message", content: "Hello" }], stats: { total_output_tokens: 1 } } });
    }
    stream.end();
  }

  /** A request for a model that is on its way for somebody else begins a copy of its own (lmstudio-bug-tracker#1751). */
  async #infer(call: Call): Promise<void> {
    const result = readAsked(call.body);
    const model = this.#find(result.state === "ok" ? result.asked.model : undefined);
    if (model !== undefined && this.#parts.residency.get(model.name)?.state === "loading") this.#copyOf(model);
    await this.#behind.handle(call, call.path.replace("/api/v0/", "/v1/"));
  }

  #find(name: string | undefined): SimulatedModel | undefined {
    return this.#parts.options.models.find((model) => model.name === name);
  }

  /** The name of the instance that a load begins now: the model's own, or that of one more copy. */
  #copyOf(model: SimulatedModel): string {
    if (this.#parts.residency.get(model.name) === undefined) return model.name;
    const copies = this.#copies.get(model.name) ?? [];
    const name = `${model.name}:${copies.length + 2}`;
    this.#copies.set(model.name, [...copies, name]);
    return name;
  }

  #instances({ name }: SimulatedModel): readonly string[] {
    const instance = this.#parts.residency.get(name);
    const copies = this.#copies.get(name) ?? [];
    return instance === undefined || instance.state === "loading" || instance.leaving ? copies : [name, ...copies];
  }

  #entry(model: SimulatedModel) {
    const config = { context_length: this.#parts.residency.get(model.name)?.contextTokens ?? model.contextTokens, parallel: this.#slots };
    const isEmbedding = isOnlyEmbedding(model);
    return {
      type: isEmbedding ? "embedding" : "llm",
      publisher: "simulated",
      key: model.name,
      display_name: model.name,
      architecture: model.family,
      quantization: { name: model.quantization, bits_per_weight: 4 },
      size_bytes: model.bytes,
      params_string: model.parameters,
      loaded_instances: this.#instances(model).map((id) => ({ id, config })),
      max_context_length: model.contextTokens,
      format: "gguf",
      ...(isEmbedding ? {} : { capabilities: { vision: model.capabilities.includes("vision"), trained_for_tool_use: true } }),
    };
  }

  #olderEntry(model: SimulatedModel) {
    const isLoaded = this.#instances(model).length > 0;
    return {
      id: model.name,
      object: "model",
      type: isOnlyEmbedding(model) ? "embeddings" : model.capabilities.includes("vision") ? "vlm" : "llm",
      publisher: "simulated",
      arch: model.family,
      compatibility_type: "gguf",
      quantization: model.quantization,
      state: isLoaded ? "loaded" : "not-loaded",
      max_context_length: model.contextTokens,
      ...(isLoaded ? { loaded_context_length: model.contextTokens } : {}),
    };
  }

  get #slots(): number {
    return this.#parts.options.slots ?? 4;
  }
}

function refuse(call: Call, status: number, type: string, message: string): void {
  call.json(status, { error: { type, message } }, jsonType);
}

function bodyOf(call: Call): unknown {
  try {
    return JSON.parse(call.body.toString("utf8"));
  } catch {
    return undefined;
  }
}

const plainEntry = (id: string) => ({ id, object: "model", owned_by: "organization_owner" });

function isOnlyEmbedding({ capabilities }: SimulatedModel): boolean {
  return capabilities.includes("embedding") && !capabilities.includes("completion");
}

/** The general words for every load that fails, out of memory included. */
function loadWords(refusal: {
  readonly refused: string;
  readonly fault?: { readonly fault: string; readonly message?: string | undefined };
}): string {
  return refusal.fault?.message ?? "Failed to load model. Error: (Exit code: 18446744072635812000). Unknown error. Try a different model.";
}
