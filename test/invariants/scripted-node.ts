// A node in memory that keeps its own book: what is open for whom, which loads run, what it holds. The book is the oracle of the invariants.
import { z } from "zod";
import { type Failure, fail } from "../../src-core/contract/failure.ts";
import { ModelId, type NodeId } from "../../src-core/contract/ids.ts";
import type { SightedModel, Sighting } from "../../src-core/contract/sighting.ts";
import type {
  Clock,
  LoadOptions,
  LoadProgress,
  NodeAdapter,
  UpstreamCall,
  UpstreamHandle,
  UpstreamSink,
} from "../../src-core/engine/ports.ts";
import type { Dice } from "./seeded.ts";

export const faults = [
  "error-500",
  "busy-503",
  "limited-429",
  "lacks-404",
  "bad-400",
  "key-401",
  "silent",
  "reset",
  "drop",
  "cut",
  "web-page",
  "told",
] as const;
export type ScriptedFault = (typeof faults)[number];

export interface ScriptedModel {
  readonly name: string;
  readonly bytes: number;
  readonly loadMs: number;
  readonly loads: "well" | "fails" | "out-of-memory" | "stalls";
}

/** A call as the node sees it. `tag` marks every byte of its answer. */
export interface ScriptedCall {
  readonly request: string;
  readonly tag: string;
  open: boolean;
}

const Body = z.object({ user: z.string(), stream: z.boolean() });

const failures: Readonly<Partial<Record<ScriptedFault, Failure>>> = {
  "error-500": fail("upstream-unavailable", "status 500"),
  "busy-503": fail("upstream-busy", "status 503"),
  "limited-429": fail("upstream-rate-limited", "status 429", { retryAfterMs: 7_000 }),
  "lacks-404": fail("upstream-lacks-model", "status 404"),
  "bad-400": fail("upstream-rejected", "status 400", { status: 400 }),
  "key-401": fail("upstream-misconfigured", "status 401"),
};

export class ScriptedNode implements NodeAdapter {
  readonly warm = new Set<string>();
  readonly calls: ScriptedCall[] = [];
  /** Loads under way by model and context; more than one is a broken promise (I5). */
  readonly loading = new Map<string, number>();
  readonly broken: string[] = [];
  alive = true;
  fault: ScriptedFault | undefined;
  /** The model and context of the latest load of each model. */
  readonly #loadedAs = new Map<string, string>();
  readonly #id: NodeId;
  readonly #models: readonly ScriptedModel[];
  readonly #clock: Clock;
  readonly #dice: Dice;

  constructor(id: NodeId, models: readonly ScriptedModel[], clock: Clock, dice: Dice) {
    this.#id = id;
    this.#models = models;
    this.#clock = clock;
    this.#dice = dice;
    for (const { name } of models) if (dice.chance(0.5)) this.warm.add(name);
  }

  get open(): readonly ScriptedCall[] {
    return this.calls.filter(({ open }) => open);
  }

