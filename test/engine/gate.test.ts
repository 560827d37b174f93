// The gate on an attempt: what is held, what is released as it came, and that how a stream is cut changes nothing.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NodeId } from "../../src-core/contract/ids.ts";
import { Gate as GateConfig } from "../../src-core/contract/routing.ts";
import { wires } from "../../src-core/dialects/wires.ts";
import { attempt } from "../../src-core/engine/attempt.ts";
import type { AttemptEnd } from "../../src-core/engine/attempt-side.ts";
import { type Gate, gateFor } from "../../src-core/engine/gate.ts";
import { FakeAdapter, type FakeAnswer } from "../support/fake-adapter.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { Client } from "../support/translated-attempt.ts";

type Dialect = "openai" | "ollama";
type Wishes = Parameters<typeof GateConfig.parse>[0];

/** What the client got. */
const schema = { type: "object", required: ["action"], properties: { action: { type: "string" } } };
const question = { model: "m", messages: [{ role: "user", content: "Q" }] };
const asking = { ...question, response_format: { type: "json_schema", json_schema: { schema } } };

function gateOf(wishes: Wishes, sent: unknown = question, dialect: Dialect = "openai", mayRepair = true): Gate | undefined {
  const gate = gateFor({
    gate: GateConfig.parse(wishes),
    dialect,
    task: "chat",
    node: "a",
    sent: Buffer.from(JSON.stringify(sent)),
    mayRepair,
  });
  if (gate !== undefined && "kind" in gate) throw new Error(gate.message);
  return gate;
}

interface Sent {
  readonly client: Client;
  readonly answer: FakeAnswer;
  readonly end: Promise<AttemptEnd>;
  readonly clock: FakeClock;
}

function send(gate: Gate | undefined, dialect: Dialect = "openai", echo?: (bytes: Buffer) => Buffer): Sent {
  const adapter = new FakeAdapter(["m"], ["m"]);
  const client = new Client();
  const clock = new FakeClock();
  const { end } = attempt({
    node: NodeId.parse("a"),
    adapter,
    call: { method: "POST", path: "/x", headers: {} },
    wire: wires[dialect],
    task: "chat",
    reply: client,
    clock,
    echo,
    limits: { firstByteMs: 10_000, firstByteIsDeadline: true, answerMs: undefined, betweenChunksMs: 10_000, clientStallMs: 10_000 },
    gate,
    headers: (nodes) => ({ ...nodes }),
    onFirstByte: () => {},
    loadPatienceMs: () => 0,
  });
  const [answer] = adapter.answers;
  if (answer === undefined) throw new Error("nothing was sent");
  return { client, answer, end, clock };
}

