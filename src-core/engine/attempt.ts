// One upstream call: send, hold until something real came, release, and end exactly once. Until the first byte is released a failure is free;
// afterwards it can only be told inside the stream (reliability.md phases A to D). How an answer is read is its kind's: `stream-answer.ts`,
// `whole-answer.ts`.
import type { Usage } from "../contract/events.ts";
import { type Failure, fail } from "../contract/failure.ts";
import type { Answer, AttemptEnd, AttemptInput, AttemptSide, HeldAnswer, Judged } from "./attempt-side.ts";
import { Tail } from "./frames.ts";
import { GatedStream } from "./gated-answer.ts";
import type { UpstreamHandle, UpstreamHead, UpstreamSink } from "./ports.ts";
import { StreamAnswer } from "./stream-answer.ts";
import { TranslatedStream, translatedHead } from "./translated-answer.ts";
import { TranslatedWhole } from "./translated-whole.ts";
import { Watchdog } from "./watchdog.ts";
import { RefusedAnswer, WholeAnswer } from "./whole-answer.ts";

/** Sends and resolves when the answer ended, broke, failed before anything was released, or the client left. */
export function attempt(input: AttemptInput): { readonly end: Promise<AttemptEnd>; readonly abandon: () => void } {
  let resolve: (end: AttemptEnd) => void = () => {};
  const end = new Promise<AttemptEnd>((resolved) => {
    resolve = resolved;
  });
  const sink = new AttemptSink(input, resolve);
  sink.begin();
  return { end, abandon: () => sink.clientGone() };
}

class AttemptSink implements UpstreamSink, AttemptSide {
  readonly input: AttemptInput;
  #tail: Tail | undefined;
  head: UpstreamHead = { status: 0, headers: {} };
  committed = false;
  readonly #resolve: (end: AttemptEnd) => void;
  readonly #watchdog: Watchdog;
  #handle: UpstreamHandle | undefined;
  #answer: Answer | undefined;
  #over = false;
  readonly #begunAt: number;
  #forgetWall: (() => void) | undefined;
  #committedAt = 0;
  #patient = false;
  /** The client reads slower than the node writes. */
  #stalled = false;

  constructor(input: AttemptInput, resolve: (end: AttemptEnd) => void) {
    this.input = input;
    this.#resolve = resolve;
    this.#begunAt = input.clock.monotonic();
    this.#watchdog = new Watchdog(input.clock, input.limits.firstByteMs, () => this.#silent());
  }

  get tail(): Tail {
    this.#tail ??= new Tail();
    return this.#tail;
  }

  begin(): void {
    const { answerMs } = this.input.limits;
    if (answerMs !== undefined) this.#limitAnswer(answerMs);
    const handle = this.input.adapter.send(this.input.call, this, this.input);
    if (this.#over) handle.abort();
    else this.#handle = handle;
  }

  onHead(head: UpstreamHead): void {
    const { translation, wire } = this.input;
    this.head = translation === undefined ? head : translatedHead(head, wire, translation);
    const type = head.headers["content-type"] ?? "";
    if (head.status < 200 || head.status > 299) this.#answer = new RefusedAnswer(this);
    else if (type.startsWith("text/event-stream") || type.startsWith("application/x-ndjson")) this.#answer = this.#stream();
    else if (type.startsWith("text/html"))
      this.fail(fail("malformed-reply", `${this.input.node} answered with a web page. Is that the address of a model server?`));
    else this.#answer = translation === undefined ? new WholeAnswer(this) : new TranslatedWhole(this, translation);
  }

  #stream(): Answer {
    const { gate, translation } = this.input;
    if (translation !== undefined) return new TranslatedStream(this, translation);
    return gate === undefined ? new StreamAnswer(this) : new GatedStream(this, gate);
  }

  onData(chunk: Buffer): boolean {
    this.#watchdog.progress();
    return this.#over || this.#answer === undefined ? true : this.#answer.onData(chunk);
  }

