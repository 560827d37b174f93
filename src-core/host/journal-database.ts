// The journal's file: its tables, and how it is opened. A file that cannot be read is moved aside; the process starts all the same.
import { closeSync, existsSync, mkdirSync, openSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Log } from "../engine/ports.ts";
import { addLaterColumns } from "./journal-columns.ts";
import { fillUsageSums, usageSumsTable } from "./journal-sums.ts";

// A committed transaction survives the end of the process, however it ends (WAL); the latest ones may be lost with the machine's power.
const tables = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA busy_timeout = 50;
  CREATE TABLE IF NOT EXISTS identity (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS load_history (node TEXT NOT NULL, model TEXT NOT NULL, history TEXT NOT NULL, PRIMARY KEY (node, model));
  CREATE TABLE IF NOT EXISTS learned_figures (node TEXT NOT NULL, model TEXT NOT NULL, figures TEXT NOT NULL, PRIMARY KEY (node, model));
  CREATE TABLE IF NOT EXISTS wake_times (node TEXT NOT NULL PRIMARY KEY, ms TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS node_log (
    id INTEGER PRIMARY KEY, node TEXT NOT NULL, at INTEGER NOT NULL, about TEXT NOT NULL, tone TEXT NOT NULL, says TEXT NOT NULL,
    times INTEGER NOT NULL
  );
  CREATE INDEX IF NOT EXISTS node_log_node ON node_log (node, id);
  CREATE TABLE IF NOT EXISTS budget_spend (
    budget TEXT NOT NULL, span TEXT NOT NULL, usd REAL NOT NULL, tokens INTEGER NOT NULL,
    PRIMARY KEY (budget, span)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS budget_reservations (
    id TEXT NOT NULL, budget TEXT NOT NULL, span TEXT NOT NULL, usd REAL NOT NULL, tokens INTEGER NOT NULL,
    at INTEGER NOT NULL, assumed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (id, budget)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS requests (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL, at INTEGER NOT NULL, total_ms REAL NOT NULL, asked TEXT NOT NULL,
    node TEXT, model TEXT, profile TEXT, client TEXT, outcome TEXT NOT NULL, status INTEGER NOT NULL, failure TEXT,
    attempts INTEGER NOT NULL, decided_by TEXT, tokens_in INTEGER, tokens_out INTEGER, tokens_estimated INTEGER,
    usd REAL, first_byte_ms REAL, cold_load_ms REAL
  );
  CREATE INDEX IF NOT EXISTS requests_node ON requests (node);
  CREATE INDEX IF NOT EXISTS requests_model ON requests (model);
  CREATE INDEX IF NOT EXISTS requests_client ON requests (client) WHERE client IS NOT NULL;
  CREATE INDEX IF NOT EXISTS requests_outcome ON requests (outcome) WHERE outcome <> 'ok';
  CREATE TABLE IF NOT EXISTS traces (seq INTEGER PRIMARY KEY, trace TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS usage_daily (
    day TEXT NOT NULL, node TEXT NOT NULL, model TEXT NOT NULL, client TEXT NOT NULL, outcome TEXT NOT NULL,
    requests INTEGER NOT NULL, tokens_in INTEGER NOT NULL, tokens_out INTEGER NOT NULL, usd REAL NOT NULL, unpriced INTEGER NOT NULL,
    PRIMARY KEY (day, node, model, client, outcome)
  ) WITHOUT ROWID;
  ${usageSumsTable}
`;
const everyTable = [
  "load_history",
  "learned_figures",
  "wake_times",
  "node_log",
  "budget_spend",
  "budget_reservations",
  "requests",
  "traces",
  "usage_daily",
  "usage_sums",
];

/** Opens `path`, made readable to its owner only. Where even a fresh file cannot be had, what is kept lasts as long as the process. */
export function openDatabase(path: string, log: Log, now: number): DatabaseSync {
  if (path === ":memory:") return prepared(path);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, "a", 0o600));
    return prepared(path);
  } catch (error) {
    return reopened(path, log, now, error);
  }
}

function reopened(path: string, log: Log, now: number, error: unknown): DatabaseSync {
  if (isDamaged(error)) {
    const aside = `${path}.damaged-${now}`;
    try {
      for (const end of ["", "-wal", "-shm"]) if (existsSync(path + end)) renameSync(path + end, aside + end);
      closeSync(openSync(path, "a", 0o600));
      const database = prepared(path);
      log.warn(
        { path, aside, error },
        "The journal was damaged. It is kept beside the new one; load times, sums and budgets start afresh.",
      );
      return database;
    } catch {
      // Told below.
    }
  }
  log.warn(
    { path, error },
    "The journal cannot be opened; load times, sums and budgets start afresh and are forgotten when Homeport ends.",
  );
  return prepared(":memory:");
}

/** SQLite's SQLITE_CORRUPT and SQLITE_NOTADB. */
function isDamaged(error: unknown): boolean {
  const code = error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : undefined;
  return code === 11 || code === 26;
}

function prepared(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec(tables);
    addLaterColumns(database);
    fillUsageSums(database);
    // A damaged file may open and fail at the first read only.
    for (const table of everyTable) database.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Runs `work` in one transaction: all of it is kept, or none and the error is thrown. */
export function transaction(database: DatabaseSync, work: () => void): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    work();
    database.exec("COMMIT");
  } catch (error) {
    // Some errors (a full disk) have rolled back already.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
