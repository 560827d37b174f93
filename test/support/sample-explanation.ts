// What the sample engine answers to "where would this go now?": a chain of two links, under the configured policy and under each preset.
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import type { ExplainedCandidate, Explanation } from "../../src-core/contract/route.ts";
import { PresetName } from "../../src-core/contract/routing.ts";

const gigabyte = 1e9;
const coder = ModelId.parse("Qwen3-Coder-30B-A3B-Instruct-Q4_K_M");
const small = ModelId.parse("qwen3:8b");

const level = (preference: string, value: number) => ({ preference, value });

const rack: ExplainedCandidate = {
  node: NodeId.parse("rack"),
  model: coder,
  readiness: "warm",
  levels: [level("warm", 0), level("healthy", 0), level("free-slot", 0), level("least-busy", 0), level("local-first", 1)],
  expectedWaitMs: 640,
  spoken: "openai",
};

const studio: ExplainedCandidate = {
  node: NodeId.parse("studio"),
  model: coder,
  readiness: "cold",
  levels: [level("warm", 1), level("healthy", 0), level("free-slot", 0), level("least-busy", 16), level("local-first", 1)],
  room: {
    verdict: "fits-after",
    needBytes: 20.4 * gigabyte,
    needSource: "estimate",
    freeBytes: 16.1 * gigabyte,
    evict: [ModelId.parse("nomic-embed-text:latest"), small],
  },
  spoken: "ollama",
};

/** In the cloud, in a dialect of its own. */
const claude: ExplainedCandidate = {
  node: NodeId.parse("claude"),
  model: ModelId.parse("claude-haiku-4-5"),
  readiness: "warm",
  levels: [level("warm", 0), level("healthy", 0), level("free-slot", 0), level("least-busy", 0), level("local-first", 2)],
  expectedWaitMs: 900,
  spoken: "anthropic",
};

export const sampleExplanation: Explanation = {
  asked: "coder",
  dialect: "openai",
  resolution: {
    chain: [
      { model: coder, profile: "coder" },
      { requires: "llm", profile: "quick" },
    ],
    because: "profile",
    profile: "coder",
  },
  policy: { name: "balanced", preferences: ["warm", "healthy", "free-slot", "least-busy", "local-first"] },
  links: [
    {
      link: { model: coder, profile: "coder", timeoutMs: 60_000 },
      candidates: [rack, studio],
      rejected: [
        {
          node: NodeId.parse("attic"),
          model: coder,
          because: "breaker-open",
          says: "breaker open for 102 s more: three requests got no connection",
        },
        { node: NodeId.parse("mini"), because: "cannot-load", says: "does not list it and cannot fetch it" },
      ],
      decidedBy: "warm",
    },
    {
      link: { requires: "llm", prefer: ["qwen3*", "*"], profile: "quick", cloud: true },
      candidates: [{ ...rack, model: small, node: NodeId.parse("studio") }, claude],
      rejected: [],
      decidedBy: "local-first",
      relaxed: "stale-inventory",
    },
  ],
  next: { do: "send", node: NodeId.parse("rack"), model: coder, says: "rack would serve it." },
};

/** As under a policy that reverses the first two and looks at prices. */
const cheapest: Explanation = {
  ...sampleExplanation,
  policy: { name: "cheapest", preferences: ["cheapest", "warm"] },
  links: sampleExplanation.links.map((link, at) =>
    at === 0
      ? {
          ...link,
          candidates: [
            { ...studio, levels: [level("cheapest", 0), level("warm", 1)] },
            { ...rack, levels: [level("cheapest", 0.26), level("warm", 0)] },
          ],
          decidedBy: "cheapest",
        }
      : link,
  ),
  next: { do: "load", node: NodeId.parse("studio"), model: coder, says: "studio would load it first." },
};

/** Replies of the sample bridge: by method, and by method and policy. */
export const sampleExplanations: Readonly<Record<string, unknown>> = {
  explain: { ok: true, output: sampleExplanation },
  ...Object.fromEntries(
    PresetName.options.map((policy) => [
      `explain ${policy}`,
      { ok: true, output: { ...sampleExplanation, policy: { name: policy, preferences: [] } } },
    ]),
  ),
  "explain cheapest": { ok: true, output: cheapest },
};
