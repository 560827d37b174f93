// Choosing a cold model to load: a searchable list under the keyboard. A model that does not fit is advice, not a wall (UX-06, UX-07).
import { type KeyboardEvent, useId, useRef, useState } from "react";
import type { Node } from "../../src-core/contract/fleet.ts";
import { bytes, duration } from "../format.ts";
import { useLoad } from "../library/use-load.ts";
import { type ModelOnNode, modelFacts } from "../models.ts";
import { Dialog } from "./Dialog.tsx";

interface LoadPickerProps {
  readonly node: Node;
  readonly cold: readonly ModelOnNode[];
  readonly initial: string;
  readonly onClose: () => void;
}

export function LoadPicker({ node, cold, initial, onClose }: LoadPickerProps) {
  const [search, setSearch] = useState(initial);
  const [at, setAt] = useState(0);
  const listId = useId();
  const ask = useLoad();
  /** Closes at once: the progress shows on the panel. */
  const load = ({ entry }: ModelOnNode) => {
    onClose();
    ask({ node: node.id, model: entry.id });
  };
  const found = cold.filter((model) => model.entry.id.toLowerCase().includes(search.trim().toLowerCase()));
  const active = found[Math.min(at, found.length - 1)];
  const optionId = (model: ModelOnNode) => `${listId}-${model.key}`;
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && found.length > 0) {
      event.preventDefault();
      setAt((Math.min(at, found.length - 1) + step + found.length) % found.length);
    } else if (event.key === "Enter" && active !== undefined) {
      event.preventDefault();
      load(active);
    }
  };
  return (
    <Dialog title={`Load a model on ${node.name}`} onClose={onClose}>
      <div className="dialog-body picker">
        <input
          type="search"
          role="combobox"
          aria-label="Find a model"
          placeholder="Find a model"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={active === undefined ? undefined : optionId(active)}
          aria-autocomplete="list"
          value={search}
          onChange={(event) => {
            setSearch(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <div id={listId} role="listbox" aria-label={`Models on ${node.name} that are not in memory`} className="options" tabIndex={-1}>
          {found.map((model) => (
            <Option key={model.key} id={optionId(model)} model={model} active={model === active} onPick={() => load(model)} />
          ))}
        </div>
        {found.length === 0 && (
          <p className="hint">
            No model on {node.name} matches “{search}”.
          </p>
        )}
      </div>
    </Dialog>
  );
}

interface OptionProps {
  readonly id: string;
  readonly model: ModelOnNode;
  readonly active: boolean;
  readonly onPick: () => void;
}

function Option({ id, model, active, onPick }: OptionProps) {
  const { entry, usualLoadMs } = model;
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
      <span className="option-name">{entry.id}</span>
      <span className="hint">{modelFacts(entry)}</span>
      <span className="figure">{entry.bytes === undefined ? "size unknown" : bytes(entry.bytes)}</span>
      <span className="hint option-time">{usualLoadMs === undefined ? "" : `usually ${duration(usualLoadMs)}`}</span>
    </div>
  );
}
