// A list in a form: entries that can be taken away, and a button that adds one.
import { Plus, X } from "lucide-react";
import type { ReactNode } from "react";

/** What one entry is called by its number, and the buttons that take it away and add one. */
interface RowsWords {
  readonly label: (position: number) => string;
  readonly removeLabel: (position: number) => string;
  readonly addButton: string;
}

interface RowsProps<T> {
  readonly entries: readonly T[];
  readonly says: RowsWords;
  readonly fresh: T;
  readonly onChange: (entries: readonly T[]) => void;
  readonly children: (entry: T, index: number, change: (part: Partial<T>) => void) => ReactNode;
}

export function Rows<T>({ entries, says, fresh, onChange, children }: RowsProps<T>) {
  const change = (index: number) => (part: Partial<T>) =>
    onChange(entries.map((entry, at) => (at === index ? { ...entry, ...part } : entry)));
  return (
    <>
      {entries.map((entry, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an entry has no name but its place, and entries never change places
        <fieldset key={index} className="row" aria-label={says.label(index + 1)}>
          <div className="row-fields">{children(entry, index, change(index))}</div>
          <button
            type="button"
            className="icon-button"
            aria-label={says.removeLabel(index + 1)}
            onClick={() => onChange(entries.filter((_, at) => at !== index))}
          >
            <X size={15} aria-hidden="true" />
          </button>
        </fieldset>
      ))}
      <div>
        <button type="button" className="button small" onClick={() => onChange([...entries, fresh])}>
          <Plus size={14} aria-hidden="true" /> {says.addButton}
        </button>
      </div>
    </>
  );
}
