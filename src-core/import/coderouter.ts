// A CodeRouter `providers.yaml` (source-systems.md 5.3, 5.4, 5.10): its providers become nodes and prices, its profiles chains of models.
import type { ConfigDocument } from "../contract/config.ts";
import type { Capability } from "../contract/node-kinds.ts";
import { readRules } from "./coderouter-rules.ts";
import { Drafts, envRef, isCloud, isOllamaPort, type NodeDraft, routingName } from "./drafts.ts";
import type { Part } from "./part.ts";

/** What a chain needs to know of a provider. */
interface Provider {
  readonly model: string;
  readonly node: NodeDraft;
  readonly paid: boolean;
  readonly timeoutMs: number;
}

type Catalogue = NonNullable<ConfigDocument["catalogue"]>;
type Budgets = NonNullable<ConfigDocument["budgets"]>;
type Profiles = NonNullable<ConfigDocument["profiles"]>;

const defaultTimeoutSeconds = 30;
const noRewriting = "Homeport never rewrites prompts or answers.";

export function fromCodeRouter(source: Part): ConfigDocument {
  const drafts = new Drafts();
  const catalogue: Catalogue = [];
  const budgets: Budgets = [];
  const providers = new Map<string, Provider>();
  for (const part of source.list("providers")) {
    const name = part.text("name") ?? part.where;
    const provider = readProvider(part, drafts, catalogue, budgets, name);
    if (provider !== undefined) providers.set(name, provider);
  }
  const paidAllowed = source.flag("allow_paid") ?? false;
  const profileParts = source.list("profiles");
  const profiles: Profiles = {};
  for (const part of profileParts) readProfile(part, providers, paidAllowed, profiles);
  const document: ConfigDocument = { nodes: drafts.all().map(withoutEmpty), catalogue, budgets, profiles };
  if (Object.values(profiles).some(({ cloud }) => cloud === true)) document.cloud = { allowed: true };
  readGuards(profileParts, document);
  readDefault(source, document);
  readAliases(source, document);
  readRules(source, document);
  source.leave("the window shows times in its own time zone.", "display_timezone");
  for (const part of profileParts) part.rest();
  source.rest();
  return document;
}

function readProvider(part: Part, drafts: Drafts, catalogue: Catalogue, budgets: Budgets, name: string): Provider | undefined {
  const kind = part.text("kind") ?? "openai_compat";
  const url = part.text("base_url") ?? "";
  const model = part.text("model") ?? "";
  const apiKey = envRef(part.text("api_key_env"), part, "api_key_env");
  const paid = part.flag("paid") ?? false;
  const timeoutMs = Math.round((part.number("timeout_s") ?? defaultTimeoutSeconds) * 1000);
  part.leave(noRewriting, "append_system_prompt", "output_filters", "extra_body");
  if (kind !== "openai_compat") {
    part.note("kind", `Homeport has no node of the kind ${JSON.stringify(kind)}; the provider ${JSON.stringify(name)} was left out.`);
    return undefined;
  }
  const node = drafts.at(url, isOllamaPort(url) ? "ollama" : "openai-compatible", part, "base_url", apiKey);
  if (node === undefined) return undefined;
  if (model === "") {
    part.note("model", `the provider ${JSON.stringify(name)} names no model and was left out.`);
    return undefined;
  }
  if (!node.models.includes(model)) node.models.push(model);
  readWorth(part, { name, model, node: node.id }, catalogue, budgets);
  part.rest();
  return { model, node, paid, timeoutMs };
}

/** Capabilities and prices, which Homeport keeps per model. */
function readWorth(
  part: Part,
  { name, model, node }: { readonly name: string; readonly model: string; readonly node: string },
  catalogue: Catalogue,
  budgets: Budgets,
): void {
  const can = readCapabilities(part);
  const cost = readCost(part);
  const cap = part.part("cost").number("monthly_budget_usd");
  if (can.length === 0 && cost === undefined && cap === undefined) return;
  if (catalogue.some((entry) => entry.model === model))
    part.note("", `${model} is described by an earlier provider; Homeport knows one description per model, so this one's was left out.`);
  else if (can.length > 0 || cost !== undefined)
    catalogue.push({ model, ...(can.length === 0 ? {} : { can: [...can] }), ...(cost === undefined ? {} : { cost }) });
  if (cap !== undefined) budgets.push({ id: routingName(name), scope: { node, model }, usd: cap, per: "month" });
}

const abilities: readonly Capability[] = ["chat", "tools", "vision", "thinking"];

/** Only what is declared: a capability gates here, so that nothing is told of models nobody described. */
function readCapabilities(part: Part): readonly Capability[] {
  if (!part.has("capabilities")) return [];
  const declared = part.part("capabilities");
  const can = abilities.filter((ability) => declared.flag(ability) ?? ability === "chat");
  declared.skip("streaming", "openai_compatible");
  declared.leave("Homeport passes this through as it is.", "prompt_cache", "reasoning_passthrough", "reasoning_control", "mcp");
  declared.rest();
  return can;
}

