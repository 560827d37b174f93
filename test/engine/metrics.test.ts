import { expect, it } from "vitest";
import { Config, type ConfigDocument } from "../../src-core/contract/config.ts";
import type { EngineEvent, EventOf } from "../../src-core/contract/events.ts";
import { type FailureKind, fail } from "../../src-core/contract/failure.ts";
import type { Fleet, Node } from "../../src-core/contract/fleet.ts";
import { AttemptId, LoadId, ModelId, NodeId, RequestId } from "../../src-core/contract/ids.ts";
import type { RouteDecision } from "../../src-core/contract/route.ts";
import { Metrics } from "../../src-core/engine/observers/metrics.ts";
import { aFleet, aModel, aNode, noon, someFacts } from "../support/builders.ts";

const fleet = aFleet([aNode("attic", [aModel("Tiny:latest", "warm"), aModel("big", "warm")]), aNode("barn", [aModel("big", "cold")])]);

function metricsOf(document: ConfigDocument = {}, beliefs: Fleet = fleet) {
  const config = Config.parse(document);
  const metrics = new Metrics({ fleet: () => beliefs, config: () => config, queues: () => undefined });
  const tell = (...events: EngineEvent[]) => {
    for (const event of events) metrics.observe(event, beliefs, beliefs);
  };
  /** The value of one sample; labels in any order. */
  const sample = async (name: string, labels: Record<string, string> = {}) => {
    const lines = (await metrics.exposition()).split("\n").filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
    const found = lines.find((line) => Object.entries(labels).every(([key, value]) => line.includes(`${key}="${value}"`)));
    return found === undefined ? undefined : Number(found.slice(found.lastIndexOf(" ")));
  };
  return { metrics, tell, sample };
}

type Finished = EventOf<"request-finished">;

const ended = (model: string, node = "attic", more: Partial<EventOf<"attempt-finished">> = {}): EngineEvent => ({
  type: "attempt-finished",
  at: noon + 900,
  request: RequestId.parse("r1"),
  attempt: AttemptId.parse("a1"),
  node: NodeId.parse(node),
  model: ModelId.parse(model),
  verdict: "good",
  ...more,
});
const broke = (model: string, kind: FailureKind, node?: string) =>
  ended(model, node, { verdict: "bad", failure: fail(kind, "It did not work.") });
const finished = (more: Partial<Finished> = {}): EngineEvent => ({
  type: "request-finished",
  at: noon + 1_000,
  request: RequestId.parse("r1"),
  facts: someFacts("tiny"),
  node: NodeId.parse("attic"),
  attempts: 1,
  outcome: "ok",
  status: 200,
  ...more,
});
const decided = (rejected: readonly string[], candidates: RouteDecision["candidates"] = []): EngineEvent => ({
  type: "route-decided",
  at: noon,
  request: RequestId.parse("r1"),
  decision: { candidates, decidedBy: "none", rejected: rejected.map((because) => ({ node: NodeId.parse("attic"), because, says: "" })) },
});

