// Money in the journal. What is set aside is written before a request is sent, so that a process that is killed forgets nothing: a
// reservation nobody settled counts once, at its amount, since the money may have been spent.
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { Journal } from "../engine/journal-port.ts";
import { transaction } from "./journal-database.ts";

/** The journal's part about budgets; its writes throw where the file takes nothing. */
interface Ledger {
  readonly reserve: (...reservation: Parameters<Journal["reserveBudgets"]>) => void;
  readonly settle: (...settlements: Parameters<Journal["settleBudgets"]>) => void;
  readonly spent: Journal["spent"];
}

const SpendRow = z.object({ usd: z.number(), tokens: z.number() });
const Assumed = z.object({ assumed: z.number() });

export function budgetLedger(database: DatabaseSync): Ledger {
  const open = database.prepare("INSERT OR REPLACE INTO budget_reservations (id, budget, span, usd, tokens, at) VALUES (?, ?, ?, ?, ?, ?)");
  const release = database.prepare("DELETE FROM budget_reservations WHERE id = ? AND budget = ? RETURNING assumed");
  const count = database.prepare(
    `INSERT INTO budget_spend (budget, span, usd, tokens) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET usd = usd + excluded.usd, tokens = tokens + excluded.tokens`,
  );
  const read = database.prepare("SELECT usd, tokens FROM budget_spend WHERE budget = ? AND span = ?");
  return {
    reserve(id, at, entries) {
      transaction(database, () => {
        for (const { budget, window, usd, tokens } of entries) open.run(id, budget, window, usd, tokens, at);
      });
    },
    settle(settlements) {
      transaction(database, () => {
        for (const { id, entries } of settlements) {
          for (const { budget, window, usd, tokens, usedUsd, usedTokens } of entries) {
            const assumed = Assumed.safeParse(release.get(id, budget)).data?.assumed === 1;
            // Another process may have taken us for dead: what it assumed gives way to what was used.
            if (assumed) count.run(budget, window, usedUsd - usd, usedTokens - tokens);
            else count.run(budget, window, usedUsd, usedTokens);
          }
        }
      });
    },
    spent(windows) {
      const found = windows.flatMap(({ budget, window }) => {
        const row = SpendRow.safeParse(read.get(budget, window));
        return row.success ? [[budget, { window, ...row.data, reservedUsd: 0, reservedTokens: 0 }] as const] : [];
      });
      return Object.fromEntries(found);
    },
  };
}

/** Spans and reservations older than this are forgotten: any window they may belong to has ended long ago. */
const keptMs = 400 * 86_400_000;

/** Counts what earlier processes left open, once: it is marked as assumed. Called when the journal is opened, before anything is reserved. */
export function settleAbandoned(database: DatabaseSync, now: number): void {
  transaction(database, () => {
    database.exec(`
      INSERT INTO budget_spend (budget, span, usd, tokens)
        SELECT budget, span, sum(usd), sum(tokens) FROM budget_reservations WHERE assumed = 0 GROUP BY budget, span
        ON CONFLICT DO UPDATE SET usd = usd + excluded.usd, tokens = tokens + excluded.tokens;
      UPDATE budget_reservations SET assumed = 1 WHERE assumed = 0;
    `);
    database.prepare("DELETE FROM budget_reservations WHERE assumed = 1 AND at < ?").run(now - keptMs);
  });
}
