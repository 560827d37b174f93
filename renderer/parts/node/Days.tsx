// Days of the week to choose from. All seven stand for every day; the names are the reader's own.
import { Weekday } from "../../../src-core/contract/node-hours.ts";
import { weekday } from "../../format.ts";

interface DaysProps {
  /** Read before the days: "Days of quiet hours 1". */
  readonly label: string;
  readonly days: readonly Weekday[];
  readonly error: string | undefined;
  readonly onChange: (days: readonly Weekday[]) => void;
}

export function Days({ label, days, error, onChange }: DaysProps) {
  return (
    <fieldset className="days">
      <legend className="sr-only">{label}</legend>
      {Weekday.options.map((day, index) => (
        <label key={day}>
          <input
            type="checkbox"
            aria-label={weekday(index, "long")}
            checked={days.includes(day)}
            onChange={(event) => onChange(event.target.checked ? [...days, day] : days.filter((one) => one !== day))}
          />
          <span aria-hidden="true">{weekday(index, "short")}</span>
        </label>
      ))}
      {error !== undefined && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
