// What a scrape shows: the plain numbers of `totals.ts` put into Prometheus families, only when asked for. The names the source systems
// use and ours (source-systems.md 3.5, 4.13, 5.14); ours begin with `homeport_`:
//
//   requests_total, request_errors_total              the same
//   provider_attempts_total, provider_outcomes_total  attempts_total, attempt_outcomes_total
//   provider_skipped_total{reason}                    candidates_rejected_total{reason}
//   provider_demoted_unhealthy_total                  nodes_demoted_total{cause="unhealthy"}; adaptive demotion has its own cause
//   backend_health_transitions_total                  node_health_transitions_total
//   chain_paid_gate_blocked_total                     chain_cloud_gate_blocked_total
//   chain_budget_exceeded_total, chain_memory_pressure_blocked_total, chain_uniform_auth_failure_total, auto_router_fallthrough_total: the same
//   capability_degraded_total                         capability_rejections_total: capability is a gate here, no request is ever stripped
//   output_filter_applied_total{filter}               the same: answers that a profile's repairs changed
//   cache_read/creation_tokens_total, cached_prompt   cache_read_tokens_total, cache_write_tokens_total
//   cache_observed_total, cost_total_usd_total        cache_observed_total, cost_usd_total
//   cost_savings_usd_total                            cache_savings_usd_total
//   success / fallback / error per model              model_results_total{result}
//   request_duration_seconds, tokens_per_second       the same; time_to_first_token_seconds: first_byte_seconds
//   prompt/completion tokens_total                    tokens_total{direction}
//   evictions_total, cold_starts_total                evictions_total, cold_loads_total
//   spend tokens per account and key                  client_tokens_total, client_cost_usd_total
//   rejections_total{reason}                          the same: requests turned away before anything was sent
//   in_flight, max_in_flight, queue_depth, max_queue  model_in_flight, model_slots, queue_depth, queue_limit
//   tok_s_decode, tok_s_prefill                       model_tokens_per_second, model_prefill_tokens_per_second
//   vram_used/free, utilization                       node_memory_used_bytes, node_memory_free_bytes, node_utilisation_ratio (slots in use)
//   temp                                              none: no kind of node tells it
import { Counter, Registry } from "prom-client";
import { type GaugeSources, registerGauges } from "./gauges.ts";
import type { Served } from "./served.ts";
import { labelText, type Spread } from "./spread.ts";
import type { Tally } from "./tally.ts";
import type { Totals } from "./totals.ts";

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

export class Exposition {
  readonly #registry = new Registry();
  readonly #totals: Totals;

