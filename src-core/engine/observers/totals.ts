// Everything that is counted, as plain numbers: who reads the figures (the exposition, the usage stream, the Redis event) reads them here.
import { ServedTable } from "./served.ts";
import { Spread } from "./spread.ts";
import { Tally } from "./tally.ts";

const loadBuckets = [0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640, 1800];

export class Totals {
  readonly served: ServedTable = new ServedTable();
  /** By outcome and dialect. */
  readonly requests = new Tally();
  readonly errors = new Tally();
  /** Requests that were turned away before anything was sent. */
  readonly rejections = new Tally();
  readonly candidatesRejected = new Tally();
  readonly decisions = new Tally();
  readonly relaxed = new Tally();
  readonly chainsBlocked = { cloud: 0, budget: 0, memory: 0 };
  uniformAuthFailures = 0;
  autoRouterFallthroughs = 0;
  readonly gateFailures = new Tally();
  /** By repair. */
  readonly repairs = new Tally();
  /** By node and model. */
  readonly rescues = new Tally();
  /** By node and model. */
  readonly truncations = new Tally();
  readonly cacheObserved = new Tally();
  /** By node and outcome. */
  readonly loads = new Tally();
  readonly loadSeconds = new Map<string, Spread>();
  readonly evictions = new Tally();
  /** By node and kind of work. */
  readonly breakerTrips = new Tally();
  /** By node and model. */
  readonly contextGuarded = new Tally();
  /** By node and the state it came into. */
  readonly healthTransitions = new Tally();
  /** By node and cause. */
  readonly demotions = new Tally();
  /** Messages over NATS that were dropped, by node. */
  readonly messagesRefused = new Tally();
  readonly clientRequests = new Tally();
  readonly clientTokens = new Tally();
  readonly clientUsd = new Tally();

  loadTook(node: string, ms: number): void {
    const spread = this.loadSeconds.get(node) ?? new Spread(loadBuckets);
    this.loadSeconds.set(node, spread);
    spread.add(ms / 1000);
  }
}
