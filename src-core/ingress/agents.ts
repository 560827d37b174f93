// The agents' endpoint (source-systems.md 1.9): a job over HTTP instead of NATS, or a plain chat, in the name of an agent; and what all nodes serve.
// It goes the way of every call: the same guard, keys, limits and routing.
import { type Failure, statusOf } from "../contract/failure.ts";
import { JobRequest, type JobResponse, JobType } from "../contract/jobs.ts";
import { routes } from "../dialects/facts.ts";
import { chatBodyOf, modelAsked } from "../dialects/job.ts";
import { capabilityPool, runtimeOf } from "../engine/capabilities.ts";
import { answerJson } from "./answers.ts";
import type { Gate } from "./doors.ts";
import { refuse } from "./errors.ts";
import { callFrom, parseBody, withBody } from "./inference.ts";
import { type KeptAnswer, MemoryReply } from "./memory-reply.ts";
import { type JobEnd, outcomeOf } from "./nats-job-run.ts";
import { deadlineOf } from "./nats-jobs.ts";
import type { UploadWatch } from "./upload.ts";
import type { Visit } from "./visit.ts";

const chatPath = "/v1/chat/completions";
/** Where a job names no model: its agent's profile decides, else the rules. */
const anyModel = "auto";

/** The agent of `/v1/agents/{id}/infer`; undefined: another path. */
export function agentIn(path: string): string | undefined {
  return /^\/v1\/agents\/([^/]{1,64})\/infer$/.exec(path)?.[1];
}

/** `GET /v1/capabilities`. A key of one client is not shown where the nodes are. */
export function answerCapabilities(visit: Visit, shown: Pick<Gate, "fleet" | "config">, now: number): void {
  answerJson(visit, capabilityPool(shown.fleet(), shown.config(), now, visit.client === undefined));
}

/** `POST /v1/agents/{id}/infer`. Every answer is a JobResponse; only a body that is no JSON is refused as such. */
export function takeAgentJob(visit: Visit, agent: string, gate: Gate, uploads: UploadWatch): void {
  withBody(visit, gate.config().gateway.maxBodyBytes, uploads, (body) => {
    const read = parseBody(body);
    if ("failure" in read) return refuse(visit, read.failure);
    const job = jobIn(read.value);
    if (job === undefined) return answerEnd(visit, {}, wrong("INVALID_REQUEST", "The body is neither a job nor a chat."), 400);
    const type = typeOf(job);
    if (type === undefined)
      return answerEnd(visit, job, wrong("UNSUPPORTED_TYPE", "Jobs over HTTP are chats: llm, code, vision or ocr."), 501);
    const { model, prefer } = modelAsked(job);
    const chat = chatBodyOf(type, job, model ?? prefer.find((name) => name !== "*") ?? anyModel);
    if ("failure" in chat) return answerEnd(visit, job, wrong("INVALID_REQUEST", chat.failure.message), statusOf(chat.failure));
    void run(visit, { agent, job, chat: chat.body }, gate);
  });
}

interface AgentCall {
  readonly agent: string;
  readonly job: JobRequest;
  readonly chat: object;
}

async function run(visit: Visit, { agent, job, chat }: AgentCall, gate: Gate): Promise<void> {
  const at = gate.now();
  const deadline = deadlineOf(job.deadline_ts);
  const leftMs = deadline === undefined ? undefined : Math.ceil(deadline - at);
  if (leftMs !== undefined && leftMs <= 0)
    return answerEnd(visit, job, wrong("DEADLINE_EXCEEDED", "The job came after its deadline, so it was not begun."), 504);
  const reply = new MemoryReply();
  visit.onGone(() => reply.leave());
  const headers = {
    ...visit.headers,
    "x-homeport-agent": agent,
    ...(leftMs === undefined ? {} : { "x-homeport-deadline-ms": String(leftMs) }),
  };
  const call = callIn(reply, headers, chat, gate);
  if ("kind" in call) refuse(reply, call);
  else void gate.route(call, reply);
  const answer = await reply.answer;
  const { nodes } = gate.fleet();
  const end = outcomeOf(answer, { runtimeOf: (id) => (nodes[id] === undefined ? undefined : runtimeOf(nodes[id])) });
  answerEnd(visit, job, end, answer?.status ?? 504, { answer, latencyMs: gate.now() - at });
}

function callIn(reply: MemoryReply, headers: Visit["headers"], chat: object, gate: Gate): ReturnType<typeof callFrom> | Failure {
  const route = routes.get(chatPath);
  if (route === undefined) throw new Error("there is no route for chats");
  return callFrom({ id: reply.id, headers }, chatPath, route, gate, Buffer.from(JSON.stringify(chat)));
}

/** A job has a payload; anything else is a chat by itself. */
function jobIn(value: unknown): JobRequest | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return JobRequest.safeParse("payload" in value ? value : { payload: value }).data;
}

/** Undefined: no kind of work that goes through a chat. The gateway knows code as a model's type; a job for it is a chat. */
function typeOf({ required_type }: JobRequest): JobType | undefined {
  const type = required_type === "code" ? "llm" : JobType.safeParse(required_type).data;
  return type === "llm" || type === "vision" || type === "ocr" ? type : undefined;
}

function wrong(code: string, message: string): JobEnd {
  return { status: code === "DEADLINE_EXCEEDED" ? "timeout" : "error", error: { code, message, retryable: false } };
}

interface Told {
  readonly answer: KeptAnswer | undefined;
  readonly latencyMs: number;
}

function answerEnd(visit: Visit, job: Partial<JobRequest>, end: JobEnd, status: number, told?: Told): void {
  const node = told?.answer?.headers["x-homeport-node"];
  const response: JobResponse = {
    job_id: job.job_id ?? visit.id,
    trace_id: job.trace_id ?? "",
    ...(node === undefined ? {} : { node_id: node }),
    ...end,
    cached: false,
    ...(told === undefined ? {} : { latency_ms: Math.max(0, Math.round(told.latencyMs)) }),
  };
  const ours = Object.entries(told?.answer?.headers ?? {}).filter(([name]) => name.startsWith("x-homeport-") || name === "retry-after");
  visit.head(status, { ...Object.fromEntries(ours), "content-type": "application/json; charset=utf-8" });
  visit.end(Buffer.from(JSON.stringify(response)));
}
