// What an Ollama client asks, in the small form and back: a table row per field, wrong types by name, and no input that throws.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChatRequest } from "../../src-core/dialects/canonical.ts";
import { ollamaChat } from "../../src-core/dialects/ollama-chat.ts";

const question = [{ role: "user", content: "Q" }];
const said = [{ role: "user" as const, parts: [{ type: "text" as const, text: "Q" }] }];
const base = { model: "m", stream: true, messages: said, tools: [] };
const png = "iVBORw0KGgoAAAANSUhEUg==";

function decoded(body: unknown): ChatRequest {
  const result = ollamaChat.decodeRequest(body);
  if ("failure" in result) throw new Error(result.failure.message);
  return result.request;
}

function encoded(request: Partial<ChatRequest>) {
  const result = ollamaChat.encodeRequest({ ...base, ...request });
  if ("failure" in result) throw new Error(result.failure.message);
  return result;
}

const schema = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const tool = { type: "function", function: { name: "weather", description: "Tells it", parameters: schema } };

/** What a body says in the small form, which says the same again in Ollama's words. */
const bothWays: readonly (readonly [what: string, body: Record<string, unknown>, request: Partial<ChatRequest>])[] = [
  ["stream: false", { stream: false }, { stream: false }],
  ["num_predict", { options: { num_predict: 5 } }, { maxTokens: 5 }],
  ["temperature", { options: { temperature: 0 } }, { temperature: 0 }],
  ["top_p, top_k, min_p", { options: { top_p: 0.5, top_k: 3, min_p: 0.1 } }, { topP: 0.5, topK: 3, minP: 0.1 }],
  ["seed", { options: { seed: 42 } }, { seed: 42 }],
  ["stop", { options: { stop: ["a", "b"] } }, { stop: ["a", "b"] }],
  ["num_ctx", { options: { num_ctx: 8192 } }, { contextTokens: 8192 }],
  [
    "penalties",
    { options: { repeat_penalty: 1.1, presence_penalty: -0.5, frequency_penalty: 0.2 } },
    { repeatPenalty: 1.1, presencePenalty: -0.5, frequencyPenalty: 0.2 },
  ],
  ["think: true", { think: true }, { reasoning: { effort: "medium" } }],
  ["think: false", { think: false }, { reasoning: { effort: "none" } }],
  ["think: low", { think: "low" }, { reasoning: { effort: "low" } }],
  ["think: high", { think: "high" }, { reasoning: { effort: "high" } }],
  ["format: json", { format: "json" }, { format: { type: "json" } }],
  ["format: schema", { format: schema }, { format: { type: "schema", schema } }],
  ["keep_alive as a duration", { keep_alive: "10m" }, { keepAlive: "10m" }],
  ["keep_alive in seconds", { keep_alive: -1 }, { keepAlive: -1 }],
  ["logprobs", { logprobs: true, top_logprobs: 3 }, { logprobs: { top: 3 } }],
  ["tools", { tools: [tool] }, { tools: [{ name: "weather", description: "Tells it", parameters: schema }] }],
  [
    "images",
    { messages: [{ role: "user", content: "Q", images: [png] }] },
    {
      messages: [
        {
          role: "user",
          parts: [
            { type: "text", text: "Q" },
            { type: "image", source: { kind: "data", mediaType: "image/png", base64: png } },
          ],
        },
      ],
    },
  ],
  [
    "a turn of tools",
    {
      messages: [
        { role: "system", content: "S" },
        { role: "user", content: "Q" },
        {
          role: "assistant",
          content: "",
          thinking: "hm",
          tool_calls: [{ id: "call_0", function: { name: "weather", arguments: { city: "Kyiv" } } }],
        },
        { role: "tool", content: "sunny", tool_name: "weather", tool_call_id: "call_0" },
      ],
    },
    {
      messages: [
        { role: "system", parts: [{ type: "text", text: "S" }] },
        ...said,
        {
          role: "assistant",
          parts: [
            { type: "thinking", text: "hm" },
            { type: "tool-call", id: "call_0", name: "weather", arguments: '{"city":"Kyiv"}' },
          ],
        },
        { role: "user", parts: [{ type: "tool-result", id: "call_0", name: "weather", parts: [{ type: "text", text: "sunny" }] }] },
      ],
    },
  ],
];

