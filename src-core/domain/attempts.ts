// What an attempt does to the belief about its node: slots, breakers, pauses, passive health, the model's own record. `attempt-started` and
// `attempt-finished` are the most frequent facts of all: a good answer of a healthy node copies the node once and looks at nothing else.
import type { Config } from "../contract/config.ts";
import type { EventOf } from "../contract/events.ts";
import { type Failure, failureTable } from "../contract/failure.ts";
import type { ModelEntry, Node } from "../contract/fleet.ts";
import { workBegins, workEnds } from "./breakers.ts";
import { afterError, cleared, freeShare, setAside } from "./completion-errors.ts";
import { onAnswer, onPause, suspected } from "./health.ts";
import { own } from "./inventory.ts";
import { canonicalName } from "./names.ts";
import { afterPassiveFailure } from "./passive-health.ts";
import { afterMemoryFailure } from "./pressure.ts";

/** Busy is not broken, unless a node has said nothing else for so long. */
const nothingButBusyMs = 60_000;

export function attemptStarted(node: Node, event: EventOf<"attempt-started">): Node {
  const key = canonicalName(event.model);
  const begun = workBegins(node, event.work ?? "llm", event.attempt, event.at);
  return { ...begun, inFlight: { ...node.inFlight, [key]: (own(node.inFlight, key) ?? 0) + 1 } };
}

export function attemptFinished(node: Node, event: EventOf<"attempt-finished">, config: Config): Node {
  const { verdict, failure, at, attempt } = event;
  const key = canonicalName(event.model);
  const inFlight = oneLess(node.inFlight, key);
  const ended = { attempt, verdict, failure: counted(node, failure, at), at };
  const judged = workEnds(node, event.work ?? "llm", ended, config.breaker);
  const after: Node = { ...judged, inFlight, lastUsedAt: { ...node.lastUsedAt, [key]: at } };
  if (verdict === "good") return proven(after, key, at);
  return verdict === "bad" && failure !== undefined ? blamed(after, key, failure, at, config) : after;
}

/** Absent keys are zero, so that an idle node counts nothing. */
function oneLess(counts: Node["inFlight"], key: string): Node["inFlight"] {
  const running = own(counts, key) ?? 0;
  if (running > 1) return { ...counts, [key]: running - 1 };
  const { [key]: _, ...others } = counts;
  return others;
}

/** The failure, where the table holds it against the breaker, or where the node has been nothing but busy for too long. */
function counted(node: Node, failure: Failure | undefined, now: number): Failure | undefined {
  if (failure === undefined) return undefined;
  if (failureTable[failure.kind].against === "breaker") return failure;
  return isBusy(failure) && node.busySince !== undefined && now - node.busySince >= nothingButBusyMs ? failure : undefined;
}

function isBusy({ kind }: Failure): boolean {
  return kind === "upstream-busy" || kind === "upstream-rate-limited";
}

/** A wait that is over is over with the first answer; whatever has no end is ended by settings or a probe. */
function pauseHolds(health: Node["health"], now: number): boolean {
  return health.state === "paused" && (health.until === undefined || now < health.until);
}

/** A served request proves node and model. */
function proven(node: Node, key: string, now: number): Node {
  const entry = own(node.models, key);
  const health = node.health.state === "up" || pauseHolds(node.health, now) ? node.health : onAnswer(node.health, now);
  const well = node.passive === undefined && node.busySince === undefined;
  const spotless = entry === undefined || (entry.setAside === undefined && entry.errors === undefined);
  if (well && spotless && health === node.health) return node;
  const { passive: _, busySince: _busy, ...rest } = node;
  return { ...rest, health, models: spotless ? node.models : { ...node.models, [key]: cleared(entry) } };
}

function blamed(node: Node, key: string, failure: Failure, now: number, config: Config): Node {
  switch (failureTable[failure.kind].against) {
    case "pause":
      return paused(node, failure, now);
    case "inventory":
      return onEntry(node, key, (entry) => setAside(entry, failure, now));
    case "model":
      return onEntry(unwell(afterMemoryFailure(node, failure, now, config.memory), config), key, (entry) =>
        setAside(entry, failure, now, freeShare(node)),
      );
    case "breaker":
      // The breaker has counted it. Later requests skip the node (F02) until the probe that the engine asks for tells whether it is there at all.
      return failure.kind === "connect-failed"
        ? { ...unwell(node, config), health: suspected(node.health, failure) }
        : onEntry(unwell(node, config), key, (entry) => afterError(entry, failure, now));
    case "nobody":
      return node;
  }
}

function paused(node: Node, failure: Failure, now: number): Node {
  const health = onPause(failure, now);
  return isBusy(failure) ? { ...node, health, busySince: node.busySince ?? now } : { ...node, health };
}

/** One more failure in a row, of whatever kind: it has something else to say than "busy". */
function unwell(node: Node, config: Config): Node {
  const { passive, busySince: _, ...rest } = node;
  const next = afterPassiveFailure(passive, config.health);
  return next === undefined ? rest : { ...rest, passive: next };
}

function onEntry(node: Node, key: string, changed: (entry: ModelEntry) => ModelEntry): Node {
  const entry = own(node.models, key);
  return entry === undefined ? node : { ...node, models: { ...node.models, [key]: changed(entry) } };
}