it.each([
  ["3.5", ["model_results_total"]],
  [
    "4.13",
    [
      "request_duration_seconds",
      "first_byte_seconds",
      "tokens_per_second",
      "requests_total",
      "request_errors_total",
      "tokens_total",
      "cache_read_tokens_total",
      "evictions_total",
      "cold_loads_total",
      "client_tokens_total",
      "client_cost_usd_total",
      "model_in_flight",
      "queue_depth",
      "model_slots",
      "queue_limit",
      "model_tokens_per_second",
      "model_prefill_tokens_per_second",
      "node_memory_used_bytes",
      "node_memory_free_bytes",
      "node_utilisation_ratio",
      "rejections_total",
    ],
  ],
  [
    "5.14",
    [
      "requests_total",
      "attempts_total",
      "attempt_outcomes_total",
      "candidates_rejected_total",
      "nodes_demoted_total",
      "node_health_transitions_total",
      "chain_cloud_gate_blocked_total",
      "chain_budget_exceeded_total",
      "chain_memory_pressure_blocked_total",
      "chain_uniform_auth_failure_total",
      "auto_router_fallthrough_total",
      "capability_rejections_total",
      "gate_failures_total",
      "output_filter_applied_total",
      "cache_read_tokens_total",
      "cache_write_tokens_total",
      "cache_observed_total",
      "cost_usd_total",
      "cache_savings_usd_total",
    ],
  ],
])("%s every counter and gauge has its family in the exposition, which is well formed", async (_rule, names) => {
  const text = await metricsOf().metrics.exposition();
  for (const name of names) expect(text).toMatch(new RegExp(`^# TYPE homeport_${name} (counter|gauge|histogram)$`, "m"));
  for (const line of text.split("\n")) expect(line).toMatch(/^(# (HELP|TYPE) homeport_\S+ .+|homeport_[a-z_]+(\{.*\})? \S+)?$/);
});

it("S-84: the label of a model is its canonical name, and a name that no inventory holds is not one", async () => {
  const { metrics, tell, sample } = metricsOf();
  for (let n = 0; n < 50; n++) tell(ended(`made-up-${n}`));
  tell(ended("Tiny:latest"));
  expect(await sample("homeport_attempts_total", { node: "attic", model: "tiny" })).toBe(1);
  expect(await sample("homeport_attempts_total", { node: "attic", model: "other" })).toBe(50);
  expect(await metrics.exposition()).not.toContain("made-up");
});

it("3.5: success, fallback and error are counted per model: the last failure is the error, the earlier ones are fallbacks", async () => {
  const { metrics, tell } = metricsOf();
  tell(
    broke("tiny", "refused"),
    broke("big", "answer-timeout"),
    ended("big", "barn"),
    finished({ node: NodeId.parse("barn"), attempts: 3 }),
  );
  tell(broke("tiny", "refused"), broke("big", "schema-mismatch"), finished({ outcome: "failed", status: 502, attempts: 2 }));
  expect(metrics.results()).toEqual({
    tiny: { success: 0, fallback: 2, error: 0 },
    big: { success: 1, fallback: 1, error: 1 },
  });
});

it("4.13: durations, first bytes and speeds are real histograms, cumulative, with sum and count", async () => {
  const { tell, sample } = metricsOf();
  tell(ended("tiny"), finished({ firstByteMs: 300, usage: { tokensIn: 600, tokensOut: 20, tokensPerSecond: 40, estimated: false } }));
  tell(ended("tiny"), finished({ at: noon + 700_000 }));
  const labels = { node: "attic", model: "tiny" };
  expect(await sample("homeport_request_duration_seconds_bucket", { ...labels, le: "0.5" })).toBe(0);
  expect(await sample("homeport_request_duration_seconds_bucket", { ...labels, le: "1" })).toBe(1);
  expect(await sample("homeport_request_duration_seconds_bucket", { ...labels, le: "+Inf" })).toBe(2);
  expect(await sample("homeport_request_duration_seconds_sum", labels)).toBe(701);
  expect(await sample("homeport_first_byte_seconds_count", labels)).toBe(1);
  expect(await sample("homeport_tokens_per_second_bucket", { ...labels, le: "50" })).toBe(1);
  expect(await sample("homeport_model_prefill_tokens_per_second", labels)).toBe(2000);
  expect(await sample("homeport_tokens_total", { ...labels, direction: "out" })).toBe(20);
});

it.each([
  [["cloud-not-allowed"], "cloud_gate_blocked"],
  [["cloud-not-allowed", "over-budget"], "budget_exceeded"],
  [["over-budget", "memory-pressure", "cloud-not-allowed"], "memory_pressure_blocked"],
] as const)("5.5, 5.14: %j leave nobody, and the last gate is blamed: %s", async (rejected, gate) => {
  const { tell, sample } = metricsOf();
  tell(decided(rejected));
  tell(decided(rejected, [{ node: NodeId.parse("attic"), model: ModelId.parse("tiny"), readiness: "warm" }]));
  for (const name of ["cloud_gate_blocked", "budget_exceeded", "memory_pressure_blocked"])
    expect(await sample(`homeport_chain_${name}_total`)).toBe(name === gate ? 1 : 0);
  expect(await sample("homeport_candidates_rejected_total", { reason: "cloud-not-allowed" })).toBe(2);
});

it("5.11, 5.14: a request is a uniform auth failure only when every call was refused for its key", async () => {
  const { tell, sample } = metricsOf();
  const failed = finished({ outcome: "failed", status: 502, attempts: 2, failure: fail("upstream-misconfigured", "The key was refused.") });
  tell(broke("tiny", "upstream-misconfigured"), broke("big", "connect-failed"), failed);
  expect(await sample("homeport_chain_uniform_auth_failure_total")).toBe(0);
  tell(broke("tiny", "upstream-misconfigured"), broke("big", "upstream-misconfigured"), failed);
  expect(await sample("homeport_chain_uniform_auth_failure_total")).toBe(1);
  expect(await sample("homeport_request_errors_total", { kind: "upstream-misconfigured" })).toBe(2);
});

it("5.10, 5.14: a request for auto that falls to the default profile is counted, another one is not", async () => {
  const { tell, sample } = metricsOf();
  const resolved = (fellThrough: boolean): EngineEvent => ({
    type: "request-resolved",
    at: noon,
    request: RequestId.parse("r1"),
    resolution: { chain: [{ model: "tiny" }], because: "default", ...(fellThrough ? { fellThrough } : {}) },
  });
  tell(resolved(false));
  expect(await sample("homeport_auto_router_fallthrough_total")).toBe(0);
  tell(resolved(true));
  expect(await sample("homeport_auto_router_fallthrough_total")).toBe(1);
});

it("5.14: cost and what the prompt cache saved come from the price list; without prices nothing is claimed", async () => {
  const catalogue: ConfigDocument["catalogue"] = [{ model: ModelId.parse("tiny"), cost: { input: 10, output: 20, cacheRead: 1 } }];
  const { tell, sample } = metricsOf({ catalogue });
  const usage = { tokensIn: 1_000_000, tokensOut: 100_000, cachedTokens: 400_000, estimated: false };
  tell(ended("tiny"), finished({ usage, facts: someFacts("tiny", { client: "laptop" }) }));
  expect(await sample("homeport_cost_usd_total", { model: "tiny" })).toBeCloseTo(6 + 0.4 + 2);
  expect(await sample("homeport_cache_savings_usd_total", { model: "tiny" })).toBeCloseTo(3.6);
  expect(await sample("homeport_client_tokens_total", { client: "laptop" })).toBe(1_100_000);
  expect(await sample("homeport_client_cost_usd_total", { client: "laptop" })).toBeCloseTo(8.4);
  expect(await sample("homeport_cache_observed_total", { outcome: "hit" })).toBe(1);
});

it("5.14: changes of passive health and demotions are counted once per change", async () => {
  const { metrics, sample } = metricsOf();
  const sick = (state: "degraded" | "unhealthy", failures: number): Fleet => ({
    ...fleet,
    nodes: { ...fleet.nodes, attic: aNode("attic", [aModel("tiny", "warm")], { passive: { state, failures } }) },
  });
  metrics.observe(broke("tiny", "connect-failed"), fleet, sick("degraded", 3));
  metrics.observe(broke("tiny", "connect-failed"), sick("degraded", 3), sick("degraded", 4));
  metrics.observe(broke("tiny", "connect-failed"), sick("degraded", 5), sick("unhealthy", 6));
  metrics.observe(ended("tiny"), sick("unhealthy", 6), fleet);
  for (const state of ["degraded", "unhealthy", "healthy"])
    expect(await sample("homeport_node_health_transitions_total", { node: "attic", state })).toBe(1);
  expect(await sample("homeport_nodes_demoted_total", { node: "attic", cause: "unhealthy" })).toBe(1);
});

it("4.13: an unload that makes room is an eviction, one that somebody wished is not", async () => {
  const loading: Fleet = {
    ...fleet,
    loads: {
      l1: {
        id: LoadId.parse("l1"),
        node: NodeId.parse("attic"),
        model: ModelId.parse("big"),
        startedAt: noon,
        by: "request",
        stage: "evicting",
        waiters: 1,
      },
    },
  };
  const { metrics, sample } = metricsOf();
  const unload: EngineEvent = { type: "unload-started", at: noon, node: NodeId.parse("attic"), model: ModelId.parse("tiny") };
  metrics.observe(unload, fleet, fleet);
  expect(await sample("homeport_evictions_total", { node: "attic" })).toBeUndefined();
  metrics.observe(unload, loading, loading);
  expect(await sample("homeport_evictions_total", { node: "attic" })).toBe(1);
});

it("a scrape twice tells the same: families are set, not added to", async () => {
  const { tell, sample } = metricsOf();
  tell(ended("tiny"), finished());
  await sample("homeport_requests_total");
  expect(await sample("homeport_requests_total", { outcome: "ok", dialect: "openai" })).toBe(1);
});

it("1.8: a breaker is counted when it opens, each kind of work by itself; a node whose other kind is open already counts too", async () => {
  const open = { state: "open", openedAt: noon, until: noon + 120_000, trips: 1, because: "connect-failed", says: "It is gone." } as const;
  const attic = (breakers: NonNullable<Node["breakers"]>): Fleet => ({
    ...fleet,
    nodes: { ...fleet.nodes, attic: aNode("attic", [], { breaker: open, breakers }) },
  });
  const { metrics, sample } = metricsOf();
  metrics.observe(broke("tiny", "connect-failed"), fleet, attic({ llm: open }));
  metrics.observe(broke("tiny", "connect-failed"), attic({ llm: open }), attic({ llm: open, embedding: open }));
  for (const work of ["llm", "embedding"]) expect(await sample("homeport_breaker_trips_total", { node: "attic", work })).toBe(1);
});

it("4.13: a model that was in memory already is no cold load, and a kept context is told per model", async () => {
  const { tell, sample } = metricsOf();
  const place = { node: NodeId.parse("attic"), model: ModelId.parse("big") };
  const loaded = (ms: number): EngineEvent => ({ type: "load-finished", at: noon, load: LoadId.parse("l1"), ...place, ms, by: "request" });
  tell(loaded(0), loaded(9_000));
  tell({ type: "context-guarded", at: noon, request: RequestId.parse("r1"), ...place, wantedTokens: 2048, keptTokens: 8192 });
  expect(await sample("homeport_cold_loads_total", { node: "attic", outcome: "ok" })).toBe(1);
  expect(await sample("homeport_cold_load_seconds_count", { node: "attic" })).toBe(1);
  expect(await sample("homeport_context_guarded_total", { node: "attic", model: "big" })).toBe(1);
});
