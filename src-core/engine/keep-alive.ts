// Signs of life for a client whose stream has to wait for a load or a slot: some give up after seconds of silence, and retry into the
// same load. The status line is held for a while first, so that a quick failure keeps its real status; from the first sign on a failure can only
// be told inside the stream.
import type { RequestFacts } from "../contract/route.ts";
import type { ClientReply } from "./exchange.ts";
import type { Clock } from "./ports.ts";

const graceMs = 3_000;
const everyMs = 10_000;

export class KeepAlive {
  readonly #clock: Clock;
  readonly #reply: ClientReply;
  readonly #facts: RequestFacts;
  readonly #headers: () => Record<string, string>;
  #forget: (() => void) | undefined;
  #over = false;

  constructor(clock: Clock, reply: ClientReply, facts: RequestFacts, headers: () => Record<string, string>) {
    this.#clock = clock;
    this.#reply = reply;
    this.#facts = facts;
    this.#headers = headers;
    this.#arm(reply.headSent ? everyMs : graceMs);
  }

  /** The wait is over: an attempt speaks for itself. */
  stop(): void {
    this.#over = true;
    this.#forget?.();
  }

  #arm(ms: number): void {
    this.#forget = this.#clock.after(ms, () => {
      const type = this.#facts.dialect === "ollama" ? "application/x-ndjson" : "text/event-stream; charset=utf-8";
      if (!this.#reply.headSent) this.#reply.head(200, { ...this.#headers(), "content-type": type });
      this.#reply.write(Buffer.from(frameFor(this.#facts, this.#clock.now())));
      // Writing may be what shows that nobody is there any more.
      if (!this.#over) this.#arm(everyMs);
    });
  }
}

/** Only a stream that people wait for needs one. */
export function needsSigns({ stream, task }: RequestFacts): boolean {
  return stream && (task === "chat" || task === "completion");
}

/** What no client of the dialect takes for content. */
function frameFor({ dialect, task, model }: RequestFacts, now: number): string {
  switch (dialect) {
    case "openai":
      return ": keep-alive\n\n";
    case "anthropic":
      return 'event: ping\ndata: {"type": "ping"}\n\n';
    case "ollama": {
      const nothing = task === "chat" ? { message: { role: "assistant", content: "" } } : { response: "" };
      return `${JSON.stringify({ model, created_at: new Date(now).toISOString(), ...nothing, done: false })}\n`;
    }
  }
}
