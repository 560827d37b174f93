// Which (node, model) pairs a link of a chain can mean: every node that lists the named model or may hold it by the catalogue,
// or, for a requirement, the models of that type. Pure; filters and preferences come after.
import type { CatalogueEntry } from "../contract/config.ts";
import type { ModelEntry, Node } from "../contract/fleet.ts";
import type { ChainLink, Readiness, RequestFacts } from "../contract/route.ts";
import type { ModelType } from "../contract/routing.ts";
import { catalogued } from "./catalogue.ts";
import { matchesName } from "./globs.ts";
import { entryOn, own } from "./inventory.ts";
import { type Room, roomFor } from "./memory.ts";
import { serves, typeOf } from "./model-types.ts";
import { canonicalName } from "./names.ts";
import { perValue } from "./per-value.ts";
import type { World } from "./world.ts";

/** One node considered for one link. `entry` is absent for a catalogue entry that the node does not list. */
export interface Considered {
  readonly node: Node;
  readonly key: string;
  readonly entry: ModelEntry | undefined;
  readonly catalogue: CatalogueEntry | undefined;
  readonly readiness: Readiness;
  /** Set for what would have to be loaded: asked once, used by filter and preference alike. */
  readonly room: Room | undefined;
  /** Place in the link's list of preferred names; the length of that list for the rest. */
  readonly preferred: number;
}

/** Of each node's cold models of a type only so many are looked at, largest first: a requirement must not walk a whole library per request. */
const coldPerNode = 4;
/** The entry of a list of preferred names that matches everything. */
const anything = "*";

/** In the order of the configuration. `only`: of a named model the nodes that have it ready, since to look closer at the others costs most of a decision. */
export function considered(link: ChainLink, asked: Asked, world: World, only?: "ready"): Considered[] {
  return link.requires === undefined ? byName(link, asked, world, only) : byType(link, link.requires, asked, world);
}

/** What a request says of its model: its name, and the context it is to be loaded with. */
type Asked = Pick<RequestFacts, "model" | "contextTokens">;

function byName(link: ChainLink, asked: Asked, world: World, only: "ready" | undefined): Considered[] {
  const key = canonicalName(link.model ?? asked.model);
  const catalogue = catalogued(key, world);
  const found: Considered[] = [];
  const { nodes } = world.fleet;
  for (const id in nodes) {
    const node = nodes[id];
    const entry = node === undefined ? undefined : entryOn(node, key);
    if (node === undefined || (entry === undefined && catalogue === undefined)) continue;
    if (only === "ready" && (!isReady(entry) || node.health.state === "asleep")) continue;
    found.push(consider(node, key, entry, catalogue, 0, asked, world));
  }
  return found;
}

function byType(link: ChainLink, required: ModelType, asked: Asked, world: World): Considered[] {
  const prefer = link.prefer ?? [];
  const found: Considered[] = [];
  for (const node of Object.values(world.fleet.nodes)) {
    let cold = 0;
    for (const key of inOrder(node.models)) {
      const entry = own(node.models, key);
      if (entry === undefined) continue;
      const catalogue = catalogued(key, world);
      if (!serves(required, typeOf(entry, catalogue))) continue;
      const preferred = preferredAt(prefer, key);
      // Named ones are always looked at; of the rest only what is in memory and the few largest.
      if (preferred === undefined && entry.residency.state === "cold" && ++cold > coldPerNode) continue;
      found.push(consider(node, key, entry, catalogue, preferred ?? prefer.length, asked, world));
    }
  }
  return found;
}

/** A list of names may end in "*": what no name before it matches stands there. Without one it stands after the list, never outside it. */
function preferredAt(prefer: readonly string[], key: string): number | undefined {
  for (let at = 0; at < prefer.length; at += 1) {
    const pattern = prefer[at];
    if (pattern !== undefined && pattern !== anything && matchesName(pattern, key)) return at;
  }
  return undefined;
}

/** In memory first, then by size: gathered once per inventory. */
const inOrder = perValue((models: Node["models"]) =>
  Object.entries(models)
    .sort(([, a], [, b]) => coldness(a) - coldness(b) || (b.bytes ?? 0) - (a.bytes ?? 0))
    .map(([key]) => key),
);

const coldness = (entry: ModelEntry): number => (entry.residency.state === "cold" ? 1 : 0);

function consider(
  node: Node,
  key: string,
  entry: ModelEntry | undefined,
  catalogue: CatalogueEntry | undefined,
  preferred: number,
  { contextTokens }: Asked,
  world: World,
): Considered {
  const readiness = node.health.state === "asleep" ? "asleep" : readinessOf(entry);
  const room = readiness === "cold" || readiness === "placed" ? roomFor(node, key, world, entry, contextTokens) : undefined;
  return { node, key, entry, catalogue, readiness, room, preferred };
}

function isReady(entry: ModelEntry | undefined): boolean {
  return entry !== undefined && entry.residency.state !== "cold" && entry.residency.state !== "unloading";
}

function readinessOf(entry: ModelEntry | undefined): Readiness {
  if (entry === undefined) return "placed";
  // What is being unloaded is cold to whoever asks next.
  return entry.residency.state === "unloading" ? "cold" : entry.residency.state;
}
