// Anthropic streams read: recorded ones from real servers, and the habits of others.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anthropic } from "../../src-core/dialects/anthropic.ts";
import { anthropicMessages } from "../../src-core/dialects/anthropic-messages.ts";
import type { ChatEvent, EncodingContext } from "../../src-core/dialects/canonical.ts";
import { recorded } from "../support/replay.ts";

const now = 1_700_000_000_000;

function hear(frames: readonly string[]): readonly ChatEvent[] {
  const decoder = anthropicMessages.streamDecoder(now);
  return [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
}

const frame = (event: Readonly<Record<string, unknown>>) => `event: ${String(event["type"])}\ndata: ${JSON.stringify(event)}`;
const frames = (...events: readonly Readonly<Record<string, unknown>>[]) => events.map(frame);
const begin = { type: "message_start", message: { id: "msg_1", model: "m", usage: { input_tokens: 5, output_tokens: 1 } } };
const block = (index: number, content_block: unknown) => ({ type: "content_block_start", index, content_block });
const delta = (index: number, one: unknown) => ({ type: "content_block_delta", index, delta: one });
const stop = (index: number) => ({ type: "content_block_stop", index });
const ending = (stop_reason: string, more = {}) => ({
  type: "message_delta",
  delta: { stop_reason, stop_sequence: null, ...more },
  usage: { output_tokens: 9 },
});
const over = { type: "message_stop" };
const without = (events: readonly ChatEvent[], ...types: readonly string[]) => events.filter(({ type }) => !types.includes(type));

describe("recorded streams", () => {
  it.each([
    ["llama-server", " file as road the we blue", { input: 30, output: 6, cacheRead: 29 }],
    ["ollama", " be of north one as road", { input: 30, output: 6 }],
  ] as const)("%s: every word, why it ended, what it cost", (folder, words, tokens) => {
    const events = hear(recorded(folder, "messages-stream").chunks.join("").split("\n\n"));
    expect(events[0]).toMatchObject({ type: "start", createdAt: now });
    expect(events.flatMap((event) => (event.type === "text" ? [event.text] : [])).join("")).toBe(words);
    expect(events).toContainEqual({ type: "finish", finish: "length" });
    expect(events.findLast(({ type }) => type === "tokens")).toEqual({ type: "tokens", tokens });
    expect(events.at(-1)).toEqual({ type: "end" });
  });

  it.each(["llama-server", "ollama"])("F14: %s cut before message_stop is broken, never done", (folder) => {
    const whole = recorded(folder, "messages-stream")
      .chunks.join("")
      .split("\n\n")
      .filter((one) => one !== "");
    for (let kept = 0; kept < whole.length; kept++) {
      const events = hear(whole.slice(0, kept));
      expect(events.at(-1)).toMatchObject({ type: "error", failure: { kind: "stream-broken" } });
      expect(events).not.toContainEqual({ type: "end" });
    }
  });
});

describe("blocks", () => {
  it("thinking with its signature, redacted thinking, words and parallel calls come in order", () => {
    const events = hear(
      frames(
        begin,
        block(0, { type: "thinking", thinking: "", signature: "" }),
        delta(0, { type: "thinking_delta", thinking: "h" }),
        delta(0, { type: "signature_delta", signature: "s" }),
        stop(0),
        block(1, { type: "redacted_thinking", data: "x" }),
        stop(1),
        { type: "ping" },
        block(2, { type: "text", text: "" }),
        delta(2, { type: "text_delta", text: "t" }),
        stop(2),
        block(3, { type: "tool_use", id: "toolu_a", name: "f", input: {} }),
        delta(3, { type: "input_json_delta", partial_json: "" }),
        delta(3, { type: "input_json_delta", partial_json: '{"a"' }),
        delta(3, { type: "input_json_delta", partial_json: ":1}" }),
        stop(3),
        block(4, { type: "tool_use", id: "toolu_b", name: "g", input: {} }),
        stop(4),
        ending("tool_use"),
        over,
      ),
    );
    expect(without(events, "tokens")).toEqual([
      { type: "start", id: "msg_1", model: "m", createdAt: now },
      { type: "thinking", text: "h" },
      { type: "thinking-signature", signature: "s" },
      { type: "thinking-redacted", data: "x" },
      { type: "text", text: "t" },
      { type: "tool-call", index: 0, id: "toolu_a", name: "f" },
      { type: "tool-arguments", index: 0, text: '{"a"' },
      { type: "tool-arguments", index: 0, text: ":1}" },
      { type: "tool-call", index: 1, id: "toolu_b", name: "g" },
      { type: "tool-arguments", index: 1, text: "{}" },
      { type: "finish", finish: "tool-calls" },
      { type: "end" },
    ]);
  });

  it("a call whose whole input stands in its start is not lost", () => {
    const events = hear(
      frames(begin, block(0, { type: "tool_use", id: "a", name: "f", input: { x: 1 } }), stop(0), ending("tool_use"), over),
    );
    expect(events).toContainEqual({ type: "tool-arguments", index: 0, text: '{"x":1}' });
  });

  it("a call of our own answer tool is the answer, as text", () => {
    const answer = block(0, { type: "tool_use", id: "a", name: "homeport_answer", input: {} });
    const events = hear(
      frames(begin, answer, delta(0, { type: "input_json_delta", partial_json: '{"a":1}' }), stop(0), ending("tool_use"), over),
    );
    expect(without(events, "tokens", "start")).toEqual([
      { type: "text", text: '{"a":1}' },
      { type: "finish", finish: "stop" },
      { type: "end" },
    ]);
  });

  it("blocks of Anthropic's own tools and citations are passed over", () => {
    const events = hear(
      frames(
        begin,
        block(0, { type: "server_tool_use", id: "s", name: "web_search", input: {} }),
        delta(0, { type: "input_json_delta", partial_json: "{}" }),
        stop(0),
        block(1, { type: "text", text: "" }),
        delta(1, { type: "citations_delta", citation: {} }),
        delta(1, { type: "text_delta", text: "t" }),
        stop(1),
        ending("end_turn"),
        over,
      ),
    );
    expect(without(events, "tokens", "start")).toEqual([{ type: "text", text: "t" }, { type: "finish", finish: "stop" }, { type: "end" }]);
  });
});

describe("why it ended (apis 10)", () => {
  it.each([
    ["end_turn", "stop"],
    ["max_tokens", "length"],
    ["stop_sequence", "stop"],
    ["pause_turn", "stop"],
    ["refusal", "refusal"],
    ["model_context_window_exceeded", "length"],
    ["tomorrow's reason", "stop"],
  ])("%s is %s", (reason, finish) => {
    expect(hear(frames(begin, ending(reason), over))).toContainEqual({ type: "finish", finish });
  });

  it("the stop text is told", () => {
    const events = hear(frames(begin, ending("stop_sequence", { stop_sequence: "END" }), over));
    expect(events).toContainEqual({ type: "finish", finish: "stop", stopText: "END" });
  });

  it("usage adds up over events that tell only what changed", () => {
    const first = {
      type: "message_start",
      message: { usage: { input_tokens: 5, cache_read_input_tokens: 20, cache_creation_input_tokens: 3, output_tokens: 1 } },
    };
    const events = hear(frames(first, ending("end_turn"), over));
    expect(events.findLast(({ type }) => type === "tokens")).toEqual({
      type: "tokens",
      tokens: { input: 28, output: 9, cacheRead: 20, cacheWrite: 3 },
    });
  });
});

describe("failures", () => {
  it.each([
    ["overloaded_error", "upstream-busy"],
    ["rate_limit_error", "upstream-rate-limited"],
    ["api_error", "stream-broken"],
  ])("F13: an error event of %s ends the stream as %s, and nothing after it is heard", (type, kind) => {
    const error = { type: "error", error: { type, message: "no" } };
    const events = hear(frames(begin, error, block(0, { type: "text", text: "x" }), over));
    expect(without(events, "start", "tokens")).toMatchObject([{ type: "error", failure: { kind } }]);
  });

  it("an error as a bare line of JSON is heard", () => {
    expect(hear(['{"error":{"code":500,"message":"CUDA out of memory"}}'])).toMatchObject([
      { type: "error", failure: { kind: "out-of-memory" } },
    ]);
  });

  it("F16: an event that is no JSON breaks a translated stream", () => {
    expect(hear([...frames(begin), "event: x\ndata: {"]).at(-1)).toMatchObject({ type: "error", failure: { kind: "bad-upstream-event" } });
  });

  it("comments, pings, unknown events and CRLF disturb nothing", () => {
    const odd = [": ping", "", 'event: ping\r\ndata: {"type":"ping"}', 'event: new\ndata: {"type":"new"}', "data: [DONE]"];
    expect(hear(odd)).toMatchObject([{ type: "error", failure: { kind: "stream-broken" } }]);
  });

  it("a stream that begins with its content is still begun", () => {
    const events = hear(frames(delta(0, { type: "text_delta", text: "t" }), over));
    expect(events.map(({ type }) => type)).toEqual(["start", "text", "finish", "end"]);
  });
});

describe("the wire, for streams passed through", () => {
  it.each([
    ["overloaded_error", "upstream-busy"],
    ["rate_limit_error", "upstream-rate-limited"],
    ["api_error", "stream-broken"],
  ])("knows %s as %s, as the translated stream does", (type, kind) => {
    expect(anthropic.failureIn(frame({ type: "error", error: { type, message: "no" } }))).toMatchObject({ kind });
  });

  it("an answer that speaks of an error is none", () => {
    expect(anthropic.failureIn(frame(delta(0, { type: "text_delta", text: '"error": {}' })))).toBeUndefined();
  });
});

describe("laws", () => {
  it("no frame throws, whatever it holds", () => {
    const noise = fc.oneof(
      fc.string(),
      fc.jsonValue().map((value) => `data: ${JSON.stringify(value)}`),
      fc
        .record({
          type: fc.constantFrom(
            "message_start",
            "content_block_start",
            "content_block_delta",
            "content_block_stop",
            "message_delta",
            "error",
          ),
          index: fc.oneof(fc.nat(2), fc.jsonValue()),
          message: fc.jsonValue(),
          content_block: fc.oneof(
            fc.jsonValue(),
            fc.record({ type: fc.constantFrom("text", "tool_use", "thinking"), input: fc.jsonValue() }),
          ),
          delta: fc.oneof(
            fc.jsonValue(),
            fc.record({
              type: fc.constantFrom("text_delta", "input_json_delta", "signature_delta"),
              text: fc.jsonValue(),
              partial_json: fc.jsonValue(),
            }),
          ),
          usage: fc.jsonValue(),
        })
        .map((value) => `data: ${JSON.stringify(value)}`),
    );
    fc.assert(fc.property(fc.array(noise), (all) => ["end", "error"].includes(hear(all).at(-1)?.type ?? "")));
  });

  it("A → B → A: what is told is heard again, word for word", () => {
    const context: EncodingContext = { model: "m", requestId: "r", now, wantsUsage: true, promptTokens: 1 };
    const words = fc.string({ minLength: 1, unit: "grapheme" });
    const part = fc.oneof(
      words.map((text): readonly ChatEvent[] => [{ type: "text", text }]),
      words.map((text): readonly ChatEvent[] => [
        { type: "thinking", text },
        { type: "thinking-signature", signature: "s" },
      ]),
      fc.constant<readonly ChatEvent[]>([{ type: "thinking-redacted", data: "d" }]),
    );
    fc.assert(
      fc.property(fc.array(part), fc.dictionary(words, fc.jsonValue()), (parts, input) => {
        const events: readonly ChatEvent[] = [
          { type: "start", id: "msg_1", model: "m", createdAt: now },
          ...parts.flat(),
          { type: "tool-call", index: 0, id: "toolu_1", name: "f" },
          { type: "tool-arguments", index: 0, text: JSON.stringify(input) },
          { type: "finish", finish: "tool-calls" },
          { type: "tokens", tokens: { input: 9, output: 8, cacheRead: 2, cacheWrite: 0 } },
          { type: "end" },
        ];
        const encoder = anthropicMessages.streamEncoder(context);
        const told = events.map((event) => encoder.push(event)).join("");
        const heard = hear(told.split("\n\n"));
        expect(without(heard, "tokens")).toEqual(without(events, "tokens"));
        expect(heard.findLast(({ type }) => type === "tokens")).toEqual(events.at(-2));
      }),
    );
  });
});
