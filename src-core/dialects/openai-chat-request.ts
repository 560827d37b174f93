// A request to `/v1/chat/completions` or `/v1/completions`, read into the small form. Every field is looked at: a wrong type is a 400 naming the
// field, and what the small form cannot carry is named as dropped. What would change the meaning (audio, files, tools of other kinds) is refused.
import { BodyReader, Complaint } from "./body-reader.ts";
import type { ChatRequest, DecodedRequest, Effort, Format, Sampling } from "./canonical.ts";
import { decodeMessages } from "./openai-chat-messages.ts";
import { decodeToolChoice, decodeTools } from "./openai-chat-tools.ts";
import { isObject, type JsonObject } from "./shapes.ts";

const efforts: ReadonlyMap<string, Effort> = new Map([
  ["none", "none"],
  ["minimal", "minimal"],
  ["low", "low"],
  ["medium", "medium"],
  ["high", "high"],
  ["xhigh", "high"],
  ["max", "high"],
]);
const ratio = { min: 0, max: 1 };

/** Reads a body with `messages`, or with a `prompt` to go on with. Never throws. */
export function decodeRequest(body: unknown): DecodedRequest {
  const complaint = new Complaint();
  if (!isObject(body)) complaint.says("body", "must be a JSON object");
  const reader = new BodyReader(isObject(body) ? body : {}, complaint);
  const dropped = new Set<string>();
  // Homeport's own word, already read by whoever decides.
  reader.raw("profile");
  const isCompletion = reader.raw("messages") === undefined && reader.raw("prompt") !== undefined;
  const request = isCompletion ? decodeCompletion(reader) : decodeChat(reader, dropped);
  if (complaint.failure !== undefined) return { failure: complaint.failure };
  return { request, dropped: [...dropped, ...reader.unread()] };
}

