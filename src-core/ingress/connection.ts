// One client connection: who is being answered on it, and what its end means. One listener per connection instead of one per request.
import type { Socket } from "node:net";
import type { Visit } from "./visit.ts";

/** Pauses between questions to a client that closed its half: a leaver's reset is back within a round trip. */
const askAgainMs = [15, 25, 100, 1000, 5000] as const;

export class Connection {
  /** Visits without an end, oldest first. More than one only when a client pipelines. An array, for the reason told in `engine/roster.ts`. */
  readonly visits: Visit[] = [];
  readonly #socket: Socket;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(socket: Socket, onClose: (connection: Connection) => void) {
    this.#socket = socket;
    socket.on("end", () => this.#halfClosed(0));
    socket.on("close", () => {
      clearTimeout(this.#timer);
      for (const visit of [...this.visits]) visit.left();
      onClose(this);
    });
  }

  /** The visit has its end. Does nothing for one that had it before. */
  over(visit: Visit): void {
    const at = this.visits.indexOf(visit);
    if (at >= 0) this.visits.splice(at, 1);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Before the answer began, a half-closed client is still served (F42); in the middle of an answer nobody closes a half but to leave. */
  #halfClosed(asked: number): void {
    const [oldest] = this.visits;
    if (oldest === undefined || this.#socket.destroyed) return;
    if (oldest.answering) {
      if (asked === 0) this.#socket.destroy();
      return;
    }
    const pauseMs = askAgainMs[asked];
    if (!oldest.ask() || pauseMs === undefined) return;
    this.#timer = setTimeout(() => this.#halfClosed(asked + 1), pauseMs);
    this.#timer.unref();
  }
}
