// What llama-swap says while it loads never reaches the engine, and nothing else is ever lost.
import { expect, test } from "vitest";
import { WithoutLoadingWords } from "../../src-core/nodes/loading-words.ts";
import { CollectingSink } from "./sinks.ts";

const sse = (body: unknown) => `data: ${JSON.stringify(body)}\n\n`;
const fake = (text: string) => sse({ choices: [{ delta: { reasoning_content: text } }] });
const real = sse({ id: "c1", choices: [{ index: 0, delta: { reasoning_content: "hm" } }] });
const head = { status: 200, headers: { "content-type": "text/event-stream" } };

function through(pieces: readonly Buffer[], headers: Readonly<Record<string, string>> = head.headers): CollectingSink {
  const sink = new CollectingSink();
  const words = new WithoutLoadingWords(sink);
  words.onHead({ status: 200, headers });
  for (const piece of pieces) words.onData(piece);
  words.onEnd();
  return sink;
}

test("every split of the bytes gives the same answer", () => {
  const bytes = Buffer.from(`${fake("━━━━━\n")}${fake("llama-swap loading model: m\n")}${real}${fake("late")}data: [DONE]\n\n`);
  for (let at = 1; at < bytes.length; at++) {
    expect(through([bytes.subarray(0, at), bytes.subarray(at)]).text).toBe(`${real}${fake("late")}data: [DONE]\n\n`);
  }
});

test.each([
  ["a comment", ": ping\n\n"],
  ["an error event", sse({ error: { message: "boom" } })],
  ["a chunk with an id", real],
  ["an event without an end", "data: [DONE]"],
  ["no event at all", "proxy error: Failed to read connection"],
])("%s passes", (_what, text) => {
  expect(through([Buffer.from(text)]).text).toBe(text);
});

test("F18: a stream without line ends is passed on and not kept", () => {
  const long = Buffer.alloc(200_000, "x");
  expect(through([long]).text).toHaveLength(200_000);
});

test("an answer that is no stream is not looked at", () => {
  expect(through([Buffer.from(fake("x"))], { "content-type": "application/json" }).text).toBe(fake("x"));
});
