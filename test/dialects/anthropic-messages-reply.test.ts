// Whole answers in Anthropic's messages, both ways.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anthropicMessages } from "../../src-core/dialects/anthropic-messages.ts";
import type { ChatReply, EncodingContext, Part } from "../../src-core/dialects/canonical.ts";
import { parsed } from "../../src-core/dialects/shapes.ts";
import { recorded } from "../support/replay.ts";

const context: EncodingContext = { model: "asked", requestId: "r1", now: 0, wantsUsage: false, promptTokens: 42 };
const least: ChatReply = { id: "chatcmpl-1", model: "real", createdAt: 0, parts: [], finish: "stop", tokens: {} };

describe("recorded answers", () => {
  it.each([
    ["llama-server", " blue five rain wait be of", { input: 30, output: 6, cacheRead: 29 }],
    ["ollama", " blue nine as road as road", { input: 30, output: 6 }],
  ] as const)("%s", (folder, text, tokens) => {
    const reply = anthropicMessages.decodeReply(parsed(recorded(folder, "messages").chunks.join("")), 5);
    expect(reply).toMatchObject({ parts: [{ type: "text", text }], finish: "length", tokens, createdAt: 5 });
  });

  it("an error with its envelope is a failure", () => {
    const body = parsed(recorded("ollama", "messages-unknown-model").chunks.join(""));
    expect(anthropicMessages.decodeReply(body, 0)).toMatchObject({ failure: { detail: "model 'nope' not found" } });
  });
});

describe("decoding", () => {
  it.each([null, "x", 3, { content: "x" }, {}])("F27: %j is no answer", (body) => {
    expect(anthropicMessages.decodeReply(body, 0)).toMatchObject({ failure: { kind: "malformed-reply" } });
  });

  it("overload told inside a 200 asks for another node", () => {
    const body = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
    expect(anthropicMessages.decodeReply(body, 0)).toMatchObject({ failure: { kind: "upstream-busy" } });
  });

  it("cached parts of the prompt count as input", () => {
    const usage = { input_tokens: 5, cache_read_input_tokens: 20, cache_creation_input_tokens: 3, output_tokens: 2 };
    expect(anthropicMessages.decodeReply({ content: [], usage }, 0)).toMatchObject({
      tokens: { input: 28, output: 2, cacheRead: 20, cacheWrite: 3 },
    });
  });

  it("an input nested beyond sense throws nothing", () => {
    const depth = 200_000;
    const input = JSON.parse(`{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`);
    expect(anthropicMessages.decodeReply({ content: [{ type: "tool_use", id: "t", name: "f", input }] }, 0)).toMatchObject({
      finish: "tool-calls",
    });
  });
});

describe("encoding", () => {
  it("a whole message, with every number in its usage", () => {
    const parts: Part[] = [
      { type: "thinking", text: "h" },
      { type: "text", text: "t" },
      { type: "tool-call", id: "call_1", name: "f", arguments: '{"a":1}' },
    ];
    const tokens = { input: 100, output: 7, cacheRead: 60 };
    expect(anthropicMessages.encodeReply({ ...least, parts, finish: "tool-calls", tokens }, context)).toEqual({
      id: "msg_r1",
      type: "message",
      role: "assistant",
      model: "asked",
      content: [
        { type: "thinking", thinking: "h", signature: "" },
        { type: "text", text: "t" },
        { type: "tool_use", id: "call_1", name: "f", input: { a: 1 } },
      ],
      stop_reason: "tool_use",
      stop_sequence: null,
      usage: { input_tokens: 40, cache_creation_input_tokens: 0, cache_read_input_tokens: 60, output_tokens: 7 },
    });
  });

  it.each([
    ["stop", undefined, "end_turn", null],
    ["stop", "END", "stop_sequence", "END"],
    ["length", undefined, "max_tokens", null],
    ["content-filter", undefined, "refusal", null],
    ["refusal", undefined, "refusal", null],
  ] as const)("apis 10: %s (stop text %s) is %s", (finish, stopText, reason, sequence) => {
    const body = anthropicMessages.encodeReply({ ...least, finish, ...(stopText === undefined ? {} : { stopText }) }, context);
    expect([body["stop_reason"], body["stop_sequence"]]).toEqual([reason, sequence]);
  });

  it("usage the node did not tell is estimated", () => {
    const body = anthropicMessages.encodeReply({ ...least, parts: [{ type: "text", text: "Hello there, how are you?" }] }, context);
    expect(body["usage"]).toMatchObject({ input_tokens: 42 });
    expect(body["usage"]).not.toMatchObject({ output_tokens: 0 });
  });

  it("calls have the input {} where nothing was said, and _raw where no object was", () => {
    const parts: Part[] = [
      { type: "tool-call", id: "", name: "f", arguments: "" },
      { type: "tool-call", id: "b", name: "g", arguments: "ls" },
    ];
    const body = anthropicMessages.encodeReply({ ...least, parts }, context);
    expect(body).toMatchObject({
      content: [
        { id: "toolu_r1_0", input: {} },
        { id: "b", input: { _raw: "ls" } },
      ],
      stop_reason: "tool_use",
    });
  });
});

it("arguments nested beyond sense can still be written as an answer", () => {
  const deep = `{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
  const body = anthropicMessages.encodeReply({ ...least, parts: [{ type: "tool-call", id: "a", name: "f", arguments: deep }] }, context);
  expect(JSON.stringify(body)).toContain("_raw");
});

describe("laws", () => {
  it("A → B → A: decode(encode(x)) keeps every part", () => {
    const words = fc.string({ minLength: 1, unit: "grapheme" });
    const part = fc.oneof(
      words.map((text): Part => ({ type: "text", text })),
      fc.tuple(words, words).map(([text, signature]): Part => ({ type: "thinking", text, signature })),
      words.map((redacted): Part => ({ type: "thinking", text: "", redacted })),
      fc
        .tuple(words, words, fc.dictionary(words, fc.jsonValue()))
        .map(([id, name, input]): Part => ({ type: "tool-call", id, name, arguments: JSON.stringify(input) })),
    );
    fc.assert(
      fc.property(fc.array(part), fc.constantFrom("stop", "length", "refusal"), (parts, finish) => {
        const calls = parts.some(({ type }) => type === "tool-call");
        const reply: ChatReply = {
          id: "msg_1",
          model: "asked",
          createdAt: 0,
          parts,
          finish: calls && finish === "stop" ? "tool-calls" : finish,
          tokens: { input: 9, output: 8, cacheRead: 2, cacheWrite: 1 },
        };
        const told: unknown = JSON.parse(JSON.stringify(anthropicMessages.encodeReply(reply, context)));
        expect(anthropicMessages.decodeReply(told, 0)).toEqual(reply);
      }),
    );
  });
});
