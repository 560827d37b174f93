// One model in a simulated node's memory: its slots, who waits for them, and whether it is loading, loaded or asleep.
import type { LoadFault, SimulatedModel } from "./options.ts";

/** How a load ended. `cancelled`: its caller left, or somebody unloaded it meanwhile. */
export type LoadOutcome =
  | { readonly outcome: "loaded" }
  | { readonly outcome: "cancelled" }
  | { readonly outcome: "failed"; readonly fault: LoadFault };

/** Lives from the start of a load until the memory is free again. Only `Residency` changes it. */
export class Instance {
  readonly model: SimulatedModel;
  readonly contextTokens: number;
  state: "loading" | "loaded" | "sleeping" = "loading";
  /** 0..1 of the load under way. */
  progress = 0;
  /** Unloading was asked for: it goes as soon as nobody uses it. */
  leaving = false;
  /** The process was told to end: it says nothing more until it is killed. */
  halted = false;
  running = 0;
  lastUsedAt: number;
  /** Idle time before it goes; null stays. */
  keepAliveMs: number | null;
  /** Wall time; null stays. */
  expiresAt: number | null = null;
  readonly #died = new AbortController();
  #loading = Promise.withResolvers<LoadOutcome>();
  readonly #queue: ((granted: boolean) => void)[] = [];
  #forget: () => void = () => undefined;

  constructor(model: SimulatedModel, contextTokens: number, keepAliveMs: number | null, at: number) {
    this.model = model;
    this.contextTokens = contextTokens;
    this.keepAliveMs = keepAliveMs;
    this.lastUsedAt = at;
  }

  get bytes(): number {
    return this.model.residentBytes ?? this.model.bytes;
  }

  get idle(): boolean {
    return this.running === 0 && this.#queue.length === 0;
  }

  /** Resolves when the load under way ends. */
  get settled(): Promise<LoadOutcome> {
    return this.#loading.promise;
  }

  /** Aborts when the process that holds the model is killed. */
  get died(): AbortSignal {
    return this.#died.signal;
  }

  die(): void {
    this.#died.abort();
  }

  /** Begins another load of the same memory: waking up. */
  wake(): void {
    this.state = "loading";
    this.progress = 0;
    this.#loading = Promise.withResolvers<LoadOutcome>();
  }

  settle(outcome: LoadOutcome): void {
    this.timer(() => undefined);
    if (outcome.outcome === "loaded") {
      this.state = "loaded";
      this.progress = 1;
    }
    this.#loading.resolve(outcome);
  }

  /** Keeps one timer at a time: the step of a load, or the end of idleness. */
  timer(forget: () => void): void {
    this.#forget();
    this.#forget = forget;
  }

  /** True once a slot is held; false if the instance went away or the caller did. First come, first served. */
  takeSlot(slots: number, signal: AbortSignal): Promise<boolean> {
    if (this.running < slots) {
      this.running += 1;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const granted = (value: boolean) => {
        signal.removeEventListener("abort", leave);
        resolve(value);
      };
      const leave = () => {
        this.#queue.splice(this.#queue.indexOf(granted), 1);
        resolve(false);
      };
      this.#queue.push(granted);
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  /** Requests that wait for a slot. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Hands the slot to the next in line, or frees it. */
  giveSlot(): void {
    const next = this.#queue.shift();
    if (next === undefined) this.running -= 1;
    else next(true);
  }

  /** Sends everybody in line away to ask again. */
  dismiss(): void {
    for (const waiting of this.#queue.splice(0)) waiting(false);
  }
}
