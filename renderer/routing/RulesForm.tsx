// The auto-router's rules: who answers where the model asked for is “auto”. Their order counts, and each says in a sentence what it does there.
import { useId } from "react";
import type { Rule } from "../../src-core/contract/routing.ts";
import { words } from "../language/words.ts";
import { Field } from "../parts/Field.tsx";
import { TextField } from "../parts/node/TextField.tsx";
import { ConditionField } from "./ConditionField.tsx";
import { conditionOf, conditions, freshCondition, placeForNew, ruleSays, rulesToBeginWith, shadowedBy } from "./conditions.ts";
import type { FormProps, RoutingChoices } from "./form-props.ts";
import { ListEditor } from "./ListEditor.tsx";
import { freshName, problemOf, problemsAt } from "./list-edit.ts";
import { NamesList } from "./NamesList.tsx";
import { drawnWhenChanged } from "./use-kept.ts";

const { routingForms, routingAuto } = words;

/** `value` undefined: the built-in rules apply. */
export type RulesFormProps = FormProps<readonly Rule[] | undefined>;

export const RulesForm = drawnWhenChanged(function RulesForm({ value, onChange, problems, choices }: RulesFormProps) {
  const names = useId();
  if (value === undefined) return <BuiltIn onOwn={() => onChange(rulesToBeginWith(choices.profiles, firstTarget(choices)))} />;
  const fresh = (): Rule => ({
    id: freshName(
      "rule",
      value.map(({ id }) => id),
    ),
    when: freshCondition("image"),
    use: firstTarget(choices),
  });
  return (
    <div className="list-editor">
      <p className="hint">{routingAuto.order}</p>
      {value.length === 0 && <p className="hint">{routingAuto.empty}</p>}
      <NamesList id={names} names={[...choices.profiles, ...choices.aliases, ...choices.models]} />
      <ListEditor
        ordered
        entries={value}
        kind="rule"
        nameOf={(rule, at) => rule.id || `${at + 1}`}
        fresh={fresh}
        placeOf={() => placeForNew(value)}
        onChange={onChange}
      >
        {(rule, at, change) => (
          <RuleFields
            rule={rule}
            place={at}
            shadow={shadowedBy(value, at)}
            names={names}
            problems={problemsAt(problems, at)}
            onChange={change}
          />
        )}
      </ListEditor>
      <div>
        <button type="button" className="button small" onClick={() => onChange(undefined)}>
          {routingAuto.useBuiltIn}
        </button>
      </div>
    </div>
  );
});

const firstTarget = ({ profiles, models }: RoutingChoices) => profiles[0] ?? models[0] ?? "";

function BuiltIn({ onOwn }: { readonly onOwn: () => void }) {
  return (
    <div className="list-editor">
      <p className="hint">{routingAuto.builtIn}</p>
      <ol className="built-in">
        {routingAuto.builtInRules.map((says) => (
          <li key={says}>{says}</li>
        ))}
      </ol>
      <div>
        <button type="button" className="button small" onClick={onOwn}>
          {routingAuto.writeOwn}
        </button>
      </div>
    </div>
  );
}

interface RuleFieldsProps {
  readonly rule: Rule;
  readonly place: number;
  /** The rule above that leaves nothing for this one. */
  readonly shadow: string | undefined;
  /** Id of the list of names. */
  readonly names: string;
  readonly problems: FormProps<Rule>["problems"];
  readonly onChange: (rule: Rule) => void;
}

const RuleFields = drawnWhenChanged(function RuleFields({ rule, place, shadow, names, problems, onChange }: RuleFieldsProps) {
  const condition = conditionOf(rule.when);
  const pick = (name: string) => onChange({ ...rule, when: freshCondition(conditions.find((one) => one === name) ?? condition) });
  return (
    <>
      <p className="entry-says">
        {ruleSays(rule, place)}
        {shadow !== undefined && <strong> {routingAuto.shadowed(shadow)}</strong>}
      </p>
      <div className="entry-line">
        <TextField
          label={routingForms.field.name}
          error={problemOf(problems, "id")}
          value={rule.id}
          onChange={(id) => onChange({ ...rule, id })}
        />
        <Field label={routingAuto.condition} error={problems.get("when")}>
          {(props) => (
            <select {...props} value={condition} onChange={(event) => pick(event.target.value)}>
              {conditions.map((one) => (
                <option key={one} value={one}>
                  {routingAuto.conditions[one]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <ConditionField
          condition={condition}
          when={rule.when}
          error={problemOf(problems, ...Object.keys(rule.when).map((field) => `when.${field}`))}
          onChange={(when) => onChange({ ...rule, when })}
        />
        <TextField
          label={routingAuto.target}
          list={names}
          error={problemOf(problems, "use")}
          value={rule.use}
          onChange={(use) => onChange({ ...rule, use })}
        />
      </div>
    </>
  );
});
