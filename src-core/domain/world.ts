// What a decision may look at, and nothing else: no clock, no randomness, no I/O.
import type { Config } from "../contract/config.ts";
import type { Fleet } from "../contract/fleet.ts";

/** `now` is epoch milliseconds, `draw` a number in [0, 1). */
export interface World {
  readonly config: Config;
  readonly fleet: Fleet;
  readonly now: number;
  readonly draw: number;
}
