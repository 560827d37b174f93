// The small form said to a node that speaks OpenAI's Responses and nothing else. What this dialect has no word for is named.
import type { ChatRequest, EncodedRequest, Format, Message, Part } from "./canonical.ts";
import { effortOf } from "./openai-chat-ask.ts";
import { imageUrl } from "./openai-chat-turns.ts";
import { cannotFillIn, turnsWithPrompt } from "./prompt-as-turn.ts";
import type { JsonObject } from "./shapes.ts";

/** Fields without a word here, and the names clients know them by. */
const wordless: readonly (readonly [keyof ChatRequest, string])[] = [
  ["topK", "top_k"],
  ["minP", "min_p"],
  ["seed", "seed"],
  ["stop", "stop"],
  ["presencePenalty", "presence_penalty"],
  ["frequencyPenalty", "frequency_penalty"],
  ["repeatPenalty", "repeat_penalty"],
  ["keepAlive", "keep_alive"],
  ["contextTokens", "options.num_ctx"],
];

/** A request in this dialect's words. Nothing is kept at the node: conversations are Homeport's to remember. */
export function encodeRequest(request: ChatRequest): EncodedRequest {
  const failure = cannotFillIn(request);
  if (failure !== undefined) return { failure };
  const dropped = new Set(wordless.flatMap(([key, name]) => (request[key] === undefined ? [] : [name])));
  if ((request.choices ?? 1) > 1) dropped.add("n");
  const { tools, toolChoice, parallelTools, format, logprobs } = request;
  const effort = effortOf(request.reasoning);
  const given: JsonObject = {
    model: request.model,
    input: turnsWithPrompt(request, dropped).flatMap((message) => encodeMessage(message, dropped)),
    max_output_tokens: request.maxTokens,
    temperature: request.temperature,
    top_p: request.topP,
    user: request.user,
    stream: request.stream,
    store: false,
    tools: tools.length === 0 ? undefined : tools.map((tool) => ({ type: "function", ...tool, strict: tool.strict ?? false })),
    tool_choice: tools.length === 0 ? undefined : typeof toolChoice === "object" ? { type: "function", name: toolChoice.name } : toolChoice,
    parallel_tool_calls: tools.length === 0 ? undefined : parallelTools,
    text: format === undefined ? undefined : { format: encodeFormat(format) },
    reasoning: effort === undefined ? undefined : { effort },
    include: logprobs === undefined ? undefined : ["message.output_text.logprobs"],
    top_logprobs: logprobs?.top,
  };
  const body = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { path: "/v1/responses", body, dropped: [...dropped] };
}

function encodeFormat(format: Format): JsonObject {
  if (format.type === "json") return { type: "json_object" };
  const { schema, name, strict } = format;
  return { type: "json_schema", name: name ?? "answer", schema, ...(strict === undefined ? {} : { strict }) };
}

/** Texts and pictures that stand together are one message; calls and results are items of their own. */
function encodeMessage({ role, parts }: Message, dropped: Set<string>): readonly JsonObject[] {
  const items: JsonObject[] = [];
  let content: JsonObject[] | undefined;
  for (const part of parts) {
    if (part.type === "text" || part.type === "image") {
      if (content === undefined) {
        content = [];
        items.push({ type: "message", role, content });
      }
      content.push(encodePart(part, role === "assistant"));
      continue;
    }
    content = undefined;
    if (part.type === "thinking") dropped.add("thinking");
    else if (part.type === "tool-call") items.push({ type: "function_call", call_id: part.id, name: part.name, arguments: part.arguments });
    else items.push(encodeResult(part, dropped));
  }
  return items;
}

function encodePart(part: Extract<Part, { type: "text" | "image" }>, isAnswer: boolean): JsonObject {
  if (part.type === "image") return { type: "input_image", image_url: imageUrl(part.source), detail: "auto" };
  return { type: isAnswer ? "output_text" : "input_text", text: part.text };
}

function encodeResult({ id, parts, isError }: Extract<Part, { type: "tool-result" }>, dropped: Set<string>): JsonObject {
  if (isError === true) dropped.add("tool_result.is_error");
  const said = parts.filter((part) => part.type === "text" || part.type === "image");
  const texts = said.flatMap((part) => (part.type === "text" ? [part.text] : []));
  const output = texts.length === said.length ? texts.join("") : said.map((part) => encodePart(part, false));
  return { type: "function_call_output", call_id: id, output };
}
