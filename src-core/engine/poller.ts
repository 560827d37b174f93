// Asks every node how it is, each on its own jittered schedule, one probe in flight per node. A dead or silent node delays nobody:
// lists come from memory, and each probe has its own time limit. A probe never loads a model and never runs inference.

import { type Failure, fail } from "../contract/failure.ts";
import type { NodeId } from "../contract/ids.ts";
import type { Sighting } from "../contract/sighting.ts";
import { matchesName } from "../domain/globs.ts";
import { own } from "../domain/inventory.ts";
import type { Clock, Draw, NodeAdapter } from "./ports.ts";
import type { Store } from "./store.ts";

/** Traffic or a watching window within this long keeps the short interval. */
const activeForMs = 60_000;
/** Each wait is varied by this much either way, so that probes do not march in step. */
const jitter = 0.2;

interface Schedule {
  adapter: NodeAdapter;
  forget: () => void;
  probing: Promise<boolean> | undefined;
  /** When the last probe began, by the monotonic clock. */
  askedAt: number;
}

export class Poller {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #draw: Draw;
  readonly #isWatched: () => boolean;
  readonly #schedules = new Map<NodeId, Schedule>();
  #isOnBattery = () => false;
  #lastTrafficAt = Number.NEGATIVE_INFINITY;
  #stopped = false;

  /** `isWatched`: whether a window is looking. */
  constructor(store: Store, clock: Clock, draw: Draw, isWatched: () => boolean) {
    this.#store = store;
    this.#clock = clock;
    this.#draw = draw;
    this.#isWatched = isWatched;
  }

  /** Begins to watch a node, with a probe at once. */
  watch(node: NodeId, adapter: NodeAdapter): void {
    this.forget(node);
    this.#schedules.set(node, { adapter, forget: () => undefined, probing: undefined, askedAt: Number.NEGATIVE_INFINITY });
    void this.probe(node);
  }

  forget(node: NodeId): void {
    this.#schedules.get(node)?.forget();
    this.#schedules.delete(node);
  }

  /** Told on every request; cheap. Leaving the idle interval probes everyone once. */
  traffic(): void {
    const now = this.#clock.monotonic();
    const wasIdle = now - this.#lastTrafficAt > activeForMs;
    this.#lastTrafficAt = now;
    if (wasIdle) this.hurry();
  }

  /** How to ask whether this computer lives on its battery. There, traffic alone keeps no short interval: requests tell how nodes are as well. */
  spareBattery(isOnBattery: () => boolean): void {
    this.#isOnBattery = isOnBattery;
  }

  /** Puts every node on the short interval: who was not asked for that long is asked at once. */
  hurry(): void {
    for (const [node, schedule] of this.#schedules) if (schedule.probing === undefined) this.#plan(node, schedule);
  }

  /** Asks everybody now: what was believed is old. A probe under way began before, and is followed by another. */
  probeAll(): void {
    for (const node of this.#schedules.keys()) void this.probeAfresh(node);
  }

  /** Probes a node now; joins a probe under way. Resolves when its outcome is recorded, with whether it answered. */
  probe(node: NodeId): Promise<boolean> {
    const schedule = this.#schedules.get(node);
    if (schedule === undefined || this.#stopped) return Promise.resolve(false);
    schedule.forget();
    schedule.probing ??= this.#ask(node, schedule).finally(() => {
      schedule.probing = undefined;
      if (this.#schedules.get(node) === schedule) this.#plan(node, schedule);
    });
    return schedule.probing;
  }

  /** Probes after the one under way, if any: for those who changed the node and need to see it. */
  async probeAfresh(node: NodeId): Promise<boolean> {
    await this.#schedules.get(node)?.probing;
    return this.probe(node);
  }

  stop(): void {
    this.#stopped = true;
    for (const node of [...this.#schedules.keys()]) this.forget(node);
  }

  async #ask(node: NodeId, schedule: Schedule): Promise<boolean> {
    const began = this.#clock.monotonic();
    schedule.askedAt = began;
    const outcome = offered(await this.#limited(node, schedule.adapter), this.#offerOf(node));
    if (this.#schedules.get(node) !== schedule) return false;
    const at = this.#clock.now();
    if ("failure" in outcome) this.#store.record({ type: "probe-failed", at, node, failure: outcome.failure });
    else this.#store.record({ type: "probe-answered", at, node, latencyMs: this.#clock.monotonic() - began, sighting: outcome });
    return !("failure" in outcome);
  }

  #offerOf(id: NodeId): readonly string[] | undefined {
    return this.#store.config.nodes.find((node) => node.id === id)?.offer;
  }

  async #limited(node: NodeId, adapter: NodeAdapter): Promise<Sighting | { readonly failure: Failure }> {
    const { timeoutSeconds } = this.#store.config.polling;
    const giveUp = new AbortController();
    let forget = () => {};
    const late = new Promise<{ failure: Failure }>((resolve) => {
      forget = this.#clock.after(timeoutSeconds * 1000, () => {
        resolve({
          failure: fail("first-byte-timeout", `${node} accepted the connection but did not answer within ${timeoutSeconds} s.`, { node }),
        });
        giveUp.abort();
      });
    });
    try {
      return await Promise.race([adapter.probe(giveUp.signal), late]);
    } finally {
      forget();
    }
  }

  /** How long a node is left alone while it is well, or waits for a person. One that is not there is looked for like any other. */
  #restMs(id: NodeId): number {
    const node = own(this.#store.fleet.nodes, id);
    const rests = node?.health.state === "up" || node?.health.state === "paused";
    return rests ? (node.can.listEverySeconds ?? 0) * 1000 : 0;
  }

  #plan(node: NodeId, schedule: Schedule): void {
    schedule.forget();
    if (this.#stopped) return;
    const { activeSeconds, idleSeconds } = this.#store.config.polling;
    // Who is at work is looked after as long as that takes, or a machine could fall asleep over a long answer unseen.
    const isAtWork = Object.keys(own(this.#store.fleet.nodes, node)?.inFlight ?? {}).length > 0;
    const hadTraffic = this.#clock.monotonic() - this.#lastTrafficAt <= activeForMs;
    const active = isAtWork || this.#isWatched() || (hadTraffic && !this.#isOnBattery());
    const seconds = active ? activeSeconds : idleSeconds;
    const ms = seconds * 1000 * (1 - jitter + 2 * jitter * this.#draw());
    const due = Math.max(0, schedule.askedAt + Math.max(ms, this.#restMs(node)) - this.#clock.monotonic());
    schedule.forget = this.#clock.after(due, () => void this.probe(node));
  }
}

/** Of a long list, what the settings want of it. Where models come and go in memory all of them are seen, or room could not be planned. */
function offered(
  outcome: Sighting | { readonly failure: Failure },
  offer: readonly string[] | undefined,
): Sighting | { readonly failure: Failure } {
  if (offer === undefined || "failure" in outcome || outcome.can?.load !== false) return outcome;
  return { ...outcome, models: outcome.models.filter(({ id }) => offer.some((pattern) => matchesName(pattern, id))) };
}
