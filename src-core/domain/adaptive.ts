// Adaptive demotion (source-systems.md 5.7): a node that lately was slower than the others goes one rank down, one that failed more often two.
// Pure and deterministic: the same samples give the same ranks. A node changes its rank at most once per hold time.
import type { Config } from "../contract/config.ts";
import { median } from "./figures.ts";

type Settings = Config["health"]["adaptive"];
export type Rank = 0 | 1 | 2 | 3;

/** One finished attempt. `ms` to the first byte, absent for failures and whatever was not warm. Times compare only within one `likeness`. */
export interface Sample {
  readonly node: string;
  readonly at: number;
  readonly ok: boolean;
  readonly ms?: number | undefined;
  /** Model and way of answering: a large model is not slow for being large. */
  readonly likeness: string;
}

export interface Ranked {
  readonly rank: Rank;
  readonly changedAt: number;
}
/** By node id; absent: rank 0, never changed. */
export type Ranks = Readonly<Record<string, Ranked>>;

/** Less than this nobody notices: a fast node is no worse for it, whatever the ratio. */
const noticeableMs = 20;

/** The rank of every node of `samples` and `previous`. Returns `previous` itself where nothing changed. */
export function adaptiveRanks(samples: readonly Sample[], now: number, settings: Settings, previous: Ranks): Ranks {
  const recent = settings.enabled ? samples.filter(({ at }) => at > now - settings.windowSeconds * 1000) : [];
  const usualMs = usual(recent);
  const byNode = grouped(recent, ({ node }) => node);
  let ranks = previous;
  for (const node of new Set([...Object.keys(previous), ...byNode.keys()])) {
    const before = previous[node] ?? { rank: 0, changedAt: Number.NEGATIVE_INFINITY };
    const rank = rankOf(byNode.get(node) ?? [], usualMs, settings);
    if (rank === before.rank || now - before.changedAt < settings.holdSeconds * 1000) continue;
    ranks = { ...ranks, [node]: { rank, changedAt: now } };
  }
  return ranks;
}

/** The median time of each likeness over all nodes. */
function usual(samples: readonly Sample[]): ReadonlyMap<string, number> {
  const timed = samples.filter(({ ms }) => ms !== undefined);
  return new Map([...grouped(timed, ({ likeness }) => likeness)].map(([likeness, group]) => [likeness, median(times(group)) ?? 0]));
}

function rankOf(samples: readonly Sample[], usualMs: ReadonlyMap<string, number>, settings: Settings): Rank {
  const failed = samples.filter(({ ok }) => !ok).length;
  const failing = samples.length >= settings.errorSamples && failed / samples.length >= settings.errorRate && failed > 0;
  if (!isSlow(samples, usualMs, settings)) return failing ? 2 : 0;
  return failing ? 3 : 1;
}

/** Compared by how many times the usual each answer took, so that several models count together. With one model: its median over the global one. */
function isSlow(samples: readonly Sample[], usualMs: ReadonlyMap<string, number>, settings: Settings): boolean {
  const ratios: number[] = [];
  const losses: number[] = [];
  for (const { ms, likeness } of samples) {
    if (ms === undefined) continue;
    const usually = usualMs.get(likeness) ?? ms;
    ratios.push(usually === 0 ? 1 : ms / usually);
    losses.push(ms - usually);
  }
  if (ratios.length < settings.slowSamples) return false;
  return (median(ratios) ?? 0) >= settings.slowRatio && (median(losses) ?? 0) >= noticeableMs;
}

const times = (samples: readonly Sample[]): number[] => samples.flatMap(({ ms }) => ms ?? []);

function grouped(samples: readonly Sample[], by: (sample: Sample) => string): Map<string, Sample[]> {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const group = groups.get(by(sample));
    if (group === undefined) groups.set(by(sample), [sample]);
    else group.push(sample);
  }
  return groups;
}
