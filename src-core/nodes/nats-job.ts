// One job for a worker that does not stream (source-systems.md 1.5 to 1.8, apis.md 8): a whole chat goes out, a whole answer comes back. Asked again
// with the same key where the answer did not come in time, so that the worker joins what it is doing instead of beginning anew.
import { createHash, randomUUID } from "node:crypto";
import { type Failure, fail } from "../contract/failure.ts";
import { type JobRequest, JobResponse, type JobType, mostDeliveries, workerSubject } from "../contract/jobs.ts";
import type { CallOf, UpstreamCall, UpstreamHandle, UpstreamSink } from "../engine/ports.ts";
import { unable } from "./classify.ts";
import { chatAnswer } from "./nats-chat.ts";
import { jobRefusal } from "./nats-failures.ts";
import { jsonBytes, jsonIn, type NatsLine, nobodyListens } from "./nats-line.ts";
import { answerOrGone } from "./nats-patience.ts";

const chatPath = "/v1/chat/completions";
/** Then it is asked for again, in case that it or its answer got lost on the way. The last time it is waited for until its deadline. */
const longestWaitMs = 60_000;
const slackBytes = 512;

/** A chat as a job: never `stream`, since the answer is one. */
export type JobPayload = Readonly<Record<string, unknown>>;

/** Sends one chat. The sink is told as if the node had answered over HTTP. */
export class NatsJob implements UpstreamHandle {
  readonly #line: NatsLine;
  readonly #sink: UpstreamSink;
  readonly #onAnswered: (model: string) => void;
  #over = false;
  #rest: (() => void) | undefined;

  constructor(line: NatsLine, sink: UpstreamSink, onAnswered: (model: string) => void) {
    this.#line = line;
    this.#sink = sink;
    this.#onAnswered = onAnswered;
  }

  async begin(call: UpstreamCall, of: CallOf): Promise<void> {
    const { node } = this.#line;
    const body = call.body === undefined ? undefined : jsonIn(call.body);
    if (call.method !== "POST" || call.path !== chatPath || !isRecord(body)) {
      await Promise.resolve();
      return this.#fail(unable(node, "this worker takes whole chats as jobs, and nothing else."));
    }
    const { stream, stream_options, ...payload } = body;
    const answer = await askJob(this.#line, payload, of, () => this.#over);
    if ("failure" in answer) return this.#fail(answer.failure);
    this.#onAnswered(String(body["model"]));
    const usage = isRecord(stream_options) && stream_options["include_usage"] === true;
    const told = chatAnswer(answer.response, { model: String(body["model"]), stream: stream === true, usage });
    if (told === undefined) return this.#fail(fail("malformed-reply", `${node} ended the job without an answer in it.`));
    if (this.#over) return;
    this.#sink.onHead({ status: 200, headers: told.headers });
    if (this.#sink.onData(told.body)) this.#end();
    else this.#rest = () => this.#end();
  }

  resume(): void {
    this.#rest?.();
  }

  /** Nothing tells such a worker to stop; its answer is not looked at. */
  abort(): void {
    this.#over = true;
  }

  fail(failure: Failure): void {
    this.#fail(failure);
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#sink.onEnd();
  }

  #fail(failure: Failure): void {
    if (this.#over) return;
    this.#over = true;
    this.#sink.onFailure(failure);
  }
}

/** Asks for one job and waits for its end. `isLeft`: nobody waits any more, so it is not asked for again. */
export async function askJob(
  line: NatsLine,
  payload: JobPayload,
  of: CallOf,
  isLeft: () => boolean = () => false,
): Promise<{ readonly response: JobResponse } | { readonly failure: Failure }> {
  const { link, node, clock, subject } = line;
  const type = typeOf(payload);
  const job = jobOf(payload, type, of);
  const data = jsonBytes(job);
  if (data.length > link.maxPayloadBytes() - slackBytes)
    return { failure: unable(node, "the request is larger than its NATS server takes, and this worker does not take it in parts.") };
  const most = Math.max(1, mostDeliveries - (of.lost ?? 0));
  for (let asked = 1; ; asked++) {
    const remainingMs = job.deadline_ts === 0 ? longestWaitMs : job.deadline_ts - clock.now();
    if (remainingMs <= 0) return { failure: fail("deadline-exceeded", `${node} had not answered when this request's deadline passed.`) };
    const waitMs = asked < most ? Math.min(remainingMs, longestWaitMs) : remainingMs;
    const answer = await answerOrGone(line, link.request(workerSubject.job(subject, type), data, waitMs));
    if (answer === "gone") return { failure: lost(node, asked) };
    if (!("failure" in answer)) return responseIn(answer.data, node, job.job_id);
    const { failure } = answer;
    if (failure.kind === "first-byte-timeout" && asked < most && !isLeft()) continue;
    if (link.state().state !== "connected" || failure.kind !== "connect-failed") return { failure };
    return { failure: asked === 1 ? nobodyListens(line) : lost(node, asked - 1) };
  }
}

/** It took the job, so `deliveries` may have been what ended it. */
function lost(node: string, deliveries: number): Failure {
  return fail("upstream-unavailable", `${node} was given a job and was gone before it answered. Is its worker still running?`, {
    lost: deliveries,
  });
}

type Job = JobRequest & { readonly job_id: string };

/** The key is the request's id and what is asked: asked again it is the same, and another model or a repaired question is another job. */
function jobOf(payload: JobPayload, type: JobType, { requestId, deadline = 0 }: CallOf): Job {
  const id = requestId ?? randomUUID();
  const what = createHash("sha256").update(JSON.stringify(payload)).digest("base64url").slice(0, 16);
  return {
    job_id: id,
    trace_id: id,
    actor_agent_id: "",
    target_agent_id: "",
    required_type: type,
    deadline_ts: Math.floor(deadline),
    idempotency_key: `${id}.${what}`,
    payload,
    hints: typeof payload["model"] === "string" ? { model: payload["model"] } : {},
  };
}

/** Chats with pictures have a subject of their own. */
function typeOf({ messages }: JobPayload): JobType {
  const parts = Array.isArray(messages) ? messages.flatMap((message: unknown) => (isRecord(message) ? message["content"] : [])) : [];
  return parts.some((part: unknown) => isRecord(part) && part["type"] === "image_url") ? "vision" : "llm";
}

function responseIn(data: Uint8Array, node: string, job: string): { readonly response: JobResponse } | { readonly failure: Failure } {
  const response = JobResponse.safeParse(jsonIn(data)).data;
  if (response === undefined)
    return { failure: fail("malformed-reply", `${node} answered a job with something that is no answer to one.`) };
  if (response.job_id !== job) return { failure: fail("malformed-reply", `${node} answered another job than the one it was given.`) };
  const failure = jobRefusal(node, response);
  return failure === undefined ? { response } : { failure };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
