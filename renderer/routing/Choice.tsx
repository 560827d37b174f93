// One of some names, or none of them. A name that is not there any more stays to be seen.
import { words } from "../language/words.ts";
import { Field } from "../parts/Field.tsx";

const { field } = words.routingForms;

interface ChoiceProps {
  readonly label: string;
  readonly value: string | undefined;
  /** What stands for no choice. */
  readonly none?: string;
  readonly options: readonly { readonly value: string; readonly says: string }[];
  readonly error: string | undefined;
  readonly onPick: (value: string | undefined) => void;
}

export function Choice({ label, value, none = field.any, options, error, onPick }: ChoiceProps) {
  const gone = value !== undefined && options.every((one) => one.value !== value);
  return (
    <Field label={label} error={error}>
      {(props) => (
        <select {...props} value={value ?? ""} onChange={(event) => onPick(event.target.value === "" ? undefined : event.target.value)}>
          <option value="">{none}</option>
          {gone && <option value={value}>{field.notThere(value)}</option>}
          {options.map((one) => (
            <option key={one.value} value={one.value}>
              {one.says}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
