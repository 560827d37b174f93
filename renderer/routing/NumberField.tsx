// A figure in a form. The text stays as it is typed ("1.", "0,5") while it means the figure that the draft holds.
import { useState } from "react";
import { TextField } from "../parts/node/TextField.tsx";

interface NumberFieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly error: string | undefined;
  /** Undefined is nothing written, NaN what cannot be read. */
  readonly value: number | undefined;
  /** How many of the value's unit one unit of the text is: 1e9 for bytes that are written in GB. */
  readonly scale?: number;
  readonly onChange: (value: number | undefined) => void;
}

export function NumberField({ value, scale = 1, onChange, ...rest }: NumberFieldProps) {
  const [text, setText] = useState(() => written(value, scale));
  const shown = Object.is(read(text, scale), value) ? text : written(value, scale);
  return (
    <TextField
      {...rest}
      inputMode="decimal"
      value={shown}
      onChange={(next) => {
        setText(next);
        onChange(read(next, scale));
      }}
    />
  );
}

function read(text: string, scale: number): number | undefined {
  const plain = text.trim().replace(",", ".");
  // Twelve digits are more than anybody types, and fewer than binary fractions leave dust behind.
  return plain === "" ? undefined : Number((Number(plain) * scale).toPrecision(12));
}

const written = (value: number | undefined, scale: number): string =>
  value === undefined || Number.isNaN(value) ? "" : String(Number((value / scale).toPrecision(12)));
