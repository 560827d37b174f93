// One call to a node on undici's lowest level, from dispatch to its one end. This is the hot path: one object a call, nothing allocated per
// chunk, pausing instead of buffering. After `abort` the sink hears nothing; `onEnd` or `onFailure` comes exactly once otherwise.
import type { Dispatcher } from "undici";
import { type Failure, fail } from "../contract/failure.ts";
import type { UpstreamHandle, UpstreamSink } from "../engine/ports.ts";
import { responseHeaders } from "./headers.ts";
import { headersWithout, KeyMask } from "./key-mask.ts";
import { flushed, isDeadSocket, type Peer, transportFailure } from "./transport-failure.ts";

/** A reused socket that dies later than this after the call was sent died of the call, not of having been idle. */
const idleDeathMs = 2_000;

/** One reason for every abort: a new error would only cost a stack trace. */
const abandoned = new Error("abandoned by Homeport");

/** The received record, as undici types it. */
type ReceivedHeaders = Parameters<NonNullable<Dispatcher.DispatchHandler["onResponseStart"]>>[2];

/** What the exchange asks of the client that made it. */
export interface Line {
  readonly peer: Peer;
  /** The node's own key, which its refusals must not bring back. */
  readonly secret: Buffer | undefined;
  /** True while a new connection is being handed over: a call that starts then is the first on its socket. */
  readonly isFresh: boolean;
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void;
}

export class UpstreamExchange implements Dispatcher.DispatchHandler, UpstreamHandle {
  readonly #line: Line;
  readonly #options: Dispatcher.DispatchOptions;
  readonly #sink: UpstreamSink;
  #controller: Dispatcher.DispatchController | undefined;
  #done = false;
  #headSeen = false;
  #reused = false;
  #retried = false;
  #sentAt = 0;
  #mask: KeyMask | undefined;

  constructor(line: Line, options: Dispatcher.DispatchOptions, sink: UpstreamSink) {
    this.#line = line;
    this.#options = options;
    this.#sink = sink;
  }

  begin(): void {
    this.#line.dispatch(this.#options, this);
  }

  resume(): void {
    if (!this.#done) this.#controller?.resume();
  }

  abort(): void {
    if (this.#done) return;
    this.#done = true;
    this.#controller?.abort(abandoned);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Abandoned while it waited for a connection: nothing has been written yet, and nothing will be.
    if (this.#done) return controller.abort(abandoned);
    this.#reused = !this.#line.isFresh;
    this.#sentAt = performance.now();
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: ReceivedHeaders): void {
    if (status < 200 || this.#done) return;
    this.#headSeen = true;
    if (status < 300 || status > 399) return this.#sink.onHead({ status, headers: this.#safe(status, responseHeaders(headers)) });
    const { node, address } = this.#line.peer;
    this.#fail(
      fail(
        "upstream-unavailable",
        `${node} at ${address} answered with a redirect, which Homeport never follows. Configure the address it really has.`,
      ),
    );
    controller.abort(abandoned);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#done) return;
    const safe = this.#mask === undefined ? chunk : this.#mask.push(chunk);
    if (safe.length > 0 && !this.#sink.onData(safe)) controller.pause();
  }

  onResponseEnd(): void {
    if (this.#done) return;
    const rest = this.#mask?.rest();
    if (rest !== undefined && rest.length > 0) this.#sink.onData(rest);
    this.#done = true;
    this.#sink.onEnd();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#done) return;
    // Its connections were dropped under it: whatever was not answered yet is asked again, on a new one (R-3, phase B).
    const isRepeatable = error === flushed && !this.#headSeen && !this.#retried;
    if (isRepeatable || this.#diedIdle(error)) {
      this.#retried = true;
      this.#controller = undefined;
      return this.begin();
    }
    this.#fail(transportFailure(error, this.#line.peer, this.#headSeen));
  }

  /** Without our key in the head; where the node refuses, its body will be looked through as well. */
  #safe(status: number, headers: Record<string, string>): Record<string, string> {
    const { secret } = this.#line;
    if (secret === undefined) return headers;
    if (status > 299) this.#mask = new KeyMask(secret);
    return headersWithout(secret, headers);
  }

  /** Real servers close idle connections; a call that met one was never read, and goes once more, on a connection of its own (observed.md 4.3). */
  #diedIdle(error: Error): boolean {
    return !this.#headSeen && this.#reused && !this.#retried && isDeadSocket(error) && performance.now() - this.#sentAt < idleDeathMs;
  }

  #fail(failure: Failure): void {
    this.#done = true;
    this.#sink.onFailure({ ...failure });
  }
}
