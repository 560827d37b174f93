// What was used: requests, tokens, money and time, over days and by model, node and client, and where the budgets are heading (UX decision 4:
// what is not known is not a number).
import { useMemo, useState } from "react";
import { useSnapshot } from "../client/home.ts";
import { Rich } from "../language/Rich.tsx";
import { words } from "../language/words.ts";
import { Segments } from "../parts/Segments.tsx";
import { Standing } from "../parts/Standing.tsx";
import { BudgetForecasts } from "../usage/BudgetForecasts.tsx";
import { DayChart } from "../usage/DayChart.tsx";
import { ExportButton } from "../usage/ExportButton.tsx";
import { type MeasureName, measures } from "../usage/measures.ts";
import { daySays, type Range, ranges } from "../usage/ranges.ts";
import { SumTable } from "../usage/SumTable.tsx";
import { summarySays } from "../usage/summary.ts";
import { totalOf } from "../usage/sums.ts";
import { Totals } from "../usage/Totals.tsx";
import { type Dimension, dimensions, type Usage as Used, useUsage } from "../usage/use-usage.ts";

const said = words.usage;
const rangeOptions = ranges.map((value) => ({ value, label: said.range[value] }));
const dimensionOptions = dimensions.map((value) => ({ value, label: said.tables[value].heading }));
const dayViews = [
  { value: "chart", label: said.days.chart },
  { value: "table", label: said.days.table },
] as const;

export function Usage() {
  const [range, setRange] = useState<Range>("week");
  const [by, setBy] = useState<Dimension>("model");
  const [measure, setMeasure] = useState<MeasureName>("requests");
  const { usage, failure, again } = useUsage(range, by);
  const total = useMemo(() => (usage === undefined ? undefined : totalOf(usage.days)), [usage]);
  const asked = (total?.requests ?? 0) > 0;
  return (
    <>
      <div className="page-head">
        <h1>{said.title}</h1>
        <p className="summary">{said.daysAreUtc}</p>
        <div className="page-tools">
          <Segments legend={said.range.legend} options={rangeOptions} value={range} onChange={setRange} />
          {usage !== undefined && asked && <ExportButton usage={usage} />}
        </div>
      </div>
      <Standing readAt={usage?.at} failure={failure} again={again} says={said.standing} />
      {usage !== undefined && total !== undefined && !asked && <NothingAsked range={usage.range} />}
      {usage !== undefined && total !== undefined && asked && (
        <div className="usage" aria-busy={usage.range !== range || usage.by !== by}>
          <Totals total={total} measure={measure} onChoose={setMeasure} />
          <Days usage={usage} measure={measure} />
          <Parts usage={usage} measure={measure} by={by} onBy={setBy} />
        </div>
      )}
      <BudgetForecasts />
    </>
  );
}

function NothingAsked({ range }: { readonly range: Range }) {
  const { gateway } = useSnapshot();
  return (
    <section className="empty" aria-label={said.empty.title}>
      <h2>{said.empty.title}</h2>
      <p>
        <Rich text={said.empty.text(range)} parts={{ address: <code>{gateway.url}</code> }} />
      </p>
      <p>
        <a href="#/connect">{said.empty.connectLink}</a>
      </p>
    </section>
  );
}

function Days({ usage, measure }: { readonly usage: Used; readonly measure: MeasureName }) {
  const [view, setView] = useState<"chart" | "table">("chart");
  // One day has no course: its figures stand above.
  if (usage.days.length < 2) return <p>{summarySays(measure, usage.days, usage.range)}</p>;
  return (
    <section className="usage-part" aria-labelledby="usage-days">
      <div className="usage-part-head">
        <h2 id="usage-days">{said.days.title(measures[measure].label)}</h2>
        <Segments legend={said.days.legend} options={dayViews} value={view} onChange={setView} />
      </div>
      {view === "chart" && <DayChart measure={measure} days={usage.days} range={usage.range} />}
      {view === "table" && <SumTable kind="day" sums={usage.days.toReversed()} measure={measure} nameOf={daySays} />}
    </section>
  );
}

interface PartsProps {
  readonly usage: Used;
  readonly measure: MeasureName;
  readonly by: Dimension;
  readonly onBy: (by: Dimension) => void;
}

function Parts({ usage, measure, by, onBy }: PartsProps) {
  const { fleet } = useSnapshot();
  const { of } = measures[measure];
  const sorted = useMemo(() => usage.parts.toSorted((a, b) => (of(b) ?? -1) - (of(a) ?? -1)), [usage.parts, of]);
  const { title, none } = said.tables[usage.by];
  const nameOf = (name: string) => (name === "" ? none : usage.by === "node" ? (fleet.nodes[name]?.name ?? name) : name);
  return (
    <section className="usage-part" aria-labelledby="usage-parts">
      <div className="usage-part-head">
        <h2 id="usage-parts">{title}</h2>
        <Segments legend={said.groupLegend} options={dimensionOptions} value={by} onChange={onBy} />
      </div>
      <SumTable kind={usage.by} sums={sorted} measure={measure} nameOf={nameOf} />
    </section>
  );
}
