// What vLLM says of its models and of its work, as far as we read it.
import { z } from "zod";
import type { Dialect } from "../contract/node-kinds.ts";
import type { SightedModel, SightedResidency } from "../contract/sighting.ts";
import { listOf, modelIdOf, Positive, Word } from "./model-list.ts";

const Listed = z.object({ id: z.string(), max_model_len: Positive, parent: Word });
/** A model of the list. One is the base; a LoRA adapter names its base as `parent` and lives in the same memory. */
export type Listed = z.infer<typeof Listed>;

export const VllmList = z.object({ data: listOf(Listed) });
export const Version = z.object({ version: z.string() });
export const Sleeping = z.object({ is_sleeping: z.boolean() });

/** Requests at once that vLLM takes by default; it batches them all. */
const usualSlots = 256;
/** Above this the next request is likely to wait for cache. */
const fullCache = 0.95;
/** The first version that speaks Anthropic's dialect (apis.md 6). */
const speaksAll = [0, 11, 1] as const;

/** What a page of metrics tells. Absent figures were not told. `level`: how deep it sleeps, in newer versions. */
export interface Figures {
  readonly running: number | undefined;
  readonly waiting: number | undefined;
  /** Share of the KV cache in use, 0..1. */
  readonly cache: number | undefined;
  readonly level: 0 | 1 | 2 | undefined;
}

/** Reads the few lines that matter of a Prometheus page; undefined where it is no page of vLLM's. Engines of one server are added up. */
export function readFigures(page: string): Figures | undefined {
  if (!page.includes("vllm:")) return undefined;
  const running = sumOf(page, "num_requests_running");
  const cache = sumOf(page, "kv_cache_usage_perc") ?? sumOf(page, "gpu_cache_usage_perc");
  return { running, waiting: sumOf(page, "num_requests_waiting"), cache, level: levelOf(page) };
}

/** So many requests at once as it serves without a queue: all it has while one waits, else what it takes by default. */
export function slotsOf({ running, waiting, cache }: Figures): number {
  const isFull = (waiting ?? 0) > 0 || (cache ?? 0) > fullCache;
  return isFull ? Math.max(1, running ?? 1) : usualSlots;
}

export function sightedModel(
  { id: name, max_model_len }: Listed,
  residency: SightedResidency,
  slots: number | undefined,
): SightedModel | undefined {
  const id = modelIdOf(name);
  return id === undefined ? undefined : { id, residency, contextTokens: max_model_len, maxContextTokens: max_model_len, slots };
}

/** Other dialects only where the version is known to speak them. */
export function dialectsOf(version: string | undefined): readonly Dialect[] {
  const told = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version ?? "");
  if (told === null) return ["openai"];
  const [major = 0, minor = 0, patch = 0] = told.slice(1).map(Number);
  const [wantMajor, wantMinor, wantPatch] = speaksAll;
  const isNew = major > wantMajor || minor > wantMinor || (minor === wantMinor && patch >= wantPatch);
  return isNew ? ["openai", "anthropic", "responses"] : ["openai"];
}

function sumOf(page: string, metric: string): number | undefined {
  let sum: number | undefined;
  for (const [, value] of page.matchAll(new RegExp(`^vllm:${metric}(?:\\{[^}\\n]{0,500}\\})? ([0-9.eE+-]{1,30})`, "gm"))) {
    const number = Number(value);
    if (Number.isFinite(number) && number >= 0) sum = (sum ?? 0) + number;
  }
  return sum;
}

function levelOf(page: string): 0 | 1 | 2 | undefined {
  const is = (state: string) =>
    new RegExp(`^vllm:engine_sleep_state\\{[^}\\n]{0,500}sleep_state="${state}"[^}\\n]{0,500}\\} 1(?:\\.0+)?$`, "m").test(page);
  if (is("discard_all")) return 2;
  if (is("weights_offloaded")) return 1;
  return is("awake") ? 0 : undefined;
}
