// OpenAI's streams: the habits of each server on the way in, the exact chunks on the way out.
import { describe, expect, it } from "vitest";
import { fail } from "../../src-core/contract/failure.ts";
import type { ChatEvent, EncodingContext } from "../../src-core/dialects/canonical.ts";
import { openaiChat } from "../../src-core/dialects/openai-chat.ts";

const now = 1_000_000;
const context: EncodingContext = { model: "mine", requestId: "req", now, wantsUsage: false, promptTokens: 9 };

function chunk(choice: unknown, more: Readonly<Record<string, unknown>> = {}): string {
  return `data: ${JSON.stringify({ id: "chatcmpl-1", model: "n", created: 5, choices: choice === undefined ? [] : [choice], ...more })}`;
}

const delta = (said: unknown, finish: string | null = null) => chunk({ index: 0, delta: said, finish_reason: finish });
const call = (fragment: unknown) => delta({ tool_calls: [fragment] });

/** All events but the start, and the end as the bytes end. */
function read(...frames: readonly string[]): readonly ChatEvent[] {
  const decoder = openaiChat.streamDecoder(now);
  const events = [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
  return events.filter(({ type }) => type !== "start");
}

function callsIn(...frames: readonly string[]) {
  const calls: { id: string; name: string; text: string }[] = [];
  for (const event of read(...frames, delta({}, "tool_calls"), "data: [DONE]")) {
    if (event.type === "tool-call") calls[event.index] = { id: event.id, name: event.name, text: "" };
    const open = event.type === "tool-arguments" ? calls[event.index] : undefined;
    if (open !== undefined && event.type === "tool-arguments") open.text += event.text;
  }
  return calls;
}

const finished: readonly ChatEvent[] = [{ type: "finish", finish: "stop" }, { type: "end" }];

describe("tool calls, as servers tell them", () => {
  const two = [
    { id: "a", name: "f", text: '{"x":1}' },
    { id: "b", name: "g", text: "{}" },
  ];

  it.each<[string, readonly unknown[]]>([
    [
      "OpenAI: index, then fragments",
      [
        { index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } },
        { index: 0, function: { arguments: '{"x"' } },
        { index: 0, function: { arguments: ":1}" } },
        { index: 1, id: "b", function: { name: "g", arguments: "{}" } },
      ],
    ],
    [
      "interleaved",
      [
        { index: 0, id: "a", function: { name: "f", arguments: '{"x"' } },
        { index: 1, id: "b", function: { name: "g", arguments: "{" } },
        { index: 0, function: { arguments: ":1}" } },
        { index: 1, function: { arguments: "}" } },
      ],
    ],
    [
      "Ollama's OpenAI face: whole calls, index 0 for all",
      [
        { index: 0, id: "a", function: { name: "f", arguments: '{"x":1}' } },
        { index: 0, id: "b", function: { name: "g", arguments: "{}" } },
      ],
    ],
    [
      "no index at all",
      [
        { id: "a", function: { name: "f", arguments: '{"x":1}' } },
        { id: "b", function: { name: "g", arguments: "{" } },
        { function: { arguments: "}" } },
      ],
    ],
    [
      "the name and the id repeated in every fragment",
      [
        { index: 0, id: "a", function: { name: "f", arguments: '{"x"' } },
        { index: 0, id: "a", function: { name: "f", arguments: ":1}" } },
        { index: 1, id: "b", function: { name: "g", arguments: "{}" } },
      ],
    ],
    [
      "vLLM: a fresh id in every fragment",
      [
        { index: 0, id: "a", function: { name: "f", arguments: '{"x"' } },
        { index: 0, id: "zz", function: { name: null, arguments: ":1}" } },
        { index: 1, id: "b", function: { name: "g", arguments: "{}" } },
      ],
    ],
    [
      "arguments as an object",
      [
        { index: 0, id: "a", function: { name: "f", arguments: { x: 1 } } },
        { index: 1, id: "b", function: { name: "g", arguments: {} } },
      ],
    ],
    [
      "the arguments before the name",
      [
        { index: 0, id: "a", function: { arguments: '{"x"' } },
        { index: 0, function: { name: "f", arguments: ":1}" } },
        { index: 1, id: "b", function: { name: "g", arguments: "{}" } },
      ],
    ],
  ])("%s", (_, fragments) => {
    expect(callsIn(...fragments.map(call))).toEqual(two);
  });

  it("calls without ids get some, and another name under one index is another call", () => {
    const calls = callsIn(
      call({ index: 0, function: { name: "f", arguments: "{}" } }),
      call({ index: 0, function: { name: "g", arguments: "{}" } }),
    );
    expect(calls.map(({ id, name }) => [id, name])).toEqual([
      ["call_chatcmpl1_0", "f"],
      ["call_chatcmpl1_1", "g"],
    ]);
  });

  it("the old function_call is a call, and its reason is that of calls", () => {
    const events = read(delta({ function_call: { name: "f", arguments: "{}" } }), delta({}, "function_call"), "data: [DONE]");
    expect(events).toContainEqual({ type: "tool-call", index: 0, id: "call_chatcmpl1_0", name: "f" });
    expect(events).toContainEqual({ type: "finish", finish: "tool-calls" });
  });

  it("a stop after calls is tool-calls, and tool_calls without one is a stop", () => {
    const told = call({ index: 0, id: "a", function: { name: "f", arguments: "{}" } });
    expect(read(told, delta({}, "stop"))).toContainEqual({ type: "finish", finish: "tool-calls" });
    expect(read(delta({ content: "x" }), delta({}, "tool_calls"))).toContainEqual({ type: "finish", finish: "stop" });
  });
});

