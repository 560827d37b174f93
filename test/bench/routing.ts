// The cost of one routing decision and of one fact in a large home: 150 nodes, each listing 1,000 models, all of them candidates.
import { Config } from "../../src-core/contract/config.ts";
import type { Fleet, ModelEntry, Node } from "../../src-core/contract/fleet.ts";
import { ModelId, mintAttemptId, NodeId, RequestId } from "../../src-core/contract/ids.ts";
import type { Capability } from "../../src-core/contract/node-kinds.ts";
import type { RequestFacts } from "../../src-core/contract/route.ts";
import { apply } from "../../src-core/domain/fleet.ts";
import { cold } from "../../src-core/domain/inventory.ts";
import { canonicalName } from "../../src-core/domain/names.ts";
import { newSession, nextStep } from "../../src-core/domain/session.ts";
import type { World } from "../../src-core/domain/world.ts";
import { percentile } from "./figures.ts";

const nodeCount = 150;
const modelCount = 1000;

/** Shared, as `domain/inventory.ts` shares what a probe says. */
const can: readonly Capability[] = ["chat", "tools"];

function entry(model: number, node: number): [string, ModelEntry] {
  const id = ModelId.parse(`family-${model}:latest`);
  const residency =
    (model + 7 * node) % 250 === 0 ? ({ state: "warm", since: 1, bytes: 4_600_000_000, vramBytes: 4_600_000_000 } as const) : cold;
  return [canonicalName(id), { id, residency, bytes: 4_000_000_000, maxContextTokens: 32_768, can }];
}

function node(index: number): Node {
  return {
    id: NodeId.parse(`node-${index}`),
    kind: "ollama",
    name: `node-${index}`,
    url: `http://10.0.0.${index}:11434`,
    place: "lan",
    enabled: true,
    demo: false,
    can: { load: true, unload: true, loadsUnlisted: false, anySpelling: true, dialects: ["openai", "ollama"] },
    health: { state: "up", since: 1 },
    breaker: { state: "closed", failures: [] },
    memory: { totalBytes: 64_000_000_000, totalSource: "configured" },
    seenAt: 999_000,
    identity: `10.0.0.${index}:11434`,
    slots: 4,
    models: Object.fromEntries(Array.from({ length: modelCount }, (_, model) => entry(model, index))),
    aliases: {},
    learnedSlots: {},
    inFlight: {},
    lastUsedAt: {},
    history: {},
  };
}

function world(): World {
  const nodes = Object.fromEntries(Array.from({ length: nodeCount }, (_, index) => [`node-${index}`, node(index)]));
  const fleet: Fleet = { version: 1, nodes, loads: {} };
  // Every filter has something to look at: a budget, a client's exclusions (in the facts), contexts, memory, ages.
  const config = Config.parse({
    nodes: Object.values(nodes).map(({ id, kind, url }) => ({ id, kind, url, slots: 4 })),
    budgets: [{ id: "day", scope: { place: "lan" }, tokens: 1_000_000_000, per: "day" }],
  });
  return { config, fleet, now: 1_000_000, draw: 0.5 };
}

function facts(index: number): RequestFacts {
  return {
    id: RequestId.parse(`request-${index}`),
    at: 1_000_000,
    dialect: "openai",
    task: "chat",
    path: "/v1/chat/completions",
    model: `family-${index % modelCount}`,
    stream: true,
    needs: ["chat"],
    deadline: 1_600_000,
    bodyBytes: 600,
    promptTokens: 120,
    exclude: [NodeId.parse("node-7")],
    conversation: `c${index}`,
  };
}

/** Microseconds per fact in the same home: an attempt begins and ends on one node after the other. */
export function applyMicroseconds(): number {
  const { fleet, config } = world();
  let now = fleet;
  const rounds = 2_000;
  const batch = () => {
    const startedAt = performance.now();
    for (let round = 0; round < rounds; round += 1) {
      const node = NodeId.parse(`node-${round % nodeCount}`);
      const about = {
        at: round,
        request: RequestId.parse("r"),
        attempt: mintAttemptId(`a${round}`),
        node,
        model: ModelId.parse("family-1"),
      };
      now = apply(now, { type: "attempt-started", work: "llm", ...about }, config);
      now = apply(now, { type: "attempt-finished", work: "llm", verdict: "good", ...about }, config);
    }
    return ((performance.now() - startedAt) * 1000) / rounds / 2;
  };
  for (let warm = 0; warm < 5; warm += 1) batch();
  return percentile(Array.from({ length: 15 }, batch), 0.5);
}

/** Microseconds per `nextStep`: the median over batches, after warming up. */
export function routingMicroseconds(): number {
  const here = world();
  const sessions = Array.from({ length: 500 }, (_, index) => newSession(facts(index)));
  const batch = () => {
    const startedAt = performance.now();
    for (const session of sessions) nextStep(session, here);
    return ((performance.now() - startedAt) * 1000) / sessions.length;
  };
  for (let warm = 0; warm < 5; warm += 1) batch();
  return percentile(Array.from({ length: 15 }, batch), 0.5);
}
