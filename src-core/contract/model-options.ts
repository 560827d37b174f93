// What a person wants of one model, whoever loads it: shown first, kept in memory on certain nodes, unloaded after a while without use; and what a load
// would mean on each node, told before anybody loads. Window, tray, clients and schedule load with the same saved options (UX-03).
import { z } from "zod";
import { ModelId, NodeId } from "./ids.ts";
import { MemoryVerdict } from "./route.ts";

/** Minutes without a request after which the node unloads it; "never": it stays. */
export const UnloadAfter = z.union([z.number().int().min(1).max(10_080), z.literal("never")]);
export type UnloadAfter = z.infer<typeof UnloadAfter>;

/** One model's options as they are written. Its context stands in the catalogue, where requests look for it too. */
export const ModelOptions = z.strictObject({
  model: ModelId,
  pinned: z.boolean().default(false).describe("Shown first in the list of models and in the tray's."),
  unloadAfterMinutes: UnloadAfter.optional().describe(
    "Minutes without use after which its server unloads it, or never; the server's own time when absent. For servers that take such a wish.",
  ),
  keptOn: z
    .array(NodeId)
    .max(1000)
    .default([])
    .describe("Kept in memory on these nodes: never displaced by other models, and loaded again when it is gone."),
});
export type ModelOptions = z.infer<typeof ModelOptions>;

/** A change of them; an absent field stays, null clears. */
export const ModelOptionsChange = z.strictObject({
  pinned: z.boolean().optional(),
  unloadAfterMinutes: UnloadAfter.nullable().optional(),
  contextTokens: z.number().int().min(1).max(100_000_000).nullable().optional(),
});
export type ModelOptionsChange = z.infer<typeof ModelOptionsChange>;

/** Who would leave the memory. `inFlight`: requests it answers right now; it is waited for. */
export const Leaving = z
  .object({ model: ModelId, bytes: z.number().optional(), inFlight: z.number(), lastUsedAt: z.number().optional() })
  .readonly();
export type Leaving = z.infer<typeof Leaving>;

/**
 * What loading the model on one node would mean now. `in-memory`, `loading`: there is nothing to do. `cannot`: `says` tells why. The others are
 * advice by the predicate that also plans evictions: a load may be asked for against it.
 */
export const LoadChoice = z
  .object({
    node: NodeId,
    /** The node's own spelling. */
    model: ModelId,
    verdict: z.enum([...MemoryVerdict.unwrap().shape.verdict.options, "in-memory", "loading", "cannot"]),
    says: z.string().optional(),
    room: MemoryVerdict.optional(),
    leaving: z.array(Leaving).readonly(),
    /** An estimate, in milliseconds: from loads of this model here, or from how fast this node loads others (UX-25). Absent: nothing is known. */
    expected: z
      .object({ ms: z.number(), from: z.enum(["history", "speed"]) })
      .readonly()
      .optional(),
    /** Its machine sleeps and is woken first. */
    wakes: z.literal(true).optional(),
  })
  .readonly();
export type LoadChoice = z.infer<typeof LoadChoice>;

/** The best first. The options are those a load would use where nobody says otherwise. */
export const LoadChoices = z
  .object({
    choices: z.array(LoadChoice).readonly(),
    contextTokens: z.number().optional(),
    unloadAfterMinutes: UnloadAfter.optional(),
  })
  .readonly();
export type LoadChoices = z.infer<typeof LoadChoices>;
