// Figures from the same facts as everything else. Counting touches plain numbers only (`totals.ts`): on a request's way nothing is allocated
// and no label is put together. What a scrape shows is made in `exposition.ts`.
import type { Config } from "../../contract/config.ts";
import type { EngineEvent, EventOf, Usage } from "../../contract/events.ts";
import type { FailureKind } from "../../contract/failure.ts";
import type { Fleet, Node } from "../../contract/fleet.ts";
import { Rejection, type RequestFacts, type RouteDecision } from "../../contract/route.ts";
import { WorkKind } from "../../contract/wellbeing.ts";
import { costOf, pricesAt } from "../../domain/costs.ts";
import { own } from "../../domain/inventory.ts";
import { passiveState } from "../../domain/passive-health.ts";
import type { Exposition } from "./exposition.ts";
import type { GaugeSources } from "./gauges.ts";
import type { ModelResults, Served } from "./served.ts";
import { Totals } from "./totals.ts";

/** Failures by which an answer was turned away and the next model asked. */
const gateKinds: ReadonlySet<FailureKind> = new Set<FailureKind>(["refused", "schema-mismatch", "empty-answer", "answer-timeout"]);

/** A request whose calls failed so far. */
interface Troubled {
  /** The latest that failed: whether that was a fallback or an error shows later. */
  served: Served;
  refusedKeys: number;
}

/** The facts that are counted. */
export const metricsFacts = [
  "request-resolved",
  "route-decided",
  "attempt-finished",
  "request-finished",
  "load-finished",
  "context-guarded",
  "answer-repaired",
  "context-rescued",
  "prompt-truncated",
  "unload-started",
  "node-demoted",
  "message-refused",
  "probe-answered",
  "probe-failed",
  "breaker-tripped",
] as const;

export class Metrics {
  readonly totals = new Totals();
  readonly #sources: GaugeSources;
  #exposition: Promise<Exposition> | undefined;
  readonly #troubled = new Map<string, Troubled>();
  /** The last call that ended. Its request, if it ends with it, ends in the same turn. */
  #lastRequest = "";
  #last: Served;

  constructor(sources: GaugeSources) {
    this.#sources = sources;
    this.#last = this.totals.served.unserved;
  }

