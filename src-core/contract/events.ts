// Facts in: everything that happened, in the past tense. Only `domain/fleet.ts` turns one into a changed belief; observers read the same facts.
import type { Config } from "./config.ts";
import type { Failure } from "./failure.ts";
import type { Figures, LoadHistory, ModelEntry, Spend } from "./fleet.ts";
import type { AttemptId, LoadId, ModelId, NodeId, RequestId } from "./ids.ts";
import type { MeasuringEvent } from "./measuring.ts";
import type { Dialect } from "./node-kinds.ts";
import type { ModelFileEvent } from "./pulls.ts";
import type { RequestFacts, Resolution, RouteDecision } from "./route.ts";
import type { Repair } from "./routing.ts";
import type { NodeDescription, Sighting } from "./sighting.ts";
import type { WorkKind } from "./wellbeing.ts";

export type RequestOutcome = "ok" | "failed" | "incomplete" | "client-gone";

/** Tokens of one answer. `estimated` when we counted chunks because the node did not say. */
export interface Usage {
  readonly tokensIn?: number | undefined;
  readonly tokensOut?: number | undefined;
  /** Of `tokensIn`, those that came from a prompt cache, and those written to one. */
  readonly cachedTokens?: number | undefined;
  readonly cacheWriteTokens?: number | undefined;
  readonly tokensPerSecond?: number | undefined;
  readonly estimated: boolean;
}

/** A budget's part of one reservation: what is set aside in which window. */
export interface BudgetEntry {
  readonly budget: string;
  readonly window: string;
  readonly usd: number;
  readonly tokens: number;
}

/** The same at its end, with what was really used. */
export interface SettledEntry extends BudgetEntry {
  readonly usedUsd: number;
  readonly usedTokens: number;
}