describe("a request of Ollama's", () => {
  it.each(bothWays)("%s is read, and written again as it came", (_what, body, request) => {
    const asked = { model: "m", messages: question, ...body };
    expect(ollamaChat.decodeRequest(asked)).toEqual({ request: { ...base, ...request }, dropped: [] });
    const again = encoded(request);
    expect(again).toEqual({ path: "/api/chat", body: { stream: true, ...asked }, dropped: [] });
  });

  it("streaming is what Ollama does where nothing is said", () => {
    expect(decoded({ model: "m", messages: question }).stream).toBe(true);
  });

  it("num_predict -1 means no limit, not a negative one", () => {
    expect(decoded({ model: "m", messages: question, options: { num_predict: -1 } }).maxTokens).toBeUndefined();
  });

  it("what has no place is named, once for all messages, and our own profile is not", () => {
    const body = {
      model: "m",
      profile: "fast",
      truncate: true,
      options: { mirostat: 2, num_gpu: 1 },
      messages: [
        { role: "user", content: "Q", mood: 1 },
        { role: "user", content: "R", mood: 1 },
      ],
    };
    const result = ollamaChat.decodeRequest(body);
    expect("dropped" in result && result.dropped).toEqual(["truncate", "options.mirostat", "options.num_gpu", "messages.mood"]);
  });

  it("calls without ids get different ones through the conversation, and results find theirs by name or by order", () => {
    const call = (name: string) => ({ function: { name, arguments: {} } });
    const { messages } = decoded({
      model: "m",
      messages: [
        { role: "assistant", tool_calls: [call("a"), call("b")] },
        { role: "tool", content: "of b", tool_name: "b" },
        { role: "tool", content: "of a" },
        { role: "assistant", tool_calls: [call("a")] },
        { role: "tool", content: "second a", name: "a" },
      ],
    });
    const results = messages.flatMap(({ parts }) => parts).filter((part) => part.type === "tool-result");
    expect(results.map(({ id, name }) => [id, name])).toEqual([
      ["call_1", "b"],
      ["call_0", "a"],
      ["call_2", "a"],
    ]);
  });
});

describe("/api/generate", () => {
  it("a prompt that goes through the template is a chat of one message", () => {
    const request = decoded({ model: "m", prompt: "Q", system: "S", images: [png] });
    expect(request.completion).toBeUndefined();
    expect(request.messages.map(({ role, parts }) => [role, parts.map(({ type }) => type)])).toEqual([
      ["system", ["text"]],
      ["user", ["text", "image"]],
    ]);
  });

  it.each([
    ["raw", { prompt: "Q", raw: true }, { prompt: "Q", raw: true }],
    ["suffix", { prompt: "def f(", suffix: "return", system: "S" }, { prompt: "def f(", suffix: "return" }],
  ])("%s is a text to go on with, and is written again as it came", (_what, body, completion) => {
    const request = decoded({ model: "m", ...body });
    expect(request.completion).toEqual(completion);
    expect(encoded(request)).toEqual({ path: "/api/generate", body: { model: "m", stream: true, ...body }, dropped: [] });
  });

  it("template and context are named as dropped", () => {
    const result = ollamaChat.decodeRequest({ model: "m", prompt: "Q", template: "{{ .Prompt }}", context: [1, 2] });
    expect("dropped" in result && result.dropped).toEqual(["template", "context"]);
  });
});

