// What can go wrong, as values, and THE table: status, what a failure counts against, and what is tried next are decided here and nowhere else.
import { z } from "zod";
import { ModelId, NodeId } from "./ids.ts";

export const FailureKind = z.enum([
  "invalid-request",
  "too-large",
  "unauthorized",
  "forbidden",
  "not-found",
  "method-not-allowed",
  "unknown-model",
  "unknown-response",
  "context-too-long",
  "over-budget",
  "over-limit",
  "cloud-not-allowed",
  "overloaded",
  "no-candidate",
  "deadline-exceeded",
  "cancelled",
  "connect-failed",
  "upstream-unavailable",
  "first-byte-timeout",
  "upstream-rate-limited",
  "upstream-busy",
  "upstream-misconfigured",
  "upstream-lacks-model",
  "upstream-unable",
  "upstream-rejected",
  "malformed-reply",
  "bad-upstream-event",
  "stream-broken",
  "interrupted",
  "load-failed",
  "out-of-memory",
  "pull-failed",
  "disk-full",
  "does-not-fit",
  "answer-timeout",
  "refused",
  "schema-mismatch",
  "empty-answer",
  "unsupported",
  "paused",
  "loop",
  "internal",
]);
export type FailureKind = z.infer<typeof FailureKind>;

/** One node's reason for not serving a request, in words a person can act on. */
export const NodeReason = z.object({ node: NodeId, model: ModelId.optional(), because: z.string(), says: z.string() }).readonly();
export type NodeReason = z.infer<typeof NodeReason>;

/** One failed attempt of a request. `ms`: how long it took. */
export const TriedAttempt = z
  .object({ node: NodeId.optional(), model: ModelId.optional(), because: z.string(), says: z.string(), ms: z.number().optional() })
  .readonly();
export type TriedAttempt = z.infer<typeof TriedAttempt>;

/**
 * A failure is returned, never thrown. `message` is a whole sentence for a person: what happened, on which node, what to do.
 * `status` is set only for `upstream-rejected` (the node's own status); `retryAfterMs` is a length, present when waiting can help.
 */
export const Failure = z
  .object({
    kind: FailureKind,
    message: z.string(),
    node: NodeId.optional(),
    model: ModelId.optional(),
    status: z.number().int().optional(),
    retryAfterMs: z.number().optional(),
    field: z.string().optional(),
    reasons: z.array(NodeReason).readonly().optional(),
    near: z.array(z.string()).readonly().optional(),
    /** Everything that was tried for this request, in order. */
    attempts: z.array(TriedAttempt).readonly().optional(),
    detail: z.string().optional(),
    /** So often a worker was given this request and was gone before it answered (F69). */
    lost: z.number().int().positive().optional(),
  })
  .readonly();
export type Failure = z.infer<typeof Failure>;

/** What a failure is held against: the node's breaker, this model on this node, a pause the node asked for, its inventory, or nobody. */
export type Against = "breaker" | "model" | "pause" | "inventory" | "nobody";
/** `next-model`: another node would say the same; the next link of the chain may not. Without one it ends the request. */
export type TryNext = "other-node" | "next-model" | "stop";

interface FailureRule {
  /** HTTP status when we are the one who answers. */
  readonly status: number;
  readonly against: Against;
  readonly next: TryNext;
  /** OpenAI `type` and `code`; Anthropic and Ollama shapes are derived from the status. */
  readonly type: string;
  readonly code: string;
}

