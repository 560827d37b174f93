// Every dialect to every other and back, for whatever the table holds: what both can say is said again, and what cannot be carried is named.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Dialect } from "../../src-core/contract/fleet.ts";
import type { ChatEvent, ChatReply, ChatRequest, EncodingContext, Message, Part } from "../../src-core/dialects/canonical.ts";
import { chatDialects, chooseDialect, stepsOf, translateRequest } from "../../src-core/dialects/translation.ts";
import { wires } from "../../src-core/dialects/wires.ts";

const dialects: readonly Dialect[] = ["openai", "ollama", "anthropic", "responses"];
const pairs = dialects.flatMap((a) => dialects.filter((b) => b !== a).map((b) => ({ a, b })));
const now = 1_700_000_000_000;
const context: EncodingContext = { model: "m", requestId: "r1", now, wantsUsage: true, promptTokens: 7 };

const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }).filter((text) => text.trim() !== "");
const name = fc.constantFrom("weather", "search", "add");
const argumentsText = fc
  .dictionary(fc.constantFrom("a", "b", "city"), fc.oneof(words, fc.integer(), fc.boolean()), { maxKeys: 3 })
  .map((value) => JSON.stringify(value));

const turn = fc.record({
  user: words,
  answer: words,
  calls: fc.array(fc.record({ name, arguments: argumentsText, result: words }), { maxLength: 3 }),
});
type Turn = typeof turn extends fc.Arbitrary<infer T> ? T : never;

function messagesOf(system: string | null, turns: readonly Turn[], last: string): readonly Message[] {
  let calls = 0;
  const text = (said: string): Part => ({ type: "text", text: said });
  const messages: Message[] = system === null ? [] : [{ role: "system", parts: [text(system)] }];
  let results: Part[] = [];
  for (const { user, answer, calls: called } of turns) {
    messages.push({ role: "user", parts: [...results, text(user)] });
    const made = called.map((call) => ({ ...call, id: `call_${calls++}` }));
    messages.push({
      role: "assistant",
      parts: [
        text(answer),
        ...made.map((call) => ({ type: "tool-call" as const, id: call.id, name: call.name, arguments: call.arguments })),
      ],
    });
    results = made.map((call) => ({ type: "tool-result", id: call.id, name: call.name, parts: [text(call.result)] }));
  }
  return [...messages, { role: "user", parts: [...results, text(last)] }];
}

const tools = ["weather", "search", "add"].map((one) => ({
  name: one,
  description: `Does ${one}`,
  parameters: { type: "object", properties: { a: { type: "string" } } },
}));

const request: fc.Arbitrary<ChatRequest> = fc
  .record({
    system: fc.option(words),
    turns: fc.array(turn, { maxLength: 3 }),
    last: words,
    stream: fc.boolean(),
    maxTokens: fc.integer({ min: 1, max: 4096 }),
    temperature: fc.constantFrom(0, 0.5, 1),
    stop: fc.option(fc.array(words, { minLength: 1, maxLength: 3 })),
  })
  .map(({ system, turns, last, stop, ...rest }) => ({
    model: "m",
    messages: messagesOf(system, turns, last),
    tools,
    ...rest,
    ...(stop === null ? {} : { stop }),
  }));

/** What is meant, without how the turns are cut into messages. */
function meaning({ model, stream, messages, tools: offered, maxTokens, temperature, stop }: ChatRequest) {
  const said = messages.flatMap(({ role, parts }) =>
    parts.map((part) => {
      if (part.type === "text") return { role, text: part.text };
      if (part.type === "tool-call") return { call: part.id, name: part.name, arguments: JSON.parse(part.arguments) };
      if (part.type === "tool-result")
        return { result: part.id, text: part.parts.map((one) => (one.type === "text" ? one.text : "")).join("") };
      return { role, type: part.type };
    }),
  );
  const known = offered.map((tool) => ({ name: tool.name, description: tool.description, parameters: tool.parameters }));
  return { model, stream, said, known, maxTokens, temperature, stop };
}

