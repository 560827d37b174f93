// There and back again: for every ordered pair of dialects in the table, a request, a whole answer and a stream keep all that both can say, and lose
// nothing else (`test/support/both-can-say.ts` is the list of what that is).
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Dialect } from "../../src-core/contract/node-kinds.ts";
import type { ChatEvent, ChatReply, ChatRequest, EncodingContext, Message, Part } from "../../src-core/dialects/canonical.ts";
import { chatDialects, stepsOf, translateRequest } from "../../src-core/dialects/translation.ts";
import { wires } from "../../src-core/dialects/wires.ts";
import { type Answered, askable, asStreamed, bothCanAnswer, bothCanAsk, essenceOf, meaningOf } from "../support/both-can-say.ts";
import { everyDialect } from "../support/translated-attempt.ts";

const pairs = everyDialect.flatMap((a) => everyDialect.filter((b) => b !== a).map((b) => ({ a, b })));
const now = 1_700_000_000_000;
const context: EncodingContext = { model: "m", requestId: "r1", now, wantsUsage: true, promptTokens: 7 };

const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }).filter((text) => text.trim() !== "" && text.trim() === text);
const name = fc.constantFrom("weather", "search", "add");
const argumentsText = fc
  .dictionary(fc.constantFrom("a", "b", "city"), fc.oneof(words, fc.integer(), fc.boolean(), fc.constant(null)), { maxKeys: 3 })
  .map((value) => JSON.stringify(value));
const picture: Part = { type: "image", source: { kind: "data", mediaType: "image/png", base64: "iVBORw0KGgoAAAANSUhEUg==" } };

const turn = fc.record({
  user: words,
  shows: fc.boolean(),
  thought: fc.option(words, { nil: undefined }),
  answer: words,
  calls: fc.array(fc.record({ name, arguments: argumentsText, result: words }), { maxLength: 3 }),
});
type Turn = typeof turn extends fc.Arbitrary<infer T> ? T : never;

const text = (said: string): Part => ({ type: "text", text: said });

/** Turns by turns, as every dialect has them: one text a message, a tool's results right after their calls. */
function messagesOf(system: string | undefined, turns: readonly Turn[], last: string): readonly Message[] {
  let calls = 0;
  const messages: Message[] = system === undefined ? [] : [{ role: "system", parts: [text(system)] }];
  let results: readonly Part[] = [];
  for (const { user, shows, thought, answer, calls: called } of turns) {
    messages.push({ role: "user", parts: [...results, text(user), ...(shows ? [picture] : [])] });
    const made = called.map((call) => ({ ...call, id: `call_${calls++}` }));
    const thinking: readonly Part[] = thought === undefined ? [] : [{ type: "thinking", text: thought }];
    const asking = made.map((call): Part => ({ type: "tool-call", id: call.id, name: call.name, arguments: call.arguments }));
    messages.push({ role: "assistant", parts: [...thinking, text(answer), ...asking] });
    results = made.map((call): Part => ({ type: "tool-result", id: call.id, name: call.name, parts: [text(call.result)] }));
  }
  return [...messages, { role: "user", parts: [...results, text(last)] }];
}

const schema = { type: "object", properties: { a: { type: "string" } } };
const tool = (strict: boolean) => (one: string) => ({ name: one, description: `Does ${one}`, parameters: schema, strict });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

/**
 * Anthropic wants a length that leaves room to think, and no thinking inside a loop of tools or beside a forced one, nor two of its numbers at once.
 */
