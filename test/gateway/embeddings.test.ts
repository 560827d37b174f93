// Embeddings through the whole gateway, whatever dialect the client and the node speak.
import { Ollama } from "ollama";
import OpenAI from "openai";
import { expect, it } from "vitest";
import { base64ToFloats, floatsToBase64 } from "../../src-core/dialects/float-text.ts";
import { startHome } from "../support/gateway.ts";
import { call } from "./caller.ts";
import { startRawNode } from "./raw-node.ts";

const house = () =>
  startHome({
    nodes: {
      studio: { kind: "llama-server", models: [{ name: "vec", warm: true, capabilities: ["embedding"] }] },
      attic: { kind: "ollama", models: [{ name: "nomic", warm: true, capabilities: ["embedding"] }] },
    },
  });

it("demands 3.15: an Ollama client embeds on a llama-server: one text, several in their order, and the older route's bare vector", async () => {
  const home = await house();
  const client = new Ollama({ host: home.url });
  const openai = new OpenAI({ baseURL: `${home.url}/v1`, apiKey: "any", maxRetries: 0 });
  const own = await openai.embeddings.create({ model: "vec", input: ["one", "two"], encoding_format: "float" });
  const vectors = own.data.map(({ embedding }) => embedding);
  const several = await client.embed({ model: "vec", input: ["one", "two"] });
  expect(several).toMatchObject({ model: "vec", embeddings: vectors, prompt_eval_count: own.usage.prompt_tokens });
  expect((await client.embed({ model: "vec", input: "two" })).embeddings).toEqual([vectors[1]]);
  expect((await client.embeddings({ model: "vec", prompt: "one" })).embedding).toEqual(vectors[0]);
  const told = await call(home.url, "/api/embed", { model: "vec", input: "a", keep_alive: "5m", options: { num_thread: 2 } });
  expect(told.headers).toMatchObject({
    "x-homeport-node": "studio",
    "x-homeport-translated": "ollama to openai",
    "x-homeport-dropped": "options.num_thread, keep_alive",
  });
  expect(home.at("studio").record.requests.findLast(({ inference }) => inference)?.path).toBe("/v1/embeddings");
  expect(home.errors).toEqual([]);
});

it("an OpenAI client embeds on Ollama in Ollama's own /v1: bytes pass, and nothing claims to be translated", async () => {
  const home = await house();
  const answer = await call(home.url, "/v1/embeddings", { model: "nomic", input: ["a", "b"] });
  expect(answer.json).toMatchObject({ object: "list", data: [{ index: 0 }, { index: 1 }], model: "nomic" });
  expect(answer.headers["x-homeport-translated"]).toBeUndefined();
});

it("an OpenAI client embeds on a node that speaks only Ollama's dialect, as floats and as base64, which the official client asks for unasked", async () => {
  const home = await startHome({
    nodes: { attic: { kind: "ollama", speaks: ["ollama"], models: [{ name: "nomic", warm: true, capabilities: ["embedding"] }] } },
  });
  const client = new OpenAI({ baseURL: `${home.url}/v1`, apiKey: "any", maxRetries: 0 });
  const floats = await client.embeddings.create({ model: "nomic", input: ["one", "two"], encoding_format: "float" });
  const packed = await client.embeddings.create({ model: "nomic", input: ["one", "two"] });
  expect(packed.data.map(({ index }) => index)).toEqual([0, 1]);
  for (const [i, { embedding }] of packed.data.entries()) expect(embedding).toEqual([...new Float32Array(floats.data[i]?.embedding ?? [])]);
  const raw = await call(home.url, "/v1/embeddings", { model: "nomic", input: "one", encoding_format: "base64", user: "ann" });
  expect(raw.headers).toMatchObject({ "x-homeport-translated": "openai to ollama", "x-homeport-dropped": "user" });
  expect(raw.json).toMatchObject({ data: [{ embedding: expect.any(String) }], usage: { prompt_tokens: expect.any(Number) } });
  expect(home.at("attic").record.requests.findLast(({ inference }) => inference)?.path).toBe("/api/embed");
});

it("base64 from a node is read as the numbers it is; a shorter list of vectors than of texts is no answer", async () => {
  const vectors = [
    [0.5, -1],
    [2, 0.25],
  ];
  const data = vectors.map((vector, index) => ({ object: "embedding", index, embedding: floatsToBase64(vector) })).toReversed();
  const raw = await startRawNode("odd", (response, nth) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ object: "list", data: nth === 1 ? data : data.slice(1), model: "m", usage: { prompt_tokens: 4 } }));
  });
  const home = await startHome({ nodes: {}, config: { nodes: [raw.config] } });
  const whole = await call(home.url, "/api/embed", { model: "m", input: ["a", "b"] });
  expect(whole.json).toMatchObject({ embeddings: vectors, prompt_eval_count: 4 });
  const finished = await home.happened("request-finished");
  expect(finished.usage).toMatchObject({ tokensIn: 4, estimated: false });
  const short = await call(home.url, "/api/embed", { model: "m", input: ["a", "b"] });
  expect([short.status, short.json]).toMatchObject([502, { error: expect.stringContaining("1 embeddings of 2 texts") }]);
  expect(base64ToFloats(floatsToBase64([0.5, -1]))).toEqual([0.5, -1]);
});

it("S-29: tokens instead of texts mean nothing to another model's server: refused by name before any node hears of it", async () => {
  const home = await house();
  for (const input of [[1, 2, 3], [[1]], {}, undefined]) {
    const answer = await call(home.url, "/api/embed", { model: "vec", input });
    expect([answer.status, answer.json]).toMatchObject([400, { error: expect.stringContaining("input") }]);
  }
  expect(home.at("studio").record.requests.filter(({ inference }) => inference)).toEqual([]);
});

it("demands 3.15: a node that has no embeddings at all is no candidate, and the answer says why", async () => {
  const home = await startHome({
    nodes: { sky: { kind: "anthropic", key: "k", models: [{ name: "claude", warm: true }], declares: { key: { env: "SKY" } } } },
    config: { cloud: { allowed: true } },
    env: { SKY: "k" },
  });
  for (const path of ["/v1/embeddings", "/api/embed"]) {
    const answer = await call(home.url, path, { model: "claude", input: "a" });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.text).toContain("dialect");
  }
  expect(home.at("sky").record.requests.filter(({ inference }) => inference)).toEqual([]);
  expect(home.errors).toEqual([]);
});

it("a list of many texts is not one long prompt: no node is too small for it", async () => {
  const home = await startHome({
    nodes: { studio: { kind: "llama-server", models: [{ name: "vec", warm: true, capabilities: ["embedding"], contextTokens: 512 }] } },
  });
  const input = Array.from({ length: 200 }, (_, i) => `${i} `.repeat(40));
  expect((await call(home.url, "/v1/embeddings", { model: "vec", input })).status).toBe(200);
});
