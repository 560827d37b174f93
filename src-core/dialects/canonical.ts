// The one small form between dialects: what a chat asks, what it answers, and an answer as it comes. Every dialect decodes into it and encodes
// from it; what a dialect cannot say is named, never lost in silence. Plain readonly data; JSON arguments stay the text they came as.
import type { Failure } from "../contract/failure.ts";

/** Bytes as base64, or an address that only the ingress may fetch (S-40 to S-42). */
export type ImageSource =
  | { readonly kind: "data"; readonly mediaType: string; readonly base64: string }
  | { readonly kind: "url"; readonly url: string };

export type Part =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image"; readonly source: ImageSource }
  /** A model's reasoning. `signature` and `redacted` are Anthropic's: opaque, handed back unchanged. */
  | { readonly type: "thinking"; readonly text: string; readonly signature?: string | undefined; readonly redacted?: string | undefined }
  /** `arguments`: JSON text as the model wrote it, which may not be JSON at all. */
  | { readonly type: "tool-call"; readonly id: string; readonly name: string; readonly arguments: string }
  | {
      readonly type: "tool-result";
      readonly id: string;
      /** Ollama names the tool instead of the call. */
      readonly name?: string | undefined;
      readonly parts: readonly Part[];
      readonly isError?: boolean | undefined;
    };

/** A tool's results stand in messages of the user, as Anthropic has them; dialects with a role `tool` split them off. */
export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly parts: readonly Part[];
  readonly name?: string | undefined;
}

