// The small form as a request to an Anthropic node: what it says, what it names as dropped, what it refuses.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anthropicMessages } from "../../src-core/dialects/anthropic-messages.ts";
import type { ChatRequest, Message, Part } from "../../src-core/dialects/canonical.ts";

const text = (words: string): Part => ({ type: "text", text: words });
const user = (...parts: readonly Part[]): Message => ({ role: "user", parts });
const assistant = (...parts: readonly Part[]): Message => ({ role: "assistant", parts });
const least: ChatRequest = { model: "m", stream: false, messages: [user(text("Hello"))], tools: [] };
const schema = { type: "object", properties: { a: { type: "string" } } };
const tool = { name: "f", description: "d", parameters: schema };

function encode(more: Partial<ChatRequest>) {
  const encoded = anthropicMessages.encodeRequest({ ...least, ...more });
  if ("failure" in encoded) throw new Error(encoded.failure.message);
  expect(encoded.path).toBe("/v1/messages");
  return encoded;
}

const said: readonly (readonly [string, Partial<ChatRequest>, Record<string, unknown>, readonly string[]])[] = [
  ["the least there is, with a length", {}, { model: "m", max_tokens: 4096, messages: [{ role: "user", content: "Hello" }] }, []],
  ["maxTokens", { maxTokens: 7 }, { max_tokens: 7 }, []],
  ["stream", { stream: true }, { stream: true }, []],
  [
    "sampling",
    { temperature: 0.5, topP: 0.9, topK: 4, stop: ["x"] },
    { temperature: 0.5, top_p: 0.9, top_k: 4, stop_sequences: ["x"] },
    [],
  ],
  ["a temperature over 1 is cut", { temperature: 1.7 }, { temperature: 1 }, ["temperature"]],
  ["stop texts of space alone go", { stop: ["\n", "x"] }, { stop_sequences: ["x"] }, ["stop"]],
  ["user", { user: "u" }, { metadata: { user_id: "u" } }, []],
  ["tools", { tools: [tool] }, { tools: [{ name: "f", description: "d", input_schema: schema }] }, []],
  [
    "strict where unknown",
    { tools: [{ ...tool, strict: true }] },
    { tools: [{ name: "f", description: "d", input_schema: schema }] },
    ["tools.strict"],
  ],
  ["toolChoice auto", { tools: [tool], toolChoice: "auto" }, { tool_choice: { type: "auto" } }, []],
  ["toolChoice none", { tools: [tool], toolChoice: "none" }, { tool_choice: { type: "none" } }, []],
  ["toolChoice required", { tools: [tool], toolChoice: "required" }, { tool_choice: { type: "any" } }, []],
  ["toolChoice by name", { tools: [tool], toolChoice: { name: "f" } }, { tool_choice: { type: "tool", name: "f" } }, []],
  ["one tool at a time", { tools: [tool], parallelTools: false }, { tool_choice: { type: "auto", disable_parallel_tool_use: true } }, []],
  ["reasoning off", { reasoning: { effort: "none" } }, { thinking: { type: "disabled" } }, []],
  [
    "reasoning by effort",
    { reasoning: { effort: "low" }, temperature: 0.3, topK: 3 },
    { max_tokens: 6144, thinking: { type: "enabled", budget_tokens: 2048 } },
    ["temperature", "top_k"],
  ],
  [
    "reasoning by budget, inside the length given",
    { reasoning: { budgetTokens: 9000 }, maxTokens: 5000 },
    { max_tokens: 5000, thinking: { type: "enabled", budget_tokens: 4999 } },
    [],
  ],
  ["reasoning where there is no room", { reasoning: { effort: "high" }, maxTokens: 500 }, { max_tokens: 500 }, ["reasoning"]],
  [
    "reasoning of new models",
    { model: "claude-sonnet-5", reasoning: { effort: "minimal" } },
    { thinking: { type: "adaptive" }, output_config: { effort: "low" } },
    [],
  ],
  [
    "a schema for new models",
    { model: "claude-opus-4-5", format: { type: "schema", schema } },
    { output_config: { format: { type: "json_schema", schema } } },
    [],
  ],
  ["a temperature beside top_p for new models", { model: "claude-opus-4-1", temperature: 0.5, topP: 0.9 }, { temperature: 0.5 }, ["top_p"]],
  ["a completion", { messages: [], completion: { prompt: "Once", raw: true } }, { messages: [{ role: "user", content: "Once" }] }, ["raw"]],
];

