// Fetching a model to a node's disk, and deleting it there: what the settings let the window do, and what is shown of a fetch under way.
// Both change a machine for good, so both are off until a person turns them on (S-08).
import { z } from "zod";
import { Failure } from "./failure.ts";
import { ModelId, NodeId } from "./ids.ts";

export const ModelFiles = z
  .strictObject({
    pull: z.boolean().default(false).describe("The window may have nodes fetch models from their library."),
    remove: z.boolean().default(false).describe("The window may delete models from nodes."),
    atOnce: z.number().int().min(1).max(64).default(4).describe("Fetches at once in the whole house; on one node it is always one."),
  })
  .prefault({});
export type ModelFiles = z.infer<typeof ModelFiles>;

/** A model's name as a library knows it: also "hf.co/user/repo:quant". No address: what a node fetches from stays that node's own setting. */
export const PullName = ModelId.refine((name) => !/:\/\/|\.\.|[\s\\?#]/.test(name) && !name.startsWith("/"), {
  message: "a model's name as its library writes it, such as llama3.2:3b",
});

/**
 * One fetch. `failed` ones stay until they are tried again or dismissed; what succeeded is in the node's own list. Bytes are the node's own
 * figures and may grow as it learns of more parts; `fraction` never moves backwards (UX-27).
 */
export const Pull = z
  .object({
    node: NodeId,
    model: ModelId,
    state: z.enum(["waiting", "pulling", "failed"]),
    startedAt: z.number(),
    /** The node's own words for what it does. */
    stage: z.string().optional(),
    completedBytes: z.number().optional(),
    totalBytes: z.number().optional(),
    fraction: z.number().optional(),
    bytesPerSecond: z.number().optional(),
    failure: Failure.optional(),
  })
  .readonly();
export type Pull = z.infer<typeof Pull>;

/** Where a fetch stands in `Fleet.pulls`: there is never more than one of a model on a node. `key` is the model's canonical name. */
export function pullKey(node: NodeId, key: string): string {
  return `${node}/${key}`;
}

interface OfModelFile {
  readonly at: number;
  readonly node: NodeId;
  readonly model: ModelId;
}

/** What happened to models on the disks of nodes because a person asked for it. */
export type ModelFileEvent =
  | (OfModelFile & { readonly type: "pull-asked" })
  | (OfModelFile & {
      readonly type: "pull-progressed";
      readonly stage?: string | undefined;
      readonly completedBytes?: number | undefined;
      readonly totalBytes?: number | undefined;
      readonly bytesPerSecond?: number | undefined;
    })
  | (OfModelFile & { readonly type: "pull-finished"; readonly ms: number; readonly failure?: Failure | undefined })
  /** A person has seen that it failed. */
  | (OfModelFile & { readonly type: "pull-dismissed" })
  | (OfModelFile & { readonly type: "model-removed" });
