// Rules, profiles and client keys of the configuration as short sentences.
import type { ClientKey, ModelType, Policy, Profile, RuleMatcher } from "../../src-core/contract/routing.ts";
import { duration } from "../format.ts";

/** Exactly one of its parts is set: the schema refuses any other rule. */
export function matcherSays(when: RuleMatcher): string {
  if (when.hasImage !== undefined) return when.hasImage ? "has an image" : "has no image";
  if (when.hasTools !== undefined) return when.hasTools ? "has tools" : "has no tools";
  if (when.codeFenceRatioAtLeast !== undefined) return `at least ${Math.round(when.codeFenceRatioAtLeast * 100)} % fenced code`;
  if (when.contentContains !== undefined) return `contains “${when.contentContains}”`;
  if (when.contentRegex !== undefined) return `matches /${when.contentRegex}/`;
  if (when.modelPattern !== undefined) return `model matches /${when.modelPattern}/`;
  if (when.tokensAtLeast === 0) return "anything";
  if (when.tokensAtLeast !== undefined) return `about ${when.tokensAtLeast.toLocaleString("en")} tokens or more`;
  return `about ${(when.tokensAtMost ?? 0).toLocaleString("en")} tokens or fewer`;
}

/** What a profile tries: its chain, or what it requires. */
export function profileSays({ chain, requires, prefer }: Profile): string {
  if (chain !== undefined) return chain.join(", then ");
  return requires === undefined ? "nothing yet" : requirementSays(requires, prefer);
}

/** "any llm model, first phi-4-mini, then gemma3:4b". A closing "*" takes the rest, as any requirement does. */
export function requirementSays(requires: ModelType, prefer: readonly string[]): string {
  const named = prefer.at(-1) === "*" ? prefer.slice(0, -1) : prefer;
  return `any ${requires} model${named.length === 0 ? "" : `, first ${named.join(", then ")}`}`;
}

export function policySays(policy: Policy): string {
  return typeof policy === "string" ? policy : policy.join(", ");
}

/** The conditions of a profile that are not the default, one short phrase each. */
export function profileLimits(profile: Profile): readonly string[] {
  const { can, minContextTokens, timeoutMs, deadlineMs, policy, gate, fallback, cloud } = profile;
  const gates = [gate?.refusal === true ? "refusals" : "", gate !== undefined && gate.schema !== false ? "schema" : ""].filter(
    (part) => part !== "",
  );
  return [
    ...(policy === undefined ? [] : [`policy ${policySays(policy)}`]),
    ...(can.length === 0 ? [] : [`must do ${can.join(", ")}`]),
    ...(minContextTokens === undefined ? [] : [`context of ${minContextTokens.toLocaleString("en")} tokens or more`]),
    ...(timeoutMs === undefined ? [] : [`${duration(timeoutMs)} for each answer`]),
    ...(deadlineMs === undefined ? [] : [`${duration(deadlineMs)} in all`]),
    ...(gates.length === 0 ? [] : [`checks ${gates.join(" and ")}`]),
    ...(fallback === undefined ? [] : [`falls back to ${fallback}`]),
    cloud === true ? "may use the cloud" : "stays in the house",
  ];
}

/** What a key opens. Never the key. */
export function clientLimits(client: ClientKey): readonly string[] {
  const { enabled, models, cloud, lane, concurrency, requestsPerMinute, agent } = client;
  return [
    ...(enabled ? [] : ["revoked"]),
    models.includes("*") ? "every model" : models.join(", "),
    `${lane} lane`,
    ...(agent === undefined ? [] : [`agent ${agent}`]),
    ...(concurrency === undefined ? [] : [`${concurrency} at once`]),
    ...(requestsPerMinute === undefined ? [] : [`${requestsPerMinute} a minute`]),
    cloud ? "may use the cloud" : "stays in the house",
  ];
}
