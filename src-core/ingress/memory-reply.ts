// A reply that is kept instead of sent: for callers who want the whole answer, like the jobs of a worker.
import type { ClientReply } from "../engine/exchange.ts";
import { newRequestId } from "./visit.ts";

export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export class MemoryReply implements ClientReply {
  readonly id = newRequestId();
  readonly dialect = "openai";
  /** Resolves once; undefined where the answer was cut, or its asker left. */
  readonly answer: Promise<KeptAnswer | undefined>;
  headSent = false;
  readonly #parts: Buffer[] = [];
  #status = 200;
  #headers: Readonly<Record<string, string>> = {};
  #settle: (answer: KeptAnswer | undefined) => void = () => {};
  #over = false;
  #onGone: (() => void)[] = [];

  constructor() {
    this.answer = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    if (this.#over || this.headSent) return;
    this.headSent = true;
    this.#status = status;
    this.#headers = headers;
  }

  write(chunk: Buffer): boolean {
    if (!this.#over) this.#parts.push(chunk);
    return true;
  }

  onDrain(callback: () => void): void {
    callback();
  }

  end(chunk?: Buffer): void {
    if (this.#over) return;
    if (chunk !== undefined) this.#parts.push(chunk);
    this.#finish({ status: this.#status, headers: this.#headers, body: Buffer.concat(this.#parts) });
  }

  destroy(): void {
    if (!this.#over) this.#finish(undefined);
  }

  onGone(callback: () => void): void {
    if (!this.#over) this.#onGone.push(callback);
  }

  /** Nobody waits for it any more: what works for it stops. */
  leave(): void {
    if (this.#over) return;
    const told = this.#onGone;
    this.#finish(undefined);
    for (const callback of told) callback();
  }

  #finish(answer: KeptAnswer | undefined): void {
    this.#over = true;
    this.#onGone = [];
    this.#settle(answer);
  }
}
