// The conditions of the auto-router as a person picks them: what each begins with, which of them a rule has, and the sentence a whole rule makes.
import type { Rule, RuleMatcher } from "../../src-core/contract/routing.ts";
import { words } from "../language/words.ts";

const { clauses, says } = words.routingAuto;

export const conditions = [
  "image",
  "no-image",
  "tools",
  "no-tools",
  "code",
  "contains",
  "pattern",
  "model",
  "long",
  "short",
  "anything",
] as const;
export type Condition = (typeof conditions)[number];

/** What each condition begins with when it is picked. */
const beginnings: Readonly<Record<Condition, RuleMatcher>> = {
  image: { hasImage: true },
  "no-image": { hasImage: false },
  tools: { hasTools: true },
  "no-tools": { hasTools: false },
  code: { codeFenceRatioAtLeast: 0.3 },
  contains: { contentContains: "" },
  pattern: { contentRegex: "" },
  model: { modelPattern: "" },
  long: { tokensAtLeast: 24_000 },
  short: { tokensAtMost: 1_000 },
  anything: { tokensAtLeast: 0 },
};

export const freshCondition = (condition: Condition): RuleMatcher => beginnings[condition];

/** Which of them a rule has. At least no tokens is every request. */
export function conditionOf(when: RuleMatcher): Condition {
  if (when.hasImage !== undefined) return when.hasImage ? "image" : "no-image";
  if (when.hasTools !== undefined) return when.hasTools ? "tools" : "no-tools";
  if (when.codeFenceRatioAtLeast !== undefined) return "code";
  if (when.contentContains !== undefined) return "contains";
  if (when.contentRegex !== undefined) return "pattern";
  if (when.modelPattern !== undefined) return "model";
  if (when.tokensAtMost !== undefined) return "short";
  return when.tokensAtLeast === 0 ? "anything" : "long";
}

/** What a rule does at its place: "Otherwise, if it has an image, vision answers." Figures nobody can read yet are left out. */
export function ruleSays({ when, use }: Rule, place: number): string {
  const target = use.trim() === "" ? says.noTarget : use;
  const clause = clauseOf(when);
  if (clause === undefined) return place === 0 ? says.firstAlways(target) : says.nextAlways(target);
  return place === 0 ? says.firstIf(clause, target) : says.nextIf(clause, target);
}

/** Undefined for a condition that everything meets. */
function clauseOf(when: RuleMatcher): string | undefined {
  const { codeFenceRatioAtLeast, contentContains, contentRegex, modelPattern, tokensAtLeast, tokensAtMost } = when;
  const condition = conditionOf(when);
  switch (condition) {
    case "anything":
      return undefined;
    case "code":
      return clauses.code(percent(codeFenceRatioAtLeast));
    case "contains":
      return clauses.contains(contentContains || undefined);
    case "pattern":
      return clauses.pattern(contentRegex || undefined);
    case "model":
      return clauses.model(modelPattern || undefined);
    case "long":
      return clauses.long(readable(tokensAtLeast));
    case "short":
      return clauses.short(readable(tokensAtMost));
    default:
      return clauses[condition];
  }
}

const readable = (figure: number | undefined) => (Number.isNaN(figure) ? undefined : figure);

/** A share as a figure of hundred, without the dust of binary fractions. */
const percent = (share = Number.NaN): number | undefined => readable(Number((share * 100).toFixed(2)));

/** The rule above that leaves nothing for this one, by its name; undefined where requests can come this far. */
export function shadowedBy(rules: readonly Rule[], place: number): string | undefined {
  const when = rules.slice(place, place + 1).map(sameCondition)[0];
  return rules.slice(0, place).find((rule) => conditionOf(rule.when) === "anything" || sameCondition(rule) === when)?.id;
}

const sameCondition = ({ when }: Rule) => JSON.stringify(when);

/** Where a new rule goes: above one that takes everything, else at the end. */
export function placeForNew(rules: readonly Rule[]): number {
  const last = rules.findIndex(({ when }) => conditionOf(when) === "anything");
  return last < 0 ? rules.length : last;
}

/** Rules of one's own to begin with: those of the house, for the profiles that are there. */
export function rulesToBeginWith(profiles: readonly string[], otherwise: string): readonly Rule[] {
  const use = (name: string) => (profiles.includes(name) ? name : otherwise);
  return [
    { id: "multi", when: freshCondition("image"), use: use("multi") },
    { id: "coding", when: freshCondition("code"), use: use("coding") },
    { id: "writing", when: freshCondition("anything"), use: use("writing") },
  ];
}
