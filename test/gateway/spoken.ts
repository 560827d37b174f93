// The same short answer in the words of each dialect, with its seams laid open: what a node says, and how a client reads it.
import type { NodeKind } from "../../src-core/contract/node-kinds.ts";
import { eventsOf, saidIn } from "./caller.ts";
import { chunk, finishFrames, roleFrame } from "./raw-node.ts";

/** A stream of a node's dialect, in the parts that faults stand between. */
export interface Spoken {
  readonly kind: NodeKind;
  readonly type: string;
  /** Frames before the first content. */
  readonly start: string;
  text(words: string): string;
  readonly end: string;
  /** A frame that is none. */
  readonly garbage: string;
  /** The beginning of a frame that never ends. */
  readonly endless: string;
}

const line = (more: object, words = "", done = false): string =>
  `${JSON.stringify({ model: "m", created_at: "2026-11-21T10:00:00Z", message: { role: "assistant", content: words }, done, ...more })}\n`;
const event = (data: { readonly type: string } & Readonly<Record<string, unknown>>): string =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
const usage = { input_tokens: 3, output_tokens: 1 };
const begun = { id: "msg_1", type: "message", role: "assistant", model: "m", content: [], stop_reason: null, usage };

/** What nodes say, by dialect. */
export const nodes = {
  openai: {
    kind: "openai-compatible",
    type: "text/event-stream",
    start: roleFrame,
    text: (words) => chunk({ content: words }),
    end: finishFrames,
    garbage: "data: {broken\n\n",
    endless: "data: ",
  },
  ollama: {
    kind: "ollama",
    type: "application/x-ndjson",
    start: line({}),
    text: (words) => line({}, words),
    end: line({ done_reason: "stop", total_duration: 1, prompt_eval_count: 1, eval_count: 1 }, "", true),
    garbage: "{broken\n",
    endless: '{"message":"',
  },
  anthropic: {
    kind: "anthropic",
    type: "text/event-stream",
    start:
      event({ type: "message_start", message: begun }) +
      event({ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }),
    text: (words) => event({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: words } }),
    end:
      event({ type: "content_block_stop", index: 0 }) +
      event({ type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage }) +
      event({ type: "message_stop" }),
    garbage: "event: content_block_delta\ndata: {broken\n\n",
    endless: "event: content_block_delta\ndata: ",
  },
} as const satisfies Record<string, Spoken>;

/** What a client of a dialect can tell of an answer. */
interface Client {
  readonly path: string;
  /** How often an answer begins. */
  readonly begins: string;
  readonly ends: string;
  said(text: string): string;
  /** The error that ended it. */
  broken(text: string): string | undefined;
}

const linesOf = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((one) => JSON.parse(one));

/** What clients read, by dialect. */
export const clients = {
  openai: {
    path: "/v1/chat/completions",
    begins: '"role":"assistant"',
    ends: "[DONE]",
    said: saidIn,
    broken: (text) => {
      const last = eventsOf(text).at(-1) ?? "";
      return last === "[DONE]" ? undefined : JSON.parse(last).error?.message;
    },
  },
  ollama: {
    path: "/api/chat",
    begins: "",
    ends: '"done":true',
    said: (text) =>
      linesOf(text)
        .map(({ message }) => message?.content ?? "")
        .join(""),
    broken: (text) => linesOf(text).at(-1)?.error,
  },
  anthropic: {
    path: "/v1/messages",
    begins: '"type":"message_start"',
    ends: "message_stop",
    said: (text) => [...text.matchAll(/"text_delta","text":"((?:[^"\\]|\\.)*)"/g)].map(([, words]) => JSON.parse(`"${words}"`)).join(""),
    broken: (text) =>
      /event: error\ndata: (.*)\n\n$/
        .exec(text)
        ?.slice(1)
        .map((data) => JSON.parse(data).error?.message)[0],
  },
} as const satisfies Record<string, Client>;
