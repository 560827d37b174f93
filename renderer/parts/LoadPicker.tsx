// Choosing a cold model to load: a searchable list under the keyboard. A model that does not fit is advice, not a wall (UX-06, UX-07).
import { type KeyboardEvent, useId, useState } from "react";
import type { Node } from "../../src-core/contract/fleet.ts";
import type { ModelId } from "../../src-core/contract/ids.ts";
import { useHome } from "../client/home.ts";
import { words } from "../language/words.ts";
import { LoadDialog } from "../library/LoadDialog.tsx";
import { asksFirst } from "../library/load-words.ts";
import { useLoad } from "../library/use-load.ts";
import { type ModelOnNode, modelFacts } from "../models.ts";
import { Dialog } from "./Dialog.tsx";
import { OptionRow } from "./OptionRow.tsx";

const { picker: say } = words.nodeModels;

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
  const { client } = useHome();
  const ask = useLoad();
  const [asking, setAsking] = useState<ModelId>();
  /** A load that costs somebody something is asked about first (UX-09); any other begins at once, and its progress shows on the panel. */
  const pick = async ({ entry }: ModelOnNode) => {
    const reply = await client.loadChoices({ model: entry.id });
    const choice = reply.ok ? reply.output.choices.find((one) => one.node === node.id) : undefined;
    if (choice !== undefined && asksFirst(choice)) return setAsking(entry.id);
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
      void pick(active);
    }
  };
  if (asking !== undefined) return <LoadDialog model={asking} node={node.id} onClose={onClose} />;
  return (
    <Dialog title={say.title(node.name)} onClose={onClose}>
      <div className="dialog-body picker">
        <input
          type="search"
          role="combobox"
          aria-label={say.searchLabel}
          placeholder={say.searchLabel}
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
        <div id={listId} role="listbox" aria-label={say.listLabel(node.name)} className="options" tabIndex={-1}>
          {found.map((model) => (
            <OptionRow key={model.key} id={optionId(model)} active={model === active} onPick={() => void pick(model)}>
              <ModelFacts model={model} />
            </OptionRow>
          ))}
        </div>
        {found.length === 0 && <p className="hint">{say.noMatch(node.name, search)}</p>}
      </div>
    </Dialog>
  );
}

function ModelFacts({ model: { entry, usualLoadMs } }: { readonly model: ModelOnNode }) {
  return (
    <>
      <span className="option-name">{entry.id}</span>
      <span className="hint">{modelFacts(entry)}</span>
      <span className="figure">{say.size(entry.bytes)}</span>
      <span className="hint option-time">{usualLoadMs === undefined ? "" : say.usualLoad(usualLoadMs)}</span>
    </>
  );
}
