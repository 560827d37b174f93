// Whatever a chat asks and answers, saying it in OpenAI's words and reading it again keeps what the dialect can express; and no input throws.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChatEvent, ChatReply, ChatRequest, EncodingContext, Message, Part } from "../../src-core/dialects/canonical.ts";
import { ollamaEmbeddings, openaiEmbeddings } from "../../src-core/dialects/embeddings.ts";
import { openaiChat } from "../../src-core/dialects/openai-chat.ts";

const now = 1_000_000;
const context: EncodingContext = { model: "m", requestId: "r", now, wantsUsage: true, promptTokens: 0 };

const words = fc.string({ minLength: 1, unit: "binary" });
const count = fc.integer({ min: 1, max: 1_000_000 });
const schema = fc.constantFrom({ type: "object" }, { type: "array", items: { type: "string" } });
const text = fc.record({ type: fc.constant("text" as const), text: words });
const image = fc.record({
  type: fc.constant("image" as const),
  source: fc.oneof(
    fc.record({ kind: fc.constant("data" as const), mediaType: fc.constantFrom("image/png", "image/jpeg"), base64: fc.base64String() }),
    fc.record({ kind: fc.constant("url" as const), url: fc.webUrl() }),
  ),
});
const call = fc.record({ type: fc.constant("tool-call" as const), id: words, name: words, arguments: fc.string() });
const thinking = fc.record({ type: fc.constant("thinking" as const), text: words });
const result = fc.record({ type: fc.constant("tool-result" as const), id: words, parts: fc.array(text, { minLength: 1, maxLength: 2 }) });

const said: fc.Arbitrary<Message> = fc.oneof(
  fc.record({
    role: fc.constantFrom("system" as const, "user" as const),
    parts: fc.array<Part>(fc.oneof(text, image), { minLength: 1, maxLength: 3 }),
  }),
  fc
    .tuple(fc.option(thinking, { nil: undefined }), fc.array(text, { maxLength: 2 }), fc.array(call, { minLength: 1, maxLength: 3 }))
    .map(([hm, texts, calls]) => ({ role: "assistant" as const, parts: [...(hm === undefined ? [] : [hm]), ...texts, ...calls] })),
);
/** Results stand in one message after the calls, never next to each other. */
const messages = fc
  .array(fc.tuple(said, fc.array(result, { maxLength: 2 })), { maxLength: 5 })
  .map((turns) =>
    turns.flatMap(([message, results]): readonly Message[] =>
      results.length === 0 ? [message] : [message, { role: "user", parts: results }],
    ),
  );

const defined = { requiredKeys: ["model", "stream", "messages", "tools"] as const };
const request: fc.Arbitrary<ChatRequest> = fc
  .record(
    {
      model: words,
      stream: fc.boolean(),
      messages,
      tools: fc.array(
        fc.record({ name: words, parameters: schema, description: words, strict: fc.boolean() }, { requiredKeys: ["name", "parameters"] }),
        {
          minLength: 1,
          maxLength: 3,
        },
      ),
      toolChoice: fc.oneof(fc.constantFrom("auto" as const, "none" as const, "required" as const), fc.record({ name: words })),
      parallelTools: fc.boolean(),
      format: fc.oneof(
        fc.record({ type: fc.constant("json" as const) }),
        fc.record(
          { type: fc.constant("schema" as const), schema, name: words, strict: fc.boolean() },
          { requiredKeys: ["type", "schema", "name"] },
        ),
      ),
      reasoning: fc.record({
        effort: fc.constantFrom("none" as const, "minimal" as const, "low" as const, "medium" as const, "high" as const),
      }),
      logprobs: fc.record({ top: fc.integer({ min: 0, max: 20 }) }),
      choices: fc.integer({ min: 1, max: 5 }),
      user: fc.string(),
      maxTokens: count,
      temperature: fc.double({ min: 0, max: 2, noNaN: true }),
      topP: fc.double({ min: 0, max: 1, noNaN: true }),
      topK: fc.nat(100),
      minP: fc.double({ min: 0, max: 1, noNaN: true }),
      seed: fc.integer(),
      stop: fc.array(fc.string(), { minLength: 1, maxLength: 4 }),
      presencePenalty: fc.integer({ min: -2, max: 2 }),
      frequencyPenalty: fc.integer({ min: -2, max: 2 }),
      repeatPenalty: fc.integer({ min: 0, max: 2 }),
    },
    { requiredKeys: [...defined.requiredKeys] },
  )
  .map((one) => (one.stream ? { ...one, wantsUsage: true } : one));

const tokens = fc.record({ input: count, output: count, cacheRead: count, reasoning: count }, { requiredKeys: ["input", "output"] });

