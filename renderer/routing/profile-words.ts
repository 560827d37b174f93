// What a folded part of a profile holds, in a few words; and every preference of a policy as the question it asks.
import type { PreferenceName, Profile } from "../../src-core/contract/routing.ts";
import { words } from "../language/words.ts";

const phrases = words.routing.phrases.profile;

const listed = (parts: readonly string[], none: string): string => (parts.length === 0 ? none : parts.join(" · "));
const whole = (value: number | undefined): value is number => value !== undefined && Number.isFinite(value);

/** "tools · 32,000 tokens · 1 min 0 s for each answer" */
export function needsSay({ can, minContextTokens, timeoutMs, deadlineMs }: Profile): string {
  return listed(
    [
      ...can,
      ...(whole(minContextTokens) ? [phrases.tokens(minContextTokens)] : []),
      ...(whole(timeoutMs) ? [phrases.timeout(timeoutMs)] : []),
      ...(whole(deadlineMs) ? [phrases.deadline(deadlineMs)] : []),
    ],
    phrases.noNeeds,
  );
}

/** "checked for refusals · repaired" */
export function answersSay({ gate, repairs, contextRescue }: Profile): string {
  const { refusal, empty, schema } = phrases.checkedThings;
  const checked = [
    ...(gate?.refusal === true ? [refusal] : []),
    ...(gate?.empty === true ? [empty] : []),
    ...((gate?.schema ?? false) !== false ? [schema] : []),
  ];
  return listed(
    [
      ...(checked.length === 0 ? [] : [phrases.checkedFor(checked)]),
      ...(repairs === undefined ? [] : [phrases.repaired]),
      ...(contextRescue ? [phrases.shortened] : []),
    ],
    phrases.passedOn,
  );
}

/** A preference and what it puts first: "warm: already loaded". */
export function preferenceMeans(preference: PreferenceName): string {
  const says = words.vocabulary.preference(preference, false);
  return says === preference ? preference : `${preference}: ${says}`;
}
