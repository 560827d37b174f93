// A random house, random requests, faults and steps of time, and every promise of reliability.md 7 that was broken in it.
import type { ConfigDocument } from "../../src-core/contract/config.ts";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import type { Asked } from "./house.ts";
import { House, type HousePlan } from "./house.ts";
import { faults, type ScriptedModel } from "./scripted-node.ts";
import type { Dice } from "./seeded.ts";

const names = ["m", "n", "big", "embed"] as const;
const gb = 1e9;

/** A house of one to four nodes, with whatever a person might have configured. */
export function aPlan(dice: Dice): HousePlan {
  const ids = ["attic", "den", "shed", "loft"].slice(0, dice.between(1, 4));
  const nodes = ids.map((id) => ({
    id: NodeId.parse(id),
    kind: "ollama" as const,
    url: `http://${id}.lan:11434`,
    place: dice.pick(["this-machine", "lan", "lan", "cloud"] as const),
    ...(dice.chance(0.7) ? { slots: dice.between(1, 3) } : {}),
    ...(dice.chance(0.5) ? { devices: [{ memoryBytes: dice.between(6, 30) * gb }] } : {}),
  }));
  const models = Object.fromEntries(ids.map((id) => [id, dice.some(names, 0.85).map((name) => aModelOf(name, dice))]));
  const document: ConfigDocument = {
    nodes,
    profiles: {
      coder: { chain: ["big", "n", "m"].slice(dice.between(0, 1)), timeoutMs: 2_000, deadlineMs: 40_000, cloud: dice.chance(0.5) },
      quick: { chain: ["m"], fallback: "coder" },
    },
    aliases: { "gpt-4": "quick" },
    agents: { planner: { profile: "coder", fallback: "quick" } },
    defaultProfile: "quick",
    policy: dice.pick(["balanced", "priority", "local-first", "fastest", "cheapest", "biggest"] as const),
    cloud: { allowed: dice.chance(0.5) },
    requests: { queueDepth: dice.pick([0, 2, 50]), maxAttempts: dice.between(1, 4), deadlineSeconds: 60 },
    breaker: { failures: dice.between(1, 4), openSeconds: dice.between(5, 60), windowSeconds: 60 },
    ...(dice.chance(0.3) ? { budgets: [{ id: "all", tokens: dice.between(1, 20_000), per: "day" as const }] } : {}),
    ...(dice.chance(0.3) ? { catalogue: [{ model: ModelId.parse("big"), pinnedOn: [NodeId.parse(dice.pick(ids))] }] } : {}),
    affinity: { enabled: dice.chance(0.7), ttlSeconds: 60 },
  };
  return { document, models };
}

function aModelOf(name: string, dice: Dice): ScriptedModel {
  const loads = dice.pick(["well", "well", "well", "well", "fails", "out-of-memory", "stalls"] as const);
  return { name, bytes: dice.between(1, 12) * gb, loadMs: dice.between(10, 20_000), loads };
}

function ask(house: House, dice: Dice): void {
  const embedding = dice.chance(0.15);
  const model = embedding ? "embed" : dice.pick(["m", "m", "m", "n", "big", "M:latest", "nobody", "coder", "quick", "auto", "gpt-4"]);
  house.ask(model, {
    task: embedding ? "embedding" : "chat",
    path: embedding ? "/v1/embeddings" : "/v1/chat/completions",
    stream: !embedding && dice.chance(0.6),
    deadline: house.clock.now() + dice.between(1_000, 90_000),
    client: dice.pick(["laptop", "server"]),
    lane: dice.pick(["interactive", "batch"] as const),
    ...(dice.chance(0.3) ? { conversation: dice.pick(["c1", "c2", "c3"]) } : {}),
    ...(dice.chance(0.1) ? { exclude: [NodeId.parse("attic")] } : {}),
    ...(dice.chance(0.1) ? { localOnly: true } : {}),
    ...(dice.chance(0.1) ? { agent: "planner" } : {}),
    ...(dice.chance(0.1) ? { contextTokens: 8_192 } : {}),
  });
}

