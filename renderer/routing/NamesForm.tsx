// Aliases, which are other spellings of a name, and agents, which are callers with a profile of their own. Both are found by their name.
import { useId } from "react";
import type { Agent as AgentFields } from "../../src-core/contract/routing.ts";
import { words } from "../language/words.ts";
import { TextField } from "../parts/node/TextField.tsx";
import { Choice } from "./Choice.tsx";
import type { FormProps } from "./form-props.ts";
import { HeldName } from "./HeldName.tsx";
import { ListEditor } from "./ListEditor.tsx";
import { freshName } from "./list-edit.ts";
import { NamesList } from "./NamesList.tsx";
import { drawnWhenChanged } from "./use-kept.ts";

const { agents, aliases, field } = words.routingForms;

export type Aliases = Readonly<Record<string, string>>;
export type Agents = Readonly<Record<string, AgentFields>>;
type Alias = [string, string];
type Agent = [string, AgentFields];

export const AliasesForm = drawnWhenChanged(function AliasesForm({ value, onChange, problems, choices }: FormProps<Aliases>) {
  const names = useId();
  const entries = Object.entries(value);
  const taken = (own: string) => [...Object.keys(value).filter((name) => name !== own), ...choices.profiles];
  const target = choices.profiles[0] ?? choices.models[0] ?? "";
  return (
    <div className="list-editor">
      {entries.length === 0 && <p className="hint">{aliases.empty}</p>}
      <NamesList id={names} names={[...choices.profiles, ...choices.models]} />
      <ListEditor
        entries={entries}
        kind="alias"
        nameOf={([name]) => name}
        fresh={(): Alias => [freshName("alias", taken("")), target]}
        onChange={(next) => onChange(Object.fromEntries(next))}
      >
        {([name, means], _, change) => (
          <div className="entry-line">
            <HeldName label={field.name} name={name} taken={taken(name)} error={undefined} onRename={(next) => change([next, means])} />
            <TextField
              label={aliases.means}
              list={names}
              error={problems.get(name)}
              value={means}
              onChange={(next) => change([name, next])}
            />
          </div>
        )}
      </ListEditor>
    </div>
  );
});

export const AgentsForm = drawnWhenChanged(function AgentsForm({ value, onChange, problems, choices }: FormProps<Agents>) {
  const entries = Object.entries(value);
  const profiles = choices.profiles.map((name) => ({ value: name, says: name }));
  const taken = (own: string) => Object.keys(value).filter((name) => name !== own);
  return (
    <div className="list-editor">
      {entries.length === 0 && <p className="hint">{agents.empty}</p>}
      <ListEditor
        entries={entries}
        kind="agent"
        nameOf={([name]) => name}
        fresh={(): Agent => [freshName("agent", taken("")), { profile: choices.profiles[0] ?? "" }]}
        onChange={(next) => onChange(Object.fromEntries(next))}
      >
        {([name, { profile, fallback }], _, change) => (
          <div className="entry-line">
            <HeldName
              label={field.name}
              name={name}
              taken={taken(name)}
              error={problems.get(name)}
              onRename={(next) => change([next, value[name] ?? { profile }])}
            />
            <Choice
              label={field.profile}
              none={field.chooseOne}
              value={profile === "" ? undefined : profile}
              options={profiles}
              error={problems.get(`${name}.profile`)}
              onPick={(next = "") => change([name, agent(next, fallback)])}
            />
            <Choice
              label={agents.fallback}
              none={field.nothing}
              value={fallback}
              options={profiles}
              error={problems.get(`${name}.fallback`)}
              onPick={(next) => change([name, agent(profile, next)])}
            />
          </div>
        )}
      </ListEditor>
    </div>
  );
});

const agent = (profile: string, fallback: string | undefined) => (fallback === undefined ? { profile } : { profile, fallback });
