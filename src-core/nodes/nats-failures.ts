// What a worker's refusals mean, by their codes (source-systems.md 1.6, apis.md 8): busy is nobody's fault, an overrun deadline counts.
import { type Failure, FailureKind, fail } from "../contract/failure.ts";
import type { JobResponse } from "../contract/jobs.ts";
import { classifyRefusal, lacksModel, rejected, unable } from "./classify.ts";

const busyWaitMs = 1_000;
const nothingSaid = "it does not say why";

/** A job that did not end well; undefined where it did. */
export function jobRefusal(node: string, { status, error }: JobResponse): Failure | undefined {
  if (status === "ok") return undefined;
  const codes = { busy: "BUSY", timeout: "DEADLINE_EXCEEDED", error: error?.code ?? "INTERNAL" } as const;
  return jobFailure(node, codes[status], error?.message ?? nothingSaid);
}

/** A code of the jobs' own, or a kind of our failures, as other Homeports tell it. */
export function jobFailure(node: string, code: string, says: string): Failure {
  switch (code) {
    case "BUSY":
    case "NODE_BUSY":
      return fail("upstream-busy", `${node} has no room for more requests now: ${says}`, { retryAfterMs: busyWaitMs });
    case "DEADLINE_EXCEEDED":
      return fail("upstream-unavailable", `${node} could not answer before the deadline: ${says} Are the clocks of both machines right?`);
    case "INVALID_REQUEST":
      return rejected(node, 400, says);
    case "UNSUPPORTED_TYPE":
      return unable(node, says);
    case "PROVIDER_ERROR":
      return providerFailure(node, says);
    default:
      return ownKind(node, code, says) ?? fail("upstream-unavailable", `${node} failed: ${says}`);
  }
}

/** The words of the runtime behind the worker: the same as if it had been asked directly. */
function providerFailure(node: string, body: string): Failure {
  const missing = classifyRefusal({ node, status: 404, headers: {}, body });
  if (missing?.kind === "upstream-lacks-model") return lacksModel(node, body);
  return classifyRefusal({ node, status: 502, headers: {}, body }) ?? fail("upstream-unavailable", `${node} failed: ${body}`);
}

/** Only kinds that a node can be the cause of: what a worker calls our client's fault is ours to judge. */
const ofNodes: ReadonlySet<FailureKind> = new Set([
  "connect-failed",
  "upstream-unavailable",
  "upstream-busy",
  "upstream-lacks-model",
  "upstream-unable",
  "load-failed",
  "out-of-memory",
  "does-not-fit",
  "malformed-reply",
  "stream-broken",
]);

function ownKind(node: string, code: string, says: string): Failure | undefined {
  const kind = FailureKind.safeParse(code).data;
  if (kind === "overloaded" || kind === "no-candidate") return jobFailure(node, "BUSY", says);
  if (kind === "unknown-model") return lacksModel(node, says);
  return kind !== undefined && ofNodes.has(kind) ? fail(kind, `${node}: ${says}`) : undefined;
}
