// Follows the page's scrolling and tells which rows of a table to draw (window-of.ts), and learns from each drawing how high they are.
import { type RefObject, useCallback, useEffect, useLayoutEffect, useState } from "react";
import { Heights, type Windowed, windowOf } from "./window-of.ts";

/** Drawn beyond the edges of the page: what a flick of the wheel uncovers, and where Tab goes next. */
const beyondPx = 700;
/** A row before any was seen. */
const usualPx = 53;

const isSame = (a: Windowed, b: Windowed) => a.first === b.first && a.end === b.end && a.abovePx === b.abovePx && a.belowPx === b.belowPx;

/** `ids`: the rows from top to bottom. Each drawn row bears its id as `data-row`; a second row of the same id is part of it. */
export function useWindow(ids: readonly string[], body: RefObject<HTMLElement | null>): Windowed {
  const [known, setKnown] = useState(() => new Heights(usualPx));
  const [told, setTold] = useState<Windowed>(() => windowOf(ids, known, 0, innerHeight + beyondPx));
  const look = useCallback(() => {
    const topPx = body.current?.getBoundingClientRect().top ?? 0;
    const next = windowOf(ids, known, -topPx - beyondPx, -topPx + innerHeight + beyondPx);
    setTold((before) => (isSame(before, next) ? before : next));
  }, [ids, known, body]);
  useEffect(() => {
    // In another width every row has another height.
    const forget = () => setKnown(new Heights(usualPx));
    addEventListener("scroll", look, { passive: true });
    addEventListener("resize", forget);
    return () => {
      removeEventListener("scroll", look);
      removeEventListener("resize", forget);
    };
  }, [look]);
  useLayoutEffect(() => {
    measure(body.current, known);
    look();
  });
  // Rows that came or went since it was told: never beyond the end, and never fewer than would be seen.
  return told.end > ids.length ? windowOf(ids, known, told.abovePx, told.abovePx + innerHeight + 2 * beyondPx) : told;
}

function measure(body: HTMLElement | null, heights: Heights): void {
  const sums = new Map<string, number>();
  for (const row of body?.querySelectorAll<HTMLElement>("[data-row]") ?? []) {
    const id = row.dataset["row"] ?? "";
    sums.set(id, (sums.get(id) ?? 0) + row.getBoundingClientRect().height);
  }
  for (const [id, px] of sums) heights.learn(id, px);
}
