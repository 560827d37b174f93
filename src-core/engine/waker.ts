// Waking machines: many waiters, one wake per node at a time. A magic packet is sent, and again while nobody answers; the node's own answer to a
// probe ends it, never a socket that opens. How long it took is remembered, so that the next request knows what it waits for.
import { type Failure, fail } from "../contract/failure.ts";
import type { NodeId } from "../contract/ids.ts";
import type { WakeTarget } from "../contract/node-hours.ts";
import { own } from "../domain/inventory.ts";
import { expectedWakeMs } from "../domain/waking.ts";
import type { Journal } from "./journal-port.ts";
import type { Poller } from "./poller.ts";
import type { Clock, WakeSender } from "./ports.ts";
import type { Store } from "./store.ts";

/** A packet may be lost, and a card that was just going to sleep misses the first. */
const packetEveryMs = 5_000;
const lookEveryMs = 1_000;
/** Given up after three times what it usually takes, within these; where nobody knows, after the longer of what homelabs need (112 s to ready). */
const patience = 3;
const leastMs = 60_000;
const mostMs = 10 * 60_000;
const unknownMs = 240_000;

/** A wake of one node that everybody waits for. */
interface Flight {
  readonly done: Promise<Failure | undefined>;
  readonly stop: AbortController;
}

export interface WakerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly poller: Poller;
  readonly journal: Pick<Journal, "recordWakes">;
  /** Absent: this root cannot send to the network, and says so. */
  readonly send: WakeSender | undefined;
}

export class Waker {
  readonly #parts: WakerParts;
  readonly #flights = new Map<NodeId, Flight>();

  constructor(parts: WakerParts) {
    this.#parts = parts;
  }

  /**
   * Joins the wake under way or begins one; resolves when the node answers, or says why it does not. `onLeave` hands over the function by which this
   * waiter gives up: the machine wakes all the same, since a packet cannot be called back.
   */
  async ensure(
    node: NodeId,
    by: "request" | "user" | "schedule",
    onLeave?: (leave: () => void) => void,
  ): Promise<Failure | undefined | "left"> {
    const flight = this.#flights.get(node) ?? this.#begin(node, by);
    if (onLeave === undefined) return flight.done;
    return Promise.race([flight.done, new Promise<"left">((resolve) => onLeave(() => resolve("left")))]);
  }

  /** Stops waiting for one node that is going away, or for all. */
  stop(node?: NodeId): void {
    for (const [id, { stop }] of this.#flights) if (node === undefined || id === node) stop.abort();
  }

  #begin(node: NodeId, by: "request" | "user" | "schedule"): Flight {
    const stop = new AbortController();
    const done = this.#run(node, by, stop.signal).finally(() => this.#flights.delete(node));
    const flight = { done, stop };
    this.#flights.set(node, flight);
    return flight;
  }

  async #run(node: NodeId, by: "request" | "user" | "schedule", stopped: AbortSignal): Promise<Failure | undefined> {
    const { store, clock, send } = this.#parts;
    const target = this.#targetOf(node);
    if (target === undefined) return fail("unsupported", `The settings do not say how ${node} is woken: give it a wake address.`, { node });
    if (send === undefined) return fail("unsupported", "Homeport cannot send wake packets from here.", { node });
    const began = clock.monotonic();
    const expectedMs = expectedWakeMs(own(store.fleet.nodes, node) ?? {});
    store.record({ type: "wake-started", at: clock.now(), node, by, expectedMs });
    const limitMs = expectedMs === undefined ? unknownMs : Math.min(mostMs, Math.max(leastMs, expectedMs * patience));
    const outcome = await this.#untilAwake(node, target, began, limitMs, send, stopped);
    const ms = "ms" in outcome ? outcome.ms : undefined;
    const failure = "failure" in outcome ? outcome.failure : undefined;
    store.record({ type: "wake-finished", at: clock.now(), node, ms, failure });
    const learned = own(store.fleet.nodes, node)?.wakeMs;
    if (ms !== undefined && learned !== undefined) this.#parts.journal.recordWakes(node, learned);
    return failure;
  }

  async #untilAwake(
    node: NodeId,
    target: WakeTarget,
    began: number,
    limitMs: number,
    send: WakeSender,
    stopped: AbortSignal,
  ): Promise<{ readonly ms?: number | undefined } | { readonly failure: Failure }> {
    const { store, clock, poller } = this.#parts;
    let sentAt = Number.NEGATIVE_INFINITY;
    for (let looks = 1; ; looks += 1) {
      if (clock.monotonic() - sentAt >= packetEveryMs) {
        sentAt = clock.monotonic();
        const failure = await send(target);
        if (failure !== undefined) return { failure: { ...failure, node } };
      }
      await poller.probeAfresh(node);
      if (stopped.aborted)
        return { failure: fail("connect-failed", `Waking ${node} was given up: its settings changed, or Homeport stops.`, { node }) };
      const state = own(store.fleet.nodes, node)?.health.state;
      // Who answers the first look was not asleep: nothing is learned of how long waking takes.
      if (state === "up" || state === "paused") return looks === 1 ? {} : { ms: clock.monotonic() - began };
      if (clock.monotonic() - began >= limitMs) return { failure: stillAsleep(node, limitMs) };
      await new Promise<void>((resolve) => void clock.after(lookEveryMs, resolve));
    }
  }

  #targetOf(id: NodeId): WakeTarget | undefined {
    return this.#parts.store.config.nodes.find((node) => node.id === id)?.wake;
  }
}

function stillAsleep(node: NodeId, ms: number): Failure {
  const message = `${node} was sent wake packets for ${Math.round(ms / 1000)} s and did not answer. Is it plugged in, and is Wake-on-LAN switched on in its firmware and its system?`;
  return fail("connect-failed", message, { node });
}
