// A fleet in every state a window must be able to show, with its activity: what screenshots and accessibility checks look at.
import type { MethodOutput, Snapshot } from "../../src-core/contract/api.ts";
import { Config } from "../../src-core/contract/config.ts";
import { fail } from "../../src-core/contract/failure.ts";
import type { Load, ModelEntry, Node, Spend } from "../../src-core/contract/fleet.ts";
import { LoadId, ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { aFleet, aModel, aNode, noon } from "./builders.ts";

const minute = 60_000;
const gigabyte = 1e9;

function warm(name: string, bytes: number, expiresAt: number | null | undefined, more: Partial<ModelEntry> = {}): ModelEntry {
  const stay = expiresAt === undefined ? {} : { expiresAt };
  return aModel(name, "warm", {
    residency: { state: "warm", since: noon - 30 * minute, bytes, vramBytes: bytes, ...stay },
    bytes,
    ...more,
  });
}

const cold = (name: string, gigabytes: number, parameters: string, quantization: string): ModelEntry =>
  aModel(name, "cold", { bytes: gigabytes * gigabyte, parameters, quantization });

const unreachable = (node: string) =>
  fail("connect-failed", `${node} refused the connection. Check that its server runs and listens at this address.`);

const studio = aNode(
  "studio",
  [
    warm("qwen3:8b", 6.1 * gigabyte, noon + 4 * minute, { contextTokens: 8192, parameters: "8.2B", quantization: "Q4_K_M" }),
    warm("nomic-embed-text:latest", 0.6 * gigabyte, null, { contextTokens: 2048, parameters: "137M", quantization: "F16" }),
    cold("gemma3:27b", 17.4, "27.4B", "Q4_K_M"),
    cold("llama3.3:70b", 42.5, "70.6B", "Q4_K_M"),
    cold("mistral-small:24b", 14.3, "23.6B", "Q4_K_M"),
    cold("deepseek-r1:14b", 9, "14.8B", "Q4_K_M"),
    cold("phi4:14b", 9.1, "14.7B", "Q4_K_M"),
    cold("qwen2.5vl:7b", 6, "8.3B", "Q4_K_M"),
  ],
  {
    version: "0.12.3",
    latencyMs: 3.4,
    memory: { totalBytes: 24 * gigabyte, totalSource: "configured", usedBytes: 7.9 * gigabyte, usedSource: "node" },
    inFlight: { "qwen3:8b": 2 },
    lastUsedAt: { "qwen3:8b": noon - 2_000, "nomic-embed-text": noon - 4 * minute, "nomic-embed-text:latest": noon - 4 * minute },
    history: { "gemma3:27b": { ms: [36_000, 41_000, 38_000] } },
  },
);

const rack = aNode(
  "rack",
  [
    warm("Qwen3-Coder-30B-A3B-Instruct-Q4_K_M", 19.2 * gigabyte, undefined, { contextTokens: 65_536, slots: 4 }),
    cold("gpt-oss-20b-mxfp4", 12.1, "20.9B", "MXFP4"),
    aModel("GLM-4.5-Air-Q4_K_M", "cold", {
      bytes: 68.4 * gigabyte,
      setAside: {
        failure: fail("out-of-memory", "rack ran out of memory while loading GLM-4.5-Air-Q4_K_M. Unload another model there first."),
        until: noon + 108_000,
        count: 1,
      },
    }),
  ],
  {
    kind: "llama-server",
    variant: "router",
    version: "b6891",
    url: "http://192.168.1.40:8080",
    latencyMs: 1.2,
    memory: { totalBytes: 48 * gigabyte, totalSource: "configured" },
    lastUsedAt: { "qwen3-coder-30b-a3b-instruct-q4_k_m": noon - 12 * minute },
  },
);

const attic: Node = aNode(
  "attic",
  [warm("llama3.2:3b", 2.8 * gigabyte, noon + 9 * minute, { contextTokens: 4096 }), cold("phi4:14b", 9.1, "14.7B", "Q4_K_M")],
  {
    version: "0.11.10",
    seenAt: noon - 2 * minute,
    health: { state: "down", since: noon - 2 * minute, because: unreachable("attic") },
    breaker: {
      state: "open",
      openedAt: noon - 18_000,
      until: noon + 102_000,
      trips: 1,
      because: "connect-failed",
      says: "Three requests in a row got no connection to attic, so it gets no more for now.",
    },
  },
);

const mini = aNode("mini", [warm("bge-reranker-v2-m3", 1.2 * gigabyte, undefined)], {
  kind: "openai-compatible",
  name: "Mac mini in the hall",
  url: "http://mini.lan:1234",
  latencyMs: 12,
  seenAt: noon - 14_000,
  can: { load: false, unload: false, loadsUnlisted: false, dialects: ["openai"] },
  drained: true,
  passive: { state: "degraded", failures: 4 },
  demoted: 2,
  pressure: { until: noon + 84_000, says: "mini answered that it is out of memory." },
});

const spare = aNode("spare", [], { enabled: false, url: "http://10.0.0.9:11434" });

const claude = aNode("claude", [aModel("claude-sonnet-4-5", "warm"), aModel("claude-haiku-4-5", "warm")], {
  kind: "anthropic",
  name: "Claude",
  place: "cloud",
  url: "https://api.anthropic.com",
  latencyMs: 180,
  can: { load: false, unload: false, loadsUnlisted: false, listEverySeconds: 3600, dialects: ["anthropic"] },
});

const loads: Readonly<Record<string, Load>> = {
  l1: {
    id: LoadId.parse("l1"),
    node: NodeId.parse("studio"),
    model: ModelId.parse("gemma3:27b"),
    startedAt: noon - 15_000,
    by: "request",
    stage: "loading",
    waiters: 4,
    expectedMs: 38_000,
    bytes: 17.4 * gigabyte,
  },
  l2: {
    id: LoadId.parse("l2"),
    node: NodeId.parse("rack"),
    model: ModelId.parse("gpt-oss-20b-mxfp4"),
    startedAt: noon - 6_000,
    by: "user",
    stage: "loading",
    waiters: 0,
    reported: { fraction: 0.62, stage: "text_model", at: noon - 500 },
    bytes: 12.1 * gigabyte,
  },
};

/** Its node tells nothing more, and another node has it too. */
export const stuckLoad: Load = {
  id: LoadId.parse("l3"),
  node: NodeId.parse("studio"),
  model: ModelId.parse("phi4:14b"),
  startedAt: noon - 140_000,
  by: "request",
  stage: "loading",
  waiters: 2,
  reported: { fraction: 0.4, at: noon - 100_000 },
  bytes: 9.1 * gigabyte,
};

const spend: Readonly<Record<string, Spend>> = {
  "cloud-month": { window: "2026-11", usd: 3.4, tokens: 1_900_000, reservedUsd: 0.9, reservedTokens: 9_000 },
  "mini-day": { window: "2026-11-21", usd: 0, tokens: 99_960, reservedUsd: 0, reservedTokens: 1_024 },
};

export const sampleSnapshot: Snapshot = {
  version: 12,
  now: noon,
  app: { version: "0.1.0", demo: false, desktop: true },
  gateway: { url: "http://127.0.0.1:4663", port: 4663, wantedPort: 4663, loopback: true, keyRequired: false },
  fleet: aFleet([studio, rack, attic, mini, claude, spare], { loads, spend }),
  queues: {
    "qwen3:8b": { depth: 3, lanes: { interactive: 2, batch: 1 }, expectedWaitMs: 12_400 },
    "phi4:14b": { depth: 1, lanes: { interactive: 1, batch: 0 } },
  },
  banners: [],
  notices: [
    {
      id: "n1",
      at: noon - 18_000,
      kind: "breaker-opened",
      title: "attic gets no requests for now",
      body: "Three requests in a row got no connection. Its models are served by studio meanwhile; attic is tried again in two minutes.",
      node: NodeId.parse("attic"),
      urgent: true,
    },
    {
      id: "n2",
      at: noon - 9 * minute,
      kind: "load-finished",
      title: "llama3.3:70b is loaded on studio",
      body: "It took 74 s.",
      urgent: false,
    },
  ],
};

export const sampleSettings: MethodOutput<"getSettings"> = {
  config: Config.parse({
    nodes: [studio, rack, attic, mini, spare].map(({ id, kind, url, enabled }) => ({
      id,
      kind,
      url,
      enabled,
      ...(id === "studio" ? { devices: [{ memoryBytes: 24 * gigabyte }] } : {}),
    })),
    profiles: {
      coder: { chain: ["Qwen3-Coder-30B-A3B-Instruct-Q4_K_M", "quick"], timeoutMs: 60_000, gate: { refusal: true }, fallback: "quick" },
      quick: { requires: "llm", prefer: ["qwen3*", "*"], policy: "fastest", cloud: true },
    },
    defaultProfile: "quick",
    agents: { editor: { profile: "coder", fallback: "quick" } },
    rules: [
      { id: "pictures", when: { hasImage: true }, use: "quick" },
      { id: "long", when: { tokensAtLeast: 24_000 }, use: "coder" },
    ],
    aliases: { "gpt-4o-mini": "coder" },
    policies: { quiet: ["local-first", "warm", "cheapest"] },
    budgets: [
      { id: "cloud-month", scope: { place: "cloud" }, usd: 5, per: "month" },
      { id: "mini-day", scope: { node: NodeId.parse("mini") }, tokens: 100_000, per: "day" },
      { id: "all-month", usd: 20, per: "month" },
    ],
    clients: [{ name: "laptop", key: { env: "LAPTOP_KEY" }, models: ["qwen3*"], lane: "batch", requestsPerMinute: 30 }],
  }),
  source: "the settings of this sample",
  writable: true,
};
