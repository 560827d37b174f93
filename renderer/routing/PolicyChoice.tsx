// Which policy is meant: a preset, one of one's own, or none. A list of preferences that stands in its place is kept as it is.
import type { Policy } from "../../src-core/contract/routing.ts";
import { Choice } from "./Choice.tsx";
import { policySays } from "./rule-words.ts";

interface PolicyChoiceProps {
  readonly label: string;
  readonly none?: string;
  readonly value: Policy | undefined;
  readonly policies: readonly string[];
  readonly error: string | undefined;
  readonly onPick: (policy: Policy | undefined) => void;
}

/** No policy can be called so: a name begins with a letter or a digit. */
const ownList = "-";

export function PolicyChoice({ label, none, value, policies, error, onPick }: PolicyChoiceProps) {
  const list = Array.isArray(value) ? value : undefined;
  const options = policies.map((name) => ({ value: name, says: name }));
  return (
    <Choice
      label={label}
      {...(none === undefined ? {} : { none })}
      value={typeof value === "string" ? value : list === undefined ? undefined : ownList}
      options={list === undefined ? options : [{ value: ownList, says: policySays(list) }, ...options]}
      error={error}
      onPick={(name) => onPick(name === ownList ? list : name)}
    />
  );
}
