// Which words tell why a request goes where it goes: what a preference's value stands for, and which sentence the answer is. What an engine newer
// than the window tells is told by its own name. Nothing here decides anything about routing.
import { Place } from "../../src-core/contract/node-kinds.ts";
import type { ChainLink, Explanation, Rejection } from "../../src-core/contract/route.ts";
import type { PreferenceName } from "../../src-core/contract/routing.ts";
import { bytes } from "../format.ts";
import { words } from "../language/words.ts";
import { requirementSays } from "./rule-words.ts";

const { levels, rejections, wouldGo } = words.routing.reasons;

type Says = (value: number) => string;
const either =
  (good: string, bad: string): Says =>
  (value) =>
    value === 0 ? good : bad;
/** Speeds are compared in quarter doublings (domain/preferences.ts): four steps are twice the time. */
const fromQuarterDoublings = (value: number): number => 2 ** (value / 4) - 1;
const busySteps = 64;

const levelWords: Readonly<Record<PreferenceName, Says>> = {
  affinity: either(levels.sameConversation, levels.noConversation),
  warm: either(levels.inMemory, levels.notInMemory),
  healthy: (value) => (value === 0 ? levels.healthy : levels.demoted(value)),
  "free-slot": either(levels.freeSlot, levels.noFreeSlot),
  loading: (value) => levels.loading[value] ?? String(value),
  sleeping: either(levels.asleep, levels.notAsleep),
  // What is behind the point is only the order within a class.
  fits: (value) => levels.placements[Math.floor(value)] ?? levels.placement(Math.floor(value)),
  pinned: either(levels.pinned, levels.notPinned),
  "local-first": (value) => {
    const place = Place.options[value];
    return place === undefined ? String(value) : words.vocabulary.places[place];
  },
  "least-busy": (value) => (value === 0 ? levels.idle : levels.busy(value / busySteps)),
  utilisation: levels.used,
  priority: (value) => (value === Number.MAX_SAFE_INTEGER ? levels.notListed : levels.listed(value + 1)),
  fastest: (value) => levels.answerTime(fromQuarterDoublings(value)),
  cheapest: (value) => (value === 0 ? levels.free : value === Number.MAX_VALUE ? levels.priceUnknown : levels.price(value)),
  biggest: (value) => (value === 0 ? levels.sizeUnknown : bytes(-value)),
  "load-cost": (value) => (value === 0 ? levels.noLoad : levels.loadTime(fromQuarterDoublings(value))),
  weighted: levels.drew,
  random: levels.drew,
  name: (value) => levels.byName(value + 1),
};

const isPreference = (word: string): word is PreferenceName => Object.hasOwn(levelWords, word);

/** A candidate's value under one preference: "in memory", "about 5.2 s an answer". */
export function levelSays(preference: string, value: number): string {
  return isPreference(preference) ? levelWords[preference](value) : `${preference} ${value}`;
}

/** One link of a chain: a model's name, or what is required of any. */
export function linkSays(link: ChainLink, asked: string): string {
  if (link.requires === undefined) return link.model ?? asked;
  return requirementSays(link.requires, link.prefer ?? []);
}

const isRejection = (word: string): word is Rejection => Object.hasOwn(rejections, word);

/** A rejection in two words. */
export function rejectionSays(because: string): string {
  return isRejection(because) ? rejections[because] : because.replaceAll("-", " ");
}

/** Where it would go, in one sentence: "Beast would serve it: already loaded." `nameOf` turns an id into the name a person gave. */
export function answerSays({ next, links }: Explanation, nameOf: (node: string) => string): string {
  if (next.do === "fail" || next.node === undefined) return next.says;
  const link = links.find(({ candidates }) => candidates.some((one) => one.node === next.node && one.model === next.model));
  const candidate = link?.candidates.find((one) => one.node === next.node && one.model === next.model);
  const why = words.vocabulary.preference(link?.decidedBy, candidate?.readiness !== "warm");
  const act = next.do === "load" && candidate?.readiness === "loading" ? "waitForLoad" : next.do;
  return wouldGo[act](nameOf(next.node), why);
}
