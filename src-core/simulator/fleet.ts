// Simulated nodes started together, and how Homeport is told of them: the demo homelab, or any number of mixed kinds.
import { NodeConfig } from "../contract/config.ts";
import type { NodeKind } from "../contract/node-kinds.ts";
import type { Clock } from "../engine/ports.ts";
import { demoNodes } from "./demo-nodes.ts";
import { type SimulatedNode, type StartOptions, startSimulatedNode } from "./node.ts";
import type { SimulatedKind } from "./options.ts";

/** A demo may run for days: remember only the newest requests. */
const demoKeeps = 200;

/** A simulated node and the configuration by which Homeport reaches it. */
export interface FleetMember {
  readonly config: NodeConfig;
  readonly simulated: SimulatedNode;
}

export interface SimulatedFleet {
  readonly nodes: readonly FleetMember[];
  stop(): Promise<void>;
}

/** The kind under which Homeport knows a simulated server. */
export function configKind(kind: SimulatedKind): NodeKind {
  return kind === "llama-server-router" ? "llama-server" : kind;
}

/** How Homeport is told of a simulated node. */
export function configOf(simulated: SimulatedNode, id: string): NodeConfig {
  const { name, devices, slots, place = "lan" } = simulated.options;
  const told = { ...(name === undefined ? {} : { name }), ...(slots === undefined ? {} : { slots }) };
  return NodeConfig.parse({ id, kind: configKind(simulated.kind), url: simulated.url, ...told, place, devices: [...devices] });
}

/** Starts several nodes; when one cannot start, none is left running. */
export async function startFleet(described: readonly (StartOptions & { readonly id: string })[]): Promise<SimulatedFleet> {
  const started = await Promise.allSettled(described.map((options) => startSimulatedNode(options)));
  const running = started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const stop = async () => {
    await Promise.all(running.map((node) => node.stop()));
  };
  const failed = started.find((result) => result.status === "rejected");
  if (failed !== undefined) {
    await stop();
    throw failed.reason instanceof Error ? failed.reason : new Error(String(failed.reason));
  }
  const nodes = running.map((simulated, index) => ({
    config: configOf(simulated, described[index]?.id ?? `node-${index + 1}`),
    simulated,
  }));
  return { nodes, stop };
}

/** Starts the demo homelab on free loopback ports. */
export function startDemoFleet(clock?: Clock): Promise<SimulatedFleet> {
  return startFleet(demoNodes.map((node) => ({ ...node, keeps: demoKeeps, ...(clock === undefined ? {} : { clock }) })));
}

/**
 * Descriptions of `count` nodes of mixed kinds: the demo's own, then copies of them under new names. `models`: so many on each that can have
 * several, its own and then more of the house's names.
 */
export function mixedNodes(count: number, models?: number): readonly (StartOptions & { readonly id: string })[] {
  return Array.from({ length: count }, (_, index) => {
    const pattern = demoNodes[index % demoNodes.length];
    if (pattern === undefined) throw new Error("The demo has no nodes.");
    const round = Math.floor(index / demoNodes.length);
    const filled = { ...pattern, models: filledUp(pattern, models), keeps: demoKeeps };
    return round === 0 ? filled : { ...filled, id: `${pattern.id}-${round + 1}`, name: `${pattern.name} ${round + 1}` };
  });
}

/** A llama-server that is no router has one model whatever is asked for. */
function filledUp({ kind, models: own }: Pick<StartOptions, "kind" | "models">, wanted: number | undefined): StartOptions["models"] {
  if (wanted === undefined || kind === "llama-server") return own;
  const first = own[0];
  if (first === undefined) return own;
  const more = Array.from({ length: Math.max(0, wanted - own.length) }, (_, index) => {
    const name = `${families[index % families.length]}${1 + Math.floor(index / families.length)}:${sizes[index % sizes.length]}b`;
    return { ...first, name, warm: false };
  });
  return [...own.slice(0, wanted), ...more];
}

const families = ["qwen", "llama", "gemma", "mistral", "phi", "granite", "olmo"] as const;
const sizes = ["1", "3", "8", "14", "27", "32"] as const;
