// What the fleet remembers of cold loads: which are under way, how far they are, how long they took here before, and how much memory they took.
import type { Config } from "../contract/config.ts";
import type { EventOf } from "../contract/events.ts";
import type { Failure } from "../contract/failure.ts";
import type { Fleet, Load, LoadHistory, ModelEntry, Node } from "../contract/fleet.ts";
import { cleared, freeShare, setAside } from "./completion-errors.ts";
import { withFootprint } from "./footprints.ts";
import { own } from "./inventory.ts";
import { canonicalName } from "./names.ts";
import { afterMemoryFailure } from "./pressure.ts";
import { unstuck } from "./stuck-unloads.ts";

const historyLength = 5;

/** Loads take this long here: the median of the last five, or undefined without history (UX-25). */
export function expectedLoadMs(history: LoadHistory | undefined): number | undefined {
  if (history === undefined || history.ms.length === 0) return undefined;
  const sorted = [...history.ms].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/**
 * How long a load would take here: as its own past loads did, else by the speed at which this node loaded its other models (UX-25). An estimate,
 * and undefined where neither is known.
 */
export function likelyLoad(node: Node, key: string): { readonly ms: number; readonly from: "history" | "speed" } | undefined {
  const usual = expectedLoadMs(own(node.history, key));
  if (usual !== undefined) return { ms: usual, from: "history" };
  const bytes = own(node.models, key)?.bytes;
  const speed = bytes === undefined ? undefined : bytesPerMs(node);
  return bytes === undefined || speed === undefined ? undefined : { ms: Math.round(bytes / speed), from: "speed" };
}

/** The median over the models loaded here before, so that one that was still in the page cache says little. */
function bytesPerMs({ history, models }: Node): number | undefined {
  const speeds = Object.entries(history).flatMap(([key, past]) => {
    const ms = expectedLoadMs(past);
    const bytes = own(models, key)?.bytes;
    return ms === undefined || ms <= 0 || bytes === undefined ? [] : [bytes / ms];
  });
  speeds.sort((a, b) => a - b);
  return speeds[Math.floor(speeds.length / 2)];
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
  const before = load.reported;
  // A node's own word is never mixed with ours.
  if (event.source === "measured" && before !== undefined && before.source === undefined) return load;
  const fraction = Math.max(before?.fraction ?? 0, Math.min(1, Math.max(0, event.fraction)));
  // Saying the same again is no progress: the bar must be able to show that it is stuck (F35).
  if (before !== undefined && fraction === before.fraction && event.stage === before.stage && event.source === before.source) return load;
  const stage = event.stage === undefined ? {} : { stage: event.stage };
  return { ...load, reported: { fraction, at: event.at, ...stage, ...(event.source === undefined ? {} : { source: event.source }) } };
}

export function loadFinished(fleet: Fleet, event: EventOf<"load-finished">, config: Config): Fleet {
  const { [event.load]: _, ...loads } = fleet.loads;
  const node = own(fleet.nodes, event.node);
  if (node === undefined) return { ...fleet, loads };
  const isLoadedAnew = Object.values(loads).some(
    (load) => load.node === event.node && canonicalName(load.model) === canonicalName(event.model),
  );
  const after = event.failure === undefined ? loaded(node, event) : notLoaded(node, event, event.failure, config, isLoadedAnew);
  return { ...fleet, loads, nodes: { ...fleet.nodes, [node.id]: after } };
}

/** It is there from this moment, without waiting for the next poll (source-systems.md 4.5), and what it took is remembered. */
function loaded(node: Node, event: EventOf<"load-finished">): Node {
  const key = canonicalName(event.model);
  const entry = own(node.models, key);
  const before = own(node.history, key);
  // No time at all: it was there, and nothing is learned of how long a load takes.
  const times = event.ms === 0 ? [] : [event.ms];
  const timed: LoadHistory = { ...before, ms: [...(before?.ms ?? []), ...times].slice(-historyLength) };
  const history = { ...node.history, [key]: entry === undefined ? timed : (measured(entry, timed) ?? timed) };
  if (entry === undefined) return { ...node, history };
  const isShown = entry.residency.state === "warm" || entry.residency.state === "sleeping";
  const { contextAsked: _, ...rest } = unstuck(cleared(entry));
  const proven = event.contextTokens === undefined ? rest : { ...rest, contextAsked: true as const };
  const warm = isShown ? proven : { ...proven, residency: { state: "warm" as const, since: event.at, loadedAt: event.at } };
  return { ...node, history, models: { ...node.models, [key]: warm } };
}

function notLoaded(node: Node, event: EventOf<"load-finished">, failure: Failure, { memory }: Config, isLoadedAnew: boolean): Node {
  const key = canonicalName(event.model);
  const entry = own(node.models, key);
  const marked = afterMemoryFailure(node, failure, event.at, memory);
  if (entry === undefined) return marked;
  // Still shown as loading because of us alone: without a load of ours it is what the node last said, which was not "warm".
  const settled = entry.residency.state === "loading" && !isLoadedAnew ? { ...entry, residency: { state: "cold" as const } } : entry;
  return { ...marked, models: { ...node.models, [key]: setAside(settled, failure, event.at, freeShare(node)) } };
}

/** What the node's own list says that its models take, remembered per context; the same node where that is nothing new. */
export function footprintsLearned(node: Node): Node {
  let history: Record<string, LoadHistory> | undefined;
  for (const [key, entry] of warmOf(node.models)) {
    const before = own(node.history, key);
    const learned = measured(entry, before);
    if (learned === undefined || learned === before) continue;
    history ??= { ...node.history };
    history[key] = learned;
  }
  return history === undefined ? node : { ...node, history };
}

const warmOf = (models: Node["models"]) => Object.entries(models).filter(([, { residency }]) => residency.state === "warm");

/** Undefined where the node does not say how much the model takes. */
function measured({ residency, contextTokens }: ModelEntry, before: LoadHistory | undefined): LoadHistory | undefined {
  if (residency.state !== "warm" || residency.bytes === undefined || residency.bytes === 0) return undefined;
  return withFootprint(before, residency.bytes, contextTokens);
}
