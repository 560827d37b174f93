// What a budget counts: each part narrows it, and a part left at “any” leaves it as it is.
import { useId } from "react";
import { NodeId } from "../../src-core/contract/ids.ts";
import { Place } from "../../src-core/contract/node-kinds.ts";
import type { BudgetScope as Scope } from "../../src-core/contract/routing.ts";
import { words } from "../language/words.ts";
import { TextField } from "../parts/node/TextField.tsx";
import { Choice } from "./Choice.tsx";
import type { FormProps } from "./form-props.ts";
import { NamesList } from "./NamesList.tsx";

const { budgets, field } = words.routingForms;

interface ScopeFieldsProps {
  readonly scope: Scope;
  readonly problems: FormProps<Scope>["problems"];
  readonly choices: FormProps<Scope>["choices"];
  readonly onChange: (scope: Scope) => void;
}

export function ScopeFields({ scope, problems, choices, onChange }: ScopeFieldsProps) {
  const models = useId();
  const set = (change: Scope) => onChange(narrowed({ ...scope, ...change }));
  const named = (names: readonly string[]) => names.map((name) => ({ value: name, says: name }));
  return (
    <div className="entry-line">
      <Choice
        label={budgets.node}
        value={scope.node}
        options={choices.nodes.map(({ id, name }) => ({ value: id, says: name }))}
        error={problems.get("node")}
        onPick={(node) => set({ node: NodeId.safeParse(node).data })}
      />
      <Choice
        label={budgets.place}
        value={scope.place}
        options={Place.options.map((place) => ({ value: place, says: words.vocabulary.places[place] }))}
        error={problems.get("place")}
        onPick={(place) => set({ place: Place.options.find((one) => one === place) })}
      />
      <TextField
        label={field.model}
        placeholder={field.any}
        list={models}
        error={problems.get("model")}
        value={scope.model ?? ""}
        onChange={(model) => set({ model: model === "" ? undefined : model })}
      />
      <NamesList id={models} names={choices.models} />
      <Choice
        label={field.profile}
        value={scope.profile}
        options={named(choices.profiles)}
        error={problems.get("profile")}
        onPick={(profile) => set({ profile })}
      />
      <Choice
        label={budgets.client}
        value={scope.client}
        options={named(choices.clients)}
        error={problems.get("client")}
        onPick={(client) => set({ client })}
      />
    </div>
  );
}

/** Without the parts that say nothing: the document holds only what somebody chose. */
function narrowed(scope: Scope): Scope {
  return Object.fromEntries(Object.entries(scope).filter(([, part]) => part !== undefined));
}
