// The official OpenAI client: chats, and texts to go on with.
import OpenAI, { APIError, BadRequestError } from "openai";
import { field, isObject, parsed, textIn } from "../../src-core/dialects/shapes.ts";
import { type Ask, type Face, type FaceKind, type Heard, type HeardCall, Listener, type OnText, type Refusal } from "./face.ts";

/** The client, pointed at a gateway. It tries nothing twice. */
export function clientAt(url: string, tapped: typeof fetch): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: "any", maxRetries: 0, fetch: tapped });
}

/** How this library shows an error. */
export function refusal(error: unknown): Refusal {
  const status: unknown = error instanceof APIError ? error.status : undefined;
  return {
    typed: error instanceof BadRequestError,
    status: typeof status === "number" ? status : undefined,
    message: error instanceof Error ? error.message : String(error),
  };
}

type Messages = OpenAI.Chat.Completions.ChatCompletionMessageParam[];

function messagesOf({ text, image, called = [] }: Ask): Messages {
  const asked: Messages =
    image === undefined
      ? [{ role: "user", content: text }]
      : [
          {
            role: "user",
            content: [
              { type: "text", text },
              { type: "image_url", image_url: { url: `data:image/png;base64,${image}` } },
            ],
          },
        ];
  if (called.length === 0) return asked;
  const tool_calls = called.map(({ call }) => ({
    id: call.id,
    type: "function" as const,
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }));
  const results = called.map(({ call, result }) => ({ role: "tool" as const, tool_call_id: call.id, content: result }));
  return [...asked, { role: "assistant", content: null, tool_calls }, ...results];
}

function bodyOf(ask: Ask) {
  const { model, tools, thinks, schema } = ask;
  return {
    model,
    messages: messagesOf(ask),
    ...(tools === undefined
      ? {}
      : { tools: tools.map((tool) => ({ type: "function" as const, function: { ...tool, parameters: { ...tool.parameters } } })) }),
    ...(thinks === true ? { reasoning_effort: "high" as const } : {}),
    ...(schema === undefined
      ? {}
      : {
          response_format: {
            type: "json_schema" as const,
            json_schema: { name: "answer", strict: true, schema: { ...schema } },
          },
        }),
  };
}

/** The class of the client has no word for thoughts, though every local server says them: people read the extra field. */
function thoughtsIn(said: unknown): string {
  return textIn(said, "reasoning_content") ?? textIn(said, "reasoning") ?? "";
}

/** Arguments as a program parses them. */
export function argumentsOf(text: string): HeardCall["arguments"] {
  const value = parsed(text);
  return isObject(value) ? value : { unreadable: text };
}

class Chat implements Face {
  readonly #client: OpenAI;
  readonly refusal = refusal;

  constructor(client: OpenAI) {
    this.#client = client;
  }

  async whole(ask: Ask): Promise<Heard> {
    const { choices, usage } = await this.#client.chat.completions.create(bodyOf(ask));
    const [choice] = choices;
    const calls = (choice?.message.tool_calls ?? []).flatMap((call) =>
      call.type === "function" ? [{ id: call.id, name: call.function.name, arguments: argumentsOf(call.function.arguments) }] : [],
    );
    return {
      text: choice?.message.content ?? "",
      thinking: thoughtsIn(choice?.message),
      calls,
      finish: choice?.finish_reason,
      input: usage?.prompt_tokens,
      output: usage?.completion_tokens,
      pieces: 1,
    };
  }

  async stream(ask: Ask, onText?: OnText): Promise<Heard> {
    const counts = ask.usage === true ? { stream_options: { include_usage: true } } : {};
    const stream = await this.#client.chat.completions.create({ ...bodyOf(ask), ...counts, stream: true });
    const heard = new Listener(onText);
    const calls: { id: string; name: string; text: string }[] = [];
    for await (const { choices, usage } of stream) {
      heard.input = usage?.prompt_tokens ?? heard.input;
      heard.output = usage?.completion_tokens ?? heard.output;
      const [choice] = choices;
      if (choice === undefined) continue;
      heard.finish = choice.finish_reason ?? heard.finish;
      heard.thinking += thoughtsIn(choice.delta);
      heard.says(choice.delta.content, () => stream.controller.abort());
      for (const { index, id, function: told } of choice.delta.tool_calls ?? []) {
        const call = calls[index] ?? { id: "", name: "", text: "" };
        calls[index] = call;
        call.id += id ?? "";
        call.name += told?.name ?? "";
        call.text += told?.arguments ?? "";
      }
    }
    heard.calls.push(...calls.map(({ id, name, text }) => ({ id, name, arguments: argumentsOf(text) })));
    return heard.heard();
  }

  async embed(model: string, inputs: readonly string[]) {
    // Without a word the client asks for base64 and reads it: that is what programs do.
    const { data } = await this.#client.embeddings.create({ model, input: [...inputs] });
    return data.map(({ embedding }) => embedding);
  }
}

class Completion implements Face {
  readonly #client: OpenAI;
  readonly refusal = refusal;

  constructor(client: OpenAI) {
    this.#client = client;
  }

  async whole({ model, text }: Ask): Promise<Heard> {
    const { choices, usage } = await this.#client.completions.create({ model, prompt: text });
    const heard = new Listener();
    heard.says(choices[0]?.text, () => undefined);
    heard.finish = choices[0]?.finish_reason;
    heard.input = usage?.prompt_tokens;
    heard.output = usage?.completion_tokens;
    return heard.heard();
  }

  async stream({ model, text, usage }: Ask, onText?: OnText): Promise<Heard> {
    const counts = usage === true ? { stream_options: { include_usage: true } } : {};
    const stream = await this.#client.completions.create({ model, prompt: text, ...counts, stream: true });
    const heard = new Listener(onText);
    for await (const piece of stream) {
      heard.input = piece.usage?.prompt_tokens ?? heard.input;
      heard.output = piece.usage?.completion_tokens ?? heard.output;
      const [choice] = piece.choices;
      const finish = textIn(choice, "finish_reason");
      if (finish !== undefined) heard.finish = finish;
      heard.says(textIn({ text: field(choice, "text") }, "text"), () => stream.controller.abort());
    }
    return heard.heard();
  }
}

const noWords = "a text to go on with has no word for it; the same client's chats have";

export const openaiChat: FaceKind = {
  name: "openai chat",
  dialect: "openai",
  finishes: { stop: "stop", calls: "tool_calls" },
  sign: ": keep-alive",
  lacks: {},
  at: (url, tapped) => new Chat(clientAt(url, tapped)),
};

export const openaiCompletion: FaceKind = {
  name: "openai completions",
  dialect: "openai",
  finishes: { stop: "stop", calls: "tool_calls" },
  sign: ": keep-alive",
  lacks: {
    tools: noWords,
    "parallel tools": noWords,
    images: noWords,
    reasoning: noWords,
    "json schema": noWords,
    embeddings: "the client's own method, in the row of its chats",
  },
  at: (url, tapped) => new Completion(clientAt(url, tapped)),
};
