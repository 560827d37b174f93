// What we believe about every node: plain JSON without secrets, so the snapshot the window sees IS the engine's state.
// Instants are epoch milliseconds, sizes bytes. An absent field means "unknown", never zero.
import { z } from "zod";
import { Failure } from "./failure.ts";
import { LoadId, ModelId, NodeId } from "./ids.ts";
import { Capability, NodeAbilities, NodeKind, Place } from "./node-kinds.ts";
import { Pull } from "./pulls.ts";
import { Breaker, Health, WorkKind } from "./wellbeing.ts";

/** Where a model's weights are. `warm` sizes are the node's own words; `expiresAt` absent means "not said", null means "stays". */
export const Residency = z.discriminatedUnion("state", [
  z.object({ state: z.literal("cold") }).readonly(),
  z.object({ state: z.literal("loading"), since: z.number() }).readonly(),
  z
    .object({
      state: z.literal("warm"),
      since: z.number(),
      /** When it was seen to become warm; absent where it was warm already when first seen. */
      loadedAt: z.number().optional(),
      bytes: z.number().optional(),
      vramBytes: z.number().optional(),
      expiresAt: z.number().nullable().optional(),
    })
    .readonly(),
  z.object({ state: z.literal("sleeping"), since: z.number() }).readonly(),
  z.object({ state: z.literal("unloading"), since: z.number() }).readonly(),
]);
export type Residency = z.infer<typeof Residency>;

/** Why a listed model is not to be asked now, in the node's words. `recovering`: it comes back by itself, and is not loaded a second time. */
export const Hindrance = z.object({ is: z.enum(["recovering", "not-servable"]), says: z.string() }).readonly();
export type Hindrance = z.infer<typeof Hindrance>;

export const ModelEntry = z
  .object({
    id: ModelId,
    residency: Residency,
    /** Size of the weights on disk. */
    bytes: z.number().optional(),
    /** Context of the loaded instance, in tokens; absent while cold. */
    contextTokens: z.number().optional(),
    /** We had it loaded with a context of our choice: a call that names none would make the node load it again with its own. */
    contextAsked: z.literal(true).optional(),
    maxContextTokens: z.number().optional(),
    /** Absent: the node does not say. */
    can: z.array(Capability).readonly().optional(),
    /** Requests the node itself serves at once for this model, where it says so. */
    slots: z.number().optional(),
    digest: z.string().optional(),
    family: z.string().optional(),
    parameters: z.string().optional(),
    quantization: z.string().optional(),
    aliases: z.array(z.string()).readonly().optional(),
    /** Null: its node tells of such things, and there is none. */
    hindrance: Hindrance.nullable().optional(),
    /** Only the settings say that it is there; the node has not told its list yet. Gone with the first probe that is answered. */
    declared: z.literal(true).optional(),
    /** Set aside on this node until then, after a load failure or a malformed reply. `count` makes the pause grow. */
    setAside: z
      .object({
        failure: Failure,
        until: z.number(),
        count: z.number(),
        /** Out of memory with so much of the memory free: held until that changed, whatever `until` says. */
        freeShare: z.number().optional(),
        /** The file itself is broken: held until the node lists another one, or fetched it anew. This one's digest and size. */
        file: z.string().optional(),
      })
      .readonly()
      .optional(),
    /** Answers of this model here that failed in a row. */
    errors: z.number().optional(),
    /** Since when it stays in memory although its node said that it unloaded it. Room is planned without it leaving. */
    stuckSince: z.number().optional(),
  })
  .readonly();
export type ModelEntry = z.infer<typeof ModelEntry>;

/** Who told us a figure: the node itself, the person in the configuration, or our own measurement. */
export const FigureSource = z.enum(["node", "configured", "measured", "estimate"]);
export type FigureSource = z.infer<typeof FigureSource>;

/** Device memory of a node. Without `totalBytes` there is no bar and no percentage, only absolute figures. */
export const Memory = z
  .object({
    totalBytes: z.number().optional(),
    totalSource: FigureSource.optional(),
    /** In use by everything on the device, ours included, where the node says so. */
    usedBytes: z.number().optional(),
    usedSource: FigureSource.optional(),
    /**
     * `soft`: what does not fit the server may put into the system's memory: idle models make room, and nothing is refused for its size. `none`: it is
     * the system's memory, shown and never decided by. Absent: what does not fit is not loaded.
     */
    limit: z.enum(["soft", "none"]).optional(),
  })
  .readonly();
export type Memory = z.infer<typeof Memory>;

/** A load under way. `reported` is the node's own progress (0..1, never backwards), or `measured` by its memory's growth; `expectedMs` comes from this node's own history. */
export const Load = z
  .object({
    id: LoadId,
    node: NodeId,
    model: ModelId,
    startedAt: z.number(),
    by: z.enum(["request", "user"]),
    stage: z.enum(["queued", "evicting", "loading"]),
    waiters: z.number(),
    reported: z
      .object({ fraction: z.number(), stage: z.string().optional(), at: z.number(), source: z.literal("measured").optional() })
      .readonly()
      .optional(),
    expectedMs: z.number().optional(),
    /** Bytes of the model, where known, for those who show it. */
    bytes: z.number().optional(),
  })
  .readonly();
export type Load = z.infer<typeof Load>;

