// The engine's closed vocabularies in a person's words: node states, kinds, places, phases, reasons. One place, so that every view says the same.
import type { Node } from "../../../src-core/contract/fleet.ts";
import type { Capability, Dialect, NodeKind, Place } from "../../../src-core/contract/node-kinds.ts";
import type { Phase } from "../../../src-core/contract/route.ts";
import type { Repair } from "../../../src-core/contract/routing.ts";
import { countdown, wholeDuration } from "../../format.ts";

const kinds: Readonly<Record<NodeKind, string>> = {
  ollama: "Ollama",
  "llama-server": "llama-server",
  "lm-studio": "LM Studio",
  vllm: "vLLM",
  "llama-swap": "llama-swap",
  neuron: "neuron",
  cortex: "cortex",
  homeport: "Homeport",
  "nats-worker": "worker on NATS",
  "openai-compatible": "OpenAI-compatible",
  openai: "OpenAI",
  anthropic: "Anthropic",
};

const places: Readonly<Record<Place, string>> = { "this-machine": "this computer", lan: "local network", cloud: "cloud" };

const dialects: Readonly<Record<Dialect, string>> = {
  openai: "OpenAI",
  ollama: "Ollama",
  anthropic: "Anthropic",
  responses: "OpenAI Responses",
};

/** Whether a request goes to its node as it came, or in another dialect. */
const passage = {
  asItCame: (dialect: string) => `${dialect}, passed through`,
  translated: (from: string, to: string) => `${from} → ${to}, translated`,
} as const;

/** What a model can do. */
const abilities: Readonly<Record<Capability, string>> = {
  chat: "chat",
  completion: "completion",
  tools: "tools",
  vision: "vision",
  embedding: "embedding",
  rerank: "rerank",
  thinking: "thinking",
  insert: "insert",
  audio: "audio",
};

type Paused = Extract<Node["health"], { state: "paused" }>["because"];

const paused: Readonly<Record<Paused, string>> = {
  "rate-limited": "Asked us to wait",
  busy: "Busy",
  misconfigured: "Needs a setting",
};

/** A node's state: each word, and the sentence beside it. */
const states = {
  disabled: "Disabled",
  disabledSays: "Nothing is sent to this node until you enable it.",
  notSending: "Not sending",
  tryingAgain: "Trying again",
  checking: "Checking",
  up: "Up",
  duplicateOf: (node: string) => `The same server as ${node}; requests go there, so that nothing counts twice.`,
  unsteady: "Unsteady",
  missedChecks: (misses: number, because: string) => `Missed ${misses === 1 ? "one check" : `${misses} checks`}. ${because}`,
  waking: "Waking",
  wakingFor: (ms: number, usualMs: number | undefined) =>
    `For ${wholeDuration(ms)}${usualMs === undefined ? "" : `, usually ${wholeDuration(usualMs)} here`}.`,
  didNotWake: "Did not wake",
  asleep: "Asleep",
  asleepFor: (ms: number) => `For ${wholeDuration(ms)}. It is woken when a request needs it.`,
  neverAnswered: "Never answered",
  notAnswering: "Not answering",
  downFor: (ms: number, because: string) => `For ${wholeDuration(ms)}. ${because}`,
  paused,
  pausedUntil: (says: string, until: number, now: number) => `${says} Next try in ${countdown(until, now)}.`,
} as const;

/** What was mended in an answer, as a sentence. */
const repairs: Readonly<Record<Repair, string>> = {
  "tool-calls": "A tool call that the model wrote as text was given as a real one.",
  thinking: "Thinking that the model wrote into its answer was moved out of it.",
  "stop-markers": "Stop markers that the model wrote into its answer were removed.",
};

const phases: Readonly<Record<Phase, string>> = {
  deciding: "Choosing a node",
  waking: "Waking the machine",
  queued: "Queued",
  loading: "Loading model",
  waiting: "Reading prompt",
  streaming: "Generating",
  done: "Done",
};

/** How a request stands in a line, and how it ended. */
const outcomes = {
  queuedAt: (position: number) => `${phases.queued}, place ${position}`,
  ok: "Answered",
  incomplete: "Cut short",
  clientGone: "Client left",
  failed: (status: number | undefined) => (status === undefined ? "Failed" : `Failed, ${status}`),
} as const;

const preferences: Readonly<Record<string, string>> = {
  only: "only choice",
  affinity: "same conversation",
  warm: "already loaded",
  healthy: "healthier",
  "free-slot": "free slot",
  loading: "most ready",
  sleeping: "quick to wake",
  sooner: "awake sooner than the others could load",
  pinned: "pinned there",
  room: "has room",
  fits: "has room",
  "least-busy": "least busy",
  utilisation: "least used",
  "local-first": "closest",
  priority: "first in your list",
  biggest: "largest model",
  "load-cost": "quickest to load",
  weighted: "its share",
  random: "by chance",
  name: "first by name",
  preferred: "preferred model",
  "unproven-last": "proven there",
  order: "first in your list",
};

/** Why this node, in two words. "warm" ranks by readiness, so where the model had to be loaded it means the readiest of the rest. */
function preference(decidedBy: string | undefined, hadToLoad: boolean): string {
  if (decidedBy === undefined || decidedBy === "none") return "";
  if (decidedBy === "warm" && hadToLoad) return "most ready";
  return preferences[decidedBy] ?? decidedBy.replaceAll("-", " ");
}

export const vocabulary = { kinds, places, dialects, passage, abilities, states, repairs, phases, outcomes, preference } as const;
