// OpenAI's dialect against what real servers sent: every recorded stream and body, read whole, said again, and read again.
import { describe, expect, it } from "vitest";
import type { ChatEvent, ChatReply } from "../../src-core/dialects/canonical.ts";
import { openaiChat } from "../../src-core/dialects/openai-chat.ts";
import { recorded } from "../support/replay.ts";

const now = 1_000_000;

function eventsOf(text: string): readonly ChatEvent[] {
  const decoder = openaiChat.streamDecoder(now);
  const frames = text.split("\n\n").filter((frame) => frame !== "");
  return [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
}

function textOf(events: readonly ChatEvent[]): string {
  return events.map((event) => (event.type === "text" ? event.text : "")).join("");
}

const streams = [
  ["llama-server", "chat-stream", " two gate of blue on read", "length", { input: 30, output: 6, cacheRead: 0 }],
  ["llama-server", "chat-stream-usage", " two gate of blue on read", "length", { input: 30, output: 6, cacheRead: 29 }],
  ["llama-server", "completions-stream", " test south river cache blue", "length", { input: 6, output: 5, cacheRead: 1 }],
  ["llama-server-router", "chat-stream", undefined, "length", undefined],
  ["ollama", "chat-stream", "", "stop", undefined],
  ["ollama", "chat-stream-usage", "", "stop", { input: 30, output: 1 }],
  ["ollama", "completions-stream", " east north read load we", "length", undefined],
] as const;

describe.each(streams)("recorded stream %s %s", (folder, name, text, finish, tokens) => {
  const events = eventsOf(recorded(folder, name).chunks.join(""));

  it("F14: starts once, finishes once, ends once, in that order", () => {
    const order = events.map(({ type }) => type).filter((type) => type !== "text" && type !== "tokens");
    expect(order).toEqual(["start", "finish", "end"]);
    expect(events.at(-1)).toEqual({ type: "end" });
  });

  it("says the words, the reason and the tokens that the server said", () => {
    if (text !== undefined) expect(textOf(events)).toBe(text);
    expect(events.find(({ type }) => type === "finish")).toEqual({ type: "finish", finish });
    const told = events.findLast((event) => event.type === "tokens");
    if (tokens !== undefined && name !== "chat-stream") expect(told).toEqual({ type: "tokens", tokens });
  });

  it("F14: cut after any frame before its finish, it is broken and has no end", () => {
    const frames = recorded(folder, name)
      .chunks.join("")
      .split("\n\n")
      .filter((frame) => frame !== "");
    const finishAt = frames.findIndex((frame) => /"finish_reason":"/.test(frame));
    for (let cut = 0; cut <= finishAt; cut++) {
      const cutEvents = eventsOf(frames.slice(0, cut).join("\n\n"));
      expect(cutEvents.at(-1)?.type).toBe("error");
    }
  });

  it("demands 2: said again and read again it is the same answer", () => {
    const encoder = openaiChat.streamEncoder({
      model: "m",
      requestId: "r",
      now,
      wantsUsage: true,
      promptTokens: 1,
      completion: name.startsWith("completions"),
    });
    const again = eventsOf(events.map((event) => encoder.push(event)).join(""));
    expect(textOf(again)).toBe(textOf(events));
    expect(again.filter(({ type }) => type === "finish")).toEqual(events.filter(({ type }) => type === "finish"));
    const told = events.findLast((event) => event.type === "tokens");
    if (told !== undefined) expect(again.findLast((event) => event.type === "tokens")).toEqual(told);
  });
});

describe("recorded bodies", () => {
  it.each([
    ["llama-server", "chat", { input: 30, output: 6 }],
    ["llama-server", "chat-tools", { input: 30, output: 6 }],
    ["llama-server", "chat-unknown-model", undefined],
    ["llama-server-router", "chat", undefined],
    ["ollama", "chat", { input: 30, output: 1 }],
    ["ollama", "chat-too-long", { input: 2051, output: 2 }],
  ] as const)("%s %s is read and said again", (folder, name, tokens) => {
    const reply = openaiChat.decodeReply(JSON.parse(recorded(folder, name).chunks.join("")), now);
    const read = replyOf(reply);
    if (tokens !== undefined) expect(read.tokens).toMatchObject(tokens);
    const context = { model: read.model, requestId: "r", now, wantsUsage: true, promptTokens: 1 };
    expect(openaiChat.decodeReply(openaiChat.encodeReply(read, context), now)).toEqual(reply);
  });

  it.each([
    ["llama-server", "chat-too-long", "exceeds the available context size"],
    ["llama-server", "chat-wrong-type", "max_tokens"],
    ["llama-server", "embeddings", "does not support embeddings"],
    ["ollama", "chat-unknown-model", "not found"],
  ] as const)("the error %s %s is told in the node's words", (folder, name, words) => {
    const reply = openaiChat.decodeReply(JSON.parse(recorded(folder, name).chunks.join("")), now);
    expect("failure" in reply && reply.failure.message).toContain(words);
  });
});

function replyOf(reply: ReturnType<typeof openaiChat.decodeReply>): ChatReply {
  if ("failure" in reply) throw new Error(reply.failure.message);
  return reply;
}
