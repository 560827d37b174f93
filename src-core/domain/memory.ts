// Whether a model fits on a node, and what must go to make it fit. The same predicate ranks candidates and names evictions.
// Unknown memory is not full memory: without a total or a size the verdict is "unknown", which never blocks (UX-06).
import type { ModelEntry, Node } from "../contract/fleet.ts";
import type { MemoryVerdict } from "../contract/route.ts";
import { catalogued, residencyPriority } from "./catalogue.ts";
import { asComing, asVictim, planEviction, residentBytes, toldBytes, type Victim } from "./eviction.ts";
import { footprintOf } from "./footprints.ts";
import { own } from "./inventory.ts";
import { canonicalName } from "./names.ts";
import { perValue } from "./per-value.ts";
import { capacityFor } from "./placement.ts";
import type { World } from "./world.ts";

export type Room = MemoryVerdict;

const nobody: Room["evict"] = [];
const unknownRoom: Room = { verdict: "unknown", evict: nobody };
/** Less than this left over is called tight: a longer context than expected, or another program, will not find room. */
const tightShare = 0.05;
const tightBytes = 512 * 1024 * 1024;

/**
 * Room for a model (by canonical name) on a node now. `contextTokens`: the context it is to be loaded with, where somebody asks for one.
 * Called for every cold candidate of every decision.
 */
export function roomFor(node: Node, key: string, world: World, entry = own(node.models, key), contextTokens?: number): Room {
  const { totalBytes, limit } = node.memory;
  if (totalBytes === undefined || limit === "none") return unknownRoom;
  const need = footprintOf(node, key, world, entry, contextTokens);
  if (need === undefined) return unknownRoom;
  const there = residents(node.models);
  const coming = comingTo(node, key, world);
  const capacity = capacityOf(node, key, totalBytes, world);
  const freeBytes = Math.min(capacity, totalBytes - usedOn(node, there, world) - bytesOf(coming));
  if (need.bytes <= freeBytes) {
    const isTight = freeBytes - need.bytes < Math.max(totalBytes * tightShare, tightBytes);
    return { verdict: isTight ? "tight" : "fits", evict: nobody, needBytes: need.bytes, needSource: need.source, freeBytes };
  }
  const plan =
    need.bytes > capacity
      ? undefined
      : planEviction(victimsFor(node, key, there, coming, world), need.bytes - freeBytes, world.config.memory.mostEvictions);
  const numbers = { needBytes: need.bytes, needSource: need.source };
  if (plan !== undefined) return { verdict: "fits-after", ...plan, ...numbers, freeBytes };
  // Many a server computes a part elsewhere: whether that will do is its to say.
  return { verdict: limit === "soft" ? "unknown" : "too-big", evict: nobody, ...numbers, freeBytes };
}

/** What is in memory on a node: few of the many models it lists, so they are gathered once per inventory, not once per request. */
const residents = perValue((models: Node["models"]) => {
  const all = Object.entries(models).filter(([, entry]) => entry.residency.state === "warm");
  const isTold = ([, entry]: [string, ModelEntry]) => toldBytes(entry) !== undefined;
  return {
    all,
    /** Together, of those whose node says what they hold. */
    toldBytes: all.reduce((sum, [, entry]) => sum + (toldBytes(entry) ?? 0), 0),
    untold: all.filter((one) => !isTold(one)),
  };
});
type Residents = ReturnType<typeof residents>;

/** The node's own figure, or that of its models, whichever is greater. */
function usedOn(node: Node, there: Residents, world: World): number {
  let bytes = there.toldBytes;
  for (const [key, entry] of there.untold) bytes += residentBytes(node, key, entry, world);
  return Math.max(bytes, node.memory.usedBytes ?? 0);
}

interface Coming {
  readonly load: World["fleet"]["loads"][string];
  readonly bytes: number;
}

const nothing: readonly Coming[] = [];

/** Loads of this node that have their turn before this model's own, and what they will take. */
function comingTo(node: Node, key: string, world: World): readonly Coming[] {
  let coming: Coming[] | undefined;
  for (const id in world.fleet.loads) {
    const load = world.fleet.loads[id];
    if (load?.node !== node.id) continue;
    const other = canonicalName(load.model);
    // Loads of a node have their turns in order: what stands after our own is not there yet when we come.
    if (other === key) break;
    const entry = own(node.models, other);
    if (entry?.residency.state === "warm") continue;
    coming ??= [];
    coming.push({ load, bytes: footprintOf(node, other, world, entry)?.bytes ?? 0 });
  }
  return coming ?? nothing;
}

function bytesOf(coming: readonly Coming[]): number {
  let bytes = 0;
  for (const one of coming) bytes += one.bytes;
  return bytes;
}

/** Of a model that wants certain devices, what those hold together counts, not the node (4.14). */
function capacityOf(node: Node, key: string, totalBytes: number, world: World): number {
  const entry = catalogued(key, world);
  const devices = entry === undefined ? undefined : capacityFor(node, entry, world);
  return devices === undefined ? totalBytes : Math.min(devices, totalBytes);
}

function victimsFor(node: Node, key: string, there: Residents, coming: readonly Coming[], world: World): readonly Victim[] {
  const rank = residencyPriority(key, world);
  return [
    ...there.all.flatMap(([other, entry]: [string, ModelEntry]) =>
      other === key ? [] : (asVictim(node, other, entry, rank, world) ?? []),
    ),
    ...coming.flatMap(({ load, bytes }) => asComing(load.model, bytes, rank, world) ?? []),
  ];
}
