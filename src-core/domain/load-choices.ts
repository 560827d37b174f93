// What a load of a model would mean on each node, told before anybody loads: by the predicate that plans evictions, and by this house's own history.
// It is advice: nothing here stops a load that is wanted anyway (UX-06, UX-07).
import type { Fleet, ModelEntry, Node } from "../contract/fleet.ts";
import type { ModelId } from "../contract/ids.ts";
import type { Leaving, LoadChoice, LoadChoices } from "../contract/model-options.ts";
import { catalogued } from "./catalogue.ts";
import { entryOn, own } from "./inventory.ts";
import { likelyLoad } from "./loads.ts";
import { roomFor } from "./memory.ts";
import { optionsOf } from "./model-options.ts";
import { canonicalName } from "./names.ts";
import { placementLevel } from "./placement.ts";
import type { World } from "./world.ts";

/** Every node that has the model, or would fetch it, best first; `contextTokens`: with which it would be loaded, where somebody asks for one. */
export function loadChoices(model: ModelId, contextTokens: number | undefined, world: World): LoadChoices {
  const key = canonicalName(model);
  const context = contextTokens ?? catalogued(key, world)?.contextTokens;
  const { unloadAfterMinutes } = optionsOf(key, world.config) ?? {};
  const choices = Object.values(world.fleet.nodes)
    .filter((node) => isHome(node, key))
    .map((node) => choiceOn(node, key, model, context, world))
    .sort(byMerit);
  return {
    choices,
    ...(context === undefined ? {} : { contextTokens: context }),
    ...(unloadAfterMinutes === undefined ? {} : { unloadAfterMinutes }),
  };
}

/** A service has nothing to load, and what is one server twice is shown once. */
function isHome(node: Node, key: string): boolean {
  if (node.can.listEverySeconds !== undefined || node.place === "cloud" || node.duplicateOf !== undefined) return false;
  return entryOn(node, key) !== undefined || node.can.loadsUnlisted;
}

function choiceOn(node: Node, key: string, model: ModelId, context: number | undefined, world: World): LoadChoice {
  const entry = entryOn(node, key);
  const home = { node: node.id, model: entry?.id ?? model };
  const cannot = whyNot(node, entry);
  if (cannot !== undefined) return { ...home, verdict: "cannot", says: cannot, leaving: [] };
  const isAsleep = node.health.state === "asleep";
  const state = isAsleep ? "cold" : entry?.residency.state;
  if (state === "warm" || state === "sleeping") return { ...home, verdict: "in-memory", leaving: [] };
  if (state === "loading" || isComing(world.fleet, node, key)) return { ...home, verdict: "loading", leaving: [] };
  const room = roomFor(node, key, world, entry, context);
  const expected = likelyLoad(node, key);
  const says = lastTime(entry);
  return {
    ...home,
    verdict: room.verdict,
    room,
    leaving: room.evict.map((id) => leavingFrom(node, id)),
    ...(says === undefined ? {} : { says }),
    ...(expected === undefined ? {} : { expected }),
    ...(isAsleep ? { wakes: true as const } : {}),
  };
}

/** Why no load can be asked for there, as a sentence; undefined where it can. */
function whyNot(node: Node, entry: ModelEntry | undefined): string | undefined {
  if (!node.enabled) return "It is switched off in the settings.";
  if (!node.can.load) return "Its server takes no load call: it loads models by itself.";
  if (node.lent !== undefined) return "Its memory is lent to something else. Take it back first.";
  if (entry?.hindrance?.is === "not-servable") return `It cannot hold this model: ${entry.hindrance.says}.`;
  switch (node.health.state) {
    case "down":
      return `It does not answer: ${node.health.because.message}`;
    case "unknown":
      return "It has not answered yet.";
    case "asleep":
      return node.wakes === true ? undefined : "Its machine sleeps, and the settings do not say how to wake it.";
    case "paused":
      return node.health.because === "misconfigured" ? node.health.says : undefined;
    default:
      return undefined;
  }
}

function lastTime(entry: ModelEntry | undefined): string | undefined {
  return entry?.setAside === undefined ? undefined : `The last load there failed: ${entry.setAside.failure.message}`;
}

function isComing({ loads }: Fleet, node: Node, key: string): boolean {
  return Object.values(loads).some((load) => load.node === node.id && canonicalName(load.model) === key);
}

function leavingFrom(node: Node, id: ModelId): Leaving {
  const key = canonicalName(id);
  const residency = own(node.models, key)?.residency;
  const bytes = residency?.state === "warm" ? (residency.vramBytes ?? residency.bytes) : undefined;
  const lastUsedAt = own(node.lastUsedAt, key);
  return {
    model: id,
    inFlight: own(node.inFlight, key) ?? 0,
    ...(bytes === undefined ? {} : { bytes }),
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
  };
}

/** Where it is there or on its way, nothing needs to be loaded; where it cannot be loaded stands last. */
const ranks: Readonly<Partial<Record<LoadChoice["verdict"], number>>> = { "in-memory": -2, loading: -1, cannot: 100 };

function byMerit(a: LoadChoice, b: LoadChoice): number {
  const rank = (choice: LoadChoice) => ranks[choice.verdict] ?? Math.floor(placementLevel(choice.room)) + (choice.wakes === true ? 1 : 0);
  const expected = (choice: LoadChoice) => choice.expected?.ms ?? Number.MAX_SAFE_INTEGER;
  return rank(a) - rank(b) || expected(a) - expected(b) || placementLevel(a.room) - placementLevel(b.room) || (a.node < b.node ? -1 : 1);
}