describe("a request for an Anthropic node", () => {
  it.each(said)("%s", (_, more, body, dropped) => {
    const encoded = encode(more);
    expect(encoded.body).toMatchObject(body);
    expect(encoded.dropped).toEqual(dropped);
  });

  it.each([
    ["claude-3-5-sonnet-20241022", "enabled"],
    ["claude-sonnet-4-20250514", "enabled"],
    ["claude-opus-4-5-20251101", "enabled"],
    ["claude-opus-4-7", "adaptive"],
    ["anthropic/claude-sonnet-5", "adaptive"],
    ["qwen3:8b", "enabled"],
  ])("%s is asked to think the way it takes: %s", (model, type) => {
    expect(encode({ model, reasoning: { effort: "high" } }).body["thinking"]).toMatchObject({ type });
  });

  it("every other setting is named as dropped", () => {
    const { dropped } = encode({
      seed: 1,
      minP: 0.1,
      presencePenalty: 1,
      frequencyPenalty: 1,
      repeatPenalty: 1.1,
      logprobs: {},
      keepAlive: "5m",
      contextTokens: 8192,
    });
    expect(dropped).toEqual([
      "seed",
      "min_p",
      "presence_penalty",
      "frequency_penalty",
      "repeat_penalty",
      "logprobs",
      "keep_alive",
      "num_ctx",
    ]);
  });

  it.each([
    ["n", { choices: 2 }],
    ["suffix", { completion: { prompt: "a", suffix: "b" } }],
  ] as const)("%s is refused: leaving it out would change what is meant", (field, more) => {
    expect(anthropicMessages.encodeRequest({ ...least, ...more })).toMatchObject({ failure: { kind: "invalid-request", field } });
  });
});

describe("turns", () => {
  const turnsOf = (...messages: readonly Message[]) => encode({ messages }).body["messages"];

  it("instructions of the system leave the talk", () => {
    const { body } = encode({
      messages: [{ role: "system", parts: [text("a")] }, user(text("b")), { role: "system", parts: [text("c")] }],
    });
    expect(body).toMatchObject({ system: "a\n\nc", messages: [{ role: "user", content: "b" }] });
  });

  it("messages of one role in a row become one", () => {
    expect(turnsOf(user(text("a")), user(text("b")))).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
      },
    ]);
  });

  it("results of tools come first, or Anthropic refuses the turn", () => {
    const result: Part = { type: "tool-result", id: "c1", parts: [text("r")], isError: true };
    const call: Part = { type: "tool-call", id: "c1", name: "f", arguments: '{"a":1}' };
    expect(turnsOf(user(text("a")), assistant(call), user(text("b"), result))).toEqual([
      { role: "user", content: "a" },
      { role: "assistant", content: [{ type: "tool_use", id: "c1", name: "f", input: { a: 1 } }] },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "c1", content: "r", is_error: true },
          { type: "text", text: "b" },
        ],
      },
    ]);
  });

  it("ids that Anthropic refuses are changed alike in call and result", () => {
    const call: Part = { type: "tool-call", id: "functions.f:0", name: "f", arguments: "" };
    const result: Part = { type: "tool-result", id: "functions.f:0", parts: [] };
    expect(turnsOf(user(text("a")), assistant(call), user(result))).toMatchObject([
      {},
      { content: [{ id: "functions_f_0", input: {} }] },
      { content: [{ tool_use_id: "functions_f_0" }] },
    ]);
  });

  it("arguments that are no object go under _raw and are named", () => {
    const encoded = encode({ messages: [user(text("a")), assistant({ type: "tool-call", id: "c", name: "f", arguments: "ls" })] });
    expect(encoded.body["messages"]).toMatchObject([{}, { content: [{ input: { _raw: "ls" } }] }]);
    expect(encoded.dropped).toEqual(["tool_calls.arguments"]);
  });

  it("pictures go as base64 or address, also in results", () => {
    const seen: Part = { type: "image", source: { kind: "data", mediaType: "image/png", base64: "AA" } };
    const linked: Part = { type: "image", source: { kind: "url", url: "https://a.test/b" } };
    expect(turnsOf(user(seen, linked))).toEqual([
      {
        role: "user",
        content: [
          { type: "image", source: { type: "base64", media_type: "image/png", data: "AA" } },
          { type: "image", source: { type: "url", url: "https://a.test/b" } },
        ],
      },
    ]);
  });

  it("thoughts go back only with their signature: Anthropic refuses any other", () => {
    const parts: Part[] = [
      { type: "thinking", text: "a", signature: "s" },
      { type: "thinking", text: "b" },
      { type: "thinking", text: "", redacted: "r" },
      text("t"),
    ];
    const encoded = encode({ messages: [user(text("q")), assistant(...parts)] });
    expect(encoded.body["messages"]).toMatchObject([
      {},
      { content: [{ type: "thinking", thinking: "a", signature: "s" }, { type: "redacted_thinking", data: "r" }, { type: "text" }] },
    ]);
    expect(encoded.dropped).toEqual(["thinking"]);
  });

  it("inside a loop of tools whose thoughts are unsigned, thinking is left out and named", () => {
    const call: Part = { type: "tool-call", id: "c", name: "f", arguments: "{}" };
    const result: Part = { type: "tool-result", id: "c", parts: [text("r")] };
    const messages = [user(text("q")), assistant({ type: "thinking", text: "h" }, call), user(result)];
    const encoded = encode({ messages, tools: [tool], reasoning: { effort: "high" } });
    expect(encoded.body["thinking"]).toBeUndefined();
    expect(encoded.dropped).toEqual(["thinking", "reasoning"]);
  });

  it("nothing empty is sent, the user begins, and an answer to go on with ends without space", () => {
    expect(turnsOf(assistant(text("Hi")), user(text(" ")), assistant(text("there ")))).toEqual([
      { role: "user", content: "(The conversation begins.)" },
      {
        role: "assistant",
        content: [
          { type: "text", text: "Hi" },
          { type: "text", text: "there" },
        ],
      },
    ]);
  });
});

