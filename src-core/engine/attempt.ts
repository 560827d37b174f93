// One upstream call: send, hold until something real came, release, and end exactly once. Until the first byte is released a failure is free;
// afterwards it can only be told inside the stream (reliability.md phases A to D). The only code that runs per chunk is `onData`.
import type { Usage } from "../contract/events.ts";
import { type Failure, fail } from "../contract/failure.ts";
import type { NodeId } from "../contract/ids.ts";
import type { Task } from "../contract/route.ts";
import type { Wire } from "../dialects/wire.ts";
import type { ClientReply } from "./exchange.ts";
import { framesIn, lastFrameEnd, Tail } from "./frames.ts";
import type { Clock, NodeAdapter, UpstreamCall, UpstreamHandle, UpstreamHead, UpstreamSink } from "./ports.ts";
import { Watchdog } from "./watchdog.ts";

/** A whole (non-streaming) answer is held up to this size, so that a broken one can still be failed over. */
const heldWholeBytes = 1024 * 1024;
/** One frame longer than this is not a frame (F18). */
const longestFrameBytes = 4 * 1024 * 1024;
/** An error answer of a node is read up to this size. */
const errorBodyBytes = 64 * 1024;

export interface AttemptInput {
  readonly node: NodeId;
  readonly adapter: NodeAdapter;
  readonly call: UpstreamCall;
  readonly wire: Wire;
  readonly task: Task;
  readonly reply: ClientReply;
  readonly clock: Clock;
  /** Our headers for the answer, asked for once, when it is released. */
  readonly headers: () => Record<string, string>;
  /** Puts the client's spelling of the model into whole frames or a whole body. */
  readonly echo?: ((bytes: Buffer) => Buffer) | undefined;
  readonly onFirstByte: () => void;
  readonly limits: {
    readonly firstByteMs: number;
    readonly firstByteIsDeadline: boolean;
    readonly betweenChunksMs: number;
    readonly clientStallMs: number;
  };
  /** Asked once, when the first byte is overdue: how long a load on the node, of which nobody told us, may still take (F38). 0: it is no load. */
  readonly loadPatienceMs: () => number;
}

/** A node's own error answer, kept so that a 4xx reaches the client as it was (F23). */
export interface HeldAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

export type AttemptEnd =
  | {
      readonly state: "answered";
      readonly outcome: "ok" | "incomplete";
      readonly status: number;
      readonly failure?: Failure;
      readonly usage: Usage | undefined;
    }
  | { readonly state: "client-gone"; readonly answered: boolean }
  | { readonly state: "failed"; readonly failure: Failure; readonly held?: HeldAnswer };

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

type Mode = "head" | "error" | "whole" | "hold" | "stream" | "done";

class AttemptSink implements UpstreamSink {
  readonly #input: AttemptInput;
  readonly #resolve: (end: AttemptEnd) => void;
  readonly #watchdog: Watchdog;
  readonly #tail = new Tail();
  #handle: UpstreamHandle | undefined;
  #mode: Mode = "head";
  #head: UpstreamHead = { status: 0, headers: {} };
  /** Bytes not released yet: everything before the commit, an incomplete frame after it. */
  #held: Buffer | undefined;
  /** How much of what is held before the commit was looked at already. */
  #looked = 0;
  #chunks = 0;
  #firstByteAt = 0;
  #committed = false;
  #patient = false;
  /** The client reads slower than the node writes. */
  #stalled = false;

  constructor(input: AttemptInput, resolve: (end: AttemptEnd) => void) {
    this.#input = input;
    this.#resolve = resolve;
    this.#watchdog = new Watchdog(input.clock, input.limits.firstByteMs, () => this.#silent());
  }

