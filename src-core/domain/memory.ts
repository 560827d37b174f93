// Whether a model fits on a node, and what must go to make it fit. The same predicate ranks candidates and names evictions.
// Unknown memory is not full memory: without a total or a size the verdict is "unknown", which never blocks (UX-06).
import type { CatalogueEntry } from "../contract/config.ts";
import type { Load, ModelEntry, Node } from "../contract/fleet.ts";
import type { ModelId } from "../contract/ids.ts";
import { own } from "./inventory.ts";
import { canonicalName } from "./names.ts";
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
export function roomFor(node: Node, key: string, world: World): Room {
  const needBytes = footprint(node, key, world);
  const freeBytes = freeOn(node, key, world);
  if (needBytes === undefined || freeBytes === undefined) return unknownRoom;
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
export function footprint(node: Node, key: string, world: World): number | undefined {
  const disk = own(node.models, key)?.bytes;
  return (
    catalogued(key, world)?.bytes ??
    own(node.history, key)?.footprintBytes ??
    (disk === undefined ? undefined : disk * footprintPerDiskByte)
  );
}

/** The catalogue's word on a model. */
export function catalogued(key: string, world: World): CatalogueEntry | undefined {
  return world.config.catalogue.length === 0 ? undefined : world.config.catalogue.find((entry) => canonicalName(entry.model) === key);
}

/** Whether the catalogue lets this node hold the model: pinned nodes, and enough devices that are large enough (source-systems.md 4.3). */
export function isFeasible(node: Node, entry: CatalogueEntry, world: World): boolean {
  if (entry.pinnedOn.length > 0 && !entry.pinnedOn.includes(node.id)) return false;
  const devices = world.config.nodes.find((configured) => configured.id === node.id)?.devices ?? [];
  if (devices.length === 0) return true;
  return devices.filter((device) => device.memoryBytes >= entry.minDeviceMemoryBytes).length >= entry.minDevices;
}

function freeOn(node: Node, key: string, world: World): number | undefined {
  const { totalBytes, usedBytes } = node.memory;
  if (totalBytes === undefined) return undefined;
  let resident = 0;
  for (const entry of Object.values(node.models)) resident += residentBytes(entry);
  const pending = loadsOn(node, world)
    .filter((load) => canonicalName(load.model) !== key)
    .reduce((sum, load) => sum + (footprint(node, canonicalName(load.model), world) ?? 0), 0);
  const used = usedBytes === undefined ? resident : Math.max(usedBytes, resident);
  return totalBytes - used - pending;
}

function loadsOn(node: Node, world: World): Load[] {
  return Object.values(world.fleet.loads).filter((load) => load.node === node.id);
}

function residentBytes(entry: ModelEntry): number {
  const { residency } = entry;
  if (residency.state === "warm") return residency.bytes ?? entry.bytes ?? 0;
  return 0;
}

function displaceable(node: Node, key: string, world: World): ModelEntry[] {
  const rank = priority(key, world);
  const usedAt = (entry: ModelEntry) =>
    own(node.lastUsedAt, canonicalName(entry.id)) ?? (entry.residency.state === "warm" ? entry.residency.since : 0);
  return Object.entries(node.models)
    .filter(
      ([other, entry]) =>
        other !== key && entry.residency.state === "warm" && (own(node.inFlight, other) ?? 0) === 0 && priority(other, world) <= rank,
    )
    .map(([, entry]) => entry)
    .sort((a, b) => usedAt(a) - usedAt(b) || (a.id < b.id ? -1 : 1));
}

/** Equal rank must allow displacement, or swapping becomes one-way (source-systems.md 4.4). */
function priority(key: string, world: World): number {
  const entry = catalogued(key, world);
  return entry?.residencyPriority ?? (entry !== undefined && entry.pinnedOn.length > 0 ? pinnedPriority : ordinaryPriority);
}
