// The line to a NATS server, over the official client. The client's own reconnecting is off, because it gives up, keeps what was said meanwhile and
// hides why: here one loop connects again for ever, with jitter, and says every time what became of it (F63). Loaded when first used.
import { randomBytes } from "node:crypto";
import type { Kvm } from "@nats-io/kv";
import type { Msg, NatsConnection, Status } from "@nats-io/transport-node";
import { type Failure, fail } from "../contract/failure.ts";
import type { NatsAddress, NatsBucket, NatsLink, NatsMessage, NatsSend, NatsState, OpenNats } from "../engine/nats-port.ts";
import type { Clock, Draw, Log, Secrets } from "../engine/ports.ts";
import { adviceOnVersion, natsRoad } from "./nats-address.ts";
import { Bucket, type BucketOptions } from "./nats-bucket.ts";
import { type Client, connectTo, loadClient, type Refused, whyAway } from "./nats-connection.ts";
import { headersOf, heardMessage, noJetStream, whyUnanswered, wordOf } from "./nats-messages.ts";

const firstPauseMs = 250;
const longestPauseMs = 8_000;
/** The same refusal so often in a row is for a person to mend (F70). */
const refusalsBeforePerson = 2;
const fallbackPayloadBytes = 1024 * 1024;

export interface NatsParts {
  readonly secrets: Secrets;
  readonly log: Log;
  readonly clock: Clock;
  readonly draw: Draw;
}

/** Opens links. `name` is told to the server, and begins the subjects on which this link is answered: `_INBOX_{name}.>`. */
export function natsOpener(parts: NatsParts): OpenNats {
  return (address, name) => new Link(parts, address, name);
}

/** Where answers to a link of this name come in; permissions are written by it. */
function inboxPrefix(name: string): string {
  return `_INBOX_${name.replace(/[^A-Za-z0-9_-]+/g, "-")}`;
}

interface Wanted {
  readonly subject: string;
  readonly queue: string | undefined;
  readonly hear: (message: NatsMessage) => void;
  /** Ends it on the present connection. */
  stop: () => void;
}

interface Open {
  readonly connection: NatsConnection;
  readonly client: Client;
  store: Promise<Kvm> | undefined;
}

class Link implements NatsLink {
  readonly #parts: NatsParts;
  readonly #address: NatsAddress;
  readonly #name: string;
  readonly #inboxes: string;
  readonly #listeners = new Set<(state: NatsState) => void>();
  readonly #wanted = new Set<Wanted>();
  #state: NatsState = { state: "connecting" };
  #open: Open | undefined;
  #closed = false;
  #refusals = 0;
  #pauseMs = firstPauseMs;
  #wake: () => void = () => {};

  constructor(parts: NatsParts, address: NatsAddress, name: string) {
    this.#parts = parts;
    this.#address = address;
    this.#name = name;
    this.#inboxes = inboxPrefix(name);
    void this.#keepConnected();
  }

  state(): NatsState {
    return this.#state;
  }

  onState(callback: (state: NatsState) => void): () => void {
    this.#listeners.add(callback);
    return () => void this.#listeners.delete(callback);
  }

  maxPayloadBytes(): number {
    return this.#open?.connection.info?.max_payload ?? fallbackPayloadBytes;
  }

