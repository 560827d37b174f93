// Holds the fleet. `record` applies a fact, then tells observers what it was and what it changed. Nothing else changes a belief.
import type { Config } from "../contract/config.ts";
import type { EngineEvent } from "../contract/events.ts";
import type { Fleet } from "../contract/fleet.ts";
import { apply, emptyFleet } from "../domain/fleet.ts";
import type { World } from "../domain/world.ts";
import type { Clock, Draw } from "./ports.ts";

/** Steps on a request's way: they change no belief, and few observers follow a request so closely. */
const steps: ReadonlySet<EngineEvent["type"]> = new Set([
  "request-received",
  "request-resolved",
  "route-decided",
  "request-queued",
  "request-loading",
  "request-loaded",
  "request-waking",
  "request-woke",
  "first-byte",
]);

/** Told after the fact. An observer never changes the fleet while being told; it may record later. */
export type Observer = (event: EngineEvent, before: Fleet, after: Fleet) => void;

export class Store {
  readonly #clock: Clock;
  readonly #draw: Draw;
  readonly #observers: Observer[] = [];
  readonly #followers: Observer[] = [];
  #config: Config;
  #fleet: Fleet = emptyFleet;

  constructor(config: Config, clock: Clock, draw: Draw) {
    this.#config = config;
    this.#clock = clock;
    this.#draw = draw;
  }

  get fleet(): Fleet {
    return this.#fleet;
  }

  get config(): Config {
    return this.#config;
  }

  /** What a decision may look at, at this instant. */
  world(): World {
    return { config: this.#config, fleet: this.#fleet, now: this.#clock.now(), draw: this.#draw() };
  }

  record(event: EngineEvent): void {
    if (event.type === "config-applied") this.#config = event.config;
    const before = this.#fleet;
    this.#fleet = apply(before, event, this.#config);
    for (const observer of steps.has(event.type) ? this.#followers : this.#observers) observer(event, before, this.#fleet);
  }

  /** `outcomes`: not told of the steps on a request's way, which are half of all facts. */
  observe(observer: Observer, told: "everything" | "outcomes" = "everything"): void {
    this.#observers.push(observer);
    if (told === "everything") this.#followers.push(observer);
  }
}
