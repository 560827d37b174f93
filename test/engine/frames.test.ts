// Which chunks of a released stream are worth reading: every chunk is asked, so the answer must be no for all but a few.
import { describe, expect, it } from "vitest";
import { mayTellFailure } from "../../src-core/engine/frames.ts";
import { recorded } from "../support/replay.ts";

describe("a chunk that may tell a failure", () => {
  it.each([
    'data: {"error":{"message":"x"}}\n\n',
    'data: {"object":"error","message":"x"}\n\n',
    'data: {"object": "error", "message": "x"}\n\n',
    "data: [DONE]\n\n",
    'data: {"id":"c","choices":[]}\r\n\r\ndata: [DONE]\r\n\r\n',
  ])("%j is read", (chunk) => {
    expect(mayTellFailure(Buffer.from(chunk))).toBe(true);
  });

  it.each([
    'data: {"object":"chat.completion.chunk","choices":[]}\n\n',
    'data: {"object": "chat.completion.chunk"}\n\n',
    "",
    ":\n\n",
    "\n",
  ])("%j is not", (chunk) => {
    expect(mayTellFailure(Buffer.from(chunk))).toBe(false);
  });

  it.each([
    ["llama-server", "chat-stream-usage"],
    ["llama-server", "completions-stream"],
    ["llama-server", "messages-stream"],
    ["ollama", "chat-stream"],
    ["ollama", "api-chat-stream"],
  ])("of %s %s only the end is", (folder, name) => {
    const chunks = recorded(folder, name).chunks.flatMap((chunk) => chunk.split(/(?<=\n\n)/));
    const read = chunks.filter((chunk) => mayTellFailure(Buffer.from(chunk)));
    expect(read.every((chunk) => chunk.includes("[DONE]"))).toBe(true);
  });
});
