// From the name a request asks for to the chain of models that it means. The order of who decides (source-systems.md 1.3, 5.2): the body's
// profile, the header's, the model where it names a profile or a profile's first model, the agent, the rules behind `auto`, the default profile
// where nobody has the model, else the model itself. What a configuration means is worked out once per configuration.
import type { Config } from "../contract/config.ts";
import { type Failure, fail } from "../contract/failure.ts";
import type { RequestFacts, Resolution } from "../contract/route.ts";
import { asksAuto, builtInRules } from "./auto-router.ts";
import { catalogued } from "./catalogue.ts";
import { chainOf, namesIn } from "./chains.ts";
import { entryOn, own } from "./inventory.ts";
import { canonicalName, nearNames } from "./names.ts";
import { perValue } from "./per-value.ts";
import type { World } from "./world.ts";

/** Of a world, what names depend on. */
export type Named = Pick<World, "config" | "fleet">;

/** A model's own name, where nothing says otherwise: one shared value, so that such a request costs nothing. */
const itself: Resolution = { chain: [{}], because: "model" };

/** The chain a request means, or 400 where it names a profile that does not exist. Costs no more than a few look-ups. */
export function resolve(facts: RequestFacts, { config, fleet }: Named): Resolution | Failure {
  if (facts.profile !== undefined) return byProfile(facts.profile, facts, config);
  const names = namesIn(config);
  if (names.plain && !asksAuto(facts.model)) return itself;
  const alias = names.aliases.get(canonicalName(facts.model));
  const key = canonicalName(alias ?? facts.model);
  const profile = names.profiles.get(key) ?? names.byModel.get(key);
  if (profile !== undefined) return through(config, profile, alias === undefined ? "profile" : "alias", facts.agent);
  const agent = agentOf(facts, config);
  if (agent !== undefined) return through(config, agent.profile, "agent", facts.agent);
  if (asksAuto(key)) return byRule(facts.rule, config);
  if (alias !== undefined) return remembered(config, `alias\n${alias}`, () => ({ chain: [{ model: alias }], because: "alias" }));
  if (config.defaultProfile === undefined || mayBeThere(key, { config, fleet })) return itself;
  return through(config, config.defaultProfile, "default", undefined);
}

/** Where `auto` is asked for, by name or by an alias: the request then needs its rule (`RequestFacts.rule`) before it is resolved. */
export function leavesChoice(model: string, config: Config): boolean {
  if (asksAuto(model)) return true;
  const names = namesIn(config);
  if (names.aliases.size === 0) return false;
  const target = names.aliases.get(canonicalName(model));
  return target !== undefined && asksAuto(target);
}

function agentOf({ agent }: RequestFacts, config: Config) {
  // An agent that nobody configured is no mistake: clients name themselves, and the next in order decides.
  return agent === undefined ? undefined : own(config.agents, agent);
}

/** Unlike a model, a profile that is not there is the caller's mistake. */
function byProfile(asked: string, facts: RequestFacts, config: Config): Resolution | Failure {
  const profile = namesIn(config).profiles.get(canonicalName(asked));
  if (profile !== undefined)
    return through(config, profile, facts.profileFrom === "header" ? "header-profile" : "body-profile", facts.agent);
  const near = nearNames(asked, Object.keys(config.profiles));
  const hint = near.length > 0 ? `Near names: ${near.join(", ")}.` : "The settings have no profile like it.";
  const field = facts.profileFrom === "header" ? "x-homeport-profile" : "profile";
  return fail("invalid-request", `There is no profile ${JSON.stringify(asked)}. ${hint}`, { field, near });
}

/** What the rule uses; where none fitted, the default profile, else any language model. */
function byRule(id: string | undefined, config: Config): Resolution {
  return remembered(config, `rule\n${id ?? ""}`, () => {
    const names = namesIn(config);
    const builtIn = config.rules === undefined ? builtInRules.find((rule) => rule.id === id) : undefined;
    const use = builtIn?.id ?? config.rules?.find((rule) => rule.id === id)?.use;
    if (id === undefined || use === undefined) return fallenThrough(config);
    const target = names.aliases.get(canonicalName(use)) ?? use;
    const profile = names.profiles.get(canonicalName(target));
    if (profile !== undefined) return { ...through(config, profile, "rule", undefined), rule: id };
    const link = builtIn === undefined ? { model: target } : { requires: builtIn.otherwise };
    return { chain: [link], because: "rule", rule: id };
  });
}

function fallenThrough(config: Config): Resolution {
  const { defaultProfile } = config;
  if (defaultProfile === undefined) return { chain: [{ requires: "llm" }], because: "default", fellThrough: true };
  return { ...through(config, defaultProfile, "default", undefined), fellThrough: true };
}

/** A profile's chain, with what the agent falls back to behind it. */
function through(config: Config, profile: string, because: Resolution["because"], agent: string | undefined): Resolution {
  const fallback = agent === undefined ? undefined : own(config.agents, agent)?.fallback;
  return remembered(config, `${because}\n${profile}\n${fallback ?? ""}`, () => {
    const [first, ...rest] = chainOf(fallback === undefined ? [profile] : [profile, fallback], config);
    // A configuration that was checked has no empty profile.
    if (first === undefined) return { ...itself, because, profile };
    const deadlineMs = own(config.profiles, profile)?.deadlineMs;
    return { chain: [first, ...rest], because, profile, ...(deadlineMs === undefined ? {} : { deadlineMs }) };
  });
}

/** Keys come from the configuration alone, never from a request: the map cannot grow past what is configured. */
const resolutions = perValue((_config: Config) => new Map<string, Resolution>());

function remembered(config: Config, key: string, make: () => Resolution): Resolution {
  const known = resolutions(config);
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = make();
  known.set(key, made);
  return made;
}

/** A node lists it, the catalogue may place it, or a node has yet to tell what it has. */
function mayBeThere(key: string, { config, fleet }: Named): boolean {
  if (catalogued(key, { config }) !== undefined) return true;
  return Object.values(fleet.nodes).some((node) => node.enabled && (node.health.state === "unknown" || entryOn(node, key) !== undefined));
}
