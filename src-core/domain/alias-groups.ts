// Names on different nodes that seem to mean one model: offered as aliases, never merged by themselves (demands 3.25 is what guessing costs).
// The same digest is the same file; the same family, size and quantisation is a good guess, and told as one.
import type { Fleet, ModelEntry } from "../contract/fleet.ts";
import type { AliasGroup } from "../contract/routing.ts";
import { canonicalName } from "./names.ts";

/** One name and where it is listed. */
interface Spelling {
  readonly name: string;
  readonly nodes: string[];
  readonly entries: ModelEntry[];
}

/** Groups of at least two names, surest first, then by name. A name stands in one group only. */
export function suggestGroups(fleet: Fleet): AliasGroup[] {
  const spellings = spellingsIn(fleet);
  const taken = new Set<string>();
  const grouped = (
    because: AliasGroup["because"],
    keyOf: (entry: ModelEntry) => string | undefined,
    says: (entry: ModelEntry) => string,
  ) => {
    const free = [...spellings.values()].filter(({ name }) => !taken.has(canonicalName(name)));
    return crowds(free, keyOf).map((crowd): AliasGroup => {
      for (const { name } of crowd) taken.add(canonicalName(name));
      const sample = crowd[0]?.entries.find((entry) => keyOf(entry) !== undefined);
      return { because, names: crowd.map(({ name, nodes }) => ({ name, nodes })), says: sample === undefined ? "" : says(sample) };
    });
  };
  return [
    ...grouped("digest", digestOf, ({ digest = "" }) => `The same file: digest ${plainDigest(digest).slice(0, 12)}.`),
    ...grouped(
      "figures",
      figuresOf,
      ({ family, parameters, quantization }) =>
        `Probably the same model: ${family}, ${parameters}, ${quantization}. Nodes do not tell more.`,
    ),
  ];
}

/** What nodes themselves call one model (an alias of their own) needs no suggestion. */
function spellingsIn(fleet: Fleet): ReadonlyMap<string, Spelling> {
  const found = new Map<string, Spelling>();
  for (const node of Object.values(fleet.nodes)) {
    if (!node.enabled || node.duplicateOf !== undefined) continue;
    for (const [key, entry] of Object.entries(node.models)) {
      const before = found.get(key) ?? { name: entry.id, nodes: [], entries: [] };
      before.nodes.push(node.id);
      before.entries.push(entry);
      found.set(key, before);
    }
  }
  return found;
}

/** Spellings that share a key, joined through every entry they have; only those on at least two nodes: on one node the person gave two names. */
function crowds(spellings: readonly Spelling[], keyOf: (entry: ModelEntry) => string | undefined): readonly (readonly Spelling[])[] {
  const byKey = new Map<string, Set<Spelling>>();
  for (const spelling of spellings) {
    for (const entry of spelling.entries) {
      const key = keyOf(entry);
      if (key !== undefined) byKey.set(key, (byKey.get(key) ?? new Set()).add(spelling));
    }
  }
  const seen = new Set<Spelling>();
  const found: (readonly Spelling[])[] = [];
  for (const set of byKey.values()) {
    const crowd = [...set].filter((spelling) => !seen.has(spelling)).sort((a, b) => (a.name < b.name ? -1 : 1));
    if (crowd.length < 2 || new Set(crowd.flatMap(({ nodes }) => nodes)).size < 2) continue;
    for (const spelling of crowd) seen.add(spelling);
    found.push(crowd);
  }
  return found.sort(([a], [b]) => ((a?.name ?? "") < (b?.name ?? "") ? -1 : 1));
}

function digestOf({ digest }: ModelEntry): string | undefined {
  return digest === undefined || digest === "" ? undefined : plainDigest(digest);
}

const plainDigest = (digest: string): string => digest.toLowerCase().replace(/^sha256:/, "");

/** All three or nothing: a family alone is no model. Sizes are compared as numbers ("8.0B" is "8B"). */
function figuresOf({ family, parameters, quantization }: ModelEntry): string | undefined {
  if (!family || !parameters || !quantization) return undefined;
  const size = Number.parseFloat(parameters);
  const unit = /[a-z]+$/i.exec(parameters.trim())?.[0] ?? "";
  return `${family}\n${Number.isNaN(size) ? parameters : size}${unit}\n${quantization}`.toLowerCase();
}
