// Questions to the journal: the latest requests, and sums over days. Both stay quick with a million rows: rows are found by index in the
// order they are shown, sums come from the tables of sums alone.
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { type HistoryPage, type HistoryQuery, HistoryRow, Trace, type UsageQuery, UsageSum } from "../contract/history.ts";

const filters = ["client", "outcome", "model", "node"] as const;
type Filter = (typeof filters)[number];

const Count = z.object({ count: z.number().nullable() });

/** SQL with its values, as `requestsQuery` and `usageQuery` make it. */
export interface Question {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/** Newest first, one more than asked for, which tells whether there are more. `rarest`: the filter that leaves fewest rows. */
export function requestsQuestion(query: HistoryQuery, rarest: Filter | undefined): Question {
  const terms: string[] = [];
  const values: (string | number)[] = [];
  for (const filter of filters) {
    const wanted = query[filter];
    if (wanted === undefined) continue;
    // A plus sign keeps SQLite from another filter's index.
    terms.push(`${filter === rarest ? "" : "+"}r.${filter} = ?`);
    values.push(wanted);
    // Said in the words of the partial index, so that it may be used.
    if (filter === "outcome" && wanted !== "ok" && filter === rarest) terms.push("r.outcome <> 'ok'");
    if (filter === "client" && filter === rarest) terms.push("r.client IS NOT NULL");
  }
  if (query.before !== undefined) {
    terms.push("r.seq < ?");
    values.push(query.before);
  }
  const where = terms.length === 0 ? "" : `WHERE ${terms.join(" AND ")}`;
  const sql = `SELECT r.*, t.trace FROM requests r LEFT JOIN traces t ON t.seq = r.seq ${where} ORDER BY r.seq DESC LIMIT ?`;
  return { sql, values: [...values, query.limit + 1] };
}

/** Sums per day, node, model or client since `since` ("2026-11-21"). */
export function usageQuestion(by: UsageQuery["by"], since: string): Question {
  const order = by === "day" ? "name" : "requests DESC, name";
  const sql = `SELECT name, sum(requests) AS requests, sum(failed) AS failed,
    sum(tokens_in) AS tokensIn, sum(tokens_out) AS tokensOut, sum(tokens_cached) AS tokensCached, sum(usd) AS usd, sum(unpriced) AS unpriced,
    sum(first_bytes) AS firstBytes, sum(first_byte_ms) AS firstByteMs, sum(cold_loads) AS coldLoads, sum(cold_load_ms) AS coldLoadMs,
    sum(watt_hours) AS wattHours
    FROM usage_sums WHERE dimension = ? AND day >= ? GROUP BY name ORDER BY ${order} LIMIT 1000`;
  return { sql, values: [by, since] };
}

export function historyOf(database: DatabaseSync, query: HistoryQuery): HistoryPage {
  const given = filters.filter((filter) => query[filter] !== undefined);
  if (given.length > 0 && countOf(database, query, given) === 0) return { rows: [] };
  const { sql, values } = requestsQuestion(query, rarestOf(database, query, given));
  const found = database.prepare(sql).all(...values);
  const rows = found.slice(0, query.limit).flatMap((row) => {
    const read = HistoryRow.safeParse(fromColumns(row));
    return read.success ? [read.data] : [];
  });
  const last = found.length > query.limit ? found[query.limit - 1]?.["seq"] : undefined;
  return typeof last === "number" ? { rows, next: last } : { rows };
}

export function usageOf(database: DatabaseSync, { days, by }: UsageQuery, now: number): UsageSum[] {
  const since = new Date(now - (days - 1) * 86_400_000).toISOString().slice(0, 10);
  const { sql, values } = usageQuestion(by, since);
  return z.array(UsageSum).parse(database.prepare(sql).all(...values));
}

/** How many requests the daily sums know with these filters: a small table tells whether the large one needs to be asked. */
function countOf(database: DatabaseSync, query: HistoryQuery, given: readonly Filter[]): number {
  const where = given.map((filter) => `${filter} = ?`).join(" AND ");
  const row = database
    .prepare(`SELECT sum(requests) AS count FROM usage_daily WHERE ${where}`)
    .get(...given.map((one) => query[one] ?? ""));
  return Count.parse(row).count ?? 0;
}

/** "ok" has no index of its own: nearly every row is. */
function rarestOf(database: DatabaseSync, query: HistoryQuery, given: readonly Filter[]): Filter | undefined {
  const indexed = given.filter((filter) => filter !== "outcome" || query.outcome !== "ok");
  if (indexed.length < 2) return indexed[0];
  const counted = indexed.map((filter) => ({ filter, count: countOf(database, query, [filter]) }));
  return counted.sort((a, b) => a.count - b.count)[0]?.filter;
}

const names: Readonly<Record<string, string>> = {
  total_ms: "totalMs",
  decided_by: "decidedBy",
  tokens_in: "tokensIn",
  tokens_out: "tokensOut",
  cached_tokens: "cachedTokens",
  tokens_estimated: "tokensEstimated",
  first_byte_ms: "firstByteMs",
  cold_load_ms: "coldLoadMs",
  watt_hours: "wattHours",
};

/** A row as the contract has it: NULL is absent. */
function fromColumns(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const told: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(row)) {
    if (value === null || column === "seq") continue;
    if (column === "tokens_estimated") told["tokensEstimated"] = value === 1;
    else if (column === "trace") told["trace"] = traceFrom(value);
    else told[names[column] ?? column] = value;
  }
  return told;
}

function traceFrom(text: unknown): Trace | undefined {
  try {
    return typeof text === "string" ? Trace.safeParse(JSON.parse(text)).data : undefined;
  } catch {
    return undefined;
  }
}
