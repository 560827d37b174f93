// A node's models after a probe. What the node says replaces what we believed; what it does not say is kept; what only we know
// (a load of ours under way, an unload not yet confirmed, a model set aside) survives the probe.

import type { ModelEntry, Node, Residency } from "../contract/fleet.ts";
import type { ModelId } from "../contract/ids.ts";
import type { Capability } from "../contract/node-kinds.ts";
import type { SightedModel, Sighting } from "../contract/sighting.ts";
import { kept, keptMap } from "./alike.ts";
import { canonicalName } from "./names.ts";

/** An unload is shown as under way this long; a model still there afterwards is shown as what it is: warm. */
const unloadGraceMs = 30_000;

/** `loading` holds the canonical names of our own loads on this node: Ollama does not list a model that is still loading (observed.md 3). */
export function sighted(node: Node, sighting: Sighting, loading: ReadonlySet<string>, now: number): Node {
  const models: Record<string, ModelEntry> = {};
  const aliases: Record<string, string> = {};
  for (const seen of sighting.models) {
    const key = canonicalName(seen.id);
    // The first spelling wins: a server that lists one name twice means one model.
    if (Object.hasOwn(models, key)) continue;
    models[key] = entryOf(seen, own(node.models, key), loading.has(key), now);
    for (const alias of seen.aliases ?? []) aliases[canonicalName(alias)] ??= key;
  }
  return {
    ...node,
    models: keptMap(node.models, models),
    aliases: keptMap(node.aliases, aliases),
    seenAt: now,
    can: kept(node.can, sighting.can ?? node.can),
    ...(sighting.version === undefined ? {} : { version: sighting.version }),
    ...(sighting.variant === undefined ? {} : { variant: sighting.variant }),
    ...(sighting.identity === undefined ? {} : { identity: sighting.identity }),
    ...(sighting.memory === undefined ? {} : { memory: kept(node.memory, { ...node.memory, ...sighting.memory }) }),
  };
}

/**
 * What the settings say of a node's models, believed until the node tells its own list (source-systems.md 1.4, step 5). Cold where the node can
 * load; where it cannot, whatever is there is in memory. What was learned of a model meanwhile stays.
 */
export function declaredModels(ids: readonly ModelId[], loads: boolean, before: Node["models"], now: number): Record<string, ModelEntry> {
  const residency: Residency = loads ? cold : { state: "warm", since: now };
  return Object.fromEntries(
    ids.map((id) => {
      const key = canonicalName(id);
      return [key, own(before, key) ?? { id, residency, declared: true as const }];
    }),
  );
}

/** A map read that a model called `constructor` cannot fool (S-31). */
export function own<T>(map: Readonly<Record<string, T>>, key: string): T | undefined {
  const value = map[key];
  // Most looks miss, and a miss needs no second one.
  return value !== undefined && Object.hasOwn(map, key) ? value : undefined;
}

/** A node's entry for a canonical name or one of its aliases. */
export function entryOn(node: Node, key: string): ModelEntry | undefined {
  const direct = node.models[key];
  // An inherited property ("constructor") has no id: as safe as asking whose it is, and half the price, 150 times a decision (S-31).
  if (direct?.id !== undefined) return direct;
  const target = own(node.aliases, key);
  return target === undefined ? undefined : own(node.models, target);
}

function entryOf(seen: SightedModel, before: ModelEntry | undefined, loadingHere: boolean, now: number): ModelEntry {
  const { residency: _residency, contextTokens, ...facts } = seen;
  const said = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
  if (seen.can !== undefined) said["can"] = oneOf(seen.can);
  const { contextTokens: _old, declared: _told, stuckSince, ...known }: Partial<ModelEntry> = before ?? {};
  return kept(before, {
    ...(stuckSince === undefined || seen.residency.state !== "warm" ? {} : { stuckSince }),
    ...known,
    ...said,
    id: seen.id,
    residency: residencyOf(seen, before?.declared === true ? undefined : before?.residency, loadingHere, now),
    ...(contextTokens === undefined ? {} : { contextTokens }),
  });
}

const lists = new Map<string, readonly Capability[]>();

/** One list for all models that can do the same: there are few such lists and, in a large house, 100,000 models. */
function oneOf(can: readonly Capability[]): readonly Capability[] {
  const key = can.join();
  const known = lists.get(key);
  if (known !== undefined) return known;
  lists.set(key, can);
  return can;
}

/** One for all models that are not in memory: a large house has 100,000 of them, and a decision looks at many. */
export const cold: Residency = { state: "cold" };

function residencyOf(seen: SightedModel, before: Residency | undefined, loadingHere: boolean, now: number): Residency {
  const since = (state: Residency["state"]) => (before?.state === state && "since" in before ? before.since : now);
  const said = seen.residency;
  switch (said.state) {
    case "cold":
      return loadingHere ? { state: "loading", since: since("loading") } : cold;
    case "warm": {
      if (before?.state === "unloading" && now - before.since < unloadGraceMs) return before;
      const { bytes, vramBytes, expiresAt } = said;
      const loadedAt = before === undefined ? undefined : before.state === "warm" ? before.loadedAt : now;
      return {
        state: "warm",
        since: since("warm"),
        ...(loadedAt === undefined ? {} : { loadedAt }),
        ...(bytes === undefined ? {} : { bytes }),
        ...(vramBytes === undefined ? {} : { vramBytes }),
        ...(expiresAt === undefined ? {} : { expiresAt }),
      };
    }
    default:
      return { state: said.state, since: since(said.state) };
  }
}

/** Marks nodes that are one server under two addresses (F39): the first in configuration order counts, the others point to it. */
export function withDuplicatesMarked(nodes: Readonly<Record<string, Node>>): Record<string, Node> {
  const first = new Map<string, Node>();
  return Object.fromEntries(
    Object.entries(nodes).map(([id, node]) => {
      const twin = node.identity === undefined || !node.enabled ? undefined : first.get(node.identity);
      if (node.identity !== undefined && node.enabled && twin === undefined) first.set(node.identity, node);
      if (node.duplicateOf === twin?.id) return [id, node];
      const { duplicateOf: _, ...rest } = node;
      return [id, twin === undefined ? rest : { ...rest, duplicateOf: twin.id }];
    }),
  );
}
