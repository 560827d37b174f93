// Who leaves the memory so that another model fits: as few as possible, never above its own rank, and among those who may go the one that is
// missed least: idle long, quickly loaded again, of little weight. A plan that does not fit on paper evicts nobody (demands 3.10).
import type { ModelEntry, Node } from "../contract/fleet.ts";
import type { ModelId } from "../contract/ids.ts";
import { residencyPriority } from "./catalogue.ts";
import { footprintOf } from "./footprints.ts";
import { own } from "./inventory.ts";
import { expectedLoadMs } from "./loads.ts";
import { isKept } from "./model-options.ts";
import { canonicalName } from "./names.ts";
import type { World } from "./world.ts";

/** What must go. `holdUntil`, `busy`: not yet, because one of them was loaded a moment ago or is at work. */
export interface EvictionPlan {
  readonly evict: readonly ModelId[];
  readonly holdUntil?: number;
  readonly busy?: true;
}

/** Something that fills memory and may be displaced. `score`: how little it is missed. */
export interface Victim {
  readonly id: ModelId;
  readonly bytes: number;
  readonly score: number;
  /** Until then it is held (F34). 0: not held. */
  readonly holdUntil: number;
  readonly busy: boolean;
}

/** A load of unknown length is taken for one of these. */
const usualLoadMs = 20_000;
const leastLoadMs = 1_000;
const leastWeight = 0.01;

/** What leaves so that `missing` bytes become free; undefined where no `most` of them would do. Those who can go now come before those who must be waited for. */
export function planEviction(victims: readonly Victim[], missing: number, most: number): EvictionPlan | undefined {
  const free = victims.filter(({ busy, holdUntil }) => !busy && holdUntil === 0);
  const chosen = fewest(free, missing, most) ?? (free.length === victims.length ? undefined : fewest(victims, missing, most));
  if (chosen === undefined) return undefined;
  const holdUntil = chosen.reduce((latest, victim) => Math.max(latest, victim.holdUntil), 0);
  return {
    evict: chosen.map(({ id }) => id),
    ...(holdUntil === 0 ? {} : { holdUntil }),
    ...(chosen.some(({ busy }) => busy) ? { busy: true } : {}),
  };
}

/** The fewest that suffice; of those, at each place the one missed least with which the rest still can. */
function fewest(victims: readonly Victim[], missing: number, most: number): Victim[] | undefined {
  const one = most < 1 ? undefined : oneOf(victims, missing);
  if (one !== undefined) return [one];
  const bySize = [...victims].sort((a, b) => b.bytes - a.bytes);
  const count = countNeeded(bySize, missing);
  if (count === undefined || count > most) return undefined;
  const left = new Set([...victims].sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)));
  const chosen: Victim[] = [];
  let still = missing;
  while (chosen.length < count) {
    const others = count - chosen.length - 1;
    const next = [...left].find((victim) => victim.bytes + largest(bySize, left, victim, others) >= still);
    if (next === undefined) return undefined;
    left.delete(next);
    chosen.push(next);
    still -= next.bytes;
  }
  return chosen;
}

/** Nearly always one is enough, and nothing needs to be sorted. */
function oneOf(victims: readonly Victim[], missing: number): Victim | undefined {
  let best: Victim | undefined;
  for (const victim of victims) {
    if (victim.bytes < missing) continue;
    if (best === undefined || victim.score > best.score || (victim.score === best.score && victim.id < best.id)) best = victim;
  }
  return best;
}

function countNeeded(bySize: readonly Victim[], missing: number): number | undefined {
  let sum = 0;
  for (let at = 0; at < bySize.length; at += 1) {
    sum += bySize[at]?.bytes ?? 0;
    if (sum >= missing) return at + 1;
  }
  return undefined;
}

/** What the `count` largest that are left, `except` one, hold together. */
function largest(bySize: readonly Victim[], left: ReadonlySet<Victim>, except: Victim, count: number): number {
  let sum = 0;
  let taken = 0;
  for (const victim of bySize) {
    if (taken >= count) break;
    if (victim === except || !left.has(victim)) continue;
    sum += victim.bytes;
    taken += 1;
  }
  return sum;
}

/** A resident as a victim of a model of rank `rank`; undefined where it may not be displaced. Equal ranks may displace, or swapping becomes one-way (4.4). */
export function asVictim(node: Node, key: string, entry: ModelEntry, rank: number, world: World): Victim | undefined {
  const { residency } = entry;
  const ofIts = residencyPriority(key, world);
  // What its node could not unload will not go for this load either (demands 10).
  if (residency.state !== "warm" || ofIts > rank || entry.stuckSince !== undefined) return undefined;
  if (isKept(node.id, key, world.config)) return undefined;
  const heldUntil = (residency.loadedAt ?? Number.NEGATIVE_INFINITY) + world.config.memory.holdSeconds * 1000;
  const idleMs = Math.max(0, world.now - (own(node.lastUsedAt, key) ?? residency.since));
  const loadMs = Math.max(leastLoadMs, expectedLoadMs(own(node.history, key)) ?? usualLoadMs);
  return {
    id: entry.id,
    bytes: residentBytes(node, key, entry, world),
    score: idleMs / (loadMs * Math.max(leastWeight, ofIts / 100)),
    holdUntil: heldUntil > world.now ? heldUntil : 0,
    busy: (own(node.inFlight, key) ?? 0) > 0,
  };
}

/** A model whose load is under way: it may be displaced, but only after it has come, and been held. */
export function asComing(model: ModelId, bytes: number, rank: number, world: World): Victim | undefined {
  if (residencyPriority(canonicalName(model), world) > rank) return undefined;
  return { id: model, bytes, score: -1, holdUntil: 0, busy: true };
}

/** Device memory a warm model holds, in its node's own words: the device's part, else the whole. */
export function toldBytes({ residency }: ModelEntry): number | undefined {
  if (residency.state !== "warm") return 0;
  return residency.vramBytes !== undefined && residency.vramBytes > 0 ? residency.vramBytes : residency.bytes;
}

/** Device memory a warm model holds: its node's word, else what it is known to take. */
export function residentBytes(node: Node, key: string, entry: ModelEntry, world: Pick<World, "config">): number {
  return toldBytes(entry) ?? footprintOf(node, key, world, entry, entry.contextTokens)?.bytes ?? 0;
}
