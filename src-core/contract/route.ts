// The words of one routing judgement: what is asked, who could serve it, who cannot and why, and what was tried.
import { z } from "zod";
import { Failure, NodeReason } from "./failure.ts";
import { AttemptId, ModelId, NodeId, RequestId } from "./ids.ts";
import { Capability, Dialect } from "./node-kinds.ts";
import { Lane, ModelType, PreferenceName, Repair } from "./routing.ts";

/** What a client asks of the model. Decides the capability needed and where the answer ends. */
export const Task = z.enum(["chat", "completion", "embedding", "rerank", "load", "unload"]);
export type Task = z.infer<typeof Task>;

/** A request reduced to what routing may look at. Never holds prompt text. */
export const RequestFacts = z
  .object({
    id: RequestId,
    at: z.number(),
    dialect: Dialect,
    task: Task,
    /** The upstream path, as the client asked for it: "/v1/chat/completions". */
    path: z.string(),
    /** The model as the client spelled it. */
    model: z.string(),
    stream: z.boolean(),
    needs: z.array(Capability).readonly(),
    /** Absolute; every wait draws on it. */
    deadline: z.number(),
    bodyBytes: z.number(),
    /** An estimate: body characters / 4. */
    promptTokens: z.number(),
    /** Context the client asked the node to allocate (Ollama `num_ctx`): part of a load's identity. */
    contextTokens: z.number().optional(),
    /** Ollama's own `keep_alive`, handed on when we load for the client. */
    keepAlive: z.union([z.string(), z.number()]).optional(),
    /** The name of the client key it came with. */
    client: z.string().optional(),
    /** Who asks, as a name of `agents` (the `x-homeport-agent` header, or the client key's). */
    agent: z.string().optional(),
    /** The profile asked for by name: the body's `profile`, else the `x-homeport-profile` header. */
    profile: z.string().optional(),
    /** Where `profile` was said; the body where absent. */
    profileFrom: z.enum(["body", "header"]).optional(),
    /** The rule of the auto-router that fitted, where the client asked for `auto`; absent there: none did. */
    rule: z.string().optional(),
    /** This request may not leave the house, whatever its profile or key allow. */
    localOnly: z.boolean().optional(),
    /** False: its client key may not use the cloud. */
    cloudAllowed: z.boolean().optional(),
    /** Nodes the caller does not want. */
    exclude: z.array(NodeId).readonly().optional(),
    lane: Lane.optional(),
    /** The most the client lets the model write; reserved against budgets. */
    maxOutputTokens: z.number().optional(),
    /** It names pictures by an address. */
    imageUrls: z.literal(true).optional(),
    /** A fingerprint of model, system text and first message, or the client's own conversation id. Never text. */
    conversation: z.string().optional(),
  })
  .readonly();
export type RequestFacts = z.infer<typeof RequestFacts>;

/** `asleep`: its whole machine is, and has to be woken before anything else. */
export const Readiness = z.enum(["warm", "loading", "sleeping", "cold", "placed", "asleep"]);
export type Readiness = z.infer<typeof Readiness>;

/** A node and the model's name there. `placed` means a catalogue entry that the node does not list yet. */
export const Candidate = z.object({ node: NodeId, model: ModelId, readiness: Readiness }).readonly();
export type Candidate = z.infer<typeof Candidate>;

/** Why a node was not chosen. A closed set: it stands in headers, logs and the window. */
export const Rejection = z.enum([
  "disabled",
  "duplicate",
  "already-tried",
  "dialect",
  "excluded",
  "drained",
  "node-paused",
  "node-down",
  "node-asleep",
  "quiet-hours",
  "node-lent",
  "cloud-not-allowed",
  "over-budget",
  "breaker-open",
  "probe-running",
  "memory-pressure",
  "model-set-aside",
  "misconfigured",
  "lacks-capability",
  "context-too-small",
  "not-servable",
  "cannot-load",
  "does-not-fit",
  "not-feasible",
  "stale-inventory",
]);
export type Rejection = z.infer<typeof Rejection>;

