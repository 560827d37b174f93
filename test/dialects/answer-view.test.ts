// What an answer says, read from bodies and streams of real servers and from shapes they are known to send.
import { describe, expect, it } from "vitest";
import { canBeJudged, type Judged, StreamView, viewOfWhole } from "../../src-core/dialects/answer-view.ts";
import { askedSchema } from "../../src-core/dialects/asked-schema.ts";
import { repairBody } from "../../src-core/dialects/repair.ts";
import { recorded } from "../support/replay.ts";

function whole(dialect: Judged, body: unknown) {
  const view = viewOfWhole(dialect, body);
  if (view === undefined) throw new Error("no view");
  return view;
}

function streamed(dialect: Judged, frames: readonly string[]) {
  const stream = new StreamView(dialect);
  const text = frames.map((frame) => stream.push(frame)).join("");
  expect(stream.view().text).toBe(text);
  return stream.view();
}

describe("3.3 the text that is judged, as real servers send it", () => {
  it.each([
    ["openai", "llama-server", "chat", " two gate of blue on read", "length"],
    ["ollama", "ollama", "generate", " write sun model eight be", "length"],
    ["responses", "llama-server", "responses", " file as road as road as", "completed"],
  ] as const)("3.3 whole: %s %s %s", (dialect, folder, name, text, finishReason) => {
    const view = whole(dialect, JSON.parse(recorded(folder, name).chunks.join("")));
    expect(view).toEqual({ text, finishReason, hasToolCalls: false, refusal: "", empty: false });
  });

  it.each([
    ["openai", "llama-server", "chat-stream"],
    ["openai", "llama-server", "completions-stream"],
    ["ollama", "ollama", "api-chat-stream"],
    ["ollama", "ollama", "generate-stream"],
    ["responses", "ollama", "responses-stream"],
    ["responses", "llama-server", "responses-stream"],
  ] as const)("3.3 streamed: %s %s %s", (dialect, folder, name) => {
    const text = recorded(folder, name).chunks.join("");
    const view = streamed(dialect, text.split(dialect === "ollama" ? "\n" : "\n\n"));
    expect(view.text.trim()).not.toBe("");
    expect(view).toMatchObject({ hasToolCalls: false, empty: false });
    expect(["stop", "length", "completed"]).toContain(view.finishReason);
  });
});

describe("3.3 an empty answer", () => {
  it("3.3 Ollama's recorded stream that said nothing at all is seen as one", () => {
    const view = streamed("openai", recorded("ollama", "chat-stream").chunks.join("").split("\n\n"));
    expect(view).toEqual({ text: "", refusal: "", hasToolCalls: false, empty: true, finishReason: "stop" });
  });
});

