// Holds the fleet. `record` applies a fact, then tells observers what it was and what it changed. Nothing else changes a belief.
import type { Config } from "../contract/config.ts";
import type { EngineEvent } from "../contract/events.ts";
import type { Fleet } from "../contract/fleet.ts";
import { apply, emptyFleet } from "../domain/fleet.ts";
import type { World } from "../domain/world.ts";
import type { Clock, Draw } from "./ports.ts";

type FactType = EngineEvent["type"];

/** Steps on a request's way: they change no belief. */
const steps: ReadonlySet<FactType> = new Set([
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

/** Which facts an observer is told of. */
export type Wish = "everything" | "changes" | readonly FactType[];

export class Store {
  readonly #clock: Clock;
  readonly #draw: Draw;
  readonly #observers: { readonly observer: Observer; readonly of: Wish }[] = [];
  /** Who is told of which fact. A fact comes several times a request, and most observers wait for others. */
  #told: { [T in FactType]?: readonly Observer[] } = {};
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
    this.#told[event.type] ??= this.#wishers(event.type);
    for (const observer of this.#told[event.type] ?? []) observer(event, before, this.#fleet);
  }

  /** `of`: the facts it is told of, in the order in which observers came. `changes`: all but the steps on a request's way, which change nothing. */
  observe(observer: Observer, of: Wish = "everything"): void {
    this.#observers.push({ observer, of });
    this.#told = {};
  }

  #wishers(type: FactType): readonly Observer[] {
    const wants = (of: Wish) => of === "everything" || (of === "changes" ? !steps.has(type) : of.includes(type));
    return this.#observers.filter(({ of }) => wants(of)).map(({ observer }) => observer);
  }
}
