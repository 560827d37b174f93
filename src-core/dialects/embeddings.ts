// Embeddings in one small form: OpenAI's `/v1/embeddings`, Ollama's `/api/embed`, and its older `/api/embeddings` with one prompt and one vector.
import { type Failure, fail } from "../contract/failure.ts";
import type { Dialect } from "../contract/node-kinds.ts";
import { BodyReader, Complaint } from "./body-reader.ts";
import { base64ToFloats, floatsToBase64 } from "./float-text.ts";
import { errorIn, malformed } from "./openai-chat-words.ts";
import { isObject, type JsonObject, listIn, numberIn, textIn } from "./shapes.ts";

export interface EmbeddingRequest {
  readonly model: string;
  readonly inputs: readonly string[];
  readonly dimensions?: number | undefined;
  /** How the client wants its vectors. `one`: Ollama's older route, a single bare vector. */
  readonly shape: "floats" | "base64" | "one";
  /** Cut what is longer than the model's context; Ollama's word, true where absent. */
  readonly truncate?: boolean | undefined;
  readonly user?: string | undefined;
  readonly keepAlive?: string | number | undefined;
  readonly contextTokens?: number | undefined;
}

export interface EmbeddingReply {
  readonly model: string;
  readonly vectors: readonly (readonly number[])[];
  readonly inputTokens?: number | undefined;
}

export type DecodedEmbedding = { readonly request: EmbeddingRequest; readonly dropped: readonly string[] } | { readonly failure: Failure };
export type EncodedEmbedding =
  | { readonly path: string; readonly body: JsonObject; readonly dropped: readonly string[] }
  | { readonly failure: Failure };

/** What an encoder of replies must know of the client's call. `model`: as the client spelled it. */
export interface EmbeddingContext {
  readonly model: string;
  readonly shape: EmbeddingRequest["shape"];
  /** Our own count, told where the node gave none. */
  readonly promptTokens: number;
}

/** One dialect's embeddings, both ways. Pure; nothing throws on any input. */
export interface EmbeddingDialect {
  decodeRequest(body: unknown): DecodedEmbedding;
  encodeRequest(request: EmbeddingRequest): EncodedEmbedding;
  decodeReply(body: unknown): EmbeddingReply | { readonly failure: Failure };
  encodeReply(reply: EmbeddingReply, context: EmbeddingContext): JsonObject;
}

/** `/v1/embeddings`. */
export const openaiEmbeddings: EmbeddingDialect = {
  decodeRequest: (body) => decoded(body, decodeOpenAi),
  encodeRequest: encodeOpenAi,
  decodeReply: (body) => answered(body, openAiVectors(body), numberIn(usageIn(body), "prompt_tokens")),
  encodeReply: ({ vectors, inputTokens }, { model, shape, promptTokens }) => ({
    object: "list",
    data: vectors.map((vector, index) => ({
      object: "embedding",
      index,
      embedding: shape === "base64" ? floatsToBase64(vector) : vector,
    })),
    model,
    usage: { prompt_tokens: inputTokens ?? promptTokens, total_tokens: inputTokens ?? promptTokens },
  }),
};

/** `/api/embed`, and `/api/embeddings` for clients that still ask there. */
export const ollamaEmbeddings: EmbeddingDialect = {
  decodeRequest: (body) => decoded(body, decodeOllama),
  encodeRequest: encodeOllama,
  decodeReply: (body) => answered(body, ollamaVectors(body), numberIn(body, "prompt_eval_count")),
  encodeReply: ({ vectors, inputTokens }, { model, shape, promptTokens }) =>
    shape === "one"
      ? { embedding: vectors[0] ?? [] }
      : { model, embeddings: vectors, total_duration: 0, load_duration: 0, prompt_eval_count: inputTokens ?? promptTokens },
};

/** The dialects that have embeddings at all; Anthropic's has none. */
export const embeddingDialects: Readonly<Partial<Record<Dialect, EmbeddingDialect>>> = {
  openai: openaiEmbeddings,
  ollama: ollamaEmbeddings,
};

/** A request in a node's dialect, and how its answer is put back into the client's. `body` is JSON; `dropped` names what was left out, each once. */
export interface TranslatedEmbedding {
  readonly path: string;
  readonly body: string;
  readonly dropped: readonly string[];
  readonly answer: (body: unknown) => EmbeddingAnswer | { readonly failure: Failure };
}

