// Asking a simulated Ollama for words or vectors, by its own routes and by the OpenAI-compatible ones. Nothing is sent while it waits.
import { type Asked, hasImage, inputsOf, limitOf, mayThink, promptOf } from "./asked.ts";
import type { Call, StreamScript } from "./call.ts";
import { computed, gapOf, type KindParts, streamUnder } from "./kind.ts";
import { findFiled, keepAliveMs } from "./ollama-names.ts";
import { countersOf, goTime } from "./ollama-shapes.ts";
import { deltasOf, messageOf } from "./openai-said.ts";
import type { LoadFault, SimulatedModel } from "./options.ts";
import type { Lease } from "./residency-rules.ts";
import { countTokens, embed, type Generation, generate, type SaidCall } from "./words.ts";

/** The four generating routes. */
export type OllamaTask = "native-chat" | "native-generate" | "v1-chat" | "v1-completion";

const crashText = "an error was encountered while running the model: unexpected EOF";
const busyText = "server busy, please try again.  maximum pending requests exceeded";
const noEmbeddings = "This server does not support embeddings. Start it with `--embeddings`";

/** An error in the envelope of the route: a bare string natively, OpenAI's object under /v1 (with the encoder's newline). */
export function refuse(call: Call, status: number, message: string): void {
  if (!call.path.startsWith("/v1/")) return call.json(status, { error: message });
  const type = status === 404 ? "not_found_error" : status === 400 ? "invalid_request_error" : "api_error";
  const body = { error: { message, type, param: null, code: null } };
  call.text(status, `${JSON.stringify(body)}\n`, "application/json");
}

function loadFailureText(fault: LoadFault): string {
  if (fault.fault === "out-of-memory") return "llama-server reported out-of-memory during startup: cudaMalloc failed: out of memory";
  const said = fault.fault === "failed" ? fault.message : undefined;
  return said ?? "llama-server process has terminated: exit status 1: error loading model: check_tensor_dims: wrong number of tensors";
}

/** Waits for the model; answers the refusal itself and gives undefined when there is nothing to go on with. */
async function leaseFor(call: Call, parts: KindParts, model: SimulatedModel, asked: Asked): Promise<Lease | undefined> {
  const native = !call.path.startsWith("/v1/");
  const keep = native ? keepAliveMs(asked.keep_alive) : undefined;
  if (typeof keep === "object" && keep !== null) {
    refuse(call, 400, keep.error);
    return undefined;
  }
  const wanted = (native ? asked.options?.num_ctx : undefined) ?? parts.options.defaultContextTokens;
  const contextTokens = Math.min(wanted, model.contextTokens);
  const wants = { contextTokens, keepAliveMs: native && keep === undefined ? parts.options.keepAliveMs : keep };
  const lease = await parts.residency.acquire(model, wants, contextTokens, call.signal);
  if (!("refused" in lease)) return lease;
  if (lease.refused === "busy") refuse(call, 503, busyText);
  if (lease.refused === "load-failed") refuse(call, 500, loadFailureText(lease.fault));
  return undefined;
}

/** What this model cannot do of what is asked: Ollama's text, or undefined. */
function incapable(model: SimulatedModel, asked: Asked, name: string): string | undefined {
  const can = (capability: SimulatedModel["capabilities"][number]) => model.capabilities.includes(capability);
  if (!can("completion")) return `${JSON.stringify(name)} does not support generate`;
  if ((asked.tools?.length ?? 0) > 0 && !can("tools"))
    return `registry.ollama.ai/library/${model.name.includes(":") ? model.name : `${model.name}:latest`} does not support tools`;
  if (asked.think && !can("thinking")) return `${JSON.stringify(name)} does not support thinking`;
  if (hasImage(asked) && !can("vision")) {
    return '{"error":{"code":400,"message":"Multimodal data provided, but model does not support multimodal requests.","type":"invalid_request_error"}}';
  }
  return undefined;
}

/** Ollama cuts a prompt that is too long to about half its window and says nothing (observed.md 3). */
function promptTokensOf(call: Call, prompt: string, contextTokens: number, asked: Asked): number | undefined {
  const tokens = countTokens(prompt);
  if (tokens <= contextTokens) return tokens;
  if (asked.truncate !== false || call.path.startsWith("/v1/")) return Math.floor(contextTokens / 2) + 3;
  const message = `request (${tokens} tokens) exceeds the available context size (${contextTokens} tokens), try increasing it`;
  refuse(
    call,
    400,
    JSON.stringify({ error: { code: 400, message, type: "exceed_context_size_error", n_prompt_tokens: tokens, n_ctx: contextTokens } }),
  );
  return undefined;
}

