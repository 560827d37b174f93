// Which rows of a long list stand in the document: those in sight and some beyond. The rest is room, as high as the rows were when last seen, or as
// a row mostly is.

export interface Windowed {
  readonly first: number;
  /** Not included. */
  readonly end: number;
  /** Room for the rows before and after. */
  readonly abovePx: number;
  readonly belowPx: number;
}

/** How a list is drawn. */
export interface Pace {
  /** Rows come and go in such steps, so that most scrolling draws nothing. */
  readonly step: number;
  /** So few are drawn whole: nothing is won by leaving any out. */
  readonly few: number;
}

const usualPace: Pace = { step: 10, few: 60 };
/** How many rows tell how high one mostly is. Settled then: thousands of rows out of sight must not move with every one that is seen. */
const enough = 20;
const mostKnown = 20_000;

/** Heights by row, in pixels; a row that was never seen is as high as the first ones that were, on average. */
export class Heights {
  readonly #known = new Map<string, number>();
  #usualPx: number;
  #sumPx = 0;
  #settled = false;

  constructor(usualPx: number) {
    this.#usualPx = usualPx;
  }

  of(id: string): number {
    return this.#known.get(id) ?? this.#usualPx;
  }

  learn(id: string, px: number): void {
    const before = this.#known.get(id);
    if (before !== undefined && Math.abs(before - px) < 1) return;
    // A window that stays open for weeks sees more requests than it lists.
    if (this.#known.size >= mostKnown) this.#known.clear();
    if (!this.#settled) this.#sumPx += px - (before ?? 0);
    this.#known.set(id, px);
    if (this.#settled || before !== undefined) return;
    this.#usualPx = this.#sumPx / this.#known.size;
    this.#settled = this.#known.size >= enough;
  }
}

/** The rows between two heights of the list, rounded outward to whole steps. Never empty where there are rows. */
export function windowOf(
  ids: readonly string[],
  heights: Heights,
  fromPx: number,
  toPx: number,
  { step, few }: Pace = usualPace,
): Windowed {
  if (ids.length <= few) return { first: 0, end: ids.length, abovePx: 0, belowPx: 0 };
  let y = 0;
  let abovePx = 0;
  let first = 0;
  let end = ids.length;
  let endPx = -1;
  ids.forEach((id, index) => {
    if (index % step === 0) {
      if (index === 0 || y <= fromPx) {
        first = index;
        abovePx = y;
      }
      if (endPx < 0 && index > 0 && y >= toPx) {
        end = index;
        endPx = y;
      }
    }
    y += heights.of(id);
  });
  // Scrolled beyond the end, as when a filter shortens the list: the last step is shown until the page has followed.
  if (end <= first) return { first, end: Math.min(ids.length, first + step), abovePx, belowPx: 0 };
  return { first, end, abovePx, belowPx: endPx < 0 ? 0 : y - endPx };
}
