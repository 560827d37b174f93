// The words of a simulated node's memory: its rules, what a request wants of it, and what it gives.
import type { Instance } from "./instance.ts";
import type { LoadFault } from "./options.ts";

/** How a kind of server keeps its memory. */
export interface ResidencyRules {
  readonly slots: number;
  readonly maxLoaded: number;
  readonly memoryBytes: number;
  /** True for Ollama: it makes room by size. A router only counts models, and a load that does not fit fails. */
  readonly measuresMemory: boolean;
  /** True for Ollama: one load at a time, and it stops when the caller that began it leaves. */
  readonly loadDiesWithCaller: boolean;
  readonly maxQueue: number;
  readonly keepAliveMs: number | null;
  readonly sleepIdleMs: number | undefined;
  /** A router kills a child that has not ended by then; absent: unloading waits for what runs. */
  readonly stopTimeoutMs: number | undefined;
}

/** What a request wants of the memory. Absent context takes what is loaded. */
export interface Wants {
  readonly contextTokens?: number | undefined;
  readonly keepAliveMs?: number | null | undefined;
}

/** The right to use a loaded model until `release`, which may be called more than once. */
export interface Lease {
  readonly instance: Instance;
  /** How long the caller waited for a load. */
  readonly loadMs: number;
  release(): void;
}
export type Refusal =
  | { readonly refused: "gone" }
  | { readonly refused: "busy" }
  | { readonly refused: "load-failed"; readonly fault: LoadFault };

/** `failed` also stands for a load that was cancelled and a child that was killed: a router tells them all with exit code 1 (seen). */
export type ResidencyEvent = "loading" | "progress" | "loaded" | "sleeping" | "unloaded" | "failed";
