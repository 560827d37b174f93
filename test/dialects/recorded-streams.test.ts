// Every wire against the streams that real servers sent: what counts as content, when a stream is finished, what it cost.
import { describe, expect, it } from "vitest";
import type { Dialect } from "../../src-core/contract/node-kinds.ts";
import type { Task } from "../../src-core/contract/route.ts";
import { wires } from "../../src-core/dialects/wires.ts";
import { recorded } from "../support/replay.ts";

interface Case {
  readonly from: readonly [folder: string, name: string];
  readonly dialect: Dialect;
  readonly task: Task;
  /** Frames before the first that a client would show. */
  readonly silent: number;
  /** The last thing in the stream that only a finished one has. */
  readonly terminator: string;
  readonly tokens: readonly [tokensIn: number | undefined, tokensOut: number | undefined];
}

const finish = '"finish_reason":"length"';
const cases: readonly Case[] = [
  { from: ["ollama", "api-chat-stream"], dialect: "ollama", task: "chat", silent: 0, terminator: "}\n", tokens: [30, 5] },
  { from: ["ollama", "generate-stream"], dialect: "ollama", task: "completion", silent: 0, terminator: "}\n", tokens: [25, 5] },
  { from: ["ollama", "chat-stream-usage"], dialect: "openai", task: "chat", silent: 1, terminator: finish, tokens: [30, 1] },
  { from: ["ollama", "chat-stream"], dialect: "openai", task: "chat", silent: 1, terminator: finish, tokens: [undefined, undefined] },
  {
    from: ["ollama", "completions-stream"],
    dialect: "openai",
    task: "completion",
    silent: 0,
    terminator: finish,
    tokens: [undefined, undefined],
  },
  {
    from: ["ollama", "messages-stream"],
    dialect: "anthropic",
    task: "chat",
    silent: 2,
    terminator: '"type":"message_stop"',
    tokens: [30, 6],
  },
  { from: ["llama-server", "chat-stream"], dialect: "openai", task: "chat", silent: 1, terminator: finish, tokens: [30, 6] },
  { from: ["llama-server", "chat-stream-usage"], dialect: "openai", task: "chat", silent: 1, terminator: finish, tokens: [30, 6] },
  { from: ["llama-server", "chat-return-progress"], dialect: "openai", task: "chat", silent: 0, terminator: finish, tokens: [30, 3] },
  { from: ["llama-server", "completions-stream"], dialect: "openai", task: "completion", silent: 0, terminator: finish, tokens: [6, 5] },
  {
    from: ["llama-server", "messages-stream"],
    dialect: "anthropic",
    task: "chat",
    silent: 2,
    terminator: '"type":"message_stop"',
    tokens: [30, 6],
  },
  {
    from: ["ollama", "responses-stream"],
    dialect: "responses",
    task: "chat",
    silent: 4,
    terminator: '"type":"response.completed"',
    tokens: [30, 6],
  },
  {
    from: ["llama-server", "responses-stream"],
    dialect: "responses",
    task: "chat",
    silent: 4,
    terminator: '"type":"response.completed"',
    tokens: [30, 6],
  },
  { from: ["llama-server-router", "chat-stream"], dialect: "openai", task: "chat", silent: 1, terminator: finish, tokens: [30, 6] },
];

describe.each(cases)("$from.0 $from.1", ({ from, dialect, task, silent, terminator, tokens }) => {
  const wire = wires[dialect];
  const text = recorded(...from).chunks.join("");
  const frames = text.split(wire.frameEnd).filter((frame) => frame !== "");

  it("F12: role and start frames are not content, the first words are", () => {
    expect(frames.findIndex((frame) => wire.isContent(frame))).toBe(silent);
  });

  it("no frame of a good stream is taken for a node's error", () => {
    expect(frames.map((frame) => wire.failureIn(frame)).filter((told) => told !== undefined)).toEqual([]);
  });

  it("F14: the whole stream is finished, and cut anywhere before its terminator it is not", () => {
    expect(wire.terminated(text, task)).toBe(true);
    const end = text.lastIndexOf(terminator);
    for (let cut = 0; cut < end; cut++) expect(wire.terminated(text.slice(0, cut), task), `cut at ${cut}`).toBe(false);
  });

  it("a tail that starts anywhere before the last frames tells the same end and never throws", () => {
    const last = text.lastIndexOf(dialect === "ollama" ? '"total_duration"' : terminator);
    for (let start = 0; start < text.length; start++) {
      const tail = text.slice(start);
      wire.usageIn(tail);
      if (start <= last) expect(wire.terminated(tail, task), `from ${start}`).toBe(true);
    }
  });

  it("the tokens are the node's own", () => {
    const usage = wire.usageIn(text);
    expect([usage?.tokensIn, usage?.tokensOut]).toEqual(tokens);
    if (usage !== undefined) expect(usage.estimated).toBe(false);
  });
});

describe("speeds and whole bodies", () => {
  it("tokens per second come from llama-server's timings and from Ollama's nanoseconds", () => {
    expect(wires.openai.usageIn(recorded("llama-server", "chat-stream").chunks.join(""))?.tokensPerSecond).toBeGreaterThan(1);
    expect(wires.ollama.usageIn(recorded("ollama", "api-chat-stream").chunks.join(""))?.tokensPerSecond).toBeCloseTo(5 / 681e-6, 3);
  });

  it.each([
    ["openai", "llama-server", "chat", 30, 6],
    ["openai", "ollama", "chat", 30, 1],
    ["ollama", "ollama", "api-chat", 30, 5],
    ["ollama", "ollama", "generate", 25, 5],
    ["anthropic", "llama-server", "messages", 30, 6],
    ["responses", "llama-server", "responses", 30, 6],
    ["responses", "ollama", "responses", 30, 6],
  ] as const)("%s reads the usage of a whole body: %s %s", (dialect, folder, name, tokensIn, tokensOut) => {
    const body = recorded(folder, name).chunks.join("");
    const usage = wires[dialect].usageIn(body);
    expect([usage?.tokensIn, usage?.tokensOut]).toEqual([tokensIn, tokensOut]);
  });

  it.each([
    ["load-generate", "load"],
    ["load-chat", "load"],
    ["unload", "unload"],
  ] as const)("Ollama's one-object answer to %s is a finished one", (name, task) => {
    expect(wires.ollama.terminated(recorded("ollama", name).chunks.join(""), task)).toBe(true);
  });
});
