// Requests in every state the activity list must be able to show: under way, answered at home and in the cloud, translated, mended, failed.
import { fail } from "../../src-core/contract/failure.ts";
import { AttemptId, ModelId, NodeId, RequestId } from "../../src-core/contract/ids.ts";
import type { RequestRow } from "../../src-core/contract/route.ts";
import { noon } from "./builders.ts";

const unreachable = (node: string) =>
  fail("connect-failed", `${node} refused the connection. Check that its server runs and listens at this address.`);

function aRow(id: string, secondsAgo: number, model: string, more: Partial<RequestRow> = {}): RequestRow {
  const at = noon - secondsAgo * 1_000;
  const node = NodeId.parse("studio");
  const attempts = [{ id: AttemptId.parse(`${id}-1`), node, model: ModelId.parse(model), startedAt: at + 20, outcome: "ok" as const }];
  return {
    id: RequestId.parse(id),
    at,
    dialect: "openai",
    task: "chat",
    model,
    stream: true,
    phase: "done",
    node,
    decidedBy: "warm",
    attempts,
    outcome: "ok",
    status: 200,
    firstByteAt: at + 380,
    finishedAt: at + 4_200,
    tokensIn: 412,
    tokensOut: 187,
    tokensPerSecond: 48.9,
    ...more,
  };
}

/** A request under way has no end yet, and no figures that come with it. */
function running(id: string, secondsAgo: number, model: string, more: Partial<RequestRow>): RequestRow {
  const { outcome, finishedAt, status, firstByteAt, tokensPerSecond, tokensIn, tokensOut, ...rest } = aRow(id, secondsAgo, model);
  return { ...rest, attempts: rest.attempts.map(({ outcome: ended, ...attempt }) => attempt), ...more };
}

export const sampleActivity: readonly RequestRow[] = [
  running("r9", 3, "qwen3:8b", { phase: "streaming", firstByteAt: noon - 2_600, tokensPerSecond: 51.3, tokensEstimated: true }),
  running("r8", 14, "gemma3:27b", { phase: "loading", attempts: [], decidedBy: "room" }),
  running("r7", 1.2, "qwen3:8b", { phase: "queued", position: 2, expectedWaitMs: 8_200, attempts: [], decidedBy: "only" }),
  aRow("r6a", 17, "claude-sonnet-4-5", {
    node: NodeId.parse("claude"),
    place: "cloud",
    spoken: "anthropic",
    dropped: ["seed", "logit_bias"],
    decidedBy: "only",
    attempts: [
      {
        id: AttemptId.parse("r6a-1"),
        node: NodeId.parse("claude"),
        model: ModelId.parse("claude-sonnet-4-5"),
        startedAt: noon - 16_980,
        outcome: "ok",
      },
    ],
    tokensIn: 18_412,
    cachedTokens: 16_384,
    cacheWriteTokens: 1_024,
    tokensOut: 1_187,
    usd: 0.0274,
  }),
  aRow("r6", 20, "llama3.2:3b", {
    node: NodeId.parse("studio"),
    decidedBy: "healthy",
    attempts: [
      {
        id: AttemptId.parse("r6-1"),
        node: NodeId.parse("attic"),
        model: ModelId.parse("llama3.2:3b"),
        startedAt: noon - 20_000,
        outcome: "failed",
        failure: unreachable("attic"),
      },
      {
        id: AttemptId.parse("r6-2"),
        node: NodeId.parse("studio"),
        model: ModelId.parse("llama3.2:3b"),
        startedAt: noon - 19_800,
        outcome: "ok",
      },
    ],
    rejected: [{ node: NodeId.parse("rack"), because: "lacks-capability", says: "It does not list llama3.2:3b." }],
    coldLoadMs: 3_100,
  }),
  aRow("r5", 48, "nomic-embed-text:latest", { task: "embedding", stream: false, finishedAt: noon - 47_870, decidedBy: "only" }),
  {
    id: RequestId.parse("r4"),
    at: noon - 95_000,
    dialect: "ollama",
    task: "chat",
    model: "qwen3:9b",
    stream: true,
    phase: "done",
    attempts: [],
    outcome: "failed",
    status: 404,
    finishedAt: noon - 94_996,
    failure: fail("unknown-model", "No node knows a model called qwen3:9b. Check the spelling, or load it on a node first.", {
      near: ["qwen3:8b"],
    }),
  },
  aRow("r3", 140, "Qwen3-Coder-30B-A3B-Instruct-Q4_K_M", { node: NodeId.parse("rack"), outcome: "client-gone", tokensPerSecond: 92.4 }),
  aRow("r2", 301, "llama3.2:3b", {
    node: NodeId.parse("attic"),
    outcome: "incomplete",
    failure: fail(
      "stream-broken",
      "attic closed the connection in the middle of its answer. The client got an error event; it may ask again.",
    ),
  }),
  aRow("r1", 900, "qwen3:8b", {
    dialect: "anthropic",
    spoken: "ollama",
    dropped: [],
    repaired: ["tool-calls", "thinking"],
    rescued: "The 6 oldest messages were left out, so that the context of qwen3:8b holds the rest.",
    warnings: ["The node read 2048 of about 9300 tokens: it seems to have cut the prompt to its context of 2048 and said nothing."],
  }),
  aRow("r0", 960, "gpt-4o-mini", {
    node: NodeId.parse("rack"),
    nodeModel: ModelId.parse("Qwen3-Coder-30B-A3B-Instruct-Q4_K_M"),
    decidedBy: "fits",
    resolution: {
      chain: [
        { model: "Qwen3-Coder-30B-A3B-Instruct-Q4_K_M", profile: "coder" },
        { requires: "llm", prefer: ["qwen3*", "*"], profile: "quick" },
      ],
      because: "alias",
      profile: "coder",
    },
    rejected: [{ node: NodeId.parse("mini"), because: "over-budget", says: "over budget: mini-day has 40 of 100,000 tokens left" }],
    relaxed: "stale-inventory",
    client: "laptop",
    lane: "batch",
    usd: 0.0042,
  }),
];
