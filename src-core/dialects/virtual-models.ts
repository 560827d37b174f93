// Names that are no model on any node but can be asked for like one: profiles, aliases, and `auto` where rules are configured. Listed beside
// the real ones, so that a client's menu offers them.
import type { Config } from "../contract/config.ts";
import { canonicalName } from "../domain/names.ts";

/** What lists depend on. */
export type NamesOfConfig = Pick<Config, "profiles" | "aliases" | "rules">;

export interface VirtualModel {
  readonly name: string;
  readonly is: "profile" | "alias" | "auto";
  /** What it leads to, as written: models, profiles, "any vision model". */
  readonly chain: readonly string[];
}

/** In the order of the configuration: profiles, aliases, then `auto`. */
export function virtualModels({ profiles, aliases, rules }: NamesOfConfig): readonly VirtualModel[] {
  return [
    ...Object.entries(profiles).map(([name, { chain, requires }]) => ({
      name,
      is: "profile" as const,
      chain: chain ?? [`any ${requires} model`],
    })),
    ...Object.entries(aliases).map(([name, target]) => ({ name, is: "alias" as const, chain: [target] })),
    ...(rules === undefined ? [] : [{ name: "auto", is: "auto" as const, chain: rules.map(({ use }) => use) }]),
  ];
}

/** The virtual model of that name, in any spelling. */
export function virtualModel(name: string, config: NamesOfConfig): VirtualModel | undefined {
  const key = canonicalName(name);
  return virtualModels(config).find((one) => canonicalName(one.name) === key);
}

/** The first real model that a name leads to, or undefined where it is left open. Ends: every name is followed once. */
export function firstModelOf(name: string, config: NamesOfConfig): string | undefined {
  const seen = new Set<string>();
  for (let at = name; !seen.has(canonicalName(at)); ) {
    seen.add(canonicalName(at));
    const found = virtualModel(at, config);
    if (found === undefined) return at;
    const { requires } = (found.is === "profile" ? config.profiles[found.name] : undefined) ?? {};
    const [next] = found.chain;
    if (next === undefined || requires !== undefined || found.is === "auto") return undefined;
    at = next;
  }
  return undefined;
}
