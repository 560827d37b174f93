// Payloads of jobs in the habits of their senders, and answers as results (apis.md 8).
import { describe, expect, it } from "vitest";
import { chatBodyOf, jobResult, modelAsked } from "../../src-core/dialects/job.ts";

const user = { role: "user", content: "Hi" };
const body = (payload: Record<string, unknown>, hints: Record<string, unknown> = {}, type: "llm" | "ocr" = "llm") => {
  const made = chatBodyOf(type, { payload, hints }, "m");
  return "body" in made ? made.body : made.failure;
};

describe("a job's payload as a chat", () => {
  it.each([
    ["messages", { messages: [user] }, { messages: [user] }],
    ["a prompt", { prompt: "Hi" }, { messages: [user] }],
    ["a system text beside it", { prompt: "Hi", system: "Be brief." }, { messages: [{ role: "system", content: "Be brief." }, user] }],
    [
      "Ollama's options",
      { prompt: "Hi", options: { temperature: 0.2, num_predict: 9, seed: 1, stop: ["x"] } },
      { temperature: 0.2, max_tokens: 9, seed: 1, stop: ["x"] },
    ],
    [
      "OpenAI's fields, which win",
      { prompt: "Hi", temperature: 0.7, max_tokens: 5, options: { temperature: 0.2 } },
      { temperature: 0.7, max_tokens: 5 },
    ],
    ["JSON as a format", { prompt: "Hi", format: "json" }, { response_format: { type: "json_object" } }],
    [
      "a schema as a format",
      { prompt: "Hi", format: { type: "object" } },
      { response_format: { type: "json_schema", json_schema: { schema: { type: "object" } } } },
    ],
    ["tools", { messages: [user], tools: [{ type: "function" }] }, { tools: [{ type: "function" }] }],
  ])("%s", (_, payload, expected) => {
    expect(body(payload)).toMatchObject({ model: "m", stream: false, ...expected });
  });
  it("hints stand in for what the payload does not say, and a stream is never asked for", () => {
    expect(body({ prompt: "Hi", stream: true }, { max_tokens: 7, temperature: 0.1 })).toMatchObject({
      max_tokens: 7,
      temperature: 0.1,
      stream: false,
    });
  });
  it("pictures stand beside the last words of the user", () => {
    expect(
      body({ messages: [user, { role: "assistant", content: "Yes?" }, { role: "user", content: "This" }], images: ["/9j/AAAA"] }),
    ).toMatchObject({
      messages: [
        user,
        {},
        {
          content: [
            { type: "text", text: "This" },
            { type: "image_url", image_url: { url: "data:image/jpeg;base64,/9j/AAAA" } },
          ],
        },
      ],
    });
    expect(body({ messages: [{ ...user, images: ["iVBORw0KGgoA"] }] })).toMatchObject({
      messages: [{ content: [{ text: "Hi" }, { image_url: { url: expect.stringContaining("image/png") } }] }],
    });
  });
  it("text is read off a picture without words", () => {
    expect(body({ images: ["/9j/AAAA"] }, {}, "ocr")).toMatchObject({
      messages: [{ content: [{ text: expect.stringContaining("all the text") }, {}] }],
    });
  });
  it.each([
    ["nothing", {}, "payload.messages"],
    ["no picture", { prompt: "Hi", images: ["/etc/passwd!"] }, "payload.images"],
    ["a picture beside nobody", { messages: [{ role: "system", content: "x" }], images: ["/9j/AAAA"] }, "payload.images"],
    ["a message that is none", { messages: ["Hi"] }, "payload.messages[0]"],
  ])("refuses %s", (_, payload, field) => {
    expect(body(payload)).toMatchObject({ kind: "invalid-request", field });
  });
  it("takes the model from the payload, then from the hints", () => {
    expect(modelAsked({ payload: { model: "a" }, hints: { model: "b", prefer_models: ["c", 1] } })).toEqual({ model: "a", prefer: ["c"] });
    expect(modelAsked({ payload: { model: "" }, hints: { model: "b" } })).toEqual({ model: "b", prefer: [] });
  });
});

it("an answer's text, message, end and usage are its result; what is no chat answer is none", () => {
  const answer = {
    model: "m",
    choices: [{ message: { role: "assistant", content: "Yo" }, finish_reason: "length" }],
    usage: { prompt_tokens: 3, completion_tokens: 1 },
  };
  expect(jobResult(answer)).toEqual({
    result: { text: "Yo", message: { role: "assistant", content: "Yo" }, finish_reason: "length" },
    model: "m",
    usage: { prompt_tokens: 3, completion_tokens: 1 },
  });
  expect(jobResult({ error: {} })).toBeUndefined();
});