const request: fc.Arbitrary<ChatRequest> = fc
  .record({
    model: fc.constantFrom("m", "claude-sonnet-4-5"),
    system: maybe(words),
    turns: fc.array(turn, { maxLength: 3 }),
    last: words,
    stream: fc.boolean(),
    tools: fc.tuple(fc.boolean(), fc.boolean()).map(([offers, strict]) => (offers ? ["weather", "search", "add"].map(tool(strict)) : [])),
    toolChoice: maybe(fc.constantFrom("auto" as const, "required" as const, "none" as const, { name: "search" })),
    parallelTools: maybe(fc.boolean()),
    format: maybe(fc.constantFrom({ type: "json" as const }, { type: "schema" as const, schema, name: "reply", strict: true })),
    effort: maybe(fc.constantFrom("none" as const, "minimal" as const, "low" as const, "medium" as const, "high" as const)),
    logprobs: maybe(fc.record({ top: fc.integer({ min: 1, max: 20 }) })),
    user: maybe(words),
    maxTokens: fc.integer({ min: 40_000, max: 50_000 }),
    temperature: maybe(fc.constantFrom(0, 0.5, 1)),
    topP: maybe(fc.constantFrom(0.25, 0.9)),
    topK: maybe(fc.integer({ min: 1, max: 100 })),
    minP: maybe(fc.constantFrom(0.05, 0.1)),
    seed: maybe(fc.nat()),
    presencePenalty: maybe(fc.constantFrom(-1, 0.5)),
    frequencyPenalty: maybe(fc.constantFrom(-1, 0.5)),
    repeatPenalty: maybe(fc.constantFrom(1.1, 1.3)),
    stop: maybe(fc.array(words, { minLength: 1, maxLength: 3 })),
    keepAlive: maybe(fc.constantFrom("10m", 300)),
    contextTokens: maybe(fc.constantFrom(4096, 32_768)),
  })
  .map(({ system, turns, last, effort, toolChoice, ...rest }) => {
    const thinks = effort !== undefined && effort !== "none";
    const calm = thinks ? turns.map((one) => ({ ...one, calls: [] })) : turns;
    return {
      messages: messagesOf(system, calm, last),
      ...rest,
      toolChoice: thinks && (toolChoice === "required" || typeof toolChoice === "object") ? undefined : toolChoice,
      reasoning: effort === undefined ? undefined : { effort },
    };
  });

/**
 * What is said by other means, or changes nothing: a schema's name and strictness (Ollama's is always kept to), tools that may not be called and so are
 * not told, the least effort where the lowest is low.
 */
function withoutNiceties(asked: ChatRequest): ChatRequest {
  const { format, toolChoice, reasoning } = asked;
  return {
    ...asked,
    format: format?.type === "schema" ? { type: "schema", schema: format.schema } : format,
    toolChoice: toolChoice === "none" ? undefined : toolChoice,
    reasoning: reasoning?.effort === "minimal" ? { effort: "low" } : reasoning,
  };
}

/** Through the JSON that goes over the wire. */
const overTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function decoded(dialect: Dialect, body: unknown): ChatRequest {
  const result = chatDialects[dialect].decodeRequest(body);
  if ("failure" in result) throw new Error(`${dialect}: ${result.failure.message}`);
  return result.request;
}

function bodyIn(dialect: Dialect, asked: ChatRequest): unknown {
  const result = chatDialects[dialect].encodeRequest(asked);
  if ("failure" in result) throw new Error(`${dialect}: ${result.failure.message}`);
  return overTheWire(result.body);
}

function across(from: Dialect, to: Dialect, body: unknown): unknown {
  const result = translateRequest(body, from, to, "chat");
  if ("failure" in result) throw new Error(`${from} to ${to}: ${result.failure.message}`);
  return JSON.parse(result.body);
}

