// The small form said to a node that speaks OpenAI: the body of `/v1/chat/completions`, or of `/v1/completions` for a text to go on with.
import { fail } from "../contract/failure.ts";
import type { ChatRequest, Effort, EncodedRequest, Format, Tool, ToolChoice } from "./canonical.ts";
import { encodeMessages } from "./openai-chat-turns.ts";
import type { JsonObject } from "./shapes.ts";

/** Anthropic's budgets in OpenAI's words: below the first it is little thinking, from the second on much. */
const lowBudgetTokens = 2_048;
const highBudgetTokens = 16_384;

/**
 * A request in OpenAI's words. `top_k`, `min_p` and `repeat_penalty` are words of local servers, and `max_tokens` is the older name that all of
 * them know: a cloud that refuses these has them changed by its node.
 */
export function encodeRequest(request: ChatRequest): EncodedRequest {
  const dropped = new Set<string>();
  if (request.keepAlive !== undefined) dropped.add("keep_alive");
  if (request.contextTokens !== undefined) dropped.add("options.num_ctx");
  if (request.completion !== undefined) return encodeCompletion(request, request.completion, dropped);
  const { messages, tools, toolChoice, parallelTools, format, logprobs } = request;
  const effort = effortOf(request.reasoning);
  const body: JsonObject = {
    model: request.model,
    messages: encodeMessages(messages, dropped),
    ...encodeCommon(request),
    ...(tools.length === 0 ? {} : { tools: tools.map(encodeTool) }),
    // Without tools the words about choosing one are refused by OpenAI itself.
    ...(tools.length === 0 || toolChoice === undefined ? {} : { tool_choice: encodeChoice(toolChoice) }),
    ...(tools.length === 0 || parallelTools === undefined ? {} : { parallel_tool_calls: parallelTools }),
    ...(format === undefined ? {} : { response_format: encodeFormat(format) }),
    ...(effort === undefined ? {} : { reasoning_effort: effort }),
    ...(logprobs === undefined ? {} : { logprobs: true, ...(logprobs.top === undefined ? {} : { top_logprobs: logprobs.top }) }),
  };
  return { path: "/v1/chat/completions", body, dropped: [...dropped] };
}

function encodeCompletion(
  request: ChatRequest,
  { prompt, suffix }: NonNullable<ChatRequest["completion"]>,
  dropped: ReadonlySet<string>,
): EncodedRequest {
  if (request.tools.length > 0 || request.format !== undefined || request.messages.length > 0) {
    const message =
      "A text to go on with can have neither messages nor tools nor a format on a node that speaks OpenAI. Ask as a chat instead.";
    return { failure: fail("invalid-request", message, { field: "prompt" }) };
  }
  const { logprobs } = request;
  const body: JsonObject = {
    model: request.model,
    prompt,
    ...(suffix === undefined ? {} : { suffix }),
    ...encodeCommon(request),
    ...(logprobs === undefined ? {} : { logprobs: logprobs.top ?? 1 }),
  };
  return { path: "/v1/completions", body, dropped: [...dropped, ...(request.reasoning === undefined ? [] : ["reasoning"])] };
}

/** Usage is always asked for; the encoder of the client's dialect leaves it out again where it was not wanted. */
function encodeCommon(request: ChatRequest): JsonObject {
  const given: JsonObject = {
    max_tokens: request.maxTokens,
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK,
    min_p: request.minP,
    seed: request.seed,
    stop: request.stop === undefined || request.stop.length === 0 ? undefined : request.stop,
    presence_penalty: request.presencePenalty,
    frequency_penalty: request.frequencyPenalty,
    repeat_penalty: request.repeatPenalty,
    n: request.choices,
    user: request.user,
    stream: request.stream,
    stream_options: request.stream ? { include_usage: true } : undefined,
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function encodeTool({ name, description, parameters, strict }: Tool): JsonObject {
  const told = { name, ...(description === undefined ? {} : { description }), parameters, ...(strict === undefined ? {} : { strict }) };
  return { type: "function", function: told };
}

function encodeChoice(choice: ToolChoice): unknown {
  return typeof choice === "string" ? choice : { type: "function", function: { name: choice.name } };
}

function encodeFormat(format: Format): JsonObject {
  if (format.type === "json") return { type: "json_object" };
  const { schema, name, strict } = format;
  return { type: "json_schema", json_schema: { name: name ?? "answer", schema, ...(strict === undefined ? {} : { strict }) } };
}

export function effortOf(reasoning: ChatRequest["reasoning"]): Effort | undefined {
  const { effort, budgetTokens } = reasoning ?? {};
  if (effort !== undefined || budgetTokens === undefined) return effort;
  if (budgetTokens === 0) return "none";
  if (budgetTokens < lowBudgetTokens) return "low";
  return budgetTokens < highBudgetTokens ? "medium" : "high";
}
