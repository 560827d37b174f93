// The official Ollama client: chats, and `generate` with a prompt.
import { Ollama } from "ollama";
import { field, textIn } from "../../src-core/dialects/shapes.ts";
import { type Ask, type Face, type FaceKind, type Heard, type HeardCall, Listener, type OnText, type Refusal } from "./face.ts";

/** The library keeps the class of its errors to itself: they are known by their name. */
function refusal(error: unknown): Refusal {
  const status = field(error, "status_code");
  return {
    typed: error instanceof Error && error.name === "ResponseError",
    status: typeof status === "number" ? status : undefined,
    message: error instanceof Error ? error.message : String(error),
  };
}

function settingsOf({ model, thinks, schema }: Ask) {
  return {
    model,
    ...(thinks === true ? { think: true } : {}),
    ...(schema === undefined ? {} : { format: { ...schema } }),
  };
}

function messagesOf({ text, image, called = [] }: Ask) {
  const asked = { role: "user", content: text, ...(image === undefined ? {} : { images: [image] }) };
  if (called.length === 0) return [asked];
  const tool_calls = called.map(({ call }) => ({ function: { name: call.name, arguments: { ...call.arguments } } }));
  const results = called.map(({ call, result }) => ({ role: "tool", content: result, tool_name: call.name }));
  return [asked, { role: "assistant", content: "", tool_calls }, ...results];
}

function chatOf(ask: Ask) {
  const tools = ask.tools?.map(({ name, description, parameters }) => ({
    type: "function",
    function: { name, description, parameters: { ...parameters, properties: { ...parameters.properties } } },
  }));
  return { ...settingsOf(ask), messages: messagesOf(ask), ...(tools === undefined ? {} : { tools }) };
}

/** Ollama's calls need no id; those that have one are told apart by it. */
function callOf(call: { readonly function: { readonly name: string; readonly arguments: HeardCall["arguments"] } }): HeardCall {
  return { id: textIn(call, "id") ?? "", name: call.function.name, arguments: call.function.arguments };
}

interface Counts {
  readonly done_reason?: string;
  readonly prompt_eval_count?: number;
  readonly eval_count?: number;
}

function counted(heard: Listener, { done_reason, prompt_eval_count, eval_count }: Counts): void {
  heard.finish = done_reason ?? heard.finish;
  heard.input = prompt_eval_count ?? heard.input;
  heard.output = eval_count ?? heard.output;
}

class Chat implements Face {
  readonly #client: Ollama;
  readonly refusal = refusal;

  constructor(client: Ollama) {
    this.#client = client;
  }

  async whole(ask: Ask): Promise<Heard> {
    const { message, ...counts } = await this.#client.chat({ ...chatOf(ask), stream: false });
    const heard = new Listener();
    heard.says(message.content, () => undefined);
    heard.thinking = message.thinking ?? "";
    heard.calls.push(...(message.tool_calls ?? []).map(callOf));
    counted(heard, counts);
    return heard.heard();
  }

  async stream(ask: Ask, onText?: OnText): Promise<Heard> {
    const stream = await this.#client.chat({ ...chatOf(ask), stream: true });
    const heard = new Listener(onText);
    for await (const { message, ...counts } of stream) {
      heard.thinking += message.thinking ?? "";
      heard.calls.push(...(message.tool_calls ?? []).map(callOf));
      counted(heard, counts);
      heard.says(message.content, () => stream.abort());
    }
    return heard.heard();
  }

  async embed(model: string, inputs: readonly string[]) {
    return (await this.#client.embed({ model, input: [...inputs] })).embeddings;
  }
}

class Generate implements Face {
  readonly #client: Ollama;
  readonly refusal = refusal;

  constructor(client: Ollama) {
    this.#client = client;
  }

  async whole(ask: Ask): Promise<Heard> {
    const { response, thinking, ...counts } = await this.#client.generate({ ...this.#body(ask), stream: false });
    const heard = new Listener();
    heard.says(response, () => undefined);
    heard.thinking = thinking ?? "";
    counted(heard, counts);
    return heard.heard();
  }

  async stream(ask: Ask, onText?: OnText): Promise<Heard> {
    const stream = await this.#client.generate({ ...this.#body(ask), stream: true });
    const heard = new Listener(onText);
    for await (const { response, thinking, ...counts } of stream) {
      heard.thinking += thinking ?? "";
      counted(heard, counts);
      heard.says(response, () => stream.abort());
    }
    return heard.heard();
  }

  #body(ask: Ask) {
    return { ...settingsOf(ask), prompt: ask.text, ...(ask.image === undefined ? {} : { images: [ask.image] }) };
  }
}

const noTools = "Ollama generates without tools; the same client's chats have them";

export const ollamaChat: FaceKind = {
  name: "ollama chat",
  dialect: "ollama",
  finishes: { stop: "stop", calls: "stop" },
  sign: '"content":""',
  lacks: {},
  at: (url, tapped) => new Chat(new Ollama({ host: url, fetch: tapped })),
};

export const ollamaGenerate: FaceKind = {
  name: "ollama generate",
  dialect: "ollama",
  finishes: { stop: "stop", calls: "stop" },
  sign: '"response":""',
  lacks: { tools: noTools, "parallel tools": noTools, embeddings: "the client's own method, in the row of its chats" },
  at: (url, tapped) => new Generate(new Ollama({ host: url, fetch: tapped })),
};
