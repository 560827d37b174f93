// The demo: a believable homelab of five machines, one of them flaky, so that anyone can try Homeport without a model server.
import { NodeConfig } from "../contract/config.ts";
import type { NodeKind } from "../contract/fleet.ts";
import type { Clock } from "../engine/ports.ts";
import { type SimulatedNode, type StartOptions, startSimulatedNode } from "./node.ts";
import type { SimulatedKind } from "./options.ts";

const gigabyte = 1_000_000_000;
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

type DemoNode = Omit<StartOptions, "clock" | "keeps"> & { readonly id: string; readonly name: string };

const can = {
  chat: ["completion", "tools"],
  thinks: ["completion", "tools", "thinking"],
  sees: ["completion", "tools", "vision"],
  embeds: ["embedding"],
} as const;

const demoNodes: readonly DemoNode[] = [
  {
    id: "studio",
    name: "Studio (Mac, 64 GB)",
    kind: "ollama",
    memoryBytes: 52 * gigabyte,
    devices: [{ name: "M2 Max, unified", memoryBytes: 52 * gigabyte }],
    slots: 2,
    keepAliveMs: 1_800_000,
    defaultContextTokens: 16_384,
    models: [
      model("qwen3:32b", 20.2, 40_960, 14_000, 21, can.thinks, { parameters: "32.8B", family: "qwen3" }),
      model("llama3.3:70b", 42.5, 131_072, 36_000, 9, can.chat, { parameters: "70.6B", family: "llama" }),
      model("gemma3:27b", 17.4, 131_072, 11_000, 24, can.sees, { parameters: "27.4B", family: "gemma3" }),
      model("gemma3:4b", 3.3, 131_072, 2500, 88, can.sees, { parameters: "4.3B", family: "gemma3", warm: true }),
      model("nomic-embed-text", 0.27, 2048, 600, 0, can.embeds, { parameters: "137M", family: "nomic-bert", quantization: "F16" }),
    ],
  },
  {
    id: "beast",
    name: "Beast (2 × RTX, 24 GB each)",
    kind: "llama-server-router",
    memoryBytes: 48 * gigabyte,
    devices: [
      { name: "RTX 3090 #0", memoryBytes: 24 * gigabyte },
      { name: "RTX 3090 #1", memoryBytes: 24 * gigabyte },
    ],
    slots: 4,
    maxLoaded: 3,
    models: [
      model("qwen3-coder-30b-a3b", 18.6, 262_144, 9000, 120, can.chat, { parameters: "30.5B", warm: true }),
      model("llama-3.3-70b-instruct", 42.5, 131_072, 38_000, 17, can.chat, { parameters: "70.6B" }),
      model("mistral-small-3.2-24b", 14.3, 131_072, 8000, 46, can.sees, { parameters: "23.6B" }),
      model("gpt-oss-20b", 12.1, 131_072, 6000, 140, can.thinks, { parameters: "20.9B", quantization: "MXFP4" }),
      model("qwen3-embedding-4b", 4.3, 32_768, 2500, 0, can.embeds, { parameters: "4.0B", quantization: "Q8_0" }),
    ],
  },
  {
    id: "attic",
    name: "Attic (mini PC)",
    kind: "ollama",
    memoryBytes: 12 * gigabyte,
    models: [
      model("llama3.2:3b", 2.0, 131_072, 5000, 14, can.chat, { parameters: "3.2B", vramBytes: 0 }),
      model("qwen3:4b", 2.6, 40_960, 6500, 11, can.thinks, { parameters: "4.0B", family: "qwen3", vramBytes: 0 }),
      model("gemma3:4b", 3.3, 131_072, 7500, 10, can.sees, { parameters: "4.3B", family: "gemma3", vramBytes: 0 }),
      model("nomic-embed-text", 0.27, 2048, 900, 0, can.embeds, { parameters: "137M", family: "nomic-bert", vramBytes: 0 }),
    ],
  },
  {
    id: "shed",
    name: "Shed (old gaming PC)",
    kind: "llama-server",
    devices: [{ name: "RTX 2070", memoryBytes: 8 * gigabyte }],
    slots: 2,
    // Somebody unplugs it now and then: shows a node go down, come back and load.
    dropsEveryMs: 240_000,
    dropsForMs: 35_000,
    models: [model("phi-4-mini", 2.5, 131_072, 12_000, 38, can.chat, { parameters: "3.8B", warm: true })],
  },
  {
    id: "workshop",
    name: "Workshop (vLLM)",
    kind: "openai-compatible",
    models: [model("Qwen/Qwen3-8B", 16.4, 40_960, 0, 65, can.chat, { parameters: "8.2B", quantization: "BF16" })],
  },
];

function model(
  name: string,
  gigabytes: number,
  contextTokens: number,
  loadMs: number,
  tokensPerSecond: number,
  capabilities: StartOptions["models"][number]["capabilities"],
  more: Partial<StartOptions["models"][number]>,
): StartOptions["models"][number] {
  const bytes = Math.round(gigabytes * gigabyte);
  const residentBytes = Math.round(bytes * 1.12);
  return { name, bytes, residentBytes, contextTokens, loadMs, tokensPerSecond, capabilities, firstTokenMs: 250, ...more };
}

const configKind: Readonly<Record<SimulatedKind, NodeKind>> = {
  ollama: "ollama",
  "llama-server": "llama-server",
  "llama-server-router": "llama-server",
  "openai-compatible": "openai-compatible",
};

/** How Homeport is told of a simulated node. */
export function configOf(simulated: SimulatedNode, id: string): NodeConfig {
  const { name, devices, slots } = simulated.options;
  const told = { ...(name === undefined ? {} : { name }), ...(slots === undefined ? {} : { slots }) };
  return NodeConfig.parse({ id, kind: configKind[simulated.kind], url: simulated.url, ...told, place: "lan", devices: [...devices] });
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

/** Descriptions of `count` nodes of mixed kinds: the demo's own, then copies of them under new names. */
export function mixedNodes(count: number): readonly (StartOptions & { readonly id: string })[] {
  return Array.from({ length: count }, (_, index) => {
    const pattern = demoNodes[index % demoNodes.length];
    if (pattern === undefined) throw new Error("The demo has no nodes.");
    const round = Math.floor(index / demoNodes.length);
    if (round === 0) return { ...pattern, keeps: demoKeeps };
    return { ...pattern, id: `${pattern.id}-${round + 1}`, name: `${pattern.name} ${round + 1}`, keeps: demoKeeps };
  });
}
