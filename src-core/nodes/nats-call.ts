// One streaming call to a worker (`contract/jobs.ts`, `StreamHead`): its answer arrives as numbered frames, and becomes what an HTTP answer would be.
// A gap, silence or a lost server breaks it; nothing is asked for twice. At most `window` frames of data wait here, whoever reads slowly.
import { type Failure, type FailureKind, fail } from "../contract/failure.ts";
import {
  heartbeatMs,
  type StreamCall,
  StreamError,
  StreamHead,
  StreamOpen,
  type StreamWord,
  streamHeader,
  workerSubject,
} from "../contract/jobs.ts";
import type { NatsMessage } from "../engine/nats-port.ts";
import type { UpstreamHandle, UpstreamSink } from "../engine/ports.ts";
import { responseHeaders } from "./headers.ts";
import { jobFailure } from "./nats-failures.ts";
import { jsonBytes, jsonIn, type NatsLine, nobodyListens, notSent } from "./nats-line.ts";

/** A worker opens a call at once; one that does not is not there. */
const openMs = heartbeatMs;
const silentMs = 3 * heartbeatMs;
/** Of a message, what its headers and the protocol may take. */
const slackBytes = 4_096;
const mostParts = 1_024;

export interface NatsCallInput {
  readonly call: StreamCall;
  readonly body: Buffer | undefined;
}

export class NatsCall implements UpstreamHandle {
  readonly #line: NatsLine;
  readonly #sink: UpstreamSink;
  readonly #onOver: (call: NatsCall) => void;
  #stops: (() => void)[] = [];
  #forgetTimer: () => void = () => {};
  /** Parts of the body that wait for the worker to open. */
  #parts: readonly Buffer[] = [];
  #window = 0;
  #credit: string | undefined;
  #next = 0;
  #heardAt = 0;
  #headSeen = false;
  #paused = false;
  readonly #waiting: Buffer[] = [];
  #endSeen = false;
  /** Data frames passed on since the last grant. */
  #taken = 0;
  #over = false;

  constructor(line: NatsLine, sink: UpstreamSink, onOver: (call: NatsCall) => void) {
    this.#line = line;
    this.#sink = sink;
    this.#onOver = onOver;
  }

