// What was counted of each model on each node, as plain numbers. A client's spelling never becomes a label: only names that an inventory or
// the catalogue holds do, in their canonical form; everything else is "other" (S-84).
import type { Config } from "../../contract/config.ts";
import type { Fleet } from "../../contract/fleet.ts";
import { own } from "../../domain/inventory.ts";
import { canonicalName } from "../../domain/names.ts";
import { Spread } from "./spread.ts";

const durationBuckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
const firstByteBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const speedBuckets = [1, 2, 5, 10, 20, 30, 50, 75, 100, 150, 250, 500];

/** How calls of a model ended as its requests saw it (source-systems.md 3.5). `fallback`: turned away, and something else was tried. */
export interface ModelResults {
  success: number;
  fallback: number;
  error: number;
}

/** One model on one node. Tokens and USD as told by the node and the price list. */
export class Served {
  readonly node: string;
  readonly model: string;
  readonly results: ModelResults;
  attempts = 0;
  ok = 0;
  /** Failed or abandoned calls by failure kind. */
  readonly failures = new Map<string, number>();
  tokensIn = 0;
  tokensOut = 0;
  cachedTokens = 0;
  cacheWriteTokens = 0;
  usd = 0;
  savedUsd = 0;
  /** Of the latest answer; 0 while nobody told. */
  prefillTokensPerSecond = 0;
  readonly durations = new Spread(durationBuckets);
  readonly firstBytes = new Spread(firstByteBuckets);
  readonly speeds = new Spread(speedBuckets);

  constructor(node: string, model: string, results: ModelResults) {
    this.node = node;
    this.model = model;
    this.results = results;
  }
}

/** More names than this in one run are not told apart any more. */
const mostNames = 5_000;
const nobody = "none";
const other = "other";

export class ServedTable {
  readonly #byNode = new Map<string, Map<string, Served>>();
  readonly #results = new Map<string, ModelResults>();
  /** A node's spelling to its label: the same few spellings come again with every request. */
  readonly #labels = new Map<string, string>();

  /** Requests that no node served. */
  readonly unserved: Served = this.#at(nobody, nobody);

  /** The figures of a model as its node spells it. */
  of(node: string, model: string, fleet: Fleet, config: Config): Served {
    const label = this.#labels.get(model) ?? this.#label(node, model, fleet, config);
    return this.#byNode.get(node)?.get(label) ?? this.#at(node, label);
  }

  *all(): Generator<Served> {
    for (const models of this.#byNode.values()) yield* models.values();
  }

  /** Per model, over all nodes. */
  results(): Record<string, ModelResults> {
    return Object.fromEntries([...this.#results].filter(([model]) => model !== nobody).map(([model, counts]) => [model, { ...counts }]));
  }

  #at(node: string, label: string): Served {
    const models = this.#byNode.get(node) ?? new Map<string, Served>();
    this.#byNode.set(node, models);
    const results = this.#results.get(label) ?? { success: 0, fallback: 0, error: 0 };
    this.#results.set(label, results);
    const served = new Served(node, label, results);
    models.set(label, served);
    return served;
  }

  #label(node: string, model: string, fleet: Fleet, config: Config): string {
    const key = canonicalName(model);
    if (this.#labels.size >= mostNames || !isKnown(key, node, fleet, config)) return other;
    this.#labels.set(model, key);
    return key;
  }
}

function isKnown(key: string, node: string, fleet: Fleet, config: Config): boolean {
  const found = own(fleet.nodes, node);
  if (found !== undefined && own(found.models, key) !== undefined) return true;
  return config.catalogue.some(({ model }) => canonicalName(model) === key);
}
