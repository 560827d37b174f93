// One HTTP call to a simulated node and its answer: the body read whole, faults played, frames paced by the injected clock.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../engine/ports.ts";
import type { Fault } from "./faults.ts";
import { wait } from "./pace.ts";
import type { Quirk } from "./quirk-shapes.ts";
import type { MutableRequest, NodeRecord } from "./record.ts";

/** A stream before it is sent: what comes at once, what comes at the model's pace, what ends it. One string is one event or line. */
export interface StreamScript {
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly opening: readonly string[];
  readonly paced: readonly string[];
  readonly closing: readonly string[];
  /** What this server sends, before a clean end, when the process behind it dies in the middle; `cut`: the server itself was that process. */
  readonly crash: readonly string[] | "cut";
  readonly gapMs: number;
  /** The process that speaks. */
  readonly speaker?: Speaker;
}

/** Once `halted` it says nothing more; when it has `died`, the stream ends as in a crash. */
export interface Speaker {
  readonly halted: boolean;
  readonly died: AbortSignal;
}

/** How a stream went. `crashed`: the model is no longer in memory. */
export type StreamEnd = "complete" | "gone" | "broken" | "crashed";

interface CallParts {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly record: NodeRecord;
  readonly recorded: MutableRequest;
  readonly fault: Fault | undefined;
  /** What becomes of every answer to inference, in this order. */
  readonly quirks: readonly Quirk[];
  readonly clock: Clock;
}

