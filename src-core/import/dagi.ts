// A DAGI `router-config.yml` (source-systems.md 1.3, 1.4): profiles become requirements with a list of preferences, agents stay agents.
import type { ConfigDocument } from "../contract/config.ts";
import { ModelType } from "../contract/routing.ts";
import { Drafts, envRef, type NodeDraft, routingName } from "./drafts.ts";
import type { Part } from "./part.ts";

type Profiles = NonNullable<ConfigDocument["profiles"]>;
type Profile = Profiles[string];

/** Their providers of the type `cloud_llm`, and where each is reached when the file does not say. Anthropic speaks another language. */
const cloudUrls: Readonly<Record<string, string>> = {
  deepseek: "https://api.deepseek.com",
  mistral: "https://api.mistral.ai",
  grok: "https://api.x.ai",
  openai: "https://api.openai.com",
};
/** The profile of an agent that names none (source-systems.md 1.3). */
const lastProfile = "local_default_coder";
const notARouter = "this is not a router's matter here.";

export function fromDagi(source: Part): ConfigDocument {
  const drafts = new Drafts();
  const profiles: Profiles = {};
  const profileParts = source.named("llm_profiles");
  for (const [name, part] of profileParts) readProfile(name, part, drafts, profiles);
  const document: ConfigDocument = { profiles, agents: readAgents(source, profiles), policy: "biggest" };
  dropMissingFallbacks(profileParts, profiles);
  if (Object.values(profiles).some(({ cloud }) => cloud === true)) document.cloud = { allowed: true };
  readRouting(source, document);
  document.nodes = drafts.all().map(({ models, ...node }) => (models.length === 0 ? node : { ...node, models }));
  source.leave(notARouter, "node", "orchestrator_providers", "telemetry", "policies");
  source.rest();
  return document;
}

function readProfile(name: string, part: Part, drafts: Drafts, profiles: Profiles): void {
  const provider = part.text("provider") ?? "ollama";
  const model = part.text("model");
  const timeoutMs = part.number("timeout_ms");
  part.skip("description");
  part.leave("clients set this in their requests.", "max_tokens", "temperature", "top_p");
  const node = nodeOf(provider, part, drafts);
  if (node !== undefined && model !== undefined && !node.models.includes(model)) node.models.push(model);
  const demand = readDemand(name, provider, model, part);
  part.rest();
  if (demand === undefined || (node === undefined && demand.cloud === true)) {
    part.note("", "it could not be carried over; agents that use it go to their fallback.");
    return;
  }
  profiles[routingName(name)] = { ...demand, ...(timeoutMs === undefined ? {} : { timeoutMs: Math.max(100, Math.round(timeoutMs)) }) };
}

function nodeOf(provider: string, part: Part, drafts: Drafts): NodeDraft | undefined {
  const apiKey = envRef(part.text("api_key_env"), part, "api_key_env");
  const url = part.text("base_url") ?? cloudUrls[provider];
  if (provider !== "ollama" && provider !== "llama_server" && !Object.hasOwn(cloudUrls, provider)) {
    part.note("provider", `Homeport has no node of the kind ${JSON.stringify(provider)}.`);
    return undefined;
  }
  if (url === undefined) {
    part.note("base_url", "no address is given: add the node in the window, or leave it to discovery on this machine.");
    return undefined;
  }
  const kind = provider === "ollama" ? "ollama" : provider === "llama_server" ? "llama-server" : "openai-compatible";
  return drafts.at(url, kind, part, "base_url", apiKey);
}

