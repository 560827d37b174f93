// OpenAI's Responses through the whole gateway, as its official client speaks and reads them: on nodes of every dialect, remembered by Homeport alone.
import OpenAI, { APIError, BadRequestError, NotFoundError } from "openai";
import type { Response, ResponseStreamEvent } from "openai/resources/responses/responses";
import { describe, expect, it, test } from "vitest";
import { type Home, type HomeNode, startHome } from "../support/gateway.ts";
import { beginEvents, chunk, roleFrame, startRawNode } from "./raw-node.ts";

const key = "canary-node-key";
const tools = [
  {
    type: "function" as const,
    name: "get_weather",
    description: "The weather of a city.",
    parameters: { type: "object", properties: { city: { type: "string" } } },
    strict: false,
  },
];
const weather = { name: "get_weather", arguments: { city: "Oslo" } };
const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const capabilities = ["completion" as const, "tools" as const, "vision" as const, "thinking" as const];
const models: HomeNode["models"] = [
  { name: "plain", warm: true, capabilities, says: ["The harbour keeps a quiet light.", "It was the harbour."] },
  { name: "thinker", warm: true, capabilities, says: [{ thinking: "Let me think of it.", text: "It is 21 degrees.", calls: [] }] },
  {
    name: "caller",
    warm: true,
    capabilities,
    says: [{ thinking: "", text: "", calls: [weather, { ...weather, arguments: { city: "Bergen" } }] }, "It is 21 degrees."],
  },
];
const nodes = {
  "llama-server": { kind: "llama-server", models },
  ollama: { kind: "ollama", models, declares: {} },
  anthropic: { kind: "anthropic", models, key, declares: { key: { env: "NODE_KEY" }, place: "lan" } },
  openai: { kind: "openai", models, key, declares: { key: { env: "NODE_KEY" }, place: "lan" } },
} satisfies Readonly<Record<string, HomeNode>>;
type Kind = keyof typeof nodes;
const kinds: readonly Kind[] = ["llama-server", "ollama", "anthropic", "openai"];

const clientOf = (home: { readonly url: string }, apiKey = "any") => new OpenAI({ baseURL: `${home.url}/v1`, apiKey, maxRetries: 0 });

async function start(kind: Kind, only?: string) {
  const node: HomeNode = nodes[kind];
  // A server of one model has one.
  const home = await startHome({
    nodes: { node: kind === "llama-server" ? { ...node, models: models.filter(({ name }) => name === (only ?? "plain")) } : node },
    env: { NODE_KEY: key },
  });
  return { home, client: clientOf(home) };
}

function sentTo(home: Home<"node">): Record<string, unknown> {
  const last = home.at("node").record.requests.findLast(({ method }) => method === "POST");
  return JSON.parse(last?.body.toString("utf8") ?? "{}");
}

async function heard(stream: AsyncIterable<ResponseStreamEvent>): Promise<readonly ResponseStreamEvent[]> {
  const events: ResponseStreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

function completed(events: readonly ResponseStreamEvent[]): Response {
  const last = events.at(-1);
  if (last?.type !== "response.completed" && last?.type !== "response.incomplete") throw new Error(`ended with ${last?.type}`);
  return last.response;
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return error;
  }
}

