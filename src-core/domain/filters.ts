// Filters: each may reject a node for a request, with a reason a person can act on. Their order is fixed: the first reason is the one told.
import type { CatalogueEntry } from "../contract/config.ts";
import type { ModelEntry, Node } from "../contract/fleet.ts";
import type { Readiness, Rejection, RequestFacts } from "../contract/route.ts";
import { admits } from "./breaker.ts";
import { isSetAside } from "./completion-errors.ts";
import { isPaused } from "./health.ts";
import { isFeasible, type Room } from "./memory.ts";
import type { World } from "./world.ts";

/** One node considered for one request. `entry` is absent for a catalogue entry that the node does not list. */
export interface Considered {
  readonly node: Node;
  readonly key: string;
  readonly entry: ModelEntry | undefined;
  readonly catalogue: CatalogueEntry | undefined;
  readonly readiness: Readiness;
  /** Set for what would have to be loaded: asked once, used by filter and preference alike. */
  readonly room: Room["verdict"] | undefined;
}

export interface Refusal {
  readonly because: Rejection;
  readonly says: string;
}

/** The first reason against this node, or undefined. Called per candidate per step; must not log and must not allocate on the good path. */
export function refusal(considered: Considered, facts: RequestFacts, tried: ReadonlySet<string>, world: World): Refusal | undefined {
  return ofNode(considered.node, facts, tried, world) ?? ofModel(considered, facts, world);
}

function ofNode(node: Node, facts: RequestFacts, tried: ReadonlySet<string>, world: World): Refusal | undefined {
  if (!node.enabled) return { because: "disabled", says: "switched off in the settings" };
  if (node.duplicateOf !== undefined) return { because: "duplicate", says: `the same server as ${node.duplicateOf}` };
  if (tried.has(node.id)) return { because: "already-tried", says: "failed for this request already" };
  if (!node.can.dialects.includes(facts.dialect)) return { because: "dialect", says: `does not speak the ${facts.dialect} dialect` };
  if (node.health.state === "down") return { because: "node-down", says: `down: ${node.health.because.message}` };
  if (isPaused(node.health, world.now))
    return { because: "node-paused", says: node.health.state === "paused" ? node.health.says : "paused" };
  return ofBreaker(node, world.now);
}

function ofBreaker(node: Node, now: number): Refusal | undefined {
  const { breaker } = node;
  if (breaker.state === "closed" || admits(breaker, now) !== "no") return undefined;
  if (breaker.state === "half-open") return { because: "probe-running", says: "its breaker is trying one request first" };
  return { because: "breaker-open", says: `breaker open for ${Math.ceil((breaker.until - now) / 1000)} s more: ${breaker.says}` };
}

function ofModel(considered: Considered, facts: RequestFacts, world: World): Refusal | undefined {
  const { node, entry, catalogue, readiness } = considered;
  const can = entry?.can ?? catalogue?.can;
  if (can !== undefined) {
    const lacking = facts.needs.find((need) => !can.includes(need));
    if (lacking !== undefined) return { because: "lacks-capability", says: `the model there has no ${lacking}` };
  }
  if (entry !== undefined && isSetAside(entry, world.now)) {
    return { because: "model-set-aside", says: `set aside after: ${entry.setAside?.failure.message ?? "a failure"}` };
  }
  if (readiness !== "cold" && readiness !== "placed") return undefined;
  if (catalogue !== undefined && !isFeasible(node, catalogue, world))
    return { because: "not-feasible", says: "the catalogue does not allow it there" };
  if (!node.can.load || (readiness === "placed" && !node.can.loadsUnlisted && node.seenAt !== undefined)) {
    return {
      because: "cannot-load",
      says: readiness === "placed" ? "does not list it and cannot fetch it" : "has it cold and takes no load call",
    };
  }
  if (considered.room === "too-big") return { because: "does-not-fit", says: "not enough memory, even after unloading what is idle" };
  return undefined;
}

/** Reasons that no waiting will change: the answer is "nobody could", not "nobody can now". */
export const permanent: ReadonlySet<Rejection> = new Set([
  "disabled",
  "duplicate",
  "dialect",
  "lacks-capability",
  "cannot-load",
  "not-feasible",
]);
