// Figures that are beliefs, not counts: read from the fleet when a scrape asks, never kept. Models appear while warm or at work, so that
// a house of many nodes and models stays readable.
import { Gauge, type Registry } from "prom-client";
import type { QueueView } from "../../contract/api.ts";
import type { Config } from "../../contract/config.ts";
import type { Fleet, Node } from "../../contract/fleet.ts";
import { own } from "../../domain/inventory.ts";
import { passiveState } from "../../domain/passive-health.ts";
import { slotsOf } from "../../domain/slots.ts";
import type { Totals } from "./totals.ts";

/** Where gauges are read from. */
export interface GaugeSources {
  readonly fleet: () => Fleet;
  readonly config: () => Config;
  /** Who waits, by the model's canonical name; undefined while nobody does. */
  readonly queues: () => Readonly<Record<string, QueueView>> | undefined;
}

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number | undefined];

export function registerGauges(registry: Registry, sources: GaugeSources, totals: Totals): void {
  const gauge = (name: string, help: string, labelNames: readonly string[], samples: () => Iterable<Sample>) => {
    new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      collect() {
        this.reset();
        for (const [labels, value] of samples()) if (value !== undefined) this.set({ ...labels }, value);
      },
    });
  };
  for (const { name, help, value } of nodeGauges)
    gauge(name, help, ["node"], () => Object.values(sources.fleet().nodes).map((node) => [{ node: node.id }, value(node)]));
  for (const { name, help, value } of modelGauges)
    gauge(name, help, ["node", "model"], () =>
      Object.values(sources.fleet().nodes).flatMap((node) =>
        atWork(node).map((model): Sample => [{ node: node.id, model }, value(node, model)]),
      ),
    );
  gauge("homeport_model_prefill_tokens_per_second", "Prompt tokens taken in per second, latest answer", ["node", "model"], () =>
    [...totals.served.all()].map(({ node, model, prefillTokensPerSecond: speed }): Sample => [{ node, model }, speed || undefined]),
  );
  gauge("homeport_queue_depth", "Requests waiting for a slot", ["model", "lane"], () => queueSamples(sources));
  gauge("homeport_queue_limit", "Requests that may wait for one model", [], () => [[{}, sources.config().requests.queueDepth]]);
  for (const { name, help, value } of budgetGauges)
    gauge(name, help, ["budget"], () =>
      Object.entries(sources.fleet().spend ?? {}).map(([budget, spend]): Sample => [{ budget }, value(spend)]),
    );
}

const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((all, count) => all + count, 0);
const passiveRank = { healthy: 0, degraded: 1, unhealthy: 2 } as const;

const nodeGauges: readonly { readonly name: string; readonly help: string; readonly value: (node: Node) => number | undefined }[] = [
  { name: "homeport_node_up", help: "1 while the node answers", value: ({ health }) => (health.state === "up" ? 1 : 0) },
  { name: "homeport_node_in_flight", help: "Upstream calls under way", value: ({ inFlight }) => sum(inFlight) },
  { name: "homeport_node_models_loaded", help: "Models in memory", value: (node) => warm(node).length },
  {
    name: "homeport_node_breaker_open",
    help: "1 while the breaker is not closed",
    value: ({ breaker }) => (breaker.state === "closed" ? 0 : 1),
  },
  {
    name: "homeport_node_passive_health",
    help: "0 healthy, 1 degraded, 2 unhealthy",
    value: (node) => passiveRank[passiveState(node)],
  },
  { name: "homeport_node_memory_total_bytes", help: "Device memory", value: ({ memory }) => memory.totalBytes },
  { name: "homeport_node_memory_used_bytes", help: "Device memory in use", value: ({ memory }) => memory.usedBytes },
  { name: "homeport_node_memory_free_bytes", help: "Device memory free", value: freeBytes },
  { name: "homeport_node_utilisation_ratio", help: "Slots of warm models in use", value: utilisation },
];

const modelGauges: readonly {
  readonly name: string;
  readonly help: string;
  readonly value: (node: Node, model: string) => number | undefined;
}[] = [
  { name: "homeport_model_in_flight", help: "Upstream calls under way", value: ({ inFlight }, model) => own(inFlight, model) ?? 0 },
  { name: "homeport_model_slots", help: "Requests served at once", value: slotsOf },
  {
    name: "homeport_model_tokens_per_second",
    help: "Usual speed of answers",
    value: ({ figures = {} }, model) => own(figures, model)?.tokensPerSecond,
  },
];

type Spend = NonNullable<Fleet["spend"]>[string];
const budgetGauges: readonly { readonly name: string; readonly help: string; readonly value: (spend: Spend) => number }[] = [
  { name: "homeport_budget_used_usd", help: "Spent in the running window", value: ({ usd }) => usd },
  { name: "homeport_budget_used_tokens", help: "Tokens used in the running window", value: ({ tokens }) => tokens },
  { name: "homeport_budget_reserved_usd", help: "Set aside for requests under way", value: ({ reservedUsd }) => reservedUsd },
  {
    name: "homeport_budget_reserved_tokens",
    help: "Tokens set aside for requests under way",
    value: ({ reservedTokens }) => reservedTokens,
  },
];

/** Canonical names of models in memory. */
function warm({ models }: Node): string[] {
  return Object.keys(models).filter((key) => own(models, key)?.residency.state === "warm");
}

function atWork(node: Node): string[] {
  const working = Object.keys(node.inFlight).filter((key) => (own(node.inFlight, key) ?? 0) > 0 && own(node.models, key) !== undefined);
  return [...new Set([...warm(node), ...working])];
}

function freeBytes({ memory: { totalBytes, usedBytes } }: Node): number | undefined {
  return totalBytes === undefined || usedBytes === undefined ? undefined : Math.max(0, totalBytes - usedBytes);
}

function utilisation(node: Node): number | undefined {
  const slots = atWork(node).reduce((all, model) => all + slotsOf(node, model), 0);
  return slots === 0 ? undefined : sum(node.inFlight) / slots;
}

/** A queue may stand under a name that no node has told: a client's word is no label (S-84). */
function queueSamples({ fleet, queues }: GaugeSources): Iterable<Sample> {
  const nodes = Object.values(fleet().nodes);
  const depths = new Map<string, number>();
  for (const [key, { lanes }] of Object.entries(queues() ?? {})) {
    const model = nodes.some(({ models }) => own(models, key) !== undefined) ? key : "other";
    for (const [lane, depth] of Object.entries(lanes)) depths.set(`${lane} ${model}`, (depths.get(`${lane} ${model}`) ?? 0) + depth);
  }
  return [...depths].map(([name, depth]): Sample => {
    const [lane = "", ...model] = name.split(" ");
    return [{ model: model.join(" "), lane }, depth];
  });
}
