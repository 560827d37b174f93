// A simulated Anthropic: key and version demanded in its own headers, messages whole or as named events, usage with its cache, its limits and errors.
import { z } from "zod";
import { blockEvents, blocksOf, event, obeyed, wholeBlock } from "./anthropic-said.ts";
import { promptOf, readAsked } from "./asked.ts";
import type { Call, StreamScript } from "./call.ts";
import { CloudLimit } from "./cloud-limit.ts";
import { computed, gapOf, type KindParts, type SimulatedServer, streamUnder } from "./kind.ts";
import type { SimulatedModel } from "./options.ts";
import { countTokens, type Generation, generate } from "./words.ts";

const jsonType = "application/json";

/** What Anthropic demands beyond what every server reads. */
const Demanded = z.looseObject({ max_tokens: z.number().int().positive().optional(), messages: z.array(z.unknown()).min(1) });

const Forced = z.looseObject({ type: z.literal("tool"), name: z.string() });

function refuse(call: Call, status: number, type: string, message: string): void {
  call.json(status, { type: "error", error: { type, message }, request_id: "req_simulated" }, jsonType);
}

export function simulateAnthropic(parts: KindParts): SimulatedServer {
  const { key, limit: wished } = parts.options;
  const limit = wished === undefined ? undefined : new CloudLimit(wished, parts.clock);
  return {
    headers: { server: "cloudflare", "request-id": "req_simulated" },
    close: () => undefined,
    async handle(call) {
      const presented = call.headers["x-api-key"];
      if (presented === undefined) return refuse(call, 401, "authentication_error", "x-api-key header is required");
      if (key !== undefined && presented !== key) return refuse(call, 401, "authentication_error", "invalid x-api-key");
      if (call.headers["anthropic-version"] === undefined)
        return refuse(call, 400, "invalid_request_error", "anthropic-version: header is required");
      if (call.method === "GET" && call.path === "/v1/models") return list(call, parts);
      const counts = call.path === "/v1/messages/count_tokens";
      if (call.method !== "POST" || (!counts && call.path !== "/v1/messages")) return refuse(call, 404, "not_found_error", "Not Found");
      if (limit !== undefined && !counts && !counted(call, limit)) return;
      const turn = turnOf(call, parts, counts);
      if (turn === undefined) return;
      if (counts) return call.json(200, { input_tokens: countTokens(turn.prompt) }, jsonType);
      await answer(turn);
    },
  };
}

function list(call: Call, { options }: KindParts): void {
  const data = options.models.map(({ name }) => ({ type: "model", id: name, display_name: name, created_at: "2026-01-01T00:00:00Z" }));
  call.json(200, { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null }, jsonType);
}

/** False: the call was one too many and is answered. */
function counted(call: Call, window: CloudLimit): boolean {
  const { limit, left, resetMs, retryAfterMs } = window.count();
  call.header("anthropic-ratelimit-requests-limit", String(limit));
  call.header("anthropic-ratelimit-requests-remaining", String(left));
  call.header("anthropic-ratelimit-requests-reset", new Date(call.clock.now() + resetMs).toISOString());
  if (retryAfterMs === undefined) return true;
  call.header("retry-after", String(Math.ceil(retryAfterMs / 1_000)));
  refuse(call, 429, "rate_limit_error", "This request would exceed your organization's rate limit.");
  return false;
}

interface Turn {
  readonly call: Call;
  readonly parts: KindParts;
  readonly model: SimulatedModel;
  readonly prompt: string;
  readonly maxTokens: number;
  readonly stream: boolean;
  /** Thoughts were asked for: without a word none are told. */
  readonly thinks: boolean;
  /** The tool that must be called. */
  readonly forced: string | undefined;
  /** Something of the prompt is marked for the cache. */
  readonly caches: boolean;
}

/** What is asked; undefined where it was refused. */
function turnOf(call: Call, parts: KindParts, counts: boolean): Turn | undefined {
  const result = readAsked(call.body);
  const demanded = result.state === "ok" ? Demanded.safeParse(result.asked) : undefined;
  if (result.state !== "ok" || demanded?.success !== true) {
    refuse(call, 400, "invalid_request_error", "messages: at least one message is required");
    return undefined;
  }
  const { max_tokens } = demanded.data;
  if (max_tokens === undefined && !counts) {
    refuse(call, 400, "invalid_request_error", "max_tokens: Field required");
    return undefined;
  }
  const { asked } = result;
  const model = parts.options.models.find(({ name }) => name === asked.model);
  if (model === undefined) {
    refuse(call, 404, "not_found_error", `model: ${asked.model ?? ""}`);
    return undefined;
  }
  const caches = call.body.includes('"cache_control"');
  const thinks = asked.thinking?.type === "enabled" || asked.thinking?.type === "adaptive";
  const forced = Forced.safeParse(asked.tool_choice).data?.name;
  const stream = asked.stream === true;
  return { call, parts, model, prompt: promptOf(asked), maxTokens: max_tokens ?? 1, stream, thinks, forced, caches };
}

async function answer(turn: Turn): Promise<void> {
  const { call, parts, model, prompt } = turn;
  const promptTokens = countTokens(prompt);
  if (promptTokens > model.contextTokens)
    return refuse(call, 400, "invalid_request_error", `prompt is too long: ${promptTokens} tokens > ${model.contextTokens} maximum`);
  const lease = await parts.residency.acquire(model, {}, model.contextTokens, call.signal);
  if ("refused" in lease) return;
  const generation = obeyed(generate(model, prompt, promptTokens, turn.maxTokens, turn.thinks), turn.forced);
  if (turn.stream) {
    await streamUnder(call, lease, parts, scriptOf(turn, generation));
    return;
  }
  if (!(await computed(call, parts, lease, generation.tokens, () => refuse(call, 500, "api_error", "Internal server error")))) return;
  const content = blocksOf(generation).map(({ block, pieces }) => wholeBlock(block, pieces.join("")));
  call.json(200, { ...messageOf(turn, generation), content, ...endOf(generation), usage: usageOf(turn, generation) }, jsonType);
}

function messageOf({ model }: Turn, { promptTokens }: Generation) {
  return { id: `msg_${promptTokens.toString(36).padStart(8, "0")}`, type: "message", role: "assistant", model: model.name };
}

const stopReasons = { stop: "end_turn", length: "max_tokens", tool_calls: "tool_use" };

function endOf({ finish }: Generation) {
  return { stop_reason: stopReasons[finish], stop_sequence: null };
}

/** `input_tokens` leaves out what was written to the cache, as the service has it. */
function usageOf({ caches }: Turn, { promptTokens, tokens }: Generation, spoken = tokens) {
  const cache_creation_input_tokens = caches ? promptTokens - 1 : 0;
  return {
    input_tokens: promptTokens - cache_creation_input_tokens,
    cache_creation_input_tokens,
    cache_read_input_tokens: 0,
    output_tokens: spoken,
  };
}

function scriptOf(turn: Turn, generation: Generation): StreamScript {
  const none = { stop_reason: null, stop_sequence: null };
  const message = { ...messageOf(turn, generation), content: [], ...none, usage: usageOf(turn, generation, 1) };
  const spoken = { output_tokens: generation.tokens };
  return {
    contentType: "text/event-stream; charset=utf-8",
    opening: [event({ type: "message_start", message }), event({ type: "ping" })],
    paced: blocksOf(generation).flatMap((block, index) => blockEvents(block, index)),
    closing: [event({ type: "message_delta", delta: endOf(generation), usage: spoken }), event({ type: "message_stop" })],
    crash: [event({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } })],
    gapMs: gapOf(turn.model),
  };
}
