// The kinds of node there are: one row each. A new kind is a file of its own and a row here.
import type { NodeKinds } from "../engine/ports.ts";
import { anthropicAbilities, createAnthropic } from "./anthropic.ts";
import { cortexAbilities, createCortex } from "./cortex.ts";
import { createHomeport, homeportAbilities } from "./homeport.ts";
import { createLlamaServer, llamaServerAbilities } from "./llama-server.ts";
import { createLlamaSwap, llamaSwapAbilities } from "./llama-swap.ts";
import { createLmStudio, lmStudioAbilities } from "./lm-studio.ts";
import { createNatsWorker, natsWorkerAbilities } from "./nats-worker.ts";
import { createNeuron, neuronAbilities } from "./neuron.ts";
import { createOllama, ollamaAbilities } from "./ollama.ts";
import { createOpenAi, openAiAbilities } from "./openai.ts";
import { createOpenAiCompatible, openAiCompatibleAbilities } from "./openai-compatible.ts";
import { createVllm, vllmAbilities } from "./vllm.ts";

export const nodeKinds: NodeKinds = {
  ollama: { abilities: ollamaAbilities, create: createOllama },
  "llama-server": { abilities: llamaServerAbilities, create: createLlamaServer },
  "lm-studio": { abilities: lmStudioAbilities, create: createLmStudio },
  vllm: { abilities: vllmAbilities, create: createVllm },
  "llama-swap": { abilities: llamaSwapAbilities, create: createLlamaSwap },
  neuron: { abilities: neuronAbilities, create: createNeuron },
  cortex: { abilities: cortexAbilities, create: createCortex },
  homeport: { abilities: homeportAbilities, create: createHomeport },
  "nats-worker": { abilities: natsWorkerAbilities, create: createNatsWorker },
  "openai-compatible": { abilities: openAiCompatibleAbilities, create: createOpenAiCompatible },
  openai: { abilities: openAiAbilities, create: createOpenAi },
  anthropic: { abilities: anthropicAbilities, create: createAnthropic },
};
