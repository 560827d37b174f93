// Who can serve a link of a chain now, in the order to try them, and why the others cannot. Pure: the same world gives the same decision.
import type { NodeReason } from "../contract/failure.ts";
import { ModelId } from "../contract/ids.ts";
import type { Candidate, ChainLink, Rejection, RequestFacts, RouteDecision } from "../contract/route.ts";
import { honoured } from "./affinity.ts";
import { lastResort, workOf } from "./breakers.ts";
import { type Considered, considered } from "./considered.ts";
import { expectedWaitMs } from "./expected-wait.ts";
import { type Ask, mayRelax, refusal, relaxable } from "./filters.ts";
import { compare, type Policy, policyOf, separating } from "./preferences.ts";
import type { World } from "./world.ts";

/** The decision, what the failure message needs when there is no candidate, and what an explanation looks closer at. */
export interface Judgement extends RouteDecision {
  readonly rejections: readonly Rejection[];
  /** As `candidates`, before they were reduced to names. */
  readonly ranked: readonly Considered[];
  readonly policy: Policy;
}

/** Candidates told and kept: the first in line. Nobody fails over further than this. */
const firstInLine = 8;
/** Up to so many nodes, every decision tells about all of them. */
const smallHouse = 16;
/** Where a request begins: shared, since most requests end with it. */
export const nobodyTried: ReadonlySet<string> = new Set();
const theModelItself: ChainLink = {};

/** What is asked of a request that names a model and nothing else. */
export function askFor(facts: RequestFacts): Ask {
  return { facts, link: theModelItself, tried: nobodyTried, affinity: undefined, work: workOf(facts) };
}

/**
 * `told`: every node is looked at, for those who ask why. Otherwise, in a house of many nodes, those that would have to load are passed over where
 * the policy puts any that is ready before them: they could change nothing but the list of reasons.
 */
export function decide(ask: Ask, world: World, told: "reasons" | "choice" = "choice"): Judgement {
  const { facts, link } = ask;
  const policy = policyOf(world, link.policy);
  const isHaste = told === "choice" && world.config.nodes.length > smallHouse && policy.readyFirst && link.requires === undefined;
  const found = isHaste ? judge(considered(link, facts, world, "ready"), ask, world, policy, "some") : undefined;
  if (found === undefined || found.candidates.length === 0) return judge(considered(link, facts, world), ask, world, policy, "all");
  const [first, second] = found.ranked;
  return first === undefined || second !== undefined ? found : { ...found, decidedBy: first.readiness };
}

/** `extent`: whether `found` are all there are. Of some, no filter is relaxed: one of the others may do without. */
function judge(found: readonly Considered[], ask: Ask, world: World, policy: Policy, extent: "all" | "some"): Judgement {
  const passed: Considered[] = [];
  // Nearly every decision turns nobody away: the lists of those who are begin with the first.
  let turned: Turned | undefined;
  for (const one of found) {
    const against = refusal(one, ask, world);
    if (against === undefined) {
      passed.push(one);
      continue;
    }
    turned ??= { away: [], rejections: [], rejected: [] };
    turned.away.push(one);
    turned.rejections.push(against.because);
    turned.rejected.push({
      node: one.node.id,
      because: against.because,
      says: against.says,
      ...(one.entry === undefined ? {} : { model: one.entry.id }),
    });
  }
  const ranked: Considered[] = [];
  const settled = ask.affinity === undefined ? ask : { ...ask, affinity: honoured(ask.affinity, passed, world.config.affinity.leaveRatio) };
  for (const one of passed) insert(ranked, one, settled, policy, world);
  const isSooner = woken(ranked, world);
  const relaxed =
    extent === "some" || passed.length > 0 || turned === undefined ? undefined : relax(turned, ranked, settled, policy, world);
  const [first, second] = ranked;
  const judgement = {
    candidates: ranked.map((one) => candidateOf(one, ask)),
    rejected: turned?.rejected ?? nobodyRejected,
    rejections: turned?.rejections ?? nobodyRejected,
    ranked,
    policy,
    decidedBy: first === undefined ? "none" : isSooner ? "sooner" : separating(first, second, settled, policy, world),
  };
  return relaxed === undefined ? judgement : { ...judgement, relaxed };
}

/** Those a filter turned away, each list in the same order. */
interface Turned {
  readonly away: Considered[];
  readonly rejections: Rejection[];
  readonly rejected: NodeReason[];
}

const nobodyRejected: readonly never[] = [];

/** Keeps the first in line in order; equal candidates keep the order of the configuration. */
function insert(ranked: Considered[], one: Considered, ask: Ask, policy: Policy, world: World): void {
  let at = ranked.length;
  while (at > 0) {
    const before = ranked[at - 1];
    if (before === undefined || compare(before, one, ask, policy, world) <= 0) break;
    at -= 1;
  }
  if (at >= firstInLine) return;
  ranked.splice(at, 0, one);
  if (ranked.length > firstInLine) ranked.length = firstInLine;
}

/**
 * Waking a machine is the last choice, unless it is known to be ready well before the first in line, which has to load: then it comes first. Both
 * waits must be known, from these nodes' own history. True where it did.
 */
function woken(ranked: Considered[], { fleet, now }: World): boolean {
  const [first] = ranked;
  if (first === undefined || (first.readiness !== "cold" && first.readiness !== "placed")) return false;
  const at = ranked.findIndex(({ readiness, preferred }) => readiness === "asleep" && preferred === first.preferred);
  const asleep = ranked[at];
  if (asleep === undefined) return false;
  const firstMs = expectedWaitMs(first, fleet, now);
  const asleepMs = expectedWaitMs(asleep, fleet, now);
  if (firstMs === undefined || asleepMs === undefined || asleepMs > firstMs * worthWaking) return false;
  ranked.splice(at, 1);
  ranked.unshift(asleep);
  return true;
}

/** Estimates are estimates: only what is so much sooner is worth waking a machine. */
const worthWaking = 0.75;

/** One health filter is not applied where it left nobody: a node that may have recovered beats a refusal (source-systems.md 2.4). */
function relax(turned: Turned, ranked: Considered[], ask: Ask, policy: Policy, world: World): Rejection | undefined {
  for (const because of relaxable) {
    const able = turned.away.filter((one, at) => turned.rejections[at] === because && mayRelax(one, because, ask, world));
    // As a breaker's last resort one node is asked, the one whose timer ends first.
    const first =
      because === "breaker-open"
        ? lastResort(
            able.map(({ node }) => node),
            ask.work,
            world.now,
          )
        : undefined;
    for (const one of able) if (first === undefined || one.node === first) insert(ranked, one, ask, policy, world);
    if (ranked.length > 0) return because;
  }
  return undefined;
}

function candidateOf({ node, entry, catalogue, readiness }: Considered, { facts, link }: Ask): Candidate {
  const model = entry?.id ?? catalogue?.model ?? ModelId.parse(link.model ?? facts.model);
  return { node: node.id, model, readiness };
}
