// The call to a node that loads a model, and how long it may take: it is given up for silence, never for size (demands.md 3.8).
import { type Failure, fail } from "../contract/failure.ts";
import type { LoadId, ModelId, NodeId } from "../contract/ids.ts";
import { entryOn, own } from "../domain/inventory.ts";
import { keepAliveOf } from "../domain/model-options.ts";
import { canonicalName } from "../domain/names.ts";
import type { Clock, LoadOptions, LoadProgress, NodeAdapter } from "./ports.ts";
import type { Store } from "./store.ts";

/** A load whose node says nothing of its progress may take this many times what it usually takes here. */
export const loadPatience = 3;
/** A disk or share that reads slower than this is not waited for beyond the longest time: 1800 s are 90 GB. */
const slowDiskBytesPerSecond = 50_000_000;
/** The bar shows at most so much detail; a jump is shown at once, since it may be the last word before a long silence. */
const progressEveryMs = 200;
const leastJump = 0.1;

export interface LoadCall {
  readonly store: Store;
  readonly clock: Clock;
  readonly id: LoadId;
  readonly wish: { readonly node: NodeId; readonly model: ModelId; readonly options: LoadOptions };
  readonly expectedMs: number | undefined;
  readonly adapter: NodeAdapter;
}

/** How a load ended. `stalled`: it was given up for its silence, and its node may be at it still. `wasThere`: nothing had to be loaded. */
export interface LoadEnd {
  readonly failure: Failure | undefined;
  readonly wasThere?: true;
  readonly stalled?: NodeAdapter;
}

/** Asks the node to load, and follows it. The caller says what a `cancelled` one ended by. */
export async function limitedLoad(call: LoadCall, cancelled: AbortSignal): Promise<LoadEnd> {
  const { store, clock, id, wish, adapter } = call;
  const limit = new AbortController();
  const { stallSeconds } = store.config.loads;
  let because = "";
  const giveUpAfter = (ms: number, says: string) =>
    clock.after(ms, () => {
      because = says;
      limit.abort();
    });
  let forget = giveUpAfter(longestMs(call), "took longer than any load is given");
  const advance = new Advance(clock);
  const onProgress = (progress: LoadProgress) => {
    // Memory stops growing before a load is done: only a server that tells of its progress is given up for its silence.
    if (progress.source === undefined && advance.isFurther(progress)) {
      forget();
      forget = giveUpAfter(stallSeconds * 1000, `made no progress for ${stallSeconds} s`);
    }
    if (advance.isDue(progress)) store.record({ type: "load-progressed", at: clock.now(), load: id, ...progress });
  };
  const failure = await adapter.load(wish.model, asSaved(call), onProgress, AbortSignal.any([cancelled, limit.signal]));
  forget();
  if (!limit.signal.aborted || cancelled.aborted) return { failure };
  const message = `Loading ${wish.model} on ${wish.node} ${because}; Homeport gave up.`;
  return { failure: fail("load-failed", message, { node: wish.node, model: wish.model }), stalled: adapter };
}

/** Whoever loads a model, it stays as long as its options say (UX-03). */
function asSaved({ wish: { node, model, options }, store }: LoadCall): LoadOptions {
  const keepAlive = options.keepAlive ?? keepAliveOf(node, canonicalName(model), store.config);
  return keepAlive === undefined ? options : { ...options, keepAlive };
}

/** Until the node tells of progress: three times what the load took before, and never less than a slow disk needs for its bytes. */
function longestMs({ store, wish, expectedMs }: LoadCall): number {
  const { minSeconds, maxSeconds } = store.config.loads;
  const node = own(store.fleet.nodes, wish.node);
  const bytes = (node === undefined ? undefined : entryOn(node, canonicalName(wish.model))?.bytes) ?? 0;
  const most = Math.max(maxSeconds * 1000, (bytes / slowDiskBytesPerSecond) * 1000);
  return expectedMs === undefined ? most : Math.min(most, Math.max(minSeconds * 1000, expectedMs * loadPatience));
}

/** Whether a load gets anywhere by its node's own figures: only more than before counts, saying the same again does not (F35, F36). */
class Advance {
  readonly #clock: Clock;
  readonly #stages = new Set<string>();
  #best = -1;
  #told = 0;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True where it is further than ever, or in a stage not seen before. */
  isFurther({ fraction, stage = "" }: LoadProgress): boolean {
    const isFurther = fraction > this.#best || !this.#stages.has(stage);
    this.#best = Math.max(this.#best, fraction);
    this.#stages.add(stage);
    return isFurther;
  }

  /** True where it is time to tell who watches. */
  isDue({ fraction }: LoadProgress): boolean {
    const now = this.#clock.monotonic();
    if (now - this.#toldAt < progressEveryMs && fraction < Math.min(1, this.#told + leastJump)) return false;
    this.#toldAt = now;
    this.#told = fraction;
    return true;
  }
}
