// Messages of the official client as ours, and why one had no answer, in words.
import type { Msg, MsgHdrs } from "@nats-io/transport-node";
import { type Failure, fail } from "../contract/failure.ts";
import type { NatsMessage, NatsSend } from "../engine/nats-port.ts";
import type { Client } from "./nats-connection.ts";

/** `publish`: how an answer goes out. */
export function heardMessage(message: Msg, publish: (subject: string, data: Uint8Array) => unknown): NatsMessage {
  const { subject, data, reply } = message;
  const inbox = reply === "" ? undefined : reply;
  return {
    subject,
    data,
    reply: inbox,
    header: (name) => message.headers?.get(name) || undefined,
    respond: (answer) => {
      if (inbox !== undefined) publish(inbox, answer);
    },
  };
}

export function headersOf({ core }: Client, send: NatsSend | undefined): MsgHdrs | undefined {
  if (send?.headers === undefined) return undefined;
  const headers = core.headers();
  for (const [name, value] of Object.entries(send.headers)) headers.set(name, value);
  return headers;
}

interface Asked {
  readonly subject: string;
  readonly timeoutMs: number;
  readonly server: string;
}

export function whyUnanswered({ core }: Client, error: unknown, { subject, timeoutMs, server }: Asked): Failure {
  if (error instanceof core.TimeoutError)
    return fail("first-byte-timeout", `Nobody answered on ${subject} within ${Math.round(timeoutMs)} ms.`);
  if (error instanceof core.RequestError && error.isNoResponders())
    return fail("connect-failed", `Nobody listens on ${subject}: the worker is not running, or not connected to NATS.`);
  return fail("connect-failed", `NATS at ${server} did not take the message for ${subject}: ${wordOf(error)}.`);
}

export function noJetStream(server: string): string {
  return `The NATS server ${server} runs without JetStream. Start it with -js to keep values there.`;
}

export function wordOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : "unknown";
}
