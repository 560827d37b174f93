// Ended requests in the journal: rows and daily sums, always written in one transaction, so that the sums never need the rows.
import type { DatabaseSync } from "node:sqlite";
import type { DailySum, HistoryRow } from "../contract/history.ts";
import { transaction } from "./journal-database.ts";

export interface RequestsKept {
  readonly days: number;
  readonly rows: number;
  readonly traces: number;
}

/** How much is kept: rows by age and count, traces of the latest only, since each may be 4 KB. */
export const usuallyKept: RequestsKept = { days: 90, rows: 2_000_000, traces: 20_000 };

/** Sums outlive the rows they were made of. */
const sumsKeptDays = 400;
const dayMs = 86_400_000;
/** Rows dropped at once: a long deletion would hold up requests. */
const pruneRows = 2_000;

const columns = [
  "id, at, total_ms, asked, node, model, profile, client, outcome, status",
  "failure, attempts, decided_by, tokens_in, tokens_out, tokens_estimated, usd, first_byte_ms, cold_load_ms",
].join(", ");

/** Writes ended requests. Throws where the file takes nothing; then nothing was written. */
export function requestWriter(
  database: DatabaseSync,
  kept: RequestsKept = usuallyKept,
): (rows: readonly HistoryRow[], now: number, counted?: readonly DailySum[]) => void {
  const insert = database.prepare(`INSERT INTO requests (${columns}) VALUES (${columns.replaceAll(/\w+/g, "?")})`);
  const insertTrace = database.prepare("INSERT INTO traces (seq, trace) VALUES (?, ?)");
  const addSums = database.prepare(
    `INSERT INTO usage_daily (day, node, model, client, outcome, requests, tokens_in, tokens_out, usd, unpriced)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET requests = requests + excluded.requests, tokens_in = tokens_in + excluded.tokens_in,
       tokens_out = tokens_out + excluded.tokens_out, usd = usd + excluded.usd, unpriced = unpriced + excluded.unpriced`,
  );
  const prune = pruner(database, kept);
  return (rows, now, counted = []) => {
    const sums = new Map<string, Sum>();
    transaction(database, () => {
      for (const row of rows) {
        const { lastInsertRowid } = insert.run(...valuesOf(row));
        if (row.trace !== undefined) insertTrace.run(lastInsertRowid, JSON.stringify(row.trace));
        addTo(sums, row);
      }
      for (const { key, counts } of sums.values()) addSums.run(...key, ...counts);
      for (const { day, node, model, client, requests, tokensIn, tokensOut } of counted)
        addSums.run(new Date(day * dayMs).toISOString().slice(0, 10), node, model, client, "ok", requests, tokensIn, tokensOut, 0, 0);
      prune(now);
    });
  };
}

function valuesOf(row: HistoryRow): (string | number | null)[] {
  const { id, at, totalMs, asked, node, model, profile, client, outcome, status, failure, attempts } = row;
  const estimated = row.tokensEstimated === undefined ? null : Number(row.tokensEstimated);
  const first = [id, at, totalMs, asked, node ?? null, model ?? null, profile ?? null, client ?? null, outcome, status, failure ?? null];
  const figures = [row.tokensIn, row.tokensOut].map((value) => value ?? null);
  const last = [row.usd, row.firstByteMs, row.coldLoadMs].map((value) => value ?? null);
  return [...first, attempts, row.decidedBy ?? null, ...figures, estimated, ...last];
}

interface Sum {
  readonly key: readonly string[];
  /** Requests, tokens in, tokens out, dollars, unpriced. */
  readonly counts: [number, number, number, number, number];
}

/** Summed here first: a batch has few kinds of rows. */
function addTo(sums: Map<string, Sum>, row: HistoryRow): void {
  const key = [new Date(row.at).toISOString().slice(0, 10), row.node ?? "", row.model ?? "", row.client ?? "", row.outcome];
  const name = key.join("\n");
  const sum = sums.get(name) ?? { key, counts: [0, 0, 0, 0, 0] };
  sums.set(name, sum);
  sum.counts[0] += 1;
  sum.counts[1] += row.tokensIn ?? 0;
  sum.counts[2] += row.tokensOut ?? 0;
  sum.counts[3] += row.usd ?? 0;
  sum.counts[4] += row.usd === undefined && row.outcome === "ok" ? 1 : 0;
}

/** Drops a little of what is too old or too much, with every batch: a batch brings less than it may drop. */
function pruner(database: DatabaseSync, kept: RequestsKept): (now: number) => void {
  const oldest = database.prepare("SELECT (SELECT min(seq) FROM requests) AS first, (SELECT max(seq) FROM requests) AS last");
  const byCount = database.prepare("DELETE FROM requests WHERE seq >= ? AND seq < ? AND seq <= ?");
  const byAge = database.prepare("DELETE FROM requests WHERE seq >= ? AND seq < ? AND at < ?");
  const traces = database.prepare("DELETE FROM traces WHERE seq IN (SELECT seq FROM traces WHERE seq <= ? ORDER BY seq LIMIT ?)");
  const sums = database.prepare("DELETE FROM usage_daily WHERE day < ?");
  return (now) => {
    const { first, last } = { first: 0, last: 0, ...oldest.get() };
    if (typeof first !== "number" || typeof last !== "number") return;
    byCount.run(first, first + pruneRows, last - kept.rows);
    byAge.run(first, first + pruneRows, now - kept.days * dayMs);
    traces.run(last - kept.traces, pruneRows);
    sums.run(new Date(now - sumsKeptDays * dayMs).toISOString().slice(0, 10));
  };
}