  probe(): Promise<Sighting | { readonly failure: Failure }> {
    if (!this.alive) return Promise.resolve({ failure: fail("connect-failed", `${this.#id} refuses connections.`) });
    const models = this.#models.map(({ name, bytes }): SightedModel => {
      const id = ModelId.parse(name);
      return this.warm.has(name) ? { id, bytes, residency: { state: "warm", bytes } } : { id, bytes, residency: { state: "cold" } };
    });
    return Promise.resolve({ models });
  }

  async load(
    model: ModelId,
    { contextTokens }: LoadOptions,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<Failure | undefined> {
    const key = `${model} ${contextTokens ?? ""}`;
    const running = (this.loading.get(key) ?? 0) + 1;
    this.loading.set(key, running);
    if (running > 1) this.broken.push(`I5: ${running} loads of ${key} at once on ${this.#id}`);
    if (this.warm.has(model) && this.#loadedAs.get(model) === key)
      this.broken.push(`I5: ${key} was loaded again on ${this.#id}, where it was`);
    const found = this.#models.find(({ name }) => name === model);
    const failure = await this.#loaded(found, onProgress, signal);
    this.loading.set(key, (this.loading.get(key) ?? 1) - 1);
    if (failure === undefined) this.#loadedAs.set(model, key);
    return failure;
  }

  unload(model: ModelId): Promise<Failure | undefined> {
    this.warm.delete(model);
    return Promise.resolve(undefined);
  }

  send(call: UpstreamCall, sink: UpstreamSink): UpstreamHandle {
    const { user, stream } = Body.parse(JSON.parse(String(call.body)));
    const mine: ScriptedCall = { request: user, tag: `<${this.#id}:${this.calls.length}>`, open: true };
    this.calls.push(mine);
    const forget = this.#clock.after(this.#dice.between(1, 3_000), () => {
      if (mine.open) this.#answer(mine, stream, sink);
    });
    return {
      resume: () => undefined,
      abort: () => {
        mine.open = false;
        forget();
      },
    };
  }

  fetchJson(): Promise<{ readonly failure: Failure }> {
    return Promise.resolve({ failure: fail("unsupported", "not here") });
  }

  classify(): Failure | undefined {
    return this.fault === undefined ? undefined : failures[this.fault];
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #loaded(
    model: ScriptedModel | undefined,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<Failure | undefined> {
    return new Promise((resolve) => {
      signal.addEventListener("abort", () => resolve(fail("cancelled", "aborted")));
      if (model === undefined) return resolve(fail("load-failed", "no such model"));
      onProgress({ fraction: 0.1 });
      if (model.loads === "stalls") return;
      this.#clock.after(model.loadMs, () => {
        if (signal.aborted) return;
        if (!this.alive) return resolve(fail("connect-failed", "gone"));
        if (model.loads === "out-of-memory") return resolve(fail("out-of-memory", "no room"));
        if (model.loads === "fails") return resolve(fail("load-failed", "broken"));
        this.warm.add(model.name);
        resolve(undefined);
      });
    });
  }

  #answer(mine: ScriptedCall, stream: boolean, sink: UpstreamSink): void {
    const end = (last: () => void) => {
      if (!mine.open) return;
      mine.open = false;
      last();
    };
    if (!this.alive) return end(() => sink.onFailure(fail("connect-failed", `${this.#id} refuses connections.`)));
    const { fault } = this;
    if (fault === "silent") return;
    if (fault === "reset") return end(() => sink.onFailure(fail("upstream-unavailable", "reset")));
    const refused = fault === undefined ? undefined : failures[fault];
    if (refused !== undefined) {
      sink.onHead({ status: Number(refused.message.slice(-3)), headers: { "content-type": "application/json" } });
      sink.onData(Buffer.from('{"error":{"message":"no"}}'));
      return end(() => sink.onEnd());
    }
    if (fault === "web-page") {
      sink.onHead({ status: 200, headers: { "content-type": "text/html" } });
      return end(() => sink.onEnd());
    }
    if (stream) this.#stream(mine, fault, sink, end);
    else this.#whole(mine, fault, sink, end);
  }

  #whole(mine: ScriptedCall, fault: ScriptedFault | undefined, sink: UpstreamSink, end: (last: () => void) => void): void {
    sink.onHead({ status: 200, headers: { "content-type": "application/json" } });
    const body = `{"object":"list","data":[],"choices":[{"message":{"content":"${mine.tag}"},"finish_reason":"stop"}]}`;
    if (!mine.open) return;
    if (fault === "told") sink.onData(Buffer.from('{"error":{"message":"broke"}}'));
    else sink.onData(Buffer.from(fault === undefined ? body : body.slice(0, 40)));
    if (fault === "drop") end(() => sink.onFailure(fail("stream-broken", "dropped")));
    else end(() => sink.onEnd());
  }

  #stream(mine: ScriptedCall, fault: ScriptedFault | undefined, sink: UpstreamSink, end: (last: () => void) => void): void {
    sink.onHead({ status: 200, headers: { "content-type": "text/event-stream" } });
    const frame = (data: string) => mine.open && sink.onData(Buffer.from(`data: ${data}\n\n`));
    const frames = this.#dice.between(1, 4);
    const next = (left: number) => {
      if (!mine.open) return;
      if (left > 0) {
        frame(`{"choices":[{"delta":{"content":"${mine.tag}"}}]}`);
        this.#clock.after(this.#dice.between(1, 800), () => next(left - 1));
        return;
      }
      if (fault === "drop") return end(() => sink.onFailure(fail("stream-broken", "dropped")));
      if (fault === "told") frame('{"error":{"message":"broke"}}');
      else if (fault !== "cut") {
        frame('{"choices":[{"delta":{},"finish_reason":"stop"}]}');
        frame("[DONE]");
      }
      end(() => sink.onEnd());
    };
    next(fault === undefined ? frames : this.#dice.between(0, frames));
  }
}
