// Asking a simulated llama-server for words, vectors or ranks: the same for a server with one model and for a router's child.
import { createHash } from "node:crypto";
import { type Asked, hasImage, inputsOf, limitOf, mayThink, promptOf, readAsked } from "./asked.ts";
import type { Call, StreamScript } from "./call.ts";
import { computed, gapOf, type KindParts, streamUnder } from "./kind.ts";
import { llamaBuild, llamaError, slotContext } from "./llama-shapes.ts";
import { deltasOf, messageOf } from "./openai-said.ts";
import type { SimulatedModel } from "./options.ts";
import { cachedTokens } from "./prompt-cache.ts";
import { documentsOf, rankedOf, rankedTokens } from "./ranking.ts";
import type { Lease } from "./residency-rules.ts";
import { countTokens, embed, type Generation, generate } from "./words.ts";

/** One call that reached the process with the model in it. */
export interface LlamaTurn {
  readonly call: Call;
  readonly parts: KindParts;
  readonly model: SimulatedModel;
  readonly slots: number;
  /** Headers of a router's proxied answers; none for a server by itself. */
  readonly headers: Readonly<Record<string, string>>;
  /** What the caller hears when the process dies: the connection cut, or the router's text. */
  readonly crash: StreamScript["crash"];
}

const jsonType = "application/json; charset=utf-8";

/** Answers an error in llama-server's envelope. */
export function refuseLlama(call: Call, code: number, message: string, type: string, more: object = {}): void {
  call.json(code, llamaError(code, message, type, more), jsonType);
}

/** The same, said by the process that holds the model. */
function refuseTurn({ call, headers }: LlamaTurn, code: number, message: string, type: string, more: object = {}): void {
  call.json(code, llamaError(code, message, type, more), jsonType, headers);
}

/** The body, or undefined when the refusal was sent. */
export function llamaAsked(call: Call): Asked | undefined {
  const result = readAsked(call.body);
  if (result.state === "ok") return result.asked;
  refuseLlama(call, 400, wrongBody(result), "invalid_request_error");
  return undefined;
}

function wrongBody(result: Exclude<ReturnType<typeof readAsked>, { state: "ok" }>): string {
  if (result.state === "wrong-type") {
    return `Field '${result.field}': [json.exception.type_error.302] type must be ${result.wanted}, but is ${result.found}`;
  }
  const last = result.state === "empty" ? "" : `{${result.at}`;
  return (
    "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while parsing object key - invalid literal; " +
    `last read: '${last}'; expected string literal`
  );
}

/** Handlers by path of what the process with the model serves. */
export const llamaTasks: Readonly<Record<string, (turn: LlamaTurn, asked: Asked) => Promise<void> | void>> = {
  "/v1/chat/completions": (turn, asked) => speak(turn, asked, "chat"),
  "/chat/completions": (turn, asked) => speak(turn, asked, "chat"),
  "/v1/completions": (turn, asked) => speak(turn, asked, "completion"),
  "/v1/embeddings": embedInputs,
  "/v1/rerank": rank,
  "/rerank": rank,
  "/tokenize": ({ call }, asked) => call.json(200, { tokens: tokenNumbers(String(asked["content"] ?? "")) }),
  "/v1/chat/completions/input_tokens": ({ call }, asked) =>
    call.json(200, { input_tokens: countTokens(promptOf(asked)), object: "response.input_tokens" }),
  "/v1/messages/count_tokens": ({ call }, asked) => call.json(200, { input_tokens: countTokens(promptOf(asked)) }),
};

function tokenNumbers(text: string): number[] {
  return [...text].map((letter) => 200 + ((letter.codePointAt(0) ?? 0) % 400));
}

interface Answer {
  readonly turn: LlamaTurn;
  readonly asked: Asked;
  readonly generation: Generation;
  /** Of the prompt's tokens, those that were not read anew. */
  readonly cached: number;
  readonly id: string;
  readonly created: number;
}

