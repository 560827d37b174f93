// Follows what scrolls, the page or a frame within it, and tells which rows of a table to draw (window-of.ts); learns from each drawing how high
// they are.
import { type RefObject, useCallback, useEffect, useLayoutEffect, useState } from "react";
import { Heights, type Pace, type Windowed, windowOf } from "./window-of.ts";

/** How large a table's rows are, and how many of them stand ready. A constant of the table's file. */
export interface WindowManner {
  /** Drawn beyond the edges of the page: what a flick of the wheel uncovers, and where Tab goes next. */
  readonly beyondPx: number;
  /** A row before any was seen. */
  readonly usualPx: number;
  readonly pace?: Pace;
}

const usualManner: WindowManner = { beyondPx: 700, usualPx: 53 };

const isSame = (a: Windowed, b: Windowed) => a.first === b.first && a.end === b.end && a.abovePx === b.abovePx && a.belowPx === b.belowPx;

/** `ids`: the rows from top to bottom. Each drawn row bears its id as `data-row`; a second row of the same id is part of it. */
export function useWindow(ids: readonly string[], body: RefObject<HTMLElement | null>, manner = usualManner): Windowed {
  const { beyondPx, usualPx, pace } = manner;
  const [known, setKnown] = useState(() => new Heights(usualPx));
  const [told, setTold] = useState<Windowed>(() => windowOf(ids, known, 0, innerHeight + beyondPx, pace));
  const look = useCallback(() => {
    const topPx = body.current?.getBoundingClientRect().top ?? 0;
    const next = windowOf(ids, known, -topPx - beyondPx, -topPx + innerHeight + beyondPx, pace);
    setTold((before) => (isSame(before, next) ? before : next));
  }, [ids, known, body, beyondPx, pace]);
  useEffect(() => {
    // In another width every row has another height.
    const forget = () => setKnown(new Heights(usualPx));
    // A frame that scrolls tells it to nobody above, so the event is taken on its way down.
    addEventListener("scroll", look, { passive: true, capture: true });
    addEventListener("resize", forget);
    return () => {
      removeEventListener("scroll", look, { capture: true });
      removeEventListener("resize", forget);
    };
  }, [look, usualPx]);
  useLayoutEffect(() => {
    measure(body.current, known);
    look();
  });
  // Rows that came or went since it was told: never beyond the end, and never fewer than would be seen.
  return told.end > ids.length ? windowOf(ids, known, told.abovePx, told.abovePx + innerHeight + 2 * beyondPx, pace) : told;
}

function measure(body: HTMLElement | null, heights: Heights): void {
  const sums = new Map<string, number>();
  for (const row of body?.querySelectorAll<HTMLElement>("[data-row]") ?? []) {
    const id = row.dataset["row"] ?? "";
    sums.set(id, (sums.get(id) ?? 0) + row.getBoundingClientRect().height);
  }
  for (const [id, px] of sums) heights.learn(id, px);
}
