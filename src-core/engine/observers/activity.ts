// The activity list: one row per request, live ones and the latest finished, built from the same facts as everything else.
// Metadata only (S-80). Rows are mutable in here and copied out, because a request changes many times a second.
import type { EngineEvent } from "../../contract/events.ts";
import type { Attempt, RequestRow } from "../../contract/route.ts";

type Draft = { -readonly [K in keyof RequestRow]: RequestRow[K] };

/** Finished rows kept, oldest dropped first. */
const mostRows = 5_000;

export class Activity {
  readonly #rows = new Map<string, Draft>();
  readonly #changed = new Set<string>();
  #onChange: () => void = () => {};

  /** Called after any row changed; the listener asks for `takeChanged` when it is ready. */
  onChange(listener: () => void): void {
    this.#onChange = listener;
  }

  /** Latest rows, newest last. */
  latest(most: number): RequestRow[] {
    return [...this.#rows.values()].slice(-most).map((row) => ({ ...row }));
  }

  /** Rows changed since the last call. */
  takeChanged(): RequestRow[] {
    const rows: RequestRow[] = [];
    for (const id of this.#changed) {
      const row = this.#rows.get(id);
      if (row !== undefined) rows.push({ ...row });
    }
    this.#changed.clear();
    return rows;
  }

  /** Nobody listens: forget what changed, so that it does not pile up. */
  dropChanged(): void {
    this.#changed.clear();
  }

  readonly observe = (event: EngineEvent): void => {
    if (event.type === "request-received") return this.#received(event);
    if (!("request" in event)) return;
    const row = this.#rows.get(event.request);
    if (row === undefined) return;
    change(row, event);
    this.#changed.add(row.id);
    this.#onChange();
  };

  #received({ facts, at }: Extract<EngineEvent, { type: "request-received" }>): void {
    const { id, dialect, task, model, stream } = facts;
    this.#rows.set(id, { id, at, dialect, task, model, stream, phase: "deciding", attempts: [] });
    this.#changed.add(id);
    if (this.#rows.size > mostRows) this.#dropOldest();
    this.#onChange();
  }

  /** Live rows are never dropped: they are few, and insertion order finds the oldest finished one at once. */
  #dropOldest(): void {
    for (const [id, row] of this.#rows) {
      if (row.phase !== "done") continue;
      this.#rows.delete(id);
      this.#changed.delete(id);
      return;
    }
  }
}

type RequestEvent = Extract<EngineEvent, { request: unknown }>;

function change(row: Draft, event: RequestEvent): void {
  switch (event.type) {
    case "route-decided":
      row.decidedBy = event.decision.decidedBy;
      row.rejected = event.decision.rejected;
      break;
    case "request-queued":
      row.phase = "queued";
      row.node = event.node;
      row.nodeModel = event.model;
      row.position = event.position;
      break;
    case "request-loading":
      row.phase = "loading";
      row.node = event.node;
      row.nodeModel = event.model;
      break;
    case "request-loaded":
      row.coldLoadMs = (row.coldLoadMs ?? 0) + event.ms;
      break;
    case "attempt-started":
      row.phase = "waiting";
      row.node = event.node;
      row.nodeModel = event.model;
      row.attempts = [...row.attempts, { id: event.attempt, node: event.node, model: event.model, startedAt: event.at }];
      break;
    case "first-byte":
      row.phase = "streaming";
      row.firstByteAt = event.at;
      break;
    case "attempt-finished":
      row.attempts = row.attempts.map((attempt) => (attempt.id === event.attempt ? ended(attempt, event) : attempt));
      break;
    case "request-finished":
      finish(row, event);
      break;
  }
}

function ended(attempt: Attempt, event: Extract<EngineEvent, { type: "attempt-finished" }>): Attempt {
  const outcome = event.failure !== undefined ? "failed" : event.verdict === "inconclusive" ? "client-gone" : "ok";
  return { ...attempt, outcome, ...(event.failure === undefined ? {} : { failure: event.failure }) };
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
  if (usage.tokensPerSecond !== undefined) row.tokensPerSecond = usage.tokensPerSecond;
}
