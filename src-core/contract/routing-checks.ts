// What needs two parts of the routing configuration at once: references, circles, names used twice, and patterns that could stall the gateway.
// Found when settings are read, so that resolving a name can trust them. Messages are written to follow "expected", as the schema's own are.
import type { z } from "zod";
import { asWhole, compileLinear } from "../domain/linear-regex.ts";
import { canonicalName, nearNames } from "../domain/names.ts";
import { type Policy, PresetName, type RuleMatcher, type routingSections } from "./routing.ts";

type Sections = z.infer<z.ZodObject<typeof routingSections>>;
/** The routing part of a configuration whose shape was checked. */
export type RoutingPart = Pick<
  Sections,
  "profiles" | "defaultProfile" | "agents" | "rules" | "aliases" | "policies" | "policy" | "budgets" | "clients"
>;

/** One finding. `input` is what stands at `path`. */
export interface RoutingIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly input: unknown;
}

type Path = RoutingIssue["path"];
type Report = (path: Path, message: string, input: unknown) => void;

/** The name that asks for the rules. */
const auto = "auto";
const isAuto = (name: string): boolean => canonicalName(name) === auto;

/** Everything wrong, in the order of the document; empty where all is well. */
export function checkRouting(config: RoutingPart): readonly RoutingIssue[] {
  const issues: RoutingIssue[] = [];
  const report: Report = (path, message, input) => issues.push({ path, message, input });
  checkProfiles(config, report);
  checkReferences(config, report);
  checkRules(config, report);
  checkAliases(config, report);
  checkMoney(config, report);
  for (const circle of circlesIn(config))
    report(["profiles", circle[0] ?? ""], `profiles that lead to an end, not ${circle.join(" → ")}`, undefined);
  return issues;
}

function checkProfiles({ profiles, policies }: RoutingPart, report: Report): void {
  for (const [name, profile] of Object.entries(profiles)) {
    const path = ["profiles", name];
    if (isAuto(name)) report(path, `another name: ${auto} asks for the rules`, profile);
    if ((profile.chain === undefined) === (profile.requires === undefined)) report(path, "exactly one of chain and requires", profile);
    if (profile.prefer.length > 0 && profile.requires === undefined) report([...path, "prefer"], "requires beside it", profile.prefer);
    profile.chain?.forEach((entry, at) => {
      if (isAuto(entry)) report([...path, "chain", at], `a model or profile; ${auto} is for requests only`, entry);
    });
    checkPolicy(profile.policy, policies, [...path, "policy"], report);
  }
  checkOnce(Object.keys(profiles), (at) => ["profiles", Object.keys(profiles)[at] ?? ""], "a profile name", report);
}

function checkReferences({ profiles, defaultProfile, agents, policy, policies }: RoutingPart, report: Report): void {
  const known = Object.keys(profiles);
  const profileAt = (path: Path, name: string | undefined) => checkKnown(path, name, known, "a profile", report);
  for (const [name, { fallback }] of Object.entries(profiles)) profileAt(["profiles", name, "fallback"], fallback);
  profileAt(["defaultProfile"], defaultProfile);
  for (const [name, agent] of Object.entries(agents)) {
    profileAt(["agents", name, "profile"], agent.profile);
    profileAt(["agents", name, "fallback"], agent.fallback);
  }
  checkPolicy(policy, policies, ["policy"], report);
}

function checkPolicy(policy: Policy | undefined, policies: RoutingPart["policies"], path: Path, report: Report): void {
  if (typeof policy !== "string") return;
  checkKnown(path, policy, [...Object.keys(policies), ...PresetName.options], "a policy", report);
}

function checkKnown(path: Path, name: string | undefined, known: readonly string[], what: string, report: Report): void {
  if (name === undefined || known.includes(name)) return;
  report(path, `the name of ${what} (${hintFor(name, known)})`, name);
}

function hintFor(name: string, known: readonly string[]): string {
  const [near] = nearNames(name, known, 1);
  if (near !== undefined) return `did you mean "${near}"?`;
  return known.length === 0 ? "there is none" : `there are ${known.slice(0, 10).join(", ")}${known.length > 10 ? ", …" : ""}`;
}

