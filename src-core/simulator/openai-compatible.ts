// A simulated server that speaks the OpenAI dialect and nothing else, with vLLM's habits: everything it lists is in memory, for good.
import { type Asked, inputsOf, limitOf, mayThink, promptOf, readAsked } from "./asked.ts";
import type { Call, StreamScript } from "./call.ts";
import { computed, gapOf, type KindParts, type SimulatedServer, streamUnder } from "./kind.ts";
import { deltasOf, messageOf } from "./openai-said.ts";
import type { SimulatedModel } from "./options.ts";
import { rankedOf, rankedTokens } from "./ranking.ts";
import type { Lease } from "./residency-rules.ts";
import { countTokens, embed, type Generation, generate } from "./words.ts";

const jsonType = "application/json";

function refuse(call: Call, status: number, message: string, type: string, param: string | null = null): void {
  call.json(status, { error: { message, type, param, code: status } }, jsonType);
}

/** Kinds that build on this one may serve the same under other paths. */
export interface OpenAiServer extends SimulatedServer {
  handle(call: Call, path?: string): Promise<void>;
}

export function simulateOpenAiCompatible(parts: KindParts): OpenAiServer {
  return {
    headers: { server: "uvicorn" },
    close: () => undefined,
    async handle(call, path = call.path) {
      const { key } = parts.options;
      const open = !path.startsWith("/v1/");
      if (key !== undefined && !open && call.headers["authorization"] !== `Bearer ${key}`)
        return call.json(401, { error: "Unauthorized" }, jsonType);
      if (call.method === "GET" || call.method === "HEAD") return get(call, parts);
      const task = Object.hasOwn(tasks, path) ? tasks[path] : undefined;
      if (task === undefined) return call.json(404, { detail: "Not Found" }, jsonType);
      if (call.method !== "POST") return call.json(405, { detail: "Method Not Allowed" }, jsonType);
      const result = readAsked(call.body);
      if (result.state !== "ok") return refuse(call, 400, "The request body is not valid JSON of this route.", "BadRequestError");
      const model = parts.options.models.find((each) => each.name === result.asked.model);
      if (model === undefined)
        return refuse(call, 404, `The model \`${result.asked.model ?? ""}\` does not exist.`, "NotFoundError", "model");
      await task({ call, parts, model, asked: result.asked });
    },
  };
}

function get(call: Call, parts: KindParts): void {
  if (call.path === "/health" || call.path === "/ping") return call.text(200, "", "");
  if (call.path === "/version") return call.json(200, { version: parts.options.version ?? "0.11.2" }, jsonType);
  if (call.path !== "/v1/models") return call.json(Object.hasOwn(tasks, call.path) ? 405 : 404, { detail: "Not Found" }, jsonType);
  const created = Math.floor(call.clock.now() / 1000);
  const data = parts.options.models.map((model) => ({
    id: model.name,
    object: "model",
    created,
    owned_by: "vllm",
    root: model.name,
    parent: null,
    max_model_len: model.contextTokens,
    permission: [],
  }));
  call.json(200, { object: "list", data }, jsonType);
}

interface Turn {
  readonly call: Call;
  readonly parts: KindParts;
  readonly model: SimulatedModel;
  readonly asked: Asked;
}

const tasks: Readonly<Record<string, (turn: Turn) => Promise<void>>> = {
  "/v1/chat/completions": (turn) => speak(turn, true),
  "/v1/completions": (turn) => speak(turn, false),
  "/v1/embeddings": embedInputs,
  "/v1/rerank": rank,
  "/rerank": rank,
};

/** Waits for the model and a slot; kinds that load with the first request may fail to. */
async function leaseFor({ call, parts, model }: Turn): Promise<Lease | undefined> {
  const lease = await parts.residency.acquire(model, {}, model.contextTokens, call.signal);
  if (!("refused" in lease)) return lease;
  if (lease.refused === "load-failed") refuse(call, 500, `Failed to load model ${model.name}.`, "InternalServerError");
  return undefined;
}

