// The activity list: one row per request, live ones and the latest finished, built from the same facts as everything else.
// Metadata only (S-80). Rows are mutable in here and copied out, because a request changes many times a second.
import type { EngineEvent, Usage } from "../../contract/events.ts";
import type { ModelId, NodeId } from "../../contract/ids.ts";
import type { Attempt, RequestRow } from "../../contract/route.ts";
import { truncationSays } from "../../domain/truncation.ts";
import { stepFacts } from "../audience.ts";
import { LiveRows } from "./live-rows.ts";

type Draft = { -readonly [K in keyof RequestRow]: K extends "attempts" ? Attempt[] : RequestRow[K] };

/** Finished rows kept, oldest dropped first. */
const mostRows = 5_000;

/** What else is done with rows. Called on every request's way. */
export interface ActivityHooks {
  /** The cost of an answer, where the configuration knows prices. */
  readonly priceOf?: (node: NodeId, model: ModelId, usage: Usage) => number | undefined;
  /** What it took in energy, where its nodes were given watts. Asked once, when it has ended. */
  readonly energyOf?: (request: string) => number | undefined;
  /** A row that changes no more. False where it is one of so many that nobody will look for it: it is shown to who is looking, and not kept. */
  readonly onFinished?: (row: RequestRow) => boolean;
}

/** The facts that change a row. */
export const activityFacts = [
  ...stepFacts,
  "attempt-started",
  "answer-repaired",
  "context-rescued",
  "prompt-truncated",
  "attempt-finished",
  "request-finished",
] as const;

export class Activity {
  /** Finished rows in the order they ended, a ring: a row that is overwritten is the oldest. */
  readonly #ring: (Draft | undefined)[] = new Array(mostRows);
  #next = 0;
  readonly #live = new LiveRows<Draft>();
  /** The row of the latest fact: facts of one request come in runs, and finding a row by its id is the dearer half of changing it. */
  #latest: Draft | undefined;
  readonly #changed = new Set<Draft>();
  readonly #onChange: () => boolean;
  readonly #hooks: ActivityHooks;

  /** `onChange` is called after any row changed and says whether anybody listens; who does asks for `takeChanged` when ready. */
  constructor(onChange: () => boolean, hooks: ActivityHooks = {}) {
    this.#onChange = onChange;
    this.#hooks = hooks;
  }

  /** Latest rows, newest last. */
  latest(most: number): RequestRow[] {
    const ended = [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)].filter((row) => row !== undefined);
    const inOrder = [...ended, ...this.#live.all()].sort((one, other) => one.at - other.at);
    return inOrder.slice(-most).map(copied);
  }

