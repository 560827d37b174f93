// Loading a model on the best node or a chosen one: each node's verdict, who would have to leave, how long it takes, and what is saved for every load of
// it. It is advice: what does not fit may be loaded anyway (UX-06, UX-07).
import { useCallback, useEffect, useState } from "react";
import type { Client } from "../../src-core/contract/api.ts";
import type { Node } from "../../src-core/contract/fleet.ts";
import type { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import type { LoadChoice, LoadChoices } from "../../src-core/contract/model-options.ts";
import { useAction, useHome, useSnapshot } from "../client/home.ts";
import { useNow } from "../client/ticker.ts";
import { useRead } from "../client/use-read.ts";
import { words } from "../language/words.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { StateMark } from "../parts/StateMark.tsx";
import { LoadOptionFields, type OptionDraft } from "./LoadOptionFields.tsx";
import { expectedSays, mayLoad, verdictWords } from "./load-words.ts";
import { useLoad } from "./use-load.ts";
import { useShownNodes } from "./use-shown-nodes.ts";

const { common, loading } = words;

interface LoadDialogProps {
  readonly model: ModelId;
  /** Chosen beforehand; absent: the best. */
  readonly node?: NodeId | undefined;
  readonly onClose: () => void;
}

export function LoadDialog({ model, node: first, onClose }: LoadDialogProps) {
  const { client } = useHome();
  const { fleet } = useSnapshot();
  const load = useLoad();
  const { busy, run } = useAction();
  const [chosen, setChosen] = useState(first);
  const [draft, setDraft] = useState<OptionDraft>({});
  const { value, failure } = useChoices(model, draft.contextTokens ?? undefined);
  const choice = chosenOf(value, chosen);
  const node = choice === undefined ? undefined : fleet.nodes[choice.node];
  const begin = async () => {
    if (choice === undefined) return;
    const saved =
      Object.keys(draft).length === 0 ||
      (await run(() => client.setModelOptions({ model, change: draft }), { failed: loading.notSaved })).ok;
    if (!saved) return;
    onClose();
    load({ node: choice.node, model: choice.model, ...(choice.verdict === "too-big" ? { force: true } : {}) });
  };
  return (
    <Dialog title={loading.title(model)} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void begin();
        }}
      >
        <div className="dialog-body load-form">
          {failure !== undefined && <p className="field-wrong">{failure.message}</p>}
          {value === undefined && failure === undefined && <p className="hint">{loading.looking}</p>}
          {value?.choices.length === 0 && <p className="hint">{loading.nowhere}</p>}
          {value !== undefined && value.choices.length > 0 && (
            <fieldset className="load-nodes">
              <legend>{loading.onWhichNode}</legend>
              {value.choices.map((one, at) => (
                <NodeChoice
                  key={one.node}
                  choice={one}
                  name={fleet.nodes[one.node]?.name ?? one.node}
                  isBest={at === 0 && mayLoad(one) && value.choices.length > 1}
                  isChosen={one === choice}
                  onChoose={() => setChosen(one.node)}
                />
              ))}
            </fieldset>
          )}
          {value !== undefined && node !== undefined && (
            <LoadOptionFields saved={value} draft={draft} node={node} most={mostContext(node, choice)} onChange={setDraft} />
          )}
        </div>
        <div className="dialog-foot">
          <button type="button" className="button" onClick={onClose}>
            {common.cancel}
          </button>
          <button
            type="submit"
            className={choice?.verdict === "too-big" ? "button danger" : "button primary"}
            disabled={busy || choice === undefined || !mayLoad(choice)}
          >
            {choice?.verdict === "too-big" ? loading.loadAnyway : loading.load}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** The verdicts, asked again when the context or the nodes' models change. */
function useChoices(model: ModelId, contextTokens: number | undefined) {
  const nodes = useShownNodes(useSnapshot().fleet.nodes);
  const read = useCallback(
    (client: Client) => client.loadChoices({ model, ...(contextTokens === undefined ? {} : { contextTokens }) }),
    [model, contextTokens],
  );
  const { value, failure, reload } = useRead(read);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the nodes are no input of the question, but its answer hangs on them
  useEffect(reload, [nodes, reload]);
  return { value, failure };
}

/** The chosen one, else the best that can be loaded, else what stands first. */
function chosenOf(value: LoadChoices | undefined, chosen: NodeId | undefined): LoadChoice | undefined {
  const of = value?.choices;
  return of?.find(({ node }) => node === chosen) ?? of?.find(mayLoad) ?? of?.[0];
}

function mostContext({ models }: Node, choice: LoadChoice | undefined): number | undefined {
  return Object.values(models).find(({ id }) => id === choice?.model)?.maxContextTokens;
}

interface NodeChoiceProps {
  readonly choice: LoadChoice;
  readonly name: string;
  readonly isBest: boolean;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function NodeChoice({ choice, name, isBest, isChosen, onChoose }: NodeChoiceProps) {
  const { tone, word, says } = verdictWords(choice, useNow());
  return (
    <label className="load-node">
      <input type="radio" name="load-node" checked={isChosen} disabled={choice.verdict === "cannot"} onChange={onChoose} />
      <span className="load-node-name">
        {name}
        {isBest && <span className="badge">{loading.best}</span>}
      </span>
      <span className="load-node-time">{expectedSays(choice)}</span>
      <span className="load-node-verdict">
        <StateMark tone={tone} word={word} />
        {says.map((one) => (
          <span key={one} className="hint">
            {one}
          </span>
        ))}
      </span>
    </label>
  );
}
