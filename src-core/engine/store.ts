// Holds the fleet. `record` applies a fact, then tells observers what it was and what it changed. Nothing else changes a belief.
import type { Config } from "../contract/config.ts";
import type { EngineEvent } from "../contract/events.ts";
import type { Fleet } from "../contract/fleet.ts";
import { apply, emptyFleet } from "../domain/fleet.ts";
import type { World } from "../domain/world.ts";
import { Audience, type Observer, type Wish } from "./audience.ts";
import type { Clock, Draw } from "./ports.ts";

export class Store {
  readonly #clock: Clock;
  readonly #draw: Draw;
  readonly #audience = new Audience();
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
    for (const observer of this.#audience.of(event.type)) observer(event, before, this.#fleet);
  }

  /** `of`: the facts it is told of, in the order in which observers came. */
  observe(observer: Observer, of: Wish = "everything"): void {
    this.#audience.add(observer, of);
  }
}
