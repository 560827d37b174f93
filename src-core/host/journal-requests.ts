// Ended requests in the journal: rows and daily sums, always written in one transaction, so that the sums never need the rows.
import type { DatabaseSync } from "node:sqlite";
import type { DailySum, HistoryRow } from "../contract/history.ts";
import { transaction } from "./journal-database.ts";
import { figures, type Sum, usageSumsPruner, usageSumsWriter } from "./journal-sums.ts";

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
  "failure, attempts, decided_by, tokens_in, tokens_out, cached_tokens, tokens_estimated, usd, first_byte_ms, cold_load_ms, watt_hours",
].join(", ");

/** Writes ended requests. Throws where the file takes nothing; then nothing was written. */
export function requestWriter(
  database: DatabaseSync,
  kept: RequestsKept = usuallyKept,
): (rows: readonly HistoryRow[], now: number, counted?: readonly DailySum[]) => void {
  const insert = database.prepare(`INSERT INTO requests (${columns}) VALUES (${columns.replaceAll(/\w+/g, "?")})`);
  const insertTrace = database.prepare("INSERT INTO traces (seq, trace) VALUES (?, ?)");
  const addSums = database.prepare(
    `INSERT INTO usage_daily (day, node, model, client, outcome, ${figures.join(", ")}) VALUES (?, ?, ?, ?, ?${", ?".repeat(figures.length)})
     ON CONFLICT DO UPDATE SET ${figures.map((figure) => `${figure} = ${figure} + excluded.${figure}`).join(", ")}`,
  );
  const addCoarse = usageSumsWriter(database);
  const prune = pruner(database, kept);
  return (rows, now, counted = []) => {
    const sums = new Map<string, Sum>();
    transaction(database, () => {
      for (const row of rows) {
        const { lastInsertRowid } = insert.run(...valuesOf(row));
        if (row.trace !== undefined) insertTrace.run(lastInsertRowid, JSON.stringify(row.trace));
        addTo(sums, row);
      }
      const batch = [...sums.values(), ...counted.map((sum) => ({ key: countedKey(sum), counts: countedFigures(sum) }))];
      for (const { key, counts } of batch) addSums.run(...key, ...counts);
      addCoarse(batch);
      prune(now);
    });
  };
}

function valuesOf(row: HistoryRow): (string | number | null)[] {
  const { id, at, totalMs, asked, node, model, profile, client, outcome, status, failure, attempts } = row;
  const estimated = row.tokensEstimated === undefined ? null : Number(row.tokensEstimated);
  const first = [id, at, totalMs, asked, node ?? null, model ?? null, profile ?? null, client ?? null, outcome, status, failure ?? null];
  const tokens = [row.tokensIn, row.tokensOut, row.cachedTokens].map((value) => value ?? null);
  const last = [row.usd, row.firstByteMs, row.coldLoadMs, row.wattHours].map((value) => value ?? null);
  return [...first, attempts, row.decidedBy ?? null, ...tokens, estimated, ...last];
}

const countedKey = ({ day, node, model, client }: DailySum): string[] => [
  new Date(day * dayMs).toISOString().slice(0, 10),
  node,
  model,
  client,
  "ok",
];
const countedFigures = (sum: DailySum): number[] => [
  ...[sum.requests, sum.tokensIn, sum.tokensOut, sum.tokensCached, 0, 0],
  ...[sum.firstBytes, sum.firstByteMs, 0, 0, sum.wattHours],
];

/** What one request adds to its sum, as `figures` names it. */
const figuresOf = (row: HistoryRow): number[] => [
  ...[1, row.tokensIn ?? 0, row.tokensOut ?? 0, row.cachedTokens ?? 0],
  ...[row.usd ?? 0, row.usd === undefined && row.outcome === "ok" ? 1 : 0],
  ...[row.firstByteMs === undefined ? 0 : 1, row.firstByteMs ?? 0, row.coldLoadMs === undefined ? 0 : 1, row.coldLoadMs ?? 0],
  row.wattHours ?? 0,
];

/** Summed here first: a batch has few kinds of rows. */
function addTo(sums: Map<string, Sum>, row: HistoryRow): void {
  const key = [new Date(row.at).toISOString().slice(0, 10), row.node ?? "", row.model ?? "", row.client ?? "", row.outcome];
  const name = key.join("\n");
  const added = figuresOf(row);
  const counts = sums.get(name)?.counts;
  sums.set(name, { key, counts: counts === undefined ? added : added.map((figure, index) => figure + (counts[index] ?? 0)) });
}

/** Drops a little of what is too old or too much, with every batch: a batch brings less than it may drop. */
function pruner(database: DatabaseSync, kept: RequestsKept): (now: number) => void {
  const oldest = database.prepare("SELECT (SELECT min(seq) FROM requests) AS first, (SELECT max(seq) FROM requests) AS last");
  const byCount = database.prepare("DELETE FROM requests WHERE seq >= ? AND seq < ? AND seq <= ?");
  const byAge = database.prepare("DELETE FROM requests WHERE seq >= ? AND seq < ? AND at < ?");
  const traces = database.prepare("DELETE FROM traces WHERE seq IN (SELECT seq FROM traces WHERE seq <= ? ORDER BY seq LIMIT ?)");
  const sums = [database.prepare("DELETE FROM usage_daily WHERE day < ?"), usageSumsPruner(database)];
  return (now) => {
    const { first, last } = { first: 0, last: 0, ...oldest.get() };
    if (typeof first !== "number" || typeof last !== "number") return;
    byCount.run(first, first + pruneRows, last - kept.rows);
    byAge.run(first, first + pruneRows, now - kept.days * dayMs);
    traces.run(last - kept.traces, pruneRows);
    const oldestDay = new Date(now - sumsKeptDays * dayMs).toISOString().slice(0, 10);
    for (const deletion of sums) deletion.run(oldestDay);
  };
}
