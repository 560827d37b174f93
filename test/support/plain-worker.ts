// A worker as somebody else would write it, from the document alone (source-systems.md 1.5 to 1.7, apis.md 8): the official NATS client, JSON, and
// nothing of ours. It takes whole jobs and does not stream.
import { connect, type Msg, type NatsConnection } from "@nats-io/transport-node";
import { onTestFinished } from "vitest";

export type Job = Readonly<Record<string, unknown>> & { readonly job_id: string; readonly payload: Readonly<Record<string, unknown>> };
/** Undefined: it never answers. */
export type Work = (job: Job, seen: number) => object | undefined | Promise<object | undefined>;

export interface PlainWorkerOptions {
  readonly models?: readonly Readonly<Record<string, unknown>>[];
  readonly work?: Work;
  /** What it calls itself, where that is a lie. */
  readonly claims?: string;
}

export class PlainWorker {
  readonly jobs: Job[] = [];
  readonly subjects: string[] = [];
  readonly connection: NatsConnection;
  readonly #id: string;
  readonly #options: PlainWorkerOptions;
  /** Results by idempotency key, as the document asks for. */
  readonly #done = new Map<string, object>();

  private constructor(connection: NatsConnection, id: string, options: PlainWorkerOptions) {
    this.connection = connection;
    this.#id = id;
    this.#options = options;
  }

  static async start(url: string, id: string, options: PlainWorkerOptions = {}): Promise<PlainWorker> {
    const connection = await connect({ servers: url, name: id });
    const worker = new PlainWorker(connection, id, options);
    const report = (message: Msg) => void message.respond(JSON.stringify(worker.report()));
    connection.subscribe(`node.${id}.capabilities.get`, { callback: (_, message) => report(message) });
    connection.subscribe("node.capabilities.get", { callback: (_, message) => report(message) });
    for (const type of ["llm", "vision"])
      connection.subscribe(`node.${id}.${type}.request`, { callback: (_, message) => void worker.#work(message) });
    await connection.flush();
    onTestFinished(() => connection.close());
    return worker;
  }

  report(): object {
    const { models = [{ name: "qwen3:14b", type: "llm", runtime: "ollama", running: true, size_gb: 9.3 }], claims } = this.#options;
    return { node_id: claims ?? this.#id, served_models: models, anything: "else" };
  }

  /** Says that it changed, as only our own workers do. */
  tellChanged(report: object): void {
    this.connection.publish(`node.${this.#id}.capabilities.changed`, JSON.stringify(report));
  }

  async #work(message: Msg): Promise<void> {
    const job: Job = JSON.parse(message.string());
    this.jobs.push(job);
    this.subjects.push(message.subject);
    const key = String(job["idempotency_key"]);
    const answer = this.#done.get(key) ?? (await this.#options.work?.(job, this.jobs.length)) ?? undefined;
    if (answer === undefined && this.#options.work !== undefined) return;
    const done = answer ?? { status: "ok", result: { text: `${this.#id} says hello` } };
    this.#done.set(key, done);
    message.respond(JSON.stringify({ job_id: job.job_id, node_id: this.#id, ...done }));
  }
}
