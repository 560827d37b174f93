// A snapshot as the tray reads it, around a few nodes.
import type { Snapshot } from "../../src-core/contract/api.ts";
import type { Fleet, Node } from "../../src-core/contract/fleet.ts";
import { aFleet, noon } from "./builders.ts";

export function sampleTray(nodes: readonly Node[], more: Partial<Fleet> = {}): Snapshot {
  return {
    version: 1,
    now: noon,
    app: { version: "1", demo: false, desktop: true },
    gateway: { url: "http://127.0.0.1:4663", port: 4663, wantedPort: 4663, loopback: true, keyRequired: false },
    fleet: aFleet(nodes, more),
    banners: [],
    notices: [],
  };
}