describe("a schema for models that take none", () => {
  const format = { type: "schema", schema } as const;

  it("becomes a tool that must be called, whose call is read back as the answer", () => {
    const { body } = encode({ format });
    expect(body).toMatchObject({
      tools: [{ name: "homeport_answer", input_schema: schema }],
      tool_choice: { type: "tool", name: "homeport_answer" },
    });
    const answered = { content: [{ type: "tool_use", id: "t", name: "homeport_answer", input: { a: "b" } }], stop_reason: "tool_use" };
    expect(anthropicMessages.decodeReply(answered, 0)).toMatchObject({ parts: [{ type: "text", text: '{"a":"b"}' }], finish: "stop" });
  });

  it("beside other tools the model may still call those", () => {
    expect(encode({ format, tools: [tool] }).body).toMatchObject({
      tools: [{ name: "f" }, { name: "homeport_answer" }],
      tool_choice: { type: "any" },
    });
  });

  it("where the client forbids tools only the answer is left", () => {
    const { body } = encode({ format, tools: [tool], toolChoice: "none" });
    expect(body["tools"]).toMatchObject([{ name: "homeport_answer" }]);
  });

  it("plain JSON is asked for the same way", () => {
    expect(encode({ format: { type: "json" } }).body).toMatchObject({
      tools: [{ name: "homeport_answer", input_schema: { type: "object" } }],
    });
  });

  it("thinking gives way to it, by name: Anthropic refuses both together", () => {
    const encoded = encode({ format, reasoning: { effort: "high" } });
    expect(encoded.body["thinking"]).toBeUndefined();
    expect(encoded.dropped).toEqual(["reasoning"]);
  });

  it("a schema whose root is no object is refused where only a tool could carry it", () => {
    const refused = anthropicMessages.encodeRequest({ ...least, format: { type: "schema", schema: { type: "array" } } });
    expect(refused).toMatchObject({ failure: { kind: "invalid-request", field: "response_format" } });
  });
});

