// The conditions of the auto-router as a person picks them: each of them a few words after “if it”, what to begin with, and the sentence a whole rule makes.
import type { Rule, RuleMatcher } from "../../src-core/contract/routing.ts";
import { count } from "../format.ts";

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

export const conditionWords: Readonly<Record<Condition, string>> = {
  image: "has an image",
  "no-image": "has no image",
  tools: "offers tools",
  "no-tools": "offers no tools",
  code: "holds much code",
  contains: "contains a text",
  pattern: "matches a pattern",
  model: "asks for a name like",
  long: "is long",
  short: "is short",
  anything: "is anything",
};

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
  const target = use.trim() === "" ? "nobody yet" : use;
  const condition = conditionSays(when);
  if (condition === undefined) return `${place === 0 ? "Always" : "Otherwise"}, ${target} answers.`;
  return `${place === 0 ? "If" : "Otherwise, if"} ${condition}, ${target} answers.`;
}

/** Undefined for a condition that everything meets. */
function conditionSays(when: RuleMatcher): string | undefined {
  const { codeFenceRatioAtLeast = Number.NaN, contentContains, contentRegex, modelPattern, tokensAtLeast, tokensAtMost } = when;
  const condition = conditionOf(when);
  switch (condition) {
    case "anything":
      return undefined;
    case "code":
      return Number.isNaN(codeFenceRatioAtLeast) ? "enough of it is code" : `at least ${percent(codeFenceRatioAtLeast)} % of it is code`;
    case "contains":
      return contentContains === "" ? `it ${conditionWords.contains}` : `it contains “${contentContains}”`;
    case "pattern":
      return contentRegex === "" ? `it ${conditionWords.pattern}` : `it matches /${contentRegex}/`;
    case "model":
      return modelPattern === "" ? "it asks for a name like a pattern" : `it asks for a name like /${modelPattern}/`;
    case "long":
      return `it is ${tokens(tokensAtLeast)} or longer`;
    case "short":
      return `it is ${tokens(tokensAtMost)} or shorter`;
    default:
      return `it ${conditionWords[condition]}`;
  }
}

/** A share as a figure of hundred, without the dust of binary fractions. */
export const percent = (share: number): number => Number((share * 100).toFixed(2));

const tokens = (number = Number.NaN) => (Number.isNaN(number) ? "so many tokens" : `about ${count(number, "token")}`);

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

/** What the rules of the house do, as `domain/auto-router.ts` has them: by profile where there is one of that name, else by any model of a type. */
export const builtInSays: readonly string[] = [
  "If it has an image, the profile multi answers, else any vision model.",
  "Otherwise, if at least 30 % of it is code, the profile coding answers, else any code model.",
  "Otherwise, the profile writing answers, else any language model.",
];

/** Rules of one's own to begin with: those of the house, for the profiles that are there. */
export function rulesToBeginWith(profiles: readonly string[], otherwise: string): readonly Rule[] {
  const use = (name: string) => (profiles.includes(name) ? name : otherwise);
  return [
    { id: "multi", when: freshCondition("image"), use: use("multi") },
    { id: "coding", when: freshCondition("code"), use: use("coding") },
    { id: "writing", when: freshCondition("anything"), use: use("writing") },
  ];
}
