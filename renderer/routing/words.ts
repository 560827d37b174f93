// Routing told in a person's words: what a preference's value means, what a name came to mean, and the answer in one sentence. Every figure that
// is guessed says so; nothing here decides anything.
import { Place } from "../../src-core/contract/node-kinds.ts";
import type { ChainLink, Explanation, MemoryVerdict, Readiness, Rejection, Resolution } from "../../src-core/contract/route.ts";
import type { PreferenceName, PresetName } from "../../src-core/contract/routing.ts";
import { bytes, duration, usd } from "../format.ts";
import { words } from "../language/words.ts";
import { requirementSays } from "./rule-words.ts";

type Says = (value: number) => string;
const either =
  (good: string, bad: string): Says =>
  (value) =>
    value === 0 ? good : bad;
const oneOf =
  (...texts: readonly string[]): Says =>
  (value) =>
    texts[value] ?? String(value);
/** Speeds are compared in quarter doublings (domain/preferences.ts): four steps are twice the time. */
const inQuarterDoublings = (value: number): string => duration(2 ** (value / 4) - 1);
const placeOf = (value: number): string => (value === Number.MAX_SAFE_INTEGER ? "not in your list" : `place ${value + 1} in your list`);
const percent = (value: number): string => `${Math.round(value * 100)} % used`;
const busySteps = 64;

const levelWords: Readonly<Record<PreferenceName, Says>> = {
  affinity: either("same conversation", "no conversation here"),
  warm: either("in memory", "not in memory"),
  healthy: (value) => (value === 0 ? "healthy" : `demoted by ${value}`),
  "free-slot": either("free slot", "no free slot"),
  loading: oneOf("ready or loading", "cold", "not there yet"),
  sleeping: either("asleep", "not asleep"),
  // Two steps a class, the second for room that has to be waited for; what is behind the point is only the order within it.
  fits: (value) => placementWords[Math.floor(value)] ?? `level ${Math.floor(value)}`,
  pinned: either("pinned here", "not pinned"),
  "local-first": (value) => {
    const place = Place.options[value];
    return place === undefined ? String(value) : words.vocabulary.places[place];
  },
  "least-busy": (value) => (value === 0 ? "idle" : `${Math.round((value / busySteps) * 100)} % busy`),
  utilisation: percent,
  priority: placeOf,
  fastest: (value) => `about ${inQuarterDoublings(value)} an answer`,
  cheapest: (value) => (value === 0 ? "free" : value === Number.MAX_VALUE ? "price unknown" : `${usd(value)} per M tokens`),
  biggest: (value) => (value === 0 ? "size unknown" : bytes(-value)),
  "load-cost": (value) => (value === 0 ? "no load" : `about ${inQuarterDoublings(value)} to load`),
  weighted: (value) => `drew ${value.toFixed(2)}`,
  random: (value) => `drew ${value.toFixed(2)}`,
  name: (value) => `place ${value + 1} by name`,
};

const isPreference = (word: string): word is PreferenceName => Object.hasOwn(levelWords, word);

/** A candidate's value under one preference: "in memory", "about 5.2 s an answer". */
export function levelSays(preference: string, value: number): string {
  return isPreference(preference) ? levelWords[preference](value) : `${preference} ${value}`;
}

export const readinessWords: Readonly<Record<Readiness, string>> = {
  warm: "In memory",
  loading: "Loading",
  sleeping: "Asleep",
  cold: "Cold",
  placed: "Not there yet",
  asleep: "Machine asleep",
};

export const presetSays: Readonly<Record<PresetName, string>> = {
  balanced: "Ready first, then health, room and load.",
  priority: "The order of your list, as long as there is a free slot.",
  "local-first": "This computer, then the local network, then the cloud.",
  fastest: "The shortest answer, loading included.",
  cheapest: "The lowest price for input and output.",
  biggest: "Near and ready first, then the largest model.",
};

const placementWords: Readonly<Record<number, string>> = {
  0: "has room",
  1: "has room soon",
  2: "tight",
  3: "tight, soon",
  4: "room after unloading",
  5: "room after waiting",
  6: "room unknown",
  8: "no room",
};

const verdictWords: Readonly<Record<MemoryVerdict["verdict"], string>> = {
  fits: "Fits",
  "fits-after": "Fits after unloading",
  tight: "Tight",
  "too-big": "Too big",
  unknown: "Room unknown",
};
const sourceWords = { measured: "measured", configured: "as configured", estimate: "estimate" } as const;

