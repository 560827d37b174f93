// The command palette: type, choose with the arrows, Enter. What was done last stands first.
import { type KeyboardEvent, useDeferredValue, useId, useMemo, useState } from "react";
import { useSnapshot } from "../client/home.ts";
import { modifier, pages, pageTitles } from "../client/pages.ts";
import { words } from "../language/words.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { OptionRow } from "../parts/OptionRow.tsx";
import { type Command, commandsOf, foundCommands } from "./commands.ts";
import { recentCommands, rememberCommand } from "./recent.ts";

interface PaletteProps {
  readonly onRun: (act: Command["act"]) => void;
  readonly onClose: () => void;
}

const { palette } = words;
const pageLines = pages.map((page) => ({ page, label: pageTitles[page] }));

export function Palette({ onRun, onClose }: PaletteProps) {
  const snapshot = useSnapshot();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const [recent] = useState(recentCommands);
  const listId = useId();
  const wanted = useDeferredValue(typed);
  // As they were when it was opened: a list that changes under the arrow keys loads the wrong model.
  const [commands] = useState(() => commandsOf(snapshot, pageLines, modifier));
  const found = useMemo(() => foundCommands(commands, wanted, recent), [commands, wanted, recent]);
  const active = found[Math.min(at, found.length - 1)];
  const run = ({ id, act }: Command) => {
    rememberCommand(id);
    onClose();
    onRun(act);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && found.length > 0) {
      event.preventDefault();
      setAt((Math.min(at, found.length - 1) + step + found.length) % found.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      // What Enter does is what was typed, also where the list is a moment behind.
      const chosen = wanted === typed ? active : foundCommands(commands, typed, recent)[0];
      if (chosen !== undefined) run(chosen);
    }
  };
  return (
    <Dialog title={palette.title} onClose={onClose}>
      <div className="dialog-body picker palette">
        <input
          // No search field: those keep the first Esc to themselves.
          type="text"
          role="combobox"
          aria-label={palette.placeholder}
          placeholder={palette.placeholder}
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={active === undefined ? undefined : `${listId}-${found.indexOf(active)}`}
          aria-autocomplete="list"
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <div id={listId} role="listbox" aria-label={palette.title} className="options" tabIndex={-1}>
          {found.map((command, index) => (
            <OptionRow key={command.id} id={`${listId}-${index}`} active={command === active} onPick={() => run(command)}>
              <span className="option-name">{command.label}</span>
              <span className="hint">{command.hint}</span>
            </OptionRow>
          ))}
        </div>
        <p className="hint" role="status">
          {found.length === 0 ? palette.nothingFound(typed) : ""}
        </p>
      </div>
    </Dialog>
  );
}
