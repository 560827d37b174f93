// A request reduced to facts: what is refused and with which words, what a body asks for, and what it cannot ask for.
import { describe, expect, it } from "vitest";
import type { Failure } from "../../src-core/contract/failure.ts";
import { type RequestId as Id, RequestId } from "../../src-core/contract/ids.ts";
import type { RequestFacts } from "../../src-core/contract/route.ts";
import { readFacts, routes } from "../../src-core/dialects/facts.ts";

const id: Id = RequestId.parse("r1");

function read(path: string, parsed: unknown): RequestFacts | Failure {
  const route = routes.get(path);
  if (route === undefined) throw new Error(`no route ${path}`);
  return readFacts({ id, at: 1000, route, path, parsed, bodyBytes: 401, deadline: 61_000 });
}

function factsOf(path: string, parsed: unknown): RequestFacts {
  const facts = read(path, parsed);
  if ("kind" in facts) throw new Error(facts.message);
  return facts;
}

function refusal(path: string, parsed: unknown): Failure {
  const failure = read(path, parsed);
  if (!("kind" in failure)) throw new Error("was accepted");
  expect(failure.kind).toBe("invalid-request");
  return failure;
}

const chat = "/v1/chat/completions";
const hello = [{ role: "user", content: "hi" }];

describe("refusals name the field, what was expected and what came", () => {
  it.each([
    ["no object", [], "", "JSON object"],
    ["no model", { messages: hello }, "model", "must provide a model"],
    ["a model that is no text", { model: 5, messages: hello }, "model", "expected a string, got number"],
    ["an empty model", { model: "", messages: hello }, "model", "empty"],
    ["a model of 4 KB (S-31)", { model: "m".repeat(4096), messages: hello }, "model", "at most 512"],
    ["no messages", { model: "m" }, "messages", "expected an array, got nothing"],
    ["messages as text", { model: "m", messages: "hi" }, "messages", "expected an array, got string"],
    ["a message that is no object", { model: "m", messages: [null] }, "messages.0", "expected an object, got null"],
    ["stream as text", { model: "m", messages: hello, stream: "yes" }, "stream", "expected true or false, got string"],
    ["too many messages (S-11)", { model: "m", messages: new Array(10_001).fill(hello[0]) }, "messages", "at most 10000"],
    ["a negative n_discard (S-29)", { model: "m", messages: hello, n_discard: -1 }, "n_discard", "no negative number, got -1"],
    ["a negative maximum (S-29)", { model: "m", messages: hello, max_tokens: -5 }, "max_tokens", "no negative number"],
    ["an endless number (S-29)", { model: "m", messages: hello, n_keep: JSON.parse("1e999") }, "n_keep", "smaller number"],
    ["a number as text", { model: "m", messages: hello, max_tokens: "10" }, "max_tokens", "expected a number, got string"],
  ])("F44: %s", (_, body, field, words) => {
    const failure = refusal(chat, body);
    expect(failure.field).toBe(field);
    expect(failure.message).toContain(words);
  });

  it("-1 for no limit is a common word and passes", () => {
    expect(factsOf(chat, { model: "m", messages: hello, max_tokens: -1, n_keep: -1 }).model).toBe("m");
  });
});

