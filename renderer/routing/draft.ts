// One draft of the routing, with everything that can be taken back. Pure: each change gives a new draft. What somebody else saved meanwhile is
// merged in, entry by entry; where both changed the same entry, the draft keeps its own and tells it.
import type { Config } from "../../src-core/contract/config.ts";
import { type RoutingDocument, type RoutingKey, routingKeys } from "../../src-core/contract/routing-document.ts";
import { sectionAsWritten } from "./as-written.ts";
import { differenceAt, same } from "./same.ts";

export interface Draft {
  /** As the engine told it last. */
  readonly base: RoutingDocument;
  readonly now: RoutingDocument;
  readonly past: readonly RoutingDocument[];
  readonly future: readonly RoutingDocument[];
  /** What was changed last, and when: who goes on typing in one field takes one step. */
  readonly last?: { readonly place: string; readonly at: number } | undefined;
  /** Entries changed both here and elsewhere ("profiles.coder"): saving replaces what the other wrote. */
  readonly contested: readonly string[];
}

/** Typing that pauses for longer begins a new step. */
const typingMs = 1_500;
const mostSteps = 200;

/** The routing part of a configuration. */
export function routingOf(config: Config): RoutingDocument {
  const { profiles, defaultProfile, rules, policies, policy, aliases, agents, budgets, clients, catalogue } = config;
  return { profiles, defaultProfile, rules, policies, policy, aliases, agents, budgets, clients, catalogue };
}

export function newDraft(base: RoutingDocument): Draft {
  return { base, now: base, past: [], future: [], contested: [] };
}

/** `at`: milliseconds of any clock that does not go back. */
export function changed(draft: Draft, next: RoutingDocument, at: number): Draft {
  if (same(draft.now, next)) return draft;
  const path = differenceAt(draft.now, next);
  const place = path.join("\n");
  const { last } = draft;
  const typed = last !== undefined && last.place === place && at - last.at < typingMs && isLeaf(next, path);
  const past = typed ? draft.past : [...draft.past, draft.now].slice(-mostSteps);
  return { ...draft, now: next, past, future: [], last: { place, at } };
}

/** Text and figures are typed letter by letter; everything else is a step of its own. */
function isLeaf(document: RoutingDocument, path: readonly string[]): boolean {
  const value = path.reduce<unknown>((at, part) => (typeof at === "object" && at !== null ? Reflect.get(at, part) : undefined), document);
  return typeof value === "string" || typeof value === "number";
}

export function undone(draft: Draft): Draft {
  const before = draft.past.at(-1);
  if (before === undefined) return draft;
  return { ...draft, now: before, past: draft.past.slice(0, -1), future: [draft.now, ...draft.future], last: undefined };
}

export function redone(draft: Draft): Draft {
  const [next, ...future] = draft.future;
  if (next === undefined) return draft;
  return { ...draft, now: next, past: [...draft.past, draft.now], future, last: undefined };
}

/** Back to what is in force; undo brings the draft back. */
export function discarded(draft: Draft): Draft {
  return { ...changed({ ...draft, last: undefined }, draft.base, 0), last: undefined, contested: [] };
}

/** `sent` was saved, and reads as `base` now. Steps before it can still be taken back, and what was typed since stays, as a new draft. */
export function saved(draft: Draft, sent: RoutingDocument, base: RoutingDocument): Draft {
  return rebased({ ...draft, base: sent, contested: [], last: undefined }, base);
}

/** Somebody else saved: their changes come in, also in every step that could be taken back, so that undo never undoes theirs. */
export function rebased(draft: Draft, theirs: RoutingDocument): Draft {
  if (same(draft.base, theirs)) return { ...draft, base: theirs };
  const onto = (mine: RoutingDocument) => merged(draft.base, mine, theirs).document;
  const { document, contested } = merged(draft.base, draft.now, theirs);
  return {
    base: theirs,
    now: document,
    past: draft.past.map(onto),
    future: draft.future.map(onto),
    contested: [...new Set([...draft.contested, ...contested])],
  };
}

export function changedSections({ base, now }: Draft): readonly RoutingKey[] {
  return routingKeys.filter((key) => !same(base[key], now[key]));
}

/** What to send: the changed sections as they would be written (null: back to the default), and as they were read. */
export function toSave(draft: Draft): { readonly change: Record<string, unknown>; readonly read: Record<string, unknown> } {
  const keys = changedSections(draft);
  return {
    change: Object.fromEntries(keys.map((key) => [key, sectionAsWritten(draft.now, key) ?? null])),
    read: Object.fromEntries(keys.map((key) => [key, draft.base[key] ?? null])),
  };
}

interface Merged {
  readonly document: RoutingDocument;
  readonly contested: readonly string[];
}

function merged(base: RoutingDocument, mine: RoutingDocument, theirs: RoutingDocument): Merged {
  const contested: string[] = [];
  /** A value that only one of the two changed is theirs or mine; of two changes mine stays, and is told. */
  const pick = <T>(path: string, before: T, own: T, other: T): T => {
    if (same(before, own)) return other;
    if (!same(before, other) && !same(own, other)) contested.push(path);
    return own;
  };
  const entries = <T>(
    key: string,
    before: Readonly<Record<string, T>>,
    own: Readonly<Record<string, T>>,
    other: Readonly<Record<string, T>>,
  ) => {
    const names = [...new Set([...Object.keys(own), ...Object.keys(other)])];
    const picked = names.map((name) => [name, pick(`${key}.${name}`, before[name], own[name], other[name])] as const);
    return Object.fromEntries(picked.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])));
  };
  const document: RoutingDocument = {
    profiles: entries("profiles", base.profiles, mine.profiles, theirs.profiles),
    defaultProfile: pick("defaultProfile", base.defaultProfile, mine.defaultProfile, theirs.defaultProfile),
    rules: pick("rules", base.rules, mine.rules, theirs.rules),
    policies: entries("policies", base.policies, mine.policies, theirs.policies),
    policy: pick("policy", base.policy, mine.policy, theirs.policy),
    aliases: entries("aliases", base.aliases, mine.aliases, theirs.aliases),
    agents: entries("agents", base.agents, mine.agents, theirs.agents),
    budgets: pick("budgets", base.budgets, mine.budgets, theirs.budgets),
    clients: pick("clients", base.clients, mine.clients, theirs.clients),
    catalogue: pick("catalogue", base.catalogue, mine.catalogue, theirs.catalogue),
  };
  return { document, contested };
}
