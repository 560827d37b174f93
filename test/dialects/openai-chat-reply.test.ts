// Whole answers: the habits of each server on the way in, the exact shapes on the way out, and both as the official client reads them.
import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import type { ChatEvent, ChatReply, EncodingContext } from "../../src-core/dialects/canonical.ts";
import { openaiEmbeddings } from "../../src-core/dialects/embeddings.ts";
import { openai } from "../../src-core/dialects/openai.ts";
import { openaiChat } from "../../src-core/dialects/openai-chat.ts";

const now = 1_000_000;
const context: EncodingContext = { model: "mine", requestId: "req", now, wantsUsage: true, promptTokens: 9 };

const answer = (message: unknown, more: Readonly<Record<string, unknown>> = {}) => ({
  id: "chatcmpl-1",
  model: "n",
  created: 5,
  choices: [{ index: 0, message, finish_reason: "stop", ...more }],
});

function read(body: unknown): ChatReply {
  const reply = openaiChat.decodeReply(body, now);
  if ("failure" in reply) throw new Error(reply.failure.message);
  return reply;
}

const f = { name: "f", arguments: "{}" };

describe("what servers answer", () => {
  it.each<[string, unknown, Partial<ChatReply>]>([
    ["words", answer({ content: "a" }), { parts: [{ type: "text", text: "a" }], finish: "stop", createdAt: 5000 }],
    ["no time told", { choices: [{ message: { content: "a" } }] }, { id: "", model: "", createdAt: now, finish: "stop", tokens: {} }],
    [
      "vLLM's reasoning",
      answer({ content: "a", reasoning: "hm" }),
      {
        parts: [
          { type: "thinking", text: "hm" },
          { type: "text", text: "a" },
        ],
      },
    ],
    [
      "DeepSeek's reasoning_content alone",
      answer({ content: null, reasoning_content: "hm" }),
      { parts: [{ type: "thinking", text: "hm" }] },
    ],
    [
      "Mistral's parts",
      answer({
        content: [
          { type: "thinking", thinking: [{ type: "text", text: "hm" }] },
          { type: "text", text: "a" },
        ],
      }),
      {
        parts: [
          { type: "thinking", text: "hm" },
          { type: "text", text: "a" },
        ],
      },
    ],
    ["a refusal", answer({ content: null, refusal: "no" }), { parts: [{ type: "text", text: "no" }], finish: "refusal" }],
    [
      "calls with the reason stop",
      answer({ content: null, tool_calls: [{ id: "c", type: "function", function: f }] }),
      { parts: [{ type: "tool-call", id: "c", name: "f", arguments: "{}" }], finish: "tool-calls" },
    ],
    [
      "calls without ids, arguments as an object",
      answer({ tool_calls: [{ function: { name: "f", arguments: { a: 1 } } }] }),
      { parts: [{ type: "tool-call", id: "call_chatcmpl1_0", name: "f", arguments: '{"a":1}' }] },
    ],
    [
      "the old function_call",
      answer({ content: null, function_call: f }, { finish_reason: "function_call" }),
      { parts: [{ type: "tool-call", id: "call_chatcmpl1_0", name: "f", arguments: "{}" }], finish: "tool-calls" },
    ],
    [
      "a completion",
      { ...answer(undefined), choices: [{ text: "a", index: 0, finish_reason: "length" }] },
      { parts: [{ type: "text", text: "a" }], finish: "length" },
    ],
    ["the text that stopped it", answer({ content: "a" }, { stop_reason: "END" }), { stopText: "END" }],
    [
      "DeepSeek's cache",
      { ...answer({ content: "a" }), usage: { prompt_tokens: 9, completion_tokens: 1, prompt_cache_hit_tokens: 4 } },
      { tokens: { input: 9, output: 1, cacheRead: 4 } },
    ],
    ["error: null beside an answer", { ...answer({ content: "a" }), error: null }, { parts: [{ type: "text", text: "a" }] }],
  ])("%s", (_, body, expected) => {
    expect(read(body)).toMatchObject(expected);
  });

  it.each<[string, unknown, string]>([
    ["LM Studio's 200 with a bare error", { error: "boom" }, "boom"],
    ["an envelope with a numeric code", { error: { code: 500, message: "boom", type: "server_error" } }, "boom"],
    ["vLLM's flat error", { object: "error", message: "boom", type: "BadRequestError", code: 400 }, "boom"],
    ["an error inside a choice", answer({ content: "" }, { error: { message: "boom" } }), "boom"],
  ])("%s is a failure in the node's words", (_, body, words) => {
    const reply = openaiChat.decodeReply(body, now);
    expect("failure" in reply && reply.failure.message).toContain(words);
  });

  it.each([null, "x", [], {}, { choices: [] }, { choices: "x" }, { choices: [5] }])("%j is malformed", (body) => {
    expect(openaiChat.decodeReply(body, now)).toMatchObject({ failure: { kind: "malformed-reply" } });
  });
});

