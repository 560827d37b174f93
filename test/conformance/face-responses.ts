// The official OpenAI client's newer interface: responses, whole and event by event.
import type OpenAI from "openai";
import type { Response, ResponseInput } from "openai/resources/responses/responses";
import { type Ask, type Face, type FaceKind, type Heard, Listener, type OnText } from "./face.ts";
import { argumentsOf, clientAt, refusal } from "./face-openai.ts";

function inputOf({ text, image, called = [] }: Ask): ResponseInput {
  const asked: ResponseInput = [
    {
      role: "user",
      content: [
        { type: "input_text", text },
        ...(image === undefined
          ? []
          : [{ type: "input_image" as const, image_url: `data:image/png;base64,${image}`, detail: "auto" as const }]),
      ],
    },
  ];
  const calls = called.map(({ call }) => ({
    type: "function_call" as const,
    call_id: call.id,
    name: call.name,
    arguments: JSON.stringify(call.arguments),
  }));
  const results = called.map(({ call, result }) => ({ type: "function_call_output" as const, call_id: call.id, output: result }));
  return [...asked, ...calls, ...results];
}

function bodyOf(ask: Ask) {
  const { model, tools, thinks, schema } = ask;
  return {
    model,
    input: inputOf(ask),
    ...(tools === undefined
      ? {}
      : { tools: tools.map((tool) => ({ type: "function" as const, ...tool, parameters: { ...tool.parameters }, strict: false })) }),
    ...(thinks === true ? { reasoning: { effort: "high" as const, summary: "auto" as const } } : {}),
    ...(schema === undefined
      ? {}
      : { text: { format: { type: "json_schema" as const, name: "answer", strict: true, schema: { ...schema } } } }),
  };
}

function heardIn({ output, status, usage }: Response, pieces: number): Heard {
  return {
    text: output
      .flatMap((item) => (item.type === "message" ? item.content : []))
      .map((part) => (part.type === "output_text" ? part.text : ""))
      .join(""),
    thinking: output.flatMap((item) => (item.type === "reasoning" ? item.summary.map(({ text }) => text) : [])).join(""),
    calls: output.flatMap((item) =>
      item.type === "function_call" ? [{ id: item.call_id, name: item.name, arguments: argumentsOf(item.arguments) }] : [],
    ),
    finish: status,
    input: usage?.input_tokens,
    output: usage?.output_tokens,
    pieces,
  };
}

class Responses implements Face {
  readonly #client: OpenAI;
  readonly refusal = refusal;

  constructor(client: OpenAI) {
    this.#client = client;
  }

  async whole(ask: Ask): Promise<Heard> {
    return heardIn(await this.#client.responses.create(bodyOf(ask)), 1);
  }

  async stream(ask: Ask, onText?: OnText): Promise<Heard> {
    const stream = await this.#client.responses.create({ ...bodyOf(ask), stream: true });
    const heard = new Listener(onText);
    let thinking = "";
    for await (const event of stream) {
      if (event.type === "response.output_text.delta") heard.says(event.delta, () => stream.controller.abort());
      if (event.type === "response.reasoning_summary_text.delta") thinking += event.delta;
      if (event.type !== "response.completed" && event.type !== "response.incomplete") continue;
      const last = heardIn(event.response, heard.pieces);
      // What came in pieces is what stands in the whole at the end.
      return { ...last, text: heard.text === last.text ? last.text : `${heard.text} is not ${last.text}`, thinking };
    }
    return heard.heard();
  }
}

export const openaiResponses: FaceKind = {
  name: "openai responses",
  dialect: "responses",
  finishes: { stop: "completed", calls: "completed" },
  sign: ": keep-alive",
  lacks: { embeddings: "the client's own method, in the row of its chats" },
  at: (url, tapped) => new Responses(clientAt(url, tapped)),
};
