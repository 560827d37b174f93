// Follows a bucket for as long as somebody wants to: anew with each connection, and again and again, with longer pauses, where the connection is there
// but the server does not let it be followed.
import { type Failure, fail } from "../contract/failure.ts";
import type { Clock } from "../engine/ports.ts";

const firstPauseMs = 250;
const longestPauseMs = 30_000;

/** What changes in a bucket, for as long as the connection it was opened on. */
export interface Changes<Entry> extends AsyncIterable<Entry> {
  stop(): void;
}

export interface WatchParts<Entry> {
  readonly clock: Clock;
  readonly isConnected: () => boolean;
  readonly open: () => Promise<Changes<Entry> | { readonly failure: Failure }>;
  readonly onEntry: (entry: Entry) => void;
  /** Why it cannot be followed although the server is there; undefined: it is followed. */
  readonly onTrouble: (trouble: Failure | undefined) => void;
}

export class BucketWatch<Entry> {
  readonly #parts: WatchParts<Entry>;
  #pauseMs = firstPauseMs;
  /** Ends the present try or what it opened. */
  #end: () => void = () => {};

  constructor(parts: WatchParts<Entry>) {
    this.#parts = parts;
  }

  /** Called with each connection: whatever was followed on an earlier one is over. */
  begin(): void {
    this.#pauseMs = firstPauseMs;
    void this.#follow();
  }

  stop(): void {
    this.#end();
  }

  async #follow(): Promise<void> {
    const { open, onEntry, onTrouble } = this.#parts;
    this.#end();
    let isOver = false;
    this.#end = () => {
      isOver = true;
    };
    const changes = await open();
    if ("failure" in changes) return isOver ? undefined : this.#again(changes.failure);
    if (isOver) return changes.stop();
    this.#end = () => {
      isOver = true;
      changes.stop();
    };
    this.#pauseMs = firstPauseMs;
    onTrouble(undefined);
    try {
      for await (const entry of changes) if (!isOver) onEntry(entry);
    } catch {
      // It ended; what comes next is decided below.
    }
    if (!isOver) this.#again(fail("connect-failed", "The NATS server stopped telling what changes in a bucket."));
  }

  /** Without a connection the next one begins anew, and who holds the link says that it is away. */
  #again(because: Failure): void {
    const { clock, isConnected, onTrouble } = this.#parts;
    if (!isConnected()) return;
    onTrouble(because);
    const pauseMs = this.#pauseMs;
    this.#pauseMs = Math.min(longestPauseMs, pauseMs * 2);
    this.#end = clock.after(pauseMs, () => void this.#follow());
  }
}