const delta = (said: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ model: "m", choices: [{ index: 0, delta: said, finish_reason: finish }] })}\n\n`;
const role = delta({ role: "assistant", content: "" });
const stop = `${delta({}, "stop")}data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}\n\ndata: [DONE]\n\n`;

/** A finished stream that says this, a few letters a frame. */
function streamOf(text: string, dialect: Dialect = "openai"): string {
  const pieces = text.match(/[\s\S]{1,5}/gu) ?? [];
  if (dialect === "openai") return `${role}${pieces.map((content) => delta({ content })).join("")}${stop}`;
  const lines = pieces.map((content) => JSON.stringify({ model: "m", message: { role: "assistant", content }, done: false }));
  return `${[...lines, '{"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","total_duration":1}'].join("\n")}\n`;
}

async function streamed(gate: Gate | undefined, bytes: string, cuts: readonly number[] = [64], dialect: Dialect = "openai") {
  const { client, answer, end } = send(gate, dialect);
  const all = Buffer.from(bytes);
  answer.head(200, dialect === "openai" ? "text/event-stream" : "application/x-ndjson");
  for (let at = 0, turn = 0; at < all.length; turn++) {
    const size = cuts[turn % cuts.length] ?? 1;
    answer.data(all.subarray(at, at + size));
    at += size;
  }
  answer.end();
  return { client, end: await end };
}

async function whole(gate: Gate | undefined, body: string) {
  const { client, answer, end } = send(gate);
  answer.head(200, "application/json").data(body).end();
  return { client, end: await end };
}

const said = (content: string | null, more: object = {}) =>
  JSON.stringify({
    choices: [{ index: 0, message: { role: "assistant", content, ...more }, finish_reason: "stop" }],
    usage: { completion_tokens: 4 },
  });
const toolCalls = [{ index: 0, id: "1", type: "function", function: { name: "f", arguments: "{}" } }];

function failureOf(end: AttemptEnd) {
  if (end.state !== "failed") throw new Error(`it ${end.state}`);
  return { kind: end.failure.kind, tag: end.failure.detail, held: end.held?.body.toString(), status: end.held?.status, repair: end.repair };
}

describe("3.3 whole answers", () => {
  it.each<[string, Wishes, unknown, string, string, string]>([
    ["a refusal", { refusal: true }, question, said("I cannot help."), "refused", "RefusalPattern"],
    ["OpenAI's own word for it", { refusal: true }, question, said(null, { refusal: "No." }), "refused", "RefusalPattern"],
    ["nothing", {}, question, said(" "), "empty-answer", "EmptyAnswer"],
    ["no JSON", { schema: true }, asking, said("Sure!"), "schema-mismatch", "JSONDecodeError"],
    ["other JSON", { schema: true }, asking, said("{}"), "schema-mismatch", "SchemaValidationError"],
    ["not what the profile's schema asks for", { schema }, question, said('{"action":1}'), "schema-mismatch", "SchemaValidationError"],
  ])("3.3 %s is a failure, tagged, and held whole", async (_, wishes, sent, body, kind, tag) => {
    const { client, end } = await whole(gateOf(wishes, sent), body);
    expect(failureOf(end)).toMatchObject({ kind, tag, held: body, status: 200 });
    expect(client.headSent).toBe(false);
  });

  it.each<[string, Wishes, unknown, string]>([
    ["a good answer", { refusal: true }, question, said("Paris.")],
    ["an idiom (3.6)", { refusal: true }, question, said("I can't stress enough: Paris.")],
    ["a tool call with a refusing text (3.6)", { refusal: true, schema: true }, asking, said("I cannot.", { tool_calls: toolCalls })],
    ["a tool call without text (3.6)", { refusal: true, schema: true }, asking, said(null, { tool_calls: toolCalls })],
    ["JSON", { schema: true }, asking, said('{"action":"go"}')],
    ["JSON in a fence, its bytes untouched (3.4)", { schema: true }, asking, said('Yes:\n```json\n{"action":"g}o"}\n```')],
    ["anything where no schema was asked for", { schema: true }, question, said("Sure!")],
    ["nothing, where that is allowed", { empty: false, refusal: true }, question, said("")],
    ["a refusal, where that is allowed", {}, question, said("I cannot.")],
  ])("3.3 %s passes as it is", async (_, wishes, sent, body) => {
    const { client, end } = await whole(gateOf(wishes, sent), body);
    expect(end.state).toBe("answered");
    expect(client.text).toBe(body);
  });

  it("3.3 an answer that cannot be read is the node's failure", async () => {
    const { end } = await whole(gateOf({ refusal: true }), '{"choices": nonsense}');
    expect(failureOf(end).kind).toBe("malformed-reply");
  });

  it("3.3 a malformed schema is the client's 400, the profile's own is named", () => {
    const sent = (format: unknown) => Buffer.from(JSON.stringify({ ...question, response_format: format }));
    const input = { dialect: "openai", task: "chat", node: "a", mayRepair: true } as const;
    const asked = gateFor({
      ...input,
      gate: GateConfig.parse({ schema: true }),
      sent: sent({ type: "json_schema", json_schema: { schema: 5 } }),
    });
    expect(asked).toMatchObject({ kind: "invalid-request", field: "response_format" });
    const own = gateFor({ ...input, gate: GateConfig.parse({ schema: { type: "nope" } }), sent: sent(undefined) });
    expect(own).toMatchObject({ kind: "invalid-request", field: "gate.schema" });
  });

  it("3.3 where nothing is to be judged there is no gate", () => {
    expect(gateOf({ empty: false })).toBeUndefined();
    expect(gateOf({ empty: false, schema: true })).toBeUndefined();
    const embedding = {
      gate: GateConfig.parse({}),
      dialect: "openai",
      task: "embedding",
      node: "a",
      sent: Buffer.from("{}"),
      mayRepair: true,
    } as const;
    expect(gateFor(embedding)).toBeUndefined();
  });
});

describe("3.6 one repair on the same node", () => {
  it("3.6 an answer that misses its schema brings the body of one more request, which says what is wrong", async () => {
    const { end } = await whole(gateOf({ schema: true }, asking), said('{"count":1}'));
    const { repair } = failureOf(end);
    const body: unknown = JSON.parse(repair?.toString() ?? "null");
    expect(body).toMatchObject({
      ...asking,
      messages: [{ content: "Q" }, { role: "assistant", content: '{"count":1}' }, { role: "user" }],
    });
    expect(repair?.toString()).toContain("/action is missing");
  });

  it("3.6 a repair that fails brings no other, a refusal brings none", async () => {
    const again = await whole(gateOf({ schema: true }, asking, "openai", false), said("{}"));
    expect(failureOf(again.end).repair).toBeUndefined();
    const refused = await whole(gateOf({ schema: true, refusal: true }, asking), said("I cannot."));
    expect(failureOf(refused.end)).toMatchObject({ kind: "refused", repair: undefined });
  });
});

describe("3.3 streams", () => {
  it("3.3 a refusal holds back only the prefix: after 200 characters the stream flows", async () => {
    const { client, answer, end } = send(gateOf({ refusal: true }));
    const long = "Paris is the capital of France and a fine city. ".repeat(6);
    const [first, second] = [streamOf(long).slice(0, -stop.length), delta({ content: "More." })];
    answer
      .head()
      .data(role)
      .data(delta({ content: "Paris" }));
    expect(client.headSent).toBe(false);
    answer.data(first.slice(role.length));
    expect(client.text).toBe(`${role}${delta({ content: "Paris" })}${first.slice(role.length)}`);
    answer.data(second);
    expect(client.text.endsWith(second)).toBe(true);
    answer.data(stop).end();
    expect((await end).state).toBe("answered");
  });

  it("3.3 with no gate but for empty answers the first words flow at once", () => {
    const { client, answer } = send(gateOf({}));
    answer.head().data(role);
    expect(client.headSent).toBe(false);
    answer.data(delta({ content: "P" }));
    expect(client.text).toBe(role + delta({ content: "P" }));
  });

  it("3.6 a tool call flows at once, also after words that refuse and under a schema", async () => {
    const calls = delta({ tool_calls: toolCalls });
    for (const gate of [gateOf({ refusal: true }), gateOf({ schema: true }, asking)]) {
      const { client, answer, end } = send(gate);
      answer.head().data(role + delta({ content: "I cannot say. " }));
      expect(client.headSent).toBe(false);
      answer.data(calls);
      expect(client.text.endsWith(calls)).toBe(true);
      answer.data(stop).end();
      expect((await end).state).toBe("answered");
    }
  });

  it("3.3 a refused stream is read to its end and held whole, with the client's spelling of the model and what it cost", async () => {
    const { client, answer, end } = send(gateOf({ refusal: true }), "openai", (bytes) =>
      Buffer.from(bytes.toString().replaceAll('"m"', '"mine"')),
    );
    answer.head().data(streamOf("I cannot help with that. Ask somebody else.")).end();
    const ended = await end;
    expect(failureOf(ended)).toMatchObject({
      kind: "refused",
      held: streamOf("I cannot help with that. Ask somebody else.").replaceAll('"m"', '"mine"'),
    });
    expect(ended).toMatchObject({ usage: { tokensIn: 3, tokensOut: 4 }, held: { contentType: "text/event-stream" } });
    expect(client.headSent).toBe(false);
    expect(answer.aborted).toBe(false);
  });

  it("3.3 a refusal that never ends is given up at 1 MiB, and the node is told to stop", async () => {
    const { answer, end } = send(gateOf({ refusal: true }));
    answer.head().data(streamOf("I cannot help. ").slice(0, -stop.length));
    const more = delta({ content: "and so on ".repeat(1_000) });
    for (let sent = 0; sent <= 1024 * 1024; sent += more.length) answer.data(more);
    expect(failureOf(await end)).toMatchObject({ kind: "refused", held: undefined });
    expect(answer.aborted).toBe(true);
  });

  it("3.3 a stream under a schema that outgrows what is held is a failure, not an unchecked answer", async () => {
    const { client, answer, end } = send(gateOf({ schema: true }, asking));
    const more = delta({ content: "x".repeat(100_000) });
    answer.head();
    for (let sent = 0; sent <= 4 * 1024 * 1024; sent += more.length) answer.data(more);
    expect(failureOf(await end)).toMatchObject({ kind: "schema-mismatch" });
    expect(client.headSent).toBe(false);
  });

  it("F12: a stream that breaks, or ends unfinished, while it is held is a failure that nobody has seen", async () => {
    for (const text of ["I cannot help.", "Paris."]) {
      const unfinished = send(gateOf({ refusal: true }));
      unfinished.answer.head().data(streamOf(text).slice(0, -stop.length)).end();
      expect(failureOf(await unfinished.end)).toMatchObject({ kind: "stream-broken", held: undefined });
      const broken = send(gateOf({ refusal: true }));
      broken.answer
        .head()
        .data(role + delta({ content: text }))
        .break();
      expect(failureOf(await broken.end).kind).toBe("stream-broken");
      const told = send(gateOf({ refusal: true }));
      told.answer.head().data(`${role}${delta({ content: text })}data: {"error":{"message":"out of memory"}}\n\n`);
      expect((await told.end).state).toBe("failed");
      expect([unfinished.client.headSent, broken.client.headSent, told.client.headSent]).toEqual([false, false, false]);
    }
  });

  it("F13: a stream that breaks after the gate let it go is told inside the stream", async () => {
    const { client, answer, end } = send(gateOf({}));
    answer
      .head()
      .data(role + delta({ content: "Paris" }))
      .break();
    expect(await end).toMatchObject({ state: "answered", outcome: "incomplete" });
    expect(client.text).toContain('"error"');
    expect(client.text).not.toContain("[DONE]");
  });

  it("3.3 the speed of a stream that was held is not measured from its release", async () => {
    const { clock, answer, end } = send(gateOf({ refusal: true }));
    answer.head().data(streamOf("Paris. ".repeat(40)).slice(0, -stop.length));
    clock.advance(1_000);
    answer.data(delta({ content: "Paris." }) + stop).end();
    const ended = await end;
    expect(ended).toMatchObject({ state: "answered", usage: { tokensIn: 3, tokensOut: 4 } });
    expect(ended.state === "answered" && ended.usage?.tokensPerSecond).toBeUndefined();
  });
});

describe("3.3 any cut of a stream gives the same verdict and the same bytes", () => {
  const words = fc.constantFrom(
    "I cannot",
    "I can't",
    " stress",
    " enough",
    ". ",
    "Paris",
    "Sorry, ",
    "“",
    "```json\n",
    '{"action":',
    '"go"}',
    "{}",
    "\n```",
    "x ".repeat(40),
    "ü",
  );
  const answers = fc.array(words, { maxLength: 10 }).map((parts) => parts.join(""));
  const cuts = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 });
  const wishes = fc.constantFrom<Wishes>(
    {},
    { refusal: true },
    { schema: true },
    { refusal: true, schema: true },
    { refusal: true, empty: false },
  );

  it.each(["openai", "ollama"] as const)("3.3 %s", async (dialect) => {
    const sent = dialect === "openai" ? asking : { ...question, format: schema };
    await fc.assert(
      fc.asyncProperty(answers, cuts, wishes, fc.boolean(), async (text, sizes, wish, asks) => {
        const gate = () => gateOf(wish, asks ? sent : question, dialect);
        const bytes = streamOf(text, dialect);
        const one = await streamed(gate(), bytes, [bytes.length], dialect);
        const other = await streamed(gate(), bytes, sizes, dialect);
        expect(other.end.state).toBe(one.end.state);
        if (one.end.state === "failed") {
          expect(failureOf(other.end)).toEqual(failureOf(one.end));
          expect(failureOf(one.end).held).toBe(bytes);
          expect(other.client.headSent).toBe(false);
        } else {
          expect(other.client.text).toBe(bytes);
          expect(one.client.text).toBe(bytes);
        }
        // And the same text as a whole body is judged alike.
        if (dialect === "openai") expect((await whole(gate(), said(text))).end.state).toBe(one.end.state);
      }),
      { numRuns: 300 },
    );
  });
});
