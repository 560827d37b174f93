// Whether a model fits on a node, and what must go to make it fit. The same predicate ranks candidates and names evictions.
// Unknown memory is not full memory: without a total or a size the verdict is "unknown", which never blocks (UX-06).
import type { CatalogueEntry, NodeConfig } from "../contract/config.ts";
import type { ModelEntry, Node } from "../contract/fleet.ts";
import type { ModelId } from "../contract/ids.ts";
import { own } from "./inventory.ts";
import { canonicalName } from "./names.ts";
import { perValue } from "./per-value.ts";
import type { World } from "./world.ts";

/** Weights on disk grow by buffers and context in memory; only until a load here was measured. */
const footprintPerDiskByte = 1.2;
const ordinaryPriority = 100;
const pinnedPriority = 1000;

export interface Room {
  readonly verdict: "fits" | "fits-after" | "too-big" | "unknown";
  /** Least recently used first; idle models only. Empty unless `fits-after`. */
  readonly evict: readonly ModelId[];
  readonly needBytes?: number;
  readonly freeBytes?: number;
}

const unknownRoom: Room = { verdict: "unknown", evict: [] };

/** Room for a model (by canonical name) on a node now. A busy or loading model is never named for eviction. */
export function roomFor(node: Node, key: string, world: World, entry = own(node.models, key)): Room {
  const { totalBytes } = node.memory;
  if (totalBytes === undefined) return unknownRoom;
  const needBytes = footprint(node, key, world, entry);
  if (needBytes === undefined) return unknownRoom;
  const freeBytes = totalBytes - usedOn(node) - pendingOn(node, key, world);
  if (needBytes <= freeBytes) return { verdict: "fits", evict: [], needBytes, freeBytes };
  const evict: ModelId[] = [];
  let free = freeBytes;
  for (const victim of displaceable(node, key, world)) {
    evict.push(victim.id);
    free += residentBytes(victim);
    if (needBytes <= free) return { verdict: "fits-after", evict, needBytes, freeBytes };
  }
  return { verdict: "too-big", evict: [], needBytes, freeBytes };
}

/** Device memory the model needs here: as configured, else as measured after its last load, else estimated from its size on disk. */
export function footprint(node: Node, key: string, world: World, entry = own(node.models, key)): number | undefined {
  const disk = entry?.bytes;
  return (
    catalogued(key, world)?.bytes ??
    own(node.history, key)?.footprintBytes ??
    (disk === undefined ? undefined : disk * footprintPerDiskByte)
  );
}

/** The catalogue's word on a model. */
export function catalogued(key: string, world: World): CatalogueEntry | undefined {
  const { catalogue } = world.config;
  if (catalogue.length === 0) return undefined;
  return catalogueIndex(catalogue).get(key);
}

const catalogueIndex = perValue(
  (catalogue: readonly CatalogueEntry[]) => new Map(catalogue.map((entry) => [canonicalName(entry.model), entry])),
);
const devicesByNode = perValue((nodes: readonly NodeConfig[]) => new Map(nodes.map((node) => [node.id, node.devices])));

/** Whether the catalogue lets this node hold the model: pinned nodes, and enough devices that are large enough (source-systems.md 4.3). */
export function isFeasible(node: Node, entry: CatalogueEntry, world: World): boolean {
  if (entry.pinnedOn.length > 0 && !entry.pinnedOn.includes(node.id)) return false;
  const devices = devicesByNode(world.config.nodes).get(node.id) ?? [];
  if (devices.length === 0) return true;
  return devices.filter((device) => device.memoryBytes >= entry.minDeviceMemoryBytes).length >= entry.minDevices;
}

/** What is in memory on a node: few of the many models it lists, so they are gathered once per inventory, not once per request. */
const residents = perValue((models: Node["models"]) => {
  const entries = Object.entries(models).filter(([, entry]) => entry.residency.state === "warm");
  return { entries, bytes: entries.reduce((sum, [, entry]) => sum + residentBytes(entry), 0) };
});

function usedOn(node: Node): number {
  const { bytes } = residents(node.models);
  const { usedBytes } = node.memory;
  return usedBytes === undefined ? bytes : Math.max(usedBytes, bytes);
}

/** What loads under way on this node will take, this model's own aside. */
function pendingOn(node: Node, key: string, world: World): number {
  let bytes = 0;
  for (const id in world.fleet.loads) {
    const load = world.fleet.loads[id];
    if (load?.node !== node.id) continue;
    const other = canonicalName(load.model);
    if (other !== key) bytes += footprint(node, other, world) ?? 0;
  }
  return bytes;
}

function residentBytes(entry: ModelEntry): number {
  return entry.residency.state === "warm" ? (entry.residency.bytes ?? entry.bytes ?? 0) : 0;
}

function displaceable(node: Node, key: string, world: World): ModelEntry[] {
  const rank = priority(key, world);
  const usedAt = (entry: ModelEntry) =>
    own(node.lastUsedAt, canonicalName(entry.id)) ?? (entry.residency.state === "warm" ? entry.residency.since : 0);
  return residents(node.models)
    .entries.filter(([other]) => other !== key && (own(node.inFlight, other) ?? 0) === 0 && priority(other, world) <= rank)
    .map(([, entry]) => entry)
    .sort((a, b) => usedAt(a) - usedAt(b) || (a.id < b.id ? -1 : 1));
}

/** Equal rank must allow displacement, or swapping becomes one-way (source-systems.md 4.4). */
function priority(key: string, world: World): number {
  const entry = catalogued(key, world);
  return entry?.residencyPriority ?? (entry !== undefined && entry.pinnedOn.length > 0 ? pinnedPriority : ordinaryPriority);
}
