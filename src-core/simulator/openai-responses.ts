// The newer of a simulated OpenAI's two interfaces: `/v1/responses`, which remembers nothing here either.
import { z } from "zod";
import type { Call, StreamScript } from "./call.ts";
import { computed, gapOf, type KindParts, streamUnder } from "./kind.ts";
import { itemEvents, itemsOf } from "./openai-responses-said.ts";
import type { SimulatedModel } from "./options.ts";
import { countTokens, type Generation, generate } from "./words.ts";

const jsonType = "application/json";
const Asked = z.looseObject({
  model: z.string(),
  input: z.union([z.string(), z.array(z.unknown())]),
  stream: z.boolean().nullish(),
  max_output_tokens: z.number().nullish(),
  previous_response_id: z.string().nullish(),
  reasoning: z.looseObject({ effort: z.string().nullish() }).nullish(),
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
  const prompt = promptOf(asked);
  const turn: Turn = {
    call,
    model,
    asked,
    generation: generate(model, prompt, countTokens(prompt), asked.max_output_tokens ?? undefined, mayThink(asked)),
  };
  if (asked.stream === true) {
    const end = await streamUnder(call, lease, parts, scriptOf(turn));
    if (end === "crashed") parts.exit();
    return;
  }
  if (await computed(call, parts, lease, turn.generation.tokens, parts.exit)) call.json(200, responseOf(turn, true), jsonType);
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

const Called = z.looseObject({ arguments: z.string() });

/** What was said so far; arguments of calls also as the text they are, not as text within JSON. */
function promptOf({ input }: Asked): string {
  const items = typeof input === "string" ? [] : input;
  return [JSON.stringify(input), ...items.flatMap((item) => Called.safeParse(item).data?.arguments ?? [])].join("\n");
}

/** Thoughts are summed up only where reasoning was asked for. */
function mayThink({ reasoning }: Asked): boolean {
  return reasoning != null && reasoning.effort !== "none";
}

function refuse(call: Call, message: string, param: string, code: string): void {
  call.json(400, { error: { message, type: "invalid_request_error", param, code } }, jsonType);
}

function responseOf(turn: Turn, isDone: boolean) {
  const { call, model, asked, generation } = turn;
  const { promptTokens: input_tokens, tokens: output_tokens, finish } = generation;
  const isCut = finish === "length";
  const usage = {
    input_tokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input_tokens + output_tokens,
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
    output: isDone ? itemsOf(generation, idOf(turn), isCut ? "incomplete" : "completed").map(({ done }) => done) : [],
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

function scriptOf(turn: Turn): StreamScript {
  let sequence_number = 0;
  const frame = (type: string, rest: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence_number++, ...rest })}\n\n`;
  const { generation } = turn;
  const created = responseOf(turn, false);
  const items = itemsOf(generation, idOf(turn), generation.finish === "length" ? "incomplete" : "completed");
  const done = { ...responseOf(turn, true), id: created.id, output: items.map((item) => item.done) };
  return {
    contentType: "text/event-stream; charset=utf-8",
    opening: [frame("response.created", { response: created }), frame("response.in_progress", { response: created })],
    paced: items.flatMap((item, index) => itemEvents(item, index, frame)),
    closing: [frame(`response.${done.status}`, { response: done })],
    crash: [frame("error", { code: "server_error", message: "The server had an error while processing your request.", param: null })],
    gapMs: gapOf(turn.model),
  };
}
