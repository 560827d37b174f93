// One measure over the days, as bars. The canvas is a picture with a name; what it shows stands beside it as a sentence, and as a table on demand.
import { useEffect, useId, useRef, useState } from "react";
import uPlot from "uplot";
import type { UsageSum } from "../../src-core/contract/history.ts";
import { words } from "../language/words.ts";
import { chartData, chartOptions, type Ink } from "./chart-options.ts";
import { type MeasureName, measureSays, measures } from "./measures.ts";
import { daySays, type Range } from "./ranges.ts";
import { summarySays } from "./summary.ts";

interface DayChartProps {
  readonly measure: MeasureName;
  readonly days: readonly UsageSum[];
  readonly range: Range;
}

export function DayChart({ measure, days, range }: DayChartProps) {
  const summary = useId();
  const host = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<number | null>(null);
  usePlot(host, measure, days, setPlace);
  const { label, part } = measures[measure];
  const day = place === null ? undefined : days[place];
  return (
    <figure className="day-chart" data-measure={measure}>
      <p className="chart-key">
        <span className="chart-mark chart-main" aria-hidden="true" />
        {label}
        {part !== undefined && (
          <>
            <span className="chart-mark chart-part" aria-hidden="true" />
            {part.label}
          </>
        )}
        {/* Only for the pointer; a reader of the table has every day. */}
        <span className="chart-day figure" aria-hidden="true">
          {day !== undefined && daySum(measure, day)}
        </span>
      </p>
      <div ref={host} className="chart-host" role="img" aria-label={words.usage.days.chartName(label)} aria-describedby={summary} />
      <figcaption id={summary}>{summarySays(measure, days, range)}</figcaption>
    </figure>
  );
}

function daySum(measure: MeasureName, day: UsageSum): string {
  return words.usage.days.one(daySays(day.name), measureSays(measure, day), measures[measure].also(day));
}

/** Draws, and draws again when the place or the colours change. */
function usePlot(
  at: React.RefObject<HTMLDivElement | null>,
  measure: MeasureName,
  days: readonly UsageSum[],
  onDay: (index: number | null) => void,
): void {
  useEffect(() => {
    const host = at.current;
    if (host === null) return;
    const style = getComputedStyle(host);
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
    const size = { width: host.clientWidth, height: host.clientHeight, rem, font: style.fontFamily };
    const plot = new uPlot(chartOptions(measure, days, size, inkOf(host), onDay), chartData(measure, days), host);
    const watched = new ResizeObserver(() => plot.setSize({ width: host.clientWidth, height: host.clientHeight }));
    watched.observe(host);
    const unwatch = onColours(() => plot.redraw());
    return () => {
      watched.disconnect();
      unwatch();
      plot.destroy();
      onDay(null);
    };
  }, [at, measure, days, onDay]);
}

/** Custom properties are not resolved when they are read; the colours of elements are. */
function inkOf(host: HTMLElement): Ink {
  const figure = host.closest("figure") ?? host;
  const colourOf = (selector: string) => getComputedStyle(figure.querySelector(selector) ?? figure).color;
  return (of) => {
    if (of === "text") return getComputedStyle(host).color;
    if (of === "line") return getComputedStyle(host).borderBottomColor;
    return colourOf(`.chart-${of}`);
  };
}

/** The setting, the system's theme, and forced colours. */
function onColours(changed: () => void): () => void {
  const asked = ["(prefers-color-scheme:dark)", "(forced-colors:active)"].map((query) => matchMedia(query));
  for (const query of asked) query.addEventListener("change", changed);
  const theme = new MutationObserver(changed);
  theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => {
    for (const query of asked) query.removeEventListener("change", changed);
    theme.disconnect();
  };
}