describe("what Ollama cannot say", () => {
  const call = { type: "tool-call" as const, id: "x", name: "t", arguments: "not json" };

  it.each([
    ["tool_choice", { tools: [{ name: "t", parameters: {} }], toolChoice: "required" }],
    ["parallel_tool_calls", { parallelTools: false }],
    ["tools.strict", { tools: [{ name: "t", parameters: {}, strict: true }] }],
    ["thinking.budget_tokens", { reasoning: { budgetTokens: 1024 } }],
    ["n", { choices: 2 }],
    ["user", { user: "u" }],
    ["messages.name", { messages: [{ role: "user", parts: [], name: "bob" }] }],
    ["thinking.signature", { messages: [{ role: "assistant", parts: [{ type: "thinking", text: "t", signature: "s" }] }] }],
    ["tool_result.is_error", { messages: [{ role: "user", parts: [{ type: "tool-result", id: "x", parts: [], isError: true }] }] }],
  ] satisfies [string, Partial<ChatRequest>][])("%s is named as dropped", (name, request) => {
    expect(encoded(request).dropped).toEqual([name]);
  });

  it("a picture that is only an address is refused, naming where it stands", () => {
    const parts = [{ type: "image" as const, source: { kind: "url" as const, url: "http://x/y.png" } }];
    const result = ollamaChat.encodeRequest({ ...base, messages: [{ role: "user", parts }] });
    expect("failure" in result && [result.failure.kind, result.failure.field]).toEqual(["invalid-request", "messages"]);
  });

  it("tool_choice none leaves no tool to call, and one that is named is the only one", () => {
    const tools = [
      { name: "a", parameters: {} },
      { name: "b", parameters: {} },
    ];
    expect(encoded({ tools, toolChoice: "none" }).body).not.toHaveProperty("tools");
    expect(encoded({ tools, toolChoice: { name: "b" } }).body).toHaveProperty("tools", [
      { type: "function", function: { name: "b", parameters: {} } },
    ]);
  });

  it("arguments that are no JSON reach the node as text, not as nothing", () => {
    const { body } = encoded({ messages: [{ role: "assistant", parts: [call] }] });
    expect(body["messages"]).toEqual([
      { role: "assistant", content: "", tool_calls: [{ id: "x", function: { name: "t", arguments: { _raw: "not json" } } }] },
    ]);
  });
});

describe("S-29: wrong types are refused by name", () => {
  it.each([
    ["model", { model: 1 }],
    ["messages", { messages: "hi" }],
    ["messages[0]", { messages: [1] }],
    ["messages[0].role", { messages: [{ role: "wizard", content: "x" }] }],
    ["messages[0].role", { messages: [{ role: "__proto__", content: "x" }] }],
    ["messages[0].content", { messages: [{ role: "user", content: 1 }] }],
    ["messages[0].images[0]", { messages: [{ role: "user", images: ["http://169.254.169.254/x.png"] }] }],
    ["messages[0].images[0]", { messages: [{ role: "user", images: [1] }] }],
    ["messages[0].tool_calls[0].function.name", { messages: [{ role: "assistant", tool_calls: [{ function: {} }] }] }],
    ["tools[0].function.name", { tools: [{ type: "function" }] }],
    ["options", { options: 1 }],
    ["options.temperature", { options: { temperature: "hot" } }],
    ["options.num_ctx", { options: { num_ctx: -1 } }],
    ["options.stop", { options: { stop: [1] } }],
    ["format", { format: "xml" }],
    ["think", { think: "much" }],
    ["keep_alive", { keep_alive: [] }],
    ["stream", { stream: "yes" }],
    ["top_logprobs", { top_logprobs: -1 }],
  ])("%s", (field, body) => {
    const result = ollamaChat.decodeRequest({ model: "m", messages: question, ...body });
    expect("failure" in result && [result.failure.kind, result.failure.field]).toEqual(["invalid-request", field]);
  });

  it("no body whatever makes it throw", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (any, list, options) => {
        ollamaChat.decodeRequest(any);
        ollamaChat.decodeRequest({ model: "m", messages: [list, { role: "assistant", tool_calls: [list], images: any }], options });
        ollamaChat.decodeRequest({ model: "m", prompt: "x", tools: [list, any], format: any, think: options, images: [any] });
        ollamaChat.decodeReply(any, 0);
        ollamaChat.decodeReply({ message: any, done: true, logprobs: list }, 0);
        ollamaChat.streamDecoder(0).push(JSON.stringify({ message: any, tool_calls: list, done: options }));
      }),
    );
  });
});
