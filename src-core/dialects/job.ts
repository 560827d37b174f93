// A job's payload as an OpenAI chat body, and its answer as a job's result (apis.md 8). Senders write payloads in several habits: messages or a
// prompt, options of Ollama or fields of OpenAI, pictures beside the text.
import { type Failure, fail } from "../contract/failure.ts";
import type { JobRequest, JobResponse, JobType } from "../contract/jobs.ts";
import { imageSource } from "./ollama-chat-messages.ts";
import { field, isObject, type JsonObject, listIn, numberIn, textIn } from "./shapes.ts";

/** Fields of a chat body that travel as they are. */
const passed = [
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "response_format",
  "seed",
  "top_p",
  "stop",
  "presence_penalty",
  "frequency_penalty",
  "reasoning_effort",
  "logprobs",
  "top_logprobs",
] as const;
/** Of Ollama's options, those that OpenAI has under the same name. */
const alike = ["seed", "top_p", "stop", "presence_penalty", "frequency_penalty"] as const;

const readText = "Write down all the text in this picture, exactly as it stands there, line by line. Answer with nothing but that text.";

type Asked = Pick<JobRequest, "payload" | "hints">;

/** The model that a job names, or undefined; and those it prefers, best first. */
export function modelAsked({ payload, hints }: Asked): { readonly model: string | undefined; readonly prefer: readonly string[] } {
  const named = [textIn(payload, "model"), textIn(hints, "model")].find((name) => name !== undefined && name !== "");
  return { model: named, prefer: listIn(hints, "prefer_models").filter((name) => typeof name === "string") };
}

/** The chat body, never streamed. */
export function chatBodyOf(type: JobType, asked: Asked, model: string): { readonly body: JsonObject } | { readonly failure: Failure } {
  const { payload, hints } = asked;
  const messages = messagesOf(payload, type);
  if ("kind" in messages) return { failure: messages };
  const options = field(payload, "options");
  const temperature = numberIn(payload, "temperature") ?? numberIn(options, "temperature") ?? numberIn(hints, "temperature");
  const maxTokens =
    numberIn(payload, "max_tokens") ??
    numberIn(payload, "max_completion_tokens") ??
    numberIn(options, "num_predict") ??
    numberIn(hints, "max_tokens");
  const format = formatOf(field(payload, "format"));
  const body = {
    model,
    messages,
    stream: false,
    ...only(alike, options),
    ...(format === undefined ? {} : { response_format: format }),
    ...only(passed, payload),
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
  };
  return { body };
}

function only(names: readonly string[], from: unknown): JsonObject {
  return Object.fromEntries(names.map((name) => [name, field(from, name)]).filter(([, value]) => value !== undefined));
}

function formatOf(format: unknown): JsonObject | undefined {
  if (format === "json") return { type: "json_object" };
  return isObject(format) ? { type: "json_schema", json_schema: { name: "answer", schema: format } } : undefined;
}

function messagesOf(payload: JsonObject, type: JobType): readonly unknown[] | Failure {
  const said = listIn(payload, "messages");
  const prompt = textIn(payload, "prompt") ?? (type === "ocr" && said.length === 0 ? readText : undefined);
  const system = textIn(payload, "system");
  const all: readonly unknown[] = [
    ...(system === undefined || system === "" ? [] : [{ role: "system", content: system }]),
    ...said,
    ...(prompt === undefined ? [] : [{ role: "user", content: prompt }]),
  ];
  if (said.length === 0 && prompt === undefined) return wrong("payload.messages", "needs messages, or a prompt");
  const beside = listIn(payload, "images");
  const last = all.findLastIndex((message) => textIn(message, "role") === "user");
  if (beside.length > 0 && last < 0) return wrong("payload.images", "needs a message of the user to stand beside");
  const messages: unknown[] = [];
  for (const [at, message] of all.entries()) {
    if (!isObject(message)) return wrong(`payload.messages[${at}]`, "must be an object");
    const shown = withPictures(message, at === last ? beside : []);
    if (shown === undefined) return wrong("payload.images", "must be pictures in base64");
    messages.push(shown);
  }
  return messages;
}

/** The message with the pictures beside it as parts of its content; undefined where one is none. */
function withPictures(message: JsonObject, beside: readonly unknown[]): JsonObject | undefined {
  const images = [...listIn(message, "images"), ...beside];
  if (images.length === 0) return message;
  const parts: JsonObject[] = [];
  for (const image of images) {
    const source = typeof image === "string" ? imageSource(image) : undefined;
    if (source?.kind !== "data") return undefined;
    parts.push({ type: "image_url", image_url: { url: `data:${source.mediaType};base64,${source.base64}` } });
  }
  const { images: _beside, content, ...rest } = message;
  const text = typeof content === "string" && content !== "" ? [{ type: "text", text: content }] : [];
  return { ...rest, content: [...text, ...(Array.isArray(content) ? content : []), ...parts] };
}

function wrong(where: string, says: string): Failure {
  return fail("invalid-request", `${where}: ${says}.`, { field: where });
}

/** What an OpenAI chat answer says, as a job's result. Undefined where it is no such answer. */
export function jobResult(answer: unknown): Pick<JobResponse, "result" | "usage" | "model"> | undefined {
  const [choice] = listIn(answer, "choices");
  const message = field(choice, "message");
  if (!isObject(message)) return undefined;
  const model = textIn(answer, "model");
  const usage = field(answer, "usage");
  const prompt = numberIn(usage, "prompt_tokens");
  const completion = numberIn(usage, "completion_tokens");
  return {
    result: { text: textIn(message, "content") ?? "", message, finish_reason: textIn(choice, "finish_reason") ?? "stop" },
    ...(model === undefined ? {} : { model }),
    ...(prompt === undefined && completion === undefined
      ? {}
      : {
          usage: {
            ...(prompt === undefined ? {} : { prompt_tokens: prompt }),
            ...(completion === undefined ? {} : { completion_tokens: completion }),
          },
        }),
  };
}
