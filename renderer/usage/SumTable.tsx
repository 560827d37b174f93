// Sums as a table: every measure of every row, with a bar in the column that is looked at. The table of a chart, and of nodes, models and clients.
import type { UsageSum } from "../../src-core/contract/history.ts";
import { words } from "../language/words.ts";
import { type MeasureName, measureSays, measures, measuresOf } from "./measures.ts";
import type { Dimension } from "./use-usage.ts";

interface SumTableProps {
  /** What its rows are. */
  readonly kind: "day" | Dimension;
  readonly sums: readonly UsageSum[];
  readonly measure: MeasureName;
  readonly nameOf: (name: string) => string;
}

export function SumTable({ kind, sums, measure, nameOf }: SumTableProps) {
  const { of } = measures[measure];
  const { caption, heading } = words.usage.tables[kind];
  const names = measuresOf(sums);
  const most = Math.max(0, ...sums.map((sum) => of(sum) ?? 0));
  return (
    <table className={`sum-table sum-table-${kind}`}>
      <caption className="sr-only">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{heading}</th>
          {names.map((name) => (
            <th key={name} scope="col" className="number">
              {measures[name].label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {sums.map((sum) => (
          <tr key={sum.name}>
            <th scope="row">{nameOf(sum.name)}</th>
            {names.map((name) => (
              <Figure key={name} name={name} sum={sum} share={name === measure ? (of(sum) ?? 0) / Math.max(most, 1e-9) : undefined} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface FigureProps {
  readonly name: MeasureName;
  readonly sum: UsageSum;
  /** Of the largest, in the column that is looked at. */
  readonly share: number | undefined;
}

function Figure({ name, sum, share }: FigureProps) {
  const { label, also, of } = measures[name];
  const more = also(sum);
  return (
    <td
      className="number"
      data-label={label}
      data-looked-at={share !== undefined || undefined}
      data-unknown={of(sum) === undefined || undefined}
    >
      {measureSays(name, sum)}
      {more !== "" && name !== "firstToken" && name !== "energy" && <span className="under">{more}</span>}
      {share !== undefined && (
        <span className="sum-bar" aria-hidden="true">
          <span style={{ width: `${share * 100}%` }} />
        </span>
      )}
    </td>
  );
}