function decodeChat(reader: BodyReader, dropped: Set<string>): ChatRequest {
  if (reader.list("messages") === undefined) reader.wrong("messages", "is missing");
  const messages = decodeMessages(reader, dropped);
  const tools = decodeTools(reader);
  const toolChoice = decodeToolChoice(reader);
  const format = decodeFormat(reader);
  const top = reader.number("top_logprobs", { min: 0, max: 20, integer: true });
  const logprobs = reader.flag("logprobs") === true ? { ...(top === undefined ? {} : { top }) } : undefined;
  const parallelTools = reader.flag("parallel_tool_calls");
  const reasoning = decodeReasoning(reader, dropped);
  return {
    ...decodeCommon(reader),
    messages,
    tools,
    ...(toolChoice === undefined ? {} : { toolChoice }),
    ...(parallelTools === undefined ? {} : { parallelTools }),
    ...(format === undefined ? {} : { format }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(logprobs === undefined ? {} : { logprobs }),
  };
}

function decodeCompletion(reader: BodyReader): ChatRequest {
  const given = reader.raw("prompt");
  const prompt = Array.isArray(given) && given.length === 1 ? given[0] : given;
  if (typeof prompt !== "string") {
    reader.wrong("prompt", "must be one text: several prompts, and prompts of tokens, cannot be translated for this model's node");
  }
  const suffix = reader.text("suffix");
  const top = reader.number("logprobs", { min: 0, max: 20, integer: true });
  return {
    ...decodeCommon(reader),
    messages: [],
    tools: [],
    ...(top === undefined ? {} : { logprobs: { top } }),
    completion: { prompt: typeof prompt === "string" ? prompt : "", ...(suffix === undefined ? {} : { suffix }) },
  };
}

/** The fields that both kinds of request have. */
function decodeCommon(reader: BodyReader): Omit<ChatRequest, "messages" | "tools"> {
  const model = reader.text("model");
  if (model === undefined || model === "") reader.wrong("model", "is missing");
  const choices = reader.number("n", { min: 1, max: 128, integer: true });
  const wantsUsage = reader.inside("stream_options")?.flag("include_usage");
  const user = reader.text("user");
  return {
    model: model ?? "",
    stream: reader.flag("stream") ?? false,
    ...decodeSampling(reader),
    ...(choices === undefined ? {} : { choices }),
    ...(wantsUsage === undefined ? {} : { wantsUsage }),
    ...(user === undefined ? {} : { user }),
    ...decodeOllamaWords(reader),
  };
}

/** Words of Ollama that its own OpenAI face ignores; a translation to its native one can honour them (apis.md 1.10). */
function decodeOllamaWords(reader: BodyReader): Pick<ChatRequest, "keepAlive" | "contextTokens"> {
  const keepAlive = reader.raw("keep_alive");
  const isOfKind = keepAlive === undefined || typeof keepAlive === "string" || typeof keepAlive === "number";
  if (!isOfKind) reader.wrong("keep_alive", "must be a text such as 10m, or a number of seconds");
  const contextTokens = reader.number("num_ctx", { min: 1, integer: true });
  return {
    ...(isOfKind && keepAlive !== undefined ? { keepAlive } : {}),
    ...(contextTokens === undefined ? {} : { contextTokens }),
  };
}

function decodeSampling(reader: BodyReader): Sampling {
  const topK = reader.number("top_k", { min: -1, integer: true });
  const older = unlessUnlimited(reader, "max_tokens");
  const sampling: Sampling = {
    maxTokens: unlessUnlimited(reader, "max_completion_tokens") ?? older,
    temperature: reader.number("temperature", { min: 0, max: 100 }),
    topP: reader.number("top_p", ratio),
    // vLLM's word for "all" is -1, llama.cpp's and Ollama's is 0, which vLLM reads as well.
    topK: topK === -1 ? 0 : topK,
    minP: reader.number("min_p", ratio),
    seed: reader.number("seed", { integer: true }),
    stop: decodeStop(reader),
    presencePenalty: reader.number("presence_penalty", { min: -100, max: 100 }),
    frequencyPenalty: reader.number("frequency_penalty", { min: -100, max: 100 }),
    repeatPenalty: reader.number("repeat_penalty", { min: 0, max: 100 }) ?? reader.number("repetition_penalty", { min: 0, max: 100 }),
  };
  reader.raw("repetition_penalty");
  return withoutAbsent(sampling);
}

/** An object without its undefined fields: absent is absent, and two readings of one body compare equal. */
function withoutAbsent(sampling: Sampling): Sampling {
  return Object.fromEntries(Object.entries(sampling).filter(([, value]) => value !== undefined));
}

/** Many clients of local servers write -1 for "no limit". */
function unlessUnlimited(reader: BodyReader, key: string): number | undefined {
  return reader.raw(key) === -1 ? undefined : reader.number(key, { min: 1, integer: true });
}

function decodeStop(reader: BodyReader): readonly string[] | undefined {
  const stop = reader.raw("stop");
  if (typeof stop === "string") return [stop];
  if (stop === undefined) return undefined;
  if (!Array.isArray(stop)) return reader.wrong("stop", "must be a text or a list of texts");
  return stop.every((text) => typeof text === "string") ? stop : reader.wrong("stop", "must be a text or a list of texts");
}

function decodeFormat(reader: BodyReader): Format | undefined {
  const format = reader.inside("response_format");
  const type = format?.raw("type");
  if (format === undefined || type === "text") return undefined;
  // llama-server takes a schema beside `json_object` as well.
  if (type === "json_object") return asSchema(format.object("schema")) ?? { type: "json" };
  if (type !== "json_schema") return format.wrong("type", "must be text, json_object or json_schema");
  const told = format.inside("json_schema");
  const schema = told?.object("schema");
  if (told === undefined || schema === undefined) return format.wrong("json_schema.schema", "is missing");
  const name = told.text("name");
  const strict = told.flag("strict");
  return { type: "schema", schema, ...(name === undefined ? {} : { name }), ...(strict === undefined ? {} : { strict }) };
}

function asSchema(schema: JsonObject | undefined): Format | undefined {
  return schema === undefined ? undefined : { type: "schema", schema };
}

/** OpenAI's `reasoning_effort`, OpenRouter's `reasoning`, and the switch that templates of local models know. */
function decodeReasoning(reader: BodyReader, dropped: Set<string>): ChatRequest["reasoning"] {
  const told = reader.inside("reasoning");
  const budgetTokens = told?.number("max_tokens", { min: 0, integer: true });
  const isOn = told?.flag("enabled") ?? decodeSwitch(reader, dropped);
  const effort = decodeEffort(reader, "reasoning_effort") ?? (told === undefined ? undefined : decodeEffort(told, "effort"));
  const meant = effort ?? (isOn === undefined || budgetTokens !== undefined ? undefined : isOn ? "medium" : "none");
  for (const name of told?.unread() ?? []) dropped.add(name);
  if (meant === undefined && budgetTokens === undefined) return undefined;
  return { ...(meant === undefined ? {} : { effort: meant }), ...(budgetTokens === undefined ? {} : { budgetTokens }) };
}

function decodeSwitch(reader: BodyReader, dropped: Set<string>): boolean | undefined {
  const kwargs = reader.inside("chat_template_kwargs");
  const isOn = kwargs?.flag("enable_thinking");
  for (const name of kwargs?.unread() ?? []) dropped.add(name);
  return isOn;
}

export function decodeEffort(reader: BodyReader, key: string): Effort | undefined {
  const given = reader.text(key);
  if (given === undefined) return undefined;
  return efforts.get(given) ?? reader.wrong(key, `must be one of ${[...efforts.keys()].join(", ")}`);
}
