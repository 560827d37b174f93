// The bodies of llama-server, key for key as recorded from 0.7.0 (test/fixtures/llama-server and llama-server-router).
import type { Instance } from "./instance.ts";
import type { SimulatedModel, SimulatedNodeOptions } from "./options.ts";

/** What llama-server calls its build; also the `system_fingerprint` of answers. */
export const llamaBuild = "b11669-Debian";

/** Context of one slot: the whole, divided. */
export function slotContext(model: SimulatedModel, slots: number): number {
  return Math.floor(model.contextTokens / slots);
}

/** The error envelope of handlers; `code` is the HTTP number. */
export function llamaError(code: number, message: string, type: string, more: object = {}) {
  return { error: { code, message, type, ...more } };
}

export function llamaMeta(model: SimulatedModel, slots: number) {
  return {
    vocab_type: 1,
    n_vocab: 32_000,
    n_ctx: slotContext(model, slots),
    n_ctx_train: model.contextTokens,
    n_embd: 4096,
    n_params: Math.round(model.bytes * 1.7),
    size: model.bytes,
    ftype: model.quantization,
  };
}

export function architectureOf(model: SimulatedModel) {
  const image = model.capabilities.includes("vision") ? ["image"] : [];
  return { input_modalities: ["text", ...image], output_modalities: ["text"] };
}

/** `GET /v1/models` of a server with one model. */
export function singleList(model: SimulatedModel, slots: number, created: number) {
  const { name } = model;
  const details = { parent_model: "", format: "gguf", family: "", families: [""], parameter_size: "", quantization_level: "" };
  const told = { modified_at: "", size: "", digest: "", type: "model", description: "", tags: [""] };
  const capabilities = model.capabilities.includes("vision") ? ["completion", "multimodal"] : ["completion"];
  return {
    models: [{ name, model: name, ...told, capabilities, parameters: "", details }],
    object: "list",
    data: [
      {
        id: name,
        aliases: [name],
        tags: [],
        object: "model",
        architecture: architectureOf(model),
        created,
        owned_by: "llamacpp",
        meta: llamaMeta(model, slots),
      },
    ],
  };
}

/** How the last load of a router's model went wrong, if it did. */
export type RouterStatus = "unloaded" | "loading" | "loaded" | "sleeping";

/** One entry of a router's `GET /models`. */
export function routerEntry(model: SimulatedModel, slots: number, created: number, instance: Instance | undefined, failed: boolean) {
  const value: RouterStatus = instance?.state ?? "unloaded";
  const file = `models/${model.name}.gguf`;
  const context = String(model.contextTokens);
  const port = instance === undefined && !failed ? "0" : "40453";
  const network = ["--host", "127.0.0.1", "--log-colors", "off", "--port", port];
  const args = [
    "/usr/bin/llama-server",
    ...network,
    "--alias",
    model.name,
    "--ctx-size",
    context,
    "--model",
    file,
    "--parallel",
    String(slots),
  ];
  const preset = `[${model.name}]\nlog-colors = off\nctx-size = ${context}\nmodel = ${file}\nparallel = ${slots}\n\n`;
  const after = failed && value === "unloaded" ? { exit_code: 1, failed: true } : {};
  return {
    id: model.name,
    aliases: [],
    tags: [],
    object: "model",
    owned_by: "llamacpp",
    created,
    status: { value, args, preset, ...after },
    architecture: architectureOf(model),
    source: "models_dir",
    can_remove: false,
    context_length: model.contextTokens,
    ...(value === "loaded" ? { meta: llamaMeta(model, slots) } : {}),
  };
}

/** `GET /props` of a router: `role` is what tells it apart. */
export function routerProps(maxInstances: number) {
  return {
    role: "router",
    max_instances: maxInstances,
    models_autoload: true,
    model_alias: "llama-server",
    model_path: "none",
    default_generation_settings: { params: null, n_ctx: 0 },
    ui_settings: {},
    build_info: llamaBuild,
    cors_proxy_enabled: false,
  };
}

