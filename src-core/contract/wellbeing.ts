// How a node is: heard of or not, and let alone after failures or not. Instants are epoch milliseconds.
import { z } from "zod";
import { Failure, FailureKind } from "./failure.ts";
import { AttemptId } from "./ids.ts";

/**
 * `because` is the failure of the last probe. Three misses make a node down; one makes it flapping, which only ranks it lower. A node that can be
 * woken is asleep instead of down, unless something there still refuses: that machine is awake.
 */
export const Health = z.discriminatedUnion("state", [
  z.object({ state: z.literal("unknown") }).readonly(),
  z.object({ state: z.literal("up"), since: z.number() }).readonly(),
  z.object({ state: z.literal("flapping"), misses: z.number(), because: Failure }).readonly(),
  z.object({ state: z.literal("down"), since: z.number(), because: Failure }).readonly(),
  z
    .object({
      state: z.literal("asleep"),
      since: z.number(),
      because: Failure,
      /** A wake is under way. `expectedMs` is what it usually takes here: an estimate. */
      waking: z
        .object({ since: z.number(), by: z.enum(["request", "user", "schedule"]), expectedMs: z.number().optional() })
        .readonly()
        .optional(),
      /** It was woken and did not come: no request wakes it again before `until`. `count` makes that grow. */
      unwakeable: z.object({ says: z.string(), until: z.number(), count: z.number() }).readonly().optional(),
    })
    .readonly(),
  z
    .object({
      state: z.literal("paused"),
      because: z.enum(["rate-limited", "busy", "misconfigured"]),
      says: z.string(),
      until: z.number().optional(),
      /** Traffic met it, so that a probe which needs no key cannot end it. */
      byTraffic: z.boolean().optional(),
    })
    .readonly(),
]);
export type Health = z.infer<typeof Health>;

/** Kinds of work that fail apart: a node whose chat is broken may embed well (source-systems.md 1.8). Chat and completion are `llm`. */
export const WorkKind = z.enum(["llm", "vision", "embedding", "rerank"]);
export type WorkKind = z.infer<typeof WorkKind>;

/**
 * `failures` holds the instants of recent failures inside the window, `silentAt` when it last accepted a request and said nothing. `probe` is the
 * one attempt let through while half-open. A breaker that closed remembers for a while how often it had opened in a row (F28).
 */
export const Breaker = z.discriminatedUnion("state", [
  z
    .object({
      state: z.literal("closed"),
      failures: z.array(z.number()).readonly(),
      silentAt: z.number().optional(),
      lately: z.object({ trips: z.number(), closedAt: z.number() }).readonly().optional(),
    })
    .readonly(),
  z
    .object({
      state: z.literal("open"),
      openedAt: z.number(),
      until: z.number(),
      trips: z.number(),
      because: FailureKind,
      says: z.string(),
    })
    .readonly(),
  z
    .object({
      state: z.literal("half-open"),
      probe: AttemptId.optional(),
      successes: z.number(),
      openedAt: z.number(),
      trips: z.number(),
      because: FailureKind,
      says: z.string(),
    })
    .readonly(),
]);
export type Breaker = z.infer<typeof Breaker>;
