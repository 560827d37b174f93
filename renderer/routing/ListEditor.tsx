// A list in a form whose entries can be added, taken away and, where their order counts, put before one another: by buttons or by Alt with an
// arrow. Whoever edits keeps the focus on what was edited, and is told where it went.
import { ArrowDown, ArrowUp, Plus, X } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { words } from "../language/words.ts";
import { moved, replaced, without } from "./list-edit.ts";

const { lists, moving } = words.routingDraft;

interface ListEditorProps<T> {
  readonly entries: readonly T[];
  /** What one entry is. */
  readonly kind: keyof typeof lists;
  /** What this entry is called by whoever looks at it: "pictures". */
  readonly nameOf: (entry: T, index: number) => string;
  /** What a new entry begins with. */
  readonly fresh: () => NoInfer<T>;
  /** Where a new entry is put; at the end when absent. */
  readonly placeOf?: () => number;
  /** Whether the order means something. */
  readonly ordered?: boolean;
  readonly onChange: (entries: readonly T[]) => void;
  /** `change` stays the same function for as long as the entry keeps its place. */
  readonly children: (entry: T, index: number, change: (entry: T) => void) => ReactNode;
}

export function ListEditor<T>(props: ListEditorProps<T>) {
  const { entries, kind, nameOf, ordered = false, children } = props;
  const { keys, root, said, add, remove, move, change } = useEditing(props);
  const List = ordered ? "ol" : "ul";
  return (
    <div className="list-editor" ref={root}>
      <List className="entries">
        {entries.map((entry, index) => (
          <li key={keys[index]} className="entry">
            <fieldset
              className="entry-frame"
              aria-label={lists[kind].entry(nameOf(entry, index))}
              onKeyDown={ordered ? (event) => moveByKey(event, (step) => move(index, index + step)) : undefined}
            >
              <Fields entry={entry} index={index} onChange={change}>
                {children}
              </Fields>
              <div className="entry-acts">
                {ordered && (
                  <>
                    <MoveButton up called={nameOf(entry, index)} possible={index > 0} onMove={() => move(index, index - 1)} />
                    <MoveButton called={nameOf(entry, index)} possible={index < entries.length - 1} onMove={() => move(index, index + 1)} />
                  </>
                )}
                <button
                  type="button"
                  className="icon-button"
                  aria-label={lists[kind].remove(nameOf(entry, index))}
                  onClick={() => remove(index)}
                >
                  <X size={15} aria-hidden="true" />
                </button>
              </div>
            </fieldset>
          </li>
        ))}
      </List>
      <div>
        <button type="button" className="button small entry-add" onClick={add}>
          <Plus size={14} aria-hidden="true" /> {lists[kind].add}
        </button>
      </div>
      <p className="sr-only" role="status">
        {said}
      </p>
    </div>
  );
}

interface FieldsProps<T> extends Pick<ListEditorProps<T>, "children"> {
  readonly entry: T;
  readonly index: number;
  readonly onChange: (index: number, entry: T) => void;
}

function Fields<T>({ entry, index, onChange, children }: FieldsProps<T>) {
  const change = useCallback((next: T) => onChange(index, next), [onChange, index]);
  return <div className="entry-fields">{children(entry, index, change)}</div>;
}

interface MoveButtonProps {
  readonly up?: boolean;
  readonly called: string;
  readonly possible: boolean;
  readonly onMove: () => void;
}

/** Stays reachable at the end of the list: a button that vanishes under the finger takes the focus with it. */
function MoveButton({ up = false, called, possible, onMove }: MoveButtonProps) {
  const Icon = up ? ArrowUp : ArrowDown;
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={up ? moving.up(called) : moving.down(called)}
      title={up ? moving.upKeys : moving.downKeys}
      aria-disabled={!possible}
      onClick={onMove}
    >
      <Icon size={15} aria-hidden="true" />
    </button>
  );
}

function moveByKey(event: KeyboardEvent<HTMLElement>, move: (step: number) => void): void {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  // In a list to choose from, Alt with the arrow opens it, as everywhere.
  if (step === undefined || !event.altKey || event.target instanceof HTMLSelectElement) return;
  event.preventDefault();
  event.stopPropagation();
  move(step);
}

let lastKey = 0;
const newKey = () => {
  lastKey += 1;
  return lastKey;
};

/** Entries have no name that lasts (it is what one edits), so each gets a key that goes where it goes. */
function useEditing<T>({ entries, kind, nameOf, fresh, placeOf, onChange }: ListEditorProps<T>) {
  const [known, setKeys] = useState<readonly number[]>(() => entries.map(newKey));
  const [said, setSaid] = useState("");
  const [focus, setFocus] = useState<number | "add">();
  const root = useRef<HTMLDivElement>(null);
  // The same function from one drawing to the next: an entry that nobody changed need not be drawn again.
  const latest = useRef({ entries, onChange });
  useLayoutEffect(() => {
    latest.current = { entries, onChange };
  });
  const change = useCallback((index: number, next: T) => latest.current.onChange(replaced(latest.current.entries, index, next)), []);
  // Undo and the document change the length from outside.
  const keys = known.length === entries.length ? known : entries.map((_, at) => known[at] ?? newKey());
  if (keys !== known) setKeys(keys);
  useEffect(() => {
    if (focus === undefined) return;
    focusOn(root.current, focus === "add" ? "add" : keys.indexOf(focus));
    setFocus(undefined);
  }, [focus, keys]);
  const at = (index: number) => entries.slice(index, index + 1).map((entry) => nameOf(entry, index))[0] ?? "";
  return {
    keys,
    root,
    said,
    add: () => {
      const key = newKey();
      const place = placeOf?.() ?? entries.length;
      onChange([...entries.slice(0, place), fresh(), ...entries.slice(place)]);
      setKeys([...keys.slice(0, place), key, ...keys.slice(place)]);
      setFocus(key);
      setSaid(lists[kind].added(place + 1, entries.length + 1));
    },
    remove: (index: number) => {
      const left = without(keys, index);
      onChange(without(entries, index));
      setKeys(left);
      setFocus(left[index] ?? left.at(-1) ?? "add");
      setSaid(lists[kind].removed(at(index)));
    },
    move: (index: number, to: number) => {
      if (to < 0 || to >= entries.length) return;
      onChange(moved(entries, index, to));
      setKeys(moved(keys, index, to));
      setSaid(moving.moved(at(index), to + 1, entries.length));
    },
    change,
  };
}

/** Of a new entry its first field, of the one beside a removed entry the same. The browser keeps the focus by itself where entries only move. */
function focusOn(root: HTMLElement | null, which: number | "add"): void {
  const entry = which === "add" ? undefined : root?.querySelectorAll<HTMLElement>(":scope > .entries > .entry")[which];
  const target =
    entry?.querySelector(".entry-fields :is(input, select, textarea, summary)") ?? root?.querySelector(":scope > div > .entry-add");
  if (target instanceof HTMLElement) target.focus();
}
