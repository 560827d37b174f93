// Calls that stream over NATS, as contract/jobs.ts has them: an HTTP call in a message, its body perhaps in parts, its answer in frames. From the
// body on it is the way of every inference call.
import { randomBytes } from "node:crypto";
import { fail } from "../contract/failure.ts";
import { StreamCall, StreamWord, streamHeader, workerSubject } from "../contract/jobs.ts";
import { routes } from "../dialects/facts.ts";
import { parsed, textIn } from "../dialects/shapes.ts";
import type { NatsLink, NatsMessage } from "../engine/nats-port.ts";
import { refuse } from "./errors.ts";
import { callFrom, parseBody, tooLarge } from "./inference.ts";
import type { WorkerGate } from "./nats-gate.ts";
import { deadlineOf } from "./nats-jobs.ts";
import { StreamReply } from "./nats-stream-reply.ts";

/** A gateway that promised more of a body and sends none of it for this long has forgotten it. */
const partMs = 30_000;
const tokenBytes = 16;

export interface StreamsOptions {
  /** `node.beast` */
  readonly prefix: string;
  readonly link: NatsLink;
  readonly gate: WorkerGate;
}

interface Open {
  readonly call: StreamCall;
  readonly reply: StreamReply;
  readonly parts: Buffer[];
  bytes: number;
  forget: () => void;
}

export class NatsStreams {
  readonly #options: StreamsOptions;
  readonly #open = new Map<string, Open>();
  /** Messages that were none, and words about calls that are not ours. */
  dropped = 0;

  constructor(options: StreamsOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#open.size;
  }

  /** The subjects to listen on: calls in a queue group, words by every worker of this name. Returns the function that stops. */
  listen(queue: string): () => void {
    const { link, prefix } = this.#options;
    const stops = [
      link.subscribe(workerSubject.stream(prefix), (message) => this.#take(message), queue),
      link.subscribe(`${prefix}.call.*`, (message) => this.#hear(message)),
      link.onState(({ state }) => state === "away" && this.leaveAll()),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  /** Nobody can be told any more. */
  leaveAll(): void {
    for (const { reply } of [...this.#open.values()]) reply.leave();
  }

  #take(message: NatsMessage): void {
    const { link, gate, prefix } = this.#options;
    const call = StreamCall.safeParse(parsed(message.header(streamHeader.call) ?? ""));
    if (message.reply === undefined || !call.success) {
      this.dropped += 1;
      return this.#misunderstood(message);
    }
    const token = randomBytes(tokenBytes).toString("base64url");
    const onOver = () => this.#over(token);
    const to = { link, clock: gate.clock, inbox: message.reply, credit: `${prefix}.call.${token}`, window: call.data.window, onOver };
    const open: Open = { call: call.data, reply: new StreamReply(to), parts: [], bytes: 0, forget: () => {} };
    if (open.reply.isOver) return;
    this.#open.set(token, open);
    this.#part(open, message.data, 0);
  }

  #misunderstood({ reply }: NatsMessage): void {
    if (reply === undefined) return;
    const headers = { [streamHeader.seq]: "0", [streamHeader.kind]: "error" };
    const told = { message: `The header ${streamHeader.call} holds no call.`, code: "INVALID_REQUEST" };
    this.#options.link.publish(reply, Buffer.from(JSON.stringify(told)), { headers });
  }

  #hear(message: NatsMessage): void {
    const open = this.#open.get(message.subject.slice(message.subject.lastIndexOf(".") + 1));
    // Another worker of the same name may have it.
    if (open === undefined) return;
    const place = message.header(streamHeader.seq);
    if (place !== undefined) return this.#part(open, message.data, Number(place));
    const word = StreamWord.safeParse(parsed(Buffer.from(message.data).toString("utf8")));
    if (!word.success) this.dropped += 1;
    else if ("grant" in word.data) open.reply.grant(word.data.grant);
    else open.reply.leave();
  }

  #part(open: Open, data: Uint8Array, place: number): void {
    const { gate } = this.#options;
    open.forget();
    if (place !== open.parts.length || place > open.call.parts)
      return open.reply.break("Parts of the body are missing.", "INVALID_REQUEST");
    open.parts.push(Buffer.from(data));
    open.bytes += data.length;
    const { maxBodyBytes } = gate.config().gateway;
    if (open.bytes > maxBodyBytes) return refuse(open.reply, tooLarge(maxBodyBytes));
    if (place === open.call.parts) return this.#begin(open);
    open.forget = gate.clock.after(partMs, () => open.reply.break("The rest of the body did not come.", "INVALID_REQUEST"));
  }

  #begin({ call, reply, parts }: Open): void {
    const { gate } = this.#options;
    const body = parts.length === 1 ? (parts[0] ?? Buffer.alloc(0)) : Buffer.concat(parts);
    const route = call.method === "POST" ? routes.get(call.path) : undefined;
    if (call.method === "POST" && call.path === "/api/show") return void this.#show(reply, body);
    if (route === undefined)
      return refuse(reply, fail("not-found", `${call.method} ${call.path} is nothing that this worker answers over NATS.`));
    reply.dialect = route.dialect;
    const headers = headersOf(call, gate.now());
    if (headers === undefined) return refuse(reply, fail("deadline-exceeded", "The call came after its deadline, so it was not begun."));
    const inference = callFrom({ id: reply.id, headers }, call.path, route, gate, body);
    if ("kind" in inference) refuse(reply, inference);
    else void gate.route(inference, reply);
  }

  async #show(reply: StreamReply, body: Buffer): Promise<void> {
    reply.dialect = "ollama";
    const read = parseBody(body);
    const model = "failure" in read ? undefined : (textIn(read.value, "model") ?? textIn(read.value, "name"));
    if (model === undefined) return refuse(reply, fail("invalid-request", "model is required", { field: "model" }));
    const shown = await this.#options.gate.show(model, false);
    if ("failure" in shown) return refuse(reply, shown.failure);
    reply.head(200, { "content-type": "application/json; charset=utf-8" });
    reply.end(Buffer.from(JSON.stringify(shown.body)));
  }

  #over(token: string): void {
    this.#open.get(token)?.forget();
    this.#open.delete(token);
  }
}

/** Lower-case names; undefined where its deadline has passed. */
function headersOf({ headers, deadline_ts }: StreamCall, now: number): Record<string, string> | undefined {
  const own = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const deadline = deadlineOf(deadline_ts);
  if (deadline === undefined) return own;
  return deadline <= now ? undefined : { ...own, "x-homeport-deadline-ms": String(Math.ceil(deadline - now)) };
}
