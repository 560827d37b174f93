// Everything that `--demo` adds, behind one door: a gateway without the demo never reads it.
import type { ConfigSource, Journal } from "../engine/ports.ts";
import { withDemoMemory } from "./demo-memory.ts";
import { withDemoRouting } from "./demo-routing.ts";
import { type SimulatedFleet, startDemoFleet } from "./fleet.ts";

export interface DemoHouse {
  readonly fleet: SimulatedFleet;
  /** The person's settings over the demo's profiles, rules and prices. */
  readonly config: (source: ConfigSource) => ConfigSource;
  /** What was measured over what the demo pretends to have learned. */
  readonly journal: (journal: Journal) => Journal;
}

/** Starts the simulated nodes. */
export async function startDemoHouse(): Promise<DemoHouse> {
  return { fleet: await startDemoFleet(), config: withDemoRouting, journal: withDemoMemory };
}