  /** Rows changed since the last call. */
  takeChanged(): RequestRow[] {
    const rows = [...this.#changed].map(copied);
    this.#changed.clear();
    return rows;
  }

  readonly observe = (event: EngineEvent): void => {
    if (event.type === "request-received") return this.#received(event);
    if (!("request" in event)) return;
    const row = this.#latest?.id === event.request ? this.#latest : this.#live.find(event.request);
    if (row === undefined) return;
    this.#latest = row;
    change(row, event);
    if (event.type === "request-finished") this.#finished(row, event);
    if (this.#onChange()) this.#changed.add(row);
  };

  #finished(row: Draft, { request, usage }: Extract<EngineEvent, { type: "request-finished" }>): void {
    this.#live.remove(row);
    this.#latest = undefined;
    const { priceOf, energyOf, onFinished } = this.#hooks;
    const wattHours = energyOf?.(request);
    if (wattHours !== undefined) row.wattHours = wattHours;
    if (usage !== undefined && row.node !== undefined && row.nodeModel !== undefined) {
      const usd = priceOf?.(row.node, row.nodeModel, usage);
      if (usd !== undefined) row.usd = usd;
    }
    if (onFinished?.(row) === false) return;
    this.#ring[this.#next] = row;
    this.#next = (this.#next + 1) % mostRows;
  }

  #received({ facts, at }: Extract<EngineEvent, { type: "request-received" }>): void {
    const { id, dialect, task, model, stream, path } = facts;
    const row: Draft = { id, at, dialect, task, model, stream, path, phase: "deciding", attempts: [] };
    if (facts.client !== undefined) row.client = facts.client;
    if (facts.agent !== undefined) row.agent = facts.agent;
    if (facts.lane !== undefined) row.lane = facts.lane;
    this.#live.add(row);
    this.#latest = row;
    if (this.#onChange()) this.#changed.add(row);
  }
}

type RequestEvent = Extract<EngineEvent, { request: unknown }>;

function change(row: Draft, event: RequestEvent): void {
  switch (event.type) {
    case "request-resolved":
      row.resolution = event.resolution;
      break;
    case "route-decided":
      row.decidedBy = event.decision.decidedBy;
      row.rejected = event.decision.rejected;
      if (event.decision.relaxed !== undefined) row.relaxed = event.decision.relaxed;
      break;
    case "request-queued":
      waitsFor(row, "queued", event.at);
      row.node = event.node;
      row.nodeModel = event.model;
      row.position = event.position;
      if (event.expectedMs !== undefined) row.expectedWaitMs = event.expectedMs;
      break;
    case "request-loading":
      waitsFor(row, "loading", event.at);
      row.node = event.node;
      row.nodeModel = event.model;
      break;
    case "request-loaded":
      row.phase = "deciding";
      row.coldLoadMs = (row.coldLoadMs ?? 0) + event.ms;
      break;
    case "request-waking":
      waitsFor(row, "waking", event.at);
      row.node = event.node;
      row.nodeModel = event.model;
      break;
    case "request-woke":
      row.phase = "deciding";
      row.wakeMs = (row.wakeMs ?? 0) + event.ms;
      break;
    case "attempt-started":
      leavesQueue(row, event.at);
      row.phase = "waiting";
      row.node = event.node;
      row.nodeModel = event.model;
      row.attempts.push({ id: event.attempt, node: event.node, model: event.model, startedAt: event.at });
      tellWhere(row, event);
      break;
    case "answer-repaired":
      row.repaired = event.repairs;
      break;
    case "context-rescued":
      row.rescued = `The ${event.dropped} oldest messages were left out, so that the context of ${event.model} holds the rest.`;
      break;
    case "prompt-truncated":
      row.warnings = [truncationSays(event)];
      break;
    case "first-byte":
      row.phase = "streaming";
      row.firstByteAt = event.at;
      break;
    case "attempt-finished":
      endAttempt(row.attempts, event);
      break;
    case "request-finished":
      leavesQueue(row, event.at);
      finish(row, event);
      break;
  }
}

/** A phase that is told again (a new place in the queue) goes on. */
function waitsFor(row: Draft, phase: "queued" | "loading" | "waking", at: number): void {
  if (row.phase === phase) return;
  leavesQueue(row, at);
  row.phase = phase;
  row.phaseAt = at;
}

/** Adds up the turns it has waited for; most requests wait for none. */
function leavesQueue(row: Draft, at: number): void {
  if (row.phase === "queued" && row.phaseAt !== undefined) row.queuedMs = (row.queuedMs ?? 0) + Math.max(0, at - row.phaseAt);
}

/** The row tells of its latest attempt: what an earlier one was, elsewhere, is not true of this one. Most requests neither travel nor change language. */
function tellWhere(row: Draft, { translation, place }: Extract<EngineEvent, { type: "attempt-started" }>): void {
  if (translation !== undefined) {
    row.spoken = translation.spoken;
    row.dropped = translation.dropped;
  } else if (row.spoken !== undefined) {
    delete row.spoken;
    delete row.dropped;
  }
  if (row.rescued !== undefined) delete row.rescued;
  if (place !== undefined) row.place = place;
  else if (row.place !== undefined) delete row.place;
}

function copied(row: Draft): RequestRow {
  return { ...row, attempts: [...row.attempts] };
}

/** The attempt that ends is the last one, or nearly. */
function endAttempt(attempts: Attempt[], event: Extract<EngineEvent, { type: "attempt-finished" }>): void {
  const at = attempts.findLastIndex(({ id }) => id === event.attempt);
  const attempt = attempts[at];
  if (attempt !== undefined) attempts[at] = ended(attempt, event);
}

function ended(attempt: Attempt, event: Extract<EngineEvent, { type: "attempt-finished" }>): Attempt {
  const outcome = event.failure !== undefined ? "failed" : event.verdict === "inconclusive" ? "client-gone" : "ok";
  return { ...attempt, endedAt: event.at, outcome, ...(event.failure === undefined ? {} : { failure: event.failure }) };
}

function finish(row: Draft, event: Extract<EngineEvent, { type: "request-finished" }>): void {
  row.phase = "done";
  row.finishedAt = event.at;
  row.outcome = event.outcome;
  row.status = event.status;
  if (event.failure !== undefined) row.failure = event.failure;
  const { usage } = event;
  if (usage === undefined) return;
  row.tokensEstimated = usage.estimated;
  if (usage.tokensIn !== undefined) row.tokensIn = usage.tokensIn;
  if (usage.tokensOut !== undefined) row.tokensOut = usage.tokensOut;
  if (usage.cachedTokens !== undefined) row.cachedTokens = usage.cachedTokens;
  if (usage.cacheWriteTokens !== undefined) row.cacheWriteTokens = usage.cacheWriteTokens;
  if (usage.tokensPerSecond !== undefined) row.tokensPerSecond = usage.tokensPerSecond;
}