/** How long past loads took, newest last, at most five; the footprint measured after the last one. */
export const LoadHistory = z
  .object({
    ms: z.array(z.number()).readonly(),
    footprintBytes: z.number().optional(),
    /** Footprints measured at other contexts: tokens (as text) to bytes. */
    footprints: z.record(z.string(), z.number()).optional(),
  })
  .readonly();
export type LoadHistory = z.infer<typeof LoadHistory>;

/** Learned from finished requests: medians of the latest, so that one odd answer changes little. */
export const Figures = z
  .object({ firstByteMs: z.number().optional(), tokensPerSecond: z.number().optional(), samples: z.number() })
  .readonly();
export type Figures = z.infer<typeof Figures>;

/**
 * What a budget has used in its window. `window`: "2026-11-21" or "2026-11". `shared`: where other gateways use it too, in the budget's own unit: what
 * this one may use of it, what the others have used, and what it may use of the next window before anybody was asked.
 */
export const Spend = z
  .object({
    window: z.string(),
    usd: z.number(),
    tokens: z.number(),
    reservedUsd: z.number(),
    reservedTokens: z.number(),
    shared: z.object({ share: z.number(), elsewhere: z.number(), next: z.number() }).readonly().optional(),
  })
  .readonly();
export type Spend = z.infer<typeof Spend>;

export const Node = z
  .object({
    id: NodeId,
    kind: NodeKind,
    name: z.string(),
    url: z.string(),
    place: Place,
    enabled: z.boolean(),
    /** A simulated node of `--demo`; shown as such everywhere. */
    demo: z.boolean(),
    can: NodeAbilities,
    health: Health,
    /** What a person is shown, and what everything hangs on while `breakers` is absent: the worst of them. */
    breaker: Breaker,
    /** Set while a kind of work has a story of its own. `node`: connecting at all, which stops every kind. Absent ones are closed. */
    breakers: z
      .partialRecord(z.enum(["node", ...WorkKind.options]), Breaker)
      .readonly()
      .optional(),
    memory: Memory,
    version: z.string().optional(),
    /** In words: "router", "single model". */
    variant: z.string().optional(),
    latencyMs: z.number().optional(),
    /** When the inventory below was last confirmed; absent: never seen. Kept with its age when the node goes away. */
    seenAt: z.number().optional(),
    /** The server behind this address, as `address:port`; two nodes with one identity are one server (F39). */
    identity: z.string().optional(),
    duplicateOf: NodeId.optional(),
    slots: z.number().optional(),
    /** Takes no new requests; what runs there may end. */
    drained: z.boolean().optional(),
    /** Its share where the policy says weighted; 1 when absent. */
    weight: z.number().optional(),
    /** The settings say how it is woken. */
    wakes: z.boolean().optional(),
    /** Canonical names of models that the settings keep in its memory. */
    keeps: z.array(z.string()).readonly().optional(),
    /** How long past wakes took until it answered, newest last, at most five. */
    wakeMs: z.array(z.number()).readonly().optional(),
    /** In its quiet hours, which end then. */
    quietUntil: z.number().optional(),
    /** Its memory is lent to something else (a game): no request and no load goes there until then; null means until resumed. */
    lent: z.object({ since: z.number(), until: z.number().nullable() }).readonly().optional(),
    /** Failures in a row and what they make of it (source-systems.md 5.6). Absent: healthy, or never seen. */
    passive: z
      .object({ state: z.enum(["healthy", "degraded", "unhealthy"]), failures: z.number() })
      .readonly()
      .optional(),
    /** Since when it has said nothing but "busy" or "too many requests". */
    busySince: z.number().optional(),
    /** How many models it was seen to keep in memory at once, where loading one more made it drop another. */
    residentCap: z.number().optional(),
    /** Ranks it was demoted for being slower or failing more than the others lately (source-systems.md 5.7). */
    demoted: z.number().optional(),
    /** No load and no cold request there until then: it ran out of memory. `onlyWarns`: told, but not acted on. */
    pressure: z
      .object({ until: z.number(), says: z.string(), onlyWarns: z.literal(true).optional() })
      .readonly()
      .optional(),
    /** How models answered here lately, by canonical name. */
    figures: z.record(z.string(), Figures).optional(),
    /** Keyed by canonical name (`domain/names.ts`); the entry's `id` is the node's own spelling. */
    models: z.record(z.string(), ModelEntry),
    /** Canonical alias → canonical name, where the node gives a model several names. */
    aliases: z.record(z.string(), z.string()),
    /** How many requests at once a model was seen to serve, where nobody declares it. */
    learnedSlots: z.record(z.string(), z.number()),
    /** Attempts under way per model id; absent keys are zero. Kept apart from `models` so that a request copies little. */
    inFlight: z.record(z.string(), z.number()),
    lastUsedAt: z.record(z.string(), z.number()),
    history: z.record(z.string(), LoadHistory),
  })
  .readonly();
export type Node = z.infer<typeof Node>;

/** Everything we believe. `version` grows by one with every change. */
export const Fleet = z
  .object({
    version: z.number(),
    nodes: z.record(z.string(), Node),
    loads: z.record(z.string(), Load),
    /** Models being fetched to nodes, by `pullKey`; absent while there are none. */
    pulls: z.record(z.string(), Pull).optional(),
    /** By budget id; absent: nothing used yet. */
    spend: z.record(z.string(), Spend).optional(),
    /** Routing paused by the user: no new request is sent until then; null means until resumed. */
    paused: z.object({ until: z.number().nullable() }).readonly().optional(),
  })
  .readonly();
export type Fleet = z.infer<typeof Fleet>;
