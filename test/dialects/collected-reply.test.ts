// Steps put together to a whole answer: exactly what `stepsOf` took apart.
import { expect, it } from "vitest";
import type { ChatDialect, ChatReply, EncodingContext } from "../../src-core/dialects/canonical.ts";
import { CollectedReply } from "../../src-core/dialects/collected-reply.ts";
import { ollamaChat } from "../../src-core/dialects/ollama-chat.ts";
import { stepsOf } from "../../src-core/dialects/translation.ts";

const context: EncodingContext = { model: "m", requestId: "r1", now: 5, wantsUsage: false, promptTokens: 1 };
/** Writes the small form itself. */
const plain: ChatDialect = { ...ollamaChat, encodeReply: (reply) => ({ ...reply }) };

const reply: ChatReply = {
  id: "x",
  model: "m",
  createdAt: 5,
  parts: [
    { type: "thinking", text: "first", signature: "s" },
    { type: "thinking", text: "second" },
    { type: "thinking", text: "", redacted: "zzz" },
    { type: "text", text: "Hi" },
    { type: "tool-call", id: "c0", name: "a", arguments: '{"x":1}' },
    { type: "tool-call", id: "c1", name: "b", arguments: "{}" },
  ],
  finish: "tool-calls",
  stopText: "END",
  tokens: { input: 1, output: 2 },
  logprobs: { content: [{ token: "Hi" }] },
};

it("what is taken apart is put together again: signatures, redacted thoughts, calls, the text that stopped it", () => {
  const collected = new CollectedReply(plain, context);
  const written = stepsOf(reply).map((step) => collected.push(step));
  expect(written.slice(0, -1).join("")).toBe("");
  expect(JSON.parse(written.at(-1) ?? "")).toEqual(reply);
});

it("fragments of calls that come mixed find their own call", () => {
  const collected = new CollectedReply(plain, context);
  const steps = [
    { type: "tool-call" as const, index: 0, id: "c0", name: "a" },
    { type: "tool-call" as const, index: 1, id: "c1", name: "b" },
    { type: "tool-arguments" as const, index: 0, text: "{" },
    { type: "tool-arguments" as const, index: 1, text: "[" },
    { type: "tool-arguments" as const, index: 0, text: "}" },
    { type: "end" as const },
  ];
  const body = steps.map((step) => collected.push(step)).join("");
  expect(JSON.parse(body).parts.map((part: { arguments: string }) => part.arguments)).toEqual(["{}", "["]);
});
