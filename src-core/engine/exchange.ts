// The seam between the doors (ingress) and the engine: one client call going in, one reply coming out. No HTTP types: tests use memory.
import type { Failure } from "../contract/failure.ts";
import type { RequestFacts } from "../contract/route.ts";

/** The byte span of the top-level `model` value in a JSON body, quotes included: [start, end). */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One inference call, checked and reduced to facts. The body is kept as received and passed on untouched wherever it may be. */
export interface InferenceCall {
  readonly facts: RequestFacts;
  readonly method: "POST";
  /** Only what may pass to a node (S-20). Lower-case names. Without content-length. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly modelSpan: Span;
  /** A stream whose client said nothing of usage: a node that tells it on request may be asked. */
  readonly mayWishForUsage?: boolean | undefined;
  /** The answer this one goes on from, which the body no longer names: it holds all of it (Responses). */
  readonly previousResponse?: string | undefined;
}

/**
 * The client's side of a reply. `head` once, then `write` and one `end`. After the client has gone every method is a no-op.
 * Exactly one of `end` and `destroy` finishes it.
 */
export interface ClientReply {
  /** True once `head` was called: from then on a failure can only be told inside the stream. */
  readonly headSent: boolean;
  head(status: number, headers: Readonly<Record<string, string>>): void;
  /** False when the client reads slowly: pause the node until `onDrain` calls back. */
  write(chunk: Buffer): boolean;
  onDrain(callback: () => void): void;
  end(chunk?: Buffer): void;
  /** Cuts the connection: for a client that stalls. */
  destroy(): void;
  /** Fires once when the client leaves before the reply ended; at once if it has left already. */
  onGone(callback: () => void): void;
}

/** Writes a whole failure as a reply in the client's dialect. Supplied by ingress, which owns the dialect's error shapes. */
export type RefuseWith = (reply: ClientReply, failure: Failure, headers: Readonly<Record<string, string>>) => void;
