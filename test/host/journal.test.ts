// The journal's rows, sums and file: quick by index, pruned by age and count, and never the reason for a request to fail.
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HistoryQuery, type HistoryRow, UsageQuery } from "../../src-core/contract/history.ts";
import { openJournal } from "../../src-core/host/journal.ts";
import { openDatabase } from "../../src-core/host/journal-database.ts";
import { historyOf, requestsQuestion, usageOf, usageQuestion } from "../../src-core/host/journal-queries.ts";
import { requestWriter } from "../../src-core/host/journal-requests.ts";
import { fillUsageSums } from "../../src-core/host/journal-sums.ts";
import { noon } from "../support/builders.ts";

const dayMs = 86_400_000;
let folder: string;
const warnings: string[] = [];
const log = { info: () => undefined, warn: (_: object, message: string) => void warnings.push(message), error: () => undefined };
beforeEach(() => {
  warnings.length = 0;
  folder = mkdtempSync(join(tmpdir(), "homeport-journal-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function aRow(id: number, more: Partial<HistoryRow> = {}): HistoryRow {
  const row = { id: `r${id}`, at: noon, totalMs: 12.5, asked: "tiny", node: "attic", model: "tiny:latest", outcome: "ok" as const };
  return { ...row, status: 200, attempts: 1, tokensIn: 10, tokensOut: 5, usd: 0, ...more };
}

const page = (query: object) => HistoryQuery.parse(query);

describe("history", () => {
  it("a row comes back as it went in, absent fields absent", () => {
    const journal = openJournal(":memory:", log);
    const full = aRow(1, {
      profile: "coder",
      client: "laptop",
      outcome: "failed",
      status: 502,
      failure: "connect-failed",
      decidedBy: "warm",
      tokensEstimated: true,
      cachedTokens: 4,
      firstByteMs: 3.5,
      coldLoadMs: 4000,
      trace: { attempts: [], relaxed: "breaker-open" },
    });
    const bare: HistoryRow = { id: "r2", at: noon, totalMs: 1, asked: "x", outcome: "client-gone", status: 499, attempts: 0 };
    journal.recordRequests([full, bare], noon);
    expect(journal.history(page({})).rows).toEqual([bare, full]);
    journal.close();
  });

  it("pages go on where the last one ended, and filters combine", () => {
    const journal = openJournal(":memory:", log);
    const rows = Array.from({ length: 10 }, (_, id) => aRow(id, { node: id % 2 === 0 ? "attic" : "rack", client: id < 5 ? "a" : "b" }));
    journal.recordRequests(rows, noon);
    const first = journal.history(page({ limit: 3, node: "attic" }));
    const rest = journal.history(page({ limit: 3, node: "attic", before: first.next }));
    expect([...first.rows, ...rest.rows].map(({ id }) => id)).toEqual(["r8", "r6", "r4", "r2", "r0"]);
    expect(rest.next).toBeUndefined();
    expect(journal.history(page({ node: "rack", client: "b", outcome: "ok" })).rows.map(({ id }) => id)).toEqual(["r9", "r7", "r5"]);
    expect(journal.history(page({ node: "rack", client: "c" })).rows).toEqual([]);
    journal.close();
  });

  it("sums per day, node, model and client come from the daily table; unknown costs are counted, not taken for free", () => {
    const journal = openJournal(":memory:", log);
    const old = aRow(0, { at: noon - 31 * dayMs });
    const yesterday = aRow(1, { at: noon - dayMs, usd: 0.5, client: "laptop" });
    const { usd: _, ...unpriced } = aRow(3);
    journal.recordRequests([old, yesterday, aRow(2, { usd: 0.25 }), unpriced, aRow(4, { outcome: "failed", status: 502 })], noon);
    const days = journal.usage(UsageQuery.parse({}), noon);
    expect(days.map(({ name, requests, failed, usd, unpriced: unknown }) => [name, requests, failed, usd, unknown])).toEqual([
      ["2026-11-20", 1, 0, 0.5, 0],
      ["2026-11-21", 3, 1, 0.25, 1],
    ]);
    expect(journal.usage(UsageQuery.parse({ by: "client" }), noon).map(({ name, requests }) => [name, requests])).toEqual([
      ["", 3],
      ["laptop", 1],
    ]);
    expect(journal.usage(UsageQuery.parse({ days: 1, by: "node" }), noon)).toMatchObject([{ name: "attic", requests: 3, tokensIn: 30 }]);
    journal.close();
  });

  it("issue 6, usage: tokens from caches, first tokens, waits for loads and energy are summed, from rows and from what was only counted", () => {
    const journal = openJournal(":memory:", log);
    const rows = [
      aRow(1, { cachedTokens: 4, firstByteMs: 100, coldLoadMs: 3_000, wattHours: 0.25 }),
      aRow(2, { firstByteMs: 300 }),
      // A failure has no first token, and waited for its load all the same.
      aRow(3, { outcome: "failed", status: 502, coldLoadMs: 500 }),
    ];
    const day = Math.floor(noon / dayMs);
    const counted = { day, node: "attic", asked: "tiny", model: "tiny:latest", client: "", requests: 10, tokensIn: 100, tokensOut: 50 };
    journal.recordRequests(rows, noon, [{ ...counted, tokensCached: 6, firstBytes: 8, firstByteMs: 80, wattHours: 0.5 }]);
    for (const by of ["day", "node", "model", "client"] as const) {
      expect(journal.usage(UsageQuery.parse({ by }), noon), by).toMatchObject([
        {
          requests: 13,
          failed: 1,
          tokensIn: 130,
          tokensOut: 65,
          tokensCached: 10,
          firstBytes: 10,
          firstByteMs: 480,
          coldLoads: 2,
          coldLoadMs: 3_500,
          wattHours: 0.75,
        },
      ]);
    }
    journal.close();
  });

  it("old rows and rows beyond the count go, a little with every batch; the sums stay", () => {
    const database = openDatabase(":memory:", log, noon);
    const write = requestWriter(database, { days: 90, rows: 50, traces: 5 });
    write([aRow(0, { at: noon - 91 * dayMs })], noon - 91 * dayMs);
    write(
      Array.from({ length: 60 }, (_, id) => aRow(id + 1, { trace: { attempts: [] } })),
      noon,
    );
    write([aRow(61)], noon);
    const count = (table: string) => database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"];
    expect([count("requests"), count("traces")]).toEqual([50, 4]);
    expect(usageOf(database, UsageQuery.parse({ days: 366, by: "node" }), noon)).toMatchObject([{ requests: 62 }]);
    write([aRow(62, { at: noon - 401 * dayMs })], noon);
    expect(database.prepare("SELECT day FROM usage_sums WHERE day < '2025-11-21'").all()).toEqual([]);
    database.close();
  });
});

describe("the file", () => {
  it("a damaged file is moved aside, not thrown away, and the next start keeps what this one wrote", () => {
    const path = join(folder, "history.sqlite");
    writeFileSync(path, "this is not a database, and long enough to be taken for one ".repeat(100));
    const journal = openJournal(path, log, noon);
    journal.recordRequests([aRow(1)], noon);
    journal.close();
    expect(readdirSync(folder)).toContain(`history.sqlite.damaged-${noon}`);
    expect(warnings).toHaveLength(1);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const again = openJournal(path, log, noon);
    expect(again.history(page({})).rows).toHaveLength(1);
    again.close();
  });

  it("a journal of an older Homeport is read on, with its times: a day before the update must not show a wait of nothing", () => {
    const path = join(folder, "history.sqlite");
    const written = openJournal(path, log, noon);
    written.recordRequests([aRow(1, { firstByteMs: 100, coldLoadMs: 3_000, client: "laptop" }), aRow(2, { firstByteMs: 300 })], noon);
    written.close();
    const older = new DatabaseSync(path);
    older.exec("ALTER TABLE requests DROP COLUMN cached_tokens");
    for (const column of ["tokens_cached", "first_bytes", "first_byte_ms", "cold_loads", "cold_load_ms"])
      older.exec(`ALTER TABLE usage_daily DROP COLUMN ${column}`);
    older.exec("DROP TABLE usage_sums");
    older.close();
    for (const start of ["first", "second"]) {
      const journal = openJournal(path, log, noon);
      expect(journal.usage(UsageQuery.parse({}), noon), start).toMatchObject([
        { requests: 2, tokensCached: 0, firstBytes: 2, firstByteMs: 400, coldLoads: 1, coldLoadMs: 3_000 },
      ]);
      expect(journal.history(page({})).rows, start).toHaveLength(2);
      journal.close();
    }
    expect(warnings).toEqual([]);
  });

  it("issue 6 Usage, energy: a journal from before it is read on, and counts that have no rows are not made anew from rows", () => {
    const path = join(folder, "history.sqlite");
    const day = Math.floor(noon / dayMs);
    const counted = { day, node: "attic", asked: "tiny", model: "tiny:latest", client: "", requests: 10, tokensIn: 100, tokensOut: 50 };
    const first = openJournal(path, log, noon);
    first.recordRequests([aRow(1, { firstByteMs: 100 })], noon, [
      { ...counted, tokensCached: 6, firstBytes: 8, firstByteMs: 80, wattHours: 0 },
    ]);
    first.close();
    const older = new DatabaseSync(path);
    for (const table of ["requests", "usage_daily", "usage_sums"]) older.exec(`ALTER TABLE ${table} DROP COLUMN watt_hours`);
    older.close();
    const journal = openJournal(path, log, noon);
    journal.recordRequests([aRow(2, { wattHours: 0.5 })], noon);
    expect(journal.usage(UsageQuery.parse({ by: "node" }), noon)).toMatchObject([{ requests: 12, firstBytes: 9, wattHours: 0.5 }]);
    expect(journal.history(HistoryQuery.parse({})).rows).toMatchObject([{ wattHours: 0.5 }, { id: "r1" }]);
    journal.close();
    const database = new DatabaseSync(path);
    expect(database.prepare("SELECT sum(first_bytes) AS timed, sum(watt_hours) AS energy FROM usage_daily").get()).toMatchObject({
      timed: 9,
      energy: 0.5,
    });
    database.close();
  });

  it("a folder that cannot be written costs what is kept, not the start", () => {
    writeFileSync(join(folder, "file"), "");
    const journal = openJournal(join(folder, "file", "history.sqlite"), log, noon);
    expect(journal.recordRequests([aRow(1)], noon)).toBe(true);
    expect(warnings).toHaveLength(1);
    journal.close();
  });

  it("F58: a full disk is told once, nothing is half written, and writing goes on when there is room", () => {
    const path = join(folder, "history.sqlite");
    const journal = openJournal(path, log, noon);
    journal.recordRequests([aRow(1)], noon);
    // Another program holds the file: the same refusal to write, without a disk to fill.
    const other = new DatabaseSync(path);
    other.exec("BEGIN EXCLUSIVE");
    expect([journal.recordRequests([aRow(2), aRow(3)], noon), journal.reserveBudgets("r#1", noon, [])]).toEqual([false, false]);
    other.exec("ROLLBACK");
    other.close();
    expect(journal.recordRequests([aRow(4)], noon)).toBe(true);
    expect(warnings).toHaveLength(1);
    expect(journal.history(page({})).rows.map(({ id }) => id)).toEqual(["r4", "r1"]);
    journal.close();
  });
});

describe("a million requests", () => {
  const million = 1_000_000;

  it("latest rows by any filter and sums of 30 days are found by index, in milliseconds", { timeout: 120_000 }, () => {
    const database = openDatabase(join(folder, "history.sqlite"), log, noon);
    const began = performance.now();
    fill(database);
    console.log(`filled ${million} rows in ${Math.round(performance.now() - began)} ms`);
    const plan = ({ sql, values }: ReturnType<typeof usageQuestion>) =>
      database
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...values)
        .map((row) => String(row["detail"]))
        .join("; ");
    const steps = [
      plan(requestsQuestion(page({}), undefined)),
      plan(requestsQuestion(page({ node: "n3" }), "node")),
      plan(requestsQuestion(page({ model: "m1", node: "n3" }), "model")),
      plan(requestsQuestion(page({ client: "c1", before: 5_000 }), "client")),
      plan(requestsQuestion(page({ outcome: "failed", node: "n3" }), "outcome")),
      plan(usageQuestion("model", "2026-10-23")),
    ];
    expect(steps[0]).toMatch(/^SCAN r;/);
    expect(steps[1]).toContain("USING INDEX requests_node (node=?)");
    expect(steps[2]).toContain("USING INDEX requests_model (model=?)");
    expect(steps[3]).toContain("USING INDEX requests_client (client=? AND rowid<?)");
    expect(steps[4]).toContain("USING INDEX requests_outcome (outcome=?)");
    expect(steps[5]).toContain("usage_sums USING PRIMARY KEY (dimension=? AND day>?)");
    // Rows are sorted by nothing but the index they come from.
    expect(steps.slice(0, 5).join()).not.toContain("TEMP B-TREE");
    const timed = (what: string, ask: () => { readonly length: number }) => {
      const from = performance.now();
      const { length } = ask();
      console.log(`${what}: ${length} rows in ${(performance.now() - from).toFixed(1)} ms`);
      return length;
    };
    for (const query of [
      {},
      { node: "n3" },
      { model: "m1" },
      { client: "c1" },
      { outcome: "failed" },
      { node: "n3", client: "c1", outcome: "failed" },
    ]) {
      expect(timed(JSON.stringify(query), () => historyOf(database, page(query)).rows)).toBeGreaterThan(0);
    }
    for (const by of ["day", "model", "node", "client"] as const) {
      expect(timed(`by ${by}`, () => usageOf(database, UsageQuery.parse({ by }), noon))).toBeGreaterThan(1);
      // The quickest of a few: what the question costs, and not what else this machine does.
      const tries = Array.from({ length: 5 }, () => {
        const from = performance.now();
        usageOf(database, UsageQuery.parse({ by }), noon);
        return performance.now() - from;
      });
      expect(Math.min(...tries), `30 days by ${by}`).toBeLessThan(50);
    }
    database.close();
  });

  /** Rows made by SQLite itself; the sums from the rows, as they would have grown. */
  function fill(database: DatabaseSync): void {
    database.exec(`
      PRAGMA synchronous = OFF;
      BEGIN;
      WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${million})
      INSERT INTO requests (id, at, total_ms, asked, node, model, client, outcome, status, attempts, tokens_in, tokens_out, usd, first_byte_ms)
        SELECT 'r' || i, ${noon - 60 * dayMs} + i * ${(60 * dayMs) / million}, 100, 'tiny', 'n' || (i % 8), 'm' || ((i / 8) % 20),
          CASE WHEN i % 50 = 3 THEN 'c1' ELSE 'c' || (i % 3 + 2) END, CASE WHEN i % 40 = 3 THEN 'failed' ELSE 'ok' END, 200, 1, 10, 20, 0.001, 40 FROM n;
      INSERT INTO usage_daily (day, node, model, client, outcome, requests, tokens_in, tokens_out, usd, unpriced, first_bytes, first_byte_ms)
        SELECT date(at / 1000, 'unixepoch'), node, model, client, outcome, count(*), sum(tokens_in), sum(tokens_out), sum(usd), 0,
          count(first_byte_ms), sum(first_byte_ms)
        FROM requests GROUP BY 1, 2, 3, 4, 5;
      COMMIT;
    `);
    fillUsageSums(database);
  }
});