function checkRules({ rules = [] }: RoutingPart, report: Report): void {
  rules.forEach(({ when, use }, at) => {
    if (isAuto(use)) report(["rules", at, "use"], `a profile, alias or model; ${auto} would only ask again`, use);
    checkPattern(when, "contentRegex", at, report);
    checkPattern(when, "modelPattern", at, report);
  });
  checkOnce(
    rules.map(({ id }) => id),
    (at) => ["rules", at, "id"],
    "a rule id",
    report,
  );
}

/** A pattern runs on what strangers write: one that some text could keep busy for long is refused. */
function checkPattern(when: RuleMatcher, field: "contentRegex" | "modelPattern", at: number, report: Report): void {
  const pattern = when[field];
  if (pattern === undefined) return;
  const read = compileLinear(field === "modelPattern" ? asWhole(pattern) : pattern);
  if ("reason" in read)
    report(["rules", at, "when", field], `a pattern that is quick on every text (refused because ${read.reason})`, pattern);
}

/** Flat: an alias never leads to another (source-systems.md 4.2, step 0). */
function checkAliases({ aliases, profiles }: RoutingPart, report: Report): void {
  const names = new Set(Object.keys(aliases).map(canonicalName));
  const profileNames = new Set(Object.keys(profiles).map(canonicalName));
  for (const [alias, target] of Object.entries(aliases)) {
    const path = ["aliases", alias];
    if (isAuto(alias)) report(path, `another name: ${auto} asks for the rules`, target);
    if (profileNames.has(canonicalName(alias))) report(path, "a name that no profile has", target);
    if (names.has(canonicalName(target))) report(path, "a model or profile; an alias never leads to another alias", target);
  }
  checkOnce(Object.keys(aliases), (at) => ["aliases", Object.keys(aliases)[at] ?? ""], "an alias", report);
}

function checkMoney({ budgets, clients, profiles, agents }: RoutingPart, report: Report): void {
  const clientNames = clients.map(({ name }) => name);
  budgets.forEach(({ scope }, at) => {
    checkKnown(["budgets", at, "scope", "profile"], scope.profile, Object.keys(profiles), "a profile", report);
    checkKnown(["budgets", at, "scope", "client"], scope.client, clientNames, "a client", report);
  });
  clients.forEach(({ agent }, at) => {
    checkKnown(["clients", at, "agent"], agent, Object.keys(agents), "an agent", report);
  });
  checkOnce(
    budgets.map(({ id }) => id),
    (at) => ["budgets", at, "id"],
    "a budget id",
    report,
  );
  checkOnce(clientNames, (at) => ["clients", at, "name"], "a client name", report);
}

/** Spellings that mean one name count as one. */
function checkOnce(names: readonly string[], pathOf: (at: number) => Path, what: string, report: Report): void {
  const seen = new Map<string, string>();
  names.forEach((name, at) => {
    const before = seen.get(canonicalName(name));
    if (before === undefined) seen.set(canonicalName(name), name);
    else report(pathOf(at), `${what} used once (${JSON.stringify(before)} is there already)`, name);
  });
}

/** Circles through chains and fallbacks, each told once: "coder", "quick", "coder". */
function circlesIn({ profiles, aliases }: RoutingPart): string[][] {
  const spelled = new Map(Object.keys(profiles).map((name) => [canonicalName(name), name]));
  const targets = new Map(Object.entries(aliases).map(([alias, target]) => [canonicalName(alias), target]));
  const profileOf = (name: string) => spelled.get(canonicalName(targets.get(canonicalName(name)) ?? name));
  const circles: string[][] = [];
  const done = new Set<string>();
  const walk = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) circles.push([...path.slice(path.indexOf(name)), name]);
    if (path.includes(name) || done.has(name)) return;
    const { chain = [], fallback } = profiles[name] ?? {};
    for (const entry of [...chain, ...(fallback === undefined ? [] : [fallback])]) {
      const next = profileOf(entry);
      if (next !== undefined) walk(next, [...path, name]);
    }
    done.add(name);
  };
  for (const name of Object.keys(profiles)) walk(name, []);
  return circles;
}