function decoded(dialect: Dialect, body: unknown): ChatRequest {
  const result = chatDialects[dialect].decodeRequest(body);
  if ("failure" in result) throw new Error(`${dialect}: ${result.failure.message}`);
  return result.request;
}

function bodyIn(dialect: Dialect, asked: ChatRequest): unknown {
  const result = chatDialects[dialect].encodeRequest(asked);
  if ("failure" in result) throw new Error(`${dialect}: ${result.failure.message}`);
  return JSON.parse(JSON.stringify(result.body));
}

/** From one dialect's body to another's. */
function across(from: Dialect, to: Dialect, body: unknown): unknown {
  const result = translateRequest(body, from, to, "chat");
  if ("failure" in result) throw new Error(`${from} to ${to}: ${result.failure.message}`);
  return JSON.parse(result.body);
}

describe.each(pairs)("$a to $b and back", ({ a, b }) => {
  it("a request means the same", () => {
    fc.assert(
      fc.property(request, (asked) => {
        const first = bodyIn(a, asked);
        const there = across(a, b, first);
        const meant = meaning(a === "responses" || b === "responses" ? { ...asked, stop: undefined } : asked);
        expect(meaning(decoded(b, there))).toEqual(meant);
        expect(meaning(decoded(a, across(b, a, there)))).toEqual(meant);
      }),
    );
  });

  it("a picture's bytes arrive", () => {
    const base64 = "iVBORw0KGgoAAAANSUhEUg==";
    const picture: Part = { type: "image", source: { kind: "data", mediaType: "image/png", base64 } };
    const asked: ChatRequest = {
      model: "m",
      stream: false,
      maxTokens: 5,
      tools: [],
      messages: [{ role: "user", parts: [{ type: "text", text: "Q" }, picture] }],
    };
    const back = decoded(a, across(b, a, across(a, b, bodyIn(a, asked))));
    expect(back.messages.flatMap(({ parts }) => parts)).toContainEqual(picture);
  });

  it("a whole answer says the same", () => {
    fc.assert(
      fc.property(reply, (said) => {
        const there = chatDialects[b].decodeReply(JSON.parse(JSON.stringify(chatDialects[b].encodeReply(said, context))), now);
        if ("failure" in there) throw new Error(there.failure.message);
        const back = chatDialects[a].decodeReply(JSON.parse(JSON.stringify(chatDialects[a].encodeReply(there, context))), now);
        if ("failure" in back) throw new Error(back.failure.message);
        expect(essence(stepsOf(back))).toEqual(essence(stepsOf(said)));
      }),
    );
  });

  it("a stream says the same, and is finished in the eyes of both wires", () => {
    fc.assert(
      fc.property(reply, (said) => {
        const first = streamIn(a, stepsOf(said));
        const there = streamIn(b, heard(a, first));
        const back = streamIn(a, heard(b, there));
        expect(essence(heard(a, back))).toEqual(essence(stepsOf(said)));
        expect(wires[b].terminated(there, "chat")).toBe(true);
        expect(wires[a].terminated(back, "chat")).toBe(true);
      }),
    );
  });
});

const reply: fc.Arbitrary<ChatReply> = fc
  .record({
    thinking: fc.option(words),
    text: words,
    calls: fc.array(fc.record({ name, arguments: argumentsText }), { maxLength: 3 }),
    isCut: fc.boolean(),
    input: fc.nat({ max: 9999 }),
    output: fc.nat({ max: 9999 }),
  })
  .map(({ thinking, text, calls, isCut, input, output }) => ({
    id: "r1",
    model: "m",
    createdAt: now,
    parts: [
      ...(thinking === null ? [] : [{ type: "thinking" as const, text: thinking }]),
      { type: "text" as const, text },
      ...calls.map((call, at) => ({ type: "tool-call" as const, id: `call_${at}`, ...call })),
    ],
    finish: isCut ? "length" : calls.length > 0 ? "tool-calls" : "stop",
    tokens: { input, output },
  }));

