// What a person wrote of models, found by canonical name: once per catalogue, not once per question.
import type { CatalogueEntry } from "../contract/config.ts";
import { canonicalName } from "./names.ts";
import { perValue } from "./per-value.ts";
import type { World } from "./world.ts";

/** Who is not in the catalogue ranks so (source-systems.md 4.4). */
const ordinaryPriority = 100;
const pinnedPriority = 1000;

/** The catalogue's word on a model, by canonical name. */
export function catalogued(key: string, { config: { catalogue } }: Pick<World, "config">): CatalogueEntry | undefined {
  return catalogue.length === 0 ? undefined : indexOf(catalogue).get(key);
}

/** Its right to stay in memory: 100, or 1000 where it is pinned and nothing else is said (source-systems.md 4.4). */
export function residencyPriority(key: string, world: Pick<World, "config">): number {
  const entry = catalogued(key, world);
  return entry?.residencyPriority ?? (entry !== undefined && entry.pinnedOn.length > 0 ? pinnedPriority : ordinaryPriority);
}

const indexOf = perValue((catalogue: readonly CatalogueEntry[]) => new Map(catalogue.map((entry) => [canonicalName(entry.model), entry])));
