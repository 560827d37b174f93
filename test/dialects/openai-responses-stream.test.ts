// Streams and whole answers of `/v1/responses`: said in the order its readers check, and read from servers with habits of their own.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fail } from "../../src-core/contract/failure.ts";
import type { ChatEvent, EncodingContext, Finish } from "../../src-core/dialects/canonical.ts";
import { openaiResponses } from "../../src-core/dialects/openai-responses.ts";
import { responses } from "../../src-core/dialects/responses.ts";

const now = 1_700_000_000_000;
const context: EncodingContext = { model: "m", requestId: "r1", now, wantsUsage: true, promptTokens: 7 };
const start: ChatEvent = { type: "start", id: "chatcmpl-1", model: "m", createdAt: now };
const end: ChatEvent = { type: "end" };

interface Said {
  readonly type: string;
  readonly sequence_number: number;
  readonly [key: string]: unknown;
}

function said(
  events: readonly ChatEvent[],
  more: Partial<EncodingContext> = {},
): { readonly text: string; readonly events: readonly Said[] } {
  const encoder = openaiResponses.streamEncoder({ ...context, ...more });
  const text = events.map((event) => encoder.push(event)).join("");
  const told = text
    .split("\n\n")
    .filter((frame) => frame !== "")
    .map((frame) => {
      const [name = "", data = ""] = frame.split("\n");
      const event: Said = JSON.parse(data.replace(/^data: /, ""));
      expect(name).toBe(`event: ${event.type}`);
      return event;
    });
  return { text, events: told };
}

