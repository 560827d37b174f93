// Translated answers on an attempt: what is held, what the client gets in its own words, and how a break is told, for every recorded stream and every
// dialect of a client. That the way bytes are cut changes nothing is proven in `every-split.test.ts`.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Dialect } from "../../src-core/contract/node-kinds.ts";
import { chatDialects } from "../../src-core/dialects/translation.ts";
import { wires } from "../../src-core/dialects/wires.ts";
import { recorded } from "../support/replay.ts";
import { answered, everyDialect, send, type Wishes } from "../support/translated-attempt.ts";

const recordings: readonly (readonly [from: Dialect, folder: string, name: string])[] = [
  ["ollama", "ollama", "api-chat-stream"],
  ["ollama", "ollama", "generate-stream"],
  ["openai", "ollama", "chat-stream-usage"],
  ["openai", "llama-server", "chat-stream"],
  ["openai", "llama-server", "chat-return-progress"],
  ["openai", "llama-server-router", "chat-stream"],
  ["anthropic", "ollama", "messages-stream"],
  ["anthropic", "llama-server", "messages-stream"],
  ["responses", "ollama", "responses-stream"],
  ["responses", "llama-server", "responses-stream"],
];
const pairs = recordings.flatMap(([from, folder, name]) =>
  everyDialect.filter((to) => to !== from).map((to) => ({ from, to, folder, name })),
);

