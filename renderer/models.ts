// A node's models sorted by what the card does with them: in memory (shown as rows), or cold (offered in the load list).
import type { Load, ModelEntry, Node } from "../src-core/contract/fleet.ts";
import type { ModelId, NodeId } from "../src-core/contract/ids.ts";
import { byName } from "./format.ts";

export interface ModelOnNode {
  readonly key: string;
  readonly entry: ModelEntry;
  readonly inFlight: number;
  readonly lastUsedAt: number | undefined;
  /** Milliseconds a load usually takes here; absent without history. */
  readonly usualLoadMs: number | undefined;
}

function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

function describe(node: Node, key: string, entry: ModelEntry): ModelOnNode {
  return {
    key,
    entry,
    inFlight: node.inFlight[key] ?? node.inFlight[entry.id] ?? 0,
    lastUsedAt: node.lastUsedAt[key] ?? node.lastUsedAt[entry.id],
    usualLoadMs: median((node.history[key] ?? node.history[entry.id])?.ms ?? []),
  };
}

/** "Node 2" before "Node 10". */
export function byNodeName(a: Node, b: Node): number {
  return byName(a.name, b.name);
}

export function loadsByNode(loads: Readonly<Record<string, Load>>): ReadonlyMap<NodeId, readonly Load[]> {
  return Map.groupBy(Object.values(loads), ({ node }) => node);
}

/** A service has neither memory that we could show nor models that come and go in it. */
export function isService({ can, kind, place }: Node): boolean {
  return can.listEverySeconds !== undefined || (place === "cloud" && kind === "openai-compatible");
}

export interface SortedModels {
  readonly resident: readonly ModelOnNode[];
  readonly cold: readonly ModelOnNode[];
  readonly setAside: readonly ModelOnNode[];
}

/** A model that is being loaded is in neither list: its load has a row of its own. */
export function sortModels(node: Node, loads: readonly Load[]): SortedModels {
  const loading = new Set<ModelId>(loads.map((load) => load.model));
  const all = Object.entries(node.models)
    .map(([key, entry]) => describe(node, key, entry))
    .filter(({ entry, key }) => !loading.has(entry.id) && !loads.some((load) => load.model === key))
    .sort((a, b) => byName(a.entry.id, b.entry.id));
  return {
    resident: all.filter(({ entry }) => entry.residency.state !== "cold"),
    cold: all.filter(({ entry }) => entry.residency.state === "cold"),
    setAside: all.filter(({ entry }) => entry.setAside !== undefined),
  };
}

/** "8B · Q4_K_M", from what the node says. */
export function modelFacts(entry: ModelEntry): string {
  return [entry.parameters, entry.quantization].filter((part) => part !== undefined && part !== "").join(" · ");
}