describe("what a client is told", () => {
  const reply: ChatReply = {
    id: "msg_1",
    model: "node's",
    createdAt: 5_999,
    parts: [
      { type: "thinking", text: "hm", signature: "s" },
      { type: "text", text: "a" },
    ],
    finish: "stop",
    tokens: { input: 3, output: 2, estimated: true },
  };

  it("chat.completion, with the client's own name for the model", () => {
    expect(openaiChat.encodeReply(reply, context)).toEqual({
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 5,
      model: "mine",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "a", refusal: null, reasoning_content: "hm" },
          logprobs: null,
          finish_reason: "stop",
        },
      ],
      usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5, estimated: true },
    });
  });

  it("text_completion", () => {
    expect(openaiChat.encodeReply(reply, { ...context, completion: true })).toMatchObject({
      id: "cmpl-1",
      object: "text_completion",
      choices: [{ text: "a", index: 0, logprobs: null, finish_reason: "stop" }],
    });
  });

  it("a refusal has its own field, and unknown tokens are our estimate", () => {
    const body = openaiChat.encodeReply({ ...reply, finish: "refusal", tokens: {} }, context);
    expect(body).toMatchObject({
      choices: [{ message: { content: null, refusal: "a" }, finish_reason: "content_filter" }],
      usage: { prompt_tokens: 9, completion_tokens: 0, total_tokens: 9 },
    });
  });

  it("logprobs of another kind of answer are not handed on", () => {
    const logprobs = { content: [] };
    expect(openaiChat.encodeReply({ ...reply, logprobs }, context)).toMatchObject({ choices: [{ logprobs }] });
    expect(openaiChat.encodeReply({ ...reply, logprobs }, { ...context, completion: true })).toMatchObject({
      choices: [{ logprobs: null }],
    });
  });
});

describe("the official client reads it", () => {
  const clientFor = (body: string, type: string) =>
    new OpenAI({
      apiKey: "k",
      baseURL: "http://homeport.test/v1",
      fetch: async () => new Response(body, { headers: { "content-type": type } }),
    });
  const events: readonly ChatEvent[] = [
    { type: "start", id: "msg_7", model: "n", createdAt: now },
    { type: "thinking", text: "hm" },
    { type: "text", text: "a" },
    { type: "text", text: "b" },
    { type: "tool-call", index: 0, id: "c", name: "f" },
    { type: "tool-call", index: 1, id: "d", name: "g" },
    { type: "tool-arguments", index: 0, text: '{"x"' },
    { type: "tool-arguments", index: 1, text: "{}" },
    { type: "tool-arguments", index: 0, text: ":1}" },
    { type: "finish", finish: "tool-calls" },
    { type: "tokens", tokens: { input: 3, output: 2 } },
    { type: "end" },
  ];

  it("demands 2: a stream with keep-alives, interleaved calls and usage, put together by the client itself", async () => {
    const encoder = openaiChat.streamEncoder(context);
    const body = events.map((event) => openai.keepAliveFrame({ task: "chat", model: "m" }, 0) + encoder.push(event)).join("");
    const stream = clientFor(body, "text/event-stream").chat.completions.stream({
      model: "m",
      messages: [{ role: "user", content: "hi" }],
    });
    const { choices, usage, model, id } = await stream.finalChatCompletion();
    expect(choices[0]?.message).toMatchObject({
      content: "ab",
      tool_calls: [
        { id: "c", function: { name: "f", arguments: '{"x":1}' } },
        { id: "d", function: { name: "g", arguments: "{}" } },
      ],
    });
    expect([choices[0]?.finish_reason, model, id, usage?.total_tokens]).toEqual(["tool_calls", "mine", "chatcmpl-7", 5]);
  });

  it("F13: an error in a stream is thrown by the client, after the words before it", async () => {
    const encoder = openaiChat.streamEncoder(context);
    const failure = { kind: "stream-broken", message: "It broke." } as const;
    const body = [...events.slice(0, 3), { type: "error", failure } as const].map((event) => encoder.push(event)).join("");
    const stream = await clientFor(body, "text/event-stream").chat.completions.create({ model: "m", messages: [], stream: true });
    const seen: string[] = [];
    const reading = async () => {
      for await (const one of stream) seen.push(one.choices[0]?.delta.content ?? "");
    };
    await expect(reading()).rejects.toThrow(/It broke/);
    expect(seen.join("")).toBe("a");
  });

  it("embeddings that the client asks for as base64 without saying so", async () => {
    const body = openaiEmbeddings.encodeReply({ model: "m", vectors: [[1, 2]] }, { model: "m", shape: "base64", promptTokens: 1 });
    const { data } = await clientFor(JSON.stringify(body), "application/json").embeddings.create({ model: "m", input: "x" });
    expect(data[0]?.embedding).toEqual([1, 2]);
  });
});