  begin({ call, body = Buffer.alloc(0) }: NatsCallInput): void {
    const { link, subject } = this.#line;
    const [first = body, ...rest] = this.#cut(body, call);
    if (rest.length > mostParts)
      return this.#later(fail("upstream-unable", `${this.#line.node} cannot take so large a request over NATS.`));
    this.#parts = rest;
    this.#window = call.window;
    const reply = link.inbox();
    this.#stops = [
      link.subscribe(reply, (message) => this.#heard(message)),
      link.onState(({ state }) => state === "away" && this.#cutOff()),
    ];
    const headers = { [streamHeader.call]: JSON.stringify({ ...call, parts: rest.length }) };
    if (!link.publish(workerSubject.stream(subject), first, { reply, headers })) return this.#later(notSent(this.#line));
    this.#heardAt = this.#line.clock.monotonic();
    this.#watch(openMs);
  }

  resume(): void {
    this.#paused = false;
    while (!this.#over && !this.#paused) {
      const chunk = this.#waiting.shift();
      if (chunk === undefined) break;
      this.#pass(chunk);
    }
    if (this.#endSeen && this.#waiting.length === 0) this.#end();
  }

  abort(): void {
    if (this.#over) return;
    this.#over = true;
    // A worker that has not opened yet is told as soon as it does: until then there is no subject to tell it on.
    if (this.#credit !== undefined) this.#leave();
  }

  /** Ends it from our side, as the node was changed or removed. */
  fail(failure: Failure): void {
    if (this.#over) return;
    this.#over = true;
    this.#leave();
    this.#sink.onFailure(failure);
  }

  /** The first part is shortened by what the call itself takes: it stands in the same message. */
  #cut(body: Buffer, call: StreamCall): Buffer[] {
    const most = Math.max(slackBytes, this.#line.link.maxPayloadBytes() - slackBytes);
    const first = Math.max(0, most - Buffer.byteLength(JSON.stringify(call)));
    const parts = [body.subarray(0, first)];
    for (let at = first; at < body.length; at += most) parts.push(body.subarray(at, at + most));
    return parts;
  }

  #heard(message: NatsMessage): void {
    const kind = message.header(streamHeader.kind);
    const seq = message.header(streamHeader.seq);
    // Only the server answers without a word of ours: nobody has subscribed.
    if (kind === undefined) return this.#next === 0 && message.data.length === 0 ? this.#lost(nobodyListens(this.#line)) : undefined;
    if (this.#over) return this.#heardTooLate(kind, message);
    if (Number(seq) !== this.#next)
      return this.#lost(this.#broken(`a part of the answer of ${this.#line.node} got lost on its way over NATS.`));
    this.#next += 1;
    this.#heardAt = this.#line.clock.monotonic();
    this.#take(kind, message.data);
  }

  #take(kind: string, data: Uint8Array): void {
    switch (kind) {
      case "open":
        return this.#opened(StreamOpen.safeParse(jsonIn(data)).data?.credit);
      case "head":
        return this.#head(StreamHead.safeParse(jsonIn(data)).data);
      case "data":
        return this.#data(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
      case "end":
        this.#endSeen = true;
        return this.#waiting.length === 0 && !this.#paused ? this.#end() : undefined;
      case "error":
        return this.#told(StreamError.safeParse(jsonIn(data)).data);
      default:
        // A beat, or a word of a later version: it is still at it.
        return undefined;
    }
  }

  #opened(credit: string | undefined): void {
    if (credit === undefined) return this.#lost(this.#malformed());
    this.#credit = credit;
    const { link } = this.#line;
    this.#parts.forEach((part, index) => {
      link.publish(credit, part, { headers: { [streamHeader.seq]: String(index + 1) } });
    });
    this.#parts = [];
  }

  #head(head: StreamHead | undefined): void {
    if (head === undefined || this.#headSeen) return this.#lost(this.#malformed());
    this.#headSeen = true;
    this.#sink.onHead({ status: head.status, headers: responseHeaders(head.headers) });
  }

  #data(chunk: Buffer): void {
    if (!this.#headSeen) return this.#lost(this.#malformed());
    if (this.#waiting.length >= this.#window) return this.#lost(this.#broken(`${this.#line.node} sent more than it was asked for.`));
    if (this.#paused || this.#waiting.length > 0) this.#waiting.push(chunk);
    else this.#pass(chunk);
  }

  #pass(chunk: Buffer): void {
    this.#taken += 1;
    if (chunk.length > 0 && !this.#sink.onData(chunk)) this.#paused = true;
    if (this.#over || this.#taken < this.#window / 2) return;
    this.#say({ grant: this.#taken });
    this.#taken = 0;
  }

  #end(): void {
    if (this.#over) return;
    if (!this.#headSeen) return this.#lost(this.#malformed());
    this.#over = true;
    this.#quiet();
    this.#sink.onEnd();
  }

  #told(error: StreamError | undefined): void {
    const { node } = this.#line;
    const failure = error === undefined ? this.#malformed() : jobFailure(node, error.code ?? "", error.message);
    this.#finish(this.#headSeen ? fail("stream-broken", failure.message) : failure);
  }

  /** The client left before the worker opened: now it can be told. */
  #heardTooLate(kind: string, { data }: NatsMessage): void {
    if (kind === "open") this.#credit = StreamOpen.safeParse(jsonIn(data)).data?.credit;
    this.#leave();
  }

  #cutOff(): void {
    this.#lost(this.#broken(`the NATS server was lost while ${this.#line.node} answered.`));
  }

  #watch(ms: number): void {
    const { clock, node } = this.#line;
    this.#forgetTimer = clock.after(ms, () => {
      if (this.#over) return this.#quiet();
      const limitMs = this.#next === 0 ? openMs : silentMs;
      const leftMs = this.#heardAt + limitMs - clock.monotonic();
      if (leftMs > 0) return this.#watch(leftMs);
      if (this.#headSeen) this.#lost({ ...this.#broken(`${node} fell silent in the middle of its answer.`), lost: 1 });
      else this.#lost(silence(node, limitMs, this.#next > 0));
    });
  }

  #lost(failure: Failure): void {
    if (this.#over) return this.#quiet();
    this.#say({ cancel: true });
    this.#finish(failure);
  }

  #finish(failure: Failure): void {
    this.#over = true;
    this.#quiet();
    this.#sink.onFailure(failure);
  }

  #later(failure: Failure): void {
    // As a real failure would come: the caller does not have its handle yet.
    queueMicrotask(() => {
      if (!this.#over) this.#finish(failure);
      else this.#quiet();
    });
  }

  #leave(): void {
    this.#say({ cancel: true });
    this.#quiet();
  }

  #say(word: StreamWord): void {
    if (this.#credit !== undefined) this.#line.link.publish(this.#credit, jsonBytes(word));
  }

  #quiet(): void {
    this.#forgetTimer();
    for (const stop of this.#stops) stop();
    this.#stops = [];
    this.#onOver(this);
  }

  #broken(says: string): Failure {
    const kind: FailureKind = this.#headSeen ? "stream-broken" : "upstream-unavailable";
    return fail(kind, `${says.charAt(0).toUpperCase()}${says.slice(1)}`);
  }

  #malformed(): Failure {
    return fail(
      "malformed-reply",
      `${this.#line.node} answered over NATS in a way that is none of Homeport's. Does it run the same version?`,
    );
  }
}

/** Who opened the call had it: it may be what ended the worker. Who never did may not even be there. */
function silence(node: string, ms: number, opened: boolean): Failure {
  const message = `${node} took the request over NATS and then said nothing for ${ms / 1000} s.`;
  return fail("first-byte-timeout", message, opened ? { lost: 1 } : {});
}
