// Sinks for tests: one that collects an answer, and the promise of its end.
import type { Failure } from "../../src-core/contract/failure.ts";
import type { UpstreamCall, UpstreamHandle, UpstreamHead, UpstreamSink } from "../../src-core/engine/ports.ts";

export interface Collected {
  readonly head: UpstreamHead | undefined;
  readonly text: string;
  readonly chunks: number;
  readonly failure: Failure | undefined;
  /** How often an end or a failure was told: must be one. */
  readonly ends: number;
}

/** Collects everything a sink is told. `first` resolves with the first chunk, `ended` with the end. */
export class CollectingSink implements UpstreamSink {
  head: UpstreamHead | undefined;
  failure: Failure | undefined;
  text = "";
  chunks = 0;
  ends = 0;
  readonly first: Promise<void>;
  readonly ended: Promise<Collected>;
  #onFirst = () => {};
  #onEnded: (collected: Collected) => void = () => {};

  constructor() {
    this.first = new Promise((resolve) => {
      this.#onFirst = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.#onEnded = resolve;
    });
  }

  onHead(head: UpstreamHead): void {
    this.head = head;
  }

  onData(chunk: Buffer): boolean {
    this.text += chunk.toString();
    this.chunks += 1;
    this.#onFirst();
    return true;
  }

  onEnd(): void {
    this.#end();
  }

  onFailure(failure: Failure): void {
    this.failure = failure;
    this.#end();
  }

  #end(): void {
    this.ends += 1;
    this.#onEnded(this);
  }
}

export interface Sender {
  send(call: UpstreamCall, sink: UpstreamSink): UpstreamHandle;
}

/** Sends and waits for the end. */
export function collect(sender: Sender, call: UpstreamCall): Promise<Collected> {
  const sink = new CollectingSink();
  sender.send(call, sink);
  return sink.ended;
}

export function getCall(path: string, headers: Readonly<Record<string, string>> = {}): UpstreamCall {
  return { method: "GET", path, headers };
}

export function postCall(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): UpstreamCall {
  return { method: "POST", path, headers: { "content-type": "application/json", ...headers }, body: Buffer.from(JSON.stringify(body)) };
}