  constructor(totals: Totals, sources: GaugeSources) {
    this.#totals = totals;
    this.#counters(totals);
    this.#servedCounters(totals);
    registerGauges(this.#registry, sources, totals);
  }

  async text(): Promise<string> {
    const { served, loadSeconds } = this.#totals;
    const all = [...served.all()];
    const of = (spread: (one: Served) => Spread) => all.map((one) => [{ node: one.node, model: one.model }, spread(one)] as const);
    const families = [
      family(
        "homeport_request_duration_seconds",
        "From a request's arrival to its end",
        of((one) => one.durations),
      ),
      family(
        "homeport_first_byte_seconds",
        "From sending to the first content",
        of((one) => one.firstBytes),
      ),
      family(
        "homeport_tokens_per_second",
        "Speed of answers",
        of((one) => one.speeds),
      ),
      family(
        "homeport_cold_load_seconds",
        "Duration of cold loads",
        [...loadSeconds].map(([node, spread]) => [{ node }, spread] as const),
      ),
    ];
    return `${await this.#registry.metrics()}\n${families.join("\n")}`;
  }

  #counter(name: string, help: string, labelNames: readonly string[], samples: () => Iterable<Sample>): void {
    new Counter({
      name,
      help,
      labelNames: [...labelNames],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const [labels, value] of samples()) this.inc({ ...labels }, value);
      },
    });
  }

  #tally(name: string, help: string, tally: Tally, first: string, second?: string): void {
    this.#counter(name, help, second === undefined ? [first] : [first, second], function* () {
      for (const [one, two, value] of tally.all()) yield [second === undefined ? { [first]: one } : { [first]: one, [second]: two }, value];
    });
  }

  #counters(totals: Totals): void {
    const { chainsBlocked } = totals;
    const plain = (name: string, help: string, value: () => number) => this.#counter(name, help, [], () => [[{}, value()]]);
    this.#tally("homeport_requests_total", "Requests ended, by outcome", totals.requests, "outcome", "dialect");
    this.#tally("homeport_request_errors_total", "Requests that failed, by kind of failure", totals.errors, "kind");
    this.#tally("homeport_rejections_total", "Requests turned away before anything was sent", totals.rejections, "reason");
    this.#tally("homeport_candidates_rejected_total", "Nodes passed over in decisions", totals.candidatesRejected, "reason");
    this.#tally("homeport_decisions_total", "Decisions, by the preference that decided", totals.decisions, "decided_by");
    this.#tally("homeport_decisions_relaxed_total", "Decisions that set a health filter aside", totals.relaxed, "reason");
    this.#tally("homeport_gate_failures_total", "Answers turned away, by what was wrong with them", totals.gateFailures, "kind");
    this.#tally("homeport_output_filter_applied_total", "Answers that a profile's repairs changed", totals.repairs, "filter");
    this.#tally("homeport_context_rescues_total", "Conversations cut so that a context holds them", totals.rescues, "node", "model");
    this.#tally("homeport_prompts_truncated_total", "Prompts that a node cut and said nothing", totals.truncations, "node", "model");
    this.#tally("homeport_cache_observed_total", "Answers by what nodes told of their prompt cache", totals.cacheObserved, "outcome");
    this.#tally("homeport_cold_loads_total", "Cold loads ended", totals.loads, "node", "outcome");
    this.#tally("homeport_evictions_total", "Models unloaded to make room", totals.evictions, "node");
    this.#tally("homeport_breaker_trips_total", "Breakers opened", totals.breakerTrips, "node", "work");
    this.#tally("homeport_context_guarded_total", "Contexts kept from making a node load again", totals.contextGuarded, "node", "model");
    this.#tally("homeport_node_health_transitions_total", "Changes of passive health", totals.healthTransitions, "node", "state");
    this.#tally("homeport_nodes_demoted_total", "Nodes ranked lower", totals.demotions, "node", "cause");
    this.#tally(
      "homeport_nats_messages_dropped_total",
      "Messages in a worker's name that were not its own",
      totals.messagesRefused,
      "node",
    );
    this.#tally("homeport_client_requests_total", "Requests by client key", totals.clientRequests, "client");
    this.#tally("homeport_client_tokens_total", "Tokens by client key", totals.clientTokens, "client");
    this.#tally("homeport_client_cost_usd_total", "Cost by client key", totals.clientUsd, "client");
    plain("homeport_chain_cloud_gate_blocked_total", "Decisions that the cloud permission left without a node", () => chainsBlocked.cloud);
    plain("homeport_chain_budget_exceeded_total", "Decisions that budgets left without a node", () => chainsBlocked.budget);
    plain("homeport_chain_memory_pressure_blocked_total", "Decisions that memory left without a node", () => chainsBlocked.memory);
    plain("homeport_chain_uniform_auth_failure_total", "Requests refused by every key", () => totals.uniformAuthFailures);
    plain("homeport_auto_router_fallthrough_total", "Requests for auto that no rule matched", () => totals.autoRouterFallthroughs);
    plain("homeport_capability_rejections_total", "Nodes passed over because the model cannot do what was asked", () =>
      lacking(totals.candidatesRejected),
    );
  }

  /** Figures per node and model. */
  #servedCounters({ served }: Totals): void {
    const counter = (name: string, help: string, extra: string | undefined, values: (one: Served) => Iterable<readonly [string, number]>) =>
      this.#counter(name, help, extra === undefined ? ["node", "model"] : ["node", "model", extra], function* () {
        for (const one of served.all()) {
          const { node, model } = one;
          for (const [word, value] of values(one)) {
            if (value > 0) yield [extra === undefined ? { node, model } : { node, model, [extra]: word }, value];
          }
        }
      });
    const plain = (name: string, help: string, value: (one: Served) => number) =>
      counter(name, help, undefined, (one) => [["", value(one)]]);
    plain("homeport_attempts_total", "Upstream calls ended", (one) => one.attempts);
    counter("homeport_attempt_outcomes_total", "Upstream calls by how they ended", "outcome", (one) => [["ok", one.ok], ...one.failures]);
    counter("homeport_tokens_total", "Tokens told by nodes", "direction", (one) => [
      ["in", one.tokensIn],
      ["out", one.tokensOut],
    ]);
    plain("homeport_cache_read_tokens_total", "Prompt tokens read from caches", (one) => one.cachedTokens);
    plain("homeport_cache_write_tokens_total", "Prompt tokens written to caches", (one) => one.cacheWriteTokens);
    plain("homeport_cost_usd_total", "Cost of answers with known prices", (one) => one.usd);
    plain("homeport_cache_savings_usd_total", "What prompt caches saved of the plain price", (one) => one.savedUsd);
    this.#counter("homeport_model_results_total", "How calls of a model ended for its requests", ["model", "result"], function* () {
      for (const [model, results] of Object.entries(served.results()))
        for (const [result, value] of Object.entries(results)) yield [{ model, result }, value];
    });
  }
}

function lacking(rejected: Tally): number {
  let sum = 0;
  for (const [reason, , value] of rejected.all()) if (reason === "lacks-capability") sum += value;
  return sum;
}

function family(name: string, help: string, spreads: readonly (readonly [Readonly<Record<string, string>>, Spread])[]): string {
  const lines = spreads.flatMap(([labels, spread]) => spread.lines(name, labelText(labels)));
  return `# HELP ${name} ${help}\n# TYPE ${name} histogram\n${lines.map((line) => `${line}\n`).join("")}`;
}
