// The engine's closed vocabularies in a person's words: node states, kinds, places, phases, reasons. One place, so that every view says the same.

import type { Node } from "../src-core/contract/fleet.ts";
import type { Dialect, NodeKind, Place } from "../src-core/contract/node-kinds.ts";
import type { Phase, RequestRow } from "../src-core/contract/route.ts";
import type { Repair } from "../src-core/contract/routing.ts";
import { countdown, wholeDuration } from "./format.ts";

export type Tone = "ok" | "busy" | "warn" | "bad" | "off";

export const kindWords: Readonly<Record<NodeKind, string>> = {
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

export const placeWords: Readonly<Record<Place, string>> = { "this-machine": "this computer", lan: "local network", cloud: "cloud" };

export interface NodeState {
  readonly word: string;
  readonly tone: Tone;
  /** The reason, where the word alone leaves a question. */
  readonly says: string | undefined;
}

const pauseWords = { "rate-limited": "Asked us to wait", busy: "Busy", misconfigured: "Needs a setting" } as const;

/** What a node is to a person right now. The breaker comes first: it decides whether traffic goes there. */
export function nodeState(node: Node, now: number): NodeState {
  const { health, breaker } = node;
  if (!node.enabled) return { word: "Disabled", tone: "off", says: "Nothing is sent to this node until you enable it." };
  if (breaker.state === "open") return { word: "Not sending", tone: "bad", says: breaker.says };
  if (breaker.state === "half-open") return { word: "Trying again", tone: "warn", says: breaker.says };
  switch (health.state) {
    case "unknown":
      return { word: "Checking", tone: "off", says: undefined };
    case "up":
      return { word: "Up", tone: "ok", says: duplicateSays(node) };
    case "flapping":
      return {
        word: "Unsteady",
        tone: "warn",
        says: `Missed ${health.misses === 1 ? "one check" : `${health.misses} checks`}. ${health.because.message}`,
      };
    case "asleep":
      return asleepState(health, now);
    case "down":
      return node.seenAt === undefined
        ? { word: "Never answered", tone: "bad", says: health.because.message }
        : { word: "Not answering", tone: "bad", says: `For ${wholeDuration(now - health.since)}. ${health.because.message}` };
    case "paused":
      return {
        word: pauseWords[health.because],
        tone: "warn",
        says: health.until === undefined ? health.says : `${health.says} Next try in ${countdown(health.until, now)}.`,
      };
  }
}

/** A wake takes as long as it takes; how long it usually does is an estimate. */
function asleepState({ since, waking, unwakeable }: Extract<Node["health"], { state: "asleep" }>, now: number): NodeState {
  if (waking !== undefined) {
    const usual = waking.expectedMs === undefined ? "" : `, usually ${wholeDuration(waking.expectedMs)} here`;
    return { word: "Waking", tone: "busy", says: `For ${wholeDuration(now - waking.since)}${usual}.` };
  }
  if (unwakeable !== undefined) return { word: "Did not wake", tone: "bad", says: unwakeable.says };
  return { word: "Asleep", tone: "off", says: `For ${wholeDuration(now - since)}. It is woken when a request needs it.` };
}

function duplicateSays(node: Node): string | undefined {
  return node.duplicateOf === undefined
    ? undefined
    : `The same server as ${node.duplicateOf}; requests go there, so that nothing counts twice.`;
}

export const dialectWords: Readonly<Record<Dialect, string>> = {
  openai: "OpenAI",
  ollama: "Ollama",
  anthropic: "Anthropic",
  responses: "OpenAI Responses",
};

const repairWords: Readonly<Record<Repair, string>> = {
  "tool-calls": "A tool call that the model wrote as text was given as a real one.",
  thinking: "Thinking that the model wrote into its answer was moved out of it.",
  "stop-markers": "Stop markers that the model wrote into its answer were removed.",
};

/** What was mended in an answer, as a sentence. */
export function repairSays(repair: Repair): string {
  return repairWords[repair];
}

const phaseWords: Readonly<Record<Phase, string>> = {
  deciding: "Choosing a node",
  waking: "Waking the machine",
  queued: "Queued",
  loading: "Loading model",
  waiting: "Reading prompt",
  streaming: "Generating",
  done: "Done",
};

export interface RowState {
  readonly word: string;
  readonly tone: Tone;
}

/** A request's phase while it runs, its outcome after. */
export function rowState(row: RequestRow): RowState {
  if (row.phase !== "done") {
    const place = row.phase === "queued" && row.position !== undefined ? `, place ${row.position}` : "";
    return { word: phaseWords[row.phase] + place, tone: "busy" };
  }
  switch (row.outcome) {
    case "ok":
      return { word: "Answered", tone: "ok" };
    case "incomplete":
      return { word: "Cut short", tone: "bad" };
    case "client-gone":
      return { word: "Client left", tone: "off" };
    default:
      return { word: row.status === undefined ? "Failed" : `Failed, ${row.status}`, tone: "bad" };
  }
}

const preferenceWords: Readonly<Record<string, string>> = {
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
export function preferenceSays(decidedBy: string | undefined, hadToLoad: boolean): string {
  if (decidedBy === undefined || decidedBy === "none") return "";
  if (decidedBy === "warm" && hadToLoad) return "most ready";
  return preferenceWords[decidedBy] ?? decidedBy.replaceAll("-", " ");
}