describe.each(kinds)("on a node that is %s", (kind) => {
  it("a plain question is answered with text, state and usage", async () => {
    const { home, client } = await start(kind);
    const { data, response } = await client.responses
      .create({ model: "plain", instructions: "Be brief.", input: "What of the harbour?", temperature: 0.5, metadata: { a: "b" } })
      .withResponse();
    expect(data).toMatchObject({ object: "response", status: "completed", model: "plain", error: null, temperature: 0.5 });
    expect(data.output_text).toBe("The harbour keeps a quiet light.");
    expect([data.instructions, data.metadata]).toEqual(["Be brief.", { a: "b" }]);
    expect(data.usage).toMatchObject({ input_tokens: expect.any(Number), output_tokens: expect.any(Number) });
    expect(response.headers.get("x-homeport-translated")).toMatch(/^responses to /);
    expect(JSON.stringify(sentTo(home))).toContain("Be brief.");
  });

  it("a stream comes as the SDK's own reader checks it: in order, numbered, and whole at the end", async () => {
    const { client } = await start(kind);
    const events = await heard(await client.responses.create({ model: "plain", input: "What of the harbour?", stream: true }));
    const types = events.map(({ type }) => type);
    const deltas = types.filter((type) => type === "response.output_text.delta");
    expect(deltas.length).toBeGreaterThan(2);
    expect(types).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
      ...deltas,
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ]);
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, at) => at));
    expect(completed(events).usage?.output_tokens).toBeGreaterThan(0);
    const final = await client.responses.stream({ model: "plain", input: "What of the harbour?" }).finalResponse();
    expect(final.output_text).toBe("The harbour keeps a quiet light.");
  });

  it("calls of tools side by side arrive, whole and streamed, and their results are heard", async () => {
    const { client } = await start(kind, "caller");
    const ask = { model: "caller", input: "Oslo and Bergen?", tools };
    const whole = await client.responses.create(ask);
    const streamed = await client.responses.stream(ask).finalResponse();
    for (const { output } of [whole, streamed]) {
      const calls = output.flatMap((item) => (item.type === "function_call" ? [item] : []));
      expect(calls.map(({ name, arguments: text }) => [name, JSON.parse(text)])).toEqual([
        ["get_weather", { city: "Oslo" }],
        ["get_weather", { city: "Bergen" }],
      ]);
      expect(new Set(calls.map(({ call_id }) => call_id)).size).toBe(2);
    }
    const results = whole.output.flatMap((item) =>
      item.type === "function_call" ? [{ type: "function_call_output" as const, call_id: item.call_id, output: "21 degrees" }] : [],
    );
    const next = await client.responses.create({ ...ask, previous_response_id: whole.id, input: results });
    expect(next.output_text).toBe("It is 21 degrees.");
    expect(next.previous_response_id).toBe(whole.id);
  });

  it("a question goes on from the answer before it; the node is sent everything, and never an id", async () => {
    const { home, client } = await start(kind);
    const first = await client.responses.create({ model: "plain", input: "What of the harbour?" });
    const events = await heard(
      await client.responses.create({ model: "plain", input: "What was it?", previous_response_id: first.id, stream: true }),
    );
    const second = completed(events);
    expect(second.output_text ?? textOf(second)).toBe("It was the harbour.");
    const body = JSON.stringify(sentTo(home));
    expect(body).not.toContain("previous_response_id");
    const order = ["What of the harbour?", "The harbour keeps a quiet light.", "What was it?"].map((text) => body.indexOf(text));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order[0]).toBeGreaterThan(0);
    await client.responses.create({ model: "plain", input: "And now?", previous_response_id: second.id });
    expect(JSON.stringify(sentTo(home))).toContain("What of the harbour?");
  });

  it("pictures and a schema reach the node in its own words", async () => {
    const { home, client } = await start(kind);
    await client.responses.create({
      model: "plain",
      input: [
        {
          role: "user",
          content: [
            { type: "input_text", text: "What is this?" },
            { type: "input_image", image_url: `data:image/png;base64,${png}`, detail: "auto" },
          ],
        },
      ],
    });
    expect(JSON.stringify(sentTo(home))).toContain(png);
    const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false };
    await client.responses.create({
      model: "plain",
      input: "Which city?",
      text: { format: { type: "json_schema", name: "place", schema, strict: true } },
    });
    expect(JSON.stringify(sentTo(home))).toContain('"required":["city"]');
  });

  it("an error before any bytes is OpenAI's, with a status", async () => {
    const { home, client } = await start(kind);
    home.at("node").fault({ fault: "status", status: 400, body: '{"error":{"message":"no such thing"}}' }, { method: "POST" });
    const error = await failureOf(client.responses.create({ model: "plain", input: "hi", stream: true }));
    if (!(error instanceof APIError)) throw error;
    expect(error.status).toBe(400);
    expect(error.message).toContain("no such thing");
  });

  it("R-12: an error in the middle of a stream is thrown by the SDK, and no end is told", async () => {
    const { home, client } = await start(kind);
    home.at("node").fault({ fault: "drop-after", frames: 6 }, { method: "POST" });
    const types: string[] = [];
    const error = await failureOf(
      (async () => {
        for await (const event of await client.responses.create({ model: "plain", input: "hi", stream: true })) types.push(event.type);
      })(),
    );
    expect(error).toBeInstanceOf(APIError);
    expect(types).toContain("response.output_text.delta");
    expect(types).not.toContain("response.completed");
    expect(await failureOf(client.responses.retrieve("resp_failed"))).toBeInstanceOf(NotFoundError);
  });
});

