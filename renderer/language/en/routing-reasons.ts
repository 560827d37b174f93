// Why a request goes where it goes, in English: what a preference's value means, room in figures, what a name came to mean, and the answer's sentence.
// Every figure that is guessed says so.
import type { MemoryVerdict, Readiness, Rejection, Resolution } from "../../../src-core/contract/route.ts";
import type { PresetName } from "../../../src-core/contract/routing.ts";
import { bytes, duration, inHundredths, usd } from "../../format.ts";
import { common } from "./everywhere.ts";

const readiness: Readonly<Record<Readiness, string>> = {
  warm: "In memory",
  loading: "Loading",
  sleeping: "Asleep",
  cold: "Cold",
  placed: "Not there yet",
  asleep: "Machine asleep",
};

/** What each preset chooses by. */
const presets: Readonly<Record<PresetName, string>> = {
  balanced: "Ready first, then health, room and load.",
  priority: "The order of your list, as long as there is a free slot.",
  "local-first": "This computer, then the local network, then the cloud.",
  fastest: "The shortest answer, loading included.",
  cheapest: "The lowest price for input and output.",
  biggest: "Near and ready first, then the largest model.",
};

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** Room by placement class, two a class: the second for room that has to be waited for. */
const placements: Readonly<Record<number, string>> = {
  0: "has room",
  1: "has room soon",
  2: "tight",
  3: "tight, soon",
  4: "room after unloading",
  5: "room after waiting",
  6: "room unknown",
  8: "no room",
};

/** A candidate's value under one preference. */
const levels = {
  sameConversation: "same conversation",
  noConversation: "no conversation here",
  inMemory: "in memory",
  notInMemory: "not in memory",
  healthy: "healthy",
  demoted: (by: number) => `demoted by ${by}`,
  freeSlot: "free slot",
  noFreeSlot: "no free slot",
  /** How close to ready, the readiest first. */
  loading: ["ready or loading", "cold", "not there yet"],
  asleep: "asleep",
  notAsleep: "not asleep",
  placements,
  /** A class that an engine newer than the window tells. */
  placement: (value: number) => `level ${value}`,
  pinned: "pinned here",
  notPinned: "not pinned",
  idle: "idle",
  busy: (share: number) => `${percent(share)} busy`,
  used: (share: number) => `${percent(share)} used`,
  listed: (place: number) => `place ${place} in your list`,
  notListed: "not in your list",
  answerTime: (ms: number) => `about ${duration(ms)} an answer`,
  loadTime: (ms: number) => `about ${duration(ms)} to load`,
  noLoad: "no load",
  free: "free",
  price: (dollars: number) => `${usd(dollars)} per M tokens`,
  priceUnknown: "price unknown",
  sizeUnknown: "size unknown",
  drew: (value: number) => `drew ${inHundredths(value)}`,
  byName: (place: number) => `place ${place} by name`,
} as const;

const verdicts: Readonly<Record<MemoryVerdict["verdict"], string>> = {
  fits: "Fits",
  "fits-after": "Fits after unloading",
  tight: "Tight",
  "too-big": "Too big",
  unknown: "Room unknown",
};

const needSources: Readonly<Record<NonNullable<MemoryVerdict["needSource"]>, string>> = {
  measured: "measured",
  configured: "as configured",
  estimate: "estimate",
};

/** The verdict with its numbers: "Fits: needs 5.9 GB (estimate), 8.0 GB free"; the verdict alone where nothing was told. */
function room({ verdict, needBytes, needSource, freeBytes }: MemoryVerdict): string {
  const source = needSource === undefined ? "" : ` (${needSources[needSource]})`;
  const figures = common.list([
    needBytes === undefined ? "" : `needs ${bytes(needBytes)}${source}`,
    freeBytes === undefined ? "" : `${bytes(Math.max(0, freeBytes))} free`,
  ]);
  return figures === "" ? verdicts[verdict] : `${verdicts[verdict]}: ${figures}`;
}

const becauses: Readonly<Record<Resolution["because"], string>> = {
  "body-profile": "the request names the profile",
  "header-profile": "a header names the profile",
  model: "it is the name of a model",
  alias: "it is an alias",
  profile: "it is the name of a profile",
  agent: "the caller's agent has a profile",
  rule: "a rule of the auto-router matched",
  default: "the default profile stands in",
};

/** What a name came to mean: "“gpt-4o-mini” means the profile everyday: it is an alias." */
function resolution(asked: string, { because, profile, rule, chain }: Resolution): string {
  const target = profile === undefined ? (chain[0]?.model ?? asked) : `the profile ${profile}`;
  const why = rule === undefined ? becauses[because] : `the rule ${rule} matched`;
  return `“${asked}” means ${target}: ${why}.`;
}

/** A rejection in two words. */
const rejections: Readonly<Record<Rejection, string>> = {
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

/** `why`, in two words, where there is a reason to tell. */
const because = (why: string): string => (why === "" ? "" : `: ${why}`);

/** Where it would go, in one sentence. `node`: the name a person gave. */
const wouldGo = {
  send: (node: string, why: string) => `${node} would serve it${because(why)}.`,
  wait: (node: string, why: string) => `It would wait for a turn on ${node}${because(why)}.`,
  wake: (node: string, why: string) => `${node} sleeps, and would be woken first${because(why)}.`,
  waitForLoad: (node: string, why: string) => `${node} is loading the model, and it would wait for that${because(why)}.`,
  load: (node: string, why: string) => `${node} would load the model first${because(why)}.`,
} as const;

export const routingReasons = {
  readiness,
  presets,
  levels,
  room,
  resolution,
  rejections,
  /** What it means that a filter was not applied. */
  relaxed: (rejection: Rejection) => `Nobody was left, so “${rejections[rejection].toLowerCase()}” did not count this once.`,
  wouldGo,
} as const;
