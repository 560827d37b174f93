// The auto-router rules of a CodeRouter file (source-systems.md 5.10), matcher by matcher.
import type { ConfigDocument } from "../contract/config.ts";
import { asWhole, compileLinear } from "../domain/linear-regex.ts";
import { routingName } from "./drafts.ts";
import type { Part } from "./part.ts";

type Rules = NonNullable<ConfigDocument["rules"]>;
type When = Rules[number]["when"];

/** Adds rules and the profile for what no rule matches. Without an `auto_router` the built-in rules stay. */
export function readRules(source: Part, document: ConfigDocument): void {
  if (!source.has("auto_router")) return;
  const router = source.part("auto_router");
  const profiles = document.profiles ?? {};
  const rules = router.list("rules").flatMap((part, at) => readRule(part, at, profiles));
  const fallback = router.text("default_rule_profile");
  if (router.flag("disabled") === true) {
    router.note("disabled", "it was switched off; no rule is carried over.");
    document.rules = [];
  } else document.rules = unique(rules);
  if (fallback !== undefined && Object.hasOwn(profiles, routingName(fallback))) document.defaultProfile ??= routingName(fallback);
  router.rest();
  router.note("", 'rules apply here to requests for the model "auto"; other requests get the model they name.');
}

function readRule(part: Part, at: number, profiles: NonNullable<ConfigDocument["profiles"]>): Rules {
  const use = routingName(part.text("profile") ?? "");
  const id = routingName(part.text("id") ?? `rule-${at + 1}`);
  const when = readMatcher(part.part("match"));
  part.rest();
  if (!Object.hasOwn(profiles, use)) part.note("profile", "its profile was not carried over; the rule was left out.");
  else if (when === undefined) part.note("match", "it has no matcher that Homeport knows; the rule was left out.");
  else return [{ id, when, use }];
  return [];
}

function readMatcher(match: Part): When | undefined {
  const image = match.flag("has_image");
  const tools = match.flag("has_tools");
  const fence = match.number("code_fence_ratio_min");
  const contains = match.text("content_contains");
  const regex = pattern(match, "content_regex");
  const model = pattern(match, "model_pattern", asWhole);
  const tokens = match.number("content_token_count_min");
  match.rest();
  if (image !== undefined) return { hasImage: image };
  if (tools !== undefined) return { hasTools: tools };
  if (fence !== undefined) return { codeFenceRatioAtLeast: fence };
  if (contains !== undefined) return { contentContains: contains };
  if (regex !== undefined) return { contentRegex: regex };
  if (model !== undefined) return { modelPattern: model };
  return tokens === undefined ? undefined : { tokensAtLeast: tokens };
}

/** Patterns were Python's; one that is not quick on every text here is refused with the reason. */
function pattern(match: Part, key: string, asRead = (written: string) => written): string | undefined {
  const written = match.text(key);
  if (written === undefined) return undefined;
  const read = compileLinear(asRead(written));
  if (!("reason" in read)) return written;
  match.note(key, `the pattern is refused because ${read.reason}.`);
  return undefined;
}

function unique(rules: Rules): Rules {
  const seen = new Set<string>();
  return rules.map((rule, at) => {
    const id = seen.has(rule.id.toLowerCase()) ? `${rule.id.slice(0, 58)}-${at + 1}` : rule.id;
    seen.add(id.toLowerCase());
    return { ...rule, id };
  });
}
