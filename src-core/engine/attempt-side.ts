// What an attempt is given, what it ends with, and what it and the kinds of answers ask of each other. Words only, so that neither needs the other's file.
import type { Usage } from "../contract/events.ts";
import type { Failure } from "../contract/failure.ts";
import type { NodeId } from "../contract/ids.ts";
import type { Task } from "../contract/route.ts";
import type { Wire } from "../dialects/wire.ts";
import type { ClientReply } from "./exchange.ts";
import type { Tail } from "./frames.ts";
import type { Gate } from "./gate.ts";
import type { CallOf, Clock, NodeAdapter, UpstreamCall, UpstreamHead } from "./ports.ts";
import type { Translation } from "./translated-answer.ts";

export interface AttemptInput extends CallOf {
  readonly node: NodeId;
  readonly adapter: NodeAdapter;
  readonly call: UpstreamCall;
  readonly wire: Wire;
  readonly task: Task;
  readonly reply: ClientReply;
  readonly clock: Clock;
  /** Puts whole frames or a whole body back as the client would have got them, had its own body been sent: the model's spelling, usage only on request. */
  readonly echo?: ((bytes: Buffer) => Buffer) | undefined;
  readonly limits: AttemptLimits;
  /** Judges the answer before it is released. */
  readonly gate?: Gate | undefined;
  /** The node speaks another dialect than the client, or its answer is repaired. `wire` is the client's then, and `echo` has nothing to do. */
  readonly translation?: Translation | undefined;
  /** The headers of the answer, the node's and ours; asked for once, when it is released. `whole`: all of it is known, also what it used. */
  headers(nodes: Readonly<Record<string, string>>, whole?: boolean, usage?: Usage): Record<string, string>;
  onFirstByte(): void;
  /** Asked once, when the first byte is overdue: how long a load on the node, of which nobody told us, may still take (F38). 0: it is no load. */
  loadPatienceMs(): number;
}

export interface AttemptLimits {
  readonly firstByteMs: number;
  /** When that has passed, the request's deadline has. */
  readonly firstByteIsDeadline: boolean;
  /** A profile's own limit for its model's answer, whatever arrives meanwhile: when it passes before anything was released, the next model is asked. */
  readonly answerMs: number | undefined;
  readonly betweenChunksMs: number;
  readonly clientStallMs: number;
}

/** A node's own error answer, kept so that a 4xx reaches the client as it was (F23); or a complete answer that its gate did not let pass. */
export interface HeldAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

export type AttemptEnd =
  | {
      readonly state: "answered";
      readonly outcome: "ok" | "incomplete";
      readonly status: number;
      readonly failure?: Failure;
      readonly usage: Usage | undefined;
    }
  | { readonly state: "client-gone"; readonly answered: boolean; readonly usage?: Usage | undefined }
  | ({ readonly state: "failed"; readonly failure: Failure; readonly ms: number; readonly held?: HeldAnswer } & Judged);

/** What a gate that held an answer back also knows: the body of a request that may do better, and what the answer cost. */
export interface Judged {
  readonly repair?: Buffer | undefined;
  readonly usage?: Usage | undefined;
}

/** One kind of answer as it arrives: a stream, a whole body, a refusal. It decides; its attempt acts. */
export interface Answer {
  onData(chunk: Buffer): boolean;
  onEnd(): void;
  /** Tokens so far, for an answer that breaks. */
  usageSoFar(): Usage | undefined;
}

/** What an answer may ask of its attempt. Everything after `done`, `fail` or `break` is ignored. */
export interface AttemptSide {
  readonly input: AttemptInput;
  readonly head: UpstreamHead;
  /** The last parts that were released. */
  readonly tail: Tail;
  readonly committed: boolean;
  /** Milliseconds since the commit. */
  sinceCommit(): number;
  /** The first byte is about to be released: from here no other node can be tried. Sends the head. */
  commit(): void;
  /** A whole answer at once: commits, releases, is done. */
  answer(body: Buffer, usage: Usage | undefined): void;
  /** Releases whole frames or a part of a body. False while the client reads too slowly. */
  write(part: Buffer): boolean;
  /** The answer is complete; `last` is released with its end. */
  done(usage: Usage | undefined, last?: Buffer): void;
  /** Before the commit: the attempt failed and nobody has seen anything. */
  fail(failure: Failure, held?: HeldAnswer, judged?: Judged): void;
  /** After the commit: told inside the stream, without a terminator. `told`: the node told it already, in a whole frame. */
  break(failure: Failure, told?: boolean): void;
}
