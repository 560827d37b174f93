// Profiles, rules, budgets and prices of the demo homelab, laid under the person's own configuration for this run. Nothing of it is ever saved,
// and whatever the person configured wins.
import { Config, type ConfigDocument } from "../contract/config.ts";
import { type Failure, fail } from "../contract/failure.ts";
import { RoutingDocument, routingKeys } from "../contract/routing-document.ts";
import type { ConfigSource } from "../engine/ports.ts";

/** What the demo's house is configured with. Prices at home are electricity, in USD per million tokens. */
const demoDocument: ConfigDocument = {
  profiles: {
    everyday: { requires: "llm", prefer: ["*llama*3.1*8b*"], cloud: true, timeoutMs: 60_000, fallback: "quick" },
    coder: {
      chain: ["qwen3-coder-30b-a3b", "qwen2.5-coder:14b", "everyday"],
      timeoutMs: 90_000,
      deadlineMs: 180_000,
      gate: { refusal: true, empty: true },
      fallback: "quick",
    },
    quick: { requires: "llm", prefer: ["phi-4-mini", "gemma3:4b", "*"], policy: "fastest" },
    eyes: { requires: "vision", prefer: ["gemma3:27b", "*"], policy: "quiet" },
  },
  agents: { editor: { profile: "coder", fallback: "quick" } },
  rules: [
    { id: "pictures", when: { hasImage: true }, use: "eyes" },
    { id: "code", when: { codeFenceRatioAtLeast: 0.3 }, use: "coder" },
    { id: "long", when: { tokensAtLeast: 24_000 }, use: "qwen3-coder-30b-a3b" },
    { id: "anything-else", when: { tokensAtLeast: 0 }, use: "everyday" },
  ],
  aliases: { "gpt-4o-mini": "everyday", "claude-sonnet-4-5": "coder" },
  policies: { quiet: ["local-first", "warm", "cheapest", "least-busy"] },
  budgets: [
    { id: "cloud-month", scope: { place: "cloud" }, usd: 5, per: "month" },
    { id: "everyday-day", scope: { profile: "everyday" }, tokens: 200_000, per: "day" },
  ],
  catalogue: [
    { model: "llama3.1:8b-instruct-q4_0", cost: { input: 0.01, output: 0.05 } },
    { model: "llama3.1:8b-instruct-q4_K_M", cost: { input: 0.02, output: 0.09 } },
    { model: "llama3.1:8b-instruct-q8_0", cost: { input: 0.03, output: 0.13 } },
    { model: "llama-3.1-8b-instruct-f16", cost: { input: 0.04, output: 0.22 } },
    { model: "meta-llama/llama-3.1-8b-turbo", cost: { input: 0.18, output: 0.18 } },
    { model: "openai/gpt-oss-120b", cost: { input: 0.15, output: 0.6 } },
  ],
};

const demo = Config.parse(demoDocument);

/**
 * The source with the demo's rules under it. What is saved goes to the source as it is, but for the routing alone: its changes lean on the demo's
 * rules, so they hold for this run, and nothing of the demo ends up in anybody's settings.
 */
export function withDemoRouting(source: ConfigSource): ConfigSource {
  let laid = new WeakMap<Config, Config>();
  let edited: RoutingDocument | undefined;
  const watchers = new Set<(config: Config) => void>();
  const lay = (config: Config): Config => {
    const known = laid.get(config) ?? { ...underlaid(config), ...edited };
    laid.set(config, known);
    return known;
  };
  return {
    current: () => lay(source.current()),
    describe: `${source.describe.replace(/\.$/, "")}, with the rules of the demo under them`,
    writable: source.writable,
    kept: source.kept,
    document: () => source.document(),
    keepCopy: (why) => source.keepCopy(why),
    extraNodes: source.extraNodes,
    update: async (change) => {
      const routing = routingChange(source.document(), change(source.document()));
      if (routing === undefined) return source.update(change);
      const parsed = RoutingDocument.safeParse({ ...routingOf(lay(source.current())), ...routing });
      if (!parsed.success) return refusal(parsed.error.issues[0]);
      edited = parsed.data;
      laid = new WeakMap();
      for (const watcher of watchers) watcher(lay(source.current()));
      return undefined;
    },
    subscribe: (onChange, onRejected) => {
      watchers.add(onChange);
      const stop = source.subscribe((config) => onChange(lay(config)), onRejected);
      return () => {
        watchers.delete(onChange);
        stop();
      };
    },
  };
}

type Written = Readonly<Record<string, unknown>>;

const routingOf = (config: Config): Written => Object.fromEntries(routingKeys.map((key) => [key, config[key]]));

/** The sections that differ, where all of them are routing's; one that was taken out is undefined. */
function routingChange(before: Written, after: Written): Written | undefined {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => before[key] !== after[key]);
  const known: ReadonlySet<string> = new Set(routingKeys);
  if (keys.length === 0 || !keys.every((key) => known.has(key))) return undefined;
  return Object.fromEntries(keys.map((key) => [key, after[key]]));
}

function refusal(issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined): Failure {
  const field = issue?.path.map(String).join(".") ?? "";
  return fail("invalid-request", `${field}: expected ${issue?.message ?? "another value"}. Nothing was changed.`, { field });
}

/** The demo's cloud is a simulated node on this computer. Beside real nodes the permission stays what the person said: one of them may be far away. */
function underlaid(config: Config): Config {
  const budgets = new Set(config.budgets.map(({ id }) => id));
  const priced = new Set(config.catalogue.map(({ model }) => model.toLowerCase()));
  const { rules = demo.rules } = config;
  return {
    ...config,
    profiles: { ...demo.profiles, ...config.profiles },
    agents: { ...demo.agents, ...config.agents },
    ...(rules === undefined ? {} : { rules }),
    aliases: { ...demo.aliases, ...config.aliases },
    policies: { ...demo.policies, ...config.policies },
    budgets: [...config.budgets, ...demo.budgets.filter(({ id }) => !budgets.has(id))],
    catalogue: [...config.catalogue, ...demo.catalogue.filter(({ model }) => !priced.has(model.toLowerCase()))],
    cloud: { allowed: config.cloud.allowed || config.nodes.length === 0 },
  };
}