export async function infer(call: Call, parts: KindParts, asked: Asked, task: OllamaTask): Promise<void> {
  const name = asked.model ?? asked.name ?? "";
  const model = findFiled(parts.options.models, name);
  if (model === undefined) return refuse(call, 404, `model '${name}' not found`);
  const lacks = incapable(model, asked, name);
  if (lacks !== undefined) return refuse(call, 400, lacks);
  const startedAt = parts.clock.monotonic();
  const lease = await leaseFor(call, parts, model, asked);
  if (lease === undefined) return;
  const prompt = promptOf(asked);
  const promptTokens = promptTokensOf(call, prompt, lease.instance.contextTokens, asked);
  if (promptTokens === undefined) return lease.release();
  const generation = generate(model, prompt, promptTokens, limitOf(asked), mayThink(asked));
  const answer: Answer = { task, name, generation, startedAt, lease, call, parts, usage: asked.stream_options?.include_usage === true };
  const streams = asked.stream ?? !task.startsWith("v1-");
  if (streams) await streamUnder(call, lease, parts, scriptOf(answer));
  else await whole(answer);
}

interface Answer {
  readonly task: OllamaTask;
  readonly name: string;
  readonly generation: Generation;
  readonly startedAt: number;
  readonly lease: Lease;
  readonly call: Call;
  readonly parts: KindParts;
  readonly usage: boolean;
}

async function whole(answer: Answer): Promise<void> {
  const { call, generation, task, lease, parts } = answer;
  const crash = () => refuse(call, 500, crashText);
  if (!(await computed(call, parts, lease, generation.tokens, crash))) return;
  const text = generation.words.join("");
  if (task === "native-chat" || task === "native-generate")
    return call.json(200, { ...nativeHead(answer, text, wholeExtras(generation)), ...nativeEnd(answer) });
  const choice = task === "v1-chat" ? { index: 0, message: messageOf(generation, "reasoning") } : { text, index: 0 };
  const head = v1Head(answer, task === "v1-chat" ? "chat.completion" : "text_completion");
  const body = { ...head, choices: [{ ...choice, finish_reason: generation.finish }], usage: usageOf(generation) };
  call.text(200, `${JSON.stringify(body)}\n`, "application/json");
}

/** `beside`: thoughts and calls, which stand next to the text. */
function nativeHead({ name, task, parts }: Answer, text: string, beside: object = {}) {
  const said = task === "native-chat" ? { message: { role: "assistant", content: text, ...beside } } : { response: text, ...beside };
  return { model: name, created_at: goTime(parts.clock.now()), ...said };
}

function nativeEnd({ generation, startedAt, lease, parts, task }: Answer) {
  const totalMs = parts.clock.monotonic() - startedAt;
  const spent = { totalMs, loadMs: lease.loadMs, promptTokens: generation.promptTokens, tokens: generation.tokens };
  const context = task === "native-generate" ? { context: [3, 261, 282] } : {};
  return { done: true, done_reason: generation.finish === "length" ? "length" : "stop", ...context, ...countersOf(spent) };
}

function scriptOf(answer: Answer): StreamScript {
  const { generation, lease, task } = answer;
  const gapMs = gapOf(lease.instance.model);
  if (task === "v1-chat" || task === "v1-completion") return v1Script(answer, gapMs);
  const line = (body: object) => `${JSON.stringify(body)}\n`;
  return {
    contentType: "application/x-ndjson",
    opening: [],
    paced: [
      ...generation.thinking.map((thinking) => line({ ...nativeHead(answer, "", { thinking }), done: false })),
      ...generation.words.map((word) => line({ ...nativeHead(answer, word), done: false })),
      ...generation.calls.map((call) => line({ ...nativeHead(answer, "", { tool_calls: [nativeCall(call)] }), done: false })),
    ],
    closing: [line({ ...nativeHead(answer, ""), ...nativeEnd(answer) })],
    crash: [line({ error: crashText })],
    gapMs,
  };
}

function wholeExtras({ thinking, calls }: Generation) {
  return {
    ...(thinking.length === 0 ? {} : { thinking: thinking.join("") }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map(nativeCall) }),
  };
}

/** Arguments are an object here. */
function nativeCall({ id, name, arguments: given }: SaidCall) {
  return { id, function: { name, arguments: given } };
}

/** Ids are not unique on purpose: the real ones are a random number below 999. */
function v1Head({ task, name, parts, generation, startedAt }: Answer, object: string) {
  const number = (Math.floor(startedAt) * 31 + generation.promptTokens * 7 + generation.tokens) % 999;
  const created = Math.floor(parts.clock.now() / 1000);
  return { id: `${task === "v1-chat" ? "chatcmpl" : "cmpl"}-${number}`, object, created, model: name, system_fingerprint: "fp_ollama" };
}

