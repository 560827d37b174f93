// Sums per day of each node, model and client by itself, written with the finer ones of `usage_daily`: 30 days of 150 nodes with 50 models each are
// half a million of those, and a question must not hold up requests while it adds them.
import type { DatabaseSync, StatementSync } from "node:sqlite";

/** The figures of `usage_daily`, in the order in which they are written. */
export const figures = [
  ...["requests", "tokens_in", "tokens_out", "tokens_cached", "usd", "unpriced"],
  ...["first_bytes", "first_byte_ms", "cold_loads", "cold_load_ms", "watt_hours"],
] as const;

const dimensions = ["day", "node", "model", "client"] as const;
const failed = "sum(CASE WHEN outcome IN ('failed', 'incomplete') THEN requests ELSE 0 END)";
const columns = `dimension, day, name, failed, ${figures.join(", ")}`;

/** `dimension`: what `name` is a name of; of "day" it is the day. */
export const usageSumsTable = `
  CREATE TABLE IF NOT EXISTS usage_sums (
    dimension TEXT NOT NULL, day TEXT NOT NULL, name TEXT NOT NULL, failed INTEGER NOT NULL,
    ${figures.map((figure) => `${figure} NUMERIC NOT NULL`).join(", ")},
    PRIMARY KEY (dimension, day, name)
  ) WITHOUT ROWID;
`;

/** Makes them of the finer ones, where a file has only those. */
export function fillUsageSums(database: DatabaseSync): void {
  if (database.prepare("SELECT 1 FROM usage_sums LIMIT 1").get() !== undefined) return;
  const parts = dimensions.map(
    (name) => `INSERT INTO usage_sums (${columns})
      SELECT '${name}', day, ${name}, ${failed}, ${figures.map((figure) => `sum(${figure})`).join(", ")} FROM usage_daily GROUP BY day, ${name}`,
  );
  database.exec(["BEGIN IMMEDIATE", ...parts, "COMMIT"].join(";\n"));
}

/** What `usage_daily` was given. `key`: day, node, model, client, outcome; `counts` as `figures` names them. */
export interface Sum {
  readonly key: readonly string[];
  readonly counts: readonly number[];
}

/** Adds what `usage_daily` was given in one batch, summed here first: a batch has few names. Call within its transaction. */
export function usageSumsWriter(database: DatabaseSync): (batch: readonly Sum[]) => void {
  const counted = ["failed", ...figures];
  const add = database.prepare(
    `INSERT INTO usage_sums (${columns}) VALUES (?, ?, ?${", ?".repeat(counted.length)})
     ON CONFLICT DO UPDATE SET ${counted.map((figure) => `${figure} = ${figure} + excluded.${figure}`).join(", ")}`,
  );
  return (batch) => {
    const sums = new Map<string, { readonly names: readonly string[]; readonly counts: number[] }>();
    for (const { key, counts } of batch) for (const names of namesOf(key)) addTo(sums, names, withFailed(key, counts));
    for (const { names, counts } of sums.values()) add.run(...names, ...counts);
  };
}

/** The key of each coarse sum that a fine one belongs to. */
function namesOf([day = "", node = "", model = "", client = ""]: readonly string[]): string[][] {
  const names = { day, node, model, client };
  return dimensions.map((dimension) => [dimension, day, names[dimension]]);
}

function withFailed({ 4: outcome }: readonly string[], counts: readonly number[]): number[] {
  return [outcome === "failed" || outcome === "incomplete" ? (counts[0] ?? 0) : 0, ...counts];
}

function addTo(
  sums: Map<string, { readonly names: readonly string[]; readonly counts: number[] }>,
  names: readonly string[],
  counts: readonly number[],
): void {
  const name = names.join("\n");
  const sum = sums.get(name);
  if (sum === undefined) sums.set(name, { names, counts: [...counts] });
  else for (const [index, figure] of counts.entries()) sum.counts[index] = (sum.counts[index] ?? 0) + figure;
}

/** Drops the days before the one it is run with: found by the key, since it runs with every batch. */
export function usageSumsPruner(database: DatabaseSync): StatementSync {
  return database.prepare(`DELETE FROM usage_sums WHERE dimension IN (${dimensions.map((name) => `'${name}'`).join(", ")}) AND day < ?`);
}
