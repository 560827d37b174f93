// The usage stream as server-sent events: for a slow reader at most ten states are kept, the oldest dropped (source-systems.md 2.6).
import type { UsageState } from "../contract/api.ts";
import type { ClientReply } from "../engine/exchange.ts";

const mostKept = 10;

/** Writes states to a reply whose head was sent, until `stop`. */
export class UsageEvents {
  readonly #reply: ClientReply;
  readonly #timer: ReturnType<typeof setInterval>;
  #blocked = false;
  #kept: UsageState[] = [];

  constructor(reply: ClientReply, keepAliveMs: number) {
    this.#reply = reply;
    this.#timer = setInterval(() => this.#send(": still here\n\n"), keepAliveMs);
    this.#timer.unref();
  }

  push(state: UsageState): void {
    if (this.#blocked) this.#kept = [...this.#kept, state].slice(-mostKept);
    else this.#send(`event: usage\ndata: ${JSON.stringify(state)}\n\n`);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #send(text: string): void {
    if (this.#blocked || this.#reply.write(Buffer.from(text))) return;
    this.#blocked = true;
    this.#reply.onDrain(() => {
      this.#blocked = false;
      const kept = this.#kept;
      this.#kept = [];
      for (const state of kept) this.push(state);
    });
  }
}
