// A worker that streams, scripted by the test: it speaks the frames of `contract/jobs.ts` exactly as far as it is told to, also wrongly.
import { connect, headers, type Msg, type NatsConnection } from "@nats-io/transport-node";
import { onTestFinished } from "vitest";

/** One call as it came, and the words that may be said to it. */
export class StreamedCall {
  readonly call: Readonly<Record<string, unknown>>;
  readonly parts: Buffer[];
  /** What the gateway says: grants and the cancel. */
  readonly words: unknown[] = [];
  readonly #connection: NatsConnection;
  readonly #reply: string;
  readonly #credit: string;
  #seq = 0;
  #looks: (() => void)[] = [];

  constructor(connection: NatsConnection, message: Msg, credit: string) {
    this.#connection = connection;
    this.#reply = message.reply ?? "";
    this.#credit = credit;
    this.call = JSON.parse(message.headers?.get("Homeport-Call") ?? "{}");
    this.parts = [Buffer.from(message.data)];
    connection.subscribe(credit, { callback: (_, word) => this.#heard(word) });
  }

  open(): this {
    return this.frame("open", JSON.stringify({ credit: this.#credit }));
  }

  head(status = 200, contentType = "text/event-stream", more: Readonly<Record<string, string>> = {}): this {
    const told = { status, headers: { "content-type": contentType, ...more }, credit: this.#credit };
    return this.frame("head", JSON.stringify(told));
  }

  data(text: string): this {
    return this.frame("data", text);
  }

  end(): this {
    return this.frame("end", "");
  }

  error(message: string, code?: string): this {
    return this.frame("error", JSON.stringify({ message, code }));
  }

  /** A frame that gets lost on its way. */
  lose(): this {
    this.#seq += 1;
    return this;
  }

  frame(kind: string, data: string): this {
    const head = headers();
    head.set("Homeport-Kind", kind);
    head.set("Homeport-Seq", String(this.#seq++));
    this.#connection.publish(this.#reply, data, { headers: head });
    return this;
  }

  async until(met: (call: this) => boolean): Promise<this> {
    while (!met(this)) await new Promise<void>((resolve) => void this.#looks.push(resolve));
    return this;
  }

  #heard(message: Msg): void {
    if (message.headers?.get("Homeport-Seq")) this.parts.push(Buffer.from(message.data));
    else this.words.push(message.json());
    const looks = this.#looks;
    this.#looks = [];
    for (const look of looks) look();
  }
}

export type Serve = (call: StreamedCall) => void;
export type Answer = (wish: Readonly<Record<string, unknown>>, tell: (progress: object) => void) => Promise<object> | object;

export interface StreamWorkerOptions {
  readonly models?: readonly Readonly<Record<string, unknown>>[];
  readonly serve?: Serve;
  readonly load?: Answer;
  readonly unload?: Answer;
  readonly more?: Readonly<Record<string, unknown>>;
}

export interface StreamWorker {
  readonly connection: NatsConnection;
  readonly calls: readonly StreamedCall[];
  readonly wishes: readonly (readonly [subject: string, wish: unknown])[];
}

export async function startStreamWorker(url: string, id: string, options: StreamWorkerOptions = {}): Promise<StreamWorker> {
  const connection = await connect({ servers: url, name: id });
  const calls: StreamedCall[] = [];
  const wishes: (readonly [string, unknown])[] = [];
  const { models = [{ name: "llama3", state: "warm", can: ["chat"] }] } = options;
  const report = { node_id: id, served_models: models, homeport: 1, dialects: ["openai"], ...options.more };
  const answer = (message: Msg) => void message.respond(JSON.stringify(report));
  connection.subscribe(`node.${id}.capabilities.get`, { callback: (_, message) => answer(message) });
  connection.subscribe("node.capabilities.get", { callback: (_, message) => answer(message) });
  connection.subscribe(`node.${id}.stream.request`, {
    callback: (_, message) => {
      const call = new StreamedCall(connection, message, `node.${id}.stream.${calls.length}`);
      calls.push(call);
      options.serve?.(call);
    },
  });
  const tell = (progress: object) => connection.publish(`node.${id}.model.progress`, JSON.stringify(progress));
  const answered = async (message: Msg, name: string, act: Answer | undefined) => {
    const wish: Readonly<Record<string, unknown>> = message.json();
    wishes.push([name, wish]);
    message.respond(JSON.stringify((await act?.(wish, tell)) ?? { ok: true }));
  };
  for (const [name, act] of [
    ["load", options.load],
    ["unload", options.unload],
  ] as const)
    connection.subscribe(`node.${id}.model.${name}`, { callback: (_, message) => void answered(message, name, act) });
  await connection.flush();
  onTestFinished(() => connection.close());
  return { connection, calls, wishes };
}
