// What happened on a node and how quickly it answers its probes, for people to read. Instants are epoch milliseconds.
import { z } from "zod";
import { NodeId } from "./ids.ts";

/** What an entry is about, so that a person can look for one thing: whether it answers, what is sent there, its models, what was learned, its settings. */
export const NodeTopic = z.enum(["health", "sending", "models", "learned", "settings"]);
export type NodeTopic = z.infer<typeof NodeTopic>;

export const NodeTone = z.enum(["good", "bad", "plain"]);
export type NodeTone = z.infer<typeof NodeTone>;

/** One thing that happened. */
export const NodeLogEntry = z
  .object({
    /** Grows with every entry of the house, also across restarts. */
    id: z.number(),
    node: NodeId,
    at: z.number(),
    about: NodeTopic,
    tone: NodeTone,
    /** A whole sentence of ours. Holds nothing that a node wrote but names of models, so that it may be kept (S-80). */
    says: z.string(),
    /** The full reason, which may quote the node. Never kept on disk: absent after a restart. */
    because: z.string().optional(),
    /** So often it happened in a row, `at` being the last time; absent: once. */
    times: z.number().optional(),
  })
  .readonly();
export type NodeLogEntry = z.infer<typeof NodeLogEntry>;

/** A sentence about one node, before it has a place in the log. */
export type Told = Pick<NodeLogEntry, "about" | "tone" | "says" | "because">;

/** `before`: the `next` of an earlier answer, to go on from there. */
export const NodeLogQuery = z.strictObject({
  node: NodeId,
  before: z.number().int().positive().optional(),
  about: NodeTopic.optional(),
  limit: z.number().int().min(0).max(200).default(50),
});
export type NodeLogQuery = z.infer<typeof NodeLogQuery>;

/** One look at a node. `ms`: there and back; absent: no answer. */
export const ProbeTime = z.object({ at: z.number(), ms: z.number().optional() }).readonly();
export type ProbeTime = z.infer<typeof ProbeTime>;

/** Entries newest first; `next` absent: there are no more. Probes oldest first, the last 60 since Homeport started. */
export const NodeLogPage = z
  .object({ entries: z.array(NodeLogEntry).readonly(), next: z.number().optional(), probes: z.array(ProbeTime).readonly() })
  .readonly();
export type NodeLogPage = z.infer<typeof NodeLogPage>;
