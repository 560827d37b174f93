// What the load says: one client's words for the same question, and how its stream is read.
import { benchModel } from "./upstream.ts";

export interface Speech {
  readonly path: string;
  readonly body: (stream: boolean) => string;
  /** Stands right before the stamp in every event of a stream. */
  readonly mark: string;
  /** Tells a stream that was ended from one that broke. */
  readonly end: string;
}

const short = "Say something that is neither long nor short. ".repeat(10);
const messages = (text: string) => [{ role: "user", content: text }];

/** The client and the nodes share this dialect: bytes pass. */
export const sameDialect: Speech = {
  path: "/v1/chat/completions",
  body: (stream) => JSON.stringify({ model: benchModel, messages: messages(short), stream }),
  mark: '"content":"@',
  end: "[DONE]",
};

/** The nodes do not speak this one: every event is translated. */
export const otherDialect: Speech = {
  path: "/v1/messages",
  body: (stream) => JSON.stringify({ model: benchModel, max_tokens: 1024, messages: messages(short), stream }),
  mark: '"text":"@',
  end: "message_stop",
};

/** As `sameDialect`, with a prompt of 200 KB. */
export const longPrompt: Speech = {
  ...sameDialect,
  body: (stream) => JSON.stringify({ model: benchModel, messages: messages("All work and no play. ".repeat(9_091)), stream }),
};
