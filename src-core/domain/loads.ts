// What the fleet remembers of cold loads: which are under way, how far they are, and how long they took here before.
import type { EventOf } from "../contract/events.ts";
import type { Fleet, Load, LoadHistory, Node } from "../contract/fleet.ts";
import { cleared, freeShare, setAside } from "./completion-errors.ts";
import { own } from "./inventory.ts";
import { canonicalName } from "./names.ts";

const historyLength = 5;

/** Loads take this long here: the median of the last five, or undefined without history (UX-25). */
export function expectedLoadMs(history: LoadHistory | undefined): number | undefined {
  if (history === undefined || history.ms.length === 0) return undefined;
  const sorted = [...history.ms].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

export function loadStarted(fleet: Fleet, event: EventOf<"load-started">): Fleet {
  const node = own(fleet.nodes, event.node);
  if (node === undefined) return fleet;
  const key = canonicalName(event.model);
  const entry = own(node.models, key);
  const load: Load = {
    id: event.load,
    node: event.node,
    model: event.model,
    startedAt: event.at,
    by: event.by,
    stage: event.stage,
    waiters: event.by === "request" ? 1 : 0,
    ...(event.expectedMs === undefined ? {} : { expectedMs: event.expectedMs }),
    ...(entry?.bytes === undefined ? {} : { bytes: entry.bytes }),
  };
  const models =
    entry === undefined ? node.models : { ...node.models, [key]: { ...entry, residency: { state: "loading" as const, since: event.at } } };
  return { ...fleet, loads: { ...fleet.loads, [event.load]: load }, nodes: { ...fleet.nodes, [node.id]: { ...node, models } } };
}

/** Changes one load; a load that is gone stays gone. */
export function loadChanged(fleet: Fleet, id: string, change: (load: Load) => Load): Fleet {
  const load = own(fleet.loads, id);
  return load === undefined ? fleet : { ...fleet, loads: { ...fleet.loads, [id]: change(load) } };
}

/** Progress never moves backwards (UX-27). */
export function loadProgressed(load: Load, event: EventOf<"load-progressed">): Load {
  const fraction = Math.max(load.reported?.fraction ?? 0, Math.min(1, Math.max(0, event.fraction)));
  return { ...load, reported: { fraction, at: event.at, ...(event.stage === undefined ? {} : { stage: event.stage }) } };
}

export function loadFinished(fleet: Fleet, event: EventOf<"load-finished">): Fleet {
  const { [event.load]: _, ...loads } = fleet.loads;
  const node = own(fleet.nodes, event.node);
  if (node === undefined) return { ...fleet, loads };
  return { ...fleet, loads, nodes: { ...fleet.nodes, [node.id]: afterLoad(node, event) } };
}

function afterLoad(node: Node, event: EventOf<"load-finished">): Node {
  const key = canonicalName(event.model);
  const entry = own(node.models, key);
  // Still shown as loading because of us alone: without our load it is what the node last said, which was not "warm".
  const settled = entry?.residency.state === "loading" ? { ...entry, residency: { state: "cold" as const } } : entry;
  const { failure } = event;
  if (failure !== undefined) {
    return settled === undefined
      ? node
      : { ...node, models: { ...node.models, [key]: setAside(settled, failure, event.at, freeShare(node)) } };
  }
  const footprintBytes = entry?.residency.state === "warm" ? entry.residency.bytes : undefined;
  const ms = [...(own(node.history, key)?.ms ?? []), event.ms].slice(-historyLength);
  const learned: LoadHistory = { ms, ...(footprintBytes === undefined || footprintBytes === 0 ? {} : { footprintBytes }) };
  const models = entry === undefined ? node.models : { ...node.models, [key]: cleared(entry) };
  return { ...node, models, history: { ...node.history, [key]: learned } };
}
