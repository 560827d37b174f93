// What a node is and where it stands, as two choices: the same where it is added and where it is edited.
import { NodeKind, Place } from "../../src-core/contract/node-kinds.ts";
import { words } from "../language/words.ts";
import { Field } from "./Field.tsx";

const { fields } = words.nodeForms;

interface ChoiceProps<T> {
  readonly value: T;
  readonly error: string | undefined;
  readonly onChange: (value: T) => void;
}

export function KindField({ value, error, onChange }: ChoiceProps<NodeKind>) {
  return (
    <Field label={fields.kind} error={error}>
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
    <Field label={fields.place} error={error}>
      {(props) => (
        <select {...props} value={value} onChange={({ target }) => onChange(Place.options.find((place) => place === target.value) ?? "")}>
          <option value="">{fields.placeFound}</option>
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
