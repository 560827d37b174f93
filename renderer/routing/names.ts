// Names that other parts of the routing lean on: renamed and removed without leaving anybody behind. Pure.

import { PresetName, type Profile, RoutingName } from "../../src-core/contract/routing.ts";
import type { RoutingDocument } from "../../src-core/contract/routing-document.ts";
import { words } from "../language/words.ts";

const { names, policies } = words.routingForms;

/** What keeps this from being the name of an entry beside `taken`, or undefined. */
export function nameProblem(name: string, taken: readonly string[]): string | undefined {
  if (name === "") return names.empty;
  if (!RoutingName.safeParse(name).success) return names.letters;
  if (name.toLowerCase() === "auto") return names.auto;
  const other = taken.find((one) => one.toLowerCase() === name.toLowerCase());
  return other === undefined ? undefined : names.taken(other);
}

type Renamed = (name: string) => string;

/** A record with one key replaced, in its place. */
export function rekeyed<T>(record: Readonly<Record<string, T>>, from: string, to: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key === from ? to : key, value]));
}

/** The profile's new name everywhere: chains, fallbacks, the default, agents, rules, aliases, budgets. */
export function withProfileRenamed(document: RoutingDocument, from: string, to: string): RoutingDocument {
  const renamed: Renamed = (name) => (name.toLowerCase() === from.toLowerCase() ? to : name);
  const profiles = rekeyed(document.profiles, from, to);
  return {
    ...document,
    profiles: Object.fromEntries(Object.entries(profiles).map(([name, profile]) => [name, withNames(profile, renamed)])),
    defaultProfile: document.defaultProfile === undefined ? undefined : renamed(document.defaultProfile),
    agents: mapped(document.agents, (agent) => ({ ...agent, profile: renamed(agent.profile), ...fallbackOf(agent.fallback, renamed) })),
    aliases: mapped(document.aliases, renamed),
    rules: document.rules?.map((rule) => ({ ...rule, use: renamed(rule.use) })),
    budgets: document.budgets.map((budget) => {
      const { profile } = budget.scope;
      return profile === undefined ? budget : { ...budget, scope: { ...budget.scope, profile: renamed(profile) } };
    }),
  };
}

function withNames(profile: Profile, renamed: Renamed): Profile {
  const { chain } = profile;
  return { ...profile, ...(chain === undefined ? {} : { chain: chain.map(renamed) }), ...fallbackOf(profile.fallback, renamed) };
}

const fallbackOf = (fallback: string | undefined, renamed: Renamed) => (fallback === undefined ? {} : { fallback: renamed(fallback) });

function mapped<T>(record: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

/** The policy's new name in the profiles and where none is named. */
export function withPolicyRenamed(document: RoutingDocument, from: string, to: string): RoutingDocument {
  return {
    ...document,
    policies: rekeyed(document.policies, from, to),
    policy: document.policy === from ? to : document.policy,
    profiles: mapped(document.profiles, (profile) => (profile.policy === from ? { ...profile, policy: to } : profile)),
  };
}

/** Who uses each policy, as a person reads it. */
export function usersOfPolicies(document: RoutingDocument): Readonly<Record<string, readonly string[]>> {
  const profiles = Object.entries(document.profiles);
  const usersOf = (name: string) => profiles.flatMap(([profile, { policy }]) => (policy === name ? [profile] : []));
  return Object.fromEntries(
    Object.keys(document.policies).map((name) => [name, [...(document.policy === name ? [policies.everywhere] : []), ...usersOf(name)]]),
  );
}

/** Presets first, then those of the draft. */
export function policyChoices(document: RoutingDocument): readonly string[] {
  const own = Object.keys(document.policies).filter((name) => !PresetName.safeParse(name).success);
  return [...PresetName.options, ...own];
}
