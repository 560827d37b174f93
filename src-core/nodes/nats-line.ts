// What calls over NATS have in common: whom they go to, what is said where nobody listens, and JSON in and out.
import { type Failure, fail } from "../contract/failure.ts";
import type { NatsRoute } from "../engine/ports.ts";

/** A worker as its calls see it. */
export interface NatsLine extends NatsRoute {
  readonly node: string;
}

/** Why nothing can be sent now: the server is away, or took nothing. */
export function notSent({ link, node }: NatsLine): Failure {
  const state = link.state();
  const why = state.state === "away" ? state.because.message : "NATS is not connected yet.";
  return fail("connect-failed", `${node} cannot be reached: ${why}`);
}

/** The server's own answer where no worker has subscribed (503): told at once, nothing is waited for. */
export function nobodyListens({ node, subject }: NatsLine): Failure {
  return fail("connect-failed", `Nobody listens on ${subject}. Is the worker on ${node} running, and connected to NATS?`);
}

export function jsonBytes(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

/** Bytes as a JSON value; undefined where they are none. */
export function jsonIn(data: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("utf8"));
  } catch {
    return undefined;
  }
}