describe("3.6 what is no text", () => {
  const tool = { id: "1", type: "function", function: { name: "f", arguments: "{}" } };

  it.each<[Judged, unknown, object]>([
    ["openai", { choices: [{ message: { content: null, tool_calls: [tool] } }] }, { text: "", hasToolCalls: true, empty: false }],
    ["openai", { choices: [{ message: { content: "", tool_calls: [] } }] }, { hasToolCalls: false, empty: true }],
    ["openai", { choices: [{ message: { content: " \n" } }] }, { empty: true }],
    ["openai", { choices: [{ message: { content: "", reasoning_content: "I don't know. Hm." } }] }, { text: "", empty: true }],
    ["openai", { choices: [{ message: { content: null, refusal: "No." } }] }, { refusal: "No.", empty: false }],
    [
      "openai",
      { choices: [{ message: { content: [{ type: "text", text: "a" }, { type: "x" }, { type: "text", text: "b" }] } }] },
      { text: "ab" },
    ],
    [
      "openai",
      {
        choices: [
          { index: 1, text: "second" },
          { index: 0, text: "first" },
        ],
      },
      { text: "first" },
    ],
    ["openai", { choices: [] }, { empty: true }],
    ["ollama", { message: { content: "", tool_calls: [tool] }, done: true }, { hasToolCalls: true, empty: false }],
    [
      "ollama",
      { message: { content: "", thinking: "I cannot." }, done: true, done_reason: "stop" },
      { text: "", empty: true, finishReason: "stop" },
    ],
    ["ollama", { response: "x", done: true }, { text: "x" }],
  ])("3.6 %s %j", (dialect, body, view) => expect(whole(dialect, body)).toMatchObject(view));

  it.each<[Judged, readonly string[], object]>([
    [
      "openai",
      [
        'data: {"choices":[{"delta":{"content":"a"}}]}',
        ": ping",
        'data: {"choices":[{"index":1,"delta":{"content":"z"}}]}',
        "data: [DONE]",
      ],
      { text: "a" },
    ],
    ["openai", ['data: {"choices":[{"delta":{"tool_calls":[{"index":0}]}}]}'], { hasToolCalls: true, empty: false }],
    ["openai", ['data: {"choices":[{"delta":{"refusal":"N"}}]}', 'data: {"choices":[{"delta":{"refusal":"o"}}]}'], { refusal: "No" }],
    ["openai", ["data: {broken", "data: [DONE]"], { empty: true }],
    ["ollama", ['{"message":{"tool_calls":[{}]}}', '{"done":true}'], { hasToolCalls: true }],
  ])("3.6 %s stream %j", (dialect, frames, view) => expect(streamed(dialect, frames)).toMatchObject(view));

  it("3.3 only answers made of words are judged", () => {
    expect(canBeJudged("openai", "chat") && canBeJudged("ollama", "completion")).toBe(true);
    expect(canBeJudged("openai", "embedding") || canBeJudged("ollama", "load") || canBeJudged("openai", "rerank")).toBe(false);
    expect(viewOfWhole("openai", ["no answer"])).toBeUndefined();
    expect(viewOfWhole("openai", { object: "x" })).toBeUndefined();
  });
});

describe("3.3 the schema a request asks for", () => {
  const schema = { type: "object", required: ["a"] };
  it.each<[unknown, unknown]>([
    [{ response_format: { type: "json_schema", json_schema: { name: "x", schema } } }, schema],
    [{ response_format: { type: "json_schema", schema } }, schema],
    [{ response_format: { type: "json_object" } }, { type: "object" }],
    [{ response_format: { type: "json_object", schema } }, schema],
    [{ json_schema: schema }, schema],
    [{ format: schema }, schema],
    [{ format: "json" }, { type: "object" }],
    [{ format: "" }, undefined],
    [{ response_format: { type: "text" } }, undefined],
    [{ response_format: { type: "json_schema", json_schema: { schema: "malformed" } } }, "malformed"],
    [{}, undefined],
    ["no object", undefined],
  ])("3.3 %j asks for %j", (body, asked) => expect(askedSchema(body)).toEqual(asked));
});

describe("3.6 one repair", () => {
  const problems = ["/action is missing", "/count should be integer, got string"];
  it("3.6 is the same question, the answer, and what is wrong; every setting stays", () => {
    const sent = { model: "m", stream: true, temperature: 0, messages: [{ role: "user", content: "Q" }] };
    expect(repairBody(sent, "A", problems)).toEqual({
      ...sent,
      messages: [
        { role: "user", content: "Q" },
        { role: "assistant", content: "A" },
        {
          role: "user",
          content:
            "That answer does not match the required JSON Schema: /action is missing; /count should be integer, got string. " +
            "Answer again with the corrected JSON only, and nothing else.",
        },
      ],
    });
    expect(sent.messages).toHaveLength(1);
  });

  it("3.6 of a prompt goes on after the prompt; of what has neither, there is none", () => {
    const body = repairBody({ model: "m", prompt: "Q" }, "A", problems);
    expect(body?.["prompt"]).toMatch(/^Q\n\nA\n\nThat answer .*\/action is missing/);
    expect(repairBody({ prompt: ["Q", "R"] }, "A", problems)).toBeUndefined();
    expect(repairBody(undefined, "A", problems)).toBeUndefined();
  });
});
