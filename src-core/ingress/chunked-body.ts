// The body of an answer whose length nobody knows yet, in the chunks of RFC 9112 7.1. What is written in one turn of the event loop leaves as one
// text, past node:http, which would make four pieces of each part and a tick of its own to join them: a tenth of all that an event of a stream costs.
import type { ServerResponse } from "node:http";
import type { Writable } from "node:stream";

/** Up to this size bytes travel as text, joined with their frame and with what stands before and after them; latin1 carries any byte unchanged. */
export const oneTextBytes = 16 * 1024;

/** Bodies with text of this turn. */
const waiting: ChunkedBody[] = [];
const turnEnds = Promise.resolve();

function flushAll(): void {
  for (const body of waiting) body.flush();
  waiting.length = 0;
}

/** Owns what follows the head of one answer. The head itself is node:http's: it goes out with the first text. */
export class ChunkedBody {
  readonly #response: ServerResponse;
  #held = "";
  #headOut = false;

  /** `response` has its head with `transfer-encoding: chunked`, and is to leave the body as it is. */
  constructor(response: ServerResponse) {
    this.#response = response;
    response.chunkedEncoding = false;
  }

  /** False asks the writer to wait for `onDrain`. */
  write(part: Buffer): boolean {
    if (part.length > oneTextBytes) this.#writeApart(part);
    else if (part.length > 0) {
      if (this.#held === "" && waiting.push(this) === 1) void turnEnds.then(flushAll);
      this.#held += framed(part);
      if (this.#held.length > oneTextBytes) this.flush();
    }
    return !this.#taker().writableNeedDrain;
  }

  onDrain(callback: () => void): void {
    this.#taker().once("drain", callback);
  }

  /** Hands over what this turn wrote. Before the connection is cut, or it would be lost. */
  flush(): void {
    const text = this.#held;
    if (text === "") return;
    this.#held = "";
    this.#put(text);
  }

  end(part?: Buffer): void {
    if (part !== undefined) this.write(part);
    const rest = this.#held;
    this.#held = "";
    this.#response.end(`${rest}0\r\n\r\n`, "latin1");
  }

  /** Too large to be copied into a text. */
  #writeApart(part: Buffer): void {
    this.flush();
    this.#put(`${part.length.toString(16)}\r\n`);
    this.#taker().write(part);
    this.#put("\r\n");
  }

  #put(text: string): void {
    const taker: Writable = this.#headOut ? this.#taker() : this.#response;
    this.#headOut = true;
    taker.write(text, "latin1");
  }

  /** The connection, once it is this answer's turn: a pipelined request waits behind the answers before it. */
  #taker(): Writable {
    return this.#response.socket ?? this.#response;
  }
}

/** A chunk of nothing would be the last one, so no part is empty here. */
function framed(part: Buffer): string {
  return `${part.length.toString(16)}\r\n${part.toString("latin1")}\r\n`;
}