async function speak(turn: LlamaTurn, asked: Asked, task: "chat" | "completion"): Promise<void> {
  const { call, model, slots } = turn;
  if (task === "chat" && asked.messages === undefined) return refuseTurn(turn, 400, "'messages' is required", "invalid_request_error");
  if (hasImage(asked) && !model.capabilities.includes("vision")) {
    return refuseLlama(
      call,
      500,
      "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj",
      "server_error",
    );
  }
  const prompt = promptOf(asked);
  const promptTokens = countTokens(prompt);
  const contextTokens = slotContext(model, slots);
  if (promptTokens > contextTokens) {
    const message = `request (${promptTokens} tokens) exceeds the available context size (${contextTokens} tokens), try increasing it`;
    return refuseTurn(turn, 400, message, "exceed_context_size_error", { n_prompt_tokens: promptTokens, n_ctx: contextTokens });
  }
  const lease = await leaseFor(turn);
  if (lease === undefined) return;
  const generation = generate(model, prompt, promptTokens, limitOf(asked), mayThink(asked));
  const created = Math.floor(call.clock.now() / 1000);
  const cached = cachedTokens(lease.instance, prompt, slots);
  const answer: Answer = { turn, asked, generation, cached, id: idOf(`${model.name}${prompt}${call.clock.monotonic()}`), created };
  if (asked.stream === true) await streamed(answer, lease, task);
  else await whole(answer, lease, task);
}

/** Waits for the model and a slot, silently. */
async function leaseFor({ call, parts, model }: LlamaTurn): Promise<Lease | undefined> {
  const lease = await parts.residency.acquire(model, {}, model.contextTokens, call.signal);
  if (!("refused" in lease)) return lease;
  if (lease.refused === "load-failed") refuseLlama(call, 500, `model name=${model.name} failed to load`, "server_error");
  return undefined;
}

async function streamed(answer: Answer, lease: Lease, task: "chat" | "completion"): Promise<void> {
  const { turn } = answer;
  const gapMs = gapOf(turn.model);
  const script = task === "chat" ? chatScript(answer, gapMs) : completionScript(answer, gapMs);
  const end = await streamUnder(turn.call, lease, turn.parts, script);
  if (end === "crashed" && turn.crash === "cut") turn.parts.exit();
}

async function whole(answer: Answer, lease: Lease, task: "chat" | "completion"): Promise<void> {
  const { turn, generation } = answer;
  const { call } = turn;
  if (!(await computed(call, turn.parts, lease, generation.tokens, () => crashWhole(turn)))) return;
  const finish = { finish_reason: generation.finish };
  const choice =
    task === "chat"
      ? { ...finish, index: 0, message: messageOf(generation, "reasoning_content") }
      : { text: generation.words.join(""), index: 0, logprobs: null, ...finish };
  const body = {
    choices: [choice],
    created: answer.created,
    model: turn.model.name,
    system_fingerprint: llamaBuild,
    object: task === "chat" ? "chat.completion" : "text_completion",
    usage: usageOf(answer),
    id: answer.id,
    timings: timingsOf(answer),
  };
  call.json(200, body, jsonType, turn.headers);
}

function crashWhole({ call, crash, parts, headers }: LlamaTurn): void {
  if (crash === "cut") return parts.exit();
  call.text(500, crash.join(""), "application/json", headers);
}

function usageOf({ generation: { promptTokens, tokens }, cached }: Answer) {
  const total = promptTokens + tokens;
  return { completion_tokens: tokens, prompt_tokens: promptTokens, total_tokens: total, prompt_tokens_details: { cached_tokens: cached } };
}

function timingsOf({ turn: { model }, generation: { promptTokens, tokens }, cached }: Answer) {
  const promptMs = Math.max(1, model.firstTokenMs);
  const predictedMs = Math.max(1, gapOf(model) * tokens);
  return {
    cache_n: cached,
    prompt_n: promptTokens - cached,
    prompt_ms: promptMs,
    prompt_per_token_ms: promptMs / Math.max(1, promptTokens - cached),
    prompt_per_second: ((promptTokens - cached) * 1000) / promptMs,
    predicted_n: tokens,
    predicted_ms: predictedMs,
    predicted_per_token_ms: predictedMs / Math.max(1, tokens),
    predicted_per_second: (tokens * 1000) / predictedMs,
  };
}

