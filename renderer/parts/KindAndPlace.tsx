// What a node is and where it stands, as two choices: the same where it is added and where it is edited.
import { NodeKind, Place } from "../../src-core/contract/node-kinds.ts";
import { words } from "../language/words.ts";
import { Field } from "./Field.tsx";

interface ChoiceProps<T> {
  readonly value: T;
  readonly error: string | undefined;
  readonly onChange: (value: T) => void;
}

export function KindField({ value, error, onChange }: ChoiceProps<NodeKind>) {
  return (
    <Field label="Kind" error={error}>
      {(props) => (
        <select
          {...props}
          value={value}
          onChange={({ target }) => onChange(NodeKind.options.find((kind) => kind === target.value) ?? value)}
        >
          {NodeKind.options.map((kind) => (
            <option key={kind} value={kind}>
              {words.vocabulary.kinds[kind]}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** Empty: found from the address. */
export function PlaceField({ value, error, onChange }: ChoiceProps<Place | "">) {
  return (
    <Field label="Place" error={error}>
      {(props) => (
        <select {...props} value={value} onChange={({ target }) => onChange(Place.options.find((place) => place === target.value) ?? "")}>
          <option value="">found from the address</option>
          {Place.options.map((place) => (
            <option key={place} value={place}>
              {words.vocabulary.places[place]}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
