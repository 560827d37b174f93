// The only place where a fact changes what we believe. `apply` is total: a fact about a node that is gone changes nothing.
import type { Config } from "../contract/config.ts";
import type { EngineEvent, EventOf } from "../contract/events.ts";
import type { Fleet, ModelEntry, Node } from "../contract/fleet.ts";
import type { ModelId, NodeId } from "../contract/ids.ts";
import type { NodeDescription } from "../contract/sighting.ts";
import { attemptFinished, attemptStarted } from "./attempts.ts";
import { closedBreaker } from "./breaker.ts";
import { isolated, probeSucceeds, readiedAll, resumed } from "./breakers.ts";
import { reserved, restored, settled, shared } from "./budgets.ts";
import { asideElsewhere, cleared, freeShare, reconsidered } from "./completion-errors.ts";
import { onAnswer, onLimit, onMiss } from "./health.ts";
import { declaredModels, own, sighted, withDuplicatesMarked } from "./inventory.ts";
import { footprintsLearned, loadChanged, loadFinished, loadProgressed, loadStarted } from "./loads.ts";
import { footprintMeasured, lessFreed, memoryMeasured } from "./measured-memory.ts";
import { canonicalName } from "./names.ts";
import { withoutPressure } from "./pressure.ts";
import { modelRemoved, pullChanged, pullsOfNodes } from "./pulls.ts";
import { stuck } from "./stuck-unloads.ts";
import { awake, sleepsAfter, wakeFinished, wakeStarted } from "./waking.ts";

export const emptyFleet: Fleet = { version: 0, nodes: {}, loads: {} };

/** The fleet after the event; the same object when nothing changed. */
export function apply(fleet: Fleet, event: EngineEvent, config: Config): Fleet {
  const next = change(fleet, event, config);
  return next === fleet ? fleet : { ...next, version: fleet.version + 1 };
}

function change(fleet: Fleet, event: EngineEvent, config: Config): Fleet {
  switch (event.type) {
    case "config-applied":
      return pullsOfNodes({ ...fleet, nodes: withDuplicatesMarked(described(fleet, event)) });
    case "history-restored":
      return onNode(fleet, event.node, (node) => ({ ...node, history: { ...event.history, ...node.history } }));
    case "probe-answered":
      return lessFreed(fleet, probeAnswered(fleet, event), event.node);
    case "probe-failed":
      return onNode(fleet, event.node, (node) => {
        const judged = onMiss(node.health, event.failure, event.at, config.polling);
        return { ...node, health: sleepsAfter(node, judged, event.failure, event.at) };
      });
    case "wake-started":
      return onNode(fleet, event.node, (node) => wakeStarted(node, event));
    case "wake-finished":
      return onNode(fleet, event.node, (node) => wakeFinished(node, event));
    case "wakes-restored":
      return onNode(fleet, event.node, (node) => ({ ...node, wakeMs: node.wakeMs ?? event.ms }));
    case "machine-resumed":
      return { ...fleet, nodes: Object.fromEntries(Object.entries(fleet.nodes).map(([id, node]) => [id, resumed(node)])) };
    case "quiet-changed":
      return onNode(fleet, event.node, ({ quietUntil: _, ...node }) =>
        event.until === undefined ? node : { ...node, quietUntil: event.until },
      );
    case "node-lent":
      return onNode(fleet, event.node, (node) => ({ ...node, lent: { since: event.at, until: event.until } }));
    case "node-returned":
      return onNode(fleet, event.node, ({ lent: _, ...node }) => node);
    case "unload-stuck":
      return onModel(fleet, event.node, event.model, (entry) => stuck(entry, event));
    case "limit-reached":
      return onNode(fleet, event.node, (node) => ({ ...node, health: onLimit(node.health, event.failure, event.at) }));
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
      return loadFinished(fleet, event, config);
    case "unload-started":
      return onModel(fleet, event.node, event.model, (model) => ({ ...model, residency: { state: "unloading", since: event.at } }));
    case "unload-finished":
      return event.failure === undefined ? fleet : onModel(fleet, event.node, event.model, stillWarm(event.at));
    case "pull-asked":
    case "pull-progressed":
    case "pull-finished":
    case "pull-dismissed":
      return pullChanged(fleet, event);
    case "model-removed":
      return modelRemoved(fleet, event);
    case "memory-measured":
      return onNode(fleet, event.node, (node) => memoryMeasured(node, event));
    case "footprint-measured":
      return onNode(fleet, event.node, (node) => footprintMeasured(node, event));
    case "slots-learned":
      return onNode(fleet, event.node, (node) => ({
        ...node,
        learnedSlots: { ...node.learnedSlots, [canonicalName(event.model)]: event.slots },
      }));
    case "figures-learned":
      return onNode(fleet, event.node, (node) => ({ ...node, figures: { ...node.figures, ...event.figures } }));
    case "figures-restored":
      return onNode(fleet, event.node, (node) => ({ ...node, figures: { ...event.figures, ...node.figures } }));
    case "node-demoted":
      return onNode(fleet, event.node, ({ demoted: _, ...node }) => (event.ranks === 0 ? node : { ...node, demoted: event.ranks }));
    case "resident-cap-learned":
      return onNode(fleet, event.node, (node) => ({ ...node, residentCap: event.cap }));
    case "breaker-tripped":
      return onNode(fleet, event.node, (node) => isolated(node, event.at, config.breaker));
    case "breaker-try-now":
      return onNode(fleet, event.node, (node) => triedNow(node, event.at));
    case "budget-reserved":
      return reserved(fleet, event);
    case "budget-settled":
      return settled(fleet, event);
    case "budgets-restored":
      return restored(fleet, event);
    case "budget-shared":
      return shared(fleet, event);
    case "set-aside-elsewhere":
      return onModel(fleet, event.node, event.model, (entry) => asideElsewhere(entry, event.setAside));
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
    case "message-refused":
    case "request-received":
    case "request-resolved":
    case "route-decided":
    case "request-queued":
    case "request-loading":
    case "request-loaded":
    case "request-waking":
    case "request-woke":
    case "first-byte":
    case "context-guarded":
    case "answer-repaired":
    case "context-rescued":
    case "prompt-truncated":
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
function described(fleet: Fleet, { nodes, renewed, config, at }: EventOf<"config-applied">): Record<string, Node> {
  const declared = new Map(config.nodes.map(({ id, models }) => [id, models]));
  const withDeclared = (node: Node): Node => {
    if (node.seenAt !== undefined) return node;
    return { ...node, models: declaredModels(declared.get(node.id) ?? [], node.can.load, node.models, at) };
  };
  return Object.fromEntries(
    nodes.map((description) => {
      const before = own(fleet.nodes, description.id);
      const same = before !== undefined && before.url === description.url && before.kind === description.kind;
      if (!same) return [description.id, withDeclared(freshNode(description))];
      const kept = unblamed(before, renewed?.includes(description.id) === true, config);
      return [description.id, withDeclared({ ...kept, ...configured(description), can: before.can })];
    }),
  );
}

function configured(description: NodeDescription) {
  const { slots, drained, weight, wakes, keeps, ...rest } = description;
  return {
    ...rest,
    ...(slots === undefined ? {} : { slots }),
    ...(drained === undefined ? {} : { drained }),
    ...(weight === undefined ? {} : { weight }),
    ...(wakes === undefined ? {} : { wakes }),
    ...(keeps === undefined ? {} : { keeps }),
  };
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
    ...footprintsLearned(relearned(sighted(probeSucceeds(awake(node), event.at), event.sighting, loading, event.at))),
    health: onAnswer(node.health, event.at),
    latencyMs: event.latencyMs,
  }));
  return before?.identity === event.sighting.identity ? next : { ...next, nodes: withDuplicatesMarked(next.nodes) };
}