function textOf({ output }: Response): string {
  return output
    .flatMap((item) => (item.type === "message" ? item.content : []))
    .map((part) => (part.type === "output_text" ? part.text : ""))
    .join("");
}

it.each(["llama-server", "ollama"] as const)(
  "what a model on %s thinks is a reasoning item of its own, whole and streamed",
  async (kind) => {
    const { client } = await start(kind, "thinker");
    const ask = { model: "thinker", input: "How warm?", reasoning: { effort: "medium" as const } };
    const whole = await client.responses.create(ask);
    expect(whole.output.map(({ type }) => type)).toEqual(["reasoning", "message"]);
    expect(whole.output[0]).toMatchObject({ summary: [{ type: "summary_text", text: "Let me think of it." }] });
    const events = await heard(await client.responses.create({ ...ask, stream: true }));
    const thought = events.flatMap((event) => (event.type === "response.reasoning_summary_text.delta" ? [event.delta] : []));
    expect(thought.join("")).toBe("Let me think of it.");
    const final = await client.responses.stream(ask).finalResponse();
    expect(final.output.map(({ type }) => type)).toEqual(["reasoning", "message"]);
  },
);

describe("OpenAI's own service, which speaks it too", () => {
  const service: HomeNode = { ...nodes.openai, declares: { ...nodes.openai.declares, preset: "openai" } };

  it("bytes pass as they are, both ways, also what no other node could be told", async () => {
    const home = await startHome({ nodes: { node: service }, env: { NODE_KEY: key } });
    const body = '{"model": "plain", "input": "What of the harbour?", "tools": [{"type":"web_search"}],  "x": 1.0}';
    const post = (text: string) =>
      fetch(`${home.url}/v1/responses`, { method: "POST", headers: { "content-type": "application/json" }, body: text });
    const answer = await post(body);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("x-homeport-translated")).toBeNull();
    const sent = () => home.at("node").record.to("/v1/responses").at(-1)?.body.toString("utf8") ?? "";
    expect(sent()).toBe(body);
    const { id }: { readonly id: string } = JSON.parse(await answer.text());
    // Only what refers to the answer before is put in its place.
    await post(`{"model": "plain", "previous_response_id": "${id}", "input": [ {"role":"user","content":"And?"}],  "x": 1.0}`);
    expect(sent()).toMatch(/^\{"model": "plain", +"input": \[\{"type":"message","role":"user","content":"What of the harbour\?"\},\{/);
    expect(sent()).toMatch(/\},\s*\{"role":"user","content":"And\?"\}\], {2}"x": 1\.0\}$/);
  });

  it("its answers are remembered here as well, whole and streamed, and the next question brings them along", async () => {
    const home = await startHome({ nodes: { node: service }, env: { NODE_KEY: key } });
    const client = clientOf(home);
    const first = completed(await heard(await client.responses.create({ model: "plain", input: "What of the harbour?", stream: true })));
    const second = await client.responses.create({ model: "plain", input: "What was it?", previous_response_id: first.id });
    expect(second.output_text).toBe("It was the harbour.");
    const sent = sentTo(home);
    expect(sent).not.toHaveProperty("previous_response_id");
    expect(sent["input"]).toMatchObject([{ role: "user" }, { type: "message", role: "assistant" }, { role: "user" }]);
  });
});

