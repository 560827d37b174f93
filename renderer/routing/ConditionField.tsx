// What a rule's condition is measured by: a text, a pattern, a figure; nothing where the condition says all.
import type { RuleMatcher } from "../../src-core/contract/routing.ts";
import { words } from "../language/words.ts";
import { TextField } from "../parts/node/TextField.tsx";
import type { Condition } from "./conditions.ts";
import { NumberField } from "./NumberField.tsx";

const { measure } = words.routingAuto;

interface ConditionFieldProps {
  readonly condition: Condition;
  readonly when: RuleMatcher;
  readonly error: string | undefined;
  readonly onChange: (when: RuleMatcher) => void;
}

const unreadable = Number.NaN;

export function ConditionField({ condition, when, error, onChange }: ConditionFieldProps) {
  switch (condition) {
    case "code":
      return (
        <NumberField
          label={measure.code}
          error={error}
          scale={0.01}
          value={when.codeFenceRatioAtLeast}
          onChange={(share = unreadable) => onChange({ codeFenceRatioAtLeast: share })}
        />
      );
    case "contains":
      return (
        <TextField
          label={measure.contains}
          error={error}
          value={when.contentContains ?? ""}
          onChange={(text) => onChange({ contentContains: text })}
        />
      );
    case "pattern":
      return (
        <TextField
          label={measure.pattern}
          error={error}
          value={when.contentRegex ?? ""}
          onChange={(text) => onChange({ contentRegex: text })}
        />
      );
    case "model":
      return (
        <TextField
          label={measure.model}
          error={error}
          value={when.modelPattern ?? ""}
          onChange={(text) => onChange({ modelPattern: text })}
        />
      );
    case "long":
      return (
        <NumberField
          label={measure.long}
          error={error}
          value={when.tokensAtLeast}
          // Nothing at all would be the condition “always”, and take this very field away.
          onChange={(tokens = unreadable) => onChange({ tokensAtLeast: tokens === 0 ? unreadable : tokens })}
        />
      );
    case "short":
      return (
        <NumberField
          label={measure.short}
          error={error}
          value={when.tokensAtMost}
          onChange={(tokens = unreadable) => onChange({ tokensAtMost: tokens })}
        />
      );
    default:
      return null;
  }
}
