// The range in a few figures. Each is also the choice of what the chart and the tables below look at.
import type { UsageSum } from "../../src-core/contract/history.ts";
import { words } from "../language/words.ts";
import { type MeasureName, measureSays, measures, measuresOf } from "./measures.ts";

interface TotalsProps {
  readonly total: UsageSum;
  readonly measure: MeasureName;
  readonly onChoose: (measure: MeasureName) => void;
}

export function Totals({ total, measure, onChoose }: TotalsProps) {
  return (
    <fieldset className="totals">
      <legend className="sr-only">{words.usage.totalsLegend}</legend>
      {measuresOf([total]).map((name) => (
        <label key={name} className="total" data-measure={name}>
          <input type="radio" name="measure" checked={name === measure} onChange={() => onChoose(name)} />
          <span className="total-name">{measures[name].label}</span>
          <span className="total-figure">{measureSays(name, total)}</span>
          <span className="total-also">{measures[name].also(total)}</span>
        </label>
      ))}
    </fieldset>
  );
}
