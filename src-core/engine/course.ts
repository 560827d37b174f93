// One request under way: what the router's loop carries besides the session, and the headers that tell its story.
import type { Failure } from "../contract/failure.ts";
import type { NodeId } from "../contract/ids.ts";
import type { Dialect } from "../contract/node-kinds.ts";
import type { Candidate, Resolution, RouteDecision } from "../contract/route.ts";
import { afterFailure, newSession, type Session } from "../domain/session.ts";
import type { HeldAnswer } from "./attempt-side.ts";
import type { ClientReply, InferenceCall } from "./exchange.ts";
import type { Placed } from "./roster.ts";
import type { Ticket } from "./waiting-room.ts";

export interface Course extends Placed {
  /** Another one where pictures were fetched into it. */
  call: InferenceCall;
  readonly reply: ClientReply;
  session: Session;
  ticket: Ticket | undefined;
  /** Set while something can be given up: a wait, a load, an upstream call. */
  giveUp: (() => void) | undefined;
  gone: boolean;
  attempts: number;
  coldLoadMs: number | undefined;
  /** How long it waited for machines to wake. */
  wakeMs: number | undefined;
  decision: RouteDecision | undefined;
  node: NodeId | undefined;
  model: string | undefined;
  /** The node's own words of the latest failure. */
  held: HeldAnswer | undefined;
  /** The first whole answer that was turned away (refused): better than none, when every model does the same. */
  refused: { readonly answer: HeldAnswer; readonly node: NodeId; readonly model: string } | undefined;
  firstByteMs: number | undefined;
  /** Where it stood when it began to wait for a slot, and how long that was expected to take (an estimate). */
  queued: { readonly position: number; readonly since: number; readonly expectedMs: number | undefined } | undefined;
  queuedMs: number;
  /** Set while the latest attempt's node speaks another dialect than the client. */
  translation: { readonly spoken: Dialect; readonly dropped: readonly string[] } | undefined;
  /** Messages that the latest attempt leaves out, so that its model's context holds the rest. */
  leftOut: number | undefined;
  /** The node that answers is not in the house. */
  inCloud: boolean;
  /** When the client is told that it still waits (the monotonic clock); undefined while it needs no telling. */
  signDueAt: number | undefined;
  /** It is counted as a retry (R-2). */
  retrying: boolean;
}

/** A request at its beginning. Every field is named, so that all courses have one shape. */
export function newCourse(
  call: InferenceCall,
  reply: ClientReply,
  resolution: Resolution | undefined,
  affinity: string | undefined,
): Course {
  return {
    place: -1,
    call,
    reply,
    session: newSession(call.facts, resolution, affinity),
    ticket: undefined,
    giveUp: undefined,
    gone: false,
    attempts: 0,
    coldLoadMs: undefined,
    wakeMs: undefined,
    decision: undefined,
    node: undefined,
    model: undefined,
    held: undefined,
    refused: undefined,
    firstByteMs: undefined,
    queued: undefined,
    queuedMs: 0,
    translation: undefined,
    leftOut: undefined,
    inCloud: false,
    signDueAt: undefined,
    retrying: false,
  };
}

/** What went wrong on a node is the session's to weigh. `ms`: how long it took to go wrong. */
export function failedOn(course: Course, { node, model }: Candidate, failure: Failure, ms?: number): void {
  course.session = afterFailure(course.session, { failure, node, model, ms });
}

/** On every answer: who served it, after how many attempts, and why there. Added to `headers`, over whatever stands there. */
export function ownHeaders(course: Course, headers: Record<string, string> = {}): Record<string, string> {
  headers["x-homeport-request"] = course.call.facts.id;
  headers["x-homeport-attempts"] = String(course.attempts);
  if (course.node !== undefined) headers["x-homeport-node"] = course.node;
  if (course.inCloud) headers["x-homeport-place"] = "cloud";
  if (course.model !== undefined) headers["x-homeport-model"] = asHeader(course.model);
  if (course.decision !== undefined) headers["x-homeport-decided-by"] = course.decision.decidedBy;
  if (course.coldLoadMs !== undefined) headers["x-homeport-cold-load-ms"] = String(Math.round(course.coldLoadMs));
  if (course.wakeMs !== undefined) headers["x-homeport-wake-ms"] = String(Math.round(course.wakeMs));
  if (course.queued !== undefined) {
    headers["x-homeport-queue-position"] = String(course.queued.position);
    headers["x-homeport-queued-ms"] = String(Math.round(course.queuedMs));
    if (course.queued.expectedMs !== undefined) headers["x-homeport-expected-wait-ms"] = String(course.queued.expectedMs);
  }
  if (course.translation !== undefined) {
    headers["x-homeport-translated"] = `${course.call.facts.dialect} to ${course.translation.spoken}`;
    if (course.translation.dropped.length > 0) headers["x-homeport-dropped"] = asHeader(course.translation.dropped.join(", "));
  }
  if (course.leftOut !== undefined) headers["x-homeport-rescued"] = `dropped ${course.leftOut} messages`;
  const { resolution } = course.session;
  if (resolution.profile !== undefined) headers["x-homeport-profile"] = resolution.profile;
  if (resolution.rule !== undefined) headers["x-homeport-rule"] = resolution.rule;
  return headers;
}

/** As `ownHeaders`, for an answer that says that every model of a chain failed: the attempts are told one by one. */
export function failureHeaders(course: Course): Record<string, string> {
  const headers = ownHeaders(course);
  if (course.session.resolution.chain.length > 1) headers["x-homeport-attempts"] = attemptsOf(course);
  return headers;
}

/** The failure that is told, with what was tried before, for who reads it. */
export function withAttempts(failure: Failure, { session }: Course): Failure {
  if (session.failures.length === 0) return failure;
  const attempts = session.failures.map(({ node, model, failure: { kind, message }, ms }) => ({
    node,
    model,
    because: kind,
    says: message,
    ms,
  }));
  return { ...failure, attempts };
}

/** The number of upstream calls, and each failure with where and why: `2; a/big=answer-timeout 8001ms, b/big=refused 90ms`. */
function attemptsOf({ attempts, session }: Course): string {
  if (session.failures.length === 0) return String(attempts);
  const log = session.failures.map(({ node, model, failure, ms }) => {
    const where = node === undefined ? "" : `${node}/${model ?? ""}=`;
    return `${where}${failure.kind}${ms === undefined ? "" : ` ${Math.round(ms)}ms`}`;
  });
  return asHeader(`${attempts}; ${log.join(", ")}`.slice(0, longestLog));
}

/** A header is no place for a story. */
const longestLog = 1_000;

/** Model names may hold any letter; header values may not. */
export function asHeader(value: string): string {
  return /^[\x20-\x7e]+$/.test(value) ? value : encodeURIComponent(value);
}
