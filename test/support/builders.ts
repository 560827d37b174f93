// Believable nodes, models and worlds for tests; every part can be overridden.
import { Config, type ConfigDocument } from "../../src-core/contract/config.ts";
import type { Fleet, Load, ModelEntry, Node, Residency } from "../../src-core/contract/fleet.ts";
import { LoadId, ModelId, NodeId, RequestId } from "../../src-core/contract/ids.ts";
import type { RequestFacts } from "../../src-core/contract/route.ts";
import { closedBreaker } from "../../src-core/domain/breaker.ts";
import { canonicalName } from "../../src-core/domain/names.ts";
import type { World } from "../../src-core/domain/world.ts";

/** The instant at which every built world stands. */
export const noon = Date.UTC(2026, 10, 21, 12);

export function aModel(name: string, residency: Residency["state"] = "cold", more: Partial<ModelEntry> = {}): ModelEntry {
  return {
    id: ModelId.parse(name),
    residency: residency === "cold" ? { state: "cold" } : { state: residency, since: noon - 60_000 },
    ...more,
  };
}

export function aNode(id: string, models: readonly ModelEntry[] = [], more: Partial<Node> = {}): Node {
  return {
    id: NodeId.parse(id),
    kind: "ollama",
    name: id,
    url: `http://${id}.lan:11434`,
    place: "lan",
    enabled: true,
    demo: false,
    can: { load: true, unload: true, loadsUnlisted: false, dialects: ["ollama", "openai"] },
    health: { state: "up", since: noon - 60_000 },
    breaker: closedBreaker,
    memory: {},
    seenAt: noon - 1_000,
    models: Object.fromEntries(models.map((model) => [canonicalName(model.id), model])),
    aliases: {},
    learnedSlots: {},
    inFlight: {},
    lastUsedAt: {},
    history: {},
    ...more,
  };
}

/** Under way since noon. */
export function aLoad(more: Partial<Load> = {}): Load {
  const named = { id: LoadId.parse("l"), node: NodeId.parse("a"), model: ModelId.parse("m") };
  return { ...named, startedAt: noon, by: "user", stage: "loading", waiters: 0, ...more };
}

export function aFleet(nodes: readonly Node[], more: Partial<Fleet> = {}): Fleet {
  return { version: 1, nodes: Object.fromEntries(nodes.map((node) => [node.id, node])), loads: {}, ...more };
}

export function aWorld(nodes: readonly Node[], config: ConfigDocument = {}, more: Partial<Fleet> = {}): World {
  return { config: Config.parse(config), fleet: aFleet(nodes, more), now: noon, draw: 0.5 };
}

export function someFacts(model: string, more: Partial<RequestFacts> = {}): RequestFacts {
  return {
    id: RequestId.parse("r1"),
    at: noon,
    dialect: "openai",
    task: "chat",
    path: "/v1/chat/completions",
    model,
    stream: true,
    needs: [],
    deadline: noon + 600_000,
    bodyBytes: 100,
    promptTokens: 25,
    ...more,
  };
}
