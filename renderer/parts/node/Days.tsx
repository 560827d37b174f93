// Days of the week to choose from. All seven stand for every day; the names are the reader's own.
import { Weekday } from "../../../src-core/contract/node-hours.ts";

interface DaysProps {
  /** Read before the days: "Days of quiet hours 1". */
  readonly label: string;
  readonly days: readonly Weekday[];
  readonly error: string | undefined;
  readonly onChange: (days: readonly Weekday[]) => void;
}

/** A Monday; the others follow it. */
const monday = Date.UTC(2024, 0, 1);
const dayMs = 86_400_000;
const nameOf = (index: number, weekday: "short" | "long") =>
  new Intl.DateTimeFormat(undefined, { weekday, timeZone: "UTC" }).format(monday + index * dayMs);

export function Days({ label, days, error, onChange }: DaysProps) {
  return (
    <fieldset className="days">
      <legend className="sr-only">{label}</legend>
      {Weekday.options.map((day, index) => (
        <label key={day}>
          <input
            type="checkbox"
            aria-label={nameOf(index, "long")}
            checked={days.includes(day)}
            onChange={(event) => onChange(event.target.checked ? [...days, day] : days.filter((one) => one !== day))}
          />
          <span aria-hidden="true">{nameOf(index, "short")}</span>
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