describe("what a request asks for", () => {
  it("OpenAI streams only when asked, Ollama unless told not to", () => {
    expect(factsOf(chat, { model: "m", messages: hello }).stream).toBe(false);
    expect(factsOf(chat, { model: "m", messages: hello, stream: true }).stream).toBe(true);
    expect(factsOf("/api/chat", { model: "m", messages: hello }).stream).toBe(true);
    expect(factsOf("/api/chat", { model: "m", messages: hello, stream: false }).stream).toBe(false);
    expect(factsOf("/api/generate", { model: "m", prompt: "x", stream: null }).stream).toBe(true);
    expect(factsOf("/api/embed", { model: "m", input: "x" }).stream).toBe(false);
  });

  it.each([
    ["plain words need nothing, so that servers which tell nothing stay usable", chat, { messages: hello }, []],
    ["tools", chat, { messages: hello, tools: [{ type: "function" }] }, ["tools"]],
    ["an empty list of tools needs none", chat, { messages: hello, tools: [] }, []],
    ["an OpenAI image", chat, { messages: [{ role: "user", content: [{ type: "image_url", image_url: {} }] }] }, ["vision"]],
    ["an Ollama image in a message", "/api/chat", { messages: [{ role: "user", content: "x", images: ["AA"] }] }, ["vision"]],
    ["an Ollama image with a prompt", "/api/generate", { prompt: "x", images: ["AA"] }, ["vision"]],
    ["an embedding", "/v1/embeddings", { input: "x" }, ["embedding"]],
    ["an embedding by Ollama's old route", "/api/embeddings", { prompt: "x" }, ["embedding"]],
    ["a ranking", "/rerank", { query: "x", documents: ["y"] }, ["rerank"]],
  ])("needs: %s", (_, path, body, needs) => {
    expect(factsOf(path, { model: "m", ...body }).needs).toEqual(needs);
  });

  it.each([
    ["/api/generate", {}, "load"],
    ["/api/generate", { prompt: "" }, "load"],
    ["/api/generate", { prompt: "", keep_alive: "10m" }, "load"],
    ["/api/generate", { prompt: "", keep_alive: -1 }, "load"],
    ["/api/generate", { keep_alive: 0 }, "unload"],
    ["/api/generate", { keep_alive: "0" }, "unload"],
    ["/api/generate", { keep_alive: "0h0m0s" }, "unload"],
    ["/api/generate", { keep_alive: "0.5s" }, "load"],
    ["/api/generate", { prompt: "x", keep_alive: 0 }, "completion"],
    ["/api/chat", { messages: [] }, "load"],
    ["/api/chat", {}, "load"],
    ["/api/chat", { messages: [], keep_alive: "0s" }, "unload"],
    ["/api/chat", { messages: hello, keep_alive: 0 }, "chat"],
    ["/api/embed", {}, "embedding"],
    ["/v1/completions", { prompt: "" }, "completion"],
  ])("an Ollama request without words loads or unloads: %s %j is %s", (path, body, task) => {
    expect(factsOf(path, { model: "m", ...body }).task).toBe(task);
  });

  it("an Ollama client's context and keep_alive are part of its load, an OpenAI client's are not read", () => {
    const body = { model: "m", messages: hello, options: { num_ctx: 8192 }, keep_alive: "10m" };
    expect(factsOf("/api/chat", body)).toMatchObject({ contextTokens: 8192, keepAlive: "10m" });
    const openai = factsOf(chat, body);
    expect([openai.contextTokens, openai.keepAlive]).toEqual([undefined, undefined]);
  });

  it("S-27: no field of a body chooses where it goes, and no words of it are kept", () => {
    const tempting = { api_base: "http://evil.example", base_url: "http://evil.example", headers: { host: "evil.example" }, user: "u" };
    const facts = factsOf(chat, { model: "M:Latest", messages: hello, ...tempting });
    expect(facts).toEqual({
      id,
      at: 1000,
      dialect: "openai",
      task: "chat",
      path: chat,
      model: "M:Latest",
      stream: false,
      needs: [],
      deadline: 61_000,
      bodyBytes: 401,
      promptTokens: 101,
    });
  });

  it("S-31: a model called __proto__ is a name like any other", () => {
    expect(factsOf(chat, JSON.parse('{"model":"__proto__","messages":[],"__proto__":{"stream":true}}'))).toMatchObject({
      model: "__proto__",
      stream: false,
    });
  });
});

describe("demands 3.23: the estimate of a prompt counts system, tools and wrappers", () => {
  const estimate = (body: Record<string, unknown>) => {
    const parsed = { model: "m", ...body };
    const route = { dialect: "openai" as const, task: "chat" as const, streams: false };
    const bodyBytes = new TextEncoder().encode(JSON.stringify(parsed)).length;
    const facts = readFacts({ id, at: 1000, route, path: chat, parsed, bodyBytes, deadline: 61_000 });
    if ("kind" in facts) throw new Error(facts.message);
    return facts.promptTokens;
  };
  const prose = "The harbour keeps a quiet light and every small boat finds its way home. ".repeat(40);
  const tool = { type: "function", function: { name: "find", description: prose, parameters: { type: "object", properties: {} } } };

  it("each part adds what it holds: leaving the tools out would be wrong by ten times for an agent", () => {
    const bare = estimate({ messages: hello });
    const words = prose.length / 4;
    for (const body of [
      { messages: [{ role: "system", content: prose }, ...hello] },
      { messages: hello, tools: [tool] },
      { messages: [...hello, { role: "tool", tool_call_id: "c", content: prose }] },
    ]) {
      expect(estimate(body) - bare).toBeGreaterThan(words * 0.9);
      expect(estimate(body) - bare).toBeLessThan(words * 1.3);
    }
  });

  it("languages without spaces are not counted ten times too low", () => {
    const text = "港の静かな灯りはどの小さな船も家に導く。".repeat(50);
    const tokens = estimate({ messages: [{ role: "user", content: text }] });
    expect(tokens).toBeGreaterThan(text.length / 2);
    expect(tokens).toBeLessThan(text.length * 2);
  });
});