function heard(text: string): readonly ChatEvent[] {
  const decoder = openaiResponses.streamDecoder(now);
  const frames = text.split("\n\n").filter((frame) => frame !== "");
  return [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
}

const frame = (type: string, rest: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;

describe("said", () => {
  it("a thought, a text and two calls at once: each begins, grows and ends, and the last event holds all of it", () => {
    const { events } = said([
      start,
      { type: "thinking", text: "Hm." },
      { type: "text", text: "I " },
      { type: "text", text: "look." },
      { type: "tool-call", index: 0, id: "call_a", name: "f" },
      { type: "tool-call", index: 1, id: "call_b", name: "g" },
      { type: "tool-arguments", index: 1, text: "{}" },
      { type: "tool-arguments", index: 0, text: '{"a":1}' },
      { type: "finish", finish: "tool-calls" },
      { type: "tokens", tokens: { input: 5, output: 9, cacheRead: 2, reasoning: 1 } },
      end,
    ]);
    expect(events.map(({ type }) => type.replace("response.", ""))).toEqual([
      "created",
      "in_progress",
      "output_item.added",
      "reasoning_summary_part.added",
      "reasoning_summary_text.delta",
      "reasoning_summary_text.done",
      "reasoning_summary_part.done",
      "output_item.done",
      "output_item.added",
      "content_part.added",
      "output_text.delta",
      "output_text.delta",
      "output_text.done",
      "content_part.done",
      "output_item.done",
      "output_item.added",
      "output_item.added",
      "function_call_arguments.delta",
      "function_call_arguments.delta",
      "function_call_arguments.done",
      "output_item.done",
      "function_call_arguments.done",
      "output_item.done",
      "completed",
    ]);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, at) => at));
    expect(events.at(-1)).toMatchObject({
      response: {
        id: "resp_r1",
        status: "completed",
        output: [
          { type: "reasoning", summary: [{ type: "summary_text", text: "Hm." }] },
          { type: "message", role: "assistant", status: "completed", content: [{ type: "output_text", text: "I look." }] },
          { type: "function_call", call_id: "call_a", name: "f", arguments: '{"a":1}', status: "completed" },
          { type: "function_call", call_id: "call_b", name: "g", arguments: "{}", status: "completed" },
        ],
        usage: {
          input_tokens: 5,
          input_tokens_details: { cached_tokens: 2 },
          output_tokens: 9,
          output_tokens_details: { reasoning_tokens: 1 },
          total_tokens: 14,
        },
      },
    });
  });

  it("signatures and redacted thoughts come back as they were: Anthropic refuses a thought without its own", () => {
    const steps: readonly ChatEvent[] = [
      { type: "thinking", text: "Hm." },
      { type: "thinking-signature", signature: "s1" },
      { type: "thinking-redacted", data: "r1" },
      { type: "text", text: "A" },
    ];
    const { text } = said([start, ...steps, { type: "finish", finish: "stop" }, end]);
    expect(heard(text).filter(({ type }) => type !== "start" && type !== "tokens")).toEqual([
      ...steps,
      { type: "finish", finish: "stop" },
      end,
    ]);
  });

  it.each<[Finish, string, string | undefined]>([
    ["length", "incomplete", "max_output_tokens"],
    ["content-filter", "incomplete", "content_filter"],
    ["stop", "completed", undefined],
  ])("an answer that ended with %s is %s", (finish, status, reason) => {
    const last = said([start, { type: "text", text: "A" }, { type: "finish", finish }, end]).events.at(-1);
    expect(last).toMatchObject({ type: `response.${status}`, response: { status, output: [{ status }] } });
    const details = reason === undefined ? null : { reason };
    expect(last?.["response"]).toHaveProperty("incomplete_details", details);
  });

  it("the question's settings are said back, and OpenAI's defaults where there were none", () => {
    const asked = { tools: [{ type: "function", name: "f" }], temperature: 0.2, metadata: { a: "b" }, previous_response_id: "resp_0" };
    expect(said([start, end], { asked }).events.at(-1)?.["response"]).toMatchObject({ ...asked, tool_choice: "auto", top_p: 1 });
  });

  it("nothing but an end is still a whole stream", () => {
    const { text, events } = said([end]);
    expect(events.map(({ type }) => type)).toEqual(["response.created", "response.in_progress", "response.completed"]);
    expect(responses.terminated(text, "chat")).toBe(true);
  });

  it("R-12: a failure ends it without a finish, for those who listen to `error` and those who wait for `response.failed`", () => {
    const encoder = openaiResponses.streamEncoder(context);
    encoder.push(start);
    const text = encoder.push({ type: "error", failure: fail("stream-broken", "It broke.") });
    expect(text).toContain("event: error\n");
    expect(text).toContain("event: response.failed\n");
    expect(encoder.push(end)).toBe("");
    expect(responses.terminated(text, "chat")).toBe(false);
    expect(heard(text)).toEqual([{ type: "error", failure: expect.objectContaining({ message: expect.stringContaining("It broke.") }) }]);
  });
});

