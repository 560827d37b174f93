// What a folded part of a profile holds, in a few words; and every preference of a policy as the question it asks.
import type { PreferenceName, Profile } from "../../src-core/contract/routing.ts";
import { duration } from "../format.ts";
import { words } from "../language/words.ts";

const listed = (parts: readonly string[], none: string): string => (parts.length === 0 ? none : parts.join(" · "));
const whole = (value: number | undefined): value is number => value !== undefined && Number.isFinite(value);

/** "tools · 32,000 tokens · 1 min 0 s for each answer" */
export function needsSay({ can, minContextTokens, timeoutMs, deadlineMs }: Profile): string {
  return listed(
    [
      ...can,
      ...(whole(minContextTokens) ? [`${minContextTokens.toLocaleString("en")} tokens`] : []),
      ...(whole(timeoutMs) ? [`${duration(timeoutMs)} for each answer`] : []),
      ...(whole(deadlineMs) ? [`${duration(deadlineMs)} in all`] : []),
    ],
    "none",
  );
}

/** "checked for refusals · repaired" */
export function answersSay({ gate, repairs, contextRescue }: Profile): string {
  const checked = [
    gate?.refusal === true ? "refusals" : "",
    gate?.empty === true ? "emptiness" : "",
    (gate?.schema ?? false) !== false ? "schema" : "",
  ];
  const checks = checked.filter((part) => part !== "");
  return listed(
    [
      ...(checks.length === 0 ? [] : [`checked for ${checks.join(", ")}`]),
      ...(repairs === undefined ? [] : ["repaired"]),
      ...(contextRescue ? ["long conversations shortened"] : []),
    ],
    "passed on as they come",
  );
}

/** A preference and what it puts first: "warm: already loaded". */
export function preferenceMeans(preference: PreferenceName): string {
  const says = words.vocabulary.preference(preference, false);
  return says === preference ? preference : `${preference}: ${says}`;
}
