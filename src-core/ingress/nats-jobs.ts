// Jobs, by the rules of source-systems.md 1.7: a job done within ten minutes is answered from its record, one under way is joined, one too late is
// not begun, and one too many is told "busy" at once. Nothing queues here: whoever sent it knows other workers.
import { randomUUID } from "node:crypto";
import type { ModelId } from "../contract/ids.ts";
import { type JobCode, JobRequest, type JobResponse, JobType } from "../contract/jobs.ts";
import { chatBodyOf, modelAsked } from "../dialects/job.ts";
import { parsed } from "../dialects/shapes.ts";
import type { WorkerGate } from "./nats-gate.ts";
import { JobRecord } from "./nats-job-record.ts";
import { type JobEnd, outcomeOf, runJob } from "./nats-job-run.ts";

/** Below this an instant is in seconds, as some senders have it. */
const secondsBelow = 1e11;

export interface JobsOptions {
  readonly id: string;
  readonly gate: WorkerGate;
  /** Jobs at once; one more is busy. */
  readonly atOnce: number;
}

/** `undone`: jobs that cost no work, by why. */
export interface JobCounts {
  done: number;
  failed: number;
  busy: number;
  expired: number;
  joined: number;
  remembered: number;
  invalid: number;
}

/** `deadline_ts` as epoch milliseconds; undefined: none. */
export function deadlineOf(deadlineTs: number): number | undefined {
  if (deadlineTs === 0) return undefined;
  return deadlineTs < secondsBelow ? deadlineTs * 1000 : deadlineTs;
}

export class NatsJobs {
  readonly counts: JobCounts = { done: 0, failed: 0, busy: 0, expired: 0, joined: 0, remembered: 0, invalid: 0 };
  readonly #options: JobsOptions;
  readonly #record: JobRecord;
  readonly #flights = new Map<string, Promise<JobEnd>>();
  #running = 0;

  constructor(options: JobsOptions) {
    this.#options = options;
    this.#record = new JobRecord(options.gate.clock);
  }

  /** Jobs under way. */
  get running(): number {
    return this.#running;
  }

  /** Never rejects. */
  async take(type: JobType, data: Uint8Array): Promise<JobResponse> {
    const { gate, id } = this.#options;
    const arrivedAt = gate.clock.monotonic();
    const job = this.#read(data);
    if ("code" in job) return this.#say({ job_id: job.jobId, trace_id: "" }, this.#refused(job.code, job.message), arrivedAt);
    const about = { job_id: job.job_id ?? randomUUID(), trace_id: job.trace_id };
    const deadline = deadlineOf(job.deadline_ts);
    if (deadline !== undefined && deadline <= gate.now()) {
      this.counts.expired += 1;
      return this.#say(
        about,
        late(`The job came ${Math.round(gate.now() - deadline)} ms after its deadline; ${id} did not begin it.`),
        arrivedAt,
      );
    }
    const key = job.idempotency_key === "" ? job.job_id : job.idempotency_key;
    const known = key === undefined ? undefined : this.#record.get(key);
    if (known !== undefined) {
      this.counts.remembered += 1;
      return { ...this.#say(about, known, arrivedAt), cached: true };
    }
    const flight = key === undefined ? undefined : this.#flights.get(key);
    if (flight !== undefined) this.counts.joined += 1;
    const work = flight ?? this.#begin(type, job, key, deadline);
    return this.#say(about, await this.#within(work, deadline), arrivedAt);
  }

  #begin(type: JobType, job: JobRequest, key: string | undefined, deadline: number | undefined): Promise<JobEnd> {
    const { gate, atOnce, id } = this.#options;
    const asked = modelAsked(job);
    const model: ModelId | string | undefined = able(type, gate) ? (asked.model ?? gate.modelFor(type, asked.prefer)) : undefined;
    if (!JobType.safeParse(job.required_type).success && job.required_type !== "code")
      return Promise.resolve(this.#refused("UNSUPPORTED_TYPE", `There are no jobs of the type ${JSON.stringify(job.required_type)}.`));
    if (model === undefined)
      return Promise.resolve(this.#refused("UNSUPPORTED_TYPE", `No runtime of ${id} can do jobs of the type ${type}.`));
    const chat = chatBodyOf(type, job, model);
    if ("failure" in chat) return Promise.resolve(this.#refused("INVALID_REQUEST", chat.failure.message));
    if (this.#running >= atOnce) {
      this.counts.busy += 1;
      const message = `${id} does ${atOnce} jobs at once and has them. Ask another worker, or again in a moment.`;
      return Promise.resolve({ status: "busy", error: { code: "BUSY", message, retryable: true } });
    }
    const work = this.#run(chat.body, deadline, key);
    if (key !== undefined) this.#flights.set(key, work);
    return work;
  }

  async #run(body: object, deadline: number | undefined, key: string | undefined): Promise<JobEnd> {
    this.#running += 1;
    try {
      const end = outcomeOf(await runJob(this.#options.gate, body, deadline), this.#options.gate);
      if (end.status === "ok" && key !== undefined) this.#record.keep(key, end);
      this.counts[end.status === "ok" ? "done" : "failed"] += 1;
      return end;
    } finally {
      this.#running -= 1;
      if (key !== undefined) this.#flights.delete(key);
    }
  }

  /** Who joined may have less time than who began. */
  async #within(work: Promise<JobEnd>, deadline: number | undefined): Promise<JobEnd> {
    if (deadline === undefined) return work;
    const { gate } = this.#options;
    let forget = () => {};
    const over = new Promise<JobEnd>((resolve) => {
      forget = gate.clock.after(Math.max(0, deadline - gate.now()), () => resolve(late("The job's deadline passed before it was done.")));
    });
    return Promise.race([work, over]).finally(() => forget());
  }

  #read(data: Uint8Array): JobRequest | { readonly code: JobCode; readonly message: string; readonly jobId: string } {
    const { maxBodyBytes } = this.#options.gate.config().gateway;
    if (data.length > maxBodyBytes) return { code: "INVALID_REQUEST", message: `A job is at most ${maxBodyBytes} bytes long.`, jobId: "" };
    const value = parsed(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("utf8"));
    const read = JobRequest.safeParse(value);
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    const where = issue?.path.join(".") ?? "";
    const message =
      value === undefined ? "The job is not JSON." : `The job is not understood: ${where === "" ? "it" : where} ${issue?.message ?? ""}.`;
    const told = typeof value === "object" && value !== null && "job_id" in value && typeof value.job_id === "string" ? value.job_id : "";
    return { code: "INVALID_REQUEST", message, jobId: told.slice(0, 200) };
  }

  #refused(code: JobCode, message: string): JobEnd {
    this.counts.invalid += 1;
    return { status: "error", error: { code, message, retryable: false } };
  }

  #say(about: Pick<JobResponse, "job_id" | "trace_id">, end: JobEnd, arrivedAt: number): JobResponse {
    const { id, gate } = this.#options;
    return { ...about, node_id: id, ...end, latency_ms: Math.round(gate.clock.monotonic() - arrivedAt), cached: false };
  }
}

/** A model named for a job that nothing here can do is not asked to do it. */
function able(type: JobType, gate: WorkerGate): boolean {
  return type === "llm" || type === "vision" || gate.modelFor(type, []) !== undefined;
}

function late(message: string): JobEnd {
  return { status: "timeout", error: { code: "DEADLINE_EXCEEDED", message, retryable: false } };
}
