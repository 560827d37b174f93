// The newer of a simulated OpenAI's two interfaces: `/v1/responses`, which remembers nothing here either.
import { z } from "zod";
import type { Call, StreamScript } from "./call.ts";
import { computed, gapOf, type KindParts, streamUnder } from "./kind.ts";
import type { SimulatedModel } from "./options.ts";
import { countTokens, type Generation, generate } from "./words.ts";

const jsonType = "application/json";
const Asked = z.looseObject({
  model: z.string(),
  input: z.union([z.string(), z.array(z.unknown())]),
  stream: z.boolean().nullish(),
  max_output_tokens: z.number().nullish(),
  previous_response_id: z.string().nullish(),
});
type Asked = z.infer<typeof Asked>;

/** Answers one call; refuses what it cannot read in OpenAI's words. */
export async function answerResponses(call: Call, parts: KindParts): Promise<void> {
  const asked = askedIn(call);
  if (asked === undefined) return refuse(call, "Missing required parameter: 'input'.", "input", "missing_required_parameter");
  const { model: name, previous_response_id: previous } = asked;
  const model = parts.options.models.find((each) => each.name === name);
  if (model === undefined) return refuse(call, `The requested model '${name}' does not exist.`, "model", "model_not_found");
  if (previous != null)
    return refuse(call, `Previous response with id '${previous}' not found.`, "previous_response_id", "previous_response_not_found");
  const lease = await parts.residency.acquire(model, {}, model.contextTokens, call.signal);
  if ("refused" in lease) return;
  const prompt = JSON.stringify(asked.input);
  const turn: Turn = {
    call,
    model,
    asked,
    generation: generate(model, prompt, countTokens(prompt), asked.max_output_tokens ?? undefined),
  };
  if (asked.stream === true) {
    const end = await streamUnder(call, lease, parts, scriptOf(turn));
    if (end === "crashed") parts.exit();
    return;
  }
  if (await computed(call, parts, lease, turn.generation.words.length, parts.exit)) call.json(200, responseOf(turn, true), jsonType);
}

interface Turn {
  readonly call: Call;
  readonly model: SimulatedModel;
  readonly asked: Asked;
  readonly generation: Generation;
}

function askedIn(call: Call): Asked | undefined {
  try {
    return Asked.safeParse(JSON.parse(call.body.toString("utf8"))).data;
  } catch {
    return undefined;
  }
}

function refuse(call: Call, message: string, param: string, code: string): void {
  call.json(400, { error: { message, type: "invalid_request_error", param, code } }, jsonType);
}

function responseOf(turn: Turn, isDone: boolean) {
  const { call, model, asked, generation } = turn;
  const { promptTokens: input_tokens, words, finish } = generation;
  const isCut = finish === "length";
  const usage = {
    input_tokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: words.length,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input_tokens + words.length,
  };
  return {
    id: `resp_${idOf(turn)}`,
    object: "response",
    created_at: Math.floor(call.clock.now() / 1000),
    status: isDone ? (isCut ? "incomplete" : "completed") : "in_progress",
    error: null,
    incomplete_details: isDone && isCut ? { reason: "max_output_tokens" } : null,
    instructions: null,
    max_output_tokens: asked.max_output_tokens ?? null,
    model: model.name,
    output: isDone ? [itemOf(turn, isCut ? "incomplete" : "completed")] : [],
    parallel_tool_calls: true,
    previous_response_id: null,
    store: true,
    temperature: 1,
    tool_choice: "auto",
    tools: [],
    top_p: 1,
    usage: isDone ? usage : null,
    metadata: {},
  };
}

/** As long as OpenAI's own, and never the same twice. */
function idOf({ call, generation }: Turn): string {
  return `${Math.floor(call.clock.monotonic() * 1000).toString(16)}${generation.promptTokens}`.padStart(24, "0");
}

function partOf(text: string) {
  return { type: "output_text", annotations: [], logprobs: [], text };
}

function itemOf(turn: Turn, status: "in_progress" | "completed" | "incomplete") {
  const content = status === "in_progress" ? [] : [partOf(turn.generation.words.join(""))];
  return { id: `msg_${idOf(turn)}`, type: "message", status, content, role: "assistant" };
}

function scriptOf(turn: Turn): StreamScript {
  let sequence_number = 0;
  const frame = (type: string, rest: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence_number++, ...rest })}\n\n`;
  const { generation } = turn;
  const created = responseOf(turn, false);
  const done = { ...responseOf(turn, true), id: created.id };
  const item = itemOf(turn, "in_progress");
  const last = { ...itemOf(turn, generation.finish === "length" ? "incomplete" : "completed"), id: item.id };
  const place = { item_id: item.id, output_index: 0, content_index: 0 };
  const text = generation.words.join("");
  return {
    contentType: "text/event-stream; charset=utf-8",
    opening: [
      frame("response.created", { response: created }),
      frame("response.in_progress", { response: created }),
      frame("response.output_item.added", { output_index: 0, item }),
      frame("response.content_part.added", { ...place, part: partOf("") }),
    ],
    paced: generation.words.map((delta) => frame("response.output_text.delta", { ...place, delta, logprobs: [] })),
    closing: [
      frame("response.output_text.done", { ...place, text, logprobs: [] }),
      frame("response.content_part.done", { ...place, part: partOf(text) }),
      frame("response.output_item.done", { output_index: 0, item: last }),
      frame(`response.${done.status}`, { response: { ...done, output: [last] } }),
    ],
    crash: [frame("error", { code: "server_error", message: "The server had an error while processing your request.", param: null })],
    gapMs: gapOf(turn.model),
  };
}
