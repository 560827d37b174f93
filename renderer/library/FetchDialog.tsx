// A model by its name, to any nodes that can fetch: the way to have the same set everywhere (demand 23).
import { useState } from "react";
import type { Node } from "../../src-core/contract/fleet.ts";
import type { NodeId } from "../../src-core/contract/ids.ts";
import { PullName } from "../../src-core/contract/pulls.ts";
import { code } from "../language/code.ts";
import { words } from "../language/words.ts";
import { Dialog } from "../parts/Dialog.tsx";

const { common, fetching, vocabulary } = words;

interface FetchDialogProps {
  /** Nodes that can fetch. */
  readonly nodes: readonly Node[];
  readonly model: string;
  readonly chosen: readonly NodeId[];
  readonly onFetch: (nodes: readonly NodeId[], model: string) => void;
  readonly onClose: () => void;
}

export function FetchDialog({ nodes, model: first, chosen: before, onFetch, onClose }: FetchDialogProps) {
  const [model, setModel] = useState(first);
  const [chosen, setChosen] = useState<readonly NodeId[]>(before);
  const name = PullName.safeParse(model.trim());
  const wrong = model.trim() !== "" && !name.success;
  const all = chosen.length === nodes.length;
  const toggle = (id: NodeId) => setChosen(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  return (
    <Dialog title={fetching.title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!name.success || chosen.length === 0) return;
          onFetch(chosen, name.data);
          onClose();
        }}
      >
        <div className="dialog-body fetch-form">
          <label className="field">
            <span>{fetching.name}</span>
            <input
              value={model}
              placeholder={code`llama3.2:3b`}
              aria-invalid={wrong}
              aria-describedby="fetch-name-hint"
              onChange={(event) => setModel(event.target.value)}
            />
          </label>
          <p id="fetch-name-hint" className={wrong ? "field-wrong" : "hint"}>
            {wrong ? fetching.nameWrong : fetching.nameHint}
          </p>
          <fieldset className="fetch-nodes">
            <legend>{fetching.nodes}</legend>
            {nodes.length > 1 && (
              <label>
                <input type="checkbox" checked={all} onChange={() => setChosen(all ? [] : nodes.map(({ id }) => id))} />{" "}
                {fetching.allNodes(nodes.length)}
              </label>
            )}
            <div className="fetch-list">
              {nodes.map((node) => (
                <label key={node.id}>
                  <input type="checkbox" checked={chosen.includes(node.id)} onChange={() => toggle(node.id)} />
                  <span>{node.name}</span>
                  <span className="hint">{common.list([vocabulary.kinds[node.kind], thereSays(node)])}</span>
                </label>
              ))}
            </div>
          </fieldset>
        </div>
        <div className="dialog-foot">
          <button type="button" className="button" onClick={onClose}>
            {common.cancel}
          </button>
          <button type="submit" className="button primary" disabled={!name.success || chosen.length === 0}>
            {fetching.fetchButton(chosen.length)}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** How much lies there already: no node tells how full its disk is. */
function thereSays({ models }: Node): string {
  const sum = Object.values(models).reduce((total, entry) => total + (entry.bytes ?? 0), 0);
  return sum === 0 ? "" : fetching.modelsThere(sum);
}