export const RouteDecision = z
  .object({
    candidates: z.array(Candidate).readonly(),
    rejected: z.array(NodeReason).readonly(),
    /** The preference that separated first from second: "warm", "least-busy", …; "only" when there was no second. */
    decidedBy: z.string(),
    /** The health filter that was not applied because it would have left nobody. */
    relaxed: Rejection.optional(),
  })
  .readonly();
export type RouteDecision = z.infer<typeof RouteDecision>;

/** One entry of a chain: a model by name, or any model of a type. */
export const ChainLink = z
  .object({
    /** The model's name as it will be looked up; absent for a requirement. */
    model: z.string().optional(),
    requires: ModelType.optional(),
    /** With `requires`: names and globs, best first. */
    prefer: z.array(z.string()).readonly().optional(),
    can: z.array(Capability).readonly().optional(),
    minContextTokens: z.number().optional(),
    timeoutMs: z.number().optional(),
    /** The profile this link came from. */
    profile: z.string().optional(),
    policy: z.array(PreferenceName).readonly().optional(),
    cloud: z.boolean().optional(),
  })
  .readonly();
export type ChainLink = z.infer<typeof ChainLink>;

/** What a request's name came to mean. Made once per request, before anything is sent. */
export const Resolution = z
  .object({
    /** At least one link; tried in order. */
    chain: z.array(ChainLink).min(1).readonly(),
    /** Which word decided: the body's profile, a header, the model's own name, an alias, the agent, a rule, the default. */
    because: z.enum(["body-profile", "header-profile", "model", "alias", "profile", "agent", "rule", "default"]),
    profile: z.string().optional(),
    rule: z.string().optional(),
    /** `auto` was asked for and no rule fitted (source-systems.md 5.14, auto_router_fallthrough). */
    fellThrough: z.boolean().optional(),
    deadlineMs: z.number().optional(),
  })
  .readonly();
export type Resolution = z.infer<typeof Resolution>;

/** Whether a model fits on a node, with the numbers behind it. `unknown` never blocks. */
export const MemoryVerdict = z
  .object({
    verdict: z.enum(["fits", "fits-after", "tight", "too-big", "unknown"]),
    needBytes: z.number().optional(),
    /** Who told the need: measured on this node, the person, or an estimate. */
    needSource: z.enum(["measured", "configured", "estimate"]).optional(),
    freeBytes: z.number().optional(),
    /** What would leave the memory first. */
    evict: z.array(ModelId).readonly(),
    /** One of those was loaded a moment ago and is not displaced before then (F34). */
    holdUntil: z.number().optional(),
    /** One of those is at work, or still being loaded, and is waited for. */
    busy: z.literal(true).optional(),
  })
  .readonly();
export type MemoryVerdict = z.infer<typeof MemoryVerdict>;

/** One candidate told in full. `levels`: its value under each preference of the policy, lower is better. */
export const ExplainedCandidate = z
  .object({
    node: NodeId,
    model: ModelId,
    readiness: Readiness,
    levels: z.array(z.object({ preference: z.string(), value: z.number() }).readonly()).readonly(),
    room: MemoryVerdict.optional(),
    /** How long until the first byte, from this node's own history; absent where nothing is known. Labelled an estimate. */
    expectedWaitMs: z.number().optional(),
    /** The dialect it would be spoken to in: the client's own, untouched, or another, translated. */
    spoken: Dialect.optional(),
  })
  .readonly();
export type ExplainedCandidate = z.infer<typeof ExplainedCandidate>;

/** Where a request would go now, and why: one part per link of its chain. */
export const Explanation = z
  .object({
    asked: z.string(),
    /** The dialect the client would speak. */
    dialect: Dialect.optional(),
    resolution: Resolution,
    policy: z.object({ name: z.string(), preferences: z.array(PreferenceName).readonly() }).readonly(),
    links: z
      .array(
        z
          .object({
            link: ChainLink,
            candidates: z.array(ExplainedCandidate).readonly(),
            rejected: z.array(NodeReason).readonly(),
            decidedBy: z.string(),
            relaxed: Rejection.optional(),
          })
          .readonly(),
      )
      .readonly(),
    /** What would be done first: send, load, wait, or the failure in words. */
    next: z
      .object({
        do: z.enum(["send", "load", "wake", "wait", "fail"]),
        node: NodeId.optional(),
        model: ModelId.optional(),
        says: z.string(),
      })
      .readonly(),
  })
  .readonly();
