// Requests that wait, per model, in the order of `domain/queue.ts`. A waiter keeps its place while it is judged again; it leaves when it was
// sent, failed or its client went. `ahead` and the one who is woken follow the same order.
import type { QueueView } from "../contract/api.ts";
import type { Lane } from "../contract/routing.ts";
import { afterTurn, earlier, flowOf, nobodyServed, orderHoldsUntil, orderOf, type Served, type Waiting } from "../domain/queue.ts";
import type { Clock } from "./ports.ts";

export interface Ticket {
  /** The queue it is in: a model's canonical name. */
  readonly key: string;
  /** How many waiters for the same model have their turn before this one. */
  ahead(): number;
  /** Resolves at the next reason to judge again, or when `untilMs` (a length) has passed. */
  turn(untilMs: number): Promise<void>;
  /** Gives up the place. Whoever is next is judged again. `served`: it had its turn, which counts when clients take turns. */
  leave(served?: boolean): void;
}

/** Who waits. Instants; without them it is an anonymous, interactive request that came just now. */
export interface Visitor {
  readonly client?: string | undefined;
  readonly lane?: Lane | undefined;
  readonly deadline?: number | undefined;
  readonly at?: number | undefined;
}

interface Waiter extends Waiting {
  wake: (() => void) | undefined;
  /** It was given the look at what came free, and must hand it on where it is not first any more. */
  looks: boolean;
  /** It became the first by coming, after it was judged as the last: its first turn is at once. */
  overtook: boolean;
}

interface Queue {
  /** In the order they came (`earlier`). */
  readonly waiters: Waiter[];
  /** Waiters per flow: with one flow the order is the order they came, and nothing needs to be worked out. */
  readonly flows: Map<string, number>;
  served: Served;
  /** Somebody behind them was sent because enough was free for all: they are next, whoever comes or was served meanwhile. */
  promised: readonly Waiter[];
  /** The order of turns, worked out when somebody asks; dropped at every change. */
  order: readonly Waiter[] | undefined;
  orderUntil: number;
}

export class WaitingRoom {
  readonly #clock: Clock;
  readonly #queues = new Map<string, Queue>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waiters for a model, by canonical name. */
  waiting(key: string): number {
    return this.#queues.get(key)?.waiters.length ?? 0;
  }

  /** Every queue somebody waits in, by canonical name. Undefined where nobody waits. */
  view(): Readonly<Record<string, QueueView>> | undefined {
    if (this.#queues.size === 0) return undefined;
    return Object.fromEntries([...this.#queues].map(([key, { waiters }]) => [key, viewOf(waiters)]));
  }

  enter(key: string, { client = "", lane = "interactive", deadline = Number.POSITIVE_INFINITY, at }: Visitor = {}): Ticket {
    const queue = this.#queues.get(key) ?? newQueue();
    this.#queues.set(key, queue);
    const waiter: Waiter = { client, lane, deadline, at: at ?? this.#clock.now(), wake: undefined, looks: false, overtook: false };
    insert(queue.waiters, waiter);
    const flow = flowOf(waiter);
    queue.flows.set(flow, (queue.flows.get(flow) ?? 0) + 1);
    queue.order = undefined;
    waiter.overtook = queue.waiters.length > 1 && this.#head(queue) === waiter;
    return {
      key,
      ahead: () => Math.max(0, this.#orderIn(queue).indexOf(waiter)),
      turn: (untilMs) => this.#turn(queue, waiter, untilMs),
      leave: (served = false) => this.#leave(key, queue, waiter, served),
    };
  }

  /** Something that one waiter could use was freed: the first in line looks, and passes the turn on when it leaves. */
  freed(key: string): void {
    const queue = this.#queues.get(key);
    if (queue !== undefined) this.#wakeFirst(queue);
  }

  /** The fleet changed in a way that may matter to anyone. */
  changed(): void {
    for (const queue of this.#queues.values()) for (const waiter of [...this.#orderIn(queue)]) waiter.wake?.();
  }

  #head(queue: Queue): Waiter | undefined {
    return this.#orderIn(queue)[0];
  }

  #orderIn(queue: Queue): readonly Waiter[] {
    if (queue.flows.size <= 1) return queue.waiters;
    const now = this.#clock.now();
    if (queue.order === undefined || now > queue.orderUntil) {
      queue.order =
        queue.promised.length === 0
          ? orderOf(queue.waiters, now, queue.served)
          : [...queue.promised, ...orderOf(this.#others(queue), now, queue.promised.reduce(afterTurn, queue.served))];
      queue.orderUntil = orderHoldsUntil(queue.waiters, now);
    }
    return queue.order;
  }

  #others({ waiters, promised }: Queue): Waiter[] {
    return waiters.filter((waiter) => !promised.includes(waiter));
  }

  #wakeFirst(queue: Queue): void {
    const first = this.#head(queue);
    if (first?.wake === undefined) return;
    first.looks = true;
    first.wake();
  }

  #turn(queue: Queue, waiter: Waiter, untilMs: number): Promise<void> {
    if (waiter.overtook) {
      waiter.overtook = false;
      return Promise.resolve();
    }
    if (waiter.looks) {
      waiter.looks = false;
      // Another became first between the waking and the look: it was free for that one.
      if (this.#head(queue) !== waiter) this.#wakeFirst(queue);
    }
    return new Promise((resolve) => {
      const forget = this.#clock.after(untilMs, () => waiter.wake?.());
      waiter.wake = () => {
        waiter.wake = undefined;
        forget();
        resolve();
      };
    });
  }

  #leave(key: string, queue: Queue, waiter: Waiter, served: boolean): void {
    const place = queue.waiters.indexOf(waiter);
    if (place < 0) return;
    const promises = Math.max(queue.promised.length, served ? this.#orderIn(queue).indexOf(waiter) : 0);
    if (promises > 0)
      queue.promised = this.#orderIn(queue)
        .slice(0, promises)
        .filter((one) => one !== waiter);
    queue.waiters.splice(place, 1);
    const flow = flowOf(waiter);
    const left = (queue.flows.get(flow) ?? 1) - 1;
    if (left === 0) queue.flows.delete(flow);
    else queue.flows.set(flow, left);
    if (served) queue.served = afterTurn(queue.served, waiter);
    queue.order = undefined;
    waiter.wake?.();
    if (queue.waiters.length === 0) this.#queues.delete(key);
    else this.#wakeFirst(queue);
  }
}

function newQueue(): Queue {
  return { waiters: [], flows: new Map(), served: nobodyServed, promised: nobody, order: undefined, orderUntil: 0 };
}

const nobody: readonly Waiter[] = [];

/** One that waited elsewhere meanwhile (for a load) keeps the place of its coming. */
function insert(waiters: Waiter[], waiter: Waiter): void {
  let at = waiters.length;
  for (let before = waiters[at - 1]; before !== undefined && earlier(waiter, before) < 0; before = waiters[at - 1]) at -= 1;
  waiters.splice(at, 0, waiter);
}

function viewOf(waiters: readonly Waiter[]): QueueView {
  let batch = 0;
  for (const { lane } of waiters) if (lane === "batch") batch += 1;
  return { depth: waiters.length, lanes: { interactive: waiters.length - batch, batch } };
}