export const failureTable: Readonly<Record<FailureKind, FailureRule>> = {
  "invalid-request": { status: 400, against: "nobody", next: "stop", type: "invalid_request_error", code: "invalid_request" },
  "too-large": { status: 413, against: "nobody", next: "stop", type: "invalid_request_error", code: "request_too_large" },
  unauthorized: { status: 401, against: "nobody", next: "stop", type: "authentication_error", code: "invalid_api_key" },
  forbidden: { status: 403, against: "nobody", next: "stop", type: "permission_error", code: "forbidden" },
  "not-found": { status: 404, against: "nobody", next: "stop", type: "not_found_error", code: "not_found" },
  "method-not-allowed": { status: 405, against: "nobody", next: "stop", type: "invalid_request_error", code: "method_not_allowed" },
  "unknown-model": { status: 404, against: "nobody", next: "stop", type: "not_found_error", code: "model_not_found" },
  "unknown-response": { status: 400, against: "nobody", next: "stop", type: "invalid_request_error", code: "previous_response_not_found" },
  "context-too-long": {
    status: 400,
    against: "nobody",
    next: "next-model",
    type: "invalid_request_error",
    code: "context_length_exceeded",
  },
  "over-budget": { status: 429, against: "nobody", next: "next-model", type: "insufficient_quota", code: "insufficient_quota" },
  "over-limit": { status: 429, against: "nobody", next: "stop", type: "rate_limit_error", code: "rate_limit_exceeded" },
  "cloud-not-allowed": { status: 403, against: "nobody", next: "next-model", type: "permission_error", code: "cloud_not_allowed" },
  overloaded: { status: 429, against: "nobody", next: "other-node", type: "rate_limit_error", code: "rate_limit_exceeded" },
  "no-candidate": { status: 503, against: "nobody", next: "stop", type: "server_error", code: "service_unavailable" },
  "deadline-exceeded": { status: 504, against: "nobody", next: "stop", type: "server_error", code: "deadline_exceeded" },
  cancelled: { status: 499, against: "nobody", next: "stop", type: "server_error", code: "cancelled" },
  "connect-failed": { status: 502, against: "breaker", next: "other-node", type: "server_error", code: "upstream_connection_error" },
  "upstream-unavailable": { status: 502, against: "breaker", next: "other-node", type: "server_error", code: "upstream_error" },
  "first-byte-timeout": { status: 504, against: "breaker", next: "other-node", type: "server_error", code: "upstream_timeout" },
  "upstream-rate-limited": { status: 429, against: "pause", next: "other-node", type: "rate_limit_error", code: "rate_limit_exceeded" },
  "upstream-busy": { status: 503, against: "pause", next: "other-node", type: "server_error", code: "upstream_busy" },
  "upstream-misconfigured": { status: 502, against: "pause", next: "other-node", type: "server_error", code: "upstream_misconfigured" },
  "upstream-lacks-model": { status: 404, against: "inventory", next: "other-node", type: "not_found_error", code: "model_not_found" },
  "upstream-unable": { status: 501, against: "nobody", next: "other-node", type: "invalid_request_error", code: "unsupported" },
  "upstream-rejected": { status: 400, against: "nobody", next: "stop", type: "invalid_request_error", code: "upstream_rejected" },
  "malformed-reply": { status: 502, against: "model", next: "other-node", type: "server_error", code: "upstream_malformed" },
  "bad-upstream-event": { status: 502, against: "model", next: "other-node", type: "server_error", code: "bad_upstream_event" },
  "stream-broken": { status: 502, against: "breaker", next: "other-node", type: "server_error", code: "upstream_stream_broken" },
  interrupted: { status: 502, against: "nobody", next: "other-node", type: "server_error", code: "interrupted" },
  "load-failed": { status: 503, against: "model", next: "other-node", type: "server_error", code: "model_load_failed" },
  "out-of-memory": { status: 503, against: "model", next: "other-node", type: "server_error", code: "insufficient_memory" },
  "pull-failed": { status: 502, against: "nobody", next: "stop", type: "server_error", code: "model_pull_failed" },
  "disk-full": { status: 507, against: "nobody", next: "stop", type: "server_error", code: "insufficient_storage" },
  "does-not-fit": { status: 503, against: "nobody", next: "other-node", type: "server_error", code: "insufficient_memory" },
  "answer-timeout": { status: 504, against: "nobody", next: "next-model", type: "server_error", code: "answer_timeout" },
  refused: { status: 502, against: "nobody", next: "next-model", type: "server_error", code: "model_refused" },
  "schema-mismatch": { status: 502, against: "nobody", next: "next-model", type: "server_error", code: "schema_mismatch" },
  "empty-answer": { status: 502, against: "nobody", next: "next-model", type: "server_error", code: "empty_answer" },
  unsupported: { status: 501, against: "nobody", next: "stop", type: "invalid_request_error", code: "unsupported" },
  paused: { status: 503, against: "nobody", next: "stop", type: "server_error", code: "routing_paused" },
  loop: { status: 508, against: "nobody", next: "other-node", type: "invalid_request_error", code: "loop_detected" },
  internal: { status: 500, against: "nobody", next: "stop", type: "server_error", code: "internal_error" },
};

/** The HTTP status a client sees for this failure. A node's own 4xx is passed on as it was. */
export function statusOf(failure: Failure): number {
  return failure.kind === "upstream-rejected" ? (failure.status ?? 400) : failureTable[failure.kind].status;
}

/** Builds a failure; exists so that every one of them carries a kind and a sentence. */
export function fail(kind: FailureKind, message: string, more: Omit<Partial<Failure>, "kind" | "message"> = {}): Failure {
  return { kind, message, ...more };
}
