// The words of one routing judgement: what is asked, who could serve it, who cannot and why, and what was tried.
import { z } from "zod";
import { Failure, NodeReason } from "./failure.ts";
import { Capability, Dialect } from "./fleet.ts";
import { AttemptId, ModelId, NodeId, RequestId } from "./ids.ts";

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
    client: z.string().optional(),
  })
  .readonly();
export type RequestFacts = z.infer<typeof RequestFacts>;

export const Readiness = z.enum(["warm", "loading", "sleeping", "cold", "placed"]);
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
  "lacks-capability",
  "node-down",
  "node-paused",
  "breaker-open",
  "probe-running",
  "model-set-aside",
  "cannot-load",
  "does-not-fit",
  "not-feasible",
]);
export type Rejection = z.infer<typeof Rejection>;

export const RouteDecision = z
  .object({
    candidates: z.array(Candidate).readonly(),
    rejected: z.array(NodeReason).readonly(),
    /** The preference that separated first from second: "warm", "least-busy", …; "only" when there was no second. */
    decidedBy: z.string(),
  })
  .readonly();
export type RouteDecision = z.infer<typeof RouteDecision>;

/** One upstream call or load made for a request. `outcome` absent while it runs. */
export const Attempt = z
  .object({
    id: AttemptId,
    node: NodeId,
    model: ModelId,
    startedAt: z.number(),
    outcome: z.enum(["ok", "failed", "client-gone"]).optional(),
    failure: Failure.optional(),
  })
  .readonly();
export type Attempt = z.infer<typeof Attempt>;

export const Phase = z.enum(["deciding", "queued", "loading", "waiting", "streaming", "done"]);
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
    phase: Phase,
    node: NodeId.optional(),
    nodeModel: ModelId.optional(),
    position: z.number().optional(),
    decidedBy: z.string().optional(),
    attempts: z.array(Attempt).readonly(),
    rejected: z.array(NodeReason).readonly().optional(),
    coldLoadMs: z.number().optional(),
    firstByteAt: z.number().optional(),
    finishedAt: z.number().optional(),
    /** `incomplete`: the stream ended without its terminator. */
    outcome: z.enum(["ok", "failed", "incomplete", "client-gone"]).optional(),
    status: z.number().optional(),
    failure: Failure.optional(),
    tokensIn: z.number().optional(),
    tokensOut: z.number().optional(),
    tokensPerSecond: z.number().optional(),
    /** True when the tokens were counted by us from chunks, not told by the node. */
    tokensEstimated: z.boolean().optional(),
  })
  .readonly();
export type RequestRow = z.infer<typeof RequestRow>;
