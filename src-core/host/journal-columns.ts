// Columns that tables of the journal got after their first version. A file of an older Homeport grows them and is filled from what it still has,
// so that no figure of an earlier day is a zero that was never counted.
import type { DatabaseSync } from "node:sqlite";

const later: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  requests: { cached_tokens: "INTEGER", watt_hours: "REAL" },
  usage_daily: {
    tokens_cached: "INTEGER NOT NULL DEFAULT 0",
    first_bytes: "INTEGER NOT NULL DEFAULT 0",
    first_byte_ms: "REAL NOT NULL DEFAULT 0",
    cold_loads: "INTEGER NOT NULL DEFAULT 0",
    cold_load_ms: "REAL NOT NULL DEFAULT 0",
    watt_hours: "REAL NOT NULL DEFAULT 0",
  },
  usage_sums: { watt_hours: "REAL NOT NULL DEFAULT 0" },
};

/** Times of the rows that are still kept; days older than they are stay without. */
const timesFromRows = `
  UPDATE usage_daily SET first_bytes = told.first_bytes, first_byte_ms = told.first_byte_ms, cold_loads = told.cold_loads, cold_load_ms = told.cold_load_ms
  FROM (
    SELECT date(at / 1000, 'unixepoch') AS day, coalesce(node, '') AS node, coalesce(model, '') AS model, coalesce(client, '') AS client, outcome,
      count(first_byte_ms) AS first_bytes, coalesce(sum(first_byte_ms), 0) AS first_byte_ms,
      count(cold_load_ms) AS cold_loads, coalesce(sum(cold_load_ms), 0) AS cold_load_ms
    FROM requests GROUP BY 1, 2, 3, 4, 5
  ) AS told
  WHERE (usage_daily.day, usage_daily.node, usage_daily.model, usage_daily.client, usage_daily.outcome)
    = (told.day, told.node, told.model, told.client, told.outcome)`;

/** Adds what is missing, and nothing a second time. Throws where the file takes nothing. */
export function addLaterColumns(database: DatabaseSync): void {
  const steps = Object.entries(later).flatMap(([table, columns]) => {
    const present = new Set(
      database
        .prepare("SELECT name FROM pragma_table_info(?)")
        .all(table)
        .map((row) => row["name"]),
    );
    const missing = Object.entries(columns).filter(([name]) => !present.has(name));
    return missing.map(([name, type]) => `ALTER TABLE ${table} ADD COLUMN ${name} ${type}`);
  });
  // In one transaction: columns without what belongs in them would never be filled again.
  // Times that are there already count requests too of which no row was kept.
  const fills = steps.some((step) => step.includes(" first_bytes ")) ? [timesFromRows] : [];
  if (steps.length > 0) database.exec(["BEGIN IMMEDIATE", ...steps, ...fills, "COMMIT"].join(";\n"));
}