function chatScript(answer: Answer, gapMs: number): StreamScript {
  const { turn, asked, generation, cached, id, created } = answer;
  const head = { created, id, model: turn.model.name, system_fingerprint: llamaBuild, object: "chat.completion.chunk" };
  const frame = (choices: readonly object[], more: object = {}) => `data: ${JSON.stringify({ choices, ...head, ...more })}\n\n`;
  const delta = (said: object, finish: string | null = null) => [{ finish_reason: finish, index: 0, delta: said }];
  const role = delta({ role: "assistant", content: null });
  const timings = timingsOf(answer);
  const total = generation.promptTokens;
  const progress = (processed: number) =>
    frame(role, { prompt_progress: { total, cache: cached, processed, time_ms: turn.model.firstTokenMs } });
  const usage = asked.stream_options?.include_usage === true;
  const last = delta({}, generation.finish);
  const closing = usage ? [frame(last), frame([], { usage: usageOf(answer), timings })] : [frame(last, { timings })];
  return {
    contentType: "text/event-stream",
    headers: { "x-accel-buffering": "no", ...turn.headers },
    opening: [...(asked.return_progress === true ? [progress(Math.max(0, total - 1)), progress(total)] : []), frame(role)],
    paced: deltasOf(generation, "reasoning_content").map((said) => frame(delta(said))),
    closing: [...closing, "data: [DONE]\n\n"],
    crash: turn.crash,
    gapMs,
  };
}

function completionScript(answer: Answer, gapMs: number): StreamScript {
  const { turn, generation, id, created } = answer;
  const head = { created, model: turn.model.name, system_fingerprint: llamaBuild, object: "text_completion" };
  const frame = (text: string, finish: string | null, more: object = {}, last: object = {}) =>
    `data: ${JSON.stringify({ choices: [{ text, index: 0, logprobs: null, finish_reason: finish }], ...head, ...more, id, ...last })}\n\n`;
  return {
    contentType: "text/event-stream",
    headers: { "x-accel-buffering": "no", ...turn.headers },
    opening: [],
    paced: generation.words.map((word) => frame(word, null)),
    closing: [frame("", generation.finish, { usage: usageOf(answer) }, { timings: timingsOf(answer) }), "data: [DONE]\n\n"],
    crash: turn.crash,
    gapMs,
  };
}

async function embedInputs(turn: LlamaTurn, asked: Asked): Promise<void> {
  const { call, model } = turn;
  if (!model.capabilities.includes("embedding")) {
    return refuseTurn(turn, 501, "This server does not support embeddings. Start it with `--embeddings`", "not_supported_error");
  }
  const lease = await leaseFor(turn);
  if (lease === undefined || !(await computed(call, turn.parts, lease, 1, () => crashWhole(turn)))) return;
  const inputs = inputsOf(asked);
  const data = inputs.map((text, index) => ({ embedding: embed(text), index, object: "embedding" }));
  call.json(200, { model: model.name, object: "list", usage: inputUsage(inputs), data }, jsonType, turn.headers);
}

async function rank(turn: LlamaTurn, asked: Asked): Promise<void> {
  const { call, model } = turn;
  if (!model.capabilities.includes("rerank")) {
    return refuseTurn(turn, 501, "This server does not support reranking. Start it with `--reranking`", "not_supported_error");
  }
  if (documentsOf(asked).length === 0)
    return refuseTurn(turn, 400, '"documents" must be a non-empty string array', "invalid_request_error");
  const lease = await leaseFor(turn);
  if (lease === undefined || !(await computed(call, turn.parts, lease, 1, () => crashWhole(turn)))) return;
  const results = rankedOf(asked).map(({ index, score }) => ({ index, relevance_score: score }));
  const tokens = rankedTokens(asked);
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  call.json(200, { model: model.name, object: "list", usage, results }, jsonType, turn.headers);
}

function inputUsage(texts: readonly string[]) {
  const tokens = texts.reduce((sum, text) => sum + countTokens(text), 0);
  return { prompt_tokens: tokens, total_tokens: tokens };
}

function idOf(seed: string): string {
  return `chatcmpl-${createHash("sha256").update(seed).digest("base64url").replace(/[-_]/g, "x").slice(0, 32)}`;
}
