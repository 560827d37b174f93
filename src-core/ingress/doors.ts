// What the doors need of the house behind them. The composition root supplies it from the engine; tests supply a double.
import type { Push, Reply, UsageState } from "../contract/api.ts";
import type { Config } from "../contract/config.ts";
import type { Failure } from "../contract/failure.ts";
import type { Fleet } from "../contract/fleet.ts";
import type { NodeId } from "../contract/ids.ts";
import type { ClientKey } from "../contract/routing.ts";
import type { Entry } from "../engine/client-limits.ts";
import type { ClientReply, InferenceCall } from "../engine/exchange.ts";
import type { ResponseStore } from "../engine/response-store.ts";

/** A destructive Ollama call that the configuration lets through (S-08). The body goes as it came. */
export interface ForwardedCall {
  readonly method: "POST" | "DELETE" | "HEAD";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The engine as the gateway port sees it. */
export interface Gate {
  /** This gateway's name among gateways; a request that came through it already is refused. */
  readonly instance?: string | undefined;
  config(): Config;
  fleet(): Fleet;
  /** Epoch milliseconds. */
  now(): number;
  /** Answers through `reply`, exactly once, whatever happens; never rejects. */
  route(call: InferenceCall, reply: ClientReply): void | Promise<void>;
  /** Ollama's `/api/show` for a model: from a node that lists it and is up, else from memory. */
  show(model: string, verbose: boolean): Promise<{ readonly body: unknown } | { readonly failure: Failure }>;
  /** Counts a request of a client key in, and returns the function that counts it out, or why it has to wait. Absent: nothing is limited. */
  enter?(client: ClientKey): Entry | Promise<Entry>;
  /** Answers to `/v1/responses` kept for their clients; it outlives the port. */
  readonly responses: ResponseStore;
  /** Prometheus exposition. */
  metrics(): Promise<string>;
  /** Sends a call to one Ollama node and its answer back. Absent: such calls are refused with the node's own address. */
  forward?(call: ForwardedCall, node: NodeId, reply: ClientReply): void;
}

/** The engine as the control port sees it: the contract's engine half. */
export interface ControlGate {
  dispatch(method: string, input: unknown): Promise<Reply>;
  /** First push is a snapshot. Returns the function that stops. */
  listen(onPush: (push: Push) => void): () => void;
  /** The usage stream: the present state at once, then changes. Returns the function that stops. */
  usage(onState: (state: UsageState) => void): () => void;
}

/** Hears of bugs: exceptions that a door caught so that the process lives on. */
export type OnBug = (error: unknown, where: string) => void;