function usageOf(generation: Generation) {
  const { promptTokens, tokens } = generation;
  return { prompt_tokens: promptTokens, completion_tokens: tokens, total_tokens: promptTokens + tokens };
}

function v1Script(answer: Answer, gapMs: number): StreamScript {
  const { task, generation } = answer;
  const chat = task === "v1-chat";
  const head = v1Head(answer, chat ? "chat.completion.chunk" : "text_completion");
  const frame = (choices: readonly object[], more: object = {}) => `data: ${JSON.stringify({ ...head, choices, ...more })}\n\n`;
  const said = (piece: object, first: boolean) => ({ index: 0, delta: first ? { role: "assistant", content: "", ...piece } : piece });
  const pieces = chat
    ? someOf(deltasOf(generation, "reasoning", true), { content: "" }).map((piece, index) => said(piece, index === 0))
    : someOf(generation.words, "").map((text) => ({ text, index: 0 }));
  const last = chat ? { index: 0, delta: {} } : { text: "", index: 0 };
  const usage = answer.usage ? [frame([], { usage: usageOf(generation) })] : [];
  return {
    contentType: "text/event-stream",
    opening: [],
    paced: pieces.map((piece) => frame([{ ...piece, finish_reason: null }])),
    closing: [frame([{ ...last, finish_reason: generation.finish }]), ...usage, "data: [DONE]\n\n"],
    // No error and no [DONE]: one chunk with an empty model, then a clean end (seen).
    crash: [frame([{ ...(chat ? said({}, true) : { text: "", index: 0 }), finish_reason: null }], { model: "" })],
    gapMs,
  };
}

/** An answer of nothing is still one piece. */
function someOf<T>(pieces: readonly T[], nothing: T): readonly T[] {
  return pieces.length > 0 ? pieces : [nothing];
}

/** Load or unload by an empty prompt. Unloading answers at once, also for a model that is not loaded. */
export async function loadOrUnload(call: Call, parts: KindParts, asked: Asked, task: "native-chat" | "native-generate"): Promise<void> {
  const name = asked.model ?? asked.name ?? "";
  const model = findFiled(parts.options.models, name);
  if (model === undefined) return refuse(call, 404, `model '${name}' not found`);
  const said = task === "native-chat" ? { message: { role: "assistant", content: "" } } : { response: "" };
  const done = (reason: string) =>
    call.json(200, { model: name, created_at: goTime(parts.clock.now()), ...said, done: true, done_reason: reason });
  if (keepAliveMs(asked.keep_alive) === 0) {
    parts.record.count("unloadCalls", model.name);
    parts.residency.unload(model.name);
    return done("unload");
  }
  parts.record.count("loadCalls", model.name);
  const lease = await leaseFor(call, parts, model, asked);
  if (lease === undefined) return;
  lease.release();
  done("load");
}

/** Vectors by `/api/embed`, the legacy `/api/embeddings` and `/v1/embeddings`. An empty input is a load. */
export async function embedTexts(call: Call, parts: KindParts, asked: Asked): Promise<void> {
  const name = asked.model ?? asked.name ?? "";
  const model = findFiled(parts.options.models, name);
  if (model === undefined) {
    return refuse(
      call,
      404,
      call.path === "/v1/embeddings" ? `model '${name}' not found` : `model ${JSON.stringify(name)} not found, try pulling it first`,
    );
  }
  if (!model.capabilities.includes("embedding")) return refuse(call, 501, noEmbeddings);
  const startedAt = parts.clock.monotonic();
  const lease = await leaseFor(call, parts, model, asked);
  if (lease === undefined || !(await computed(call, parts, lease, 1, () => refuse(call, 500, crashText)))) return;
  const inputs = inputsOf(asked);
  const vectors = inputs.filter((text) => text !== "").map((text) => embed(text));
  const tokens = inputs.reduce((sum, text) => sum + (text === "" ? 0 : countTokens(text)), 0);
  if (call.path === "/api/embeddings") return call.json(200, { embedding: vectors[0] ?? [] });
  if (call.path === "/api/embed") {
    const counters = countersOf({ totalMs: parts.clock.monotonic() - startedAt, loadMs: lease.loadMs, promptTokens: tokens, tokens: 0 });
    const { total_duration, load_duration, prompt_eval_count } = counters;
    return call.json(200, { model: name, embeddings: vectors, total_duration, load_duration, prompt_eval_count });
  }
  const data = vectors.map((embedding, index) => ({ object: "embedding", embedding, index }));
  call.text(
    200,
    `${JSON.stringify({ object: "list", data, model: name, usage: { prompt_tokens: tokens, total_tokens: tokens } })}\n`,
    "application/json",
  );
}
