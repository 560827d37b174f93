// OpenAI's requests, field by field: what each becomes, what is refused by name, what is dropped by name, and what a node is asked.
import { describe, expect, it } from "vitest";
import type { ChatRequest } from "../../src-core/dialects/canonical.ts";
import { openaiChat } from "../../src-core/dialects/openai-chat.ts";

const hi = { role: "user", content: "hi" };
const tool = { type: "function", function: { name: "f", description: "d", parameters: { type: "object" }, strict: true } };
const pixel = "data:image/png;base64,iVBORw0KGgo=";
const asked = { model: "m", stream: false, messages: [{ role: "user", parts: [{ type: "text", text: "hi" }] }], tools: [] };

function read(more: Readonly<Record<string, unknown>>): ChatRequest {
  const decoded = openaiChat.decodeRequest({ model: "m", messages: [hi], ...more });
  if ("failure" in decoded) throw new Error(decoded.failure.message);
  return decoded.request;
}

function messagesOf(...messages: readonly unknown[]): ChatRequest["messages"] {
  return read({ messages }).messages;
}

describe("each field", () => {
  it.each<[Readonly<Record<string, unknown>>, Partial<ChatRequest>]>([
    [{ stream: true }, { stream: true }],
    [{ stream_options: { include_usage: true } }, { wantsUsage: true }],
    [{ max_tokens: 5 }, { maxTokens: 5 }],
    [{ max_tokens: 5, max_completion_tokens: 7 }, { maxTokens: 7 }],
    [{ max_tokens: -1 }, {}],
    [{ max_tokens: null, temperature: null, tools: null, stop: null }, {}],
    [
      { temperature: 0.5, top_p: 0.9, top_k: 40, min_p: 0.1, seed: 7 },
      { temperature: 0.5, topP: 0.9, topK: 40, minP: 0.1, seed: 7 },
    ],
    [{ top_k: -1 }, { topK: 0 }],
    [
      { presence_penalty: 1, frequency_penalty: -1 },
      { presencePenalty: 1, frequencyPenalty: -1 },
    ],
    [{ repeat_penalty: 1.1 }, { repeatPenalty: 1.1 }],
    [{ repetition_penalty: 1.2 }, { repeatPenalty: 1.2 }],
    [{ stop: "x" }, { stop: ["x"] }],
    [{ stop: ["x", "y"] }, { stop: ["x", "y"] }],
    [{ n: 2 }, { choices: 2 }],
    [{ user: "ann" }, { user: "ann" }],
    [{ logprobs: true, top_logprobs: 3 }, { logprobs: { top: 3 } }],
    [{ logprobs: true }, { logprobs: {} }],
    [{ logprobs: false }, {}],
    [{ parallel_tool_calls: false }, { parallelTools: false }],
    [{ tools: [tool] }, { tools: [{ name: "f", description: "d", parameters: { type: "object" }, strict: true }] }],
    [
      { tools: [{ type: "function", function: { name: "f" } }] },
      { tools: [{ name: "f", parameters: { type: "object", properties: {} } }] },
    ],
    [{ functions: [{ name: "g", parameters: {} }] }, { tools: [{ name: "g", parameters: {} }] }],
    [{ tool_choice: "required" }, { toolChoice: "required" }],
    [{ tool_choice: "none" }, { toolChoice: "none" }],
    [{ tool_choice: { type: "function", function: { name: "f" } } }, { toolChoice: { name: "f" } }],
    [{ function_call: { name: "g" } }, { toolChoice: { name: "g" } }],
    [{ response_format: { type: "text" } }, {}],
    [{ response_format: { type: "json_object" } }, { format: { type: "json" } }],
    [
      { response_format: { type: "json_schema", json_schema: { name: "s", schema: { type: "object" }, strict: true } } },
      { format: { type: "schema", name: "s", schema: { type: "object" }, strict: true } },
    ],
    [{ response_format: { type: "json_object", schema: { type: "array" } } }, { format: { type: "schema", schema: { type: "array" } } }],
    [{ reasoning_effort: "low" }, { reasoning: { effort: "low" } }],
    [{ reasoning_effort: "xhigh" }, { reasoning: { effort: "high" } }],
    [{ reasoning: { effort: "high" } }, { reasoning: { effort: "high" } }],
    [{ reasoning: { max_tokens: 900 } }, { reasoning: { budgetTokens: 900 } }],
    [{ reasoning: { enabled: false } }, { reasoning: { effort: "none" } }],
    [{ chat_template_kwargs: { enable_thinking: false } }, { reasoning: { effort: "none" } }],
    [{ chat_template_kwargs: { enable_thinking: true } }, { reasoning: { effort: "medium" } }],
    [
      { keep_alive: "10m", num_ctx: 8192 },
      { keepAlive: "10m", contextTokens: 8192 },
    ],
    [{ profile: "fast" }, {}],
  ])("%j is read", (given, expected) => {
    expect(read(given)).toEqual({ ...asked, ...expected });
  });

  it("what cannot be carried is dropped by name, and our own word is not", () => {
    const decoded = openaiChat.decodeRequest({
      model: "m",
      messages: [hi],
      profile: "p",
      logit_bias: { "1": 2 },
      metadata: {},
      service_tier: null,
      api_base: "http://evil.test",
      chat_template_kwargs: { x: 1 },
      "bad\r\nname": 1,
    });
    expect("dropped" in decoded && decoded.dropped).toEqual(["chat_template_kwargs.x", "logit_bias", "metadata", "api_base", "bad??name"]);
  });
});

