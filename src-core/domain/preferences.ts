// Preferences order what the filters left. Each maps a candidate to a number, lower is better; a policy is a list of them, compared left to
// right, so "why this node?" always has a one-word answer. Adding one is adding a row.
import { type PreferenceName, PresetName } from "../contract/routing.ts";
import { isSuspectFor } from "./breakers.ts";
import { isSetAside } from "./completion-errors.ts";
import type { Considered } from "./considered.ts";
import { usualAnswerMs } from "./figures.ts";
import type { Ask } from "./filters.ts";
import { own } from "./inventory.ts";
import { expectedLoadMs } from "./loads.ts";
import { perValue } from "./per-value.ts";
import { placementLevel } from "./placement.ts";
import { freeSlots, slotsOf } from "./slots.ts";
import { expectedWakeMs, unknownWakeMs } from "./waking.ts";
import type { World } from "./world.ts";

export type Preference = (candidate: Considered, ask: Ask, world: World) => number;

const placeRank = { "this-machine": 0, lan: 1, cloud: 2 } as const;
const readyRank = { warm: 0, sleeping: 0, loading: 0, cold: 1, placed: 2, asleep: 3 } as const;
/** A model that was set aside stands behind the others for so long after its pause, unless it proved itself before. */
const unprovenMs = 10 * 60_000;
/** Nothing known: neither first nor last. */
const unknownMs = 30_000;
const unknownLoadMs = 20_000;

const rows: Readonly<Record<PreferenceName, Preference>> = {
  // Whether the hint is honoured was settled before ranking, once for all candidates.
  affinity: ({ node }, { affinity }) => (affinity === node.id ? 0 : 1),
  warm: ({ readiness }) => (readiness === "warm" ? 0 : 1),
  sleeping: ({ readiness }) => (readiness === "sleeping" ? 0 : 1),
  loading: ({ readiness }) => readyRank[readiness],
  healthy: unwell,
  "free-slot": ({ node, key }) => (freeSlots(node, key) === 0 ? 1 : 0),
  fits: ({ room }) => (room === undefined ? 0 : placementLevel(room)),
  pinned: ({ node, catalogue }) => (catalogue?.pinnedOn.includes(node.id) === true ? 0 : 1),
  "local-first": ({ node }) => placeRank[node.place],
  "least-busy": busy,
  utilisation: ({ node, key }) => share(own(node.inFlight, key), slotsOf(node, key)),
  priority: ({ node }, _, world) => placeInConfig(world.config.nodes).get(node.id) ?? Number.MAX_SAFE_INTEGER,
  fastest: (candidate) => Math.round(Math.log2(1 + expectedMs(candidate)) * 4),
  cheapest: price,
  biggest: ({ entry }) => -(entry?.bytes ?? 0),
  "load-cost": (candidate) => Math.round(Math.log2(1 + loadMs(candidate)) * 4),
  weighted: ({ node }, _, world) => -Math.log(chance(node.id, world.draw)) / (node.weight ?? 1),
  random: ({ node }, _, world) => chance(node.id, world.draw),
  name: ({ node }, _, world) => placeByName(world.config.nodes).get(node.id) ?? Number.MAX_SAFE_INTEGER,
};

/** The policies a person can name. */
export const presets: Readonly<Record<PresetName, readonly PreferenceName[]>> = {
  balanced: ["affinity", "warm", "sleeping", "loading", "healthy", "free-slot", "pinned", "fits", "least-busy", "local-first"],
  /** source-systems.md 2.4: loaded and free, else any free, else the least used; the order of the configuration breaks ties. */
  priority: ["affinity", "healthy", "free-slot", "warm", "sleeping", "loading", "utilisation", "priority"],
  "local-first": ["affinity", "local-first", "warm", "sleeping", "loading", "healthy", "free-slot", "pinned", "fits", "least-busy"],
  fastest: ["healthy", "free-slot", "fastest", "warm", "least-busy"],
  cheapest: ["cheapest", "warm", "sleeping", "loading", "healthy", "free-slot", "fits", "least-busy"],
  /** source-systems.md 1.4: local before remote, running before cold, then the largest. */
  biggest: ["local-first", "warm", "biggest", "healthy", "free-slot", "loading", "fits", "least-busy"],
};

export interface Policy {
  readonly name: string;
  readonly names: readonly PreferenceName[];
  readonly compare: readonly Preference[];
  /** Whatever needs no load comes before whatever does. */
  readonly readyFirst: boolean;
}

const compiled = perValue((names: readonly PreferenceName[]) => ({
  compare: names.map((name) => rows[name]),
  // Affinity honours warm models only, so it may stand before; the three words for readiness must follow together.
  readyFirst: names
    .filter((name) => name !== "affinity")
    .join()
    .startsWith("warm,sleeping,loading"),
}));
const presetOf = new Map<readonly PreferenceName[], string>(Object.entries(presets).map(([name, names]) => [names, name]));

