// A request in Ollama's own words: `/api/chat`, or `/api/generate` for a text to go on with. What Ollama has no word for is named.
import { fail } from "../contract/failure.ts";
import type { ChatRequest, EncodedRequest, Tool } from "./canonical.ts";
import { toolFor } from "./ollama-chat-tools.ts";
import { flattened, type Losses, messagesFor } from "./ollama-chat-words.ts";
import type { JsonObject } from "./shapes.ts";

export function encodeRequest(request: ChatRequest): EncodedRequest {
  const losses: Losses = { dropped: new Set(), hasUnfetched: false };
  if (request.completion !== undefined && request.tools.length > 0)
    return { failure: fail("invalid-request", "Ollama completes a text without tools: ask it as a chat.", { field: "tools" }) };
  const words = request.completion === undefined ? chatWords(request, losses) : generateWords(request, request.completion, losses);
  if (losses.hasUnfetched)
    return {
      failure: fail("invalid-request", "Ollama takes pictures as bytes only, and one of these is an address.", { field: "messages" }),
    };
  nameLosses(request, losses.dropped);
  const body: JsonObject = { model: request.model, ...words, stream: request.stream, ...settingsFor(request) };
  return { path: request.completion === undefined ? "/api/chat" : "/api/generate", body, dropped: [...losses.dropped] };
}

function chatWords(request: ChatRequest, losses: Losses): JsonObject {
  const tools = toolsFor(request);
  return { messages: messagesFor(request.messages, losses), ...(tools.length === 0 ? {} : { tools: tools.map(toolFor) }) };
}

/** `none` means that no tool is there to be called; one that must be called is at least the only one. */
function toolsFor({ tools, toolChoice }: ChatRequest): readonly Tool[] {
  if (toolChoice === "none") return [];
  return typeof toolChoice === "object" ? tools.filter((tool) => tool.name === toolChoice.name) : tools;
}

function generateWords(request: ChatRequest, completion: NonNullable<ChatRequest["completion"]>, losses: Losses): JsonObject {
  const { prompt, suffix, raw } = completion;
  const system = flattened(request.messages, "system", losses).text;
  const { images } = flattened(request.messages, "user", losses);
  return {
    prompt,
    ...(suffix === undefined ? {} : { suffix }),
    ...(raw === true ? { raw } : {}),
    ...(system === "" ? {} : { system }),
    ...(images.length === 0 ? {} : { images }),
  };
}

function nameLosses(request: ChatRequest, dropped: Set<string>): void {
  const { toolChoice, reasoning } = request;
  if (toolChoice === "required" || typeof toolChoice === "object") dropped.add("tool_choice");
  if (request.parallelTools === false) dropped.add("parallel_tool_calls");
  if (request.tools.some((tool) => tool.strict === true)) dropped.add("tools.strict");
  if (reasoning?.budgetTokens !== undefined) dropped.add("thinking.budget_tokens");
  if (request.choices !== undefined && request.choices > 1) dropped.add("n");
  if (request.user !== undefined) dropped.add("user");
}

function settingsFor(request: ChatRequest): JsonObject {
  const { format, logprobs, keepAlive } = request;
  const options = optionsFor(request);
  const think = thinkFor(request.reasoning);
  return {
    ...(format === undefined ? {} : { format: format.type === "json" ? "json" : format.schema }),
    ...(think === undefined ? {} : { think }),
    ...(logprobs === undefined ? {} : { logprobs: true, ...(logprobs.top === undefined ? {} : { top_logprobs: logprobs.top }) }),
    ...(keepAlive === undefined ? {} : { keep_alive: keepAlive }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
}

/** Models that know no levels take true and false only, so a level is said just where it differs from the usual. */
function thinkFor(reasoning: ChatRequest["reasoning"]): boolean | "low" | "high" | undefined {
  if (reasoning === undefined) return undefined;
  switch (reasoning.effort) {
    case "none":
      return false;
    case "minimal":
    case "low":
      return "low";
    case "high":
      return "high";
    case "medium":
      return true;
    case undefined:
      return reasoning.budgetTokens === undefined ? undefined : true;
  }
}

function optionsFor(request: ChatRequest): JsonObject {
  const all: JsonObject = {
    num_ctx: request.contextTokens,
    num_predict: request.maxTokens,
    temperature: request.temperature,
    top_p: request.topP,
    top_k: request.topK,
    min_p: request.minP,
    seed: request.seed,
    stop: request.stop,
    repeat_penalty: request.repeatPenalty,
    presence_penalty: request.presencePenalty,
    frequency_penalty: request.frequencyPenalty,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
