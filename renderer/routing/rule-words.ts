// Rules, profiles and client keys of the configuration as short phrases: which of them apply, and in which order they are told.
import type { ClientKey, ModelType, Policy, Profile, RuleMatcher } from "../../src-core/contract/routing.ts";
import { words } from "../language/words.ts";

const { matches, profile: phrases, client: keys, mayUseCloud, staysInHouse } = words.routing.phrases;

/** Exactly one of its parts is set: the schema refuses any other rule. */
export function matcherSays(when: RuleMatcher): string {
  if (when.hasImage !== undefined) return when.hasImage ? matches.image : matches.noImage;
  if (when.hasTools !== undefined) return when.hasTools ? matches.tools : matches.noTools;
  if (when.codeFenceRatioAtLeast !== undefined) return matches.code(when.codeFenceRatioAtLeast);
  if (when.contentContains !== undefined) return matches.contains(when.contentContains);
  if (when.contentRegex !== undefined) return matches.pattern(when.contentRegex);
  if (when.modelPattern !== undefined) return matches.model(when.modelPattern);
  if (when.tokensAtLeast === 0) return matches.anything;
  if (when.tokensAtLeast !== undefined) return matches.tokensAtLeast(when.tokensAtLeast);
  return matches.tokensAtMost(when.tokensAtMost ?? 0);
}

/** What a profile tries: its chain, or what it requires. */
export function profileSays({ chain, requires, prefer }: Profile): string {
  if (chain !== undefined) return phrases.chain(chain);
  return requires === undefined ? phrases.nothingYet : requirementSays(requires, prefer);
}

/** "any llm model, first phi-4-mini, then gemma3:4b". A closing "*" takes the rest, as any requirement does. */
export function requirementSays(requires: ModelType, prefer: readonly string[]): string {
  return phrases.requirement(requires, prefer.at(-1) === "*" ? prefer.slice(0, -1) : prefer);
}

export function policySays(policy: Policy): string {
  return typeof policy === "string" ? policy : words.common.list(policy);
}

/** The conditions of a profile that are not the default, one short phrase each. */
export function profileLimits(profile: Profile): readonly string[] {
  const { can, minContextTokens, timeoutMs, deadlineMs, policy, gate, fallback, cloud } = profile;
  const { refusal, schema } = phrases.checkedThings;
  const checked = [...(gate?.refusal === true ? [refusal] : []), ...(gate !== undefined && gate.schema !== false ? [schema] : [])];
  return [
    ...(policy === undefined ? [] : [phrases.policy(policySays(policy))]),
    ...(can.length === 0 ? [] : [phrases.mustDo(can)]),
    ...(minContextTokens === undefined ? [] : [phrases.contextOf(minContextTokens)]),
    ...(timeoutMs === undefined ? [] : [phrases.timeout(timeoutMs)]),
    ...(deadlineMs === undefined ? [] : [phrases.deadline(deadlineMs)]),
    ...(checked.length === 0 ? [] : [phrases.checks(checked)]),
    ...(fallback === undefined ? [] : [phrases.fallsBack(fallback)]),
    cloud === true ? mayUseCloud : staysInHouse,
  ];
}

/** What a key opens. Never the key. */
export function clientLimits(client: ClientKey): readonly string[] {
  const { enabled, models, cloud, lane, concurrency, requestsPerMinute, agent } = client;
  return [
    ...(enabled ? [] : [keys.revoked]),
    models.includes("*") ? keys.everyModel : words.common.list(models),
    keys.lane(lane),
    ...(agent === undefined ? [] : [keys.agent(agent)]),
    ...(concurrency === undefined ? [] : [keys.atOnce(concurrency)]),
    ...(requestsPerMinute === undefined ? [] : [keys.perMinute(requestsPerMinute)]),
    cloud ? mayUseCloud : staysInHouse,
  ];
}
