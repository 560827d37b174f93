// One request under way: what the router's loop carries besides the session, and the headers that tell its story.
import type { NodeId } from "../contract/ids.ts";
import type { RouteDecision } from "../contract/route.ts";
import { newSession, type Session } from "../domain/session.ts";
import type { HeldAnswer } from "./attempt.ts";
import type { ClientReply, InferenceCall } from "./exchange.ts";
import type { Placed } from "./roster.ts";
import type { Ticket } from "./waiting-room.ts";

export interface Course extends Placed {
  readonly call: InferenceCall;
  readonly reply: ClientReply;
  session: Session;
  ticket: Ticket | undefined;
  /** Set while something can be given up: a wait, a load, an upstream call. */
  giveUp: (() => void) | undefined;
  gone: boolean;
  attempts: number;
  coldLoadMs: number | undefined;
  decision: RouteDecision | undefined;
  node: NodeId | undefined;
  model: string | undefined;
  held: HeldAnswer | undefined;
  firstByteMs: number | undefined;
}

/** A request at its beginning. Every field is named, so that all courses have one shape. */
export function newCourse(call: InferenceCall, reply: ClientReply): Course {
  return {
    place: -1,
    call,
    reply,
    session: newSession(call.facts),
    ticket: undefined,
    giveUp: undefined,
    gone: false,
    attempts: 0,
    coldLoadMs: undefined,
    decision: undefined,
    node: undefined,
    model: undefined,
    held: undefined,
    firstByteMs: undefined,
  };
}

/** On every answer: who served it, after how many attempts, and why there. */
export function ownHeaders(course: Course): Record<string, string> {
  const headers: Record<string, string> = { "x-homeport-request": course.call.facts.id, "x-homeport-attempts": String(course.attempts) };
  if (course.node !== undefined) headers["x-homeport-node"] = course.node;
  if (course.model !== undefined) headers["x-homeport-model"] = asHeader(course.model);
  if (course.decision !== undefined) headers["x-homeport-decided-by"] = course.decision.decidedBy;
  if (course.coldLoadMs !== undefined) headers["x-homeport-cold-load-ms"] = String(Math.round(course.coldLoadMs));
  return headers;
}

/** Model names may hold any letter; header values may not. */
export function asHeader(value: string): string {
  return /^[\x20-\x7e]+$/.test(value) ? value : encodeURIComponent(value);
}