/** What a stream says, read by the dialect it is written in. */
function heard(dialect: Dialect, text: string): { readonly text: string; readonly kinds: readonly string[] } {
  const decoder = chatDialects[dialect].streamDecoder(0);
  const frames = text.split(wires[dialect].frameEnd).filter((frame) => frame !== "");
  const events = [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
  return { text: events.map((event) => (event.type === "text" ? event.text : "")).join(""), kinds: events.map(({ type }) => type) };
}

describe.each(pairs)("$folder/$name, a node's $from for a client's $to", ({ from, to, folder, name }) => {
  const original = recorded(folder, name).chunks.join("");

  const whole = (chunks: readonly Buffer[]) => answered(from, to, chunks);

  it("says the same words, finished, with the client's spelling of the model", async () => {
    const { client, end } = await whole([Buffer.from(original)]);
    expect(heard(to, client.text).text).toBe(heard(from, original).text);
    expect(heard(to, client.text).kinds).not.toContain("error");
    expect(wires[to].terminated(client.text, "chat")).toBe(true);
    expect(client.text).not.toContain("tiny-a");
    expect(end).toMatchObject({ state: "answered", outcome: "ok" });
    expect(client.headers["content-type"]).toContain(wires[to].streamType);
  });

  it("usage is the node's own where it says it", async () => {
    const { client, end } = await whole([Buffer.from(original)]);
    const told = wires[from].usageIn(original);
    if (told === undefined || end.state !== "answered") return;
    expect([end.usage?.tokensIn, end.usage?.tokensOut]).toEqual([told.tokensIn, told.tokensOut]);
    expect(wires[to].usageIn(client.text)?.tokensOut).toBe(told.tokensOut);
  });

  it("F14: cut off anywhere it is never a finished answer, and whatever went out ends in an error", async () => {
    const marks = {
      ollama: '"done":true',
      openai: '"finish_reason":"length"',
      anthropic: '"type":"message_stop"',
      responses: '"response.completed"',
    };
    const last = original.lastIndexOf(marks[from]);
    for (let at = 0; at < last; at += 13) {
      const { client, end } = await whole([Buffer.from(original.slice(0, at))]);
      if (end.state === "failed") expect(client.parts).toEqual([]);
      else {
        expect(end).toMatchObject({ state: "answered", outcome: "incomplete" });
        expect(wires[to].terminated(client.text, "chat"), `cut at ${at}`).toBe(false);
        expect(client.text).toContain("error");
      }
    }
  });
});

const line = (content: string): string => `{"model":"m","message":{"role":"assistant","content":"${content}"},"done":false}\n`;
const done =
  '{"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":4}\n';
const begin = (wishes: Partial<Wishes> = {}) => {
  const sent = send({ from: "ollama", to: "openai", ...wishes });
  sent.answer.head(200, "application/x-ndjson");
  return sent;
};

describe("what goes out when", () => {
  it("F12: nothing before the first content, and an error until then is free", async () => {
    const { client, answer, end } = begin();
    answer.data(line(""));
    expect(client.headSent).toBe(false);
    answer.data('{"error":"unexpected EOF"}\n');
    expect(await end).toMatchObject({ state: "failed", failure: { kind: "stream-broken", node: "a" } });
    expect(client.parts).toEqual([]);
  });

  it("F13: a break after it is told in the client's dialect, and no terminator follows", async () => {
    const { client, answer, end } = begin();
    answer.data(line("Hi"));
    answer.data('{"error":"unexpected EOF"}\n');
    expect(await end).toMatchObject({ state: "answered", outcome: "incomplete" });
    expect(client.text).toMatch(/data: \{"error":\{[^\n]*unexpected EOF[^\n]*\}\n\n$/);
    expect(client.text).not.toContain("[DONE]");
    expect(client.ended).toBe(true);
  });

  it("R-12: a connection that breaks after the node's last line still ends without a terminator", async () => {
    const { client, answer, end } = begin();
    answer.data(line("Hi") + done);
    expect(client.text).not.toContain("[DONE]");
    answer.break();
    expect(await end).toMatchObject({ outcome: "incomplete" });
    expect(client.text).not.toContain("[DONE]");
  });

  it("all frames of one chunk are one write", () => {
    const { client, answer } = begin();
    answer.data(line("a") + line("b") + line("c"));
    expect(client.parts).toHaveLength(1);
    answer.data(line("d") + line("e"));
    expect(client.parts).toHaveLength(2);
  });

  it("an empty answer that is finished is an answer", async () => {
    const { client, answer, end } = begin();
    answer.data(done).end();
    expect(await end).toMatchObject({ state: "answered", outcome: "ok", usage: { tokensIn: 3, tokensOut: 4, estimated: false } });
    expect(client.text).toContain("[DONE]");
  });

  it("tokens that the node did not count are estimated, for the client and for us, and marked", async () => {
    const { client, answer, end } = begin();
    answer.data(line("a") + line("b"));
    answer.data('{"model":"m","message":{"content":""},"done":true,"done_reason":"stop"}\n').end();
    expect(await end).toMatchObject({ usage: { tokensOut: 2, estimated: true } });
    expect(wires.openai.usageIn(client.text)).toMatchObject({ tokensIn: 7, tokensOut: 2 });
  });

  it("F18: an event without an end is not held for ever", async () => {
    const { answer, end } = begin();
    answer.data(Buffer.alloc(5 * 1024 * 1024, 0x20));
    expect(await end).toMatchObject({ state: "failed" });
  });
});

describe("what is held is bounded", () => {
  const chunk = `data: {"choices":[{"index":0,"delta":{"content":"${"x".repeat(60_000)}"}}]}\n\n`;
  const finish = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n';

  it("F18: a node that goes on after it said why it finished is cut off", async () => {
    const { client, answer, end } = send({ from: "openai", to: "ollama" });
    answer.head(200, "text/event-stream").data(chunk).data(finish);
    for (let sent = 0; sent < 80 && !answer.aborted; sent++) answer.data(chunk);
    expect(answer.aborted).toBe(true);
    expect(await end).toMatchObject({ state: "answered", outcome: "incomplete" });
    expect(client.text).not.toContain('"done":true');
  });

  it("a long answer that goes out as it comes is not held, and so not cut off", async () => {
    const { answer, end } = send({ from: "openai", to: "ollama" });
    answer.head(200, "text/event-stream");
    for (let sent = 0; sent < 100; sent++) answer.data(chunk);
    answer.data(`${finish}data: [DONE]\n\n`).end();
    expect(await end).toMatchObject({ state: "answered", outcome: "ok" });
  });

  it("a whole answer that comes in steps is held up to 32 MiB", async () => {
    const { client, answer, end } = send({ from: "openai", to: "ollama", stream: false });
    answer.head(200, "text/event-stream");
    for (let sent = 0; sent < 100; sent++) answer.data(chunk);
    expect(answer.aborted).toBe(false);
    for (let sent = 0; sent < 500 && !answer.aborted; sent++) answer.data(chunk);
    expect(await end).toMatchObject({ state: "failed", failure: { kind: "malformed-reply" } });
    expect(client.headSent).toBe(false);
  });
});

describe("gates on translated answers", () => {
  it("3.3: a refusal in any dialect is held back, also for a client whose dialect is not judged", async () => {
    const { client, answer, end } = begin({ to: "anthropic", gate: { refusal: true } });
    answer.data(line("I'm sorry, but I cannot help with that.") + done).end();
    expect(await end).toMatchObject({ state: "failed", failure: { kind: "refused" }, held: { status: 200 } });
    expect(client.headSent).toBe(false);
  });

  it("3.3: an answer that passes goes out whole, once", async () => {
    const { client, answer, end } = begin({ to: "anthropic", gate: { refusal: true, empty: true } });
    answer.data(line("Sure")).data(line(", here it is")).data(done).end();
    expect(await end).toMatchObject({ state: "answered", outcome: "ok" });
    expect(heard("anthropic", client.text).text).toBe("Sure, here it is");
  });

  it("3.3: nothing said is an empty answer, whole or streamed", async () => {
    const streamed = begin({ gate: { empty: true } });
    streamed.answer.data(done).end();
    expect(await streamed.end).toMatchObject({ state: "failed", failure: { kind: "empty-answer" } });
    const whole = send({ from: "ollama", to: "openai", stream: false, gate: { empty: true } });
    whole.answer.head(200, "application/json").data(done).end();
    expect(await whole.end).toMatchObject({ state: "failed", failure: { kind: "empty-answer" } });
  });
});

describe("whole answers", () => {
  const wholes: readonly (readonly [from: Dialect, folder: string, name: string])[] = [
    ["ollama", "ollama", "api-chat"],
    ["ollama", "ollama", "generate"],
    ["openai", "ollama", "chat"],
    ["openai", "llama-server", "chat"],
    ["anthropic", "llama-server", "messages"],
    ["anthropic", "ollama", "messages"],
  ];
  const cases = wholes.flatMap(([from, folder, name]) =>
    everyDialect.filter((to) => to !== from).map((to) => ({ from, to, folder, name })),
  );

  it.each(cases)("$folder/$name for a client's $to says the same", async ({ from, to, folder, name }) => {
    const body = recorded(folder, name).chunks.join("");
    const { client, answer, end } = send({ from, to, stream: false });
    answer
      .head(200, "application/json", { "content-length": String(body.length) })
      .data(body)
      .end();
    expect(await end).toMatchObject({ state: "answered", outcome: "ok" });
    const before = chatDialects[from].decodeReply(JSON.parse(body), 0);
    const after = chatDialects[to].decodeReply(JSON.parse(client.text), 0);
    if ("failure" in before || "failure" in after) throw new Error("unread");
    expect(after.parts).toEqual(before.parts);
    expect(after.finish).toBe(before.finish);
    expect(after.tokens.output).toBe(before.tokens.output);
    expect(client.headers["content-length"]).toBe(String(Buffer.byteLength(client.text)));
  });

  it.each(cases)("$folder/$name for a client's $to that asked for a stream is one", async ({ from, to, folder, name }) => {
    const body = recorded(folder, name).chunks.join("");
    const { client, answer, end } = send({ from, to });
    answer.head(200, "application/json").data(body).end();
    expect(await end).toMatchObject({ state: "answered", outcome: "ok" });
    expect(wires[to].terminated(client.text, "chat")).toBe(true);
    const reply = chatDialects[from].decodeReply(JSON.parse(body), 0);
    const text = "failure" in reply ? "" : reply.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
    expect(heard(to, client.text).text).toBe(text);
    expect(client.headers["content-type"]).toContain(wires[to].streamType);
  });

  it("F14: a body that was cut short is no answer", async () => {
    const { answer, end } = send({ from: "ollama", to: "openai", stream: false });
    answer.head(200, "application/json").data(done.slice(0, -9)).end();
    expect(await end).toMatchObject({ state: "failed", failure: { kind: "malformed-reply" } });
  });

  const streams = pairs.filter(({ name }) => !name.startsWith("generate"));
  it.each(streams)("$folder/$name, which the node streams unasked, is whole for a client's $to", async ({ from, to, folder, name }) => {
    const original = recorded(folder, name).chunks.join("");
    const { client, answer, end } = send({ from, to, stream: false });
    answer.head(200, wires[from].streamType).data(original.slice(0, -40));
    expect(client.headSent).toBe(false);
    answer.data(original.slice(-40)).end();
    expect(await end).toMatchObject({ state: "answered", outcome: "ok" });
    const after = chatDialects[to].decodeReply(JSON.parse(client.text), 0);
    if ("failure" in after) throw new Error(after.failure.message);
    const text = after.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
    expect(text).toBe(heard(from, original).text);
    expect(client.headers["content-type"]).toContain("application/json");
  });

  it("F23: a node's 4xx reaches the client in the envelope it knows, in the node's words", async () => {
    const { answer, end } = send({ from: "ollama", to: "anthropic" });
    answer.head(400, "application/json").data('{"error":"\\"m\\" does not support thinking"}').end();
    const result = await end;
    if (result.state !== "failed") throw new Error("not refused");
    const shown = JSON.parse(result.held?.body.toString() ?? "{}");
    expect(shown).toMatchObject({ type: "error", error: { message: '"m" does not support thinking' } });
    expect(result.held?.status).toBe(400);
  });

  it("no body makes it throw", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...everyDialect), fc.constantFrom(...everyDialect), fc.jsonValue(), async (from, to, value) => {
        const { answer, end } = send({ from, to, stream: false });
        answer.head(200, "application/json").data(JSON.stringify(value)).end();
        expect(["answered", "failed"]).toContain((await end).state);
      }),
    );
  });
});
