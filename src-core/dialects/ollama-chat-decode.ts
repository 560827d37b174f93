// What an Ollama client asks, in the small form: `/api/chat` with messages, `/api/generate` with a prompt. A prompt that the node would put into the
// model's template is a chat of one message; only a raw prompt, or one with a suffix, is a text to go on with.
import { fail } from "../contract/failure.ts";
import { BodyReader, Complaint } from "./body-reader.ts";
import type { ChatRequest, DecodedRequest, Effort, Format, Message, Part, Sampling } from "./canonical.ts";
import { imagesIn, MessagesReader } from "./ollama-chat-messages.ts";
import { toolsIn } from "./ollama-chat-tools.ts";
import { isObject } from "./shapes.ts";

export function decodeRequest(body: unknown): DecodedRequest {
  if (!isObject(body)) return { failure: fail("invalid-request", "The request body must be a JSON object.") };
  const complaint = new Complaint();
  const asked = new BodyReader(body, complaint);
  const options = asked.inside("options") ?? new BodyReader({}, complaint);
  const messages = new MessagesReader();
  const request = requestIn(asked, options, messages);
  // A profile is ours, and was read before.
  asked.raw("profile");
  if (complaint.failure !== undefined) return { failure: complaint.failure };
  return { request, dropped: [...asked.unread(), ...options.unread(), ...messages.unread] };
}

function requestIn(asked: BodyReader, options: BodyReader, messages: MessagesReader): ChatRequest {
  const model = asked.text("model") || asked.wrong("model", "must be a model's name");
  const contextTokens = options.number("num_ctx", { min: 0, integer: true });
  const top = asked.number("top_logprobs", { min: 0, integer: true });
  const format = formatIn(asked);
  const effort = effortIn(asked);
  const keepAlive = keepAliveIn(asked);
  return {
    model: model ?? "",
    stream: asked.flag("stream") ?? true,
    ...(asked.raw("messages") === undefined ? promptIn(asked) : { messages: messages.read(asked) }),
    tools: toolsIn(asked),
    ...samplingIn(options),
    ...(format === undefined ? {} : { format }),
    ...(effort === undefined ? {} : { reasoning: { effort } }),
    ...(asked.flag("logprobs") === true ? { logprobs: top === undefined ? {} : { top } } : {}),
    ...(keepAlive === undefined ? {} : { keepAlive }),
    ...(contextTokens === undefined || contextTokens === 0 ? {} : { contextTokens }),
  };
}

/** A prompt with its system text and pictures. */
function promptIn(asked: BodyReader): Pick<ChatRequest, "messages" | "completion"> {
  const prompt = asked.text("prompt") ?? "";
  const suffix = asked.text("suffix") || undefined;
  const raw = asked.flag("raw") ?? false;
  const system = asked.text("system") ?? "";
  const isText = raw || suffix !== undefined;
  const said: readonly Part[] = [...(prompt === "" || isText ? [] : [{ type: "text" as const, text: prompt }]), ...imagesIn(asked)];
  const messages: readonly Message[] = [
    ...(system === "" ? [] : [{ role: "system" as const, parts: [{ type: "text" as const, text: system }] }]),
    ...(said.length === 0 ? [] : [{ role: "user" as const, parts: said }]),
  ];
  return isText ? { messages, completion: { prompt, ...(suffix === undefined ? {} : { suffix }), ...(raw ? { raw } : {}) } } : { messages };
}

/** Null and the empty text ask for nothing, as the official clients send them. */
function formatIn(asked: BodyReader): Format | undefined {
  const format = asked.raw("format");
  if (format === undefined || format === "") return undefined;
  if (format === "json") return { type: "json" };
  return isObject(format) ? { type: "schema", schema: format } : asked.wrong("format", 'must be "json" or a JSON Schema');
}

/** `max` is the newest level, which no other dialect has. */
const efforts: ReadonlyMap<unknown, Effort> = new Map<unknown, Effort>([
  [true, "medium"],
  [false, "none"],
  ["low", "low"],
  ["medium", "medium"],
  ["high", "high"],
  ["max", "high"],
]);

function effortIn(asked: BodyReader): Effort | undefined {
  const think = asked.raw("think");
  if (think === undefined || think === "") return undefined;
  return efforts.get(think) ?? asked.wrong("think", 'must be true, false, "low", "medium" or "high"');
}

function keepAliveIn(asked: BodyReader): string | number | undefined {
  const value = asked.raw("keep_alive");
  if (value === undefined || typeof value === "string" || typeof value === "number") return value;
  return asked.wrong("keep_alive", "must be a duration");
}

function samplingIn(options: BodyReader): Sampling {
  const maxTokens = options.number("num_predict", { integer: true });
  const all: Sampling = {
    // Ollama's -1 and -2 mean "no limit", which is what absence means elsewhere.
    maxTokens: maxTokens === undefined || maxTokens < 0 ? undefined : maxTokens,
    temperature: options.number("temperature"),
    topP: options.number("top_p"),
    topK: options.number("top_k"),
    minP: options.number("min_p"),
    seed: options.number("seed"),
    stop: stopIn(options),
    presencePenalty: options.number("presence_penalty"),
    frequencyPenalty: options.number("frequency_penalty"),
    repeatPenalty: options.number("repeat_penalty"),
  };
  return all;
}

function stopIn(options: BodyReader): readonly string[] | undefined {
  const stop = options.raw("stop");
  if (stop === undefined) return undefined;
  const list: readonly unknown[] = Array.isArray(stop) ? stop : [stop];
  const texts = list.filter((one) => typeof one === "string");
  if (texts.length < list.length) return options.wrong("stop", "must be a list of texts");
  return texts.length === 0 ? undefined : texts;
}
