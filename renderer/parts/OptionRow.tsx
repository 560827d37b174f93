// One line of a list under a search field: the field keeps the focus and names the active line, which stays in sight.
import { type ReactNode, useRef } from "react";

interface OptionRowProps {
  readonly id: string;
  readonly active: boolean;
  readonly onPick: () => void;
  readonly children: ReactNode;
}

/** Stands in an element of role "listbox" that a combobox controls. */
export function OptionRow({ id, active, onPick, children }: OptionRowProps) {
  const scroll = useRef((element: HTMLElement | null) => element?.scrollIntoView({ block: "nearest" }));
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox above holds the focus and answers Enter for the active option
    <div
      id={id}
      role="option"
      aria-selected={active}
      tabIndex={-1}
      className="option"
      ref={active ? scroll.current : null}
      onClick={onPick}
    >
      {children}
    </div>
  );
}
