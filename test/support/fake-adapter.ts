// A node in memory: what it lists, what it was asked, and loads that end when the test says so. For engine tests without sockets.

import { type Failure, fail } from "../../src-core/contract/failure.ts";
import { ModelId } from "../../src-core/contract/ids.ts";
import type { SightedModel, Sighting } from "../../src-core/contract/sighting.ts";
import type { LoadProgress, NodeAdapter, UpstreamCall, UpstreamHandle, UpstreamHead, UpstreamSink } from "../../src-core/engine/ports.ts";

interface PendingLoad {
  readonly model: string;
  readonly finish: (failure?: Failure) => void;
  readonly progress: (progress: LoadProgress) => void;
  readonly aborted: () => boolean;
}

/** One upstream call as the test drives it. */
export class FakeAnswer implements UpstreamHandle {
  readonly call: UpstreamCall;
  readonly #sink: UpstreamSink;
  aborted = false;
  /** False while the sink asked for a pause. */
  open = true;

  constructor(call: UpstreamCall, sink: UpstreamSink) {
    this.call = call;
    this.#sink = sink;
  }

  head(status = 200, contentType = "text/event-stream", headers: UpstreamHead["headers"] = {}): this {
    if (!this.aborted) this.#sink.onHead({ status, headers: { "content-type": contentType, ...headers } });
    return this;
  }

  data(bytes: string | Buffer): this {
    if (!this.aborted) this.open = this.#sink.onData(typeof bytes === "string" ? Buffer.from(bytes) : bytes);
    return this;
  }

  end(): void {
    if (!this.aborted) this.#sink.onEnd();
  }

  break(failure: Failure = fail("stream-broken", "The connection was reset.")): void {
    if (!this.aborted) this.#sink.onFailure(failure);
  }

  resume(): void {
    this.open = true;
  }

  abort(): void {
    this.aborted = true;
  }
}

export class FakeAdapter implements NodeAdapter {
  readonly warm = new Set<string>();
  readonly loads: PendingLoad[] = [];
  readonly unloads: string[] = [];
  readonly answers: FakeAnswer[] = [];
  probes = 0;
  /** Set to make probes fail, or never settle. */
  sick: Failure | "silent" | undefined;
  readonly #models: readonly string[];
  #watchers: { readonly met: () => boolean; readonly resolve: () => void }[] = [];

  constructor(models: readonly string[], warm: readonly string[] = []) {
    this.#models = models;
    for (const model of warm) this.warm.add(model);
  }

  /** Resolves once so many loads were asked for. */
  loading(count: number): Promise<void> {
    return this.#until(() => this.loads.length >= count);
  }

  /** Resolves once so many calls were sent. */
  sent(count: number): Promise<void> {
    return this.#until(() => this.answers.length >= count);
  }

  probe(): Promise<Sighting | { readonly failure: Failure }> {
    this.probes += 1;
    if (this.sick === "silent") return new Promise(() => {});
    if (this.sick !== undefined) return Promise.resolve({ failure: this.sick });
    const models = this.#models.map(
      (model): SightedModel => ({ id: ModelId.parse(model), residency: { state: this.warm.has(model) ? "warm" : "cold" } }),
    );
    return Promise.resolve({ models });
  }

  load(model: string, _options: unknown, onProgress: (progress: LoadProgress) => void, signal: AbortSignal): Promise<Failure | undefined> {
    return new Promise((resolve) => {
      const finish = (failure?: Failure) => {
        if (failure === undefined) this.warm.add(model);
        resolve(failure);
      };
      signal.addEventListener("abort", () => resolve(fail("cancelled", "aborted")));
      this.loads.push({ model, finish, progress: onProgress, aborted: () => signal.aborted });
      this.#notify();
    });
  }

  unload(model: string): Promise<Failure | undefined> {
    this.unloads.push(model);
    this.warm.delete(model);
    return Promise.resolve(undefined);
  }

  send(call: UpstreamCall, sink: UpstreamSink): UpstreamHandle {
    const answer = new FakeAnswer(call, sink);
    this.answers.push(answer);
    this.#notify();
    return answer;
  }

  fetchJson(): Promise<{ readonly failure: Failure }> {
    return Promise.resolve({ failure: fail("unsupported", "not here") });
  }

  classify(status: number): Failure {
    return status < 500 ? fail("upstream-rejected", `status ${status}`, { status }) : fail("upstream-unavailable", `status ${status}`);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #until(met: () => boolean): Promise<void> {
    return met() ? Promise.resolve() : new Promise((resolve) => this.#watchers.push({ met, resolve }));
  }

  #notify(): void {
    const due = this.#watchers.filter((watcher) => watcher.met());
    this.#watchers = this.#watchers.filter((watcher) => !due.includes(watcher));
    for (const { resolve } of due) resolve();
  }
}
