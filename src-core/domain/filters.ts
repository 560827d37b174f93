// Filters: each may reject a candidate, with a reason a person can act on. Their order is fixed: the first reason is the one told.
// Permission, money and ability are never relaxed; a filter of the health kind is, where it would leave nobody, and a small context for a profile
// that lets older turns be left out.

import type { ModelEntry, Node } from "../contract/fleet.ts";
import type { Capability } from "../contract/node-kinds.ts";
import type { ChainLink, Rejection, RequestFacts } from "../contract/route.ts";
import type { WorkKind } from "../contract/wellbeing.ts";
import { admitsWork, breakerFor, mayBeLastResort } from "./breakers.ts";
import { overBudget } from "./budgets.ts";
import { isSetAside } from "./completion-errors.ts";
import type { Considered } from "./considered.ts";
import { isOverContext } from "./context-guard.ts";
import { isPaused } from "./health.ts";
import { own } from "./inventory.ts";
import { isFeasible } from "./placement.ts";
import { underPressure } from "./pressure.ts";
import { mayWake, untilAwakeMs } from "./waking.ts";
import type { World } from "./world.ts";

/** What is asked about a candidate: the request, the link of its chain, and what it went through. */
export interface Ask {
  readonly facts: RequestFacts;
  readonly link: ChainLink;
  /** Ids of nodes that failed for this link. */
  readonly tried: ReadonlySet<string>;
  /** The node this conversation was on. */
  readonly affinity: string | undefined;
  readonly work: WorkKind;
}

export interface Refusal {
  readonly because: Rejection;
  readonly says: string;
}

/** An inventory older than so many polls is unknown (source-systems.md 6.1). */
const stalePolls = 3;

/** The first reason against this candidate, or undefined. Called per candidate per step; must not log and must not allocate on the good path. */
export function refusal(candidate: Considered, ask: Ask, world: World): Refusal | undefined {
  return (
    ofCaller(candidate.node, ask, world) ??
    ofPermission(candidate, ask, world) ??
    ofHealth(candidate, ask, world) ??
    ofAbility(candidate, ask) ??
    ofService(candidate, ask, world) ??
    ofAge(candidate.node, world)
  );
}

function ofCaller(node: Node, { facts, tried }: Ask, world: World): Refusal | undefined {
  if (!node.enabled) return { because: "disabled", says: "switched off in the settings" };
  if (node.duplicateOf !== undefined) return { because: "duplicate", says: `the same server as ${node.duplicateOf}` };
  if (tried.size > 0 && tried.has(node.id)) return { because: "already-tried", says: "failed for this request already" };
  if (!understands(node, facts)) return { because: "dialect", says: `does not speak the ${facts.dialect} dialect` };
  if (facts.task === "rerank" && node.kind === "ollama") return { because: "lacks-capability", says: "Ollama has no reranking" };
  if (facts.exclude?.includes(node.id) === true) return { because: "excluded", says: "the caller does not want it" };
  if (node.drained === true) return { because: "drained", says: "drained: it takes no new requests" };
  return node.lent === undefined && node.quietUntil === undefined ? undefined : ofHours(node, world);
}

/** Somebody wants the machine for themselves, or in peace. Never relaxed: a person said so. */
function ofHours({ lent, quietUntil }: Node, { now }: World): Refusal | undefined {
  if (lent !== undefined && (lent.until === null || now < lent.until))
    return {
      because: "node-lent",
      says: `its memory is lent to something else ${lent.until === null ? "until resumed" : forMore(lent.until, now)}`,
    };
  if (quietUntil !== undefined && now < quietUntil)
    return { because: "quiet-hours", says: `in its quiet hours ${forMore(quietUntil, now)}` };
  return undefined;
}

function forMore(until: number, now: number): string {
  const minutes = Math.max(1, Math.round((until - now) / 60_000));
  return minutes < 120 ? `for ${minutes} min more` : `for about ${Math.round(minutes / 60)} h more`;
}

/** In the client's own words, or in others that a chat or an embedding can be put into. */
function understands({ can }: Node, { dialect, task }: RequestFacts): boolean {
  if (can.dialects.includes(dialect)) return true;
  switch (task) {
    case "chat":
    case "completion":
      return can.dialects.length > 0;
    case "embedding":
      // Anthropic's dialect has none.
      return can.dialects.includes("openai") || can.dialects.includes("ollama");
    default:
      return false;
  }
}

