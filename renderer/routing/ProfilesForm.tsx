// All profiles of the draft, each folded to a line. A new name is taken by everybody who leans on the old one.
import { useState } from "react";
import { Profile } from "../../src-core/contract/routing.ts";
import { words } from "../language/words.ts";
import { Fold } from "../parts/node/Fold.tsx";
import { Choice } from "./Choice.tsx";
import type { EditDraft, FormProps } from "./form-props.ts";
import { ListEditor } from "./ListEditor.tsx";
import { freshName, problemsAt } from "./list-edit.ts";
import { NameField } from "./NameField.tsx";
import { withProfileRenamed } from "./names.ts";
import { ProfileForm } from "./ProfileForm.tsx";
import { profileSays } from "./rule-words.ts";
import { drawnWhenChanged } from "./use-kept.ts";

const { field, profiles: says } = words.routingForms;

interface ProfilesFormProps extends Pick<FormProps<Profiles>, "problems" | "choices"> {
  readonly profiles: Profiles;
  readonly defaultProfile: string | undefined;
  readonly defaultProblem: string | undefined;
  /** Of the whole draft: a name stands in many of its parts. */
  readonly onEdit: EditDraft;
}

type Profiles = Readonly<Record<string, Profile>>;

export const ProfilesForm = drawnWhenChanged(function ProfilesForm(props: ProfilesFormProps) {
  const { profiles, defaultProfile, defaultProblem, onEdit, problems, choices } = props;
  const entries = Object.entries(profiles);
  const taken = [...choices.profiles, ...choices.aliases];
  const [added, setAdded] = useState("");
  const fresh = (): [string, Profile] => {
    const name = freshName("profile", taken);
    setAdded(name);
    return [name, Profile.parse({ chain: [choices.models[0] ?? "model"] })];
  };
  return (
    <>
      {entries.length === 0 && <p className="hint">{says.empty}</p>}
      <ListEditor
        entries={entries}
        kind="profile"
        nameOf={([name]) => name}
        fresh={fresh}
        onChange={(next) => onEdit((draft) => ({ ...draft, profiles: Object.fromEntries(next) }))}
      >
        {([name, profile]) => {
          const own = problemsAt(problems, name);
          return (
            <Fold title={name} holds={profileSays(profile)} open={own.size > 0 || name === added}>
              <NameField
                label={field.name}
                name={name}
                taken={taken.filter((one) => one !== name)}
                onRename={(next) => onEdit((draft) => withProfileRenamed(draft, name, next))}
              />
              <ProfileForm
                name={name}
                value={profile}
                onChange={(next) => onEdit((draft) => ({ ...draft, profiles: { ...draft.profiles, [name]: next } }))}
                problems={own}
                choices={choices}
              />
            </Fold>
          );
        }}
      </ListEditor>
      <div className="entry-line">
        <Choice
          label={says.fallbackForAll}
          none={field.nobody}
          value={defaultProfile}
          options={choices.profiles.map((name) => ({ value: name, says: name }))}
          error={defaultProblem}
          onPick={(picked) => onEdit((draft) => ({ ...draft, defaultProfile: picked }))}
        />
      </div>
    </>
  );
});
