// What a simulated node saw and did: the oracle of the tests. Nothing is forgotten while the node lives, except in a quiet demo.
import type { Clock } from "../engine/ports.ts";

/** One request as it arrived and how it ended. Instants are the node's monotonic milliseconds. */
export interface RecordedRequest {
  readonly index: number;
  readonly at: number;
  readonly method: string;
  /** With its query, as sent. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Header names as spelled on the wire, in order, duplicates included. */
  readonly rawHeaders: readonly string[];
  readonly connection: number;
  readonly body: Buffer;
  /** True while it asks a model for something; lists and health checks are not inference. */
  readonly inference: boolean;
  readonly status: number | undefined;
  readonly framesSent: number;
  readonly finishedAt: number | undefined;
  /** When the caller left before the answer was complete. */
  readonly abortedAt: number | undefined;
}

export interface MutableRequest extends RecordedRequest {
  body: Buffer;
  inference: boolean;
  status: number | undefined;
  framesSent: number;
  finishedAt: number | undefined;
  abortedAt: number | undefined;
}

interface Watcher {
  readonly met: () => boolean;
  readonly resolve: () => void;
}

/** The figures are counted as things happen; `until` waits for them without sleeping. */
export class NodeRecord {
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #requests: MutableRequest[] = [];
  readonly #watchers = new Set<Watcher>();
  readonly loads: Record<string, number> = {};
  readonly loadCalls: Record<string, number> = {};
  readonly unloads: Record<string, number> = {};
  readonly unloadCalls: Record<string, number> = {};
  readonly cancelledLoads: Record<string, number> = {};
  connections = 0;
  received = 0;
  bytesReceived = 0;
  /** Inference requests open now, waiting ones included; and the most there ever were. */
  open = 0;
  peakOpen = 0;
  /** Inference requests that hold a slot; and the most there ever were. */
  running = 0;
  peakRunning = 0;

  /** `capacity`: how many requests are kept, the oldest forgotten first. */
  constructor(clock: Clock, capacity = 10_000) {
    this.#clock = clock;
    this.#capacity = capacity;
  }

  get requests(): readonly RecordedRequest[] {
    return this.#requests;
  }

  /** Requests whose path, without query, is exactly this one. */
  to(path: string): readonly RecordedRequest[] {
    return this.#requests.filter((request) => request.path.split("?", 1)[0] === path);
  }

  /** Resolves once `met` holds; asked again after everything the node does. */
  until(met: () => boolean): Promise<void> {
    if (met()) return Promise.resolve();
    return new Promise((resolve) => this.#watchers.add({ met, resolve }));
  }

  add(
    request: Omit<RecordedRequest, "index" | "at" | "body" | "inference" | "status" | "framesSent" | "finishedAt" | "abortedAt">,
  ): MutableRequest {
    const unfinished = { status: undefined, framesSent: 0, finishedAt: undefined, abortedAt: undefined };
    const added: MutableRequest = {
      ...request,
      ...unfinished,
      index: this.received,
      at: this.#clock.monotonic(),
      body: Buffer.alloc(0),
      inference: false,
    };
    this.received += 1;
    this.#requests.push(added);
    if (this.#requests.length > this.#capacity) this.#requests.shift();
    return added;
  }

  /** Ends a request, once. */
  finish(request: MutableRequest, complete: boolean): void {
    if (request.finishedAt !== undefined || request.abortedAt !== undefined) return;
    if (complete) request.finishedAt = this.#clock.monotonic();
    else request.abortedAt = this.#clock.monotonic();
    if (request.inference) this.open -= 1;
    this.changed();
  }

  opened(request: MutableRequest): void {
    request.inference = true;
    this.open += 1;
    this.peakOpen = Math.max(this.peakOpen, this.open);
    this.changed();
  }

  /** One slot taken (+1) or given back (-1). */
  slot(change: 1 | -1): void {
    this.running += change;
    this.peakRunning = Math.max(this.peakRunning, this.running);
    this.changed();
  }

  count(figure: "loads" | "loadCalls" | "unloads" | "unloadCalls" | "cancelledLoads", model: string): void {
    this[figure][model] = (this[figure][model] ?? 0) + 1;
    this.changed();
  }

  /** Tells everyone who waits in `until`. */
  changed(): void {
    for (const watcher of this.#watchers) {
      if (!watcher.met()) continue;
      this.#watchers.delete(watcher);
      watcher.resolve();
    }
  }
}
