// Reads one whole answer outside a request's life: bounded in size, ended by its signal.
import { type Failure, fail } from "../contract/failure.ts";
import type { UpstreamHandle, UpstreamHead, UpstreamSink } from "../engine/ports.ts";

/** A complete answer of any status. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Sends and collects. A longer answer than `maxBytes` is a `malformed-reply`; an aborted signal is `cancelled`. */
export function readAnswer(
  node: string,
  send: (sink: UpstreamSink) => UpstreamHandle,
  signal: AbortSignal,
  maxBytes: number,
): Promise<Answer | { readonly failure: Failure }> {
  if (signal.aborted) return Promise.resolve(cancelled(node));
  return new Promise((resolve) => {
    let handle: UpstreamHandle | undefined;
    const giveUp = (): void => finish(cancelled(node));
    const finish = (outcome: Answer | { readonly failure: Failure }): void => {
      signal.removeEventListener("abort", giveUp);
      handle?.abort();
      resolve(outcome);
    };
    signal.addEventListener("abort", giveUp, { once: true });
    handle = send(new Collector(node, maxBytes, finish));
  });
}

const cancelled = (node: string) => ({ failure: fail("cancelled", `The question to ${node} was given up.`) });

class Collector implements UpstreamSink {
  readonly #node: string;
  readonly #maxBytes: number;
  readonly #finish: (outcome: Answer | { readonly failure: Failure }) => void;
  readonly #chunks: Buffer[] = [];
  #head: UpstreamHead = { status: 0, headers: {} };
  #bytes = 0;

  constructor(node: string, maxBytes: number, finish: (outcome: Answer | { readonly failure: Failure }) => void) {
    this.#node = node;
    this.#maxBytes = maxBytes;
    this.#finish = finish;
  }

  onHead(head: UpstreamHead): void {
    this.#head = head;
  }

  onData(chunk: Buffer): boolean {
    this.#bytes += chunk.length;
    if (this.#bytes <= this.#maxBytes) this.#chunks.push(chunk);
    else this.#finish({ failure: fail("malformed-reply", `${this.#node} sent an answer far larger than any list of models.`) });
    return true;
  }

  onEnd(): void {
    this.#finish({ ...this.#head, text: Buffer.concat(this.#chunks).toString("utf8") });
  }

  onFailure(failure: Failure): void {
    this.#finish({ failure });
  }
}
