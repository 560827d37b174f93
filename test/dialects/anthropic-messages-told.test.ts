// Answers told as Anthropic streams: read back by a strict client that knows what may follow what.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fail } from "../../src-core/contract/failure.ts";
import { anthropic } from "../../src-core/dialects/anthropic.ts";
import { anthropicMessages } from "../../src-core/dialects/anthropic-messages.ts";
import type { ChatEvent, EncodingContext } from "../../src-core/dialects/canonical.ts";
import { eventsOf, readMessage } from "../support/anthropic-reader.ts";

const context: EncodingContext = { model: "asked", requestId: "r1", now: 0, wantsUsage: false, promptTokens: 42 };
const start: ChatEvent = { type: "start", id: "chatcmpl-1", model: "real", createdAt: 0 };
const done: readonly ChatEvent[] = [
  { type: "finish", finish: "stop" },
  { type: "tokens", tokens: { input: 30, output: 7 } },
  { type: "end" },
];

function tell(events: readonly ChatEvent[]): string {
  const encoder = anthropicMessages.streamEncoder(context);
  return events.map((event) => encoder.push(event)).join("");
}

const text = (words: string): ChatEvent => ({ type: "text", text: words });
const thought = (words: string): ChatEvent => ({ type: "thinking", text: words });
const call = (index: number, id = `call_${index}`): ChatEvent => ({ type: "tool-call", index, id, name: `f${index}` });
const args = (index: number, words: string): ChatEvent => ({ type: "tool-arguments", index, text: words });

describe("the order of events (apis 3.2)", () => {
  it("a plain answer is one block between start and stop", () => {
    const message = readMessage(tell([start, text("a"), text("b"), ...done]));
    expect(message.types).toEqual([
      "message_start",
      "content_block_start",
      "content_block_delta",
      "content_block_delta",
      "content_block_stop",
      "message_delta",
      "message_stop",
    ]);
    expect(message).toMatchObject({ id: "msg_r1", model: "asked", stopReason: "end_turn", blocks: [{ type: "text", text: "ab" }] });
  });

  it("ux 7: the first event has usage, as an estimate; the last has what the node counted", () => {
    const message = readMessage(tell([start, text("a"), ...done]));
    expect(message.startUsage).toEqual({ input_tokens: 42, output_tokens: 0, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 });
    expect(message.usage).toEqual({ input_tokens: 30, output_tokens: 7, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 });
  });

  it("usage the node never told is estimated, never absent", () => {
    const message = readMessage(tell([start, text("Hello there, how are you?"), { type: "finish", finish: "stop" }, { type: "end" }]));
    expect(message.usage?.input_tokens).toBe(42);
    expect(message.usage?.output_tokens).toBeGreaterThan(3);
    expect(message.usage?.output_tokens).toBeLessThan(15);
  });

  it("cached tokens are told apart, as this dialect counts them", () => {
    const tokens: ChatEvent = { type: "tokens", tokens: { input: 100, output: 1, cacheRead: 60, cacheWrite: 10 } };
    expect(readMessage(tell([start, tokens, { type: "end" }])).usage).toEqual({
      input_tokens: 30,
      output_tokens: 1,
      cache_creation_input_tokens: 10,
      cache_read_input_tokens: 60,
    });
  });

  it("thinking, words and a call are three blocks", () => {
    const message = readMessage(tell([start, thought("h"), text("t"), call(0), args(0, '{"a"'), args(0, ":1}"), ...done]));
    expect(message.blocks.map(({ type, text: said }) => [type, said])).toEqual([
      ["thinking", "h"],
      ["text", "t"],
      ["tool_use", '{"a":1}'],
    ]);
  });

  it("a signature ends its thought", () => {
    const signed: ChatEvent = { type: "thinking-signature", signature: "s" };
    const message = readMessage(tell([start, thought("a"), signed, thought("b"), signed, ...done]));
    expect(message.blocks).toMatchObject([
      { type: "thinking", text: "a", signature: "s" },
      { type: "thinking", text: "b", signature: "s" },
    ]);
  });

  it("redacted thoughts and signatures without words pass", () => {
    const events: ChatEvent[] = [
      start,
      { type: "thinking-redacted", data: "x" },
      { type: "thinking-signature", signature: "s" },
      text("t"),
    ];
    const message = readMessage(tell([...events, ...done]));
    expect(message.blocks.map(({ type }) => type)).toEqual(["redacted_thinking", "thinking", "text"]);
  });

  it("an answer of nothing is still a message", () => {
    expect(readMessage(tell([{ type: "end" }])).blocks).toEqual([]);
  });
});

