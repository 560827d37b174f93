// Prometheus figures from the same facts. Labels are closed sets (node, kind of outcome): never a name a client chose (S-84).
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { EngineEvent, EventOf } from "../../contract/events.ts";
import type { Fleet } from "../../contract/fleet.ts";

const firstByteBuckets = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
const loadBuckets = [0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640, 1800];

export class Metrics {
  readonly #registry = new Registry();
  readonly #requests = new Counter({
    name: "homeport_requests_total",
    help: "Requests ended, by outcome",
    labelNames: ["outcome", "dialect"],
    registers: [this.#registry],
  });
  readonly #attempts = new Counter({
    name: "homeport_attempts_total",
    help: "Upstream calls ended",
    labelNames: ["node", "outcome"],
    registers: [this.#registry],
  });
  readonly #tokens = new Counter({
    name: "homeport_tokens_total",
    help: "Tokens told by nodes",
    labelNames: ["node", "direction"],
    registers: [this.#registry],
  });
  readonly #loads = new Counter({
    name: "homeport_cold_loads_total",
    help: "Cold loads ended",
    labelNames: ["node", "outcome"],
    registers: [this.#registry],
  });
  readonly #loadSeconds = new Histogram({
    name: "homeport_cold_load_seconds",
    help: "Duration of cold loads",
    labelNames: ["node"],
    buckets: loadBuckets,
    registers: [this.#registry],
  });
  readonly #firstByte = new Histogram({
    name: "homeport_first_byte_seconds",
    help: "From sending to the first content",
    labelNames: ["node"],
    buckets: firstByteBuckets,
    registers: [this.#registry],
  });
  readonly #breakerTrips = new Counter({
    name: "homeport_breaker_trips_total",
    help: "Breakers opened",
    labelNames: ["node"],
    registers: [this.#registry],
  });
  readonly #bound = new Map<Counter, Map<string, { inc: (by?: number) => void }>>();

  constructor(fleet: () => Fleet) {
    const gauge = (name: string, help: string, collect: (set: (node: string, value: number) => void) => void) => {
      const one = new Gauge({
        name,
        help,
        labelNames: ["node"],
        registers: [this.#registry],
        collect: () => {
          one.reset();
          collect((node, value) => one.labels(node).set(value));
        },
      });
    };
    const each = (value: (node: Fleet["nodes"][string]) => number) => (set: (node: string, value: number) => void) => {
      for (const node of Object.values(fleet().nodes)) set(node.id, value(node));
    };
    gauge(
      "homeport_node_up",
      "1 while the node answers",
      each((node) => (node.health.state === "up" ? 1 : 0)),
    );
    gauge(
      "homeport_node_in_flight",
      "Upstream calls under way",
      each((node) => Object.values(node.inFlight).reduce((sum, count) => sum + count, 0)),
    );
    gauge(
      "homeport_node_models_loaded",
      "Models in memory",
      each((node) => Object.values(node.models).filter((model) => model.residency.state === "warm").length),
    );
    gauge(
      "homeport_node_breaker_open",
      "1 while the breaker is not closed",
      each((node) => (node.breaker.state === "closed" ? 0 : 1)),
    );
  }

  exposition(): Promise<string> {
    return this.#registry.metrics();
  }

  readonly observe = (event: EngineEvent, before: Fleet, after: Fleet): void => {
    switch (event.type) {
      case "attempt-finished": {
        this.#count(this.#attempts, event.node, event.failure?.kind ?? (event.verdict === "good" ? "ok" : "client-gone"));
        if (before.nodes[event.node]?.breaker.state !== "open" && after.nodes[event.node]?.breaker.state === "open") {
          this.#breakerTrips.labels(event.node).inc();
        }
        break;
      }
      case "load-finished":
        this.#loads.labels(event.node, event.failure?.kind ?? "ok").inc();
        if (event.failure === undefined) this.#loadSeconds.labels(event.node).observe(event.ms / 1000);
        break;
      case "request-finished":
        this.#finished(event);
        break;
      default:
        break;
    }
  };

  #finished({ facts, node: served, outcome, usage, firstByteMs }: EventOf<"request-finished">): void {
    const node: string = served ?? "none";
    this.#count(this.#requests, outcome, facts.dialect);
    if (firstByteMs !== undefined) this.#firstByte.labels(node).observe(firstByteMs / 1000);
    if (usage === undefined || usage.estimated) return;
    if (usage.tokensIn !== undefined) this.#count(this.#tokens, node, "in", usage.tokensIn);
    if (usage.tokensOut !== undefined) this.#count(this.#tokens, node, "out", usage.tokensOut);
  }

  /** Children are kept bound: finding one by its labels costs more than counting. */
  #count(counter: Counter, first: string, second: string, by = 1): void {
    const children = this.#bound.get(counter) ?? new Map<string, { inc: (by?: number) => void }>();
    this.#bound.set(counter, children);
    const key = `${first}\n${second}`;
    const child = children.get(key) ?? counter.labels(first, second);
    children.set(key, child);
    child.inc(by);
  }
}
