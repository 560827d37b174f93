// Requests that wait, oldest first, per model. A waiter keeps its place while it is judged again, so nobody overtakes it;
// it leaves when it was sent, failed or its client went.
import type { Clock } from "./ports.ts";

export interface Ticket {
  /** The queue it is in: a model's canonical name. */
  readonly key: string;
  /** How many waiters for the same model came earlier and still wait. */
  ahead(): number;
  /** Resolves at the next reason to judge again, or when `untilMs` (a length) has passed. */
  turn(untilMs: number): Promise<void>;
  /** Gives up the place. Whoever is next is judged again. */
  leave(): void;
}

interface Waiter {
  wake: (() => void) | undefined;
}

export class WaitingRoom {
  readonly #clock: Clock;
  readonly #queues = new Map<string, Waiter[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waiters for a model, by canonical name. */
  waiting(key: string): number {
    return this.#queues.get(key)?.length ?? 0;
  }

  enter(key: string): Ticket {
    const queue = this.#queues.get(key) ?? [];
    this.#queues.set(key, queue);
    const waiter: Waiter = { wake: undefined };
    queue.push(waiter);
    return {
      key,
      ahead: () => Math.max(0, queue.indexOf(waiter)),
      turn: (untilMs) => this.#turn(waiter, untilMs),
      leave: () => this.#leave(key, queue, waiter),
    };
  }

  /** Something that one waiter could use was freed: the oldest waiter looks first, and passes the turn on when it leaves. */
  freed(key: string): void {
    this.#queues.get(key)?.[0]?.wake?.();
  }

  /** The fleet changed in a way that may matter to anyone. */
  changed(): void {
    for (const queue of this.#queues.values()) for (const waiter of [...queue]) waiter.wake?.();
  }

  #turn(waiter: Waiter, untilMs: number): Promise<void> {
    return new Promise((resolve) => {
      const forget = this.#clock.after(untilMs, () => waiter.wake?.());
      waiter.wake = () => {
        waiter.wake = undefined;
        forget();
        resolve();
      };
    });
  }

  #leave(key: string, queue: Waiter[], waiter: Waiter): void {
    const place = queue.indexOf(waiter);
    if (place < 0) return;
    queue.splice(place, 1);
    waiter.wake?.();
    if (queue.length === 0) this.#queues.delete(key);
    else queue[0]?.wake?.();
  }
}
