// Habits of servers that a wire has to know by itself: the conformance suite proves them through the gateway, these name the rule.
import { describe, expect, it } from "vitest";
import { openaiChat } from "../../src-core/dialects/openai-chat.ts";
import { wires } from "../../src-core/dialects/wires.ts";

const { openai, ollama } = wires;
const frame = (event: object) => `data: ${JSON.stringify(event)}`;
const swapping = frame({ choices: [{ delta: { reasoning_content: "llama-swap " } }] });

describe("llama-swap's words while a model loads", () => {
  it("F12: are no content; a node that loads for a minute would be committed to by them", () => {
    expect(openai.isContent(swapping)).toBe(false);
  });

  it.each([
    ["an id", { id: "c", choices: [{ delta: { reasoning_content: "Hm" } }] }],
    ["an index", { choices: [{ index: 0, delta: { reasoning_content: "Hm" } }] }],
    ["more in the delta", { choices: [{ delta: { reasoning_content: "Hm", content: null } }] }],
    ["words instead", { choices: [{ delta: { content: "Hm" } }] }],
    ["two choices", { choices: [{ delta: { reasoning_content: "a" } }, { delta: { reasoning_content: "b" } }] }],
  ])("a chunk with %s is a model's own", (_, event) => {
    expect(openai.isContent(frame(event))).toBe(true);
  });

  it("are not said to a client of another dialect, and the model's own thoughts are, also where its chunks look the same", () => {
    const decoder = openaiChat.streamDecoder(0);
    expect(decoder.push(swapping)).toEqual([]);
    decoder.push(frame({ id: "c", model: "m", choices: [{ index: 0, delta: { role: "assistant" } }] }));
    expect(decoder.push(swapping)).toEqual([{ type: "thinking", text: "llama-swap " }]);
  });
});

describe("a byte order mark before the first frame", () => {
  it("hides neither content nor an error", () => {
    expect(openai.isContent(`\uFEFF${frame({ choices: [{ index: 0, delta: { content: "a" } }] })}`)).toBe(true);
    expect(openai.failureIn(`\uFEFF${frame({ error: { message: "gone" } })}`)?.message).toContain("gone");
    expect(ollama.failureIn('\uFEFF{"error":"gone"}')?.message).toContain("gone");
    expect(ollama.isContent('\uFEFF{"message":{"role":"assistant","content":""},"done":false}')).toBe(false);
  });
});

it("vLLM's older error without an envelope is an error; before the first word another node is tried", () => {
  const told = openai.failureIn(frame({ object: "error", message: "the engine died", type: "BadRequestError", param: null, code: 400 }));
  expect(told?.message).toContain("the engine died");
  expect(
    openai.failureIn(frame({ object: "chat.completion.chunk", choices: [{ index: 0, delta: { content: '"error"' } }] })),
  ).toBeUndefined();
});

it("apis.md 1.4: Ollama's load_progress is no content", () => {
  const line = { model: "m", created_at: "t", load_progress: 50, message: { role: "assistant", content: "" }, done: false };
  expect(ollama.isContent(JSON.stringify(line))).toBe(false);
});
