// What Ollama says, as far as we read it; everything else in its answers is left alone.
import { z } from "zod";
import type { Capability } from "../contract/node-kinds.ts";
import type { SightedModel, SightedResidency } from "../contract/sighting.ts";
import { listOf, modelIdOf, Positive, Strings, Word } from "./model-list.ts";

const Details = z
  .object({ family: Word, parameter_size: Word, quantization_level: Word, context_length: Positive })
  .optional()
  .catch(undefined);

const Tag = z.object({
  name: z.string(),
  size: Positive,
  digest: Word,
  details: Details,
  capabilities: Strings,
  remote_host: Word,
  remote_model: Word,
});
export type Tag = z.infer<typeof Tag>;

const Running = z.object({
  name: z.string(),
  size: z.number().optional().catch(undefined),
  size_vram: z.number().optional().catch(undefined),
  digest: Word,
  details: Details,
  expires_at: z.string().optional().catch(undefined),
  context_length: Positive,
});
export type Running = z.infer<typeof Running>;

/** An empty list may come as null, but never goes without being named. */
const none = z.null().transform(() => []);
export const Tags = z.object({ models: z.union([none, listOf(Tag)]) });
export const RunningList = z.object({ models: z.union([none, listOf(Running)]) });
export const Version = z.object({ version: z.string().max(100) });
export const Show = z.object({ capabilities: Strings });
export const Loaded = z.object({ error: z.string().optional() });

/** A pinned model shows a date in the twenty-fourth century. */
const foreverYear = 2300;

const capabilityNames: Readonly<Record<string, readonly Capability[]>> = {
  completion: ["chat", "completion"],
  embedding: ["embedding"],
  tools: ["tools"],
  vision: ["vision"],
  thinking: ["thinking"],
  insert: ["insert"],
  audio: ["audio"],
};

/** Ollama's words for what a model can do, in ours; unknown words are dropped. Undefined stays "not said". */
export function capabilitiesOf(names: readonly string[] | undefined): readonly Capability[] | undefined {
  return names === undefined || names.length === 0 ? undefined : [...new Set(names.flatMap((name) => capabilityNames[name] ?? []))];
}

/** True for a model that Ollama only passes on to somebody else's computer. */
export function isRemote(tag: Tag): boolean {
  return tag.remote_host !== undefined || tag.remote_model !== undefined;
}

/** Ollama's own rule for sameness of names: no case, and `:latest` understood. */
export function sameName(name: string): string {
  const lower = name.toLowerCase();
  return lower.slice(lower.lastIndexOf("/") + 1).includes(":") ? lower : `${lower}:latest`;
}

/** One model from what is installed and what is running; either may be missing. Undefined for a name that cannot be shown. */
export function sightedModel(
  tag: Tag | undefined,
  running: Running | undefined,
  can: readonly Capability[] | undefined,
): SightedModel | undefined {
  const id = modelIdOf(tag?.name ?? running?.name ?? "");
  if (id === undefined) return undefined;
  const details = tag?.details ?? running?.details;
  return {
    id,
    residency: running === undefined ? { state: "cold" } : warm(running),
    bytes: tag?.size,
    contextTokens: running?.context_length,
    maxContextTokens: details?.context_length,
    can,
    digest: tag?.digest ?? running?.digest,
    family: details?.family,
    parameters: details?.parameter_size,
    quantization: details?.quantization_level === "unknown" ? undefined : details?.quantization_level,
  };
}

function warm({ size, size_vram, expires_at }: Running): SightedResidency {
  return { state: "warm", bytes: sizeOf(size), vramBytes: sizeOf(size_vram), expiresAt: expiryOf(expires_at) };
}

/** Zero bytes of VRAM is an answer (all on the CPU); a negative size is none. */
function sizeOf(bytes: number | undefined): number | undefined {
  return bytes === undefined || !Number.isFinite(bytes) || bytes < 0 ? undefined : bytes;
}

function expiryOf(text: string | undefined): number | null | undefined {
  if (text === undefined) return undefined;
  if (Number(text.slice(0, 4)) > foreverYear) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}