export class Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** Aborts when the caller leaves before the answer is complete. */
  readonly signal: AbortSignal;
  readonly fault: Fault | undefined;
  readonly clock: Clock;
  readonly #response: ServerResponse;
  readonly #request: IncomingMessage;
  readonly #record: NodeRecord;
  readonly #recorded: MutableRequest;
  readonly #quirks: readonly Quirk[];

  constructor({ request, response, record, recorded, fault, quirks, clock }: CallParts) {
    const url = new URL(request.url ?? "/", "http://node");
    const gone = new AbortController();
    this.method = request.method ?? "GET";
    this.path = url.pathname;
    this.query = url.searchParams;
    this.headers = recorded.headers;
    this.signal = gone.signal;
    this.fault = fault;
    this.clock = clock;
    this.#request = request;
    this.#response = response;
    this.#record = record;
    this.#recorded = recorded;
    this.#quirks = recorded.inference ? quirks : [];
    response.once("close", () => {
      record.finish(recorded, response.writableFinished);
      if (!response.writableFinished) gone.abort();
    });
    response.on("error", () => undefined);
  }

  get body(): Buffer {
    return this.#recorded.body;
  }

  /** True once an answer was begun. */
  get answered(): boolean {
    return this.#response.headersSent;
  }

  /** A header on whatever will be answered. */
  header(name: string, value: string): void {
    this.#response.setHeader(name, value);
  }

  /** Reads the whole body. False when the caller left in the middle of it. */
  async read(): Promise<boolean> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of this.#request) {
        if (!Buffer.isBuffer(chunk)) continue;
        chunks.push(chunk);
        this.#record.bytesReceived += chunk.length;
      }
    } catch {
      return false;
    }
    this.#recorded.body = Buffer.concat(chunks);
    this.#record.changed();
    return true;
  }

  /** Marks the call as one that asks a model for something. */
  inference(): void {
    if (!this.#recorded.inference) this.#record.opened(this.#recorded);
  }

  /** A whole JSON answer. Ends with a newline where that server's encoder adds one. */
  json(
    status: number,
    body: unknown,
    contentType = "application/json; charset=utf-8",
    headers: Readonly<Record<string, string>> = {},
  ): void {
    this.text(status, JSON.stringify(body), contentType, headers);
  }

  text(code: number, words: string, contentType: string, headers: Readonly<Record<string, string>> = {}): void {
    const { status, text } = this.#quirks.reduce((said, quirk) => quirk.whole?.(said) ?? said, { status: code, text: words });
    const body = Buffer.from(text);
    this.#recorded.status = status;
    // A router's proxied answers are chunked: it does not know the length in advance.
    const length = headers["transfer-encoding"] === undefined ? { "content-length": String(body.length) } : {};
    this.#response.writeHead(status, { ...(contentType === "" ? {} : { "content-type": contentType }), ...length, ...headers });
    this.#response.end(this.method === "HEAD" ? undefined : body);
  }

  /** A stream of events for anybody who listens; `write` is deaf once the caller left. */
  open(
    contentType: string,
    headers: Readonly<Record<string, string>>,
  ): { readonly write: (frame: string) => void; readonly end: () => void } {
    this.#recorded.status = 200;
    this.#response.writeHead(200, { "content-type": contentType, ...headers });
    this.#response.flushHeaders();
    return { write: (frame) => this.#write(frame), end: () => this.#response.end() };
  }

  /** Closes the connection as a dying process does: with a reset where the transport can. */
  cut(): void {
    const { socket } = this.#request;
    if ("resetAndDestroy" in socket && socket.listenerCount("secure") === 0) socket.resetAndDestroy();
    else socket.destroy();
  }

  /** Waits on the node's clock, or until the caller leaves. */
  wait(ms: number): Promise<void> {
    return wait(this.clock, ms, this.signal);
  }

  /** Sends a stream frame by frame, at the model's pace and no faster than the caller reads, and plays the fault of this call. */
  stream(planned: StreamScript): Promise<StreamEnd> {
    const script = this.#quirks.reduce((said, quirk) => quirk.stream?.(said) ?? said, planned);
    this.#recorded.status = 200;
    this.#response.writeHead(200, { "content-type": script.contentType, ...script.headers });
    const pacedFrom = script.opening.length;
    const frames = [...script.opening, ...script.paced, ...script.closing];
    const gapBefore = (index: number) => (index > pacedFrom && index < pacedFrom + script.paced.length ? script.gapMs : 0);
    return new Promise((resolve) => this.#pump({ frames, gapBefore, crash: script.crash, speaker: script.speaker, resolve }, 0, false));
  }

  #pump(run: StreamRun, from: number, waited: boolean): void {
    let rested = waited;
    for (let index = from; ; index += 1) {
      if (this.signal.aborted) return run.resolve("gone");
      if (this.#breaks(run, index)) return;
      if (run.speaker?.halted === true) return this.#awaitDeath(run, run.speaker.died);
      const frame = run.frames[index];
      if (frame === undefined) {
        this.#response.end();
        return run.resolve("complete");
      }
      const gapMs = run.gapBefore(index);
      if (gapMs > 0 && !rested) return this.#restThen(gapMs, run, index);
      rested = false;
      if (this.#write(frame)) continue;
      return this.#drainThen(run, index + 1);
    }
  }

  #restThen(ms: number, run: StreamRun, index: number): void {
    const gone = () => {
      forget();
      run.resolve("gone");
    };
    const forget = this.clock.after(ms, () => {
      this.signal.removeEventListener("abort", gone);
      this.#pump(run, index, true);
    });
    this.signal.addEventListener("abort", gone, { once: true });
  }

  #awaitDeath(run: StreamRun, died: AbortSignal): void {
    const gone = () => run.resolve("gone");
    this.signal.addEventListener("abort", gone, { once: true });
    const end = () => {
      this.signal.removeEventListener("abort", gone);
      this.#crash(run);
    };
    if (died.aborted) end();
    else died.addEventListener("abort", end, { once: true });
  }

  #drainThen(run: StreamRun, index: number): void {
    const gone = () => run.resolve("gone");
    this.signal.addEventListener("abort", gone, { once: true });
    this.#response.once("drain", () => {
      this.signal.removeEventListener("abort", gone);
      this.#pump(run, index, false);
    });
  }

  /** Plays the fault once enough frames are out. True: the stream is over. */
  #breaks(run: StreamRun, sent: number): boolean {
    const { fault } = this;
    if (fault === undefined || !("frames" in fault) || sent < Math.min(fault.frames, run.frames.length)) return false;
    if (fault.fault === "stall-after") {
      this.signal.addEventListener("abort", () => run.resolve("gone"), { once: true });
      return true;
    }
    if (fault.fault === "crash-after") {
      this.#crash(run);
      return true;
    }
    if (fault.fault === "malformed-after") this.#write('data: {"broken": \n\n');
    if (fault.fault === "drop-after") this.#cutAfterFlush();
    else this.#response.end();
    run.resolve("broken");
    return true;
  }

  #crash(run: StreamRun): void {
    if (run.crash === "cut") this.#cutAfterFlush();
    else {
      for (const frame of run.crash) this.#write(frame);
      this.#response.end();
    }
    run.resolve("crashed");
  }

  /** The frames before the cut shall arrive: a reset sent at once may overtake what is still in the socket's buffer. */
  #cutAfterFlush(): void {
    const { socket } = this.#request;
    setImmediate(() => socket.destroy());
  }

  #write(frame: string): boolean {
    if (this.signal.aborted || this.#response.writableEnded) return true;
    this.#recorded.framesSent += 1;
    const roomLeft = this.#response.write(frame);
    this.#record.changed();
    return roomLeft;
  }
}

interface StreamRun {
  readonly frames: readonly string[];
  readonly gapBefore: (index: number) => number;
  readonly crash: readonly string[] | "cut";
  readonly speaker: Speaker | undefined;
  readonly resolve: (end: StreamEnd) => void;
}