/** One thing that happens in it. */
export async function move(house: House, dice: Dice): Promise<void> {
  const node = dice.pick([...house.nodes.values()]);
  const id = NodeId.parse(dice.pick([...house.nodes.keys()]));
  const at = house.clock.now();
  const what = dice.roll();
  if (what < 0.45) for (let many = dice.between(1, 4); many > 0; many -= 1) ask(house, dice);
  else if (what < 0.53) house.asked[dice.between(0, house.asked.length)]?.reply.leave();
  else if (what < 0.63) node.fault = dice.pick(faults);
  else if (what < 0.69) node.fault = undefined;
  else if (what < 0.73) node.alive = !node.alive;
  else if (what < 0.75) house.engine.store.record({ type: "breaker-tripped", at, node: id });
  else if (what < 0.77) house.engine.store.record({ type: "breaker-try-now", at, node: id });
  else if (what < 0.79) node.warm.clear();
  else if (what < 0.8) house.engine.store.record({ type: "routing-paused", at, until: at + 3_000 });
  else if (what < 0.81) await reconfigure(house, dice);
  await house.pass(dice.pick([0, 1, 50, 500, 3_000, 20_000]));
}

/** A node is switched off or on, as a person does it. */
async function reconfigure(house: House, dice: Dice): Promise<void> {
  const which = dice.pick([...house.nodes.keys()]);
  const nodes = house.config.current().nodes.map((node) => (node.id === which ? { ...node, enabled: !node.enabled } : node));
  await house.config.update((document) => ({ ...document, nodes }));
}

/** After everything has healed and ended. */
function brokenAtRest(house: House): string[] {
  const broken: string[] = [...house.watch.broken, ...house.bugs.map((bug) => `bug: ${bug}`)];
  for (const one of house.asked) broken.push(...brokenIn(one, house));
  for (const node of house.nodes.values()) {
    broken.push(...node.broken);
    if (node.open.length > 0) broken.push(`I6: a node still answers ${node.open.map(({ request }) => request).join()}`);
  }
  for (const node of Object.values(house.engine.fleet.nodes))
    if (Object.keys(node.inFlight).length > 0) broken.push(`I6: ${node.id} has ${JSON.stringify(node.inFlight)} in flight at rest`);
  for (const [budget, { reservedTokens, reservedUsd }] of Object.entries(house.engine.fleet.spend ?? {}))
    if (reservedTokens !== 0 || Math.abs(reservedUsd) > 1e-9)
      broken.push(`the budget ${budget} has ${reservedTokens} tokens set aside at rest`);
  return broken;
}

function brokenIn({ facts, reply }: Asked, house: House): string[] {
  const broken = [...reply.broken];
  const finished = house.watch.requests.get(facts.id)?.finished;
  if (finished === undefined) return [...broken, `I1: ${facts.id} never ended`];
  if (reply.left ? reply.endings > 0 : reply.endings !== 1) broken.push(`I1, I10: ${facts.id} was told ${reply.endings} ends`);
  const tags = new Set(reply.text.match(/<[^>]+>/g));
  if (tags.size > 1) broken.push(`I2: ${facts.id} has bytes of ${[...tags].join()}`);
  const terminated = reply.text.includes("[DONE]") || reply.text.includes('"finish_reason":"stop"');
  const errored = reply.text.includes('"error"');
  if (finished.outcome === "ok" && !reply.left && (!terminated || errored))
    broken.push(`I3: ${facts.id} is called a success: ${reply.text}`);
  if (finished.outcome === "incomplete" && reply.text.includes("[DONE]")) broken.push(`I3: ${facts.id} is incomplete and says [DONE]`);
  return broken;
}

/** I4 at the nodes: what they have open for one request. */
function openTwice(house: House): string[] {
  const open = [...house.nodes.values()].flatMap((node) => node.open.map(({ request }) => request));
  return open.filter((request, at) => open.indexOf(request) !== at).map((request) => `I4: two nodes answer ${request}`);
}

/** Lives one random life of a house to its end. Returns what was broken. */
export async function livedThrough(dice: Dice): Promise<string[]> {
  const house = new House(aPlan(dice), dice);
  await house.settle();
  const broken: string[] = [];
  for (let moves = dice.between(5, 40); moves > 0; moves -= 1) {
    await move(house, dice);
    broken.push(...openTwice(house));
  }
  for (const node of house.nodes.values()) {
    node.fault = undefined;
    node.alive = true;
  }
  await house.rest();
  broken.push(...brokenAtRest(house));
  await house.stop();
  return broken;
}
