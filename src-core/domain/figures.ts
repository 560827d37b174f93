// What finished requests teach about a model on a node: medians of the latest, so that one odd answer changes little. Pure arithmetic; the
// samples are kept by `engine/observers/learning.ts`.
import type { Figures } from "../contract/fleet.ts";

/** Samples kept of each figure. */
export const figureSamples = 21;
/** An answer of ordinary length, for comparing speeds and estimating how long a slot is held. */
const answerTokens = 256;
/** A figure that moved by less is no news. */
const newsRatio = 0.1;

/** The middle value, or the mean of the two in the middle; undefined for none. */
export function median(values: ArrayLike<number>): number | undefined {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  const upper = sorted[half];
  if (upper === undefined) return undefined;
  const lower = sorted.length % 2 === 0 ? sorted[half - 1] : upper;
  return ((lower ?? upper) + upper) / 2;
}

/** `samples`: how many requests stand behind it, at most as many as are kept. */
export function figuresFrom(firstByteMs: ArrayLike<number>, tokensPerSecond: ArrayLike<number>): Figures {
  const first = median(firstByteMs);
  const speed = median(tokensPerSecond);
  return {
    ...(first === undefined ? {} : { firstByteMs: first }),
    ...(speed === undefined ? {} : { tokensPerSecond: speed }),
    samples: Math.max(firstByteMs.length, tokensPerSecond.length),
  };
}

/** Milliseconds that an answer of ordinary length takes, an estimate; undefined where its speed is not known. */
export function usualAnswerMs(figures: Figures | undefined): number | undefined {
  const speed = figures?.tokensPerSecond ?? 0;
  return speed > 0 ? (figures?.firstByteMs ?? 0) + (answerTokens * 1000) / speed : undefined;
}

/** Whether the new figures tell anything: one that was not known, or one that moved by more than a tenth. */
export function isNews(before: Figures | undefined, after: Figures): boolean {
  if (before === undefined) return after.firstByteMs !== undefined || after.tokensPerSecond !== undefined;
  return moved(before.firstByteMs, after.firstByteMs) || moved(before.tokensPerSecond, after.tokensPerSecond);
}

function moved(before: number | undefined, after: number | undefined): boolean {
  if (after === undefined) return false;
  return before === undefined || Math.abs(after - before) > before * newsRatio;
}
