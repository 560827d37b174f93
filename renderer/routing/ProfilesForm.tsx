// All profiles of the draft, each folded to a line. A new name is taken by everybody who leans on the old one.
import { useState } from "react";
import { Profile } from "../../src-core/contract/routing.ts";
import type { RoutingDocument } from "../../src-core/contract/routing-document.ts";
import { words } from "../language/words.ts";
import { Fold } from "../parts/node/Fold.tsx";
import { Choice } from "./Choice.tsx";
import type { FormProps } from "./form-props.ts";
import { ListEditor } from "./ListEditor.tsx";
import { freshName, problemOf, problemsAt } from "./list-edit.ts";
import { NameField } from "./NameField.tsx";
import { withProfileRenamed } from "./names.ts";
import { ProfileForm } from "./ProfileForm.tsx";
import { profileSays } from "./rule-words.ts";

const { field, profiles } = words.routingForms;

/** `value` is the whole document: a name stands in many of its parts. */
export function ProfilesForm({ value: document, onChange, problems, choices }: FormProps<RoutingDocument>) {
  const entries = Object.entries(document.profiles);
  const inProfiles = problemsAt(problems, "profiles");
  const taken = [...choices.profiles, ...choices.aliases];
  const [added, setAdded] = useState("");
  const fresh = (): [string, Profile] => {
    const name = freshName("profile", taken);
    setAdded(name);
    return [name, Profile.parse({ chain: [choices.models[0] ?? "model"] })];
  };
  return (
    <>
      {entries.length === 0 && <p className="hint">{profiles.empty}</p>}
      <ListEditor
        entries={entries}
        kind="profile"
        nameOf={([name]) => name}
        fresh={fresh}
        onChange={(next) => onChange({ ...document, profiles: Object.fromEntries(next) })}
      >
        {([name, profile]) => {
          const own = problemsAt(inProfiles, name);
          return (
            <Fold title={name} holds={profileSays(profile)} open={own.size > 0 || name === added}>
              <NameField
                label={field.name}
                name={name}
                taken={taken.filter((one) => one !== name)}
                onRename={(next) => onChange(withProfileRenamed(document, name, next))}
              />
              <ProfileForm
                name={name}
                value={profile}
                onChange={(next) => onChange({ ...document, profiles: { ...document.profiles, [name]: next } })}
                problems={own}
                choices={choices}
              />
            </Fold>
          );
        }}
      </ListEditor>
      <div className="entry-line">
        <Choice
          label={profiles.fallbackForAll}
          none={field.nobody}
          value={document.defaultProfile}
          options={choices.profiles.map((name) => ({ value: name, says: name }))}
          error={problemOf(problems, "defaultProfile")}
          onPick={(defaultProfile) => onChange({ ...document, defaultProfile })}
        />
      </div>
    </>
  );
}
