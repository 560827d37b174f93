// What happened on nodes, kept across restarts: the newest of each node. The words of nodes stay out of it (S-80): only sentences of ours are written.
import type { DatabaseSync } from "node:sqlite";
import { NodeLogEntry } from "../contract/node-log.ts";
import type { Journal } from "../engine/journal-port.ts";
import { transaction } from "./journal-database.ts";

/** The journal's part about what happened on nodes; writes throw where the file takes nothing. */
interface NodeLogKeeper {
  readonly read: Journal["nodeLog"];
  readonly lastId: Journal["lastNodeLogId"];
  readonly write: Journal["recordNodeLog"];
}

export function nodeLogKeeper(database: DatabaseSync): NodeLogKeeper {
  const columns = "SELECT id, node, at, about, tone, says, nullif(times, 1) AS times FROM node_log WHERE node = ? AND id < ?";
  const all = database.prepare(`${columns} ORDER BY id DESC LIMIT ?`);
  const some = database.prepare(`${columns} AND about = ? ORDER BY id DESC LIMIT ?`);
  const last = database.prepare("SELECT coalesce(max(id), 0) AS id FROM node_log");
  const write = database.prepare("INSERT OR REPLACE INTO node_log (id, node, at, about, tone, says, times) VALUES (?, ?, ?, ?, ?, ?, ?)");
  const forget = database.prepare("DELETE FROM node_log WHERE node = ?");
  const trim = database.prepare(
    "DELETE FROM node_log WHERE node = ?1 AND id <= (SELECT id FROM node_log WHERE node = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
  );
  return {
    read({ node, before, about, limit }) {
      const rows = about === undefined ? all.all(node, before, limit) : some.all(node, before, about, limit);
      return rows.flatMap(({ times, ...row }) => NodeLogEntry.safeParse(times === null ? row : { ...row, times }).data ?? []);
    },
    lastId: () => Number(last.get()?.["id"] ?? 0),
    write(entries, gone, perNode) {
      transaction(database, () => {
        for (const node of gone) forget.run(node);
        for (const { id, node, at, about, tone, says, times } of entries)
          write.run(id, node, Math.round(at), about, tone, says, times ?? 1);
        for (const node of new Set(entries.map((entry) => entry.node))) trim.run(node, perNode);
      });
    },
  };
}