/** The policy of a link, or else of the configuration. */
export function policyOf(world: World, own?: readonly PreferenceName[]): Policy {
  const names = own ?? namesOf(world.config.policy, world);
  return { name: presetOf.get(names) ?? nameIn(world.config.policies, names), names, ...compiled(names) };
}

/** A preset, a named policy, or the list itself. */
export function namesOf(policy: string | readonly PreferenceName[], { config }: Pick<World, "config">): readonly PreferenceName[] {
  if (typeof policy !== "string") return policy;
  const preset = PresetName.safeParse(policy);
  return own(config.policies, policy) ?? (preset.success ? presets[preset.data] : presets.balanced);
}

function nameIn(policies: Readonly<Record<string, readonly PreferenceName[]>>, names: readonly PreferenceName[]): string {
  return Object.entries(policies).find(([, list]) => list === names)?.[0] ?? "custom";
}

/** Negative where `a` comes first. The link's own wish for a model comes before any policy. */
export function compare(a: Considered, b: Considered, ask: Ask, policy: Policy, world: World): number {
  if (a.preferred !== b.preferred) return a.preferred - b.preferred;
  for (const preference of policy.compare) {
    const difference = preference(a, ask, world) - preference(b, ask, world);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The preference that put `first` before `second`. */
export function separating(first: Considered, second: Considered | undefined, ask: Ask, policy: Policy, world: World): string {
  if (second === undefined) return "only";
  if (first.preferred !== second.preferred) return "preferred";
  const at = policy.compare.findIndex((preference) => preference(first, ask, world) !== preference(second, ask, world));
  return policy.names[at] ?? "order";
}

/** A candidate's value under each preference of a policy, for those who ask why. */
export function levelsOf(candidate: Considered, ask: Ask, policy: Policy, world: World): { preference: string; value: number }[] {
  return policy.compare.map((preference, at) => ({ preference: policy.names[at] ?? "", value: preference(candidate, ask, world) }));
}

/** Flapping, silent just now, failing lately, or slower than the others: tried after those that are not (F02, F08, source-systems.md 5.6, 5.7). */
function unwell({ node, entry }: Considered, { work }: Ask, world: World): number {
  const { health, passive, demoted } = node;
  let level = demoted ?? 0;
  if ((health.state !== "up" && health.state !== "unknown") || isSuspectFor(node, work, world.now, world.config.breaker)) level += 1;
  if (passive?.state === "unhealthy" && world.config.health.action === "demote") level += 2;
  if (entry?.setAside !== undefined && !isSetAside(entry, world.now) && world.now - entry.setAside.until < unprovenMs) level += 1;
  return level;
}

/** Coarse, so that one request more or less does not decide over everything after it. */
function busy({ node, key }: Considered): number {
  const running = own(node.inFlight, key);
  return running === undefined || running === 0 ? 0 : Math.round(share(running, slotsOf(node, key)) * 64);
}

/** USD per million tokens, in and out together. At home it is free unless somebody says otherwise; an unknown price is the dearest. */
function price({ node, catalogue }: Considered): number {
  const cost = catalogue?.cost;
  if (cost === undefined) return node.place === "cloud" ? Number.MAX_VALUE : 0;
  return cost.input === undefined || cost.output === undefined ? Number.MAX_VALUE : cost.input + cost.output;
}

const share = (running = 0, slots: number): number => running / slots;

function expectedMs(candidate: Considered): number {
  const { node, key, readiness } = candidate;
  const figures = node.figures === undefined ? undefined : own(node.figures, key);
  const answerMs = usualAnswerMs(figures) ?? (figures?.firstByteMs ?? 0) + unknownMs;
  return answerMs + (readiness === "warm" ? 0 : loadMs(candidate));
}

function loadMs({ node, key, readiness }: Considered): number {
  if (readiness === "warm") return 0;
  const ms = expectedLoadMs(own(node.history, key)) ?? unknownLoadMs;
  return readiness === "asleep" ? ms + (expectedWakeMs(node) ?? unknownWakeMs) : ms;
}

const placeInConfig = perValue((nodes: World["config"]["nodes"]) => new Map<string, number>(nodes.map(({ id }, index) => [id, index])));
const placeByName = perValue(
  (nodes: World["config"]["nodes"]) =>
    new Map<string, number>(
      nodes
        .map(({ id }) => id)
        .sort()
        .map((id, index) => [id, index]),
    ),
);

/** A number in (0, 1) for this node at this draw: one draw serves all candidates, and the same world gives the same choice. */
function chance(id: string, draw: number): number {
  let hash = Math.floor(draw * 0xffffffff) ^ 0x9e3779b9;
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 0x100000000 + 1e-12;
}