describe("messages", () => {
  it("system and developer are one role; names stay", () => {
    expect(messagesOf({ role: "developer", content: "be brief" }, { ...hi, name: "ann" })).toEqual([
      { role: "system", parts: [{ type: "text", text: "be brief" }] },
      { role: "user", parts: [{ type: "text", text: "hi" }], name: "ann" },
    ]);
  });

  it("pictures: a data URL is bytes, an http address stays one, and nothing else is a picture", () => {
    const content = [
      { type: "text", text: "what?" },
      { type: "image_url", image_url: { url: pixel, detail: "auto" } },
      { type: "image_url", image_url: "https://example.test/a.png" },
    ];
    expect(messagesOf({ role: "user", content })[0]?.parts).toEqual([
      { type: "text", text: "what?" },
      { type: "image", source: { kind: "data", mediaType: "image/png", base64: "iVBORw0KGgo=" } },
      { type: "image", source: { kind: "url", url: "https://example.test/a.png" } },
    ]);
  });

  it("calls and their results: parallel results are one message of the user, as Anthropic needs them", () => {
    const calls = [1, 2].map((i) => ({ id: `c${i}`, type: "function", function: { name: `f${i}`, arguments: `{"a":${i}}` } }));
    const messages = messagesOf(
      { role: "assistant", content: null, tool_calls: calls, reasoning_content: "hm" },
      { role: "tool", tool_call_id: "c1", content: "one" },
      { role: "tool", tool_call_id: "c2", content: [{ type: "text", text: "two" }] },
      hi,
    );
    expect(messages).toEqual([
      {
        role: "assistant",
        parts: [
          { type: "thinking", text: "hm" },
          { type: "tool-call", id: "c1", name: "f1", arguments: '{"a":1}' },
          { type: "tool-call", id: "c2", name: "f2", arguments: '{"a":2}' },
        ],
      },
      {
        role: "user",
        parts: [
          { type: "tool-result", id: "c1", parts: [{ type: "text", text: "one" }] },
          { type: "tool-result", id: "c2", parts: [{ type: "text", text: "two" }] },
        ],
      },
      { role: "user", parts: [{ type: "text", text: "hi" }] },
    ]);
  });

  it("the old function_call and its result find each other by the name", () => {
    const [call, result] = messagesOf(
      { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
      { role: "function", name: "f", content: "1" },
    );
    expect(call?.parts).toEqual([{ type: "tool-call", id: "call_f_0", name: "f", arguments: "{}" }]);
    expect(result?.parts).toEqual([{ type: "tool-result", id: "call_f_0", name: "f", parts: [{ type: "text", text: "1" }] }]);
  });

  it("a refusal of the model is text of it", () => {
    expect(messagesOf({ role: "assistant", content: [{ type: "refusal", refusal: "no" }] })[0]?.parts).toEqual([
      { type: "text", text: "no" },
    ]);
    expect(messagesOf({ role: "assistant", content: null, refusal: "no" })[0]?.parts).toEqual([{ type: "text", text: "no" }]);
  });
});

describe("completions", () => {
  it.each([["Once"], [["Once"]]])("a prompt %j is gone on with", (prompt) => {
    const decoded = openaiChat.decodeRequest({ model: "m", prompt, suffix: "end", max_tokens: 4, logprobs: 2, echo: true });
    expect(decoded).toEqual({
      request: {
        model: "m",
        stream: false,
        messages: [],
        tools: [],
        maxTokens: 4,
        logprobs: { top: 2 },
        completion: { prompt: "Once", suffix: "end" },
      },
      dropped: ["echo"],
    });
  });

  it("is asked at its own path with the same words", () => {
    const decoded = openaiChat.decodeRequest({ model: "m", prompt: "Once", max_tokens: 4, stream: true });
    expect("request" in decoded && openaiChat.encodeRequest(decoded.request)).toEqual({
      path: "/v1/completions",
      body: { model: "m", prompt: "Once", max_tokens: 4, stream: true, stream_options: { include_usage: true } },
      dropped: [],
    });
  });
});

describe("S-29: bad input is a 400 that names the field", () => {
  it.each<[unknown, string]>([
    [null, "body"],
    [[], "body"],
    ["text", "body"],
    [{}, "messages"],
    [{ model: "m" }, "messages"],
    [{ messages: [hi] }, "model"],
    [{ model: 5, messages: [hi] }, "model"],
    [{ model: "m", messages: "x" }, "messages"],
    [{ model: "m", messages: ["x"] }, "messages[0]"],
    [{ model: "m", messages: [{ role: "alien", content: "x" }] }, "messages[0].role"],
    [{ model: "m", messages: [{ content: "x" }] }, "messages[0].role"],
    [{ model: "m", messages: [hi, { role: "user" }] }, "messages[1].content"],
    [{ model: "m", messages: [{ role: "user", content: 7 }] }, "messages[0].content"],
    [{ model: "m", messages: [{ role: "user", content: [7] }] }, "messages[0].content[0]"],
    [{ model: "m", messages: [{ role: "user", content: [{ type: "text" }] }] }, "messages[0].content[0].text"],
    [{ model: "m", messages: [{ role: "user", content: [{ type: "input_audio", input_audio: {} }] }] }, "messages[0].content[0].type"],
    [{ model: "m", messages: [{ role: "user", content: [{ type: "file", file: {} }] }] }, "messages[0].content[0].type"],
    [{ model: "m", messages: [{ role: "user", content: [{ type: "image_url" }] }] }, "messages[0].content[0].image_url.url"],
    [
      { model: "m", messages: [{ role: "user", content: [{ type: "image_url", image_url: "file:///etc/passwd" }] }] },
      "messages[0].content[0].image_url.url",
    ],
    [{ model: "m", messages: [{ role: "tool", content: "x" }] }, "messages[0].tool_call_id"],
    [{ model: "m", messages: [{ role: "assistant", tool_calls: [{ id: "a" }] }] }, "messages[0].tool_calls[0].function"],
    [{ model: "m", messages: [{ role: "assistant", tool_calls: [{ function: { name: "f" } }] }] }, "messages[0].tool_calls[0].id"],
    [{ model: "m", messages: [hi], max_tokens: "x" }, "max_tokens"],
    [{ model: "m", messages: [hi], max_tokens: -5 }, "max_tokens"],
    [{ model: "m", messages: [hi], max_tokens: 1.5 }, "max_tokens"],
    [{ model: "m", messages: [hi], top_k: -9 }, "top_k"],
    [{ model: "m", messages: [hi], top_p: 2 }, "top_p"],
    [{ model: "m", messages: [hi], temperature: -1 }, "temperature"],
    [{ model: "m", messages: [hi], seed: 1e300 }, "seed"],
    [{ model: "m", messages: [hi], n: 0 }, "n"],
    [{ model: "m", messages: [hi], num_ctx: -1 }, "num_ctx"],
    [{ model: "m", messages: [hi], keep_alive: true }, "keep_alive"],
    [{ model: "m", messages: [hi], stop: [1] }, "stop"],
    [{ model: "m", messages: [hi], stream: "yes" }, "stream"],
    [{ model: "m", messages: [hi], stream_options: [] }, "stream_options"],
    [{ model: "m", messages: [hi], tools: {} }, "tools"],
    [{ model: "m", messages: [hi], tools: [{ type: "web_search" }] }, "tools[0].type"],
    [{ model: "m", messages: [hi], tools: [{ type: "function", function: {} }] }, "tools[0].function.name"],
    [{ model: "m", messages: [hi], tool_choice: "always" }, "tool_choice"],
    [{ model: "m", messages: [hi], response_format: { type: "xml" } }, "response_format.type"],
    [{ model: "m", messages: [hi], response_format: { type: "json_schema" } }, "response_format.json_schema.schema"],
    [{ model: "m", messages: [hi], reasoning_effort: "huge" }, "reasoning_effort"],
    [{ model: "m", messages: [hi], logprobs: 3 }, "logprobs"],
    [{ model: "m", messages: [hi], top_logprobs: 21 }, "top_logprobs"],
    [{ model: "m", prompt: ["a", "b"] }, "prompt"],
    [{ model: "m", prompt: [1, 2] }, "prompt"],
  ])("%j", (body, field) => {
    const decoded = openaiChat.decodeRequest(body);
    expect("failure" in decoded && decoded.failure).toMatchObject({ kind: "invalid-request", field });
  });

  it("__proto__ is a name like any other", () => {
    const decoded = openaiChat.decodeRequest(
      JSON.parse('{"model":"m","messages":[{"role":"user","content":"hi"}],"__proto__":{"stream":true}}'),
    );
    expect(decoded).toEqual({ request: asked, dropped: ["__proto__"] });
  });

  it("ten thousand messages are read", () => {
    expect(messagesOf(...Array.from({ length: 10_000 }, () => hi))).toHaveLength(10_000);
  });
});

describe("what a node is asked", () => {
  const encode = (more: Partial<ChatRequest>) => {
    const encoded = openaiChat.encodeRequest({ ...read({}), ...more });
    if ("failure" in encoded) throw new Error(encoded.failure.message);
    return encoded;
  };

  it("demands 2: usage is asked for in every stream, whatever the client wanted", () => {
    expect(encode({ stream: true }).body["stream_options"]).toEqual({ include_usage: true });
    expect(encode({ stream: true, wantsUsage: false }).body["stream_options"]).toEqual({ include_usage: true });
    expect(encode({ stream: false, wantsUsage: true }).body).not.toHaveProperty("stream_options");
  });

  it("thinking goes back only inside a loop of tools, and is named where it does not", () => {
    const thinking = { type: "thinking", text: "hm", signature: "sig" } as const;
    const call = { type: "tool-call", id: "c", name: "f", arguments: "{}" } as const;
    const alone = encode({ messages: [{ role: "assistant", parts: [thinking, { type: "text", text: "a" }] }] });
    expect(alone.body["messages"]).toEqual([{ role: "assistant", content: "a" }]);
    expect(alone.dropped).toEqual(["thinking"]);
    const inLoop = encode({ messages: [{ role: "assistant", parts: [thinking, call] }] });
    expect(inLoop.body["messages"]).toMatchObject([{ content: null, reasoning_content: "hm", tool_calls: [{ id: "c" }] }]);
    expect(inLoop.dropped).toEqual(["thinking.signature"]);
  });

  it("pictures in a tool's result follow it in a message of the user, since tools say text only", () => {
    const source = { kind: "data", mediaType: "image/png", base64: "AA==" } as const;
    const result = {
      type: "tool-result",
      id: "c",
      isError: true,
      parts: [
        { type: "text", text: "seen" },
        { type: "image", source },
      ],
    } as const;
    const { body, dropped } = encode({ messages: [{ role: "user", parts: [result] }] });
    expect(body["messages"]).toEqual([
      { role: "tool", tool_call_id: "c", content: "seen" },
      { role: "user", content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AA==" } }] },
    ]);
    expect(dropped).toEqual(["tool_result.is_error"]);
  });

  it("words about choosing tools are left out where there are none, since OpenAI refuses them", () => {
    const { body } = encode({ toolChoice: "auto", parallelTools: true });
    expect(Object.keys(body)).toEqual(["model", "messages", "stream"]);
  });

  it.each([
    [{ budgetTokens: 0 }, "none"],
    [{ budgetTokens: 1024 }, "low"],
    [{ budgetTokens: 8000 }, "medium"],
    [{ budgetTokens: 32_000 }, "high"],
    [{ effort: "minimal", budgetTokens: 32_000 }, "minimal"],
    [{}, undefined],
  ] as const)("reasoning %j is effort %s", (reasoning, effort) => {
    expect(encode({ reasoning }).body["reasoning_effort"]).toBe(effort);
  });

  it("a schema without a name gets one, since OpenAI wants it", () => {
    expect(encode({ format: { type: "schema", schema: {} } }).body["response_format"]).toEqual({
      type: "json_schema",
      json_schema: { name: "answer", schema: {} },
    });
  });

  it("Ollama's own words are named as dropped", () => {
    expect(encode({ keepAlive: "5m", contextTokens: 4096 }).dropped).toEqual(["keep_alive", "options.num_ctx"]);
  });

  it("a text to go on with is refused together with tools, which would change what is meant", () => {
    expect(openaiChat.encodeRequest({ ...read({ tools: [tool] }), completion: { prompt: "x" } })).toMatchObject({
      failure: { kind: "invalid-request" },
    });
  });
});
