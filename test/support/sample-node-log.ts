// An eventful day on a node as a window must be able to show it: good news and bad, the node's own words, things that happened again and again.
import { NodeId } from "../../src-core/contract/ids.ts";
import type { NodeLogEntry, NodeLogPage, ProbeTime } from "../../src-core/contract/node-log.ts";
import { noon } from "./builders.ts";

const second = 1_000;
const minute = 60 * second;
const node = NodeId.parse("studio");

const happened: readonly (readonly [number, NodeLogEntry["about"], NodeLogEntry["tone"], string, Partial<NodeLogEntry>?])[] = [
  [2 * minute, "models", "plain", "mistral-small:24b was unloaded to make room for gemma3:27b."],
  [9 * minute, "models", "good", "qwen3:8b was loaded in 12 s, for a request."],
  [14 * minute, "sending", "good", "Requests go there again."],
  [16 * minute, "health", "good", "It answers again, after 4 min."],
  [
    20 * minute,
    "sending",
    "bad",
    "It failed too often: no requests go there for 2 min.",
    { because: "Three requests in a row got no connection to studio, so it gets no more for now." },
  ],
  [
    20 * minute + 4 * second,
    "health",
    "bad",
    "It does not answer any more.",
    { because: "studio refused the connection. Check that its server runs and listens at this address." },
  ],
  [
    52 * minute,
    "models",
    "bad",
    "Loading llama3.3:70b on demand failed after 41 s: out of memory.",
    { because: "studio ran out of memory while loading llama3.3:70b. Unload another model there first." },
  ],
  [130 * minute, "learned", "plain", "qwen3:8b answers 2 requests at once."],
  [170 * minute, "models", "bad", "It cut a prompt for qwen3:8b without saying so: its context is 8192 tokens.", { times: 7 }],
  [26 * 60 * minute, "settings", "plain", "Its settings were changed: requests at once, memory."],
  [27 * 60 * minute, "settings", "plain", "Homeport started."],
];

export const sampleEntries: readonly NodeLogEntry[] = happened.map(([ago, about, tone, says, more], index) => ({
  id: 900 - index,
  node,
  at: noon - ago,
  about,
  tone,
  says,
  ...more,
}));

/** One every five seconds: quick, sometimes less so, and twice no answer. */
export const sampleProbes: readonly ProbeTime[] = Array.from({ length: 60 }, (_, index) => {
  const at = noon - (59 - index) * 5 * second;
  const isMiss = index === 31 || index === 32;
  return isMiss ? { at } : { at, ms: 9 + ((index * 7) % 5) + (index % 23 === 19 ? 27 : 0) };
});

/** As `nodeLog` answers. */
export const nodeLogReply = (page: Partial<NodeLogPage> = {}) => ({
  nodeLog: { ok: true, output: { entries: sampleEntries, next: 890, probes: sampleProbes, ...page } },
});