  onEnd(): void {
    if (this.#over) return;
    if (this.#answer === undefined) this.fail(fail("malformed-reply", `${this.input.node} closed the connection without an answer.`));
    else this.#answer.onEnd();
  }

  onFailure(failure: Failure): void {
    if (this.committed) this.break(failure);
    else this.fail(failure);
  }

  clientGone(): void {
    this.#finish({ state: "client-gone", answered: this.#answer !== undefined, usage: this.#answer?.usageSoFar() }, true);
  }

  sinceCommit(): number {
    return this.input.clock.monotonic() - this.#committedAt;
  }

  commit(): void {
    this.#watchdog.limit(this.input.limits.betweenChunksMs);
    this.#open(this.input.headers(this.head.headers));
  }

  answer(body: Buffer, usage: Usage | undefined): void {
    const headers = this.input.headers(this.head.headers, true, usage);
    headers["content-length"] = String(body.length);
    this.#open(headers);
    this.done(usage, body);
  }

  #open(headers: Record<string, string>): void {
    this.committed = true;
    this.#committedAt = this.input.clock.monotonic();
    this.input.onFirstByte();
    // A client that was told it waits has its head already.
    if (!this.input.reply.headSent) this.input.reply.head(this.head.status, headers);
  }

  write(part: Buffer): boolean {
    const { echo, reply } = this.input;
    this.tail.push(part);
    const told = echo === undefined ? part : echo(part);
    if (told.length === 0) return true;
    const open = reply.write(told);
    if (!open) this.#pauseForClient();
    return open;
  }

  done(usage: Usage | undefined, last?: Buffer): void {
    this.input.reply.end(last);
    this.#finish({ state: "answered", outcome: "ok", status: this.head.status, usage }, false);
  }

  fail(failure: Failure, held?: HeldAnswer, judged?: Judged): void {
    const blamed = { ...failure, node: this.input.node };
    const ms = this.input.clock.monotonic() - this.#begunAt;
    this.#finish({ state: "failed", failure: blamed, ms, ...(held === undefined ? {} : { held }), ...judged }, held === undefined);
  }

  break(failure: Failure, told = false): void {
    if (this.#over) return;
    const { reply, wire, node } = this.input;
    const blamed = { ...failure, node };
    const usage = this.#answer?.usageSoFar();
    // A whole body that breaks in its middle has no frame to tell it in: only a cut connection is honest.
    if (!(this.#answer instanceof StreamAnswer || this.#answer instanceof TranslatedStream)) reply.destroy();
    else reply.end(told ? undefined : Buffer.from(wire.failureFrame(blamed)));
    this.#finish({ state: "answered", outcome: "incomplete", status: this.head.status, failure: blamed, usage }, true);
  }

  /** The client reads slowly: the node waits, and a client that never drains is cut (F41). */
  #pauseForClient(): void {
    const { reply, limits } = this.input;
    this.#stalled = true;
    this.#watchdog.limit(limits.clientStallMs);
    reply.onDrain(() => {
      this.#stalled = false;
      if (this.#over) return;
      this.#watchdog.limit(limits.betweenChunksMs);
      this.#handle?.resume();
    });
  }

  #silent(): void {
    const { limits, node, reply } = this.input;
    if (this.#stalled) {
      reply.destroy();
      return this.#finish({ state: "client-gone", answered: true }, true);
    }
    if (this.committed) return this.break(fail("stream-broken", `${node} fell silent in the middle of its answer.`));
    const more = limits.firstByteIsDeadline ? 0 : this.#patience();
    if (more > 0) return this.#watchdog.again(more);
    this.fail(
      limits.firstByteIsDeadline
        ? fail("deadline-exceeded", `${node} had not answered when this request's deadline passed.`)
        : fail("first-byte-timeout", `${node} accepted the request but sent nothing for ${inSeconds(limits.firstByteMs)}.`),
    );
  }

  /** Once per attempt: what a load on the node, of which nobody told us, is still given. */
  #patience(): number {
    const more = this.#patient ? 0 : this.input.loadPatienceMs();
    this.#patient = true;
    return more;
  }

  /** The wall of source-systems.md 3.2: a timer of its own, which nothing that arrives puts off. Loading does not count against it. */
  #limitAnswer(ms: number): void {
    this.#forgetWall = this.input.clock.after(ms, () => {
      if (this.committed) return;
      const more = this.#patience();
      if (more > 0) return this.#limitAnswer(more);
      const { node, limits } = this.input;
      this.fail(
        fail(
          "answer-timeout",
          `${node} had not answered within ${inSeconds(limits.answerMs ?? ms)}, the time this profile gives its model.`,
        ),
      );
    });
  }

  #finish(end: AttemptEnd, abort: boolean): void {
    if (this.#over) return;
    this.#over = true;
    this.#watchdog.stop();
    this.#forgetWall?.();
    this.#answer = undefined;
    if (abort) this.#handle?.abort();
    this.#resolve(end);
  }
}

function inSeconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