  async request(subject: string, data: Uint8Array, timeoutMs: number, send?: NatsSend) {
    const open = this.#open;
    if (open === undefined) return { failure: this.#awayFailure() };
    const headers = headersOf(open.client, send);
    try {
      const answer = await open.connection.request(subject, data, { timeout: timeoutMs, ...(headers === undefined ? {} : { headers }) });
      return this.#heard(answer);
    } catch (error) {
      return { failure: whyUnanswered(open.client, error, { subject, timeoutMs, server: this.#server() }) };
    }
  }

  gather(subject: string, data: Uint8Array, forMs: number): Promise<readonly NatsMessage[]> {
    const answers: NatsMessage[] = [];
    const reply = this.inbox();
    // An empty status message is the server's "nobody listens".
    const stop = this.subscribe(reply, (message) => void (message.data.length > 0 && answers.push(message)));
    return new Promise((resolve) => {
      const done = () => {
        stop();
        resolve(answers);
      };
      if (this.publish(subject, data, { reply })) this.#parts.clock.after(forMs, done);
      else done();
    });
  }

  publish(subject: string, data: Uint8Array, send?: NatsSend): boolean {
    const open = this.#open;
    if (open === undefined) return false;
    const headers = headersOf(open.client, send);
    try {
      open.connection.publish(subject, data, {
        ...(send?.reply === undefined ? {} : { reply: send.reply }),
        ...(headers === undefined ? {} : { headers }),
      });
      return true;
    } catch (error) {
      // Too large for the server, or closing: nothing that could be said later.
      this.#parts.log.warn({ subject, says: wordOf(error) }, "a NATS message could not be sent");
      return false;
    }
  }

  subscribe(subject: string, onMessage: (message: NatsMessage) => void, queue?: string): () => void {
    const wanted: Wanted = { subject, queue, hear: onMessage, stop: () => {} };
    this.#wanted.add(wanted);
    if (this.#open !== undefined) this.#hearOn(this.#open.connection, wanted);
    return () => {
      this.#wanted.delete(wanted);
      wanted.stop();
    };
  }

  inbox(): string {
    return `${this.#inboxes}.${randomBytes(16).toString("base64url")}`;
  }

  async bucket(name: string, options: BucketOptions): Promise<NatsBucket | { readonly failure: Failure }> {
    if (this.#state.state === "connected" && !this.#state.jetstream)
      return { failure: fail("unsupported", noJetStream(this.#state.server)) };
    const bucket = new Bucket(
      {
        clock: this.#parts.clock,
        store: () => this.#store(),
        onConnected: (callback) => {
          if (this.#open !== undefined) callback();
          return this.onState(({ state }) => state === "connected" && callback());
        },
        away: () => this.#awayFailure(),
      },
      name,
      options,
    );
    const failure = await bucket.open();
    return failure === undefined ? bucket : { failure };
  }

  retry(): void {
    this.#refusals = 0;
    this.#pauseMs = firstPauseMs;
    this.#wake();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
    this.#listeners.clear();
    await this.#open?.connection.close();
  }

  async #keepConnected(): Promise<void> {
    while (!this.#closed) {
      const opened = await this.#connect();
      if ("refused" in opened) {
        await this.#afterRefusal(opened.refused);
        continue;
      }
      if (this.#closed) return opened.connection.close();
      await this.#begin(opened);
      const error = await opened.connection.closed();
      this.#open = undefined;
      if (this.#closed) return;
      await this.#afterRefusal(whyAway(opened.client, error ?? undefined, opened.connection.getServer()));
    }
  }

  async #connect(): Promise<Open | { readonly refused: Refused }> {
    const road = natsRoad(this.#address, this.#parts.secrets);
    if ("failure" in road) return { refused: { failure: road.failure, needs: "person" } };
    const client = await loadClient();
    const connection = await connectTo(client, road, { name: this.#name, inboxes: this.#inboxes, ca: this.#address.ca });
    return "refused" in connection ? connection : { connection: connection.connection, client, store: undefined };
  }

  async #begin(open: Open): Promise<void> {
    const { info } = open.connection;
    const server = open.connection.getServer();
    const version = info?.version ?? "";
    this.#open = open;
    this.#refusals = 0;
    this.#pauseMs = firstPauseMs;
    for (const wanted of this.#wanted) this.#hearOn(open.connection, wanted);
    const advice = adviceOnVersion(version);
    this.#parts.log.info({ server, version }, "connected to NATS");
    if (advice !== undefined) this.#parts.log.warn({ server }, advice);
    void this.#follow(open.connection.status());
    // Connected is who can be asked: the server knows by now what is listened to here.
    await Promise.race([open.connection.flush().catch(() => undefined), open.connection.closed()]);
    if (this.#closed || open.connection.isClosed()) return;
    this.#tell({ state: "connected", server, version, jetstream: info?.jetstream === true });
  }

  /** What the server forbids it says only here. */
  async #follow(told: AsyncIterable<Status>): Promise<void> {
    for await (const status of told)
      if (status.type === "error") this.#parts.log.warn({ says: status.error.message.slice(0, 300) }, "the NATS server refused something");
  }

  async #afterRefusal({ failure, needs }: Refused): Promise<void> {
    this.#refusals = needs === "patience" ? 0 : this.#refusals + 1;
    const needsPerson = needs === "person" || this.#refusals >= refusalsBeforePerson;
    this.#away(failure, needsPerson);
    const { clock, draw } = this.#parts;
    const pauseMs = this.#pauseMs * (0.5 + draw() / 2);
    this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2);
    await new Promise<void>((resolve) => {
      const forget = needsPerson ? () => {} : clock.after(pauseMs, resolve);
      this.#wake = () => {
        forget();
        resolve();
      };
      if (this.#closed) this.#wake();
    });
    this.#wake = () => {};
  }

  #away(because: Failure, needsPerson: boolean): void {
    const before = this.#state;
    const since = before.state === "away" ? before.since : this.#parts.clock.now();
    if (before.state !== "away" || before.needsPerson !== needsPerson)
      this.#parts.log.warn({ says: because.message, needsPerson }, "NATS is away");
    this.#tell({ state: "away", since, because, needsPerson });
  }

  #tell(state: NatsState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }

  #hearOn(connection: NatsConnection, wanted: Wanted): void {
    const subscription = connection.subscribe(wanted.subject, {
      ...(wanted.queue === undefined ? {} : { queue: wanted.queue }),
      callback: (error, message) => {
        if (error !== null) return;
        try {
          wanted.hear(this.#heard(message));
        } catch (bug) {
          // Thrown on, it would end the client's reading.
          this.#parts.log.error(
            { subject: wanted.subject, stack: bug instanceof Error ? bug.stack : String(bug) },
            "a bug at a NATS subject",
          );
        }
      },
    });
    wanted.stop = () => subscription.unsubscribe();
  }

  #heard(message: Msg): NatsMessage {
    return heardMessage(message, (subject, data) => this.publish(subject, data));
  }

  #store(): Promise<Kvm> | undefined {
    const open = this.#open;
    if (open === undefined) return undefined;
    open.store ??= import("@nats-io/kv").then(({ Kvm }) => new Kvm(open.connection));
    return open.store;
  }

  #awayFailure(): Failure {
    return this.#state.state === "away" ? this.#state.because : fail("connect-failed", `NATS at ${this.#server()} is not connected yet.`);
  }

  #server(): string {
    const road = natsRoad(this.#address, this.#parts.secrets);
    return "failure" in road ? "its address" : road.server;
  }
}
