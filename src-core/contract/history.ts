// What is kept of requests after they ended: one row each, and sums per UTC day. Metadata only, never content (S-80).
import { z } from "zod";
import { FailureKind } from "./failure.ts";
import { ModelId, NodeId } from "./ids.ts";
import { RequestRow } from "./route.ts";
import { RoutingName } from "./routing.ts";

export const Outcome = z.enum(["ok", "failed", "incomplete", "client-gone"]);
export type Outcome = z.infer<typeof Outcome>;

/** Where it went and why, kept for the latest requests only. */
export const Trace = RequestRow.unwrap()
  .pick({ resolution: true, relaxed: true, rejected: true, attempts: true })
  .extend(RequestRow.unwrap().pick({ spoken: true, dropped: true, repaired: true, rescued: true, warnings: true }).shape)
  .partial()
  .readonly();
export type Trace = z.infer<typeof Trace>;

/** A request that has ended. Absent means not known; `usd: 0` is free. */
export const HistoryRow = z
  .object({
    id: z.string(),
    /** When it came, and how long it took until its last byte. */
    at: z.number(),
    totalMs: z.number(),
    /** The name as the client wrote it. */
    asked: z.string(),
    node: z.string().optional(),
    model: z.string().optional(),
    profile: z.string().optional(),
    client: z.string().optional(),
    outcome: Outcome,
    status: z.number(),
    failure: FailureKind.optional(),
    attempts: z.number(),
    decidedBy: z.string().optional(),
    tokensIn: z.number().optional(),
    tokensOut: z.number().optional(),
    /** Of `tokensIn`, those that came from a prompt cache. */
    cachedTokens: z.number().optional(),
    /** The tokens were counted by us, not told by the node. */
    tokensEstimated: z.boolean().optional(),
    usd: z.number().optional(),
    firstByteMs: z.number().optional(),
    coldLoadMs: z.number().optional(),
    /** An estimate. */
    wattHours: z.number().optional(),
    trace: Trace.optional(),
  })
  .readonly();
export type HistoryRow = z.infer<typeof HistoryRow>;

/** `before`: the `next` of an earlier answer, to go on from there. Filters are exact names. */
export const HistoryQuery = z.strictObject({
  limit: z.number().int().min(1).max(500).default(100),
  before: z.number().int().positive().optional(),
  node: NodeId.optional(),
  model: ModelId.optional(),
  client: RoutingName.optional(),
  outcome: Outcome.optional(),
});
export type HistoryQuery = z.infer<typeof HistoryQuery>;

/** Newest first. `next` absent: there are no more. */
export const HistoryPage = z.object({ rows: z.array(HistoryRow).readonly(), next: z.number().optional() }).readonly();
export type HistoryPage = z.infer<typeof HistoryPage>;

export const UsageQuery = z.strictObject({
  days: z.number().int().min(1).max(366).default(30).describe("UTC days, today included."),
  by: z.enum(["day", "node", "model", "client"]).default("day"),
});
export type UsageQuery = z.infer<typeof UsageQuery>;

/**
 * Sums of one day, node, model or client (`name`; empty where a request had none). `unpriced`: requests whose cost is unknown. Times are sums too,
 * with how many they are of: `firstBytes` answers whose beginning was timed, `coldLoads` requests that waited for a load. `wattHours` is an
 * estimate, of nodes that were given watts.
 */
export const UsageSum = z
  .object({
    name: z.string(),
    requests: z.number(),
    failed: z.number(),
    tokensIn: z.number(),
    tokensOut: z.number(),
    /** Of `tokensIn`, those that came from prompt caches. */
    tokensCached: z.number(),
    usd: z.number(),
    unpriced: z.number(),
    firstBytes: z.number(),
    firstByteMs: z.number(),
    coldLoads: z.number(),
    coldLoadMs: z.number(),
    wattHours: z.number(),
  })
  .readonly();
export type UsageSum = z.infer<typeof UsageSum>;

/** Answered requests that were counted and not kept, of one UTC day (days since 1970). They cost nothing and waited for no load. */
export interface DailySum {
  readonly day: number;
  readonly node: string;
  /** The node's own spelling, and its canonical form. */
  readonly asked: string;
  readonly model: string;
  readonly client: string;
  readonly requests: number;
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly tokensCached: number;
  readonly firstBytes: number;
  readonly firstByteMs: number;
  readonly wattHours: number;
}