/** What is required and preferred: told by a selection policy, else by provider and names. */
function readDemand(name: string, provider: string, model: string | undefined, part: Part): Profile | undefined {
  const policy = part.part("selection_policy");
  const isCloudType = Object.hasOwn(cloudUrls, provider) || provider === "anthropic";
  const told = policy.text("required_type");
  const prefer = policy.texts("prefer");
  const fallback = policy.text("fallback_profile");
  policy.leave("Homeport's chains name models, not providers.", "provider");
  const minContextTokens = policy.part("constraints").number("min_context");
  policy
    .part("constraints")
    .leave("Homeport has no such demand on a candidate.", ...policy.part("constraints").keys.filter((key) => key !== "min_context"));
  policy.rest();
  const common = {
    ...(fallback === undefined ? {} : { fallback: routingName(fallback) }),
    ...(minContextTokens === undefined ? {} : { minContextTokens }),
  };
  if (told === "cloud_llm" || (told === undefined && isCloudType))
    return model === undefined ? undefined : { ...common, chain: [model], cloud: true };
  const type = ModelType.safeParse(told ?? derivedType(name, model ?? ""));
  if (!type.success) {
    policy.note("required_type", `Homeport knows no models of the type ${JSON.stringify(told)}; llm is used.`);
  }
  const wished = prefer.length > 0 ? prefer : model === undefined ? [] : [model];
  const substrings = prefer.filter((entry) => entry !== "*");
  if (substrings.length > 0) policy.note("prefer", "entries matched as parts of names there; here they match exactly, or with * in them.");
  return {
    ...common,
    requires: type.success ? type.data : "llm",
    prefer: wished.includes("*") ? [...wished] : [...wished, "*"],
    cloud: false,
  };
}

function derivedType(name: string, model: string): ModelType {
  if (name.includes("vision") || model.includes("vl")) return "vision";
  return name.includes("coder") || model.includes("code") ? "code" : "llm";
}

function readAgents(source: Part, profiles: Profiles): NonNullable<ConfigDocument["agents"]> {
  const agents: NonNullable<ConfigDocument["agents"]> = {};
  for (const [name, part] of source.named("agents")) {
    const wanted = [part.text("default_llm"), part.text("fallback_llm"), lastProfile].map((one) => one && routingName(one));
    const [profile, fallback] = wanted.filter((one) => one !== undefined && Object.hasOwn(profiles, one));
    part.skip("description");
    part.leave("prompts and tools belong to the agent itself.", "system_prompt", "tools", "use_context_prompt");
    part.rest();
    if (profile === undefined) part.note("default_llm", "none of its profiles was carried over; the agent was left out.");
    else agents[routingName(name)] = fallback === undefined || fallback === profile ? { profile } : { profile, fallback };
  }
  return agents;
}

/** A profile that falls back to what is not there would be refused. */
function dropMissingFallbacks(parts: readonly (readonly [string, Part])[], profiles: Profiles): void {
  for (const [name, part] of parts) {
    const profile = profiles[routingName(name)];
    if (profile?.fallback === undefined || Object.hasOwn(profiles, profile.fallback)) continue;
    part.note("selection_policy.fallback_profile", `${JSON.stringify(profile.fallback)} was not carried over; there is no fallback.`);
    const { fallback: _, ...rest } = profile;
    profiles[routingName(name)] = rest;
  }
}

/** Of their routing rules only the last resort and plain "this agent, this profile" have a counterpart. */
function readRouting(source: Part, document: ConfigDocument): void {
  const agents = document.agents ?? {};
  for (const part of source.list("routing")) {
    const use = part.text("use_llm");
    const profile = use === undefined ? undefined : routingName(use);
    const when = part.part("when");
    const agent = when.text("agent");
    const known = profile !== undefined && Object.hasOwn(document.profiles ?? {}, profile);
    part.skip("id", "priority", "description", "use_context_prompt", "use_provider", "use_metadata");
    if (known && when.keys.length === 0) document.defaultProfile ??= profile;
    else if (known && agent !== undefined && when.keys.length === 1) agents[routingName(agent)] ??= { profile };
    else
      part.note("", "Homeport's rules look at the request, not at modes, metadata or providers of another service; the rule was left out.");
  }
  document.agents = agents;
}
