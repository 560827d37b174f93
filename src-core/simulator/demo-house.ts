// Everything that `--demo` adds, behind one door: a gateway without the demo never reads it.
import type { Journal } from "../engine/journal-port.ts";
import type { ConfigSource } from "../engine/ports.ts";
import { withDemoMemory } from "./demo-memory.ts";
import { withDemoRouting } from "./demo-routing.ts";
import { mixedNodes, type SimulatedFleet, startDemoFleet, startFleet } from "./fleet.ts";

export interface DemoHouse {
  readonly fleet: SimulatedFleet;
  /** The person's settings over the demo's profiles, rules and prices. */
  readonly config: (source: ConfigSource) => ConfigSource;
  /** What was measured over what the demo pretends to have learned. */
  readonly journal: (journal: Journal) => Journal;
}

/** A large house has this many models on each machine that can have several. */
const modelsEach = 50;

/** Starts the simulated nodes: the demo's own, or so many. */
export async function startDemoHouse(nodes?: number): Promise<DemoHouse> {
  return {
    fleet: nodes === undefined ? await startDemoFleet() : await startFleet(mixedNodes(nodes, modelsEach)),
    config: withDemoRouting,
    journal: withDemoMemory,
  };
}
