// A clock that moves only when a test says so, with a handshake: `await clock.sleeping(n)` before `advance(ms)`.
// Without the handshake a timer made after a socket answers would miss an advance made before it.
import type { Clock } from "../../src-core/engine/ports.ts";

interface Timer {
  readonly dueAt: number;
  readonly callback: () => void;
}

/** One waiter of `sleeping`: resolves once enough timers match. */
interface Watcher {
  readonly met: () => boolean;
  readonly resolve: () => void;
}

/** Starts at wall time 1,700,000,000,000 and monotonic 0. Timers due at the same instant fire in the order they were made. */
export class FakeClock implements Clock {
  readonly #startedAt: number;
  #elapsed = 0;
  #slept = 0;
  readonly #timers = new Set<Timer>();
  readonly #watchers = new Set<Watcher>();

  constructor(startedAt = 1_700_000_000_000) {
    this.#startedAt = startedAt;
  }

  now(): number {
    return this.#startedAt + this.#elapsed + this.#slept;
  }

  uptime(): number {
    return this.#elapsed + this.#slept;
  }

  /** The machine sleeps: instants and its age go on, its running clock and its timers do not. */
  suspend(ms: number): void {
    this.#slept += ms;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  after(ms: number, callback: () => void): () => void {
    const timer: Timer = { dueAt: this.#elapsed + Math.max(0, ms), callback };
    this.#timers.add(timer);
    for (const watcher of this.#watchers) {
      if (!watcher.met()) continue;
      this.#watchers.delete(watcher);
      watcher.resolve();
    }
    return () => this.#timers.delete(timer);
  }

  /** Milliseconds until each pending timer, soonest first. */
  get pending(): readonly number[] {
    return [...this.#timers].map((timer) => timer.dueAt - this.#elapsed).sort((a, b) => a - b);
  }

  /** Resolves once at least `count` timers are pending; at once if they are. */
  sleeping(count = 1): Promise<void> {
    return this.#until(() => this.#timers.size >= count);
  }

  /** Resolves once a timer that is due in exactly `ms` is pending; for tests where unrelated timers run as well. */
  sleepingFor(ms: number): Promise<void> {
    return this.#until(() => [...this.#timers].some((timer) => timer.dueAt - this.#elapsed === ms));
  }

  /** Moves time forward, stopping at every due timer, those made on the way included. Callbacks run before it returns; promises they resolve do not. */
  advance(ms: number): void {
    const target = this.#elapsed + ms;
    for (let next = this.#soonest(target); next !== undefined; next = this.#soonest(target)) {
      this.#elapsed = next.dueAt;
      this.#timers.delete(next);
      next.callback();
    }
    this.#elapsed = target;
  }

  #soonest(limit: number): Timer | undefined {
    let soonest: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueAt <= limit && (soonest === undefined || timer.dueAt < soonest.dueAt)) soonest = timer;
    }
    return soonest;
  }

  #until(met: () => boolean): Promise<void> {
    if (met()) return Promise.resolve();
    return new Promise((resolve) => this.#watchers.add({ met, resolve }));
  }
}
