// How the list is grouped and in which order: two choices beside the search.
import { type Arrangement, groupings, groupingWords, orders, orderWords } from "./arrange.ts";

interface ArrangeProps {
  readonly arrangement: Arrangement;
  readonly onChange: (change: Partial<Arrangement>) => void;
}

export function Arrange({ arrangement: { group, order }, onChange }: ArrangeProps) {
  return (
    <>
      <Choice label="Grouping" options={groupings} words={groupingWords} value={group} onChange={(wish) => onChange({ group: wish })} />
      <Choice label="Order" options={orders} words={orderWords} value={order} onChange={(wish) => onChange({ order: wish })} />
    </>
  );
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly options: readonly T[];
  readonly words: Readonly<Record<T, string>>;
  readonly value: T;
  readonly onChange: (value: T) => void;
}

function Choice<T extends string>({ label, options, words, value, onChange }: ChoiceProps<T>) {
  return (
    <select
      aria-label={label}
      className="page-choice"
      value={value}
      onChange={({ target }) => onChange(options.find((one) => one === target.value) ?? value)}
    >
      {options.map((one) => (
        <option key={one} value={one}>
          {words[one]}
        </option>
      ))}
    </select>
  );
}
