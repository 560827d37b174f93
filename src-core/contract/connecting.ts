// Trying the gateway as an app would: what the window asks for, and how it went. Never the key, and nothing that a model said (S-56, UX-32).
import { z } from "zod";
import { NodeId } from "./ids.ts";
import { Dialect } from "./node-kinds.ts";

/** `model` absent: one that is in memory now. `confirmed`: a person agreed that it may be loaded, or asked of a service in the cloud. */
export const ConnectionAsk = z.strictObject({
  dialect: Dialect,
  model: z.string().min(1).max(512).optional(),
  confirmed: z.boolean().optional(),
});
export type ConnectionAsk = z.infer<typeof ConnectionAsk>;

const Headers = z.record(z.string(), z.string()).readonly();

/** How a try went. Times are of the whole way through the gateway's own port; `firstByteMs` of an answer that was not streamed is its head's. */
export const ConnectionVerdict = z.discriminatedUnion("state", [
  z
    .object({
      state: z.literal("answered"),
      model: z.string(),
      /** Absent where the head went out before a node was chosen, to keep a waiting client. */
      node: NodeId.optional(),
      firstByteMs: z.number(),
      totalMs: z.number(),
      /** Seconds of it were a load. */
      coldLoadMs: z.number().optional(),
      headers: Headers,
    })
    .readonly(),
  /** `status` absent: nobody answered at all. */
  z
    .object({ state: z.literal("refused"), model: z.string(), status: z.number().optional(), says: z.string(), headers: Headers })
    .readonly(),
  /** Nothing was sent: it would load a model, or ask a service in the cloud. Ask again with `confirmed`. */
  z.object({ state: z.literal("asks"), because: z.enum(["cold", "cloud"]), model: z.string(), says: z.string() }).readonly(),
  /** Nothing was sent, and there is nothing to confirm. */
  z.object({ state: z.literal("nothing-to-ask"), says: z.string() }).readonly(),
]);
export type ConnectionVerdict = z.infer<typeof ConnectionVerdict>;