describe("words, thinking, refusals, usage", () => {
  it.each(["reasoning_content", "reasoning"])("thinking under %s", (key) => {
    expect(read(delta({ [key]: "hm" }), delta({ [key]: "so" }), delta({ content: "a" }, "stop"), "data: [DONE]")).toEqual([
      { type: "thinking", text: "hm" },
      { type: "thinking", text: "so" },
      { type: "text", text: "a" },
      ...finished,
    ]);
  });

  it("Mistral's content in parts", () => {
    const content = [
      { type: "thinking", thinking: [{ type: "text", text: "hm" }] },
      { type: "text", text: "a" },
    ];
    expect(read(delta({ content }), "data: [DONE]")).toEqual([{ type: "thinking", text: "hm" }, { type: "text", text: "a" }, ...finished]);
  });

  it("a refusal is text, and the finish says so", () => {
    const events = read(delta({ refusal: "no" }), delta({}, "stop"), "data: [DONE]");
    expect(events).toEqual([{ type: "text", text: "no" }, { type: "finish", finish: "refusal" }, { type: "end" }]);
  });

  it.each([
    ["stop", "stop"],
    ["length", "length"],
    ["content_filter", "content-filter"],
    ["something_new", "stop"],
  ])("finish_reason %s is %s", (reason, finish) => {
    expect(read(delta({}, reason), "data: [DONE]")).toEqual([{ type: "finish", finish }, { type: "end" }]);
  });

  it("vLLM's stop_reason is the text that stopped it", () => {
    expect(read(chunk({ delta: {}, finish_reason: "stop", stop_reason: "END" }))).toContainEqual({
      type: "finish",
      finish: "stop",
      stopText: "END",
    });
  });

  it("usage in every chunk, in the last, in its own, or as timings: the last told is right", () => {
    const usage = (n: number) => ({ usage: { prompt_tokens: 3, completion_tokens: n, total_tokens: 3 + n } });
    const last = (events: readonly ChatEvent[]) => events.findLast((event) => event.type === "tokens");
    const tokens = { type: "tokens", tokens: { input: 3, output: 2 } };
    expect(last(read(chunk({ delta: { content: "a" } }, usage(1)), chunk({ delta: {}, finish_reason: "stop" }, usage(2))))).toEqual(tokens);
    expect(last(read(delta({ content: "a" }), delta({}, "stop"), chunk(undefined, usage(2)), "data: [DONE]"))).toEqual(tokens);
    const timings = { timings: { prompt_n: 2, cache_n: 1, predicted_n: 2 } };
    expect(last(read(chunk({ delta: {}, finish_reason: "stop" }, timings)))).toEqual({
      type: "tokens",
      tokens: { input: 3, output: 2, cacheRead: 1 },
    });
  });

  it("logprobs are handed on as they are", () => {
    const logprobs = { content: [{ token: "a", logprob: -1, top_logprobs: [] }] };
    const events = read(chunk({ index: 0, delta: { content: "a" }, logprobs }), "data: [DONE]");
    expect(events[0]).toEqual({ type: "text", text: "a", logprobs });
    const said = openaiChat.streamEncoder(context).push({ type: "text", text: "a", logprobs });
    expect(said).toContain(JSON.stringify(logprobs));
  });

  it("a second choice is not mixed into the first", () => {
    expect(read(delta({ content: "a" }), chunk({ index: 1, delta: { content: "b" } }), "data: [DONE]")).toEqual([
      { type: "text", text: "a" },
      ...finished,
    ]);
  });

  it("words with quotes, line breaks and letters beyond ASCII are read like those without", () => {
    const words = ["a", "b", 'q"q', "\n", "\\", "", "é", "\u{1f600}", "c", "\ud83d"];
    const events = read(...words.map((content) => delta({ content })), "data: [DONE]");
    expect(events.flatMap((event) => (event.type === "text" ? [event.text] : []))).toEqual(words.filter((word) => word !== ""));
  });

  it("a frame that differs from its neighbours in more than its text is parsed", () => {
    const events = read(
      delta({ content: "a" }),
      delta({ content: "b" }),
      delta({ content: "c" }, "length"),
      chunk({ index: 0, delta: { content: "d" } }),
    );
    expect(events.filter(({ type }) => type === "text" || type === "finish")).toEqual([
      { type: "text", text: "a" },
      { type: "text", text: "b" },
      { type: "text", text: "c" },
      { type: "finish", finish: "length" },
      { type: "text", text: "d" },
    ]);
  });
});

