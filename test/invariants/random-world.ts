// A random world as a decision sees it: nodes in every state of health, memory and business, budgets half spent, profiles and policies.
import type { ConfigDocument } from "../../src-core/contract/config.ts";
import { fail } from "../../src-core/contract/failure.ts";
import type { ModelEntry, Node } from "../../src-core/contract/fleet.ts";
import { AttemptId, ModelId, NodeId } from "../../src-core/contract/ids.ts";
import type { RequestFacts } from "../../src-core/contract/route.ts";
import type { Breaker, Health } from "../../src-core/contract/wellbeing.ts";
import { closedBreaker } from "../../src-core/domain/breaker.ts";
import type { World } from "../../src-core/domain/world.ts";
import { aModel, aNode, aWorld, noon, someFacts } from "../support/builders.ts";
import type { Dice } from "./seeded.ts";

const names = ["m", "n", "big", "embed"] as const;
const gb = 1e9;
const why = fail("connect-failed", "refused");

const small = ["attic", "den", "shed", "loft", "barn"];
/** More nodes than a decision looks at one by one. */
const large = [...small, ...Array.from({ length: 17 }, (_, at) => `rack${at}`)];

export function aRandomWorld(dice: Dice, size: "small" | "large" = "small"): World {
  const ids = size === "large" ? large : small.slice(0, dice.between(0, small.length));
  const config: ConfigDocument = {
    nodes: ids.map((id) => ({ id: NodeId.parse(id), kind: "ollama" as const, url: `http://${id}.lan:11434` })),
    profiles: {
      coder: {
        chain: dice.pick([["big", "n", "m"], ["n"], ["quick", "big"]]),
        cloud: dice.chance(0.5),
        policy: dice.pick(["fastest", "biggest"]),
      },
      quick: { requires: "llm", prefer: dice.pick([["m*", "*"], ["n"], []]), ...(dice.chance(0.5) ? { fallback: "last" } : {}) },
      last: { chain: ["m"], minContextTokens: 8_000 },
    },
    policy: dice.pick(["balanced", "priority", "local-first", "fastest", "cheapest", "biggest", ["random"], ["weighted", "name"]]),
    cloud: { allowed: dice.chance(0.5) },
    requests: { queueDepth: dice.pick([0, 1, 50]) },
    catalogue: dice.some(names, 0.3).map((name) => ({
      model: ModelId.parse(name),
      pinnedOn: dice.some(ids, 0.3).map((id) => NodeId.parse(id)),
      ...(dice.chance(0.5) ? { cost: { input: dice.between(0, 3), output: dice.between(0, 9) } } : {}),
    })),
    ...(dice.chance(0.3) ? { budgets: [{ id: "all", tokens: dice.between(0, 5_000), per: "day" as const }] } : {}),
  };
  const spend = { all: { window: "2026-11-21", usd: 0, tokens: dice.between(0, 5_000), reservedUsd: 0, reservedTokens: 0 } };
  const paused = dice.chance(0.03) ? { paused: { until: null } } : {};
  return {
    ...aWorld(
      ids.map((id) => aRandomNode(id, dice)),
      config,
      { spend, ...paused },
    ),
    draw: dice.roll(),
  };
}

