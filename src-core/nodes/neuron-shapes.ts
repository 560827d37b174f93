// What a neuron says of its machine and its models, as far as we read it. Extra fields may appear and every field may be missing (apis.md 7): an
// early neuron knows only discovery, health, models, load, unload and endpoint.
import { z } from "zod";
import type { Hindrance, Memory } from "../contract/fleet.ts";
import type { Capability } from "../contract/node-kinds.ts";
import type { SightedModel, SightedResidency } from "../contract/sighting.ts";
import { listOf, modelIdOf, Positive, Strings, Word } from "./model-list.ts";

const bytesPerMebibyte = 1024 * 1024;
const Count = z.number().min(0).optional().catch(undefined);
const Flag = z.boolean().optional().catch(undefined);

export const Discovery = z.object({
  /** `memory` is Homeport's own word: real neurons have graphics devices only, and put nothing beside them. */
  devices: listOf(z.object({ vram_total_mb: Count, memory: Word })).catch([]),
  harnesses: Strings,
  max_prompt_tokens: Positive,
});
export type Discovery = z.infer<typeof Discovery>;

const ModelHealth = z.object({ id: z.string(), max_in_flight: Positive });

export const NeuronHealth = z.object({
  devices: listOf(z.object({ vram_used_mb: Count })).catch([]),
  models: listOf(ModelHealth).catch([]),
});
export type NeuronHealth = z.infer<typeof NeuronHealth>;

const Listed = z.object({
  id: z.string(),
  harness: Word,
  status: Word,
  vram_used_mb: Count,
  capabilities: Strings,
  limit: z.object({ context: Positive }).optional().catch(undefined),
  tool_call: Flag,
  reasoning: Flag,
  servable: z.object({ ok: z.boolean(), reason: Word, detail: Word }).optional().catch(undefined),
});
export type Listed = z.infer<typeof Listed>;

/** A bare array. */
export const NeuronList = listOf(Listed);
export const Endpoint = z.object({ url: z.string() });
export const LoadError = z.object({ error: z.object({ kind: z.string() }) });

/** Memory of all devices together; nothing where it says nothing. */
export function memoryOf(discovery: Discovery | undefined, health: NeuronHealth | undefined): Memory | undefined {
  const totalBytes = sumOf(discovery?.devices.map(({ vram_total_mb }) => vram_total_mb));
  const usedBytes = sumOf(health?.devices.map(({ vram_used_mb }) => vram_used_mb));
  if (totalBytes === undefined && usedBytes === undefined) return undefined;
  const limit = limitOf(discovery?.devices.map(({ memory }) => memory));
  return {
    ...(limit === undefined ? {} : { limit }),
    ...(totalBytes === undefined ? {} : { totalBytes, totalSource: "node" as const }),
    ...(usedBytes === undefined ? {} : { usedBytes, usedSource: "node" as const }),
  };
}

/** A worker tells where its runtimes' models live: beside a graphics device there is the system's memory, and alone it decides nothing. */
function limitOf(told: readonly (string | undefined)[] = []): Memory["limit"] {
  if (told.length > 0 && told.every((memory) => memory === "system")) return "none";
  return told.some((memory) => memory === "device" || memory === "unified") ? "soft" : undefined;
}

export function sightedModel(listed: Listed, discovery: Discovery | undefined, health: NeuronHealth | undefined): SightedModel | undefined {
  const id = modelIdOf(listed.id);
  if (id === undefined) return undefined;
  const contextTokens = listed.limit?.context ?? discovery?.max_prompt_tokens;
  return {
    id,
    residency: residencyOf(listed),
    maxContextTokens: contextTokens,
    can: capabilitiesOf(listed),
    slots: health?.models.find((model) => model.id === listed.id)?.max_in_flight,
    hindrance: hindranceOf(listed),
  };
}

/** An unknown word means loaded (source-systems.md 4.7). */
function residencyOf({ status, vram_used_mb }: Listed): SightedResidency {
  switch (status) {
    case "unloaded":
      return { state: "cold" };
    case "reloading":
    case "recovering":
      return { state: "loading" };
    default:
      return vram_used_mb === undefined ? { state: "warm" } : { state: "warm", vramBytes: vram_used_mb * bytesPerMebibyte };
  }
}

/** Loaded and yet not to be asked, or on its way back. Absence of a word on it is none (apis.md 7). */
function hindranceOf({ status, servable }: Listed): Hindrance | null {
  if (status === "recovering") return { is: "recovering", says: "it is recovering" };
  if (servable === undefined || servable.ok) return null;
  return {
    is: "not-servable",
    says: [servable.reason, servable.detail].filter((word) => word !== undefined).join(": ") || "it cannot serve it now",
  };
}

const words: Readonly<Record<string, readonly Capability[]>> = {
  text: ["chat", "completion"],
  chat: ["chat", "completion"],
  tools: ["tools"],
  tool_call: ["tools"],
  vision: ["vision"],
  reasoning: ["thinking"],
  thinking: ["thinking"],
  embedding: ["embedding"],
  embeddings: ["embedding"],
  rerank: ["rerank"],
  audio: ["audio"],
};

/** Undefined where it does not say. */
export function capabilitiesOf({ capabilities, tool_call, reasoning }: Pick<Listed, "capabilities" | "tool_call" | "reasoning">) {
  if (capabilities === undefined) return undefined;
  const can = new Set(capabilities.flatMap((word) => (Object.hasOwn(words, word) ? (words[word] ?? []) : [])));
  if (tool_call === true) can.add("tools");
  if (reasoning === true) can.add("thinking");
  return [...can];
}

function sumOf(mebibytes: readonly (number | undefined)[] | undefined): number | undefined {
  const told = (mebibytes ?? []).filter((one) => one !== undefined);
  return told.length === 0 ? undefined : told.reduce((sum, one) => sum + one, 0) * bytesPerMebibyte;
}
