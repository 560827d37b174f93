// Names that a field suggests. A large house has thousands, and they seldom change: they are drawn anew only when one of them is another.
import { memo } from "react";

interface NamesListProps {
  readonly id: string;
  readonly names: readonly string[];
}

export const NamesList = memo(
  function NamesList({ id, names }: NamesListProps) {
    return (
      <datalist id={id}>
        {[...new Set(names)].map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    );
  },
  (before, after) =>
    before.id === after.id && before.names.length === after.names.length && before.names.every((name, at) => name === after.names[at]),
);
