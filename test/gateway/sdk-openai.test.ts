import OpenAI, { APIError, BadRequestError, NotFoundError, RateLimitError } from "openai";
import { expect, test } from "vitest";
import { type Home, type HomeNode, startHome } from "../support/gateway.ts";
import { hello } from "./caller.ts";

const attic: HomeNode = {
  kind: "ollama",
  models: [
    { name: "qwen:8b", warm: true, replyTokens: 6 },
    { name: "tiny", warm: true, replyTokens: 3 },
    { name: "vectors", warm: true, capabilities: ["embedding"] },
    { name: "endless", warm: true, replyTokens: 100_000, tokensPerSecond: 200 },
  ],
};

function clientOf(home: Home<"attic">): OpenAI {
  return new OpenAI({ baseURL: `${home.url}/v1`, apiKey: "any", maxRetries: 0 });
}

async function start() {
  const home = await startHome({ nodes: { attic } });
  return { home, client: clientOf(home) };
}

const messages = [...hello];

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return error;
  }
}

test("the official client lists and retrieves models; a list in another shape would leave its picker empty", async () => {
  const { client } = await start();
  const listed = [];
  for await (const model of client.models.list()) listed.push(model.id);
  expect(listed.sort()).toEqual(["endless:latest", "qwen:8b", "tiny:latest", "vectors:latest"]);
  expect(await client.models.retrieve("qwen:8b")).toMatchObject({ id: "qwen:8b", object: "model", owned_by: "homeport" });
});

test("chat, stream, completion and embedding arrive as the client's types say", async () => {
  const { client } = await start();
  const said = await client.chat.completions.create({ model: "qwen:8b", messages });
  expect(said.choices[0]?.finish_reason).toBe("stop");
  expect(said.usage?.completion_tokens).toBe(6);
  let streamed = "";
  for await (const chunk of await client.chat.completions.create({ model: "qwen:8b", messages, stream: true }))
    streamed += chunk.choices[0]?.delta.content ?? "";
  expect(streamed).toBe(said.choices[0]?.message.content);
  const completed = await client.completions.create({ model: "tiny", prompt: "Once" });
  expect(completed.choices[0]?.text.trim()).not.toBe("");
  const vectors = await client.embeddings.create({ model: "vectors", input: ["a", "b"], encoding_format: "float" });
  expect(vectors.data.map(({ embedding }) => embedding.length)).toEqual([64, 64]);
});

test("the model is echoed as it was spelled, :latest or not; clients compare the two", async () => {
  const { client } = await start();
  for (const model of ["tiny", "tiny:latest", "TINY"]) {
    expect((await client.chat.completions.create({ model, messages })).model).toBe(model);
    for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) expect(chunk.model).toBe(model);
  }
});

test("every answer says who served it, success or failure", async () => {
  const { client } = await start();
  const { response } = await client.chat.completions.create({ model: "tiny", messages }).withResponse();
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "x-homeport-request": expect.stringMatching(/^\w+-\w+$/),
    "x-homeport-node": "attic",
    "x-homeport-model": "tiny:latest",
    "x-homeport-attempts": "1",
    "x-homeport-decided-by": "only",
  });
  const refused = await failureOf(client.chat.completions.create({ model: "nobody-has-this", messages }));
  expect(refused).toBeInstanceOf(NotFoundError);
  if (refused instanceof NotFoundError) expect(refused.headers.get("x-homeport-attempts")).toBe("0");
});

test("R-13: aborting a stream in the client ends it at the node; a GPU would otherwise work for nobody", async () => {
  const { home, client } = await start();
  const stream = await client.chat.completions.create({ model: "endless", messages, stream: true });
  for await (const _ of stream) break;
  stream.controller.abort();
  const { record } = home.at("attic");
  await record.until(() => record.to("/v1/chat/completions").some(({ abortedAt }) => abortedAt !== undefined));
  expect(record.open).toBe(0);
});

test("an unknown model is the client's NotFoundError with the names that are near", async () => {
  const { client } = await start();
  const error = await failureOf(client.chat.completions.create({ model: "qwen:8", messages }));
  expect(error).toBeInstanceOf(NotFoundError);
  if (error instanceof NotFoundError) {
    expect(error.code).toBe("model_not_found");
    expect(error.error).toMatchObject({ near: ["qwen:8b"], source: "homeport" });
    expect(error.message).toContain("qwen:8b");
  }
});

test("F44: a body the node would choke on is the client's BadRequestError, and never reaches a node", async () => {
  const { home, client } = await start();
  const seen = home.at("attic").record.to("/v1/chat/completions").length;
  const error = await failureOf(client.post("/chat/completions", { body: { model: "tiny", messages: "hello" } }));
  expect(error).toBeInstanceOf(BadRequestError);
  if (error instanceof BadRequestError) expect(error.message).toContain("messages: expected an array");
  expect(home.at("attic").record.to("/v1/chat/completions").length).toBe(seen);
});

test("a full queue is the client's RateLimitError with a wait, at once and not after the deadline", async () => {
  const home = await startHome({
    nodes: { attic: { ...attic, declares: { slots: 1 } } },
    config: { requests: { queueDepth: 1 } },
  });
  const client = clientOf(home);
  const first = await client.chat.completions.create({ model: "endless", messages, stream: true });
  const waiting = client.chat.completions.create({ model: "endless", messages, stream: true }).catch(() => undefined);
  await home.happened("request-queued");
  const error = await failureOf(client.chat.completions.create({ model: "endless", messages }));
  expect(error).toBeInstanceOf(RateLimitError);
  if (error instanceof RateLimitError) expect(Number(error.headers.get("retry-after"))).toBeGreaterThan(0);
  first.controller.abort();
  (await waiting)?.controller.abort();
});

test("R-12: an error in the middle of a stream raises in the client; ended quietly it would pass for a short answer", async () => {
  const { home, client } = await start();
  home.at("attic").fault({ fault: "drop-after", frames: 3 }, { path: "/v1/chat/completions" });
  const stream = await client.chat.completions.create({ model: "qwen:8b", messages, stream: true });
  let chunks = 0;
  const error = await failureOf(
    (async () => {
      for await (const _ of stream) chunks += 1;
    })(),
  );
  expect(chunks).toBe(3);
  expect(error).toBeInstanceOf(APIError);
  if (error instanceof APIError) expect(error.error).toMatchObject({ source: "homeport", node: "attic" });
});
