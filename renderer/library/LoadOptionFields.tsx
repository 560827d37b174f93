// The options of a load that are saved for every load of the model, whoever asks for it: its context, and how long it may be idle (UX-03).
import type { Node } from "../../src-core/contract/fleet.ts";
import type { LoadChoices, ModelOptionsChange } from "../../src-core/contract/model-options.ts";
import { words } from "../language/words.ts";
import { Field } from "../parts/Field.tsx";
import { contextChoices, idleChoices } from "./load-words.ts";

const { options } = words.loading;

/** What was changed here; null: as the server likes. */
export type OptionDraft = Omit<ModelOptionsChange, "pinned">;

interface LoadOptionFieldsProps {
  readonly saved: LoadChoices;
  readonly draft: OptionDraft;
  /** Where it is to be loaded: not every server takes such wishes. */
  readonly node: Node;
  /** The model's own largest context, where its node tells. */
  readonly most: number | undefined;
  readonly onChange: (draft: OptionDraft) => void;
}

export function LoadOptionFields({ saved, draft, node, most, onChange }: LoadOptionFieldsProps) {
  const takes = node.can.loadTakes ?? [];
  const untaken = options.untaken(node.name);
  // The answer to a question about another context tells that one: what was saved is what it told before anything was changed.
  const contextTokens = draft.contextTokens === undefined ? saved.contextTokens : draft.contextTokens;
  const idle = draft.unloadAfterMinutes === undefined ? saved.unloadAfterMinutes : draft.unloadAfterMinutes;
  const contexts = contextChoices(most, contextTokens ?? undefined);
  const idles = idleChoices(idle ?? undefined);
  return (
    <fieldset className="load-options">
      <legend>{options.legend}</legend>
      <div className="field-pair">
        <Field label={options.context} hint={takes.includes("context") ? undefined : untaken}>
          {(props) => (
            <select
              {...props}
              value={contextTokens ?? ""}
              disabled={!takes.includes("context")}
              onChange={({ target }) => onChange({ ...draft, contextTokens: target.value === "" ? null : Number(target.value) })}
            >
              <option value="">{options.asItsServerLikes}</option>
              {contexts.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={options.idle} hint={takes.includes("idle-time") ? undefined : untaken}>
          {(props) => (
            <select
              {...props}
              value={idle ?? ""}
              disabled={!takes.includes("idle-time")}
              onChange={({ target }) =>
                onChange({ ...draft, unloadAfterMinutes: idles.find(({ value }) => String(value) === target.value)?.value ?? null })
              }
            >
              <option value="">{options.asItsServerLikes}</option>
              {idles.map(({ value, label }) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
    </fieldset>
  );
}
