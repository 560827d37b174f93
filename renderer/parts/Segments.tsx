// A choice among a few, side by side: one group of radio buttons, so that it is one stop of Tab and arrow keys move within it.
import { type KeyboardEvent, useId } from "react";

interface SegmentsProps<T extends string> {
  readonly legend: string;
  readonly options: readonly { readonly value: T; readonly label: string }[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}

export function Segments<T extends string>({ legend, options, value, onChange }: SegmentsProps<T>) {
  const name = useId();
  return (
    <fieldset className="segments" onKeyDown={toTheEnds}>
      <legend className="sr-only">{legend}</legend>
      {options.map((one) => (
        <label key={one.value}>
          <input type="radio" name={name} checked={one.value === value} onChange={() => onChange(one.value)} />
          <span>{one.label}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Home and End go to the first and the last, which a browser does not do by itself. A click is what chooses, as with an arrow. */
function toTheEnds(event: KeyboardEvent<HTMLElement>): void {
  const to = { Home: 0, End: -1 }[event.key];
  const radios = [...event.currentTarget.querySelectorAll<HTMLInputElement>("input[type=radio]")];
  if (to === undefined) return;
  event.preventDefault();
  radios.at(to)?.focus();
  radios.at(to)?.click();
}
