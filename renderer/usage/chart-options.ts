// How the chart of days is drawn: bars over days, a share of each within it. Colours are asked of the page at every drawing, so that themes and
// forced colours hold on the canvas too.
import uPlot from "uplot";
import type { UsageSum } from "../../src-core/contract/history.ts";
import { type MeasureName, measures } from "./measures.ts";
import { daySays } from "./ranges.ts";

/** The colour that CSS gives to an element of the chart's key. */
export type Ink = (of: "main" | "part" | "line" | "text") => string;

const bars = uPlot.paths.bars?.({ size: [0.72, 44], radius: 0.06 });

/** One row per series, over the days' places 0, 1, 2 …; null where nothing was measured. */
export function chartData(name: MeasureName, days: readonly UsageSum[]): [number[], ...(number | null)[][]] {
  const { of, part } = measures[name];
  const places = days.map((_, index) => index);
  const whole = days.map((day) => of(day) ?? null);
  return part === undefined ? [places, whole] : [places, whole, days.map(part.of)];
}

interface Size {
  readonly width: number;
  readonly height: number;
  /** Pixels of one rem: a reader who set larger text gets larger figures here as well. */
  readonly rem: number;
  readonly font: string;
}

/** `onDay` is told the day under the pointer, or null. */
export function chartOptions(
  name: MeasureName,
  days: readonly UsageSum[],
  { width, height, rem, font }: Size,
  ink: Ink,
  onDay: (index: number | null) => void,
): uPlot.Options {
  const { axis, part, label } = measures[name];
  const series = (of: "main" | "part", word: string): uPlot.Series => ({
    label: word,
    width: 0,
    fill: () => ink(of),
    points: { show: false },
    ...(bars === undefined ? {} : { paths: bars }),
  });
  const fontSize = `${0.75 * rem}px`;
  const common = {
    stroke: () => ink("text"),
    font: `${fontSize} ${font}`,
    ticks: { show: false },
    border: { show: false },
  };
  return {
    width,
    height,
    padding: [rem * 0.5, rem * 0.75, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { time: false, range: [-0.5, days.length - 0.5] },
      // From zero, and never without a height: a day of nothing is a flat line.
      y: { range: (_, __, most) => [0, most > 0 ? most * 1.08 : 1] },
    },
    axes: [
      {
        ...common,
        size: rem * 1.6,
        space: rem * 4,
        incrs: [1, 2, 5, 7, 10, 14],
        grid: { show: false },
        values: (_, places) => places.map((place) => labelOf(days[place])),
      },
      {
        ...common,
        size: rem * 4.2,
        space: rem * 2.4,
        grid: { stroke: () => ink("line"), width: 1 },
        values: (_, values) => values.map((value) => (value === 0 ? "0" : axis(value))),
      },
    ],
    series: [{}, series("main", label), ...(part === undefined ? [] : [series("part", part.label)])],
    hooks: { setCursor: [(plot) => onDay(plot.cursor.idx ?? null)] },
  };
}

const labelOf = (day: UsageSum | undefined) => (day === undefined ? "" : daySays(day.name));