describe("heard", () => {
  const begun = frame("response.created", { response: { id: "resp_1", object: "response", status: "in_progress" } });
  const done = frame("response.completed", { response: { id: "resp_1", status: "completed", usage: null } });

  it("llama-server's items, which have ids and no places, are told apart", () => {
    const call = (id: string, name: string) => ({ item: { type: "function_call", id, call_id: `call_${id}`, name, arguments: "" } });
    const events = heard(
      begun +
        frame("response.output_item.added", call("a", "f")) +
        frame("response.function_call_arguments.delta", { item_id: "a", delta: "{}" }) +
        frame("response.output_item.added", call("b", "g")) +
        frame("response.function_call_arguments.delta", { item_id: "b", delta: '{"x":1}' }) +
        done,
    );
    expect(events).toMatchObject([
      { type: "start" },
      { type: "tool-call", index: 0, id: "call_a", name: "f" },
      { type: "tool-arguments", index: 0, text: "{}" },
      { type: "tool-call", index: 1, id: "call_b", name: "g" },
      { type: "tool-arguments", index: 1, text: '{"x":1}' },
      { type: "finish", finish: "tool-calls" },
      { type: "end" },
    ]);
  });

  it("an item that comes whole is heard once, and one that came in pieces is not heard again", () => {
    const message = { type: "message", role: "assistant", content: [{ type: "output_text", text: "A" }] };
    const whole = heard(begun + frame("response.output_item.done", { output_index: 0, item: message }) + done);
    expect(whole).toMatchObject([{ type: "start" }, { type: "text", text: "A" }, { type: "finish" }, { type: "end" }]);
    const pieces = heard(
      begun +
        frame("response.output_item.added", { output_index: 0, item: { ...message, content: [] } }) +
        frame("response.output_text.delta", { output_index: 0, delta: "A" }) +
        frame("response.output_item.done", { output_index: 0, item: message }) +
        done,
    );
    expect(pieces.filter(({ type }) => type === "text")).toHaveLength(1);
  });

  it("F14: a stream without its end is broken; a refusal in pieces is one", () => {
    expect(heard(begun).at(-1)).toMatchObject({ type: "error", failure: { kind: "stream-broken" } });
    const refusal = heard(begun + frame("response.refusal.delta", { output_index: 0, delta: "No." }) + done);
    expect(refusal).toMatchObject([
      { type: "start" },
      { type: "text", text: "No." },
      { type: "finish", finish: "refusal" },
      { type: "end" },
    ]);
  });

  it.each([
    frame("error", { code: "server_error", message: "It broke.", param: null }),
    frame("error", { error: { message: "It broke." } }),
    frame("response.failed", { response: { status: "failed", error: { code: "server_error", message: "It broke." } } }),
    '{"error":{"message":"It broke."}}',
  ])("an error in any of its shapes: %j", (text) => {
    expect(heard(begun + text).at(-1)).toMatchObject({ type: "error", failure: { message: expect.stringContaining("It broke.") } });
    expect(responses.failureIn(text.trim())?.message).toContain("It broke.");
  });

  it("F16: an event that is no JSON is malformed; and nothing throws", () => {
    expect(heard("data: {broken\n\n").at(-1)).toMatchObject({ type: "error", failure: { kind: "malformed-reply" } });
    const types = fc.constantFrom(
      "response.output_item.added",
      "response.output_item.done",
      "response.completed",
      "response.output_text.delta",
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(types, fc.object())), (all) => void heard(all.map(([type, rest]) => frame(type, rest)).join(""))),
    );
    fc.assert(fc.property(fc.jsonValue(), (body) => void openaiResponses.decodeReply(body, now)));
  });

  it("an end so long that its beginning is out of sight is an end; cut inside it is none", () => {
    const { text } = said([start, { type: "text", text: "word ".repeat(8000) }, { type: "finish", finish: "stop" }, end]);
    const tail = text.slice(-16_384);
    expect(tail).not.toContain("response.completed");
    expect(responses.terminated(tail, "chat")).toBe(true);
    for (let cut = 3; cut < 400; cut++) expect(responses.terminated(tail.slice(0, -cut), "chat"), `cut by ${cut}`).toBe(false);
    expect(responses.usageIn(tail)).toMatchObject({ tokensIn: 7, tokensOut: 0 });
  });
});

describe("whole", () => {
  it("a refusal stands in its own kind of part, and is read as one", () => {
    const body = openaiResponses.encodeReply(
      { id: "x", model: "m", createdAt: now, parts: [{ type: "text", text: "No." }], finish: "refusal", tokens: {} },
      context,
    );
    expect(body).toMatchObject({ status: "completed", output: [{ content: [{ type: "refusal", refusal: "No." }] }] });
    expect(openaiResponses.decodeReply(body, now)).toMatchObject({ finish: "refusal", parts: [{ type: "text", text: "No." }] });
  });

  it.each([
    [{ error: { message: "It broke." } }, "It broke."],
    [{ object: "response", status: "failed", error: { code: "server_error", message: "It broke." }, output: [] }, "It broke."],
    [{ choices: [] }, "no output"],
    [null, "no output"],
  ])("%j is a failure", (body, says) => {
    expect(openaiResponses.decodeReply(body, now)).toMatchObject({ failure: { message: expect.stringContaining(says) } });
  });
});
