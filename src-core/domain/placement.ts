// Where the catalogue lets a model be, on which devices, and how places compare (source-systems.md 4.3).
import type { CatalogueEntry, NodeConfig } from "../contract/config.ts";
import type { Node } from "../contract/fleet.ts";
import type { MemoryVerdict } from "../contract/route.ts";
import { perValue } from "./per-value.ts";
import type { World } from "./world.ts";

type Devices = readonly NodeConfig["devices"][number][];

const devicesByNode = perValue((nodes: readonly NodeConfig[]) => new Map(nodes.map((node) => [node.id, node.devices])));
const none: Devices = [];

/** Whether the catalogue lets this node hold the model: not pinned elsewhere, and enough devices of enough total memory. Devices that nobody declared do not speak against it. */
export function isFeasible(node: Node, entry: CatalogueEntry, world: Pick<World, "config">): boolean {
  if (entry.pinnedOn.length > 0 && !entry.pinnedOn.includes(node.id)) return false;
  return declaredOn(node, world).length === 0 || devicesFor(node, entry, world).length >= entry.minDevices;
}

/** The places (from 0) of the devices it gets: the first `minDevices` whose total memory meets the floor; fewer where there are not so many. */
export function devicesFor(node: Node, entry: CatalogueEntry, world: Pick<World, "config">): readonly number[] {
  const found: number[] = [];
  const devices = declaredOn(node, world);
  for (let at = 0; at < devices.length && found.length < entry.minDevices; at += 1) {
    const device = devices[at];
    if (device !== undefined && device.memoryBytes >= entry.minDeviceMemoryBytes) found.push(at);
  }
  return found;
}

/** The memory of those devices together, where the catalogue asks for certain ones; undefined where the whole node counts. */
export function capacityFor(node: Node, entry: CatalogueEntry, world: Pick<World, "config">): number | undefined {
  if (entry.minDevices === 1 && entry.minDeviceMemoryBytes === 0) return undefined;
  const devices = declaredOn(node, world);
  if (devices.length === 0) return undefined;
  return devicesFor(node, entry, world).reduce((sum, at) => sum + (devices[at]?.memoryBytes ?? 0), 0);
}

function declaredOn(node: Node, { config }: Pick<World, "config">): Devices {
  return devicesByNode(config.nodes).get(node.id) ?? none;
}

/** A node with room, even if little, comes before one where something must go: a model never displaces another while a node with room exists. */
const verdictRank = { fits: 0, tight: 2, "fits-after": 4, unknown: 6, "too-big": 8 } as const;
/** Beyond every memory there is. */
const mostBytes = 2 ** 50;

/** Lower is better: fits > fits after evicting > unknown, within each the most free memory; who would have to wait for the room comes last in its class. */
export function placementLevel(room: MemoryVerdict | undefined): number {
  if (room === undefined) return 0;
  const waits = room.busy === true || room.holdUntil !== undefined ? 1 : 0;
  const free = Math.min(Math.max(room.freeBytes ?? 0, 0), mostBytes);
  return verdictRank[room.verdict] + waits + (1 - free / mostBytes) / 2;
}
