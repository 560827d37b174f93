// Hands ended requests to the journal, many at once and off every request's way. No free text goes to disk: what a node wrote in an error may
// quote a prompt (S-80), so only kinds and reasons are kept.
import type { Config } from "../../contract/config.ts";
import type { Failure, NodeReason } from "../../contract/failure.ts";
import type { Fleet } from "../../contract/fleet.ts";
import type { HistoryPage, HistoryQuery, HistoryRow, Trace, UsageQuery, UsageSum } from "../../contract/history.ts";
import type { Attempt, RequestRow } from "../../contract/route.ts";
import { costOf } from "../../domain/costs.ts";
import { own } from "../../domain/inventory.ts";
import { canonicalName } from "../../domain/names.ts";
import type { Journal } from "../journal-port.ts";
import type { Clock } from "../ports.ts";
import { DailySums } from "./daily-sums.ts";

/** Written together: whatever ended within a second, or so many. */
const batchMs = 1_000;
const batchRows = 200;
/**
 * Ordinary requests beyond so many in one second are only counted in the sums, exactly: a row costs 6 us, and a machine that answers thousands
 * a second is being measured, not used. What failed, waited for a load or cost money always keeps its row.
 */
const rowsASecond = 100;
/** More are not kept while the disk takes nothing (F58). */
const mostWaiting = 5_000;
/** Longer traces are kept without their rejections, or not at all. */
const longestTrace = 4_096;

type Beliefs = () => { readonly config: Config; readonly fleet: Fleet };

export class History {
  readonly #clock: Clock;
  readonly #journal: Pick<Journal, "recordRequests" | "history" | "usage">;
  readonly #beliefs: Beliefs;
  #waiting: RequestRow[] = [];
  #sums = new DailySums();
  #second = 0;
  #rowsThisSecond = 0;
  #timer: (() => void) | undefined;
  #stopped = false;

  constructor(clock: Clock, journal: Pick<Journal, "recordRequests" | "history" | "usage">, beliefs: Beliefs) {
    this.#clock = clock;
    this.#journal = journal;
    this.#beliefs = beliefs;
  }