describe("calls", () => {
  it("claude-code#51239: calls written side by side are told one after the other, with nothing lost", () => {
    const events = [call(0), args(0, '{"a'), call(1), args(1, '{"b":'), args(0, '":1}'), args(1, "2}")];
    const message = readMessage(tell([start, ...events, { type: "finish", finish: "tool-calls" }, { type: "end" }]));
    expect(message.blocks).toMatchObject([
      { name: "f0", text: '{"a":1}' },
      { name: "f1", text: '{"b":2}' },
    ]);
    expect(message.stopReason).toBe("tool_use");
  });

  it("a second call is told as soon as the first is whole, not at the end", () => {
    const encoder = anthropicMessages.streamEncoder(context);
    const before = [start, call(0), args(0, '{"a":"}{"'), call(1), args(1, '{"b":1')].map((event) => encoder.push(event)).join("");
    expect(before).not.toContain("f1");
    expect(encoder.push(args(0, "}"))).toContain('\\"b\\":1');
  });

  it("the first call goes out bit by bit while it is written", () => {
    const encoder = anthropicMessages.streamEncoder(context);
    for (const event of [start, call(0), args(0, '{"a"')]) encoder.push(event);
    expect(encoder.push(args(0, ":12"))).toContain('"partial_json":":12"');
  });

  it("a call without arguments has the input {}", () => {
    expect(readMessage(tell([start, call(0), ...done])).blocks).toMatchObject([{ text: "{}" }]);
  });

  it("arguments that are no object are handed on under _raw instead of breaking the client", () => {
    expect(readMessage(tell([start, call(0), args(0, "ls "), args(0, "-la"), ...done])).blocks).toMatchObject([
      { text: '{"_raw":"ls -la"}' },
    ]);
  });

  it("arguments said twice are told once", () => {
    expect(readMessage(tell([start, call(0), args(0, '{"a":1}'), args(0, '{"a":1}'), ...done])).blocks).toMatchObject([
      { text: '{"a":1}' },
    ]);
  });

  it("a stop that calls tools says tool_use, whatever the node said: the client would not run them", () => {
    expect(readMessage(tell([start, call(0), args(0, "{}"), ...done])).stopReason).toBe("tool_use");
  });

  it("ids are the node's own; one is made where it gave none", () => {
    const message = readMessage(tell([start, call(0, "call_x"), args(0, "{}"), call(1, ""), args(1, "{}"), ...done]));
    expect(message.blocks.map(({ id }) => id)).toEqual(["call_x", "toolu_r1_1"]);
  });
});

describe("why it ended", () => {
  it.each([
    ["stop", undefined, "end_turn", null],
    ["stop", "END", "stop_sequence", "END"],
    ["length", undefined, "max_tokens", null],
    ["content-filter", undefined, "refusal", null],
    ["refusal", undefined, "refusal", null],
  ] as const)("%s (stop text %s) is %s", (finish, stopText, reason, sequence) => {
    const message = readMessage(
      tell([start, text("a"), { type: "finish", finish, ...(stopText === undefined ? {} : { stopText }) }, { type: "end" }]),
    );
    expect([message.stopReason, message.stopSequence]).toEqual([reason, sequence]);
  });
});

