// One line of text with its label, hint and error: what most fields of a node are.
import type { HTMLInputTypeAttribute } from "react";
import { Field } from "../Field.tsx";

interface TextFieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly error: string | undefined;
  readonly value: string;
  readonly type?: HTMLInputTypeAttribute;
  /** Id of a datalist with suggestions. */
  readonly list?: string;
  readonly placeholder?: string;
  readonly inputMode?: "decimal";
  readonly onChange: (text: string) => void;
}

export function TextField({ label, hint, error, value, type = "text", list, placeholder, inputMode, onChange }: TextFieldProps) {
  return (
    <Field label={label} error={error} {...(hint === undefined ? {} : { hint })}>
      {(props) => (
        <input
          {...props}
          type={type}
          list={list}
          placeholder={placeholder}
          inputMode={inputMode}
          spellCheck={false}
          autoComplete="off"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