function aRandomNode(id: string, dice: Dice): Node {
  const models = dice.some(names, 0.7).map((name) => aRandomModel(name, dice));
  const known = models.map(({ id: model }) => model);
  return aNode(id, models, {
    enabled: dice.chance(0.95),
    place: dice.pick(["this-machine", "lan", "lan", "cloud"] as const),
    health: aHealth(dice),
    breaker: aBreaker(dice),
    can: { load: dice.chance(0.9), unload: true, loadsUnlisted: dice.chance(0.1), dialects: ["ollama", "openai"] },
    memory: dice.chance(0.5) ? { totalBytes: dice.between(4, 48) * gb } : {},
    seenAt: noon - dice.pick([1_000, 10_000, 1_000_000]),
    ...(dice.chance(0.6) ? { slots: dice.between(1, 3) } : {}),
    ...(dice.chance(0.1) ? { drained: true } : {}),
    ...(dice.chance(0.1) ? { passive: { state: dice.pick(["degraded", "unhealthy"] as const), failures: 4 } } : {}),
    ...(dice.chance(0.1) ? { demoted: 1 } : {}),
    ...(dice.chance(0.1) ? { pressure: { until: noon + dice.between(-5_000, 5_000), says: "out of memory" } } : {}),
    ...(dice.chance(0.3) ? { wakeMs: [dice.between(500, 90_000)] } : {}),
    ...(dice.chance(0.05) ? { quietUntil: noon + dice.between(-5_000, 5_000) } : {}),
    ...(dice.chance(0.05) ? { lent: { since: noon, until: dice.pick([null, noon + 5_000]) } } : {}),
    weight: dice.between(1, 5),
    inFlight: Object.fromEntries(known.filter(() => dice.chance(0.4)).map((model) => [model, dice.between(1, 3)])),
    figures: Object.fromEntries(
      known
        .filter(() => dice.chance(0.5))
        .map((model) => [model, { firstByteMs: dice.between(50, 3_000), tokensPerSecond: dice.between(1, 90), samples: 5 }]),
    ),
    history: Object.fromEntries(known.filter(() => dice.chance(0.5)).map((model) => [model, { ms: [dice.between(500, 60_000)] }])),
  });
}

function aRandomModel(name: string, dice: Dice): ModelEntry {
  return aModel(name, dice.pick(["cold", "cold", "warm", "warm", "warm", "loading", "sleeping", "unloading"] as const), {
    bytes: dice.between(1, 30) * gb,
    ...(dice.chance(0.3) ? { maxContextTokens: dice.pick([2_048, 8_192, 131_072]) } : {}),
    ...(dice.chance(0.5)
      ? { can: name === "embed" ? ["embedding"] : dice.some(["chat", "completion", "tools", "vision"] as const, 0.8) }
      : {}),
    ...(dice.chance(0.1)
      ? {
          setAside: {
            failure: dice.pick([fail("load-failed", "x"), fail("malformed-reply", "x")]),
            until: noon + dice.between(-9, 9) * 1_000,
            count: 1,
          },
        }
      : {}),
  });
}

function aHealth(dice: Dice): Health {
  return dice.pick<Health>([
    { state: "up", since: noon - 1 },
    { state: "up", since: noon - 1 },
    { state: "up", since: noon - 1 },
    { state: "unknown" },
    { state: "flapping", misses: 1, because: why },
    { state: "down", since: noon - 1, because: why },
    { state: "asleep", since: noon - 1, because: why },
    { state: "paused", because: dice.pick(["busy", "rate-limited", "misconfigured"] as const), says: "wait", until: noon + 5_000 },
  ]);
}

function aBreaker(dice: Dice): Breaker {
  const told = {
    openedAt: noon - dice.pick([1_000, 60_000]),
    trips: 1,
    because: "connect-failed" as const,
    says: dice.pick(["refused", "Opened by hand."]),
  };
  const other = dice.pick<Breaker>([
    { state: "closed", failures: [noon - 1], silentAt: noon - 1 },
    { state: "open", until: noon + dice.between(-30, 60) * 1_000, ...told },
    { state: "half-open", successes: 0, ...told },
    { state: "half-open", successes: 0, probe: AttemptId.parse("r0.1"), ...told },
  ]);
  return dice.chance(0.7) ? closedBreaker : other;
}

export function aRandomRequest(dice: Dice): RequestFacts {
  const task = dice.pick(["chat", "chat", "chat", "completion", "embedding"] as const);
  return someFacts(dice.pick(["m", "m", "n", "big", "embed", "M:latest", "nobody", "coder", "quick", "auto"]), {
    task,
    needs: dice.some(["vision", "tools"] as const, 0.1),
    promptTokens: dice.pick([10, 10, 5_000, 50_000]),
    deadline: noon + dice.pick([-1, 1_000, 600_000]),
    ...(dice.chance(0.1) ? { exclude: [NodeId.parse("attic")] } : {}),
    ...(dice.chance(0.1) ? { localOnly: true } : {}),
    ...(dice.chance(0.1) ? { profile: dice.pick(["coder", "quick"]) } : {}),
    ...(dice.chance(0.2) ? { dialect: "ollama" as const } : {}),
  });
}
