// One profile: what it tries and in which order, what every candidate must be able to do, how long it may take, and what becomes of its answers.
import { Capability } from "../../src-core/contract/node-kinds.ts";
import { ModelType, type Profile } from "../../src-core/contract/routing.ts";
import { words } from "../language/words.ts";
import { Toggle } from "../parts/Field.tsx";
import { Fold } from "../parts/node/Fold.tsx";
import { Segments } from "../parts/Segments.tsx";
import { AnswerFields } from "./AnswerFields.tsx";
import { ChainField } from "./ChainField.tsx";
import { Choice } from "./Choice.tsx";
import type { FormProps } from "./form-props.ts";
import { problemOf, problemsAt } from "./list-edit.ts";
import { NumberField } from "./NumberField.tsx";
import { PolicyChoice } from "./PolicyChoice.tsx";
import { answersSay, needsSay } from "./profile-words.ts";

interface ProfileFormProps extends FormProps<Profile> {
  readonly name: string;
}

const { field, profiles } = words.routingForms;

const aims = [
  { value: "chain", label: profiles.aims.chain },
  { value: "requires", label: profiles.aims.requires },
] as const;
const msInSecond = 1000;

export function ProfileForm(props: ProfileFormProps) {
  const { name, value: profile, onChange, problems, choices } = props;
  const others = choices.profiles.filter((one) => one !== name).map((one) => ({ value: one, says: one }));
  const change = (part: Partial<Profile>) => onChange({ ...profile, ...part });
  return (
    <>
      {problems.has("") && (
        <p className="field-error" role="alert">
          {problems.get("")}
        </p>
      )}
      <Aim {...props} />
      <div className="entry-line">
        <Choice
          label={profiles.fallback}
          none={field.nobody}
          value={profile.fallback}
          options={others}
          error={problemOf(problems, "fallback")}
          onPick={(fallback) => change({ fallback })}
        />
        <PolicyChoice
          label={profiles.policy}
          none={profiles.noPolicy}
          value={profile.policy}
          policies={choices.policies}
          error={problemOf(problems, "policy")}
          onPick={(policy) => change({ policy })}
        />
      </div>
      <Toggle
        label={profiles.cloud}
        hint={profiles.cloudHint}
        checked={profile.cloud === true}
        onChange={(cloud) => change({ cloud: cloud ? true : undefined })}
      />
      <Needs {...props} />
      <Fold title={profiles.answers} holds={answersSay(profile)} open={false}>
        <AnswerFields profile={profile} onChange={onChange} />
      </Fold>
    </>
  );
}

function Aim({ name, value: profile, onChange, problems, choices }: ProfileFormProps) {
  const { chain, requires, prefer } = profile;
  const aim = chain === undefined && requires !== undefined ? "requires" : "chain";
  const pick = (next: "chain" | "requires") => {
    if (next === aim) return;
    const first = choices.models[0];
    // Undo brings the other back.
    if (next === "requires") onChange({ ...profile, chain: undefined, requires: "llm" });
    else
      onChange({
        ...profile,
        chain: prefer.some(isName) ? prefer.filter(isName) : first === undefined ? [] : [first],
        requires: undefined,
        prefer: [],
      });
  };
  return (
    <>
      <Segments legend={profiles.aim(name)} options={aims} value={aim} onChange={pick} />
      {aim === "requires" && (
        <div className="entry-line">
          <Choice
            label={profiles.kind}
            none={field.chooseOne}
            value={requires}
            options={ModelType.options.map((type) => ({ value: type, says: type }))}
            error={problemOf(problems, "requires")}
            onPick={(type) => onChange({ ...profile, requires: ModelType.options.find((one) => one === type) })}
          />
        </div>
      )}
      <ChainField
        kind={aim === "chain" ? "link" : "preferred"}
        takes={aim === "chain" ? "names" : "patterns"}
        except={name}
        value={aim === "chain" ? (chain ?? []) : prefer}
        problems={problemsAt(problems, aim === "chain" ? "chain" : "prefer")}
        choices={choices}
        onChange={(next) => onChange({ ...profile, [aim === "chain" ? "chain" : "prefer"]: [...next] })}
      />
      {problems.get(aim === "chain" ? "chain" : "prefer") !== undefined && (
        <p className="field-error" role="alert">
          {problems.get(aim === "chain" ? "chain" : "prefer")}
        </p>
      )}
    </>
  );
}

const isName = (name: string): boolean => !name.includes("*");

function Needs({ value: profile, onChange, problems }: ProfileFormProps) {
  const { can, minContextTokens, timeoutMs, deadlineMs } = profile;
  const fields = ["can", "minContextTokens", "timeoutMs", "deadlineMs"];
  return (
    <Fold title={profiles.needs} holds={needsSay(profile)} open={problemOf(problems, ...fields) !== undefined}>
      <fieldset className="days">
        <legend>{profiles.can}</legend>
        {Capability.options.map((one) => (
          <label key={one}>
            <input
              type="checkbox"
              checked={can.includes(one)}
              onChange={(event) =>
                onChange({ ...profile, can: event.target.checked ? [...can, one] : can.filter((other) => other !== one) })
              }
            />
            <span>{one}</span>
          </label>
        ))}
      </fieldset>
      <div className="entry-line">
        <NumberField
          label={profiles.context}
          error={problemOf(problems, "minContextTokens")}
          value={minContextTokens}
          onChange={(tokens) => onChange({ ...profile, minContextTokens: tokens })}
        />
        <NumberField
          label={profiles.timeout}
          hint={profiles.timeoutHint}
          error={problemOf(problems, "timeoutMs")}
          value={timeoutMs}
          scale={msInSecond}
          onChange={(ms) => onChange({ ...profile, timeoutMs: ms })}
        />
        <NumberField
          label={profiles.deadline}
          error={problemOf(problems, "deadlineMs")}
          value={deadlineMs}
          scale={msInSecond}
          onChange={(ms) => onChange({ ...profile, deadlineMs: ms })}
        />
      </div>
    </Fold>
  );
}
