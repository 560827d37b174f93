// What the doctor found, in words of its own: each finding says what is so and what mends it, and a change that may be written is one of a closed
// list, never a path into the settings.
import { z } from "zod";
import { ModelId, NodeId } from "./ids.ts";
import { NodeKind } from "./node-kinds.ts";
import { Repair } from "./routing.ts";

/** A change of the settings that mends something. Written only after somebody said yes to it. */
export const ConfigChange = z.discriminatedUnion("what", [
  z.strictObject({ what: z.literal("port"), door: z.enum(["gateway", "control"]), port: z.number().int().min(1).max(65_535) }).readonly(),
  /** Only this computer may come in. */
  z.strictObject({ what: z.literal("loopback") }).readonly(),
  /** Clients may not delete or overwrite models. */
  z.strictObject({ what: z.literal("close-ollama-routes") }).readonly(),
  z.strictObject({ what: z.literal("node-kind"), node: NodeId, kind: NodeKind }).readonly(),
  /** The context with which the model is loaded from now on. */
  z.strictObject({ what: z.literal("context"), model: ModelId, tokens: z.number().int().positive() }).readonly(),
  /** What is put right in the model's answers from now on. */
  z.strictObject({ what: z.literal("repair"), model: ModelId, repair: Repair }).readonly(),
]);
export type ConfigChange = z.infer<typeof ConfigChange>;

/** `skipped`: it was not looked at, and `says` tells why. */
export const FindingLevel = z.enum(["ok", "note", "warning", "error", "skipped"]);
export type FindingLevel = z.infer<typeof FindingLevel>;

/** `writes`: what `change` would write, as a sentence: for the question before it is written. */
const Fix = z.object({ says: z.string(), change: ConfigChange.optional(), writes: z.string().optional() }).readonly();

/** `id` is the same for the same thing at every run: "gateway-port", "streams:studio/llama3.2:3b". Never a key or an answer's text. */
export const Finding = z
  .object({
    id: z.string(),
    level: FindingLevel,
    title: z.string(),
    says: z.string(),
    node: NodeId.optional(),
    fix: Fix.optional(),
  })
  .readonly();
export type Finding = z.infer<typeof Finding>;

/** `at`: epoch milliseconds. `running`: whether a running Homeport was asked; without one, less can be looked at. */
export const Diagnosis = z.object({ at: z.number(), running: z.boolean(), findings: z.array(Finding).readonly() }).readonly();
export type Diagnosis = z.infer<typeof Diagnosis>;

/** `node`: only this one, and nothing that is not about it. */
export const DoctorWish = z.strictObject({ node: NodeId.optional() });
export type DoctorWish = z.infer<typeof DoctorWish>;
