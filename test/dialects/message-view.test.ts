// What a request says, in both dialects: the latest user text, pictures, tools, its size, how long the answer may be, which conversation it is.
import { describe, expect, it } from "vitest";
import { conversationOf, maxOutputTokens, messageView } from "../../src-core/dialects/message-view.ts";

const user = (content: unknown, more: object = {}) => ({ role: "user", content, ...more });

describe("5.10: what rules look at is the latest user message", () => {
  it.each<[string, unknown, object]>([
    ["one text", { messages: [user("first"), { role: "assistant", content: "no" }, user("last")] }, { latestUserText: "last" }],
    ["a tool's answer after it", { messages: [user("ask"), { role: "tool", content: "42" }] }, { latestUserText: "ask" }],
    [
      "parts",
      {
        messages: [
          user([
            { type: "text", text: "a" },
            { type: "image_url", image_url: { url: "x" } },
            { type: "text", text: "b" },
          ]),
        ],
      },
      { latestUserText: "a\nb", hasImage: true },
    ],
    ["an image in an earlier message only", { messages: [user([{ type: "image_url" }]), user("and now?")] }, { hasImage: false }],
    ["an image in Ollama's way", { messages: [user("look", { images: ["aGk="] })] }, { hasImage: true }],
    ["a prompt", { prompt: "write", images: ["aGk="] }, { latestUserText: "write", hasImage: true }],
    ["what is embedded", { input: ["one", "two", 3] }, { latestUserText: "one\ntwo" }],
    ["tools", { messages: [], tools: [{ type: "function" }] }, { hasTools: true }],
    ["no tools", { messages: [], tools: [] }, { hasTools: false }],
    [
      "tokens over all messages, four letters each",
      { messages: [{ role: "system", content: "12345678" }, user("1234"), user([{ type: "text", text: "12345" }])] },
      { promptTokens: 5 },
    ],
    ["nothing", {}, { latestUserText: "", hasImage: false, hasTools: false, promptTokens: 0 }],
    ["nonsense", { messages: [null, 5, { role: "user", content: { a: 1 } }] }, { latestUserText: "", promptTokens: 0 }],
    ["no object", "text", { latestUserText: "" }],
  ])("%s", (_, body, wanted) => {
    expect(messageView(body, "auto")).toMatchObject({ model: "auto", ...wanted });
  });
});

it.each<[object, number | undefined]>([
  [{ max_tokens: 100 }, 100],
  [{ max_completion_tokens: 50, max_tokens: 100 }, 50],
  [{ options: { num_predict: 20 } }, 20],
  [{ max_tokens: -1 }, undefined],
  [{ max_tokens: null }, undefined],
  [{ options: { num_predict: "x" } }, undefined],
  [{}, undefined],
])("the most a model may write: %j", (body, most) => {
  expect(maxOutputTokens(body)).toBe(most);
});

describe("a conversation is told by model, system and first user text, whatever follows", () => {
  const first = { messages: [{ role: "system", content: "You help." }, user("Hello there")] };
  const later = { messages: [...first.messages, { role: "assistant", content: "Hi" }, user("And now?")] };

  it("the same conversation later", () => {
    expect(conversationOf(later, "m")).toBe(conversationOf(first, "m"));
  });

  it.each<[string, unknown, string]>([
    ["another model", first, "n"],
    ["another system text", { messages: [{ role: "system", content: "You code." }, user("Hello there")] }, "m"],
    ["another beginning", { messages: [{ role: "system", content: "You help." }, user("Hello you")] }, "m"],
  ])("%s is another", (_, body, model) => {
    expect(conversationOf(body, model)).not.toBe(conversationOf(first, "m"));
  });

  it("it holds no text, costs no more for long messages, and is absent where nothing tells one", () => {
    const long = { messages: [user("x".repeat(1_000_000))] };
    expect(conversationOf(long, "m")).toBe(conversationOf({ messages: [user("x".repeat(512))] }, "m"));
    expect(conversationOf(first, "m")).toMatch(/^[0-9a-z]{1,24}$/);
    expect(conversationOf({ messages: [] }, "m")).toBeUndefined();
    expect(conversationOf({ prompt: "once" }, "m")).toBeDefined();
  });
});
