// The only place where a fact changes what we believe. `apply` is total: a fact about a node that is gone changes nothing.
import type { Config } from "../contract/config.ts";
import type { EngineEvent, EventOf, NodeDescription } from "../contract/events.ts";
import { type Failure, failureTable } from "../contract/failure.ts";
import type { Fleet, ModelEntry, Node } from "../contract/fleet.ts";
import type { ModelId, NodeId } from "../contract/ids.ts";
import { closedBreaker, onAttempt, onHealthProbe, onVerdict, readied, tripped } from "./breaker.ts";
import { reserved, restored, settled } from "./budgets.ts";
import { cleared, setAside } from "./completion-errors.ts";
import { onAnswer, onMiss, onPause, suspected } from "./health.ts";
import { own, sighted, withDuplicatesMarked } from "./inventory.ts";
import { loadChanged, loadFinished, loadProgressed, loadStarted } from "./loads.ts";
import { canonicalName } from "./names.ts";

export const emptyFleet: Fleet = { version: 0, nodes: {}, loads: {} };

/** The fleet after the event; the same object when nothing changed. */
export function apply(fleet: Fleet, event: EngineEvent, config: Config): Fleet {
  const next = change(fleet, event, config);
  return next === fleet ? fleet : { ...next, version: fleet.version + 1 };
}

function change(fleet: Fleet, event: EngineEvent, config: Config): Fleet {
  switch (event.type) {
    case "config-applied":
      return { ...fleet, nodes: withDuplicatesMarked(described(fleet, event.nodes)) };
    case "history-restored":
      return onNode(fleet, event.node, (node) => ({ ...node, history: { ...event.history, ...node.history } }));
    case "probe-answered":
      return probeAnswered(fleet, event);
    case "probe-failed":
      return onNode(fleet, event.node, (node) => ({ ...node, health: onMiss(node.health, event.failure, event.at, config.polling) }));
    case "load-started":
      return loadStarted(fleet, event);
    case "load-joined":
      return loadChanged(fleet, event.load, (load) => ({ ...load, waiters: event.waiters, by: event.by ?? load.by }));
    case "load-staged":
      return loadChanged(fleet, event.load, (load) => ({
        ...load,
        stage: event.stage,
        ...(event.stage === "loading" ? { startedAt: event.at } : {}),
      }));
    case "load-progressed":
      return loadChanged(fleet, event.load, (load) => loadProgressed(load, event));
    case "load-finished":
      return loadFinished(fleet, event);
    case "unload-started":
      return onModel(fleet, event.node, event.model, (model) => ({ ...model, residency: { state: "unloading", since: event.at } }));
    case "unload-finished":
      return event.failure === undefined ? fleet : onModel(fleet, event.node, event.model, stillWarm(event.at));
    case "slots-learned":
      return onNode(fleet, event.node, (node) => ({
        ...node,
        learnedSlots: { ...node.learnedSlots, [canonicalName(event.model)]: event.slots },
      }));
    case "breaker-tripped":
      return onNode(fleet, event.node, (node) => ({ ...node, breaker: tripped(node.breaker, event.at, config.breaker) }));
    case "breaker-try-now":
      return onNode(fleet, event.node, (node) => ({ ...node, breaker: readied(node.breaker) }));
    case "budget-reserved":
      return reserved(fleet, event);
    case "budget-settled":
      return settled(fleet, event);
    case "budgets-restored":
      return restored(fleet, event);
    case "routing-paused":
      return { ...fleet, paused: { until: event.until } };
    case "routing-resumed": {
      const { paused: _, ...rest } = fleet;
      return fleet.paused === undefined ? fleet : rest;
    }
    case "attempt-started":
      return onNode(fleet, event.node, (node) => attemptStarted(node, event));
    case "attempt-finished":
      return onNode(fleet, event.node, (node) => attemptFinished(node, event, config));
    case "config-rejected":
    case "request-received":
    case "route-decided":
    case "request-queued":
    case "request-loading":
    case "request-loaded":
    case "first-byte":
    case "request-finished":
      return fleet;
  }
}

function onNode(fleet: Fleet, id: NodeId, changed: (node: Node) => Node): Fleet {
  const node = own(fleet.nodes, id);
  return node === undefined ? fleet : { ...fleet, nodes: { ...fleet.nodes, [id]: changed(node) } };
}

function onModel(fleet: Fleet, id: NodeId, model: ModelId, changed: (entry: ModelEntry) => ModelEntry): Fleet {
  const key = canonicalName(model);
  return onNode(fleet, id, (node) => {
    const entry = own(node.models, key);
    return entry === undefined ? node : { ...node, models: { ...node.models, [key]: changed(entry) } };
  });
}

