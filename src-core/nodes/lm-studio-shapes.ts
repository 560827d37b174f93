// What LM Studio says of its models, as far as we read it: the native list (0.4 and later) with every loaded instance, and the older one.
import { z } from "zod";
import type { Capability } from "../contract/node-kinds.ts";
import type { SightedModel } from "../contract/sighting.ts";
import { aliasesOf, listOf, modelIdOf, Positive, Strings, Word } from "./model-list.ts";

const Flag = z.boolean().optional().catch(undefined);

const Instance = z.object({
  id: z.string(),
  config: z.object({ context_length: Positive, parallel: Positive }).optional().catch(undefined),
});
type Instance = z.infer<typeof Instance>;

const Listed = z.object({
  key: z.string(),
  type: Word,
  architecture: Word,
  quantization: z.object({ name: Word }).optional().catch(undefined),
  size_bytes: Positive,
  params_string: Word,
  loaded_instances: listOf(Instance).catch([]),
  max_context_length: Positive,
  capabilities: z.object({ vision: Flag, reasoning: z.unknown().optional() }).optional().catch(undefined),
});
/** A model of the native list. */
export type Listed = z.infer<typeof Listed>;

export const NativeList = z.object({ models: listOf(Listed) });

const Older = z.object({
  id: z.string(),
  type: Word,
  arch: Word,
  quantization: Word,
  state: z.string(),
  max_context_length: Positive,
  loaded_context_length: Positive,
  capabilities: Strings,
});
/** A model of the list of LM Studio 0.3. */
export type Older = z.infer<typeof Older>;

export const OlderList = z.object({ data: listOf(Older) });

/** The answer to a load or an unload. Some versions answer 200 to what they refuse: only these fields are a success. */
export const LoadAnswer = z.object({ instance_id: z.string() });

/** One event of the native chat stream. */
export const ChatEvent = z.object({
  type: z.string(),
  progress: z.number().optional().catch(undefined),
  error: z.object({ type: Word, message: z.string() }).optional().catch(undefined),
});
export type ChatEvent = z.infer<typeof ChatEvent>;

/** The instance that requests go to: the one with the model's own name, else the first. */
export function instanceOf({ key, loaded_instances }: Listed): Instance | undefined {
  return loaded_instances.find(({ id }) => id === key) ?? loaded_instances[0];
}

/**
 * A model under the name that reaches what is loaded: by its key alone, a request for a model that was loaded under another name would load a
 * second copy. The key stays its alias.
 */
export function sightedModel(listed: Listed): SightedModel | undefined {
  const instance = instanceOf(listed);
  const id = modelIdOf(instance?.id ?? listed.key);
  if (id === undefined) return undefined;
  return {
    id,
    residency: { state: instance === undefined ? "cold" : "warm" },
    bytes: listed.size_bytes,
    contextTokens: instance?.config?.context_length,
    maxContextTokens: listed.max_context_length,
    can: capabilitiesOf(listed),
    slots: instance?.config?.parallel,
    family: listed.architecture,
    parameters: listed.params_string,
    quantization: listed.quantization?.name,
    aliases: aliasesOf([listed.key, ...listed.loaded_instances.map((one) => one.id)], id),
  };
}

/** One model of the older list. */
export function sightedOlder(listed: Older): SightedModel | undefined {
  const id = modelIdOf(listed.id);
  if (id === undefined) return undefined;
  const chat: readonly Capability[] = ["chat", "completion", "tools"];
  return {
    id,
    residency: { state: listed.state === "loaded" ? "warm" : "cold" },
    contextTokens: listed.loaded_context_length,
    maxContextTokens: listed.max_context_length,
    can: listed.type === "embeddings" ? ["embedding"] : listed.type === "vlm" ? [...chat, "vision"] : chat,
    family: listed.arch,
    quantization: listed.quantization,
  };
}

/** Undefined where it does not say. Tools are taken with any chat model; `trained_for_tool_use` tells only how well. */
function capabilitiesOf({ type, capabilities }: Listed): readonly Capability[] | undefined {
  if (type === "embedding") return ["embedding"];
  if (type !== "llm" || capabilities === undefined) return undefined;
  const can: Capability[] = ["chat", "completion", "tools"];
  if (capabilities.vision === true) can.push("vision");
  if (capabilities.reasoning !== undefined && capabilities.reasoning !== null && capabilities.reasoning !== false) can.push("thinking");
  return can;
}
