// Requests to `/v1/responses`: what they mean, what is refused by the name of its field, and what a node that speaks nothing else is told.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChatRequest } from "../../src-core/dialects/canonical.ts";
import { openaiResponses } from "../../src-core/dialects/openai-responses.ts";

const base = { model: "m", input: "hi" };
const { decodeRequest, encodeRequest } = openaiResponses;

function decoded(body: unknown) {
  const result = decodeRequest(body);
  if ("failure" in result) throw new Error(result.failure.message);
  return result;
}

function refused(body: unknown) {
  const result = decodeRequest(body);
  if (!("failure" in result)) throw new Error("was accepted");
  expect(result.failure.kind).toBe("invalid-request");
  return result.failure;
}

function encoded(request: ChatRequest) {
  const result = encodeRequest(request);
  if ("failure" in result) throw new Error(result.failure.message);
  return result;
}

const text = (said: string) => ({ type: "text" as const, text: said });

describe("what is said", () => {
  it("a text is one message of the user, and instructions come before it", () => {
    expect(decoded({ ...base, instructions: "Be brief." }).request.messages).toEqual([
      { role: "system", parts: [text("Be brief.")] },
      { role: "user", parts: [text("hi")] },
    ]);
  });

  it("a thought, a text and calls side by side are one turn of the assistant, results one of the user: templates refuse two in a row", () => {
    const { messages } = decoded({
      ...base,
      input: [
        { role: "developer", content: "Rules." },
        { role: "user", content: [{ type: "input_text", text: "Oslo?" }] },
        { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "Hm." }] },
        {
          type: "message",
          role: "assistant",
          id: "msg_1",
          status: "completed",
          content: [{ type: "output_text", text: "I look.", annotations: [] }],
        },
        { type: "function_call", id: "fc_1", call_id: "call_1", name: "f", arguments: '{"a":1}' },
        { type: "function_call", id: "fc_2", call_id: "call_2", name: "g", arguments: "{}" },
        { type: "function_call_output", call_id: "call_1", output: "one" },
        { type: "function_call_output", call_id: "call_2", output: [{ type: "input_text", text: "two" }] },
        { role: "user", content: "And?" },
      ],
    }).request;
    expect(messages).toEqual([
      { role: "system", parts: [text("Rules.")] },
      { role: "user", parts: [text("Oslo?")] },
      {
        role: "assistant",
        parts: [
          { type: "thinking", text: "Hm." },
          text("I look."),
          { type: "tool-call", id: "call_1", name: "f", arguments: '{"a":1}' },
          { type: "tool-call", id: "call_2", name: "g", arguments: "{}" },
        ],
      },
      {
        role: "user",
        parts: [
          { type: "tool-result", id: "call_1", parts: [text("one")] },
          { type: "tool-result", id: "call_2", parts: [text("two")] },
        ],
      },
      { role: "user", parts: [text("And?")] },
    ]);
  });

  it("what OpenAI sealed is left out by name; what Homeport sealed comes back as it was", () => {
    const sealed = decoded({ ...base, input: [{ type: "reasoning", id: "rs_1", summary: [], encrypted_content: "gAAAA" }] });
    expect(sealed.request.messages).toEqual([]);
    expect(sealed.dropped).toEqual(["reasoning.encrypted_content"]);
    const own = [
      { type: "reasoning", summary: [{ type: "summary_text", text: "Hm." }], encrypted_content: "homeport.signature.s1" },
      { type: "reasoning", summary: [], encrypted_content: "homeport.redacted.r1" },
    ];
    expect(decoded({ ...base, input: own }).request.messages).toEqual([
      {
        role: "assistant",
        parts: [
          { type: "thinking", text: "Hm.", signature: "s1" },
          { type: "thinking", text: "", redacted: "r1" },
        ],
      },
    ]);
  });
});

describe("what is asked for", () => {
  const schema = { type: "object" };

  it.each<[object, Partial<ChatRequest>]>([
    [
      { max_output_tokens: 16, temperature: 0, top_p: 0.5 },
      { maxTokens: 16, temperature: 0, topP: 0.5 },
    ],
    [{ text: { format: { type: "json_object" } } }, { format: { type: "json" } }],
    [
      { text: { format: { type: "json_schema", name: "n", schema, strict: true } } },
      { format: { type: "schema", schema, name: "n", strict: true } },
    ],
    [{ reasoning: { effort: "high", summary: "auto" } }, { reasoning: { effort: "high" } }],
    [
      { tools: [{ type: "function", name: "f", parameters: schema, strict: true }] },
      { tools: [{ name: "f", parameters: schema, strict: true }] },
    ],
    [{ tool_choice: { type: "function", name: "f" } }, { toolChoice: { name: "f" } }],
    [
      { parallel_tool_calls: false, user: "u" },
      { parallelTools: false, user: "u" },
    ],
    [{ include: ["message.output_text.logprobs"], top_logprobs: 3 }, { logprobs: { top: 3 } }],
    [{ stream: true }, { stream: true }],
  ])("%j", (more, meant) => {
    const { request, dropped } = decoded({ ...base, ...more });
    expect(request).toMatchObject(meant);
    expect(dropped).toEqual([]);
  });

  it("what Codex always sends loses nothing but what is named", () => {
    const codex = {
      ...base,
      instructions: "You are a coding agent.",
      tools: [{ type: "function", name: "shell", description: "Runs.", strict: false, parameters: schema }],
      tool_choice: "auto",
      parallel_tool_calls: false,
      reasoning: { effort: "medium", summary: "auto" },
      store: false,
      stream: true,
      include: ["reasoning.encrypted_content"],
      prompt_cache_key: "id",
    };
    expect(decoded(codex).dropped).toEqual(["prompt_cache_key"]);
  });

  it("what has no word in the small form is named", () => {
    const { dropped } = decoded({
      ...base,
      truncation: "auto",
      service_tier: "flex",
      text: { verbosity: "low" },
      include: ["x"],
      metadata: { a: "b" },
    });
    expect([...dropped].sort()).toEqual(["include", "service_tier", "text.verbosity", "truncation"]);
  });
});

