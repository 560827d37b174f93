// Preferences order what the filters left. Each maps a candidate to a small integer, lower is better; they are compared in this order,
// so "why this node?" always has a one-word answer. Adding one is adding a row.
import type { Readiness } from "../contract/route.ts";
import { isSuspect } from "./breaker.ts";
import { isSetAside } from "./completion-errors.ts";
import type { Considered } from "./filters.ts";
import { own } from "./inventory.ts";
import { freeSlots, slotsOf } from "./slots.ts";
import type { World } from "./world.ts";

export interface Preference {
  readonly name: string;
  /** Values lie in [0, levels). */
  readonly levels: number;
  readonly of: (considered: Considered, world: World) => number;
}

const readinessRank: Readonly<Record<Readiness, number>> = { warm: 0, sleeping: 1, loading: 2, cold: 3, placed: 4 };
const roomRank = { fits: 0, "fits-after": 1, unknown: 2, "too-big": 3 } as const;
const placeRank = { "this-machine": 0, lan: 1, cloud: 2 } as const;
const busyLevels = 256;

/** A name last is not needed: equal candidates keep the order of the configuration. */
export const preferences: readonly Preference[] = [
  { name: "warm", levels: 5, of: ({ readiness }) => readinessRank[readiness] },
  { name: "healthy", levels: 2, of: unwell },
  { name: "free-slot", levels: 2, of: ({ node, key, readiness }) => (readiness === "warm" && freeSlots(node, key) === 0 ? 1 : 0) },
  { name: "pinned", levels: 2, of: ({ node, catalogue }) => (catalogue?.pinnedOn.includes(node.id) === true ? 0 : 1) },
  { name: "room", levels: 4, of: ({ room }) => (room === undefined ? 0 : roomRank[room]) },
  { name: "least-busy", levels: busyLevels, of: busy },
  { name: "local-first", levels: 3, of: ({ node }) => placeRank[node.place] },
  {
    name: "unproven-last",
    levels: 2,
    of: ({ entry }, world) => (entry !== undefined && entry.setAside !== undefined && !isSetAside(entry, world.now) ? 1 : 0),
  },
];

/** Flapping, or silent just now: tried after those that are neither (F02, F08). */
function unwell({ node }: Considered, world: World): number {
  const answers = node.health.state === "up" || node.health.state === "unknown";
  return answers && !isSuspect(node.breaker, world.now, world.config.breaker) ? 0 : 1;
}

function busy({ node, key }: Considered): number {
  const running = own(node.inFlight, key) ?? 0;
  return running === 0 ? 0 : Math.min(busyLevels - 1, Math.round((running / slotsOf(node, key)) * 64));
}

/** All preferences folded into one number, so that ordering compares numbers. At most 2^53: the product of the levels is about 2^19. */
export function rankOf(considered: Considered, world: World): number {
  let rank = 0;
  for (const preference of preferences) rank = rank * preference.levels + preference.of(considered, world);
  return rank;
}

/** The preference that put `first` before `second`. */
export function separating(first: Considered, second: Considered | undefined, world: World): string {
  if (second === undefined) return "only";
  return preferences.find((preference) => preference.of(first, world) !== preference.of(second, world))?.name ?? "order";
}
