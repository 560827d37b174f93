// What llama-server says of itself and its models, alone or as a router, as far as we read it.
import { z } from "zod";
import type { Capability } from "../contract/node-kinds.ts";
import type { SightedModel, SightedResidency } from "../contract/sighting.ts";
import { aliasesOf, listOf, modelIdOf, Positive, Strings, Word } from "./model-list.ts";

const Flag = z.boolean().optional().catch(undefined);

export const Props = z.object({
  role: Word,
  build_info: Word,
  total_slots: Positive,
  is_sleeping: Flag,
  modalities: z.object({ vision: Flag, audio: Flag }).optional().catch(undefined),
  default_generation_settings: z.object({ n_ctx: Positive }).optional().catch(undefined),
});
export type Props = z.infer<typeof Props>;

const Status = z.object({ value: z.string(), args: Strings, failed: Flag, exit_code: z.number().optional().catch(undefined) });

const Listed = z.object({
  id: z.string(),
  aliases: Strings,
  owned_by: Word,
  context_length: Positive,
  meta: z.object({ n_ctx: Positive, n_ctx_train: Positive, size: Positive, ftype: Word }).optional().catch(undefined),
  architecture: z.object({ input_modalities: Strings }).optional().catch(undefined),
  status: Status.optional().catch(undefined),
  can_remove: Flag,
});
export type Listed = z.infer<typeof Listed>;

export const ModelList = z.object({ data: listOf(Listed) });

/** One line of the router's event stream. Both spellings of the stage were seen (apis.md 4.2). */
export const RouterEvent = z.object({
  model: z.string(),
  event: z.string().optional(),
  data: z
    .object({
      status: z.string().optional(),
      progress: z
        .object({ stages: Strings, current: Word, stage: Word, value: z.number().optional().catch(undefined) })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});
export type RouterEvent = z.infer<typeof RouterEvent>;

/** True for a list that only llama-server or its router writes. */
export function isLlamaServerList(models: readonly Listed[]): boolean {
  return models.some(({ owned_by }) => owned_by === "llamacpp");
}

/**
 * What a model there can do. It takes tools and completions with any chat model; what it does not tell beforehand (embeddings, reranking) counts
 * as possible until it refused once, for a refusal of ours would be an invented one.
 */
export function capabilitiesOf(listed: Listed, props: Props | undefined, refused: ReadonlySet<Capability>): readonly Capability[] {
  const inputs = listed.architecture?.input_modalities;
  const args = listed.status?.args;
  const can: Capability[] = ["chat", "completion", "tools", "insert"];
  if (args === undefined || args.some((arg) => /^--embeddings?$/.test(arg))) can.push("embedding");
  if (args === undefined || args.some((arg) => /^--rerank(?:ing)?$/.test(arg))) can.push("rerank");
  if (props?.modalities?.vision ?? inputs?.includes("image")) can.push("vision");
  if (props?.modalities?.audio ?? inputs?.includes("audio")) can.push("audio");
  return can.filter((capability) => !refused.has(capability));
}

/** One model of a list. `n_ctx` is the context of one slot, which is what one request may fill. */
export function sightedModel(
  listed: Listed,
  residency: SightedResidency,
  props: Props | undefined,
  refused: ReadonlySet<Capability>,
): SightedModel | undefined {
  const id = modelIdOf(listed.id);
  if (id === undefined) return undefined;
  return {
    id,
    residency,
    bytes: listed.meta?.size,
    contextTokens: listed.meta?.n_ctx ?? props?.default_generation_settings?.n_ctx,
    maxContextTokens: listed.meta?.n_ctx_train ?? listed.context_length,
    can: capabilitiesOf(listed, props, refused),
    slots: props?.total_slots ?? parallelOf(listed.status?.args),
    quantization: listed.meta?.ftype,
    aliases: aliasesOf(listed.aliases, id),
  };
}

/** The router's words for where a model is. Files being fetched are not in memory. */
export function residencyOf(listed: Listed): SightedResidency {
  switch (listed.status?.value) {
    case "loaded":
      return { state: "warm" };
    case "loading":
      return { state: "loading" };
    case "sleeping":
      return { state: "sleeping" };
    default:
      return { state: "cold" };
  }
}

function parallelOf(args: readonly string[] | undefined): number | undefined {
  const at = args?.findIndex((arg) => arg === "--parallel" || arg === "-np") ?? -1;
  const slots = Number(args?.[at + 1]);
  return at >= 0 && Number.isInteger(slots) && slots > 0 ? slots : undefined;
}
