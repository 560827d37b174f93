// Policies: the one in use where a profile names no other, and those of one's own as lists of preferences, compared left to right.
import { useState } from "react";
import { PreferenceName } from "../../src-core/contract/routing.ts";
import type { RoutingDocument } from "../../src-core/contract/routing-document.ts";
import { words } from "../language/words.ts";
import { Field } from "../parts/Field.tsx";
import { Fold } from "../parts/node/Fold.tsx";
import type { FormProps } from "./form-props.ts";
import { ListEditor } from "./ListEditor.tsx";
import { freshName, problemOf, problemsAt } from "./list-edit.ts";
import { NameField } from "./NameField.tsx";
import { usersOfPolicy, withPolicyRenamed } from "./names.ts";
import { PolicyChoice } from "./PolicyChoice.tsx";
import { preferenceMeans } from "./profile-words.ts";

const { field, policies } = words.routingForms;

type Preferences = readonly PreferenceName[];

/** `value` is the whole document: a policy's name stands in profiles too. */
export function PoliciesForm({ value: document, onChange, problems, choices }: FormProps<RoutingDocument>) {
  const entries = Object.entries(document.policies);
  const inPolicies = problemsAt(problems, "policies");
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
          label={policies.inUse}
          none="balanced"
          value={document.policy}
          policies={choices.policies}
          error={problemOf(problems, "policy")}
          onPick={(policy) => onChange({ ...document, policy: policy ?? "balanced" })}
        />
      </div>
      {entries.length === 0 && <p className="hint">{policies.empty}</p>}
      <ListEditor
        entries={entries}
        kind="policy"
        nameOf={([name]) => name}
        fresh={fresh}
        onChange={(next) => onChange({ ...document, policies: Object.fromEntries(next) })}
      >
        {([name, preferences]) => {
          const own = problemsAt(inPolicies, name);
          const users = usersOfPolicy(document, name);
          return (
            <Fold title={name} holds={policies.holds(preferences)} open={own.size > 0 || name === added}>
              <p className="hint">{users.length === 0 ? policies.unused : policies.usedBy(users)}</p>
              <NameField
                label={field.name}
                name={name}
                taken={choices.policies.filter((one) => one !== name)}
                onRename={(next) => onChange(withPolicyRenamed(document, name, next))}
              />
              <PreferencesField
                value={preferences}
                problem={[...own.values()][0]}
                onChange={(next) => onChange({ ...document, policies: { ...document.policies, [name]: [...next] } })}
              />
            </Fold>
          );
        }}
      </ListEditor>
    </>
  );
}

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
