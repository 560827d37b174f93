// One job through the engine, as a chat call like any other, and what became of it in a job's words.
import { fail } from "../contract/failure.ts";
import type { JobCode, JobResponse } from "../contract/jobs.ts";
import { type InferenceRoute, routes } from "../dialects/facts.ts";
import { jobResult } from "../dialects/job.ts";
import { field, parsed, textIn } from "../dialects/shapes.ts";
import { refuse } from "./errors.ts";
import { callFrom } from "./inference.ts";
import { type KeptAnswer, MemoryReply } from "./memory-reply.ts";
import type { WorkerGate } from "./nats-gate.ts";

/** How a job ended, whoever asked for it. */
export type JobEnd = Pick<JobResponse, "status" | "result" | "error" | "provider" | "model" | "usage">;

const path = "/v1/chat/completions";

/** `deadline`: epoch milliseconds; when it has passed the work stops and undefined is the answer. */
export async function runJob(gate: WorkerGate, chat: object, deadline: number | undefined): Promise<KeptAnswer | undefined> {
  const reply = new MemoryReply();
  const leftMs = deadline === undefined ? undefined : Math.max(1, Math.ceil(deadline - gate.now()));
  const headers: Record<string, string> = leftMs === undefined ? {} : { "x-homeport-deadline-ms": String(leftMs) };
  const route: InferenceRoute | undefined = routes.get(path);
  const body = Buffer.from(JSON.stringify(chat));
  const call =
    route === undefined
      ? fail("internal", "There is no way for chat calls.")
      : callFrom({ id: reply.id, headers }, path, route, gate, body);
  const forget = leftMs === undefined ? () => {} : gate.clock.after(leftMs, () => reply.leave());
  if ("kind" in call) refuse(reply, call);
  else void gate.route(call, reply);
  return reply.answer.finally(forget);
}

/** An answer, or its absence, as a job's end. */
export function outcomeOf(answer: KeptAnswer | undefined, gate: Pick<WorkerGate, "runtimeOf">): JobEnd {
  if (answer === undefined) return ended("timeout", "DEADLINE_EXCEEDED", "The job's deadline passed before it was done.", false);
  const provider = gate.runtimeOf(answer.headers["x-homeport-node"] ?? "");
  const said = parsed(answer.body.toString("utf8"));
  if (answer.status === 200) {
    const done = jobResult(said);
    if (done !== undefined) return { status: "ok", ...done, ...(provider === undefined ? {} : { provider }) };
    return ended("error", "PROVIDER_ERROR", "The runtime's answer is no chat answer.", true);
  }
  const error = field(said, "error");
  const message = (textIn(error, "message") ?? `The runtime answered with status ${answer.status}.`).slice(0, 2_000);
  const [status, code, retryable] = meaning(answer.status, textIn(error, "code"));
  return { ...ended(status, code, message, retryable), ...(provider === undefined ? {} : { provider }) };
}

/** An HTTP status in a job's words. Busy is no failure: the same job may be taken elsewhere, or later. */
function meaning(status: number, code: string | undefined): readonly ["error" | "busy" | "timeout", JobCode, boolean] {
  if (status === 429 || code === "upstream_busy") return ["busy", "BUSY", true];
  if (code === "deadline_exceeded") return ["timeout", "DEADLINE_EXCEEDED", false];
  if (status === 501) return ["error", "UNSUPPORTED_TYPE", false];
  if (status >= 400 && status < 500) return ["error", "INVALID_REQUEST", false];
  return status === 500 && code === "internal_error" ? ["error", "INTERNAL", true] : ["error", "PROVIDER_ERROR", true];
}

function ended(status: JobEnd["status"], code: JobCode, message: string, retryable: boolean): JobEnd {
  return { status, error: { code, message, retryable } };
}
