// How fast a fetch goes, and how often that is told: a node tells of every buffer it wrote, and a person reads four figures a second.
import type { Clock, PullProgress } from "./ports.ts";

const tellEveryMs = 250;
/** The speed shown is that of the last so many milliseconds; over less it would jump about. */
const windowMs = 10_000;
const leastMs = 1_000;

interface Point {
  readonly at: number;
  readonly bytes: number;
}

export class PullPace {
  readonly #clock: Clock;
  #points: readonly Point[] = [];
  #toldAt = Number.NEGATIVE_INFINITY;
  #stage: string | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What is to be told now; undefined where it is too soon. A new stage is told at once. */
  after(progress: PullProgress): (PullProgress & { readonly bytesPerSecond?: number | undefined }) | undefined {
    const at = this.#clock.monotonic();
    const { stage, completedBytes } = progress;
    if (at - this.#toldAt < tellEveryMs && stage === this.#stage) return undefined;
    this.#toldAt = at;
    this.#stage = stage;
    return { ...progress, bytesPerSecond: completedBytes === undefined ? undefined : this.#speed({ at, bytes: completedBytes }) };
  }

  /** The first figure may be what an earlier, broken-off fetch had left, so the first point is no progress of ours. */
  #speed(now: Point): number | undefined {
    this.#points = [...this.#points.filter(({ at }) => now.at - at <= windowMs), now];
    const first = this.#points[0] ?? now;
    const ms = now.at - first.at;
    return ms < leastMs ? undefined : ((now.bytes - first.bytes) / ms) * 1000;
  }
}