describe("what Homeport remembers", () => {
  it("is found by its id, listed by what was said before it, and forgotten when asked", async () => {
    const { client } = await start("ollama");
    const first = await client.responses.create({ model: "plain", input: "What of the harbour?" });
    const second = await client.responses.create({
      model: "plain",
      input: [{ role: "user", content: "What was it?" }],
      previous_response_id: first.id,
    });
    expect(await client.responses.retrieve(second.id)).toMatchObject({ id: second.id, previous_response_id: first.id });
    const items = [];
    for await (const item of client.responses.inputItems.list(second.id, { order: "asc", limit: 1 })) items.push(item);
    expect(items.map((item) => ("role" in item ? item.role : item.type))).toEqual(["user", "assistant", "user"]);
    await client.responses.delete(first.id);
    expect(await failureOf(client.responses.retrieve(first.id))).toBeInstanceOf(NotFoundError);
    // Nothing hangs on the older answer being there still.
    expect((await client.responses.create({ model: "plain", input: "?", previous_response_id: second.id })).status).toBe("completed");
  });

  it("is nothing where the client says so, or where the answer broke", async () => {
    const { client } = await start("ollama");
    const unkept = await client.responses.create({ model: "plain", input: "hi", store: false });
    expect(await failureOf(client.responses.retrieve(unkept.id))).toBeInstanceOf(NotFoundError);
    const error = await failureOf(client.responses.create({ model: "plain", input: "?", previous_response_id: unkept.id }));
    if (!(error instanceof BadRequestError)) throw error;
    expect(error).toMatchObject({ status: 400, code: "previous_response_not_found", param: "previous_response_id" });
  });

  it("demands 3.23: counts with what is asked, for clients that ask how much that is", async () => {
    const { client } = await start("ollama");
    const first = await client.responses.create({ model: "plain", input: "What of the harbour? ".repeat(50) });
    const alone = await client.responses.inputTokens.count({ model: "plain", input: "What was it?" });
    const after = await client.responses.inputTokens.count({ model: "plain", input: "What was it?", previous_response_id: first.id });
    expect(alone.object).toBe("response.input_tokens");
    expect(after.input_tokens).toBeGreaterThan(alone.input_tokens + 150);
  });

  it("an item may be referred to instead of being sent", async () => {
    const { home, client } = await start("ollama");
    const first = await client.responses.create({ model: "plain", input: "What of the harbour?" });
    const [item] = first.output;
    await client.responses.create({
      model: "plain",
      input: [
        { role: "user", content: "What of the harbour?" },
        { type: "item_reference", id: item?.id ?? "" },
        { role: "user", content: "What was it?" },
      ],
    });
    expect(JSON.stringify(sentTo(home))).toContain("The harbour keeps a quiet light.");
    const lost = await failureOf(client.responses.create({ model: "plain", input: [{ type: "item_reference", id: "msg_unknown" }] }));
    expect(lost).toBeInstanceOf(BadRequestError);
  });

  it("S-10: belongs to the client key it was given to; another key finds nothing and deletes nothing", async () => {
    const clients = ["anna", "ben"].map((name) => ({ name, key: { env: `${name.toUpperCase()}_KEY` } }));
    const home = await startHome({
      nodes: { node: nodes.ollama },
      env: { ANNA_KEY: "key-of-anna", BEN_KEY: "key-of-ben" },
      config: { clients },
    });
    const anna = clientOf(home, "key-of-anna");
    const ben = clientOf(home, "key-of-ben");
    const first = await anna.responses.create({ model: "plain", input: "What of the harbour?" });
    expect(await failureOf(ben.responses.retrieve(first.id))).toBeInstanceOf(NotFoundError);
    expect(await failureOf(ben.responses.delete(first.id))).toBeInstanceOf(NotFoundError);
    expect(await failureOf(ben.responses.create({ model: "plain", input: "?", previous_response_id: first.id }))).toBeInstanceOf(
      BadRequestError,
    );
    expect((await anna.responses.retrieve(first.id)).id).toBe(first.id);
  });
});

test("what only OpenAI's service could do is refused by name, and no node hears of it", async () => {
  const { home, client } = await start("ollama");
  const before = home.at("node").record.requests.filter(({ method }) => method === "POST").length;
  const refusals: readonly (readonly [Record<string, unknown>, string])[] = [
    [{ tools: [{ type: "web_search" }] }, "web_search"],
    [{ input: [{ type: "web_search_call", id: "ws_1" }] }, "web_search_call"],
    [{ input: [{ role: "user", content: [{ type: "input_file", file_id: "file_1" }] }] }, "content"],
    [{ conversation: "conv_1" }, "conversation"],
    [{ prompt: { id: "pmpt_1" } }, "prompt"],
    [{ background: true }, "background"],
  ];
  for (const [more, named] of refusals) {
    const error = await failureOf(client.post("/responses", { body: { model: "plain", input: "hi", ...more } }));
    if (!(error instanceof BadRequestError)) throw error;
    expect(error.message).toContain(named);
  }
  expect(home.at("node").record.requests.filter(({ method }) => method === "POST").length).toBe(before);
});

test("an answer cut by its limit is told as incomplete, and why", async () => {
  const raw = await startRawNode("raw", (response) => {
    beginEvents(response);
    response.end(`${roleFrame}${chunk({ content: "Hello" })}${chunk({}, "length")}data: [DONE]\n\n`);
  });
  const home = await startHome({ nodes: {}, config: { nodes: [raw.config] } });
  const final = await clientOf(home).responses.stream({ model: "m", input: "hi", max_output_tokens: 16 }).finalResponse();
  expect(final).toMatchObject({ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } });
});