export interface Tool {
  readonly name: string;
  readonly description?: string | undefined;
  /** A JSON Schema. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly strict?: boolean | undefined;
}

export type ToolChoice = "auto" | "none" | "required" | { readonly name: string };

export type Format =
  | { readonly type: "json" }
  | {
      readonly type: "schema";
      readonly schema: Readonly<Record<string, unknown>>;
      readonly name?: string | undefined;
      readonly strict?: boolean | undefined;
    };

export type Effort = "none" | "minimal" | "low" | "medium" | "high";

/** Numbers as the client gave them; absent means the node's own default. */
export interface Sampling {
  readonly maxTokens?: number | undefined;
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly topK?: number | undefined;
  readonly minP?: number | undefined;
  readonly seed?: number | undefined;
  readonly stop?: readonly string[] | undefined;
  readonly presencePenalty?: number | undefined;
  readonly frequencyPenalty?: number | undefined;
  readonly repeatPenalty?: number | undefined;
}

export interface ChatRequest extends Sampling {
  readonly model: string;
  readonly stream: boolean;
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice | undefined;
  readonly parallelTools?: boolean | undefined;
  readonly format?: Format | undefined;
  /** How much the model shall think; `budgetTokens` is Anthropic's, `effort` OpenAI's, true or false Ollama's (`medium`, `none`). */
  readonly reasoning?: { readonly effort?: Effort | undefined; readonly budgetTokens?: number | undefined } | undefined;
  readonly logprobs?: { readonly top?: number | undefined } | undefined;
  /** Answers wanted; more than one exists in OpenAI only. */
  readonly choices?: number | undefined;
  /** The client asked for usage at the end of its stream (OpenAI's `stream_options.include_usage`). */
  readonly wantsUsage?: boolean | undefined;
  readonly user?: string | undefined;
  /** Ollama's own, handed to Ollama nodes only. */
  readonly keepAlive?: string | number | undefined;
  readonly contextTokens?: number | undefined;
  /** A single text to go on with, instead of messages (`/v1/completions`, `/api/generate` raw): `suffix` for filling in. */
  readonly completion?: { readonly prompt: string; readonly suffix?: string | undefined; readonly raw?: boolean | undefined } | undefined;
}

export type Finish = "stop" | "length" | "tool-calls" | "content-filter" | "refusal";

/** Absent is unknown. `input` counts everything read, cached parts included. */
export interface Tokens {
  readonly input?: number | undefined;
  readonly output?: number | undefined;
  readonly cacheRead?: number | undefined;
  readonly cacheWrite?: number | undefined;
  readonly reasoning?: number | undefined;
  /** Counted by us because the node did not say. */
  readonly estimated?: boolean | undefined;
  /** Output tokens per second, as the node measured them. */
  readonly perSecond?: number | undefined;
}

export interface ChatReply {
  readonly id: string;
  readonly model: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly parts: readonly Part[];
  readonly finish: Finish;
  /** The stop text that ended it, where the dialect tells. */
  readonly stopText?: string | undefined;
  readonly tokens: Tokens;
  /** OpenAI's shape, handed on where both sides know it. */
  readonly logprobs?: unknown;
}

/** One step of an answer. The order is: start, then parts, then finish, tokens at any time, end last; error instead of end. */
export type ChatEvent =
  | { readonly type: "start"; readonly id: string; readonly model: string; readonly createdAt: number }
  | { readonly type: "text"; readonly text: string; readonly logprobs?: unknown }
  | { readonly type: "thinking"; readonly text: string }
  /** Ends the thinking before it. */
  | { readonly type: "thinking-signature"; readonly signature: string }
  | { readonly type: "thinking-redacted"; readonly data: string }
  /** Calls are counted from 0 in the order they begin; several may be open at once. */
  | { readonly type: "tool-call"; readonly index: number; readonly id: string; readonly name: string }
  | { readonly type: "tool-arguments"; readonly index: number; readonly text: string }
  | { readonly type: "finish"; readonly finish: Finish; readonly stopText?: string | undefined }
  | { readonly type: "tokens"; readonly tokens: Tokens }
  | { readonly type: "end" }
  | { readonly type: "error"; readonly failure: Failure };

/** What was read from a client's body. `dropped`: names of fields that this form cannot carry. */
export type DecodedRequest = { readonly request: ChatRequest; readonly dropped: readonly string[] } | { readonly failure: Failure };

/** A request in a node's own words. `failure`: dropping something would change what is meant (images, tools, a schema). */
export type EncodedRequest =
  | { readonly path: string; readonly body: Readonly<Record<string, unknown>>; readonly dropped: readonly string[] }
  | { readonly failure: Failure };

/** Reads a stream frame by frame. A frame is whole, without its end; how bytes were cut never shows here. */
export interface StreamDecoder {
  push(frame: string): readonly ChatEvent[];
  /** The bytes have ended: what is still owed, an error where the terminator was never seen. */
  end(): readonly ChatEvent[];
}

/** Says an answer in a client's dialect. */
export interface StreamEncoder {
  /** Frames with their ends; "" where this event says nothing yet. */
  push(event: ChatEvent): string;
}

/** What an encoder of replies and streams must know of the client's call. */
export interface EncodingContext {
  /** As the client spelled it. */
  readonly model: string;
  readonly requestId: string;
  readonly now: number;
  readonly wantsUsage: boolean;
  /** An estimate for dialects that tell the prompt's size before the answer (Anthropic's `message_start`). */
  readonly promptTokens: number;
  /** The client asked for a text to be gone on with (`/v1/completions`, `/api/generate`): its answers have a shape of their own. */
  readonly completion?: boolean | undefined;
  /** Milliseconds since the request was sent, for dialects that tell how long an answer took. Unknown where absent. */
  readonly elapsedMs?: (() => number) | undefined;
  /** The client's body, for a dialect that says it back (Responses). */
  readonly asked?: unknown;
}

/** One dialect, both ways. Pure; nothing throws on any input. */
export interface ChatDialect {
  decodeRequest(body: unknown): DecodedRequest;
  encodeRequest(request: ChatRequest): EncodedRequest;
  decodeReply(body: unknown, now: number): ChatReply | { readonly failure: Failure };
  encodeReply(reply: ChatReply, context: EncodingContext): Readonly<Record<string, unknown>>;
  streamDecoder(now: number): StreamDecoder;
  streamEncoder(context: EncodingContext): StreamEncoder;
}