function ofPermission(candidate: Considered, ask: Ask, world: World): Refusal | undefined {
  const { node } = candidate;
  const { health } = node;
  if (health.state === "paused" && health.because !== "misconfigured" && isPaused(health, world.now))
    return { because: "node-paused", says: health.says };
  if (node.place === "cloud") {
    const denied = cloudDenied(ask, world);
    if (denied !== undefined) return { because: "cloud-not-allowed", says: denied };
  }
  if (world.config.budgets.length === 0) return undefined;
  const over = overBudget(candidate, ask.facts, ask.link, world);
  return over === undefined ? undefined : { because: "over-budget", says: over.says };
}

/** Every party must agree before a prompt leaves the house: the settings, the profile, the key, the request. */
function cloudDenied({ facts, link }: Ask, world: World): string | undefined {
  if (facts.localOnly === true) return "in the cloud, and this request must stay in the house";
  if (!world.config.cloud.allowed) return "in the cloud, which the settings do not allow";
  if (facts.cloudAllowed === false) return "in the cloud, which this client key may not use";
  if (link.profile !== undefined && link.cloud !== true) return `in the cloud, which the profile ${link.profile} does not allow`;
  return undefined;
}

function ofHealth({ node, entry, readiness }: Considered, { work }: Ask, world: World): Refusal | undefined {
  const { health } = node;
  if (node.breaker.state !== "closed" && admitsWork(node, work, world.now) === "no") {
    const breaker = breakerFor(node, work);
    if (breaker.state !== "open") return { because: "probe-running", says: "its breaker is trying one request first" };
    return { because: "breaker-open", says: `breaker open for ${Math.ceil((breaker.until - world.now) / 1000)} s more: ${breaker.says}` };
  }
  if (node.pressure !== undefined && (readiness === "cold" || readiness === "placed") && underPressure(node, world.now)) {
    return { because: "memory-pressure", says: `out of memory lately: ${node.pressure.says}` };
  }
  if (entry?.setAside !== undefined && isSetAside(entry, world.now))
    return { because: "model-set-aside", says: `set aside after: ${entry.setAside.failure.message}` };
  if (health.state === "paused" && health.because === "misconfigured" && isPaused(health, world.now))
    return { because: "misconfigured", says: health.says };
  return undefined;
}

function ofAbility({ entry, catalogue }: Considered, { facts, link }: Ask): Refusal | undefined {
  const can = entry?.can ?? catalogue?.can;
  if (can !== undefined) {
    const lacking = missing(facts.needs, can) ?? (link.can === undefined ? undefined : missing(link.can, can));
    if (lacking !== undefined) return { because: "lacks-capability", says: `the model there has no ${lacking}` };
  }
  const context = contextOf(entry) ?? catalogue?.contextTokens;
  if (context === undefined) return undefined;
  if (link.minContextTokens !== undefined && context < link.minContextTokens)
    return { because: "context-too-small", says: `its context holds ${context} tokens, ${link.minContextTokens} are required` };
  if (isOverContext(facts.promptTokens, context) && isOnePrompt(facts))
    return { because: "context-too-small", says: `its context holds ${context} tokens, the prompt has about ${facts.promptTokens}` };
  return undefined;
}

/** Pictures make a body large and a prompt short, and a list of texts is read one by one: such a body tells nothing of the longest prompt in it. */
function isOnePrompt({ task, needs }: RequestFacts): boolean {
  return task !== "embedding" && task !== "rerank" && !needs.includes("vision");
}

function missing(needs: readonly Capability[], can: readonly Capability[]): Capability | undefined {
  for (const need of needs) if (!can.includes(need)) return need;
  return undefined;
}

/** The largest context it can have there. */
function contextOf(entry: ModelEntry | undefined): number | undefined {
  if (entry === undefined) return undefined;
  const { contextTokens, maxContextTokens } = entry;
  return contextTokens === undefined || maxContextTokens === undefined
    ? (maxContextTokens ?? contextTokens)
    : Math.max(contextTokens, maxContextTokens);
}

