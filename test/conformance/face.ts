// What the matrix asks of every official client, and what it hears: one small form, so that a row is written once for all of them.
import type { Dialect } from "../../src-core/contract/node-kinds.ts";

export const rows = [
  "plain",
  "stream",
  "tools",
  "parallel tools",
  "images",
  "reasoning",
  "json schema",
  "embeddings",
  "abort",
  "error before bytes",
  "error mid-stream",
  "cold load of 20 s",
] as const;
export type Row = (typeof rows)[number];

/** A tool, or the JSON Schema of an answer. */
export interface Schema {
  readonly type: "object";
  readonly properties: Readonly<Record<string, { readonly type: "string" | "number" }>>;
  readonly required: string[];
  readonly additionalProperties: false;
}

export interface HeardCall {
  readonly id: string;
  readonly name: string;
  /** Parsed: what a program would call its function with. */
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface Ask {
  readonly model: string;
  readonly text: string;
  readonly tools?: readonly { readonly name: string; readonly description: string; readonly parameters: Schema }[];
  /** PNG, base64. */
  readonly image?: string;
  readonly thinks?: boolean;
  readonly schema?: Schema;
  /** The model's calls of the turn before, and what the tools said to each. */
  readonly called?: readonly { readonly call: HeardCall; readonly result: string }[];
  /** Whether the counts are asked for, where a client has the choice. */
  readonly usage?: boolean;
}

export interface Heard {
  readonly text: string;
  readonly thinking: string;
  readonly calls: readonly HeardCall[];
  /** In the client's own word. */
  readonly finish: string | undefined;
  readonly input: number | undefined;
  readonly output: number | undefined;
  /** In how many pieces the text came; 1 for a whole answer. */
  readonly pieces: number;
}

/** Told at every piece of text; `leave` aborts as the client's own method does. */
export type OnText = (leave: () => void) => void;

/** An error as the client's library throws it. `typed`: it is the class for exactly this status. */
export interface Refusal {
  readonly typed: boolean;
  readonly status: number | undefined;
  readonly message: string;
}

/** One way to ask of one official client. */
export interface Face {
  whole(ask: Ask): Promise<Heard>;
  stream(ask: Ask, onText?: OnText): Promise<Heard>;
  embed?(model: string, inputs: readonly string[]): Promise<readonly (readonly number[])[]>;
  /** How the library would show this error. */
  refusal(error: unknown): Refusal;
}

/** A face before it is pointed at a gateway. */
export interface FaceKind {
  readonly name: string;
  readonly dialect: Dialect;
  /** What it says of an answer that ended by itself, and of one that calls tools. */
  readonly finishes: { readonly stop: string; readonly calls: string };
  /** What stands in the bytes of a sign of life, which the library shows to nobody. */
  readonly sign: string;
  /** Rows that it has no words for. */
  readonly lacks: Readonly<Partial<Record<Row, string>>>;
  readonly at: (url: string, tapped: typeof fetch) => Face;
}

/** Words collected from the pieces of a stream. */
export class Listener {
  text = "";
  thinking = "";
  pieces = 0;
  finish: string | undefined;
  input: number | undefined;
  output: number | undefined;
  readonly calls: HeardCall[] = [];
  readonly #onText: OnText | undefined;

  constructor(onText?: OnText) {
    this.#onText = onText;
  }

  says(text: string | null | undefined, leave: () => void): void {
    if (text === undefined || text === null || text === "") return;
    this.text += text;
    this.pieces += 1;
    this.#onText?.(leave);
  }

  heard(): Heard {
    const { text, thinking, pieces, finish, input, output, calls } = this;
    return { text, thinking, pieces, finish, input, output, calls };
  }
}
