// The kinds of server that can be simulated: one row each. A new kind is a file of its own and a row here.
import { simulateAnthropic } from "./anthropic.ts";
import { simulateCortex } from "./cortex.ts";
import { simulateHomeport } from "./homeport.ts";
import type { KindParts, SimulatedServer } from "./kind.ts";
import { simulateLlamaRouter } from "./llama-router.ts";
import { simulateLlamaServer } from "./llama-server.ts";
import { simulateLlamaSwap } from "./llama-swap.ts";
import { simulateLmStudio } from "./lm-studio.ts";
import { simulateNeuron } from "./neuron.ts";
import { simulateOllama } from "./ollama.ts";
import { simulateOpenAi } from "./openai.ts";
import { simulateOpenAiCompatible } from "./openai-compatible.ts";
import type { SimulatedKind, SimulatedNodeOptions } from "./options.ts";
import type { ResidencyRules } from "./residency-rules.ts";
import { simulateVllm } from "./vllm.ts";

interface KindRow {
  readonly simulate: (parts: KindParts) => SimulatedServer;
  /** Requests at once per model, and models at once in memory, where the options name no other number. */
  readonly slots: number;
  readonly most: number;
  /** Its list is what it has in memory. */
  readonly warm?: true;
  /** Idle models sleep when the options say after how long. */
  readonly sleeps?: true;
}

const all = Number.POSITIVE_INFINITY;

export const kindRows: Readonly<Record<SimulatedKind, KindRow>> = {
  ollama: { simulate: simulateOllama, slots: 1, most: 3 },
  "llama-server": { simulate: simulateLlamaServer, slots: 2, most: 1, sleeps: true },
  "llama-server-router": { simulate: simulateLlamaRouter, slots: 2, most: 4, sleeps: true },
  "lm-studio": { simulate: simulateLmStudio, slots: 4, most: all },
  vllm: { simulate: simulateVllm, slots: 256, most: all, warm: true },
  "llama-swap": { simulate: simulateLlamaSwap, slots: 1, most: 1 },
  neuron: { simulate: simulateNeuron, slots: 1, most: all },
  cortex: { simulate: simulateCortex, slots: 8, most: all },
  homeport: { simulate: simulateHomeport, slots: 64, most: all },
  "openai-compatible": { simulate: simulateOpenAiCompatible, slots: 64, most: all, warm: true },
  openai: { simulate: simulateOpenAi, slots: 1_000, most: all, warm: true },
  anthropic: { simulate: simulateAnthropic, slots: 1_000, most: all, warm: true },
};

/** How a node with these options keeps its memory. */
export function rulesOf(options: SimulatedNodeOptions): ResidencyRules {
  const ollama = options.kind === "ollama";
  const { slots, most, sleeps } = kindRows[options.kind];
  return {
    slots: options.slots ?? slots,
    maxLoaded: options.maxLoaded ?? most,
    memoryBytes: options.memoryBytes ?? all,
    measuresMemory: ollama,
    loadDiesWithCaller: ollama,
    maxQueue: ollama ? options.maxQueue : all,
    keepAliveMs: ollama ? options.keepAliveMs : null,
    sleepIdleMs: sleeps === true ? options.sleepIdleMs : undefined,
    stopTimeoutMs: options.kind === "llama-server-router" ? 10_000 : undefined,
  };
}
