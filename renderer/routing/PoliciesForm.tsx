// Policies: the one in use where a profile names no other, and those of one's own as lists of preferences, compared left to right.
import { useState } from "react";
import { PreferenceName } from "../../src-core/contract/routing.ts";
import type { RoutingDocument } from "../../src-core/contract/routing-document.ts";
import { words } from "../language/words.ts";
import { Field } from "../parts/Field.tsx";
import { Fold } from "../parts/node/Fold.tsx";
import type { EditDraft, FormProps } from "./form-props.ts";
import { ListEditor } from "./ListEditor.tsx";
import { freshName, problemsAt } from "./list-edit.ts";
import { NameField } from "./NameField.tsx";
import { withPolicyRenamed } from "./names.ts";
import { PolicyChoice } from "./PolicyChoice.tsx";
import { preferenceMeans } from "./profile-words.ts";
import { drawnWhenChanged } from "./use-kept.ts";

const { field, policies: says } = words.routingForms;

type Preferences = readonly PreferenceName[];

interface PoliciesFormProps extends Pick<FormProps<RoutingDocument["policies"]>, "problems" | "choices"> {
  readonly policies: RoutingDocument["policies"];
  /** The one in use where a profile names no other. */
  readonly policy: RoutingDocument["policy"];
  readonly policyProblem: string | undefined;
  /** Who uses each of them. */
  readonly users: Readonly<Record<string, readonly string[]>>;
  /** Of the whole draft: a policy's name stands in profiles too. */
  readonly onEdit: EditDraft;
}

export const PoliciesForm = drawnWhenChanged(function PoliciesForm(props: PoliciesFormProps) {
  const { policies, policy, policyProblem, users, onEdit, problems, choices } = props;
  const entries = Object.entries(policies);
  const [added, setAdded] = useState("");
  const fresh = (): [string, PreferenceName[]] => {
    const name = freshName("policy", choices.policies);
    setAdded(name);
    return [name, ["warm", "fits", "name"]];
  };
  return (
    <>
      <div className="entry-line">
        <PolicyChoice
          label={says.inUse}
          none="balanced"
          value={policy}
          policies={choices.policies}
          error={policyProblem}
          onPick={(picked = "balanced") => onEdit((draft) => ({ ...draft, policy: picked }))}
        />
      </div>
      {entries.length === 0 && <p className="hint">{says.empty}</p>}
      <ListEditor
        entries={entries}
        kind="policy"
        nameOf={([name]) => name}
        fresh={fresh}
        onChange={(next) => onEdit((draft) => ({ ...draft, policies: Object.fromEntries(next) }))}
      >
        {([name, preferences]) => {
          const own = problemsAt(problems, name);
          const usedBy = users[name] ?? [];
          return (
            <Fold title={name} holds={says.holds(preferences)} open={own.size > 0 || name === added}>
              <p className="hint">{usedBy.length === 0 ? says.unused : says.usedBy(usedBy)}</p>
              <NameField
                label={field.name}
                name={name}
                taken={choices.policies.filter((one) => one !== name)}
                onRename={(next) => onEdit((draft) => withPolicyRenamed(draft, name, next))}
              />
              <PreferencesField
                value={preferences}
                problem={[...own.values()][0]}
                onChange={(next) => onEdit((draft) => ({ ...draft, policies: { ...draft.policies, [name]: [...next] } }))}
              />
            </Fold>
          );
        }}
      </ListEditor>
    </>
  );
});

interface PreferencesFieldProps {
  readonly value: Preferences;
  readonly problem: string | undefined;
  readonly onChange: (preferences: Preferences) => void;
}

function PreferencesField({ value, problem, onChange }: PreferencesFieldProps) {
  return (
    <>
      <ListEditor
        ordered
        entries={value}
        kind="preference"
        nameOf={(preference) => preference}
        fresh={() => PreferenceName.options.find((one) => !value.includes(one)) ?? "name"}
        onChange={onChange}
      >
        {(preference, at, change) => (
          <Field label={at === 0 ? field.first : field.next}>
            {(props) => (
              <select {...props} value={preference} onChange={(event) => change(PreferenceName.parse(event.target.value))}>
                {PreferenceName.options.map((one) => (
                  <option key={one} value={one} disabled={one !== preference && value.includes(one)}>
                    {preferenceMeans(one)}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
      </ListEditor>
      {problem !== undefined && (
        <p className="field-error" role="alert">
          {problem}
        </p>
      )}
    </>
  );
}