/** The settings changed: a node whose key or address is new is not misconfigured any more, and what is switched off demotes nobody. */
function unblamed(node: Node, renewed: boolean, { health, memory }: Config): Node {
  const { passive, demoted, pressure, ...rest } = node;
  const isOver = renewed && node.health.state === "paused" && node.health.because === "misconfigured";
  return {
    ...rest,
    ...(pressure === undefined || memory.pressure === "off" ? {} : { pressure }),
    ...(passive === undefined || health.action === "off" ? {} : { passive }),
    ...(demoted === undefined || !health.adaptive.enabled ? {} : { demoted }),
    ...(isOver ? { health: { state: "unknown" as const } } : {}),
  };
}

/** A person wants it tried: every wait is over, and whatever was held against node and models with it. */
function triedNow(node: Node, now: number): Node {
  const ready = withoutPressure(readiedAll(node));
  const models = Object.values(node.models).some((entry) => entry.setAside !== undefined || entry.errors !== undefined)
    ? Object.fromEntries(Object.entries(node.models).map(([key, entry]) => [key, cleared(entry)]))
    : node.models;
  return { ...ready, models, health: node.health.state === "paused" ? { state: "up", since: now } : node.health };
}

/** What only the new sighting can tell: memory that is there again, more models in memory than were believed to go. */
function relearned(node: Node): Node {
  const entries = Object.entries(node.models);
  const held = entries.some(([, { setAside }]) => setAside?.freeShare !== undefined || setAside?.file !== undefined);
  const free = held ? freeShare(node) : undefined;
  const models = held ? Object.fromEntries(entries.map(([key, entry]) => [key, reconsidered(entry, free)])) : node.models;
  const { residentCap, ...rest } = node;
  if (residentCap === undefined || warmCount(node) <= residentCap) return held ? { ...node, models } : node;
  return { ...rest, models };
}

function warmCount({ models }: Node): number {
  return Object.values(models).filter(({ residency }) => residency.state === "warm").length;
}
