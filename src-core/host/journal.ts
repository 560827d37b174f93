// What outlives the process, in SQLite: how long models took to load on each node. Losing it costs estimates, never a request.
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { LoadHistory } from "../contract/fleet.ts";
import type { Journal, Log } from "../engine/ports.ts";

const tables = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA busy_timeout = 1000;
  CREATE TABLE IF NOT EXISTS load_history (node TEXT NOT NULL, model TEXT NOT NULL, history TEXT NOT NULL, PRIMARY KEY (node, model));
`;

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

/** Opens `path`, made readable to its owner only. A file that cannot be used leaves this run with a history in memory, and says so once. */
export function openJournal(path: string, log: Log): Journal {
  try {
    // SQLite's own word for no file at all.
    if (path !== ":memory:") {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      closeSync(openSync(path, "a", 0o600));
    }
    return journalOn(openDatabase(path), log);
  } catch (error) {
    log.warn({ path, error }, "The history of load times cannot be opened; estimates start afresh and are forgotten when Homeport ends.");
    return journalOn(openDatabase(":memory:"), log);
  }
}

function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec(tables);
    // A damaged file may open and fail at the first read only.
    database.prepare("SELECT count(*) FROM load_history").get();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function journalOn(database: DatabaseSync, log: Log): Journal {
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
      try {
        write.run(node, model, JSON.stringify(history));
      } catch (error) {
        log.warn({ node, model, error }, "A load time could not be kept.");
      }
    },
    close: () => database.close(),
  };
}
