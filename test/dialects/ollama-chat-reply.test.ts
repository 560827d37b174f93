// Ollama's answers, whole and in streams: recorded ones are read, written ones are what its clients read, and both agree.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fail } from "../../src-core/contract/failure.ts";
import type { ChatEvent, ChatReply, EncodingContext } from "../../src-core/dialects/canonical.ts";
import { ollama } from "../../src-core/dialects/ollama.ts";
import { ollamaChat } from "../../src-core/dialects/ollama-chat.ts";
import { recorded } from "../support/replay.ts";

const now = 1_700_000_000_123;
const context: EncodingContext = { model: "m", requestId: "r1", now, wantsUsage: false, promptTokens: 7 };

function eventsOf(lines: readonly string[]): readonly ChatEvent[] {
  const decoder = ollamaChat.streamDecoder(now);
  return [...lines.flatMap((line) => decoder.push(line)), ...decoder.end()];
}

function written(events: readonly ChatEvent[], more: Partial<EncodingContext> = {}): string {
  const encoder = ollamaChat.streamEncoder({ ...context, ...more });
  return events.map((event) => encoder.push(event)).join("");
}

function linesOf(text: string): readonly Record<string, unknown>[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

const textOf = (events: readonly ChatEvent[]): string => events.map((event) => (event.type === "text" ? event.text : "")).join("");

describe("recorded answers of a real Ollama", () => {
  it.each([
    ["api-chat-stream", 30],
    ["generate-stream", 25],
  ])("%s is read to its end, with its tokens and its speed", (name, input) => {
    const events = eventsOf(recorded("ollama", name).chunks.join("").split("\n"));
    expect(events[0]).toEqual({ type: "start", id: "", model: "tiny-a", createdAt: now });
    expect(textOf(events)).not.toBe("");
    expect(events.slice(-3)).toEqual([
      { type: "finish", finish: "length" },
      { type: "tokens", tokens: { input, output: 5, perSecond: expect.any(Number) } },
      { type: "end" },
    ]);
  });

  it.each([
    ["api-chat", 30],
    ["generate", 25],
  ])("%s is read whole", (name, input) => {
    const reply = ollamaChat.decodeReply(JSON.parse(recorded("ollama", name).chunks.join("")), now);
    expect(reply).toMatchObject({ model: "tiny-a", finish: "length", tokens: { input, output: 5 }, parts: [{ type: "text" }] });
  });

  it.each(["load-chat", "load-generate", "unload"])("%s is an answer without words", (name) => {
    const reply = ollamaChat.decodeReply(JSON.parse(recorded("ollama", name).chunks.join("")), now);
    expect(reply).toMatchObject({ finish: "stop", parts: [] });
  });

  it.each(["api-chat-tools", "api-chat-think", "api-chat-unknown"])(
    "%s is an error in Ollama's envelope, never an empty answer",
    (name) => {
      const reply = ollamaChat.decodeReply(JSON.parse(recorded("ollama", name).chunks.join("")), now);
      expect("failure" in reply && reply.failure.message).toMatch(/does not support|not found/);
    },
  );
});

describe("a stream that goes wrong", () => {
  const begun = `{"model":"m","message":{"role":"assistant","content":"Hi"},"done":false}`;

  it("F14: a stream that ends without done is an error, not an answer", () => {
    expect(eventsOf([begun]).at(-1)).toMatchObject({ type: "error", failure: { kind: "stream-broken" } });
  });

  it("F13: an error line under 200 is the node's error, and nothing follows it", () => {
    const events = eventsOf([begun, '{"error":"an error was encountered while running the model: unexpected EOF"}', begun]);
    expect(events.map(({ type }) => type)).toEqual(["start", "text", "error"]);
  });

  it("a line that is no JSON is an error", () => {
    expect(eventsOf([begun, "<html>"]).at(-1)).toMatchObject({ type: "error" });
  });

  it("an error is written as one line and without an end", () => {
    expect(written([{ type: "error", failure: fail("stream-broken", "It broke.") }])).toBe('{"error":"It broke."}\n');
  });
});

describe("a written stream", () => {
  const events: readonly ChatEvent[] = [
    { type: "start", id: "x", model: "other", createdAt: now },
    { type: "thinking", text: "hm" },
    { type: "text", text: 'Hi "you"\n' },
    { type: "tool-call", index: 0, id: "c0", name: "a" },
    { type: "tool-call", index: 1, id: "c1", name: "b" },
    { type: "tool-arguments", index: 0, text: '{"x"' },
    { type: "tool-arguments", index: 1, text: "{}" },
    { type: "tool-arguments", index: 0, text: ":1}" },
    { type: "finish", finish: "tool-calls" },
    { type: "tokens", tokens: { input: 3, output: 4 } },
    { type: "end" },
  ];

  it("holds exactly the fields that Ollama's own lines have, calls whole and with objects", () => {
    const at = "2023-11-14T22:13:20.123000000Z";
    const line = (message: object) => ({ model: "m", created_at: at, message: { role: "assistant", ...message }, done: false });
    expect(linesOf(written(events))).toEqual([
      line({ content: "", thinking: "hm" }),
      line({ content: 'Hi "you"\n' }),
      line({
        content: "",
        tool_calls: [
          { id: "c0", function: { name: "a", arguments: { x: 1 } } },
          { id: "c1", function: { name: "b", arguments: {} } },
        ],
      }),
      { ...line({ content: "" }), done: true, done_reason: "stop", prompt_eval_count: 3, eval_count: 4 },
    ]);
  });

  it("tells measured durations in nanoseconds, and none that nobody measured", () => {
    let ms = 0;
    const encoder = ollamaChat.streamEncoder({ ...context, elapsedMs: () => ms });
    const lines = [
      { type: "start" as const, id: "", model: "", createdAt: now },
      { type: "text" as const, text: "a" },
      { type: "tokens" as const, tokens: { output: 2 } },
      { type: "end" as const },
    ].map((event) => {
      ms += 100;
      return encoder.push(event);
    });
    expect(linesOf(lines.join("")).at(-1)).toMatchObject({ total_duration: 4e8, prompt_eval_duration: 2e8, eval_duration: 2e8 });
  });

  it("is a finished stream with tokens in the eyes of the wire that passes Ollama's own through", () => {
    const text = written(events);
    expect(ollama.terminated(text, "chat")).toBe(true);
    expect(ollama.usageIn(text)).toMatchObject({ tokensIn: 3, tokensOut: 4 });
    expect(linesOf(text).map((line) => ollama.isContent(JSON.stringify(line)))).toEqual([true, true, true, true]);
  });

  it("has the shape of /api/generate where that was asked", () => {
    const text = written([{ type: "text", text: "Hi" }, { type: "end" }], { completion: true });
    expect(linesOf(text)).toMatchObject([
      { response: "Hi", done: false },
      { response: "", done: true, done_reason: "stop" },
    ]);
    expect(text).not.toContain('"message"');
  });

  it("logprobs are bare in Ollama and under content elsewhere", () => {
    const logprobs = { content: [{ token: "a", logprob: -0.1 }] };
    const text = written([{ type: "text", text: "a", logprobs }, { type: "end" }]);
    expect(linesOf(text)[0]).toHaveProperty("logprobs", logprobs.content);
    expect(eventsOf(text.split("\n"))).toContainEqual({ type: "text", text: "a", logprobs });
  });
});

const words = fc.string({ unit: "binary", minLength: 1 });
const argumentsText = fc
  .dictionary(fc.string({ maxLength: 5 }), fc.oneof(fc.string(), fc.integer(), fc.boolean()), { maxKeys: 3 })
  .map((value) => JSON.stringify(value));

describe("there and back", () => {
  it("a whole answer read from what was written says the same", () => {
    const part = fc.record({ thinking: fc.option(words), text: fc.option(words), calls: fc.array(argumentsText, { maxLength: 3 }) });
    fc.assert(
      fc.property(part, fc.constantFrom("stop" as const, "length" as const), fc.nat(), ({ thinking, text, calls }, finish, output) => {
        const reply: ChatReply = {
          id: "",
          model: "m",
          createdAt: now,
          parts: [
            ...(thinking === null ? [] : [{ type: "thinking" as const, text: thinking }]),
            ...(text === null ? [] : [{ type: "text" as const, text }]),
            ...calls.map((one, at) => ({ type: "tool-call" as const, id: `c${at}`, name: "t", arguments: one })),
          ],
          finish: calls.length > 0 && finish === "stop" ? "tool-calls" : finish,
          tokens: { output },
        };
        expect(ollamaChat.decodeReply(JSON.parse(JSON.stringify(ollamaChat.encodeReply(reply, context))), now)).toEqual(reply);
      }),
    );
  });

  it("a stream of any words read from what was written says the same", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ type: fc.constantFrom("text" as const, "thinking" as const), text: words })), (said) => {
        const events: readonly ChatEvent[] = [
          { type: "start", id: "", model: "m", createdAt: now },
          ...said,
          { type: "finish", finish: "stop" },
          { type: "tokens", tokens: { input: 1, output: 2 } },
          { type: "end" },
        ];
        expect(eventsOf(written(events).split("\n"))).toEqual(events);
      }),
    );
  });
});