async function speak(turn: Turn, chat: boolean): Promise<void> {
  const { call, parts, model, asked } = turn;
  const prompt = promptOf(asked);
  const promptTokens = countTokens(prompt);
  if (promptTokens > model.contextTokens) {
    const message = `This model's maximum context length is ${model.contextTokens} tokens. However, your request has ${promptTokens} input tokens.`;
    return refuse(call, 400, message, "BadRequestError");
  }
  const lease = await leaseFor(turn);
  if (lease === undefined) return;
  const generation = generate(model, prompt, promptTokens, limitOf(asked), mayThink(asked));
  if (asked.stream === true) {
    const end = await streamUnder(call, lease, parts, scriptOf(turn, generation, chat));
    if (end === "crashed") parts.exit();
    return;
  }
  if (!(await computed(call, parts, lease, generation.tokens, parts.exit))) return;
  const text = generation.words.join("");
  const said = chat ? { message: { tool_calls: [], ...messageOf(generation, "reasoning_content") } } : { text };
  const choices = [{ index: 0, ...said, logprobs: null, finish_reason: generation.finish, stop_reason: null }];
  call.json(
    200,
    { ...headOf(turn, generation, chat ? "chat.completion" : "text_completion"), choices, usage: usageOf(generation) },
    jsonType,
  );
}

function headOf({ call, model }: Turn, generation: Generation, object: string) {
  const id = `chatcmpl-${Math.floor(call.clock.monotonic() * 1000).toString(16)}${generation.promptTokens}`;
  return { id, object, created: Math.floor(call.clock.now() / 1000), model: model.name };
}

function usageOf({ promptTokens, tokens }: Generation) {
  return { prompt_tokens: promptTokens, total_tokens: promptTokens + tokens, completion_tokens: tokens };
}

function scriptOf(turn: Turn, generation: Generation, chat: boolean): StreamScript {
  const head = headOf(turn, generation, chat ? "chat.completion.chunk" : "text_completion");
  const frame = (choices: readonly object[], more: object = {}) => `data: ${JSON.stringify({ ...head, choices, ...more })}\n\n`;
  const choice = (said: object, finish: string | null) => [{ index: 0, ...said, logprobs: null, finish_reason: finish }];
  const pieces = chat ? deltasOf(generation, "reasoning_content").map((delta) => ({ delta })) : generation.words.map((text) => ({ text }));
  const nothing = chat ? { delta: { content: "" } } : { text: "" };
  const usage = turn.asked.stream_options?.include_usage === true ? [frame([], { usage: usageOf(generation) })] : [];
  return {
    contentType: "text/event-stream; charset=utf-8",
    opening: chat ? [frame(choice({ delta: { role: "assistant", content: "" } }, null))] : [],
    paced: pieces.map((piece) => frame(choice(piece, null))),
    closing: [frame(choice(nothing, generation.finish)), ...usage, "data: [DONE]\n\n"],
    crash: "cut",
    gapMs: gapOf(turn.model),
  };
}

async function embedInputs({ call, parts, model, asked }: Turn): Promise<void> {
  if (!model.capabilities.includes("embedding")) return refuse(call, 400, "The model does not support Embeddings API", "BadRequestError");
  const lease = await leaseFor({ call, parts, model, asked });
  if (lease === undefined || !(await computed(call, parts, lease, 1, parts.exit))) return;
  const inputs = inputsOf(asked);
  const data = inputs.map((text, index) => ({ index, object: "embedding", embedding: embed(text) }));
  const tokens = inputs.reduce((sum, text) => sum + countTokens(text), 0);
  const usage = { prompt_tokens: tokens, total_tokens: tokens, completion_tokens: 0 };
  const created = Math.floor(call.clock.now() / 1000);
  call.json(200, { id: `embd-${created}`, object: "list", created, model: model.name, data, usage }, jsonType);
}

async function rank({ call, parts, model, asked }: Turn): Promise<void> {
  if (!model.capabilities.includes("rerank")) return refuse(call, 400, "The model does not support Rerank (Score) API", "BadRequestError");
  const lease = await parts.residency.acquire(model, {}, model.contextTokens, call.signal);
  if ("refused" in lease || !(await computed(call, parts, lease, 1, parts.exit))) return;
  const results = rankedOf(asked).map(({ index, text, score }) => ({ index, document: { text }, relevance_score: score }));
  const id = `rerank-${Math.floor(call.clock.now() / 1000)}`;
  call.json(200, { id, model: model.name, usage: { total_tokens: rankedTokens(asked) }, results }, jsonType);
}
