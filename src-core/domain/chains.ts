// Profiles unfolded into the links of one chain. Always ends: every profile is walked at most once, whatever points to whom (source-systems.md
// 1.10). A model that stands in the chain already is not tried again.
import type { Config } from "../contract/config.ts";
import type { ChainLink } from "../contract/route.ts";
import type { Profile } from "../contract/routing.ts";
import { own } from "./inventory.ts";
import { canonicalName } from "./names.ts";
import { perValue } from "./per-value.ts";
import { namesOf } from "./preferences.ts";

/** What the configuration makes of names. Keys are canonical; profiles and agents are named as the configuration spells them. */
export interface Names {
  /** True where a name means nothing but a model. */
  readonly plain: boolean;
  readonly profiles: ReadonlyMap<string, string>;
  readonly aliases: ReadonlyMap<string, string>;
  /** First models of profiles: asking for one is asking for its profile (source-systems.md 1.3). */
  readonly byModel: ReadonlyMap<string, string>;
}

/** Worked out once per configuration. */
export const namesIn: (config: Config) => Names = perValue((config: Config): Names => {
  const { profiles, aliases, agents, defaultProfile } = config;
  const known = new Map(Object.keys(profiles).map((name) => [canonicalName(name), name]));
  const targets = new Map(Object.entries(aliases).map(([alias, target]) => [canonicalName(alias), target]));
  const byModel = new Map<string, string>();
  for (const [name, { chain }] of Object.entries(profiles)) {
    if (chain?.[0] === undefined) continue;
    const first = canonicalName(targets.get(canonicalName(chain[0])) ?? chain[0]);
    if (!known.has(first) && !byModel.has(first)) byModel.set(first, name);
  }
  const plain = known.size === 0 && targets.size === 0 && Object.keys(agents).length === 0 && defaultProfile === undefined;
  return { plain, profiles: known, aliases: targets, byModel };
});

/** The links of these profiles one after another, each with its fallback behind it. Empty only where none of them exists. */
export function chainOf(profiles: readonly string[], config: Config): ChainLink[] {
  const walk: Walk = { config, links: [], walked: new Set(), said: new Set() };
  let stays = false;
  for (const name of profiles) {
    visit(name, stays ? atHome : nothingSaid, walk);
    // What the first profile forbids holds for the request, wherever it goes.
    stays ||= own(config.profiles, name)?.cloud === false;
  }
  return walk.links;
}

interface Walk {
  readonly config: Config;
  readonly links: ChainLink[];
  readonly walked: Set<string>;
  /** Models and requirements that stand in the chain already. */
  readonly said: Set<string>;
}

/** What a profile hands down to the profiles in its chain; they may be stricter. */
type Inherited = Pick<ChainLink, "timeoutMs" | "policy" | "cloud" | "can" | "minContextTokens">;

const nothingSaid: Inherited = {};
const atHome: Inherited = { cloud: false };

function visit(name: string, inherited: Inherited, walk: Walk): void {
  const profile = own(walk.config.profiles, name);
  if (profile === undefined || walk.walked.has(name)) return;
  walk.walked.add(name);
  const common = together(profile, inherited, walk.config);
  if (profile.requires !== undefined) add({ requires: profile.requires, prefer: profile.prefer, profile: name, ...common }, walk);
  const names = namesIn(walk.config);
  for (const entry of profile.chain ?? []) {
    const target = names.aliases.get(canonicalName(entry)) ?? entry;
    const inner = names.profiles.get(canonicalName(target));
    if (inner === undefined) add({ model: target, profile: name, ...common }, walk);
    else visit(inner, common, walk);
  }
  // A fallback is a profile of its own, but a request that may not leave the house may not leave it there either.
  if (profile.fallback !== undefined) visit(profile.fallback, common.cloud === false ? atHome : nothingSaid, walk);
}

/** The profile's own words, else those above it. "Never the cloud" above cannot be loosened below; demands add up. */
function together(profile: Profile, above: Inherited, config: Config): Inherited {
  const timeoutMs = profile.timeoutMs ?? above.timeoutMs;
  const policy = profile.policy === undefined ? above.policy : namesOf(profile.policy, { config });
  const cloud = above.cloud === false ? false : (profile.cloud ?? above.cloud);
  const can = [...new Set([...(above.can ?? []), ...profile.can])];
  const minContextTokens = Math.max(profile.minContextTokens ?? 0, above.minContextTokens ?? 0);
  return {
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(policy === undefined ? {} : { policy }),
    ...(cloud === undefined ? {} : { cloud }),
    ...(can.length === 0 ? {} : { can }),
    ...(minContextTokens === 0 ? {} : { minContextTokens }),
  };
}

function add(link: ChainLink, { links, said }: Walk): void {
  const key = link.model === undefined ? `${link.requires}\n${link.prefer?.join("\n") ?? ""}` : canonicalName(link.model);
  if (said.has(key)) return;
  said.add(key);
  links.push(link);
}
