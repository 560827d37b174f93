// What outlives the process, in SQLite: load times, money, and requests that ended. Losing it costs estimates and sums, never a request:
// a write that fails is told once, until writes work again (F58).
import { randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { LoadHistory } from "../contract/fleet.ts";
import type { Journal } from "../engine/journal-port.ts";
import type { Log } from "../engine/ports.ts";
import { budgetLedger, settleAbandoned } from "./journal-budgets.ts";
import { openDatabase } from "./journal-database.ts";
import { figureKeeper } from "./journal-figures.ts";
import { nodeLogKeeper } from "./journal-node-log.ts";
import { historyOf, usageOf } from "./journal-queries.ts";
import { requestWriter } from "./journal-requests.ts";
import { wakeKeeper } from "./journal-wakes.ts";

/** Opens `path` (SQLite's ":memory:" for no file at all) and counts what earlier processes left open. */
export function openJournal(path: string, log: Log, now = Date.now()): Journal {
  const database = openDatabase(path, log, now);
  const tried = attempts(log);
  tried("Budgets of the last run could not be read", () => settleAbandoned(database, now));
  const ledger = budgetLedger(database);
  const figures = figureKeeper(database);
  const wakes = wakeKeeper(database);
  const nodeLog = nodeLogKeeper(database);
  const writeRequests = requestWriter(database);
  const identity = identityOf(database);
  return {
    identity: () => identity,
    ...loadTimes(database, tried),
    figures: figures.read,
    recordFigures: (node, learned) => tried("Speeds could not be kept", () => figures.write(node, learned)),
    wakes: wakes.read,
    recordWakes: (node, ms) => void tried("A wake's time could not be kept", () => wakes.write(node, ms)),
    nodeLog: nodeLog.read,
    lastNodeLogId: nodeLog.lastId,
    recordNodeLog: (entries, gone, perNode) =>
      void tried("What happened on nodes could not be kept", () => nodeLog.write(entries, gone, perNode)),
    reserveBudgets: (id, at, entries) => tried("A reservation could not be kept", () => ledger.reserve(id, at, entries)),
    settleBudgets: (settlements) => tried("Spending could not be kept", () => ledger.settle(settlements)),
    spent: ledger.spent,
    recordRequests: (rows, at, counted) => tried("Ended requests could not be kept", () => writeRequests(rows, at, counted)),
    history: (query) => historyOf(database, query),
    usage: (query, at) => usageOf(database, query, at),
    close: () => database.close(),
  };
}

/** Made once and kept. Where nothing can be written it lasts as long as the process. */
function identityOf(database: DatabaseSync): string {
  const fresh = randomBytes(12).toString("base64url");
  try {
    database.prepare("INSERT OR IGNORE INTO identity (one, id) VALUES (1, ?)").run(fresh);
    return z.object({ id: z.string() }).parse(database.prepare("SELECT id FROM identity").get()).id;
  } catch {
    return fresh;
  }
}

type Tried = (what: string, work: () => void) => boolean;

/** Runs a write; a file that takes nothing is told once, and once more when it does again. */
function attempts(log: Log): Tried {
  let failing = false;
  return (what, work) => {
    try {
      work();
      if (failing) log.info({}, "The journal can be written again.");
      failing = false;
      return true;
    } catch (error) {
      if (!failing) log.warn({ error }, `${what}; requests go on. Is the disk full, or the journal's folder read-only?`);
      failing = true;
      return false;
    }
  };
}

const Row = z.object({
  node: z.string(),
  model: z.string(),
  history: z.string().transform((text, context) => {
    try {
      return LoadHistory.parse(JSON.parse(text));
    } catch {
      context.addIssue("not a load history");
      return z.NEVER;
    }
  }),
});

function loadTimes(database: DatabaseSync, tried: Tried): Pick<Journal, "loadHistory" | "recordLoad"> {
  const write = database.prepare("INSERT OR REPLACE INTO load_history (node, model, history) VALUES (?, ?, ?)");
  return {
    loadHistory() {
      const histories: Record<string, Record<string, LoadHistory>> = {};
      for (const row of database.prepare("SELECT node, model, history FROM load_history").all()) {
        const read = Row.safeParse(row);
        if (!read.success) continue;
        histories[read.data.node] = { ...histories[read.data.node], [read.data.model]: read.data.history };
      }
      return histories;
    },
    recordLoad(node, model, history) {
      tried("A load time could not be kept", () => void write.run(node, model, JSON.stringify(history)));
    },
  };
}