function readCost(part: Part): Catalogue[number]["cost"] {
  if (!part.has("cost")) return undefined;
  const cost = part.part("cost");
  const priced = (word: string) => [word, `${word}_tokens_per_million`, `${word}_per_million`, `${word}_usd_per_million`];
  const first = (keys: readonly string[]) => keys.map((key) => cost.number(key)).find((value) => value !== undefined);
  const input = first(priced("input"));
  const output = first(priced("output"));
  const read = cost.number("cache_read_discount") ?? 0.1;
  const write = cost.number("cache_creation_premium") ?? 1.25;
  cost.skip("monthly_budget_usd");
  cost.rest();
  const cache = input === undefined ? {} : { input, cacheRead: round(input * read), cacheWrite: round(input * write) };
  return input === undefined && output === undefined ? undefined : { ...cache, ...(output === undefined ? {} : { output }) };
}

/** Prices as people write them. */
const round = (usd: number) => Number(usd.toPrecision(12));

function readProfile(part: Part, providers: ReadonlyMap<string, Provider>, paidAllowed: boolean, profiles: Profiles): void {
  const name = routingName(part.text("name") ?? part.where);
  const links: Provider[] = [];
  part.texts("providers").forEach((wanted, at) => {
    const provider = providers.get(wanted);
    const where = `providers[${at}]`;
    if (provider === undefined)
      part.note(where, `the provider ${JSON.stringify(wanted)} was not carried over, so the chain goes on without it.`);
    else if (provider.paid && !paidAllowed)
      part.note(where, `${JSON.stringify(wanted)} is paid and allow_paid is off: left out of the chain.`);
    else if (links.some(({ model }) => model === provider.model))
      part.note(where, `${provider.model} stands in the chain already: an entry is a model here, served by whichever node has it.`);
    else links.push(provider);
  });
  part.leave(noRewriting, "append_system_prompt", "output_filters");
  if (links.length === 0) {
    part.note("", "nothing is left of its chain; the profile was left out.");
    return;
  }
  const own = part.number("timeout_s");
  const timeouts = new Set(links.map(({ timeoutMs }) => timeoutMs));
  const timeoutMs = own === undefined ? Math.max(...timeouts) : Math.round(own * 1000);
  if (own === undefined && timeouts.size > 1)
    part.note("providers", `their timeouts differ; a profile has one here, and the longest is used: ${timeoutMs / 1000} s.`);
  const chain = links.map(({ model }) => model);
  profiles[name] = { chain, timeoutMs, ...(links.some(({ node }) => isCloud(node)) ? { cloud: true } : {}) };
}

/** Guards belong to profiles there and to the house here: the first profile that sets one speaks for all. */
function readGuards(parts: readonly Part[], document: ConfigDocument): void {
  const first = <T>(key: string, read: (part: Part) => T | undefined): T | undefined => {
    const set = parts.map((part) => ({ part, value: read(part) })).filter(({ value }) => value !== undefined);
    for (const { part, value } of set.slice(1))
      if (value !== set[0]?.value) part.note(key, "Homeport has one such setting for all profiles; the first profile's was taken.");
    return set[0]?.value;
  };
  const word = (key: string) => first(key, (part) => part.text(key));
  const amount = (key: string) => first(key, (part) => part.number(key));
  document.memory = {
    pressure: oneOf(word("memory_pressure_action"), ["off", "warn", "skip"]) ?? "warn",
    cooldownSeconds: amount("memory_pressure_cooldown_s") ?? amount("memory_pressure_cooldown") ?? 120,
  };
  document.health = {
    action: oneOf(word("backend_health_action"), ["off", "warn", "demote"]) ?? "warn",
    threshold: amount("backend_health_threshold") ?? 3,
    adaptive: { enabled: first("adaptive", (part) => part.flag("adaptive")) ?? false },
  };
  for (const part of parts)
    part.leave("Homeport does not watch for tool loops.", "tool_loop_window", "tool_loop_threshold", "tool_loop_action");
}

function oneOf<T extends string>(value: string | undefined, words: readonly T[]): T | undefined {
  return words.find((word) => word === value);
}

function readDefault(source: Part, document: ConfigDocument): void {
  const name = source.text("default_profile");
  if (name === undefined || name === "auto") return;
  if (!Object.hasOwn(document.profiles ?? {}, routingName(name))) source.note("default_profile", "there is no such profile; left out.");
  else document.defaultProfile = routingName(name);
}

function readAliases(source: Part, document: ConfigDocument): void {
  const modes = source.part("mode_aliases");
  const profiles = document.profiles ?? {};
  const aliases: Record<string, string> = {};
  for (const alias of modes.keys) {
    const target = routingName(modes.text(alias) ?? "");
    const taken = Object.keys(profiles).some((name) => name.toLowerCase() === alias.toLowerCase());
    if (taken || alias.toLowerCase() === "auto") modes.note(alias, "a profile has this name already; left out.");
    else if (!Object.hasOwn(profiles, target)) modes.note(alias, "its profile was not carried over; left out.");
    else aliases[alias] = target;
  }
  document.aliases = aliases;
}

function withoutEmpty({ models, ...node }: NodeDraft) {
  return models.length === 0 ? node : { ...node, models };
}
