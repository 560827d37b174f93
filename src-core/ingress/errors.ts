// A failure as a whole answer in the client's own dialect: status from the one table, the wait in Retry-After, always JSON (S-13).
import { type Failure, statusOf } from "../contract/failure.ts";
import type { Dialect } from "../contract/node-kinds.ts";
import { wires } from "../dialects/wires.ts";
import type { ClientReply, RefuseWith } from "../engine/exchange.ts";

/** Statuses that HTTP has and the failure table, which is about models, has not. */
export type DoorStatus = 408 | 415 | 431;

/** The reply of a door: it knows which dialect its client speaks and what its request is called. */
export interface DoorReply extends ClientReply {
  readonly id: string;
  readonly dialect: Dialect;
}

/** Writes the failure and ends the reply. Does nothing once a head was sent: then only the stream can tell. */
export function refuse(reply: DoorReply, failure: Failure, headers: Readonly<Record<string, string>> = {}, status?: DoorStatus): void {
  write(reply, reply.dialect, reply.id, failure, headers, status ?? statusOf(failure));
}

/** The engine's way to refuse: it knows replies only as `ClientReply`, so the dialect is read off the reply itself. */
export const refuseWith: RefuseWith = (reply, failure, headers) => {
  const dialect = "dialect" in reply ? asDialect(reply.dialect) : "openai";
  write(reply, dialect, headers["x-homeport-request"] ?? "", failure, headers, statusOf(failure));
};

function asDialect(value: unknown): Dialect {
  return value === "ollama" || value === "anthropic" ? value : "openai";
}

function write(
  reply: ClientReply,
  dialect: Dialect,
  id: string,
  failure: Failure,
  headers: Readonly<Record<string, string>>,
  status: number,
): void {
  if (reply.headSent) return;
  const all: Record<string, string> = { ...headers, "content-type": "application/json; charset=utf-8" };
  // Whole seconds, rounded up: a client that waits exactly as long as told must not come early.
  if (failure.retryAfterMs !== undefined) all["retry-after"] = String(Math.max(1, Math.ceil(failure.retryAfterMs / 1000)));
  reply.head(status, all);
  reply.end(Buffer.from(wires[dialect].failureBody(failure, id)));
}
