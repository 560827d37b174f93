// Which columns of the matrix to draw: those in sight and a few beyond.
import { type UIEvent, useEffect, useState } from "react";

/** As the style sheet has it. */
const columnPx = 120;
/** Columns come and go in such steps, so that most scrolling draws nothing. */
const step = 4;

/** With one step beyond either edge. */
const drawnIn = (widthPx: number) => (Math.ceil(widthPx / columnPx / step) + 2) * step;

interface ShownColumns {
  readonly first: number;
  /** Not included. */
  readonly end: number;
  readonly beforePx: number;
  readonly afterPx: number;
  readonly allPx: number;
  /** For the frame that scrolls. */
  readonly onScroll: (event: UIEvent<HTMLElement>) => void;
}

export function useColumns(all: number): ShownColumns {
  const [from, setFrom] = useState(0);
  const [drawn, setDrawn] = useState(() => drawnIn(innerWidth));
  useEffect(() => {
    const look = () => setDrawn(drawnIn(innerWidth));
    addEventListener("resize", look);
    return () => removeEventListener("resize", look);
  }, []);
  const first = Math.max(0, Math.min(from, all - drawn));
  const end = Math.min(all, first + drawn);
  return {
    first,
    end,
    beforePx: first * columnPx,
    afterPx: (all - end) * columnPx,
    allPx: all * columnPx,
    onScroll: ({ currentTarget }) => setFrom(Math.max(0, Math.floor(currentTarget.scrollLeft / columnPx / step) - 1) * step),
  };
}
