// Who can serve a request now, in the order to try them, and why the others cannot. Pure: the same world gives the same decision.
import type { NodeReason } from "../contract/failure.ts";
import type { ModelEntry, Node } from "../contract/fleet.ts";
import { ModelId } from "../contract/ids.ts";
import type { Candidate, Readiness, Rejection, RequestFacts, RouteDecision } from "../contract/route.ts";
import { type Considered, refusal } from "./filters.ts";
import { own } from "./inventory.ts";
import { catalogued, roomFor } from "./memory.ts";
import { canonicalName } from "./names.ts";
import { rankOf, separating } from "./preferences.ts";
import type { World } from "./world.ts";

/** The decision, and what the failure message needs when there is no candidate. */
export interface Judgement extends RouteDecision {
  readonly rejections: readonly Rejection[];
}

/** Where a request begins: shared, since most requests end with it. */
export const nobodyTried: ReadonlySet<string> = new Set();

/** `tried` holds node ids that failed for this request. */
export function decide(facts: RequestFacts, world: World, tried: ReadonlySet<string> = nobodyTried): Judgement {
  const key = canonicalName(facts.model);
  const catalogue = catalogued(key, world);
  const ranked: { readonly considered: Considered; readonly rank: number }[] = [];
  const rejected: NodeReason[] = [];
  const rejections: Rejection[] = [];
  for (const node of Object.values(world.fleet.nodes)) {
    const entry = entryOn(node, key);
    if (entry === undefined && catalogue === undefined) continue;
    const readiness = readinessOf(entry);
    const room = readiness === "cold" || readiness === "placed" ? roomFor(node, key, world, entry).verdict : undefined;
    const considered = { node, key, entry, catalogue, readiness, room };
    const against = refusal(considered, facts, tried, world);
    if (against === undefined) ranked.push({ considered, rank: rankOf(considered, world) });
    else {
      rejections.push(against.because);
      rejected.push({ node: node.id, because: against.because, says: against.says, ...(entry === undefined ? {} : { model: entry.id }) });
    }
  }
  // The sort is stable: equal ranks keep the order of the configuration.
  if (ranked.length > 1) ranked.sort((a, b) => a.rank - b.rank);
  const [first, second] = ranked;
  return {
    candidates: ranked.map(({ considered }) => candidateOf(considered, facts)),
    rejected,
    rejections,
    decidedBy: first === undefined ? "none" : separating(first.considered, second?.considered, world),
  };
}

/** A node's entry for a canonical name or one of its aliases. */
export function entryOn(node: Node, key: string): ModelEntry | undefined {
  const direct = own(node.models, key);
  if (direct !== undefined) return direct;
  const target = own(node.aliases, key);
  return target === undefined ? undefined : own(node.models, target);
}

function readinessOf(entry: ModelEntry | undefined): Readiness {
  if (entry === undefined) return "placed";
  // What is being unloaded is cold to whoever asks next.
  return entry.residency.state === "unloading" ? "cold" : entry.residency.state;
}

function candidateOf({ node, entry, catalogue, readiness }: Considered, facts: RequestFacts): Candidate {
  const model = entry?.id ?? catalogue?.model ?? ModelId.parse(facts.model);
  return { node: node.id, model, readiness };
}