export type Explanation = z.infer<typeof Explanation>;

/** One upstream call or load made for a request. `outcome` absent while it runs. */
export const Attempt = z
  .object({
    id: AttemptId,
    node: NodeId,
    model: ModelId,
    startedAt: z.number(),
    endedAt: z.number().optional(),
    outcome: z.enum(["ok", "failed", "client-gone"]).optional(),
    failure: Failure.optional(),
  })
  .readonly();
export type Attempt = z.infer<typeof Attempt>;

export const Phase = z.enum(["deciding", "waking", "queued", "loading", "waiting", "streaming", "done"]);
export type Phase = z.infer<typeof Phase>;

/** A row of the activity list; metadata only, never content. Sent whole on every change, so a lost push heals itself. */
export const RequestRow = z
  .object({
    id: RequestId,
    at: z.number(),
    dialect: Dialect,
    task: Task,
    model: z.string(),
    stream: z.boolean(),
    /** The path it was asked under: "/v1/chat/completions". */
    path: z.string().optional(),
    phase: Phase,
    /** When it began to wait for a turn, a load or a wake; holds while the phase is one of those. */
    phaseAt: z.number().optional(),
    /** How long it has waited for a turn. */
    queuedMs: z.number().optional(),
    node: NodeId.optional(),
    nodeModel: ModelId.optional(),
    position: z.number().optional(),
    /** How long it was to wait when it began to wait for a slot: an estimate. Absent where nothing is known. */
    expectedWaitMs: z.number().optional(),
    decidedBy: z.string().optional(),
    /** The dialect of the node's that the latest attempt was translated to. Absent: the node was sent the client's own. */
    spoken: Dialect.optional(),
    /** With `spoken`: fields of the client's that the node's dialect has no word for. */
    dropped: z.array(z.string()).readonly().optional(),
    /** The latest attempt went to a node that is not in the house. */
    place: z.literal("cloud").optional(),
    /** What a profile's repairs changed in the answer. */
    repaired: z.array(Repair).readonly().optional(),
    /** What was left out of the conversation so that it fits, as a sentence. */
    rescued: z.string().optional(),
    /** Whole sentences for a person: what is wrong with an answer that was given all the same. */
    warnings: z.array(z.string()).readonly().optional(),
    attempts: z.array(Attempt).readonly(),
    rejected: z.array(NodeReason).readonly().optional(),
    /** Set where the name meant more than one model by itself. */
    resolution: Resolution.optional(),
    relaxed: Rejection.optional(),
    client: z.string().optional(),
    agent: z.string().optional(),
    lane: Lane.optional(),
    usd: z.number().optional(),
    /** Energy: an estimate; absent where nobody said what its nodes draw. */
    wattHours: z.number().optional(),
    coldLoadMs: z.number().optional(),
    /** How long it waited for its node to wake. */
    wakeMs: z.number().optional(),
    firstByteAt: z.number().optional(),
    finishedAt: z.number().optional(),
    /** `incomplete`: the stream ended without its terminator. */
    outcome: z.enum(["ok", "failed", "incomplete", "client-gone"]).optional(),
    status: z.number().optional(),
    failure: Failure.optional(),
    tokensIn: z.number().optional(),
    tokensOut: z.number().optional(),
    /** Of `tokensIn`, those that came from a prompt cache, and those written to one. */
    cachedTokens: z.number().optional(),
    cacheWriteTokens: z.number().optional(),
    tokensPerSecond: z.number().optional(),
    /** True when the tokens were counted by us from chunks, not told by the node. */
    tokensEstimated: z.boolean().optional(),
  })
  .readonly();
export type RequestRow = z.infer<typeof RequestRow>;