/** `GET /props` of a server, or of one of a router's children. */
export function modelProps(model: SimulatedModel, slots: number, sleeping: boolean, options: SimulatedNodeOptions) {
  const tools = model.capabilities.includes("tools");
  return {
    default_generation_settings: { params: generationParams, n_ctx: slotContext(model, slots) },
    total_slots: slots,
    model_alias: model.name,
    model_ftype: model.quantization,
    model_path: `models/${model.name}`,
    modalities: { vision: model.capabilities.includes("vision"), video: false, audio: false },
    media_marker: "<__media_simulated__>",
    endpoint_slots: true,
    endpoint_props: false,
    endpoint_metrics: true,
    ui: true,
    ui_settings: {},
    chat_template: "{% for m in messages %}{{ m['content'] }}{% endfor %}",
    chat_template_caps: {
      supports_object_arguments: false,
      supports_parallel_tool_calls: tools,
      supports_preserve_reasoning: false,
      supports_reasoning_effort: false,
      supports_string_content: true,
      supports_system_role: true,
      supports_tool_calls: tools,
      supports_tools: tools,
      supports_typed_content: false,
    },
    bos_token: "<s>",
    eos_token: "<|im_end|>",
    build_info: options.version ?? llamaBuild,
    is_sleeping: sleeping,
    cors_proxy_enabled: false,
  };
}

const generationParams = {
  seed: 4_294_967_295,
  temperature: 0.8,
  dynatemp_range: 0,
  dynatemp_exponent: 1,
  top_k: 40,
  top_p: 0.95,
  min_p: 0.05,
  top_n_sigma: -1,
  xtc_probability: 0,
  xtc_threshold: 0.1,
  typical_p: 1,
  repeat_last_n: 64,
  repeat_penalty: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
  dry_multiplier: 0,
  dry_base: 1.75,
  dry_allowed_length: 2,
  dry_penalty_last_n: 64,
  mirostat: 0,
  mirostat_tau: 5,
  mirostat_eta: 0.1,
  adaptive_target: -1,
  adaptive_decay: 0.9,
  max_tokens: -1,
  n_predict: -1,
  n_keep: 0,
  n_discard: 0,
  ignore_eos: false,
  stream: false,
  n_probs: 0,
  min_keep: 0,
  chat_format: "Content-only",
  reasoning_format: "none",
  reasoning_in_content: false,
  generation_prompt: "",
  samplers: ["penalties", "dry", "top_n_sigma", "top_k", "typ_p", "top_p", "min_p", "xtc", "temperature"],
  "speculative.types": "none",
  timings_per_token: false,
  post_sampling_probs: false,
  backend_sampling: false,
  lora: [],
};

/** `GET /slots`: the first ones are the busy ones. */
export function slotList(model: SimulatedModel, slots: number, running: number) {
  const contextTokens = slotContext(model, slots);
  return Array.from({ length: slots }, (_, id) => ({ id, n_ctx: contextTokens, speculative: false, is_processing: id < running }));
}

/** `GET /metrics` in the order of the real one. */
export function llamaMetrics(running: number, deferred: number): string {
  const figures: readonly (readonly [string, "counter" | "gauge", string, number])[] = [
    ["prompt_tokens_total", "counter", "Number of prompt tokens processed, excluding cached tokens", 0],
    ["prompt_tokens_cached_total", "counter", "Number of prompt tokens reused from the cache", 0],
    ["prompt_seconds_total", "counter", "Total time spent processing prompts", 0],
    ["tokens_predicted_total", "counter", "Number of generation tokens processed", 0],
    ["tokens_predicted_seconds_total", "counter", "Total time spent generating tokens", 0],
    ["prompt_tokens_seconds", "gauge", "Average prompt throughput in tokens/s", 0],
    ["predicted_tokens_seconds", "gauge", "Average generation throughput in tokens/s", 0],
    ["requests_processing", "gauge", "Number of requests processing", running],
    ["requests_deferred", "gauge", "Number of requests deferred", deferred],
    ["n_busy_slots_per_decode", "gauge", "Average number of busy slots per llama_decode() call", running],
  ];
  return figures
    .map(([name, type, says, value]) => `# HELP llamacpp:${name} ${says}\n# TYPE llamacpp:${name} ${type}\nllamacpp:${name} ${value}\n`)
    .join("");
}