describe("errors and ends", () => {
  const errorOf = (...frames: readonly string[]) => {
    const last = read(...frames).at(-1);
    return last?.type === "error" ? last.failure : undefined;
  };

  it.each<[string, string, string]>([
    ["OpenAI's envelope", 'data: {"error":{"message":"boom","type":"server_error","code":500}}', "boom"],
    ["an event named error", 'event: error\ndata: {"error":{"message":"boom"}}', "boom"],
    ["a bare text", 'data: {"error":"boom"}', "boom"],
    ["without data:", '{"error":{"message":"boom"}}', "boom"],
    ["vLLM's flat one", 'data: {"object":"error","message":"boom","type":"BadRequestError","code":400}', "boom"],
    ["inside a choice", chunk({ index: 0, delta: {}, error: { message: "boom", code: 502 } }), "boom"],
    ["the line of a llama-server router", "proxy error: Failed to read connection", "Failed to read connection"],
  ])("F13: %s ends the answer with the node's words, and nothing follows", (_, frame, words) => {
    const events = read(delta({ content: "a" }), frame, delta({ content: "b" }), "data: [DONE]");
    expect(events).toHaveLength(2);
    expect(errorOf(delta({ content: "a" }), frame, "data: [DONE]")?.message).toContain(words);
  });

  it("F14: Ollama's crashed runner, one empty chunk and a clean end, is broken", () => {
    const crashed = chunk({ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }, { model: "" });
    expect(errorOf(delta({ content: "a" }), crashed)?.kind).toBe("stream-broken");
    expect(errorOf()?.kind).toBe("stream-broken");
  });

  it("F14: a finish without [DONE] is an end, as some servers leave it out", () => {
    expect(read(delta({ content: "a" }), delta({}, "stop"))).toEqual([{ type: "text", text: "a" }, ...finished]);
  });

  it("F16: an event that is no JSON is malformed", () => {
    expect(errorOf(delta({ content: "a" }), 'data: {"choices":[')?.kind).toBe("bad-upstream-event");
  });

  it("F17: comments, no space after data:, CR LF and several events in one frame change nothing", () => {
    const frames = [delta({ content: "a" }), ": ping", delta({ content: "b" }), delta({}, "stop"), "data: [DONE]"];
    const plain = read(...frames);
    expect(read(...frames.map((frame) => frame.replace("data: ", "data:")))).toEqual(plain);
    expect(read(`${frames.join("\r\n\r\n")}\r\n\r\n`)).toEqual(plain);
    expect(read(...frames.map((frame) => `${frame}\r`))).toEqual(plain);
  });

  it("llama-swap's and OpenRouter's comments say nothing", () => {
    expect(read(": OPENROUTER PROCESSING", "", "event: ping", delta({ content: "a" }), "data: [DONE]")).toEqual([
      { type: "text", text: "a" },
      ...finished,
    ]);
  });
});