describe("a request", () => {
  it("demands 2: said to a node and read again, everything is there", () => {
    fc.assert(
      fc.property(request, (one) => {
        const encoded = openaiChat.encodeRequest(one);
        if ("failure" in encoded) throw new Error(encoded.failure.message);
        const decoded = openaiChat.decodeRequest(JSON.parse(JSON.stringify(encoded.body)));
        expect(decoded).toEqual({ request: JSON.parse(JSON.stringify(one)), dropped: [] });
        expect(encoded.dropped).toEqual([]);
      }),
    );
  });
});

const parts = fc
  .tuple(fc.option(thinking, { nil: undefined }), fc.option(text, { nil: undefined }), fc.array(call, { maxLength: 3 }))
  .map((all) => all.flat().filter((part) => part !== undefined));
const reply: fc.Arbitrary<ChatReply> = fc.record({ parts, tokens, refuses: fc.boolean() }).map(({ parts: list, tokens: used, refuses }) => {
  const hasCalls = list.some(({ type }) => type === "tool-call");
  const canRefuse = refuses && !hasCalls && list.some(({ type }) => type === "text");
  return {
    id: "chatcmpl-1",
    model: "m",
    createdAt: 7_000,
    parts: list,
    finish: hasCalls ? "tool-calls" : canRefuse ? "refusal" : "stop",
    tokens: used,
  };
});

const steps: fc.Arbitrary<readonly ChatEvent[]> = fc
  .array(fc.oneof(fc.record({ type: fc.constant("text" as const), text: words }), thinking), { maxLength: 12 })
  .chain((spoken) =>
    fc.tuple(
      fc.constant(spoken),
      fc.array(fc.record({ id: fc.uuid(), name: words, text: fc.array(words, { maxLength: 3 }) }), { maxLength: 3 }),
      tokens,
    ),
  )
  .map(([spoken, calls, used]): readonly ChatEvent[] => [
    { type: "start", id: "chatcmpl-1", model: "m", createdAt: 7_000 },
    ...spoken,
    ...calls.flatMap(({ id, name, text: pieces }, index): readonly ChatEvent[] => [
      { type: "tool-call", index, id, name },
      ...pieces.map((piece) => ({ type: "tool-arguments" as const, index, text: piece })),
    ]),
    { type: "finish", finish: calls.length > 0 ? "tool-calls" : "stop" },
    { type: "tokens", tokens: used },
    { type: "end" },
  ]);

describe("an answer", () => {
  it("demands 2: a whole one said and read again is the same", () => {
    fc.assert(
      fc.property(reply, (one) => {
        const body: unknown = JSON.parse(JSON.stringify(openaiChat.encodeReply(one, context)));
        expect(openaiChat.decodeReply(body, now)).toEqual(JSON.parse(JSON.stringify(one)));
      }),
    );
  });

  it("F17: a stream said and read again is the same, event for event", () => {
    fc.assert(
      fc.property(steps, (events) => {
        const encoder = openaiChat.streamEncoder(context);
        const frames = events.flatMap((event) => encoder.push(event).split("\n\n")).filter((frame) => frame !== "");
        const decoder = openaiChat.streamDecoder(now);
        const again = [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
        expect(again).toEqual(JSON.parse(JSON.stringify(events)));
      }),
    );
  });
});

describe("S-29: nothing throws", () => {
  const key = fc.constantFrom(
    "model",
    "messages",
    "role",
    "content",
    "tools",
    "function",
    "choices",
    "delta",
    "error",
    "usage",
    "type",
    "stop",
    "prompt",
  );
  const anything = fc.anything({
    key,
    maxDepth: 5,
    values: [fc.constantFrom<unknown>("user", "tool", "text", null, -1, 1e300, [], {}, "function", "m")],
  });

  it("on any body, in any place", () => {
    fc.assert(
      fc.property(anything, (value) => {
        openaiChat.decodeRequest(value);
        openaiChat.decodeRequest({ model: "m", messages: value });
        openaiChat.decodeRequest({ model: "m", messages: [value], tools: value, stop: value, response_format: value, tool_choice: value });
        openaiChat.decodeReply(value, now);
        openaiChat.decodeReply({ choices: [value], usage: value }, now);
        for (const dialect of [openaiEmbeddings, ollamaEmbeddings]) {
          dialect.decodeRequest(value);
          dialect.decodeReply(value);
        }
      }),
    );
  });

  it("on any frame", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(anything, fc.string())), (values) => {
        const decoder = openaiChat.streamDecoder(now);
        for (const value of values) {
          decoder.push(`data: ${JSON.stringify({ choices: [value] })}`);
          decoder.push(`data: ${JSON.stringify({ choices: [{ delta: value }] })}`);
          decoder.push(`data: ${JSON.stringify(value)}`);
          decoder.push(String(typeof value === "string" ? value : ""));
        }
        decoder.end();
      }),
    );
  });
});
