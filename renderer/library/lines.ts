// The house's models as one list: a model is what its canonical name says, wherever it lies; near names are never merged (ux.md 5, demand 23).

import type { Fleet, ModelEntry, Node } from "../../src-core/contract/fleet.ts";
import type { ModelId } from "../../src-core/contract/ids.ts";
import type { Capability } from "../../src-core/contract/node-kinds.ts";
import { type Pull, pullKey } from "../../src-core/contract/pulls.ts";
import { byNodeName, isService } from "../models.ts";

/** A model on one node. */
export interface Home {
  readonly node: Node;
  readonly entry: ModelEntry;
}

export interface Line {
  readonly key: string;
  readonly name: string;
  readonly homes: readonly Home[];
  /** Names of nodes where it is in memory or on its way there. */
  readonly warmOn: readonly string[];
  readonly bytes: number | undefined;
  readonly contextTokens: number | undefined;
  readonly can: readonly Capability[];
  readonly lastUsedAt: number | undefined;
  /** What most of its homes hold, where nodes tell: others are another version. */
  readonly digest: string | undefined;
}

/** What a node has of a model. `pullAs`: its name in this node's library, known from another node of the same kind. */
export type Cell =
  | { readonly is: "there"; readonly entry: ModelEntry; readonly differs: boolean }
  | { readonly is: "coming"; readonly pull: Pull }
  | { readonly is: "absent"; readonly pullAs: ModelId | undefined };

/** One line per model, in no order: `arranged` puts them in one. */
export function linesOf({ nodes }: Pick<Fleet, "nodes">): readonly Line[] {
  const homes = new Map<string, Home[]>();
  for (const node of Object.values(nodes)) {
    for (const [key, entry] of Object.entries(node.models)) {
      const known = homes.get(key);
      if (known === undefined) homes.set(key, [{ node, entry }]);
      else known.push({ node, entry });
    }
  }
  return [...homes].map(([key, at]) => lineOf(key, at));
}

/** Nodes that models are fetched to or lie on. A service's models are nobody's to move. */
export function columnsOf({ nodes }: Pick<Fleet, "nodes">): readonly Node[] {
  return Object.values(nodes)
    .filter((node) => node.enabled && !isService(node) && node.duplicateOf === undefined)
    .sort(byNodeName);
}

/** Whether this page would show the same of both. Probes change nodes all the time; what is shown here changes seldom. */
export function showTheSame(before: Fleet["nodes"], after: Fleet["nodes"]): boolean {
  const ids = Object.keys(after);
  return ids.length === Object.keys(before).length && ids.every((id) => isShownAlike(before[id], after[id]));
}

function isShownAlike(a: Node | undefined, b: Node | undefined): boolean {
  if (a === b) return true;
  return (
    a !== undefined &&
    b !== undefined &&
    a.models === b.models &&
    a.lastUsedAt === b.lastUsedAt &&
    a.health.state === b.health.state &&
    a.can === b.can &&
    a.keeps === b.keeps &&
    a.name === b.name &&
    a.enabled === b.enabled &&
    a.duplicateOf === b.duplicateOf
  );
}

export function cellOf(line: Line, node: Node, pulls: Fleet["pulls"]): Cell {
  const pull = pulls?.[pullKey(node.id, line.key)];
  if (pull !== undefined) return { is: "coming", pull };
  const entry = node.models[line.key];
  if (entry !== undefined) return { is: "there", entry, differs: isOther(line.digest, entry.digest) };
  const twin = node.can.pull === true ? line.homes.find((home) => home.node.kind === node.kind && home.node.can.pull === true) : undefined;
  return { is: "absent", pullAs: twin?.entry.id };
}

/** Nodes that can fetch this model and do not have it, with its name there. */
export function missingOn(
  line: Line,
  columns: readonly Node[],
  pulls: Fleet["pulls"],
): readonly { readonly node: Node; readonly pullAs: ModelId }[] {
  return columns.flatMap((node) => {
    const cell = cellOf(line, node, pulls);
    return cell.is === "absent" && cell.pullAs !== undefined && node.health.state === "up" ? [{ node, pullAs: cell.pullAs }] : [];
  });
}

export function matchesLine(line: Line, wanted: string): boolean {
  if (wanted === "") return true;
  return (
    line.key.includes(wanted) ||
    line.homes.some(({ node, entry }) => [node.name, entry.id].some((text) => text.toLowerCase().includes(wanted)))
  );
}

function lineOf(key: string, homes: readonly Home[]): Line {
  const entries = homes.map(({ entry }) => entry);
  const used = homes.map(({ node }) => node.lastUsedAt[key]).filter((at) => at !== undefined);
  const isThere = ({ entry, node }: Home) => entry.residency.state !== "cold" && !isService(node);
  return {
    key,
    name: entries[0]?.id ?? key,
    homes,
    warmOn: homes.filter(isThere).map(({ node }) => node.name),
    bytes: most(entries.map(({ bytes }) => bytes)),
    contextTokens: largest(entries.map(({ maxContextTokens, contextTokens }) => maxContextTokens ?? contextTokens)),
    can: [...new Set(entries.flatMap(({ can }) => can ?? []))],
    lastUsedAt: used.length === 0 ? undefined : Math.max(...used),
    digest: most(entries.map(({ digest }) => digest)),
  };
}

function isOther(usual: string | undefined, digest: string | undefined): boolean {
  return usual !== undefined && digest !== undefined && usual !== digest;
}

function largest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

/** The value that occurs most often; the first of equals. */
function most<T extends string | number>(values: readonly (T | undefined)[]): T | undefined {
  const counts = new Map<T, number>();
  for (const value of values) if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  let best: T | undefined;
  for (const [value, count] of counts) if (best === undefined || count > (counts.get(best) ?? 0)) best = value;
  return best;
}