describe("what a client sees", () => {
  const answer: readonly ChatEvent[] = [
    { type: "start", id: "msg_7", model: "node's", createdAt: 5_999 },
    { type: "thinking", text: "hm" },
    { type: "thinking-signature", signature: "sig" },
    { type: "text", text: 'a "b"' },
    { type: "tool-call", index: 0, id: "c", name: "f" },
    { type: "tool-arguments", index: 0, text: "{}" },
    { type: "tokens", tokens: { input: 3, output: 2, cacheRead: 1, reasoning: 1 } },
    { type: "finish", finish: "tool-calls" },
    { type: "end" },
  ];
  const said = (more: Partial<EncodingContext>, events = answer) => {
    const encoder = openaiChat.streamEncoder({ ...context, ...more });
    return events.map((event) => encoder.push(event));
  };
  const json = (frame: string | undefined): unknown => JSON.parse((frame ?? "").slice("data: ".length));

  it("the role first, parts, the reason, [DONE]; the client's own name for the model", () => {
    const frames = said({});
    expect(frames.every((frame) => frame === "" || frame.endsWith("\n\n"))).toBe(true);
    const head = { id: "chatcmpl-7", object: "chat.completion.chunk", created: 5, model: "mine" };
    const choice = (inside: unknown, finish: string | null = null) => ({
      ...head,
      choices: [{ index: 0, delta: inside, logprobs: null, finish_reason: finish }],
    });
    expect(json(frames[0])).toEqual(choice({ role: "assistant", content: "" }));
    expect(json(frames[1])).toEqual(choice({ reasoning_content: "hm" }));
    expect(frames[2]).toBe("");
    expect(json(frames[3])).toEqual(choice({ content: 'a "b"' }));
    const begun = { index: 0, id: "c", type: "function", function: { name: "f", arguments: "" } };
    expect(json(frames[4])).toEqual(choice({ tool_calls: [begun] }));
    expect(json(frames[5])).toEqual(choice({ tool_calls: [{ index: 0, function: { arguments: "{}" } }] }));
    expect(json(frames[7])).toEqual(choice({}, "tool_calls"));
    expect(frames[8]).toBe("data: [DONE]\n\n");
    expect(frames.join("")).not.toContain("usage");
  });

  it("usage in a chunk of its own where asked for, and null before it", () => {
    const frames = said({ wantsUsage: true });
    expect(json(frames[0])).toMatchObject({ usage: null });
    const [usage, done] = (frames[8] ?? "").split("\n\n");
    expect(json(usage)).toMatchObject({
      choices: [],
      usage: {
        prompt_tokens: 3,
        completion_tokens: 2,
        total_tokens: 5,
        prompt_tokens_details: { cached_tokens: 1 },
        completion_tokens_details: { reasoning_tokens: 1 },
      },
    });
    expect(done).toBe("data: [DONE]");
  });

  it("F13: an error is one frame, and neither words nor [DONE] follow", () => {
    const failure = fail("stream-broken", "It broke.");
    const frames = said({}, [...answer.slice(0, 4), { type: "error", failure }, { type: "text", text: "x" }, { type: "end" }]);
    expect(json(frames[4])).toMatchObject({ error: { message: "It broke.", source: "homeport" } });
    expect(frames.slice(5)).toEqual(["", ""]);
  });

  it("an answer without start and finish is whole all the same", () => {
    const text = said({}, [{ type: "text", text: "a" }, { type: "end" }]).join("");
    expect(text).toContain('"id":"chatcmpl-req"');
    expect(text).toContain('"finish_reason":"stop"');
  });

  it("a completion is said as text_completion, without a role", () => {
    const frames = said({ completion: true }, [
      { type: "start", id: "", model: "", createdAt: 5_000 },
      { type: "text", text: "a" },
      { type: "thinking", text: "no place" },
      { type: "finish", finish: "length" },
      { type: "end" },
    ]);
    expect(frames[0]).toBe("");
    expect(json(frames[1])).toEqual({
      id: "cmpl-req",
      object: "text_completion",
      created: 5,
      model: "mine",
      choices: [{ text: "a", index: 0, logprobs: null, finish_reason: null }],
    });
    expect(frames[2]).toBe("");
    expect(json(frames[3])).toMatchObject({ choices: [{ text: "", finish_reason: "length" }] });
  });
});