describe("signs of life and failures", () => {
  const ping = anthropic.keepAliveFrame({ task: "chat", model: "m" }, 0);

  it("R-11: pings that went out while a model loaded do not begin the message twice", () => {
    const encoder = anthropicMessages.streamEncoder(context);
    const told = ping + ping + [start, text("a"), ...done].map((event) => encoder.push(event)).join("");
    expect(readMessage(told).types.slice(0, 3)).toEqual(["ping", "ping", "message_start"]);
  });

  it("R-11: pings between deltas disturb nothing", () => {
    const encoder = anthropicMessages.streamEncoder(context);
    const told = [start, text("a"), ...done].map((event) => ping + encoder.push(event)).join("");
    expect(readMessage(told).blocks).toMatchObject([{ text: "a" }]);
  });

  it("F13: a failure is an error event, and neither message_stop nor anything else follows", () => {
    const encoder = anthropicMessages.streamEncoder(context);
    const failure: ChatEvent = { type: "error", failure: fail("stream-broken", "The node went away.") };
    const told = [start, text("a"), failure, text("b"), ...done].map((event) => encoder.push(event)).join("");
    const message = readMessage(told);
    expect(message.error).toEqual({ type: "api_error", message: "The node went away." });
    expect(message.types).not.toContain("message_stop");
  });

  it("5.11: overload is told as overloaded_error", () => {
    const told = tell([{ type: "error", failure: fail("no-candidate", "Nobody is there.") }]);
    expect(eventsOf(told)).toMatchObject([{ type: "error", error: { type: "overloaded_error" } }]);
  });
});

const anyText = fc.string({ minLength: 1, unit: "grapheme" });
const anyObject = fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value));

describe("laws", () => {
  it("any order of events is told so that a strict client reads every word of it", () => {
    const event = fc.oneof(
      anyText.map(text),
      anyText.map(thought),
      fc.nat(2).map((index) => call(index)),
      fc.tuple(fc.nat(2), anyText).map(([index, words]) => args(index, words)),
      fc.constant<ChatEvent>({ type: "thinking-signature", signature: "s" }),
      fc.constant<ChatEvent>({ type: "thinking-redacted", data: "d" }),
      fc.constant<ChatEvent>({ type: "finish", finish: "stop" }),
    );
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const message = readMessage(tell([...events, { type: "end" }]), false);
        const said = (type: string) => message.blocks.flatMap((block) => (block.type === type ? [block.text] : [])).join("");
        const asked = (type: "text" | "thinking") => events.flatMap((one) => (one.type === type ? [one.text] : [])).join("");
        expect(said("text")).toBe(asked("text"));
        expect(said("thinking")).toBe(asked("thinking"));
      }),
    );
  });

  it("calls cut and mixed in any way arrive whole, each in its own block", () => {
    const calls = fc.array(fc.tuple(anyObject, fc.array(fc.nat(40), { maxLength: 4 })), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(calls, fc.infiniteStream(fc.nat()), (wanted, draws) => {
        const queues = wanted.map(([json, cuts], index) => [call(index), ...pieces(json, cuts).map((piece) => args(index, piece))]);
        const events: ChatEvent[] = [];
        while (queues.some((queue) => queue.length > 0)) {
          const waiting = queues.filter((queue) => queue.length > 0);
          const next = waiting[draws.next().value % waiting.length]?.shift();
          if (next !== undefined) events.push(next);
        }
        const message = readMessage(tell([start, ...events, { type: "finish", finish: "tool-calls" }, { type: "end" }]));
        expect(new Map(message.blocks.map(({ name, text: json }) => [name, json]))).toEqual(
          new Map(wanted.map(([json], index) => [`f${index}`, json])),
        );
      }),
    );
  });
});

function pieces(json: string, cuts: readonly number[]): readonly string[] {
  const places = [0, ...cuts.map((cut) => Math.min(cut, json.length)).sort((a, b) => a - b), json.length];
  return places
    .slice(1)
    .map((place, i) => json.slice(places[i], place))
    .filter((piece) => piece !== "");
}