const stillWarm =
  (at: number) =>
  (model: ModelEntry): ModelEntry =>
    model.residency.state === "unloading" ? { ...model, residency: { state: "warm", since: at } } : model;

/** Nodes in the order of the configuration. A node whose address or kind changed is a new node: nothing believed of the old one holds. */
function described(fleet: Fleet, descriptions: readonly NodeDescription[]): Record<string, Node> {
  return Object.fromEntries(
    descriptions.map((description) => {
      const before = own(fleet.nodes, description.id);
      const same = before !== undefined && before.url === description.url && before.kind === description.kind;
      return [description.id, same ? { ...before, ...configured(description), can: before.can } : freshNode(description)];
    }),
  );
}

function configured(description: NodeDescription) {
  const { slots, ...rest } = description;
  return { ...rest, ...(slots === undefined ? {} : { slots }) };
}

function freshNode(description: NodeDescription): Node {
  return {
    ...configured(description),
    health: { state: "unknown" },
    breaker: closedBreaker,
    models: {},
    aliases: {},
    learnedSlots: {},
    inFlight: {},
    lastUsedAt: {},
    history: {},
  };
}

function probeAnswered(fleet: Fleet, event: EventOf<"probe-answered">): Fleet {
  const loading = new Set(
    Object.values(fleet.loads)
      .filter((load) => load.node === event.node)
      .map((load) => canonicalName(load.model)),
  );
  const before = own(fleet.nodes, event.node);
  const next = onNode(fleet, event.node, (node) => ({
    ...sighted(node, event.sighting, loading, event.at),
    health: onAnswer(node.health, event.at),
    breaker: onHealthProbe(node.breaker, event.at),
    latencyMs: event.latencyMs,
  }));
  return before?.identity === event.sighting.identity ? next : { ...next, nodes: withDuplicatesMarked(next.nodes) };
}

function attemptStarted(node: Node, event: EventOf<"attempt-started">): Node {
  const key = canonicalName(event.model);
  return {
    ...node,
    inFlight: { ...node.inFlight, [key]: (own(node.inFlight, key) ?? 0) + 1 },
    breaker: onAttempt(node.breaker, event.attempt, event.at),
  };
}

function attemptFinished(node: Node, event: EventOf<"attempt-finished">, config: Config): Node {
  const key = canonicalName(event.model);
  const { failure } = event;
  const inFlight = oneLess(node.inFlight, key);
  const lastUsedAt = { ...node.lastUsedAt, [key]: event.at };
  const breaker = onVerdict(node.breaker, event.attempt, event.verdict, blamedOnNode(failure), event.at, config.breaker);
  const after: Node = { ...node, inFlight, lastUsedAt, breaker };
  if (event.verdict === "good") return proven(after, key, event.at);
  return event.verdict === "bad" && failure !== undefined ? blamed(after, key, failure, event.at) : after;
}

/** Absent keys are zero, so that an idle node counts nothing. */
function oneLess(counts: Node["inFlight"], key: string): Node["inFlight"] {
  const running = own(counts, key) ?? 0;
  if (running > 1) return { ...counts, [key]: running - 1 };
  const { [key]: _, ...others } = counts;
  return others;
}

/** Only failures that the table holds against the breaker reach it. */
function blamedOnNode(failure: Failure | undefined): Failure | undefined {
  return failure !== undefined && failureTable[failure.kind].against === "breaker" ? failure : undefined;
}

/** A served request proves node and model. */
function proven(node: Node, key: string, now: number): Node {
  const entry = own(node.models, key);
  const health = node.health.state === "up" || node.health.state === "paused" ? node.health : onAnswer(node.health, now);
  if (entry?.setAside === undefined) return health === node.health ? node : { ...node, health };
  return { ...node, health, models: { ...node.models, [key]: cleared(entry) } };
}

function blamed(node: Node, key: string, failure: Failure, now: number): Node {
  const entry = own(node.models, key);
  switch (failureTable[failure.kind].against) {
    case "pause":
      return { ...node, health: onPause(failure, now) };
    case "model":
    case "inventory":
      return entry === undefined ? node : { ...node, models: { ...node.models, [key]: setAside(entry, failure, now) } };
    case "breaker":
      // The breaker has counted it. Later requests skip the node (F02) until the probe that the engine asks for tells whether it is there at all.
      return failure.kind === "connect-failed" ? { ...node, health: suspected(node.health, failure) } : node;
    case "nobody":
      return node;
  }
}
