// How the list is grouped and in which order: two choices beside the search.
import { words } from "../language/words.ts";
import { type Arrangement, groupings, orders } from "./arrange.ts";

const { arrange } = words.models;

interface ArrangeProps {
  readonly arrangement: Arrangement;
  readonly onChange: (change: Partial<Arrangement>) => void;
}

export function Arrange({ arrangement: { group, order }, onChange }: ArrangeProps) {
  return (
    <>
      <Choice
        label={arrange.grouping}
        options={groupings}
        labels={arrange.groupings}
        value={group}
        onChange={(wish) => onChange({ group: wish })}
      />
      <Choice label={arrange.order} options={orders} labels={arrange.orders} value={order} onChange={(wish) => onChange({ order: wish })} />
    </>
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly options: readonly T[];
  readonly labels: Readonly<Record<T, string>>;
  readonly value: T;
  readonly onChange: (value: T) => void;
}

function Choice<T extends string>({ label, options, labels, value, onChange }: ChoiceProps<T>) {
  return (
    <select
      aria-label={label}
      className="page-choice"
      value={value}
      onChange={({ target }) => onChange(options.find((one) => one === target.value) ?? value)}
    >
      {options.map((one) => (
        <option key={one} value={one}>
          {labels[one]}
        </option>
      ))}
    </select>
  );
}