const reply: fc.Arbitrary<ChatReply> = fc
  .record({
    thinking: maybe(words),
    signature: maybe(fc.constantFrom("EqQBCgIYAg==", "c2lnbmVk")),
    said: words,
    calls: fc.array(fc.record({ name, arguments: argumentsText }), { maxLength: 3 }),
    ending: fc.constantFrom("stop" as const, "length" as const, "content-filter" as const, "refusal" as const),
    stopText: maybe(words),
    input: fc.integer({ min: 500, max: 9999 }),
    output: fc.nat({ max: 9999 }),
    cacheRead: fc.nat({ max: 400 }),
    reasoning: fc.nat({ max: 100 }),
  })
  .map(({ thinking, signature, said, calls, ending, stopText, ...tokens }): ChatReply => {
    const finish = ending === "stop" && calls.length > 0 ? "tool-calls" : ending;
    // A model that refuses calls no tool.
    const made = finish === "refusal" || finish === "content-filter" ? [] : calls;
    const signed = signature === undefined ? {} : { signature };
    return {
      id: "r1",
      model: "m",
      createdAt: now,
      parts: [
        ...(thinking === undefined ? [] : [{ type: "thinking" as const, text: thinking, ...signed }]),
        { type: "text" as const, text: said },
        ...made.map((call, at) => ({ type: "tool-call" as const, id: `call_${at}`, ...call })),
      ],
      finish,
      ...(finish === "stop" && stopText !== undefined ? { stopText } : {}),
      tokens,
    };
  });

function wholeIn(dialect: Dialect, said: ChatReply): ChatReply {
  const heard = chatDialects[dialect].decodeReply(overTheWire(chatDialects[dialect].encodeReply(said, context)), now);
  if ("failure" in heard) throw new Error(heard.failure.message);
  return heard;
}

function streamIn(dialect: Dialect, events: readonly ChatEvent[]): string {
  const encoder = chatDialects[dialect].streamEncoder(context);
  return events.map((event) => encoder.push(event)).join("");
}

function heard(dialect: Dialect, stream: string): readonly ChatEvent[] {
  const decoder = chatDialects[dialect].streamDecoder(now);
  const frames = stream.split(wires[dialect].frameEnd).filter((frame) => frame !== "");
  return [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
}

const essence = (said: ChatReply): Answered => essenceOf(stepsOf(said));

describe.each(pairs)("demands 2: $a to $b and back to $a", ({ a, b }) => {
  it("a request keeps what both can ask", () => {
    fc.assert(
      fc.property(request, (any) => {
        const asked = askable(any, a, b);
        const there = across(a, b, bodyIn(a, asked));
        const both = bothCanAsk(asked, a, b);
        expect(meaningOf(decoded(b, there))).toEqual(both);
        expect(meaningOf(decoded(a, across(b, a, there)))).toEqual(both);
      }),
    );
  });

  it("what a request loses on its way is named", () => {
    fc.assert(
      fc.property(request, (any) => {
        const asked = askable(withoutNiceties(any), a, b);
        const result = translateRequest(bodyIn(a, asked), a, b, "chat");
        const isLossless = JSON.stringify(bothCanAsk(asked, a, b)) === JSON.stringify(bothCanAsk(asked, a, a));
        if ("failure" in result) throw new Error(result.failure.message);
        if (!isLossless) expect(result.dropped, JSON.stringify([bothCanAsk(asked, a, a), bothCanAsk(asked, a, b)])).not.toEqual([]);
      }),
    );
  });

  it("a whole answer keeps what both can say", () => {
    fc.assert(
      fc.property(reply, (said) => {
        const both = bothCanAnswer(essence(said), a, b);
        expect(essence(wholeIn(a, wholeIn(b, wholeIn(a, said))))).toEqual(both);
      }),
    );
  });

  it("a stream keeps what both can say, and is finished in the eyes of both", () => {
    fc.assert(
      fc.property(reply, (said) => {
        const there = streamIn(b, heard(a, streamIn(a, stepsOf(said))));
        const back = streamIn(a, heard(b, there));
        expect(asStreamed(essenceOf(heard(a, back)))).toEqual(asStreamed(bothCanAnswer(essence(said), a, b)));
        expect(wires[b].terminated(there, "chat")).toBe(true);
        expect(wires[a].terminated(back, "chat")).toBe(true);
      }),
    );
  });
});