  /** The text a Prometheus server reads. */
  async exposition(): Promise<string> {
    // Read at the first scrape: many a gateway and nearly every worker never has one, and prom-client with what it brings costs 7 MB.
    this.#exposition ??= import("./exposition.ts").then(({ Exposition }) => new Exposition(this.totals, this.#sources));
    return (await this.#exposition).text();
  }

  /** How calls ended, per model over all nodes. */
  results(): Record<string, ModelResults> {
    return this.totals.served.results();
  }

  readonly observe = (event: EngineEvent, before: Fleet, after: Fleet): void => {
    switch (event.type) {
      case "request-resolved":
        if (event.resolution.fellThrough === true) this.totals.autoRouterFallthroughs += 1;
        break;
      case "route-decided":
        this.#decided(event.decision);
        break;
      case "attempt-finished":
        this.#attempted(event, after);
        if (before !== after) this.#compared(event.node, before, after);
        break;
      case "request-finished":
        this.#finished(event, after);
        break;
      case "load-finished":
        this.#loaded(event);
        break;
      case "context-guarded":
        this.totals.contextGuarded.add(event.node, this.totals.served.of(event.node, event.model, after, this.#sources.config()).model);
        break;
      case "answer-repaired":
        for (const repair of event.repairs) this.totals.repairs.add(repair);
        break;
      case "context-rescued":
        this.totals.rescues.add(event.node, this.totals.served.of(event.node, event.model, after, this.#sources.config()).model);
        break;
      case "prompt-truncated":
        this.totals.truncations.add(event.node, this.totals.served.of(event.node, event.model, after, this.#sources.config()).model);
        break;
      case "unload-started":
        if (isEviction(event.node, after)) this.totals.evictions.add(event.node);
        break;
      case "node-demoted":
        if (event.ranks > (own(before.nodes, event.node)?.demoted ?? 0)) this.totals.demotions.add(event.node, "adaptive");
        break;
      case "message-refused":
        this.totals.messagesRefused.add(event.node);
        break;
      case "probe-answered":
      case "probe-failed":
      case "breaker-tripped":
        if (before !== after) this.#compared(event.node, before, after);
        break;
      default:
        break;
    }
  };

  #decided({ candidates, rejected, decidedBy, relaxed }: RouteDecision): void {
    const { totals } = this;
    totals.decisions.add(decidedBy);
    if (relaxed !== undefined) totals.relaxed.add(relaxed);
    let last = -1;
    for (const { because } of rejected) {
      totals.candidatesRejected.add(because);
      last = Math.max(last, places.get(because) ?? -1);
    }
    if (candidates.length > 0 || last < 0) return;
    // Whom a later filter turned away had passed the earlier ones: the last one left nobody.
    const gate = Rejection.options[last];
    if (gate === "cloud-not-allowed") totals.chainsBlocked.cloud += 1;
    else if (gate === "over-budget") totals.chainsBlocked.budget += 1;
    else if (gate === "memory-pressure") totals.chainsBlocked.memory += 1;
  }

  /** What was there already was no cold load. */
  #loaded({ node, ms, failure }: EventOf<"load-finished">): void {
    if (failure === undefined && ms === 0) return;
    this.totals.loads.add(node, failure?.kind ?? "ok");
    if (failure === undefined) this.totals.loadTook(node, ms);
  }

  #attempted({ request, node, model, verdict, failure }: EventOf<"attempt-finished">, fleet: Fleet): void {
    const served = this.totals.served.of(node, model, fleet, this.#sources.config());
    this.#last = served;
    this.#lastRequest = request;
    served.attempts += 1;
    if (failure === undefined && verdict === "good") {
      served.ok += 1;
      return;
    }
    const kind = failure?.kind ?? "client-gone";
    served.failures.set(kind, (served.failures.get(kind) ?? 0) + 1);
    if (failure === undefined) return;
    if (gateKinds.has(failure.kind)) this.totals.gateFailures.add(failure.kind);
    const troubled = this.#troubled.get(request);
    if (troubled === undefined) this.#troubled.set(request, { served, refusedKeys: keyRefused(failure.kind) });
    else {
      troubled.served.results.fallback += 1;
      troubled.served = served;
      troubled.refusedKeys += keyRefused(failure.kind);
    }
  }

  #finished(event: EventOf<"request-finished">, fleet: Fleet): void {
    const { request, facts, outcome, node, attempts, failure, at, firstByteMs, usage } = event;
    const { totals } = this;
    const served = request === this.#lastRequest && this.#last.node === node ? this.#last : totals.served.unserved;
    totals.requests.add(outcome, facts.dialect);
    served.durations.add(Math.max(0, at - facts.at) / 1000);
    if (firstByteMs !== undefined) served.firstBytes.add(firstByteMs / 1000);
    if (outcome === "ok") served.results.success += 1;
    if (this.#troubled.size > 0) this.#settleTrouble(event);
    if (failure !== undefined) {
      totals.errors.add(failure.kind);
      if (attempts === 0) totals.rejections.add(failure.kind);
    }
    if (facts.client !== undefined) totals.clientRequests.add(facts.client);
    if (usage !== undefined) this.#used(served, facts, usage, firstByteMs, fleet);
  }

  #settleTrouble({ request, outcome, attempts }: EventOf<"request-finished">): void {
    const troubled = this.#troubled.get(request);
    if (troubled === undefined) return;
    this.#troubled.delete(request);
    if (outcome === "ok") troubled.served.results.fallback += 1;
    else troubled.served.results.error += 1;
    if (outcome !== "ok" && troubled.refusedKeys === attempts) this.totals.uniformAuthFailures += 1;
  }

  #used(served: Served, { client }: RequestFacts, usage: Usage, firstByteMs: number | undefined, fleet: Fleet): void {
    const { totals } = this;
    const { tokensIn = 0, tokensOut = 0, cachedTokens, cacheWriteTokens = 0, tokensPerSecond, estimated } = usage;
    if (tokensPerSecond !== undefined) served.speeds.add(tokensPerSecond);
    totals.cacheObserved.add(cacheOutcome(cachedTokens, cacheWriteTokens));
    if (estimated) return;
    served.tokensIn += tokensIn;
    served.tokensOut += tokensOut;
    served.cachedTokens += cachedTokens ?? 0;
    served.cacheWriteTokens += cacheWriteTokens;
    const fresh = tokensIn - (cachedTokens ?? 0);
    if (firstByteMs !== undefined && firstByteMs > 0 && fresh > 0) served.prefillTokensPerSecond = (fresh * 1000) / firstByteMs;
    if (client !== undefined) totals.clientTokens.add(client, "", tokensIn + tokensOut);
    const config = this.#sources.config();
    if (config.catalogue.length > 0) this.#paid(served, client, usage, fleet, config);
  }

  /** What it cost, and what the node's prompt cache saved of the plain price. */
  #paid(served: Served, client: string | undefined, usage: Usage, fleet: Fleet, config: Config): void {
    const place = own(fleet.nodes, served.node)?.place;
    if (place === undefined) return;
    const { usd } = costOf(place, served.model, usage, config);
    if (usd === undefined) return;
    served.usd += usd;
    if (client !== undefined) this.totals.clientUsd.add(client, "", usd);
    const prices = pricesAt(place, served.model, config);
    const perToken = ((prices?.input ?? 0) - (prices?.cacheRead ?? prices?.input ?? 0)) / 1_000_000;
    served.savedUsd += (usage.cachedTokens ?? 0) * perToken;
  }

  /** Each kind of work has its own breaker. */
  #tripped(was: Node, is: Node): void {
    for (const scope of scopes) if (isOpen(is, scope) && !isOpen(was, scope)) this.totals.breakerTrips.add(is.id, scope);
  }

  /** What an attempt or a probe changed of its node. */
  #compared(id: string, before: Fleet, after: Fleet): void {
    const was = own(before.nodes, id);
    const is = own(after.nodes, id);
    if (was === undefined || is === undefined || was === is) return;
    if (was.breaker !== is.breaker || was.breakers !== is.breakers) this.#tripped(was, is);
    if (was.passive === is.passive) return;
    const state = passiveState(is);
    if (passiveState(was) === state) return;
    this.totals.healthTransitions.add(id, state);
    if (state === "unhealthy" && this.#sources.config().health.action === "demote") this.totals.demotions.add(id, "unhealthy");
  }
}

const scopes = ["node", ...WorkKind.options] as const;
type Scope = (typeof scopes)[number];

/** Without breakers of its own for each kind of work a node has the one. */
function isOpen({ breaker, breakers }: Node, scope: Scope): boolean {
  const one = breakers === undefined ? (scope === "node" ? breaker : undefined) : breakers[scope];
  return one?.state === "open";
}

/** Filters in the order they are asked. */
const places: ReadonlyMap<string, number> = new Map(Rejection.options.map((word, at) => [word, at]));

const keyRefused = (kind: FailureKind) => (kind === "upstream-misconfigured" ? 1 : 0);

/** Absent figures are no evidence either way. */
function cacheOutcome(cachedTokens: number | undefined, cacheWriteTokens: number): "hit" | "write" | "none" | "unknown" {
  if ((cachedTokens ?? 0) > 0) return "hit";
  if (cacheWriteTokens > 0) return "write";
  return cachedTokens === undefined ? "unknown" : "none";
}

/** Room is being made there for a model; any other unload is somebody's wish. */
function isEviction(node: string, { loads }: Fleet): boolean {
  return Object.values(loads).some((load) => load.node === node && load.stage === "evicting");
}
