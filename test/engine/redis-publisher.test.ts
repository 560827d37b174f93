import { expect, it } from "vitest";
import { Config } from "../../src-core/contract/config.ts";
import { type FailureKind, fail } from "../../src-core/contract/failure.ts";
import { AttemptId, ModelId, NodeId, RequestId } from "../../src-core/contract/ids.ts";
import type { Attempt, RequestRow } from "../../src-core/contract/route.ts";
import { RedisPublisher } from "../../src-core/engine/observers/redis-publisher.ts";
import { noon } from "../support/builders.ts";

const address = "redis://127.0.0.1:6379";

function published(row: Partial<RequestRow>, redis?: string | { env: string }): unknown[] {
  const config = Config.parse(redis === undefined ? {} : { metrics: { redis } });
  const told: unknown[] = [];
  const announcer = {
    publish: (to: string, channel: string, message: string) => void told.push({ to, channel, ...JSON.parse(message) }),
    close: () => {},
  };
  const publisher = new RedisPublisher(
    () => config,
    announcer,
    () => ({ tiny: { success: 1, fallback: 0, error: 0 } }),
    { resolve: (ref) => ("env" in ref && ref.env === "REDIS" ? "redis://:secret@127.0.0.1" : undefined) },
  );
  publisher.finished({
    id: RequestId.parse("r1"),
    at: noon,
    dialect: "openai",
    task: "chat",
    model: "Tiny",
    stream: false,
    phase: "done",
    attempts: [],
    finishedAt: noon + 9_500,
    outcome: "ok",
    nodeModel: ModelId.parse("Tiny:latest"),
    ...row,
  });
  return told;
}

const attempt = (startedMs: number, endedMs: number, kind?: FailureKind): Attempt => ({
  id: AttemptId.parse("a"),
  node: NodeId.parse("attic"),
  model: ModelId.parse("Tiny:latest"),
  startedAt: noon + startedMs,
  endedAt: noon + endedMs,
  outcome: kind === undefined ? "ok" : "failed",
  ...(kind === undefined ? {} : { failure: fail(kind, "No.") }),
});

it("3.5: the event holds model, latency, attempts, counters and time; 3.4: each attempt its outcome, reason and milliseconds", () => {
  expect(published({ attempts: [attempt(0, 8_000, "answer-timeout"), attempt(8_100, 9_500)] }, address)).toEqual([
    {
      to: address,
      channel: "llm_router_metrics",
      model_used: "tiny",
      latency_ms: 9_500,
      attempts: [
        { model: "tiny", node: "attic", outcome: "rejected", reason: "Timeout", latency_ms: 8_000 },
        { model: "tiny", node: "attic", outcome: "success", reason: null, latency_ms: 1_400 },
      ],
      counters: { tiny: { success: 1, fallback: 0, error: 0 } },
      timestamp: new Date(noon + 9_500).toISOString(),
    },
  ]);
});

it.each([
  ["refused", "rejected", "RefusalPattern"],
  ["schema-mismatch", "invalid", "SchemaValidationError"],
  ["answer-timeout", "rejected", "Timeout"],
  ["connect-failed", "rejected", "APIConnectionError"],
  ["upstream-misconfigured", "rejected", "AuthenticationError"],
  ["out-of-memory", "rejected", "out-of-memory"],
] as const)("3.3, 3.4: %s is told as %s with the reason %s", (kind, outcome, reason) => {
  expect(published({ outcome: "failed", attempts: [attempt(0, 10, kind)] }, address)).toMatchObject([
    { model_used: null, attempts: [{ outcome, reason }] },
  ]);
});

it("3.5: without an address nothing is put together", () => {
  expect(published({})).toEqual([]);
});

it("S-75: an address with a password is an environment variable's; one that is not set publishes nothing, and one in the settings is refused", () => {
  expect(published({}, { env: "REDIS" })).toMatchObject([{ to: "redis://:secret@127.0.0.1" }]);
  expect(published({}, { env: "NOT_SET" })).toEqual([]);
  expect(Config.safeParse({ metrics: { redis: "redis://:secret@127.0.0.1" } }).success).toBe(false);
});
