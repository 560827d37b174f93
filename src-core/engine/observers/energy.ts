// What answering takes in energy, from what a person said each node draws while it works: an estimate. Requests that a node answers at once share
// its power, so that all of them together are its working time and no more. Costs nothing while nobody said anything.
import type { Config } from "../../contract/config.ts";
import type { EngineEvent } from "../../contract/events.ts";

/** One node at work. `each`: milliwatt-seconds that one request alone would have been given since the start, as if it had run all along. */
interface Meter {
  watts: number;
  running: number;
  each: number;
  at: number;
}

/** Milliwatt-seconds in a watt-hour: instants are milliseconds. */
const perWattHour = 3_600_000;

/** The facts that start, stop and set the meters. */
export const energyFacts = ["config-applied", "attempt-started", "attempt-finished"] as const;

export class Energy {
  #meters = new Map<string, Meter>();
  /** Where `each` stood when an attempt began. */
  readonly #began = new Map<string, { readonly meter: Meter; readonly each: number }>();
  /** Of requests under way, by id. */
  readonly #spent = new Map<string, number>();

  readonly observe = (event: EngineEvent): void => {
    if (event.type === "config-applied") return this.#follow(event.config);
    // Attempts that began under an earlier configuration still end.
    if (this.#meters.size === 0 && this.#began.size === 0) return;
    if (event.type === "attempt-started") {
      const meter = this.#meters.get(event.node);
      if (meter === undefined) return;
      this.#advance(meter, event.at);
      meter.running += 1;
      this.#began.set(event.attempt, { meter, each: meter.each });
    } else if (event.type === "attempt-finished") this.#ends(event);
  };

  /** The energy that a request took, once: it is forgotten with the asking. Undefined where no node of its was given watts. */
  take(request: string): number | undefined {
    if (this.#spent.size === 0) return undefined;
    const spent = this.#spent.get(request);
    this.#spent.delete(request);
    return spent === undefined ? undefined : spent / perWattHour;
  }

  #ends({ attempt, request, at }: Extract<EngineEvent, { type: "attempt-finished" }>): void {
    const began = this.#began.get(attempt);
    if (began === undefined) return;
    this.#began.delete(attempt);
    const { meter, each } = began;
    this.#advance(meter, at);
    meter.running -= 1;
    this.#spent.set(request, (this.#spent.get(request) ?? 0) + meter.each - each);
  }

  /** A clock that was set back takes nothing away. */
  #advance(meter: Meter, at: number): void {
    if (meter.running > 0) meter.each += (Math.max(0, at - meter.at) * meter.watts) / meter.running;
    meter.at = Math.max(meter.at, at);
  }

  #follow({ nodes }: Config): void {
    const before = this.#meters;
    this.#meters = new Map();
    for (const { id, watts } of nodes) {
      if (watts === undefined) continue;
      const meter = before.get(id) ?? { watts, running: 0, each: 0, at: 0 };
      meter.watts = watts;
      this.#meters.set(id, meter);
    }
  }
}