  /** A request has ended; its row changes no more. False where it is one of very many, and only counted. */
  readonly finished = (row: RequestRow): boolean => {
    if (this.#stopped) return true;
    const isOneOfMany = this.#isOneOfMany(row);
    if (isOneOfMany) this.#sums.add(row);
    else if (this.#waiting.length >= mostWaiting) return true;
    else this.#waiting.push(row);
    if (this.#waiting.length === batchRows) {
      this.#timer?.();
      this.#timer = this.#clock.after(0, this.#flush);
    } else this.#timer ??= this.#clock.after(batchMs, this.#flush);
    return !isOneOfMany;
  };

  #isOneOfMany(row: RequestRow): boolean {
    const second = Math.floor(row.at / 1000);
    if (second !== this.#second) this.#rowsThisSecond = 0;
    this.#second = second;
    this.#rowsThisSecond += 1;
    return this.#rowsThisSecond > rowsASecond && isOrdinary(row);
  }

  /** The latest ended requests, those of this very moment included. */
  page(query: HistoryQuery): HistoryPage {
    this.#flush();
    return this.#journal.history(query);
  }

  sums(query: UsageQuery): readonly UsageSum[] {
    this.#flush();
    return this.#journal.usage(query, this.#clock.now());
  }

  /** The last step, after every request has ended: the journal closes next. */
  stop(): void {
    this.#flush();
    this.#timer?.();
    this.#stopped = true;
  }

  readonly #flush = (): void => {
    this.#timer?.();
    this.#timer = undefined;
    if (this.#waiting.length === 0 && this.#sums.isEmpty) return;
    const beliefs = this.#beliefs();
    const rows = this.#waiting.map((row) => kept(row, beliefs));
    if (this.#journal.recordRequests(rows, this.#clock.now(), this.#sums.all())) {
      this.#waiting = [];
      this.#sums = new DailySums();
    } else this.#timer = this.#clock.after(batchMs, this.#flush);
  };
}

/** Nothing about it that somebody may look for later. Without a price in the catalogue it is free at home and unpriced elsewhere. */
function isOrdinary({ outcome, coldLoadMs, attempts, usd, node }: RequestRow): boolean {
  return outcome === "ok" && coldLoadMs === undefined && attempts.length === 1 && usd === undefined && node !== undefined;
}

function kept(row: RequestRow, beliefs: ReturnType<Beliefs>): HistoryRow {
  const { id, at, node, nodeModel, client, tokensIn, tokensOut, cachedTokens, tokensEstimated, decidedBy, coldLoadMs, firstByteAt } = row;
  const { resolution } = row;
  const usd = row.usd ?? costIn(row, beliefs);
  const trace = traceOf(row);
  return {
    id,
    at,
    totalMs: Math.max(0, (row.finishedAt ?? at) - at),
    asked: row.model,
    outcome: row.outcome ?? "failed",
    status: row.status ?? 0,
    attempts: row.attempts.length,
    ...(node === undefined ? {} : { node }),
    ...(nodeModel === undefined ? {} : { model: canonicalName(nodeModel) }),
    ...(resolution?.profile === undefined ? {} : { profile: resolution.profile }),
    ...(client === undefined ? {} : { client }),
    ...(row.failure === undefined ? {} : { failure: row.failure.kind }),
    ...(decidedBy === undefined ? {} : { decidedBy }),
    ...(tokensIn === undefined ? {} : { tokensIn }),
    ...(tokensOut === undefined ? {} : { tokensOut }),
    ...(cachedTokens === undefined ? {} : { cachedTokens }),
    ...(tokensEstimated === undefined ? {} : { tokensEstimated }),
    ...(usd === undefined ? {} : { usd }),
    ...(firstByteAt === undefined ? {} : { firstByteMs: Math.max(0, firstByteAt - at) }),
    ...(coldLoadMs === undefined ? {} : { coldLoadMs }),
    ...(row.wattHours === undefined ? {} : { wattHours: row.wattHours }),
    ...(trace === undefined ? {} : { trace }),
  };
}

/** What was never sent costs nothing; of an answer whose tokens nobody told, only a free one has a known cost. */
function costIn(
  { node: id, nodeModel, attempts, tokensIn, tokensOut }: RequestRow,
  { config, fleet }: ReturnType<Beliefs>,
): number | undefined {
  if (id === undefined || nodeModel === undefined || attempts.length === 0) return 0;
  const place = own(fleet.nodes, id)?.place ?? "cloud";
  const told = tokensIn !== undefined || tokensOut !== undefined;
  const { usd } = costOf(place, canonicalName(nodeModel), told ? { tokensIn, tokensOut } : { tokensIn: 1, tokensOut: 1 }, config);
  return told || usd === 0 ? usd : undefined;
}

/** Only where there is something to tell: more than one node was thought of, or it failed. */
function traceOf(row: RequestRow): Trace | undefined {
  const { resolution, relaxed, rejected = [], attempts, failure } = row;
  const touched = touchedOf(row);
  const plain = resolution === undefined && relaxed === undefined && rejected.length === 0 && attempts.length < 2 && failure === undefined;
  if (plain && touched === undefined) return undefined;
  const trace: Trace = {
    ...touched,
    ...(resolution === undefined ? {} : { resolution }),
    ...(relaxed === undefined ? {} : { relaxed }),
    attempts: attempts.map(withoutWords),
  };
  const full: Trace = rejected.length === 0 ? trace : { ...trace, rejected: rejected.map(reasonOnly) };
  return [full, trace].find((one) => JSON.stringify(one).length <= longestTrace);
}

/** What was done to the prompt or the answer. */
function touchedOf({ spoken, dropped = [], repaired, rescued, warnings }: RequestRow): Trace | undefined {
  if (spoken === undefined && repaired === undefined && rescued === undefined && warnings === undefined) return undefined;
  return {
    ...(spoken === undefined ? {} : { spoken }),
    ...(dropped.length === 0 ? {} : { dropped }),
    ...(repaired === undefined ? {} : { repaired }),
    ...(rescued === undefined ? {} : { rescued }),
    ...(warnings === undefined ? {} : { warnings }),
  };
}

function withoutWords(attempt: Attempt): Attempt {
  const { failure } = attempt;
  return failure === undefined ? attempt : { ...attempt, failure: kindOnly(failure) };
}

const kindOnly = ({ kind, status }: Failure): Failure => ({ kind, message: "", ...(status === undefined ? {} : { status }) });
const reasonOnly = (reason: NodeReason): NodeReason => ({ ...reason, says: "" });