/** `inputTokens`: the node's count, undefined where it gave none. */
export interface EmbeddingAnswer {
  readonly body: JsonObject;
  readonly inputTokens: number | undefined;
}

/** What the gateway knows of a client's embedding: the dialects, both spellings of the model, its own count of tokens. */
export interface EmbeddingWays {
  readonly from: Dialect;
  readonly to: Dialect;
  readonly clientModel: string;
  readonly promptTokens: number;
  /** What the gateway decides instead of the client. */
  readonly changes: Partial<Pick<EmbeddingRequest, "model" | "contextTokens">>;
}

/** `body`: the client's, parsed. Fails where it is wrong, or where the node has no word for embeddings. */
export function translateEmbedding(body: unknown, ways: EmbeddingWays): TranslatedEmbedding | { readonly failure: Failure } {
  const [client, node] = [embeddingDialects[ways.from], embeddingDialects[ways.to]];
  if (client === undefined || node === undefined)
    return { failure: fail("unsupported", "This model's node has no embeddings: ask for a model that makes them.") };
  const asked = client.decodeRequest(body);
  if ("failure" in asked) return asked;
  const told = node.encodeRequest({ ...asked.request, ...ways.changes });
  if ("failure" in told) return told;
  const { shape, inputs } = asked.request;
  return {
    path: told.path,
    body: JSON.stringify(told.body),
    dropped: [...new Set([...asked.dropped, ...told.dropped])],
    answer: (answer) => {
      const reply = node.decodeReply(answer);
      if ("failure" in reply) return reply;
      const { vectors, inputTokens } = reply;
      if (vectors.length !== inputs.length) return { failure: malformed(`it made ${vectors.length} embeddings of ${inputs.length} texts`) };
      return { body: client.encodeReply(reply, { model: ways.clientModel, shape, promptTokens: ways.promptTokens }), inputTokens };
    },
  };
}

function decoded(body: unknown, read: (reader: BodyReader) => ReadRequest): DecodedEmbedding {
  const complaint = new Complaint();
  if (!isObject(body)) complaint.says("body", "must be a JSON object");
  const reader = new BodyReader(isObject(body) ? body : {}, complaint);
  // Homeport's own word, already read by whoever decides.
  reader.raw("profile");
  const { request, options } = read(reader);
  const dropped = [...reader.unread(), ...(options?.unread() ?? [])];
  return complaint.failure === undefined ? { request, dropped } : { failure: complaint.failure };
}

/** `options`: Ollama's object of its own, whose fields may go unread too. */
interface ReadRequest {
  readonly request: EmbeddingRequest;
  readonly options?: BodyReader | undefined;
}

function decodeOpenAi(reader: BodyReader): ReadRequest {
  const format = reader.raw("encoding_format");
  if (format !== undefined && format !== "float" && format !== "base64") reader.wrong("encoding_format", "must be float or base64");
  const user = reader.text("user");
  const inputs = textsIn(reader, "input");
  if (inputs.length === 0) reader.wrong("input", "is empty");
  const request = {
    ...decodeCommon(reader),
    inputs,
    shape: format === "base64" ? ("base64" as const) : ("floats" as const),
    ...(user === undefined ? {} : { user }),
  };
  return { request };
}

function decodeOllama(reader: BodyReader): ReadRequest {
  const isOlder = reader.raw("input") === undefined && reader.raw("prompt") !== undefined;
  const truncate = reader.flag("truncate");
  const keepAlive = reader.raw("keep_alive");
  const isOfKind = keepAlive === undefined || typeof keepAlive === "string" || typeof keepAlive === "number";
  if (!isOfKind) reader.wrong("keep_alive", "must be a text such as 10m, or a number of seconds");
  const options = reader.inside("options");
  const contextTokens = options?.number("num_ctx", { min: 1, integer: true });
  const request = {
    ...decodeCommon(reader),
    inputs: isOlder ? [reader.text("prompt") ?? ""] : textsIn(reader, "input"),
    shape: isOlder ? ("one" as const) : ("floats" as const),
    ...(truncate === undefined ? {} : { truncate }),
    ...(isOfKind && keepAlive !== undefined ? { keepAlive } : {}),
    ...(contextTokens === undefined ? {} : { contextTokens }),
  };
  return { request, options };
}