describe("laws", () => {
  const words = fc.string({ minLength: 1, unit: "grapheme" }).filter((one) => one.trim() === one && one !== "");
  const id = fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/);
  const json = fc.dictionary(words, fc.jsonValue()).map((value) => JSON.stringify(value));
  const image = fc.record<Extract<Part, { type: "image" }>>({
    type: fc.constant("image"),
    source: fc.constantFrom(
      { kind: "data", mediaType: "image/png", base64: "AAAA" } as const,
      { kind: "url", url: "https://a.test/b" } as const,
    ),
  });
  const plain = words.map(text);
  const result = fc.record<Extract<Part, { type: "tool-result" }>>({
    type: fc.constant("tool-result"),
    id,
    parts: fc.array(fc.oneof(plain, image), { maxLength: 3 }),
  });
  const called = fc.record<Extract<Part, { type: "tool-call" }>>({ type: fc.constant("tool-call"), id, name: id, arguments: json });
  const thinking = fc.record<Extract<Part, { type: "thinking" }>>({ type: fc.constant("thinking"), text: words, signature: words });
  const asked = fc.tuple(fc.array(result, { maxLength: 2 }), fc.array(fc.oneof(plain, image), { minLength: 1, maxLength: 3 }));
  const answered = fc.array(fc.oneof(plain, called, thinking), { minLength: 1, maxLength: 4 });
  const turn = fc.tuple(asked, answered);
  const request = fc.record<ChatRequest>({
    model: fc.constantFrom("m", "claude-sonnet-4-5", "claude-3-opus"),
    stream: fc.boolean(),
    messages: fc
      .tuple(fc.option(plain), fc.array(turn, { maxLength: 3 }), asked)
      .map(([system, turns, last]) => [
        ...(system === null ? [] : [{ role: "system" as const, parts: [system] }]),
        ...turns.flatMap(([[results, said], answer]) => [user(...results, ...said), assistant(...answer)]),
        user(...last[0], ...last[1]),
      ]),
    tools: fc.constantFrom([], [tool], [tool, { name: "g", parameters: { type: "object" } }]),
    toolChoice: fc.constantFrom(undefined, "auto" as const),
    maxTokens: fc.integer({ min: 1, max: 100_000 }),
    stop: fc.option(fc.array(words, { minLength: 1 }), { nil: undefined }),
    user: fc.option(words, { nil: undefined }),
    topK: fc.option(fc.nat(100), { nil: undefined }),
    temperature: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
  });

  it("A → B → A: decode(encode(x)) keeps everything these messages can say", () => {
    fc.assert(
      fc.property(request, (one) => {
        const encoded = anthropicMessages.encodeRequest(one);
        if ("failure" in encoded) throw new Error(encoded.failure.message);
        expect(encoded.dropped).toEqual([]);
        const back = anthropicMessages.decodeRequest(encoded.body);
        if ("failure" in back) throw new Error(back.failure.message);
        expect(back.dropped).toEqual([]);
        const kept = one.tools.length === 0 ? { ...one, toolChoice: undefined } : one;
        expect(JSON.parse(JSON.stringify(back.request))).toEqual(JSON.parse(JSON.stringify(kept)));
      }),
    );
  });

  it("no body throws, whatever it holds", () => {
    const keys = [
      "model",
      "messages",
      "system",
      "tools",
      "tool_choice",
      "thinking",
      "output_config",
      "metadata",
      "stop_sequences",
      "max_tokens",
    ];
    const value = fc.oneof(fc.jsonValue(), fc.array(fc.record({ role: fc.constantFrom("user", "assistant"), content: fc.jsonValue() })));
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...keys), value), fc.object()), (body) => {
        const decoded = anthropicMessages.decodeRequest(body);
        if (!("failure" in decoded)) anthropicMessages.encodeRequest(decoded.request);
        anthropicMessages.decodeReply(body, 0);
      }),
    );
  });

  it("blocks of any content never throw", () => {
    const type = fc.constantFrom(
      "text",
      "image",
      "document",
      "tool_use",
      "tool_result",
      "thinking",
      "redacted_thinking",
      "search_result",
      "x",
    );
    const block = fc.record(
      { type, text: fc.jsonValue(), source: fc.jsonValue(), content: fc.jsonValue(), input: fc.jsonValue() },
      { requiredKeys: ["type"] },
    );
    fc.assert(
      fc.property(fc.constantFrom("user", "assistant"), fc.array(block), (role, content) => {
        anthropicMessages.decodeRequest({ model: "m", max_tokens: 1, messages: [{ role, content }] });
        anthropicMessages.decodeReply({ content }, 0);
      }),
    );
  });
});
