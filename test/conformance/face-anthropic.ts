// The official Anthropic client, as Claude Code uses it: messages, whole and by its own stream helper.
import Anthropic, { APIError, BadRequestError } from "@anthropic-ai/sdk";
import { isObject } from "../../src-core/dialects/shapes.ts";
import { type Ask, type Face, type FaceKind, type Heard, Listener, type OnText, type Refusal } from "./face.ts";

type Turns = Anthropic.MessageParam[];

function turnsOf({ text, image, called = [] }: Ask): Turns {
  const asked: Turns =
    image === undefined
      ? [{ role: "user", content: text }]
      : [
          {
            role: "user",
            content: [
              { type: "text", text },
              { type: "image", source: { type: "base64", media_type: "image/png", data: image } },
            ],
          },
        ];
  if (called.length === 0) return asked;
  const calls = called.map(({ call }) => ({ type: "tool_use" as const, id: call.id, name: call.name, input: { ...call.arguments } }));
  const results = called.map(({ call, result }) => ({ type: "tool_result" as const, tool_use_id: call.id, content: result }));
  return [...asked, { role: "assistant", content: calls }, { role: "user", content: results }];
}

function bodyOf(ask: Ask) {
  const { model, tools, thinks, schema } = ask;
  return {
    model,
    max_tokens: 4096,
    messages: turnsOf(ask),
    ...(tools === undefined
      ? {}
      : { tools: tools.map(({ name, description, parameters }) => ({ name, description, input_schema: { ...parameters } })) }),
    ...(thinks === true ? { thinking: { type: "enabled" as const, budget_tokens: 2048 } } : {}),
    ...(schema === undefined ? {} : { output_config: { format: { type: "json_schema" as const, schema: { ...schema } } } }),
  };
}

function heardIn({ content, stop_reason, usage }: Anthropic.Message, pieces: number): Heard {
  return {
    text: content.map((block) => (block.type === "text" ? block.text : "")).join(""),
    thinking: content.map((block) => (block.type === "thinking" ? block.thinking : "")).join(""),
    calls: content.flatMap((block) =>
      block.type === "tool_use"
        ? [{ id: block.id, name: block.name, arguments: isObject(block.input) ? block.input : { unreadable: block.input } }]
        : [],
    ),
    finish: stop_reason ?? undefined,
    input: usage.input_tokens,
    output: usage.output_tokens,
    pieces,
  };
}

class Messages implements Face {
  readonly #client: Anthropic;

  constructor(client: Anthropic) {
    this.#client = client;
  }

  async whole(ask: Ask): Promise<Heard> {
    return heardIn(await this.#client.messages.create(bodyOf(ask)), 1);
  }

  async stream(ask: Ask, onText?: OnText): Promise<Heard> {
    const stream = this.#client.messages.stream(bodyOf(ask));
    const heard = new Listener(onText);
    stream.on("text", (piece) => heard.says(piece, () => stream.abort()));
    return heardIn(await stream.finalMessage(), heard.pieces);
  }

  refusal(error: unknown): Refusal {
    const status: unknown = error instanceof APIError ? error.status : undefined;
    return {
      typed: error instanceof BadRequestError,
      status: typeof status === "number" ? status : undefined,
      message: error instanceof Error ? error.message : String(error),
    };
  }
}

export const anthropicMessages: FaceKind = {
  name: "anthropic messages",
  dialect: "anthropic",
  finishes: { stop: "end_turn", calls: "tool_use" },
  sign: "event: ping",
  lacks: { embeddings: "Anthropic's dialect has no embeddings" },
  at: (url, tapped) => new Messages(new Anthropic({ baseURL: url, apiKey: "any", maxRetries: 0, fetch: tapped })),
};