/** The verdict with its numbers: "Fits: needs 5.9 GB (estimate), 8.0 GB free." */
export function roomSays(room: MemoryVerdict): string {
  const source = room.needSource === undefined ? "" : ` (${sourceWords[room.needSource]})`;
  const figures = [
    ...(room.needBytes === undefined ? [] : [`needs ${bytes(room.needBytes)}${source}`]),
    ...(room.freeBytes === undefined ? [] : [`${bytes(Math.max(0, room.freeBytes))} free`]),
  ];
  return figures.length === 0 ? verdictWords[room.verdict] : `${verdictWords[room.verdict]}: ${figures.join(", ")}`;
}

const becauseWords: Readonly<Record<Resolution["because"], string>> = {
  "body-profile": "the request names the profile",
  "header-profile": "a header names the profile",
  model: "it is the name of a model",
  alias: "it is an alias",
  profile: "it is the name of a profile",
  agent: "the caller's agent has a profile",
  rule: "a rule of the auto-router matched",
  default: "the default profile stands in",
};

/** What the name came to mean: "“gpt-4o-mini” means the profile everyday: it is an alias." */
export function resolutionSays(asked: string, { because, profile, rule, chain }: Resolution): string {
  const target = profile === undefined ? (chain[0]?.model ?? asked) : `the profile ${profile}`;
  const why = rule === undefined ? becauseWords[because] : `the rule ${rule} matched`;
  return `“${asked}” means ${target}: ${why}.`;
}

/** One link of a chain: a model's name, or what is required of any. */
export function linkSays(link: ChainLink, asked: string): string {
  if (link.requires === undefined) return link.model ?? asked;
  return requirementSays(link.requires, link.prefer ?? []);
}

const rejectionWords: Readonly<Record<Rejection, string>> = {
  disabled: "Disabled",
  duplicate: "Same server",
  "already-tried": "Tried before",
  dialect: "Other dialect",
  excluded: "Excluded",
  drained: "Drained",
  "node-paused": "Asked us to wait",
  "node-down": "Not answering",
  "node-asleep": "Asleep",
  "quiet-hours": "Quiet hours",
  "node-lent": "Memory lent",
  "cloud-not-allowed": "Cloud not allowed",
  "over-budget": "Over budget",
  "breaker-open": "Not sending",
  "probe-running": "Trying again",
  "memory-pressure": "Out of memory lately",
  "model-set-aside": "Model set aside",
  misconfigured: "Needs a setting",
  "lacks-capability": "Cannot do it",
  "context-too-small": "Context too small",
  "not-servable": "Cannot serve",
  "cannot-load": "Cannot load",
  "does-not-fit": "No room",
  "not-feasible": "Not allowed there",
  "stale-inventory": "Not seen lately",
};
const isRejection = (word: string): word is Rejection => Object.hasOwn(rejectionWords, word);

/** A rejection in two words. */
export function rejectionSays(because: string): string {
  return isRejection(because) ? rejectionWords[because] : because.replaceAll("-", " ");
}

/** What it means that a filter was not applied. */
export function relaxedSays(relaxed: Rejection): string {
  return `Nobody was left, so “${rejectionWords[relaxed].toLowerCase()}” did not count this once.`;
}

/** Where it would go, in one sentence: "Beast would serve it: already loaded." `nameOf` turns an id into the name a person gave. */
export function answerSays({ next, links }: Explanation, nameOf: (node: string) => string): string {
  if (next.do === "fail" || next.node === undefined) return next.says;
  const node = nameOf(next.node);
  const link = links.find(({ candidates }) => candidates.some((one) => one.node === next.node && one.model === next.model));
  const candidate = link?.candidates.find((one) => one.node === next.node && one.model === next.model);
  const says = words.vocabulary.preference(link?.decidedBy, candidate?.readiness !== "warm");
  const why = says === "" ? "" : `: ${says}`;
  if (next.do === "send") return `${node} would serve it${why}.`;
  if (next.do === "wait") return `It would wait for a turn on ${node}${why}.`;
  if (next.do === "wake") return `${node} sleeps, and would be woken first${why}.`;
  const verb = candidate?.readiness === "loading" ? "is loading the model, and it would wait for that" : "would load the model first";
  return `${node} ${verb}${why}.`;
}