describe("S-29: what is wrong is refused by the name of its field", () => {
  it.each([
    [undefined, "body"],
    [{ input: "hi" }, "model"],
    [{ model: "m" }, "input"],
    [{ ...base, input: 5 }, "input"],
    [{ ...base, input: ["hi"] }, "input[0]"],
    [{ ...base, input: [{ role: "robot", content: "hi" }] }, "input[0].role"],
    [{ ...base, input: [{ role: "user" }] }, "input[0].content"],
    [{ ...base, input: [{ type: "function_call", name: "f" }] }, "input[0].call_id"],
    [{ ...base, input: [{ type: "function_call_output", output: "" }] }, "input[0].call_id"],
    [
      { ...base, input: [{ role: "user", content: [{ type: "input_image", image_url: "file:///etc/passwd" }] }] },
      "input[0].content[0].image_url",
    ],
    [{ ...base, input: [{ role: "user", content: [{ type: "input_image", file_id: "f" }] }] }, "input[0].content[0].file_id"],
    [{ ...base, max_output_tokens: 0 }, "max_output_tokens"],
    [{ ...base, temperature: "warm" }, "temperature"],
    [{ ...base, tools: [{ type: "function" }] }, "tools[0].name"],
    [{ ...base, tool_choice: { type: "web_search" } }, "tool_choice"],
    [{ ...base, text: { format: { type: "xml" } } }, "text.format.type"],
    [{ ...base, text: { format: { type: "json_schema" } } }, "text.format.schema"],
    [{ ...base, reasoning: { effort: "huge" } }, "reasoning.effort"],
    [{ ...base, stream: "yes" }, "stream"],
    [{ ...base, conversation: "c" }, "conversation"],
    [{ ...base, prompt: { id: "p" } }, "prompt"],
    [{ ...base, background: true }, "background"],
    [{ ...base, previous_response_id: "resp_1" }, "previous_response_id"],
  ])("%j: %s", (body, field) => {
    const failure = refused(body);
    expect(failure.field).toBe(field);
    expect(failure.message).toContain(field);
  });

  it.each(["web_search", "file_search", "computer_use_preview", "code_interpreter", "mcp", "image_generation", "custom"])(
    "a tool %s, which only OpenAI's service has, is named: without it the answer would be another",
    (type) => expect(refused({ ...base, tools: [{ type }] }).message).toContain(type),
  );

  it("no input throws", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => void decodeRequest(value)));
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (input, tools) => void decodeRequest({ ...base, input, tools })));
  });
});

describe("said to a node that speaks nothing else", () => {
  it("turns, calls and results are items; nothing is kept there; what has no word is named", () => {
    const { path, body, dropped } = encoded({
      model: "m",
      stream: true,
      stop: ["x"],
      seed: 1,
      tools: [{ name: "f", parameters: { type: "object" } }],
      toolChoice: { name: "f" },
      messages: [
        { role: "user", parts: [text("Q"), { type: "image", source: { kind: "data", mediaType: "image/png", base64: "AA==" } }] },
        {
          role: "assistant",
          parts: [{ type: "thinking", text: "Hm." }, text("A"), { type: "tool-call", id: "c", name: "f", arguments: "{}" }],
        },
        { role: "user", parts: [{ type: "tool-result", id: "c", parts: [text("R")] }] },
      ],
    });
    expect(path).toBe("/v1/responses");
    expect(body).toMatchObject({ store: false, tool_choice: { type: "function", name: "f" } });
    expect(body["input"]).toEqual([
      {
        type: "message",
        role: "user",
        content: [
          { type: "input_text", text: "Q" },
          { type: "input_image", image_url: "data:image/png;base64,AA==", detail: "auto" },
        ],
      },
      { type: "message", role: "assistant", content: [{ type: "output_text", text: "A" }] },
      { type: "function_call", call_id: "c", name: "f", arguments: "{}" },
      { type: "function_call_output", call_id: "c", output: "R" },
    ]);
    expect([...dropped].sort()).toEqual(["seed", "stop", "thinking"]);
  });

  it("a text to go on with is the person's turn; one to be filled in is refused", () => {
    const text = { model: "m", stream: false, messages: [], tools: [], completion: { prompt: "Once" } };
    expect(encodeRequest(text)).toMatchObject({ body: { input: [{ role: "user", content: [{ type: "input_text", text: "Once" }] }] } });
    expect(encodeRequest({ ...text, completion: { prompt: "Once", suffix: "after" } })).toMatchObject({ failure: { field: "suffix" } });
  });
});
