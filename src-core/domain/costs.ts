// What an answer costs, from the prices in the catalogue. A price that is absent is unknown, which is another thing than 0, which is free
// (source-systems.md 4.6). What runs in the house costs nothing unless the catalogue says otherwise. Pure.
import type { CatalogueEntry, Config } from "../contract/config.ts";
import type { Place } from "../contract/node-kinds.ts";
import type { Cost } from "../contract/routing.ts";
import { own } from "./inventory.ts";
import { canonicalName } from "./names.ts";
import { perValue } from "./per-value.ts";
import type { World } from "./world.ts";

/** Tokens of one answer. `tokensIn` is everything the model took in; `cachedTokens` of them came from a cache, `cacheWriteTokens` went into one. */
export interface TokenCounts {
  readonly tokensIn?: number | undefined;
  readonly tokensOut?: number | undefined;
  readonly cachedTokens?: number | undefined;
  readonly cacheWriteTokens?: number | undefined;
}

/** `usd` absent: a price that is needed is unknown. */
export interface Price {
  readonly usd: number | undefined;
}

const perTokens = 1_000_000;
/** Where only the plain price is known: writing to a cache costs a quarter more (source-systems.md 5.3). Reading is counted in full, never less. */
const cacheWritePremium = 1.25;

const pricesOf = perValue(
  (catalogue: readonly CatalogueEntry[]) =>
    new Map(catalogue.flatMap(({ model, cost }) => (cost === undefined ? [] : [[canonicalName(model), cost] as const]))),
);

/** The price list of a model where it runs; undefined where nothing is known of it. `key` is a canonical name. */
export function pricesAt(place: Place, key: string, config: Config): Cost | undefined {
  const { catalogue } = config;
  const listed = catalogue.length === 0 ? undefined : pricesOf(catalogue).get(key);
  return listed ?? (place === "cloud" ? undefined : free);
}

const free: Cost = { input: 0, output: 0 };

/** What these tokens cost of a model at a place. */
export function costOf(place: Place, key: string, tokens: TokenCounts, config: Config): Price {
  const prices = pricesAt(place, key, config);
  if (prices === undefined) return unknown;
  const cached = tokens.cachedTokens ?? 0;
  const written = tokens.cacheWriteTokens ?? 0;
  const fresh = Math.max(0, (tokens.tokensIn ?? 0) - cached - written);
  const { input, output } = prices;
  const parts = [
    amount(fresh, input),
    amount(cached, prices.cacheRead ?? input),
    amount(written, prices.cacheWrite ?? (input === undefined ? undefined : input * cacheWritePremium)),
    amount(tokens.tokensOut ?? 0, output),
  ];
  let usd = 0;
  for (const part of parts) {
    if (part === undefined) return unknown;
    usd += part;
  }
  return { usd };
}

/** What an answer cost in US dollars; undefined where nothing is known, and without a look where there are no prices at all. */
export function usdOf(
  node: string,
  model: string,
  tokens: TokenCounts,
  { config, fleet }: Pick<World, "config" | "fleet">,
): number | undefined {
  if (config.catalogue.length === 0) return undefined;
  return costOf(own(fleet.nodes, node)?.place ?? "cloud", canonicalName(model), tokens, config).usd;
}

const unknown: Price = { usd: undefined };

/** None of something costs nothing, whatever its price. */
function amount(tokens: number, price: number | undefined): number | undefined {
  if (tokens === 0) return 0;
  return price === undefined ? undefined : (tokens * price) / perTokens;
}