function ofService({ node, entry, catalogue, readiness, room }: Considered, { facts }: Ask, world: World): Refusal | undefined {
  if (node.health.state === "down") return { because: "node-down", says: `down: ${node.health.because.message}` };
  if (readiness === "asleep") return ofSleep(node, facts, world);
  if (entry?.hindrance?.is === "not-servable") return { because: "not-servable", says: entry.hindrance.says };
  if (readiness !== "cold" && readiness !== "placed") return undefined;
  if (catalogue !== undefined && !isFeasible(node, catalogue, world))
    return { because: "not-feasible", says: "the catalogue does not allow it there" };
  if (!node.can.load || (readiness === "placed" && !node.can.loadsUnlisted && node.seenAt !== undefined)) {
    return {
      because: "cannot-load",
      says: readiness === "placed" ? "does not list it and cannot fetch it" : "has it cold and takes no load call",
    };
  }
  if (room?.verdict === "too-big") return { because: "does-not-fit", says: "not enough memory, even after unloading what is idle" };
  return undefined;
}

/** It is woken for whoever can wait so long. An unload wakes nobody: what sleeps holds no memory that anybody misses. */
function ofSleep(node: Node, facts: RequestFacts, world: World): Refusal | undefined {
  const { health } = node;
  if (health.state !== "asleep") return undefined;
  if (facts.task === "unload") return { because: "node-asleep", says: "asleep" };
  if (!mayWake(health, world.now)) return { because: "node-asleep", says: `asleep, and did not wake: ${health.unwakeable?.says ?? ""}` };
  const ms = untilAwakeMs(node, world.now);
  const leftMs = facts.deadline - world.now;
  if (ms === undefined || ms < leftMs) return undefined;
  return {
    because: "node-asleep",
    says: `asleep, and takes about ${inSeconds(ms)} s to wake: longer than this request's ${inSeconds(leftMs)} s`,
  };
}

const inSeconds = (ms: number): number => Math.max(0, Math.round(ms / 1000));

/** Known once, but not lately: usable when nobody else is. What sleeps changes nothing meanwhile. */
function ofAge(node: Node, world: World): Refusal | undefined {
  const { seenAt } = node;
  if (seenAt === undefined || node.health.state === "asleep") return undefined;
  const { idleSeconds, timeoutSeconds } = world.config.polling;
  const every = Math.max(idleSeconds, node.can.listEverySeconds ?? 0);
  const limitMs = (stalePolls * every + timeoutSeconds) * 1000;
  if (world.now - seenAt <= limitMs) return undefined;
  return { because: "stale-inventory", says: `its models were last seen ${Math.round((world.now - seenAt) / 1000)} s ago` };
}

/** Relaxed one step, in this order, where nobody is left; the last admits one counted probe. */
export const relaxable: readonly Rejection[] = [
  "stale-inventory",
  "memory-pressure",
  "model-set-aside",
  "context-too-small",
  "breaker-open",
];

/** Whether this candidate, turned away for `because`, may be tried when nobody else can. */
export function mayRelax(candidate: Considered, because: Rejection, ask: Ask, world: World): boolean {
  const { node, entry } = candidate;
  switch (because) {
    case "model-set-aside": {
      // A load that cannot work is not retried in a storm; an answer that made no sense may have been one of a kind.
      const kind = entry?.setAside?.failure.kind;
      return kind !== "load-failed" && kind !== "out-of-memory" && kind !== "upstream-lacks-model";
    }
    case "context-too-small":
      return mayRescue(candidate, ask, world);
    case "breaker-open":
      return mayBeLastResort(breakerFor(node, ask.work), world.now);
    default:
      return true;
  }
}

/** Where the profile lets older turns be left out, a smaller context is better than none. */
function mayRescue({ entry, catalogue }: Considered, { facts, link }: Ask, { config }: World): boolean {
  const profile = link.profile === undefined ? undefined : own(config.profiles, link.profile);
  if (profile?.contextRescue !== true || facts.task !== "chat") return false;
  return (contextOf(entry) ?? catalogue?.contextTokens ?? 0) >= (link.minContextTokens ?? 0);
}

/** Reasons that no waiting will change: the answer is "nobody could", not "nobody can now". */
export const permanent: ReadonlySet<Rejection> = new Set([
  "disabled",
  "duplicate",
  "dialect",
  "excluded",
  "cloud-not-allowed",
  "lacks-capability",
  "context-too-small",
  "cannot-load",
  "not-feasible",
]);
