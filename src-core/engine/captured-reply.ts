// A reply that is written down while it goes out: the bytes its client gets, up to a bound. Made only while somebody captures (S-82).
import type { Captured, CapturedText } from "../contract/capture.ts";
import type { Dialect } from "../contract/node-kinds.ts";
import type { ClientReply, InferenceCall } from "./exchange.ts";

/** Of a request and of its answer, each. */
export const mostCapturedBytes = 256 * 1024;

export class CapturedReply implements ClientReply {
  /** Read off by whoever refuses. */
  readonly dialect: Dialect;
  readonly id: InferenceCall["facts"]["id"];
  readonly #at: number;
  readonly #path: string;
  readonly #reply: ClientReply;
  readonly #request = new Bytes();
  readonly #answer = new Bytes();
  #state: Captured["state"] = "running";
  #status: number | undefined;
  #contentType: string | undefined;

  constructor({ facts, body }: InferenceCall, reply: ClientReply) {
    this.dialect = facts.dialect;
    this.id = facts.id;
    this.#at = facts.at;
    this.#path = facts.path;
    this.#reply = reply;
    this.#request.add(body);
    reply.onGone(() => this.#ends("broken"));
  }

  get headSent(): boolean {
    return this.#reply.headSent;
  }

  head(status: number, headers: Readonly<Record<string, string>>): void {
    this.#status = status;
    this.#contentType = headers["content-type"];
    this.#reply.head(status, headers);
  }

  write(chunk: Buffer): boolean {
    this.#answer.add(chunk);
    return this.#reply.write(chunk);
  }

  onDrain(callback: () => void): void {
    this.#reply.onDrain(callback);
  }

  end(chunk?: Buffer): void {
    if (chunk !== undefined) this.#answer.add(chunk);
    this.#ends("ended");
    this.#reply.end(chunk);
  }

  destroy(): void {
    this.#ends("broken");
    this.#reply.destroy();
  }

  onGone(callback: () => void): void {
    this.#reply.onGone(callback);
  }

  /** As a person may see it. `redact` hides keys in a text. */
  told(redact: (text: string) => string): Captured {
    return {
      id: this.id,
      at: this.#at,
      path: this.#path,
      request: this.#request.told(redact),
      answer: this.#answer.told(redact),
      ...(this.#status === undefined ? {} : { status: this.#status }),
      ...(this.#contentType === undefined ? {} : { contentType: this.#contentType }),
      state: this.#state,
    };
  }

  /** From now on nothing of it is kept; the answer itself goes on. */
  forget(): void {
    this.#request.forget();
    this.#answer.forget();
  }

  #ends(state: Captured["state"]): void {
    if (this.#state === "running") this.#state = state;
  }
}

/** The first bytes of something, copied: a part of a large buffer would hold all of it. */
class Bytes {
  #parts: Buffer[] = [];
  #kept = 0;
  #bytes = 0;
  #forgotten = false;

  add(chunk: Buffer): void {
    if (this.#forgotten) return;
    this.#bytes += chunk.length;
    const part = chunk.subarray(0, mostCapturedBytes - this.#kept);
    if (part.length === 0) return;
    this.#parts.push(Buffer.from(part));
    this.#kept += part.length;
  }

  forget(): void {
    this.#forgotten = true;
    this.#parts = [];
  }

  told(redact: (text: string) => string): CapturedText {
    // As a stream: half a character at the cut is left out.
    const text = new TextDecoder().decode(Buffer.concat(this.#parts), { stream: true });
    return { text: redact(text), bytes: this.#bytes, cut: this.#kept < this.#bytes };
  }
}