  begin(): void {
    const handle = this.#input.adapter.send(this.#input.call, this);
    if (this.#mode === "done") handle.abort();
    else this.#handle = handle;
  }

  onHead(head: UpstreamHead): void {
    this.#head = head;
    const type = head.headers["content-type"] ?? "";
    if (head.status < 200 || head.status > 299) this.#mode = "error";
    else if (type.startsWith("text/event-stream") || type.startsWith("application/x-ndjson")) this.#mode = "hold";
    else if (type.startsWith("text/html"))
      this.#fail(fail("malformed-reply", `${this.#input.node} answered with a web page. Is that the address of a model server?`));
    else this.#mode = "whole";
  }

  onData(chunk: Buffer): boolean {
    this.#watchdog.progress();
    switch (this.#mode) {
      case "stream":
        return this.#release(chunk);
      case "hold":
        return this.#hold(chunk);
      case "whole":
        return this.#collect(chunk, heldWholeBytes);
      case "error":
        if ((this.#held?.length ?? 0) < errorBodyBytes) this.#held = join(this.#held, chunk);
        return true;
      default:
        return true;
    }
  }

  onEnd(): void {
    switch (this.#mode) {
      case "error":
        return this.#refused();
      case "whole":
        return this.#wholeEnded();
      case "hold":
        return this.#heldEnded();
      case "stream":
        return this.#streamEnded();
      default:
        if (this.#mode === "head") this.#fail(fail("malformed-reply", `${this.#input.node} closed the connection without an answer.`));
    }
  }

  onFailure(failure: Failure): void {
    if (this.#committed) this.#break(failure);
    else this.#fail(failure);
  }

  clientGone(): void {
    if (this.#mode === "done") return;
    const answered = this.#mode !== "head";
    this.#finish({ state: "client-gone", answered }, true);
  }

  /** Before the first content: lifecycle frames wait, so that a node failing right after them can still be replaced (F12). */
  #hold(chunk: Buffer): boolean {
    const held = join(this.#held, chunk);
    this.#held = held;
    const { wire, node } = this.#input;
    const whole = lastFrameEnd(held, wire.frameEnd);
    if (held.length > longestFrameBytes) {
      this.#fail(fail("malformed-reply", `${node} sent an event without an end, or events without content.`));
      return true;
    }
    const fresh = held.subarray(this.#looked, whole);
    this.#looked = Math.max(this.#looked, whole);
    for (const frame of framesIn(fresh, wire.frameEnd)) {
      const told = wire.failureIn(frame);
      if (told !== undefined) {
        this.#fail({ ...told, node });
        return true;
      }
      if (wire.isContent(frame)) return this.#commitStream(held, whole);
    }
    return true;
  }

  #commitStream(held: Buffer, whole: number): boolean {
    this.#commit();
    this.#mode = "stream";
    this.#input.reply.head(this.#head.status, { ...this.#head.headers, ...this.#input.headers() });
    this.#held = whole < held.length ? held.subarray(whole) : undefined;
    return this.#write(held.subarray(0, whole));
  }

  #commit(): void {
    this.#committed = true;
    this.#firstByteAt = this.#input.clock.monotonic();
    this.#input.onFirstByte();
    this.#watchdog.limit(this.#input.limits.betweenChunksMs);
  }

  /** The hot path: whole frames go out as they came, an incomplete one waits for its end. */
  #release(chunk: Buffer): boolean {
    this.#chunks += 1;
    const bytes = this.#held === undefined ? chunk : Buffer.concat([this.#held, chunk]);
    const whole = lastFrameEnd(bytes, this.#input.wire.frameEnd);
    if (whole === bytes.length) {
      this.#held = undefined;
      return this.#write(bytes);
    }
    this.#held = bytes.subarray(whole);
    if (this.#held.length > longestFrameBytes) {
      this.#break(fail("stream-broken", `${this.#input.node} sent an event without an end.`));
      return true;
    }
    return whole === 0 ? true : this.#write(bytes.subarray(0, whole));
  }

  #write(part: Buffer): boolean {
    const { echo, reply } = this.#input;
    this.#tail.push(part);
    const open = reply.write(echo === undefined ? part : echo(part));
    if (!open) this.#pauseForClient();
    return open;
  }

  /** The client reads slowly: the node waits, and a client that never drains is cut (F41). */
  #pauseForClient(): void {
    const { reply, limits } = this.#input;
    this.#stalled = true;
    this.#watchdog.limit(limits.clientStallMs);
    reply.onDrain(() => {
      this.#stalled = false;
      if (this.#mode === "done") return;
      this.#watchdog.limit(limits.betweenChunksMs);
      this.#handle?.resume();
    });
  }

  #collect(chunk: Buffer, limit: number): boolean {
    const held = join(this.#held, chunk);
    if (held.length <= limit) {
      this.#held = held;
      return true;
    }
    // Too large to hold: release it as it comes. A frame end of "\n" never applies to it, so it passes through `whole` mode again.
    if (!this.#committed) {
      this.#commit();
      this.#input.reply.head(this.#head.status, { ...this.#head.headers, ...this.#input.headers() });
    }
    this.#held = undefined;
    return this.#write(held);
  }

  #refused(): void {
    const body = this.#held ?? Buffer.alloc(0);
    const { status, headers } = this.#head;
    const { adapter, node } = this.#input;
    const told =
      adapter.classify(status, headers, body.toString("utf8")) ?? fail("upstream-unavailable", `${node} answered with status ${status}.`);
    const failure = { ...told, node };
    const held = { status, contentType: headers["content-type"] ?? "application/json", body };
    this.#finish({ state: "failed", failure, held }, false);
  }

  #wholeEnded(): void {
    const body = this.#held ?? Buffer.alloc(0);
    const { wire, node, reply, echo } = this.#input;
    if (this.#committed) return this.#finishWhole(body);
    if (!endsLikeJson(body)) return this.#fail(fail("malformed-reply", `${node} sent an answer that was cut short.`));
    const told = startsLikeError(body) ? wire.failureIn(body.toString("utf8")) : undefined;
    if (told !== undefined) return this.#fail({ ...told, node });
    this.#commit();
    const bytes = echo === undefined ? body : echo(body);
    reply.head(this.#head.status, { ...this.#head.headers, ...this.#input.headers(), "content-length": String(bytes.length) });
    this.#tail.push(body);
    reply.end(bytes);
    this.#finish({ state: "answered", outcome: "ok", status: this.#head.status, usage: wire.usageIn(this.#tail.text()) }, false);
  }

  #finishWhole(rest: Buffer): void {
    if (rest.length > 0) this.#write(rest);
    if (!endsLikeJson(Buffer.from(this.#tail.text())))
      return this.#break(fail("stream-broken", `${this.#input.node} sent an answer that was cut short.`));
    this.#input.reply.end();
    this.#finish(
      { state: "answered", outcome: "ok", status: this.#head.status, usage: this.#input.wire.usageIn(this.#tail.text()) },
      false,
    );
  }

  /** The stream ended before any content: a finished, empty answer is an answer; anything else is a failure nobody has seen yet. */
  #heldEnded(): void {
    const { wire, task, node } = this.#input;
    const held = this.#held ?? Buffer.alloc(0);
    const text = held.toString("utf8");
    const told = wire.failureIn(text.trim());
    if (told !== undefined) return this.#fail({ ...told, node });
    if (!wire.terminated(text, task) || !endsWhole(held.subarray(this.#looked)))
      return this.#fail(fail("stream-broken", `${node} ended its answer before saying anything.`));
    this.#commitStream(held, held.length);
    this.#held = undefined;
    this.#streamEnded();
  }

  #streamEnded(): void {
    const { wire, task, node, reply } = this.#input;
    const rest = this.#held;
    const text = this.#tail.text() + (rest?.toString("utf8") ?? "");
    if (endsWhole(rest) && wire.terminated(text, task)) {
      reply.end(rest);
      return this.#finish({ state: "answered", outcome: "ok", status: this.#head.status, usage: this.#usage(text) }, false);
    }
    const lastFrame = framesIn(Buffer.from(text), wire.frameEnd).at(-1);
    const told = lastFrame === undefined ? undefined : wire.failureIn(lastFrame);
    // The node told its own error in a whole frame: the client has it already, in its dialect.
    if (told !== undefined && rest === undefined) return this.#broken({ ...told, node }, undefined);
    const unsent = rest === undefined ? undefined : wire.failureIn(rest.toString("utf8").trim());
    this.#break(unsent === undefined ? fail("stream-broken", `${node} ended its answer without finishing it.`) : { ...unsent, node });
  }

  #usage(text: string): Usage | undefined {
    const told = this.#input.wire.usageIn(text);
    if (told?.tokensPerSecond !== undefined || this.#chunks === 0) return told;
    const seconds = (this.#input.clock.monotonic() - this.#firstByteAt) / 1000;
    const tokensOut = told?.tokensOut ?? this.#chunks;
    return {
      ...told,
      tokensOut,
      ...(seconds > 0 ? { tokensPerSecond: tokensOut / seconds } : {}),
      estimated: told?.tokensOut === undefined,
    };
  }

  /** After the commit: the failure is told inside the stream, and no terminator follows. */
  #break(failure: Failure): void {
    this.#broken(failure, Buffer.from(this.#input.wire.failureFrame({ ...failure, node: this.#input.node })));
  }

  #broken(failure: Failure, frame: Buffer | undefined): void {
    if (this.#mode === "done") return;
    const { reply } = this.#input;
    if (this.#mode === "whole") reply.destroy();
    else reply.end(frame);
    this.#finish({ state: "answered", outcome: "incomplete", status: this.#head.status, failure, usage: this.#usage("") }, true);
  }

  #silent(): void {
    const { limits, node, reply } = this.#input;
    if (this.#stalled) {
      reply.destroy();
      return this.#finish({ state: "client-gone", answered: true }, true);
    }
    if (this.#committed) return this.#break(fail("stream-broken", `${node} fell silent in the middle of its answer.`));
    const more = limits.firstByteIsDeadline || this.#patient ? 0 : this.#input.loadPatienceMs();
    this.#patient = true;
    if (more > 0) return this.#watchdog.again(more);
    const waited = `${Math.round(limits.firstByteMs / 1000)} s`;
    this.#fail(
      limits.firstByteIsDeadline
        ? fail("deadline-exceeded", `${node} had not answered when this request's deadline passed.`)
        : fail("first-byte-timeout", `${node} accepted the request but sent nothing for ${waited}.`),
    );
  }

  #fail(failure: Failure): void {
    this.#finish({ state: "failed", failure: { ...failure, node: this.#input.node } }, true);
  }

  #finish(end: AttemptEnd, abort: boolean): void {
    if (this.#mode === "done") return;
    this.#mode = "done";
    this.#watchdog.stop();
    this.#held = undefined;
    if (abort) this.#handle?.abort();
    this.#resolve(end);
  }
}

function join(held: Buffer | undefined, chunk: Buffer): Buffer {
  return held === undefined ? chunk : Buffer.concat([held, chunk]);
}

/** A cheap look at the last byte: enough to tell a body that was cut from one that was not, without parsing it. */
function endsLikeJson(body: Buffer): boolean {
  let last = body.length - 1;
  while (last >= 0 && (body[last] ?? 0) <= 32) last -= 1;
  return body[last] === 0x7d || body[last] === 0x5d;
}

/** Whether the rest of a stream is no more than a last frame without its end: some servers write `[DONE]` and hang up. */
function endsWhole(rest: Buffer | undefined): boolean {
  return rest === undefined || rest.length === 0 || endsLikeJson(rest) || rest.toString("latin1").trimEnd().endsWith("data: [DONE]");
}

function startsLikeError(body: Buffer): boolean {
  return body.length < errorBodyBytes && body.subarray(0, 16).toString("latin1").replace(/\s/g, "").startsWith('{"error"');
}
