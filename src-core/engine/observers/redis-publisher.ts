// Tells every finished request to a Redis channel, in the words of source-systems.md 3.4 and 3.5. Nothing is put together while no address is
// configured; a failure to publish never touches a request.
import type { Config } from "../../contract/config.ts";
import type { FailureKind } from "../../contract/failure.ts";
import type { Attempt, RequestRow } from "../../contract/route.ts";
import { canonicalName } from "../../domain/names.ts";
import type { Announcer, Secrets } from "../ports.ts";
import type { ModelResults } from "./served.ts";

const channel = "llm_router_metrics";

/** Their reasons, where they have a word; ours otherwise (source-systems.md 3.3). */
const reasonOf: Readonly<Partial<Record<FailureKind, string>>> = {
  refused: "RefusalPattern",
  "schema-mismatch": "SchemaValidationError",
  "answer-timeout": "Timeout",
  "first-byte-timeout": "Timeout",
  "deadline-exceeded": "Timeout",
  "connect-failed": "APIConnectionError",
  "stream-broken": "APIConnectionError",
  "upstream-unavailable": "APIConnectionError",
  "upstream-misconfigured": "AuthenticationError",
};

export class RedisPublisher {
  readonly #config: () => Config;
  readonly #announcer: Announcer;
  readonly #results: () => Record<string, ModelResults>;
  readonly #secrets: Secrets;

  constructor(config: () => Config, announcer: Announcer, results: () => Record<string, ModelResults>, secrets: Secrets) {
    this.#config = config;
    this.#announcer = announcer;
    this.#results = results;
    this.#secrets = secrets;
  }

  /** A row that changes no more. `results` already counts it. */
  readonly finished = (row: RequestRow): void => {
    const { redis } = this.#config().metrics;
    const address = typeof redis === "object" ? this.#secrets.resolve(redis) : redis;
    if (address === undefined) return;
    this.#announcer.publish(address, channel, JSON.stringify(eventOf(row, this.#results())));
  };

  stop(): void {
    this.#announcer.close();
  }
}

function eventOf(row: RequestRow, counters: Record<string, ModelResults>) {
  const endedAt = row.finishedAt ?? row.at;
  return {
    model_used: row.outcome === "ok" ? modelOf(row) : null,
    latency_ms: endedAt - row.at,
    attempts: row.attempts.map((attempt, at) => told(attempt, attempt.endedAt ?? row.attempts[at + 1]?.startedAt ?? endedAt)),
    counters,
    timestamp: new Date(endedAt).toISOString(),
  };
}

/** As the counters name it. */
const modelOf = ({ nodeModel }: RequestRow) => (nodeModel === undefined ? null : canonicalName(nodeModel));

function told({ node, model, startedAt, outcome, failure }: Attempt, endedAt: number) {
  const kind = failure?.kind;
  return {
    model: canonicalName(model),
    node,
    outcome: outcome === "ok" ? "success" : kind === "schema-mismatch" ? "invalid" : "rejected",
    reason: kind === undefined ? (outcome === "client-gone" ? "client-gone" : null) : (reasonOf[kind] ?? kind),
    latency_ms: endedAt - startedAt,
  };
}