function streamIn(dialect: Dialect, events: readonly ChatEvent[]): string {
  const encoder = chatDialects[dialect].streamEncoder(context);
  return events.map((event) => encoder.push(event)).join("");
}

function heard(dialect: Dialect, text: string): readonly ChatEvent[] {
  const decoder = chatDialects[dialect].streamDecoder(now);
  const frames = text.split(wires[dialect].frameEnd).filter((frame) => frame !== "");
  return [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
}

/** What was said, however it was cut into steps. */
function essence(events: readonly ChatEvent[]) {
  let [text, thinking, finish, ended] = ["", "", "", false];
  let tokens: { input?: number | undefined; output?: number | undefined } = {};
  const calls = new Map<number, { readonly id: string; readonly name: string; readonly text: string }>();
  for (const event of events) {
    if (event.type === "text") text += event.text;
    else if (event.type === "thinking") thinking += event.text;
    else if (event.type === "tool-call") calls.set(event.index, { id: event.id, name: event.name, text: "" });
    else if (event.type === "tool-arguments") {
      const open = calls.get(event.index);
      if (open !== undefined) calls.set(event.index, { ...open, text: open.text + event.text });
    } else if (event.type === "finish") finish = event.finish;
    else if (event.type === "tokens") tokens = { input: event.tokens.input ?? tokens.input, output: event.tokens.output ?? tokens.output };
    else if (event.type === "end") ended = true;
  }
  const made = [...calls.values()].map((call) => ({ id: call.id, name: call.name, arguments: JSON.parse(call.text || "{}") }));
  return { text, thinking, made, finish, tokens, ended };
}

describe("the dialect spoken with a node", () => {
  it.each([
    [["openai", "ollama", "anthropic"], "anthropic", "anthropic"],
    [["openai", "ollama"], "anthropic", "openai"],
    [["anthropic", "ollama"], "openai", "ollama"],
    [["anthropic"], "ollama", "anthropic"],
    [[], "openai", undefined],
  ] satisfies [Dialect[], Dialect, Dialect | undefined][])("of %j for a client's %s is %s", (nodes, client, chosen) => {
    expect(chooseDialect(nodes, client)).toBe(chosen);
  });
});

describe("a translated request", () => {
  const body = {
    model: "Mine",
    messages: [{ role: "user", content: "Q" }],
    logit_bias: { 1: 1 },
    tool_choice: "required",
    tools: [{ type: "function", function: { name: "t", parameters: {} } }],
  };

  it("goes to the node's path under the node's name of the model, with what was lost on either side named once", () => {
    const result = translateRequest(body, "openai", "ollama", "chat", { model: "theirs:8b", contextTokens: 8192 });
    if ("failure" in result) throw new Error(result.failure.message);
    expect(result.path).toBe("/api/chat");
    expect(JSON.parse(result.body)).toMatchObject({ model: "theirs:8b", stream: false, options: { num_ctx: 8192 } });
    expect(result.dropped).toEqual(["logit_bias", "tool_choice"]);
    expect(result.request.model).toBe("theirs:8b");
  });

  it("a text to go on with finds the path that does so", () => {
    const result = translateRequest({ model: "m", prompt: "once upon" }, "openai", "ollama", "completion");
    expect("path" in result && result.path).toBe("/api/generate");
    const back = translateRequest({ model: "m", prompt: "once upon", raw: true, stream: false }, "ollama", "openai", "completion");
    expect("path" in back && back.path).toBe("/v1/completions");
  });

  it.each(["embedding", "rerank", "load", "unload"] as const)("%s is not translated here, and says so", (task) => {
    const result = translateRequest(body, "openai", "ollama", task);
    expect("failure" in result && result.failure.kind).toBe("unsupported");
  });

  it("what the client wrote wrong is its 400, before any node", () => {
    const result = translateRequest({ model: "m", messages: [{ role: "wizard", content: "x" }] }, "ollama", "openai", "chat");
    expect("failure" in result && [result.failure.kind, result.failure.field]).toEqual(["invalid-request", "messages[0].role"]);
  });
});
