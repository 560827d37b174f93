// The rules behind the model name `auto` (source-systems.md 5.10): ordered, the first that fits, each with exactly one matcher. The person's
// rules replace the built-in ones. Patterns are compiled once per list of rules.
import type { MessageView } from "../contract/message-view.ts";
import type { ModelType, Rule } from "../contract/routing.ts";
import { asWhole, compileLinear, foundIn } from "./linear-regex.ts";
import { canonicalName } from "./names.ts";
import { perValue } from "./per-value.ts";

/** The name that asks for the rules. No profile, alias or agent may have it. */
export const autoName = "auto";

/** True for `auto` in any spelling. Asked on every request: lengths first. */
export function asksAuto(model: string): boolean {
  return (model.length === 4 || model.length === 11) && canonicalName(model) === autoName;
}

/** A rule of the house: the profile of that name where the person has one, else any model of the type. */
interface BuiltInRule {
  readonly id: string;
  readonly otherwise: ModelType;
  readonly fits: (view: MessageView) => boolean;
}

const muchCode = 0.3;

export const builtInRules: readonly BuiltInRule[] = [
  { id: "multi", otherwise: "vision", fits: (view) => view.hasImage },
  { id: "coding", otherwise: "code", fits: (view) => codeFenceRatio(view.latestUserText) >= muchCode },
  { id: "writing", otherwise: "llm", fits: () => true },
];

/** The id of the first rule that fits; undefined where none does. `rules`: the person's, or undefined for the built-in ones. */
export function routeByRules(rules: readonly Rule[] | undefined, view: MessageView): string | undefined {
  if (rules === undefined) return builtInRules.find((rule) => rule.fits(view))?.id;
  return compiled(rules).find((rule) => rule.fits(view))?.id;
}

interface Compiled {
  readonly id: string;
  readonly fits: (view: MessageView) => boolean;
}

const never = () => false;

const compiled = perValue((rules: readonly Rule[]): readonly Compiled[] => rules.map(({ id, when }) => ({ id, fits: matcherOf(when) })));

/** One of them is set, as the schema checks. All but the last three look at the latest user message. */
function matcherOf(when: Rule["when"]): Compiled["fits"] {
  const { hasImage, hasTools, codeFenceRatioAtLeast, contentContains, contentRegex, modelPattern, tokensAtLeast, tokensAtMost } = when;
  if (hasImage !== undefined) return (view) => view.hasImage === hasImage;
  if (hasTools !== undefined) return (view) => view.hasTools === hasTools;
  if (codeFenceRatioAtLeast !== undefined) return (view) => codeFenceRatio(view.latestUserText) >= codeFenceRatioAtLeast;
  if (contentContains !== undefined) return (view) => view.latestUserText.includes(contentContains);
  if (contentRegex !== undefined) return search(contentRegex);
  if (modelPattern !== undefined) return wholeName(modelPattern);
  if (tokensAtLeast !== undefined) return (view) => view.promptTokens >= tokensAtLeast;
  return tokensAtMost === undefined ? never : (view) => view.promptTokens <= tokensAtMost;
}

function search(pattern: string): Compiled["fits"] {
  const regex = compileLinear(pattern);
  return "reason" in regex ? never : (view) => foundIn(regex, view.latestUserText);
}

/** Names are at most 512 characters: a pattern that was accepted is shown all of one. */
function wholeName(pattern: string): Compiled["fits"] {
  const regex = compileLinear(asWhole(pattern));
  return "reason" in regex ? never : (view) => foundIn(regex, view.model);
}

/** The share of a text's characters inside ``` fences, from 0 to 1. A fence that is never closed reaches to the end. */
export function codeFenceRatio(text: string): number {
  if (!text.includes("```")) return 0;
  let inside = 0;
  let open: number | undefined;
  for (let at = fenceAt(text, 0); at >= 0; at = fenceAt(text, at + 3)) {
    if (open === undefined) open = lineEnd(text, at);
    else {
      inside += Math.max(0, at - open);
      open = undefined;
    }
  }
  if (open !== undefined) inside += text.length - open;
  return inside / text.length;
}

/** The next fence at the beginning of a line, indented or not. Looks back over the indent only: linear on every text. */
function fenceAt(text: string, from: number): number {
  for (let at = text.indexOf("```", from); at >= 0; at = text.indexOf("```", at + 3)) {
    let before = at - 1;
    while (before >= 0 && (text[before] === " " || text[before] === "\t")) before -= 1;
    if (before < 0 || text[before] === "\n") return at;
  }
  return -1;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end + 1;
}