function decodeCommon(reader: BodyReader): Pick<EmbeddingRequest, "model" | "dimensions"> {
  const model = reader.text("model");
  if (model === undefined || model === "") reader.wrong("model", "is missing");
  const dimensions = reader.number("dimensions", { min: 1, max: 1_000_000, integer: true });
  return { model: model ?? "", ...(dimensions === undefined ? {} : { dimensions }) };
}

/** A text, or a list of texts. Lists of token numbers belong to one tokenizer and mean something else to another model. */
function textsIn(reader: BodyReader, key: string): readonly string[] {
  const input = reader.raw(key);
  if (typeof input === "string") return [input];
  const isTexts = Array.isArray(input) && input.every((text) => typeof text === "string");
  if (isTexts) return input;
  reader.wrong(
    key,
    input === undefined ? "is missing" : "must be a text or a list of texts: tokens cannot be translated for this model's node",
  );
  return [];
}

/** Plain floats are asked for, since not every server knows the other form; the client's encoder makes of them what was wanted. */
function encodeOpenAi(request: EmbeddingRequest): EncodedEmbedding {
  const { model, inputs, dimensions, user, truncate, keepAlive, contextTokens } = request;
  if (inputs.length === 0)
    return { failure: fail("invalid-request", "The field input is empty. Give at least one text.", { field: "input" }) };
  const body = { model, input: inputs, ...(dimensions === undefined ? {} : { dimensions }), ...(user === undefined ? {} : { user }) };
  const unsaid = [
    // Not to cut is what these servers do anyway: they refuse what is too long.
    ...(truncate === true ? ["truncate"] : []),
    ...(keepAlive === undefined ? [] : ["keep_alive"]),
    ...(contextTokens === undefined ? [] : ["options.num_ctx"]),
  ];
  return { path: "/v1/embeddings", body, dropped: unsaid };
}

function encodeOllama(request: EmbeddingRequest): EncodedEmbedding {
  const { model, inputs, dimensions, user, truncate, keepAlive, contextTokens } = request;
  const body = {
    model,
    input: inputs,
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(truncate === undefined ? {} : { truncate }),
    ...(keepAlive === undefined ? {} : { keep_alive: keepAlive }),
    ...(contextTokens === undefined ? {} : { options: { num_ctx: contextTokens } }),
  };
  return { path: "/api/embed", body, dropped: user === undefined ? [] : ["user"] };
}

function answered(body: unknown, vectors: readonly (readonly number[])[] | undefined, inputTokens: number | undefined) {
  const error = errorIn(body, isObject(body) ? JSON.stringify(body) : "");
  if (error !== undefined) return { failure: error };
  if (vectors === undefined) return { failure: malformed("its embeddings are not lists of numbers") };
  return { model: textIn(body, "model") ?? "", vectors, ...(inputTokens === undefined ? {} : { inputTokens }) };
}

function usageIn(body: unknown): unknown {
  return isObject(body) ? body["usage"] : undefined;
}

/** The vectors in the order of their inputs, which `index` tells and the list need not. */
function openAiVectors(body: unknown): readonly (readonly number[])[] | undefined {
  if (!isObject(body) || !Array.isArray(body["data"])) return undefined;
  const entries = listIn(body, "data").map((entry, i) => ({
    index: numberIn(entry, "index") ?? i,
    vector: vectorOf(isObject(entry) ? entry["embedding"] : undefined),
  }));
  const sorted = entries.toSorted((a, b) => a.index - b.index).map(({ vector }) => vector);
  return allPresent(sorted);
}

function ollamaVectors(body: unknown): readonly (readonly number[])[] | undefined {
  if (!isObject(body)) return undefined;
  if (Array.isArray(body["embedding"])) return allPresent([vectorOf(body["embedding"])]);
  return Array.isArray(body["embeddings"]) ? allPresent(body["embeddings"].map(vectorOf)) : undefined;
}

function vectorOf(value: unknown): readonly number[] | undefined {
  if (typeof value === "string") return base64ToFloats(value);
  return Array.isArray(value) && value.every((number) => typeof number === "number") ? value : undefined;
}

function allPresent<T>(values: readonly (T | undefined)[]): readonly T[] | undefined {
  const present = values.filter((value) => value !== undefined);
  return present.length === values.length ? present : undefined;
}