export type EngineEvent =
  | ModelFileEvent
  | {
      readonly type: "config-applied";
      readonly at: number;
      readonly config: Config;
      readonly nodes: readonly NodeDescription[];
      /** Nodes whose address, kind or key changed: what was wrong with the old ones is over. */
      readonly renewed?: readonly NodeId[] | undefined;
    }
  | { readonly type: "config-rejected"; readonly at: number; readonly failure: Failure }
  | MeasuringEvent
  | {
      readonly type: "history-restored";
      readonly at: number;
      readonly node: NodeId;
      readonly history: Readonly<Record<string, LoadHistory>>;
    }
  | { readonly type: "probe-answered"; readonly at: number; readonly node: NodeId; readonly latencyMs: number; readonly sighting: Sighting }
  | { readonly type: "probe-failed"; readonly at: number; readonly node: NodeId; readonly failure: Failure }
  | {
      readonly type: "wake-started";
      readonly at: number;
      readonly node: NodeId;
      readonly by: "request" | "user" | "schedule";
      readonly expectedMs?: number | undefined;
    }
  | {
      readonly type: "wake-finished";
      readonly at: number;
      readonly node: NodeId;
      /** From the first packet to its answer; absent where it answered at once: it had not been asleep. */
      readonly ms?: number | undefined;
      readonly failure?: Failure | undefined;
    }
  | { readonly type: "wakes-restored"; readonly at: number; readonly node: NodeId; readonly ms: readonly number[] }
  /** This computer slept, or its network changed: connections are gone, and what was believed of nodes is old. */
  | { readonly type: "machine-resumed"; readonly at: number; readonly because: "sleep" | "network"; readonly sleptMs?: number | undefined }
  /** Its quiet hours began, or (`until` absent) are over. */
  | { readonly type: "quiet-changed"; readonly at: number; readonly node: NodeId; readonly until?: number | undefined }
  | { readonly type: "node-lent"; readonly at: number; readonly node: NodeId; readonly until: number | null }
  | { readonly type: "node-returned"; readonly at: number; readonly node: NodeId }
  /** Its node said that it unloaded it, and still has it in memory. */
  | { readonly type: "unload-stuck"; readonly at: number; readonly node: NodeId; readonly model: ModelId; readonly since: number }
  /** A good answer said that the node's limit is used up: it is left alone before it refuses. */
  | { readonly type: "limit-reached"; readonly at: number; readonly node: NodeId; readonly failure: Failure }
  /** Something came over NATS in a node's name that it cannot have said, and was dropped (S-93). */
  | { readonly type: "message-refused"; readonly at: number; readonly node: NodeId; readonly says: string }
  | {
      readonly type: "load-started";
      readonly at: number;
      readonly load: LoadId;
      readonly node: NodeId;
      readonly model: ModelId;
      readonly by: "request" | "user";
      readonly stage: "queued" | "evicting" | "loading";
      readonly expectedMs?: number | undefined;
    }
  | { readonly type: "load-joined"; readonly at: number; readonly load: LoadId; readonly waiters: number; readonly by?: "user" | undefined }
  | { readonly type: "load-staged"; readonly at: number; readonly load: LoadId; readonly stage: "queued" | "evicting" | "loading" }
  | {
      readonly type: "load-progressed";
      readonly at: number;
      readonly load: LoadId;
      readonly fraction: number;
      readonly stage?: string | undefined;
      /** Told by the growth of this machine's memory, not by the node. */
      readonly source?: "measured" | undefined;
    }
  | {
      readonly type: "load-finished";
      readonly at: number;
      readonly load: LoadId;
      readonly node: NodeId;
      readonly model: ModelId;
      /** 0: it was there already. */
      readonly ms: number;
      readonly by: "request" | "user";
      /** The context that was asked for; absent: the server's own. */
      readonly contextTokens?: number | undefined;
      readonly failure?: Failure | undefined;
    }
  | { readonly type: "unload-started"; readonly at: number; readonly node: NodeId; readonly model: ModelId }
  | {
      readonly type: "unload-finished";
      readonly at: number;
      readonly node: NodeId;
      readonly model: ModelId;
      /** It left to make room for this one. */
      readonly roomFor?: ModelId | undefined;
      readonly failure?: Failure | undefined;
    }
  | {
      /** A client asked for another context than the one loaded; the call went out with ours, which reloads nothing (demands.md 3.12). */
      readonly type: "context-guarded";
      readonly at: number;
      readonly request: RequestId;
      readonly node: NodeId;
      readonly model: ModelId;
      readonly wantedTokens: number | undefined;
      readonly keptTokens: number;
      readonly client?: string | undefined;
    }
  | {
      /** A profile's repairs changed an answer (source-systems.md 5.12). */
      readonly type: "answer-repaired";
      readonly at: number;
      readonly request: RequestId;
      readonly repairs: readonly Repair[];
    }
  | {
      /** The oldest turns of a conversation were left out, so that the model's context holds the rest. */
      readonly type: "context-rescued";
      readonly at: number;
      readonly request: RequestId;
      readonly node: NodeId;
      readonly model: ModelId;
      /** Messages left out. */
      readonly dropped: number;
    }
  | {
      /** The node read far less than was sent, and did not say so (demands.md 7). */
      readonly type: "prompt-truncated";
      readonly at: number;
      readonly request: RequestId;
      readonly node: NodeId;
      readonly model: ModelId;
      readonly sawTokens: number;
      /** Ours: a guess by letters. */
      readonly estimatedTokens: number;
      readonly contextTokens: number;
    }
  | { readonly type: "slots-learned"; readonly at: number; readonly node: NodeId; readonly model: ModelId; readonly slots: number }
  | {
      readonly type: "figures-learned";
      readonly at: number;
      readonly node: NodeId;
      /** By canonical name. */
      readonly figures: Readonly<Record<string, Figures>>;
    }
  | { readonly type: "figures-restored"; readonly at: number; readonly node: NodeId; readonly figures: Readonly<Record<string, Figures>> }
  | { readonly type: "node-demoted"; readonly at: number; readonly node: NodeId; readonly ranks: 0 | 1 | 2 | 3 }
  | {
      readonly type: "resident-cap-learned";
      readonly at: number;
      readonly node: NodeId;
      readonly cap: number;
      /** What was dropped when `loaded` came. */
      readonly dropped: ModelId;
      readonly loaded: ModelId;
    }
  | { readonly type: "breaker-tripped"; readonly at: number; readonly node: NodeId }
  | { readonly type: "breaker-try-now"; readonly at: number; readonly node: NodeId }
  | {
      readonly type: "budget-reserved";
      readonly at: number;
      readonly request: RequestId;
      readonly node: NodeId;
      readonly model: ModelId;
      readonly entries: readonly BudgetEntry[];
    }
  | {
      readonly type: "budget-settled";
      readonly at: number;
      readonly request: RequestId;
      readonly node: NodeId;
      readonly model: ModelId;
      readonly entries: readonly SettledEntry[];
    }
  | { readonly type: "budgets-restored"; readonly at: number; readonly spend: Readonly<Record<string, Spend>> }
  /** What this gateway may use of a budget that others use too. `shared` absent: all of it again. */
  | {
      readonly type: "budget-shared";
      readonly at: number;
      readonly budget: string;
      readonly window: string;
      readonly shared?: Spend["shared"];
    }
  /** Another gateway set a model aside on its node; `setAside` absent: it took that back. */
  | {
      readonly type: "set-aside-elsewhere";
      readonly at: number;
      readonly node: NodeId;
      readonly model: ModelId;
      readonly setAside?: ModelEntry["setAside"];
    }
  | { readonly type: "routing-paused"; readonly at: number; readonly until: number | null }
  | { readonly type: "routing-resumed"; readonly at: number }
  | { readonly type: "request-received"; readonly at: number; readonly facts: RequestFacts }
  | { readonly type: "request-resolved"; readonly at: number; readonly request: RequestId; readonly resolution: Resolution }
  | { readonly type: "route-decided"; readonly at: number; readonly request: RequestId; readonly decision: RouteDecision }
  | {
      readonly type: "request-queued";
      readonly at: number;
      readonly request: RequestId;
      readonly node: NodeId;
      readonly model: ModelId;
      readonly position: number;
      /** An estimate of the wait before it; absent where nothing is known. */
      readonly expectedMs?: number | undefined;
    }
  | { readonly type: "request-loading"; readonly at: number; readonly request: RequestId; readonly node: NodeId; readonly model: ModelId }
  | { readonly type: "request-loaded"; readonly at: number; readonly request: RequestId; readonly ms: number }
  /** It waits for a node to wake, and (with `ms`) has waited. */
  | { readonly type: "request-waking"; readonly at: number; readonly request: RequestId; readonly node: NodeId; readonly model: ModelId }
  | { readonly type: "request-woke"; readonly at: number; readonly request: RequestId; readonly node: NodeId; readonly ms: number }
  | {
      readonly type: "attempt-started";
      readonly at: number;
      readonly request: RequestId;
      readonly attempt: AttemptId;
      readonly node: NodeId;
      readonly model: ModelId;
      /** `llm` where absent. */
      readonly work?: WorkKind | undefined;
      /** Set where the node is spoken to in another dialect than the client's, with the fields that are lost by it. */
      readonly translation?: { readonly spoken: Dialect; readonly dropped: readonly string[] } | undefined;
      /** Set where the node is not in the house. */
      readonly place?: "cloud" | undefined;
    }
  | { readonly type: "first-byte"; readonly at: number; readonly request: RequestId; readonly attempt: AttemptId }
  | {
      readonly type: "attempt-finished";
      readonly at: number;
      readonly request: RequestId;
      readonly attempt: AttemptId;
      readonly node: NodeId;
      readonly model: ModelId;
      readonly work?: WorkKind | undefined;
      /** `inconclusive`: the client left or the deadline passed before an answer; says nothing about the node. */
      readonly verdict: "good" | "bad" | "inconclusive";
      readonly failure?: Failure | undefined;
    }
  | {
      readonly type: "request-finished";
      readonly at: number;
      readonly request: RequestId;
      /** The request as a whole, so that who counts or logs it needs to remember nothing. */
      readonly facts: RequestFacts;
      readonly node?: NodeId | undefined;
      readonly attempts: number;
      readonly firstByteMs?: number | undefined;
      readonly outcome: RequestOutcome;
      readonly status: number;
      readonly failure?: Failure | undefined;
      readonly usage?: Usage | undefined;
    };

export type EventOf<T extends EngineEvent["type"]> = Extract<EngineEvent, { type: T }>;
