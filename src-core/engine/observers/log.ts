// One line per request outcome, one per state change, from facts only. Never prompt text, header values or keys (S-80).
// Beyond so many a second, ordinary requests are counted in one line: nobody reads a thousand lines a second, and each would cost as much as routing it.
import type { EngineEvent, EventOf } from "../../contract/events.ts";
import type { Fleet } from "../../contract/fleet.ts";
import { ownWords } from "../../domain/own-words.ts";
import { passiveState } from "../../domain/passive-health.ts";
import type { Observer } from "../audience.ts";
import type { Clock, Log } from "../ports.ts";

/** Lines of requests that ended well, in one second. What failed always has its line. */
const linesASecond = 100;
const secondMs = 1_000;

/** Tells the log of facts. */
export class LogLines {
  readonly #log: Log;
  readonly #clock: Clock;
  /** Requests that ended well in this second, with a line or without. */
  #ordinary = 0;
  #second: (() => void) | undefined;

  constructor(log: Log, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  /** What was only counted is told now. */
  stop(): void {
    this.#second?.();
    this.#secondOver();
  }

  readonly observe: Observer = (event, before, after) => {
    const log = this.#log;
    switch (event.type) {
      case "request-finished":
        if (event.outcome !== "ok" || this.#hasLine()) logRequest(log, event);
        return;
      case "load-finished": {
        const { node, model, ms, failure } = event;
        if (failure === undefined) log.info({ node, model, ms: Math.round(ms) }, "loaded");
        else log.warn({ node, model, ms: Math.round(ms), failure: failure.kind, says: failure.message }, "load failed");
        return;
      }
      case "unload-finished":
        log.info({ node: event.node, model: event.model, failure: event.failure?.message }, "unloaded");
        return;
      case "pull-finished": {
        const { node, model, ms, failure } = event;
        if (failure === undefined) log.info({ node, model, ms: Math.round(ms) }, "model fetched");
        else log.warn({ node, model, ms: Math.round(ms), failure: failure.kind, says: failure.message }, "model not fetched");
        return;
      }
      case "model-removed":
        log.info({ node: event.node, model: event.model }, "model deleted from its node");
        return;
      case "message-refused":
        log.warn({ node: event.node, says: event.says }, "a NATS message was dropped");
        return;
      case "config-rejected":
        log.warn({ says: event.failure.message }, "configuration rejected; the last good one stays");
        return;
      default:
        if (before !== after) logTransitions(log, event, before, after);
    }
  };

  /** Whether one more request that ended well has a line; otherwise it is counted. */
  #hasLine(): boolean {
    this.#second ??= this.#clock.after(secondMs, this.#secondOver);
    this.#ordinary += 1;
    return this.#ordinary <= linesASecond;
  }

  readonly #secondOver = (): void => {
    if (this.#ordinary > linesASecond) this.#log.info({ requests: this.#ordinary - linesASecond }, "more requests, all answered");
    this.#second = undefined;
    this.#ordinary = 0;
  };
}

function logRequest(log: Log, event: EventOf<"request-finished">): void {
  const { request, facts, node, attempts, outcome, status, usage, failure, at } = event;
  const fields = { request, outcome, status, model: facts.model, node, attempts, ms: at - facts.at, tokensOut: usage?.tokensOut };
  if (failure === undefined) log.info(fields, "request");
  else log.warn({ ...fields, failure: failure.kind, says: ownWords(failure) }, "request");
}

/** Health and breaker changes of the node the fact is about. */
function logTransitions(log: Log, event: EngineEvent, before: Fleet, after: Fleet): void {
  if (!("node" in event) || event.node === undefined) return;
  const was = before.nodes[event.node];
  const is = after.nodes[event.node];
  if (was === undefined || is === undefined) return;
  if (was.health.state !== is.health.state) {
    const says = is.health.state === "down" || is.health.state === "flapping" ? is.health.because.message : undefined;
    log.info({ node: is.id, from: was.health.state, to: is.health.state, says }, "node health");
  }
  if (was.passive !== is.passive && passiveState(was) !== passiveState(is))
    log.info({ node: is.id, from: passiveState(was), to: passiveState(is), failures: is.passive?.failures ?? 0 }, "backend-health-changed");
  if (was.demoted !== is.demoted) log.info({ node: is.id, from: was.demoted ?? 0, to: is.demoted ?? 0 }, "node demoted");
  if (was.residentCap !== is.residentCap) log.info({ node: is.id, models: is.residentCap }, "node keeps so many models");
  if (was.breaker.state !== is.breaker.state) log.info({ node: is.id, from: was.breaker.state, to: is.breaker.state }, "breaker");
}
