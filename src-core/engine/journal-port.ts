// What outlives the process, as the engine asks for it. `host/journal.ts` keeps it.
import type { BudgetEntry, SettledEntry } from "../contract/events.ts";
import type { Figures, LoadHistory, Spend } from "../contract/fleet.ts";
import type { DailySum, HistoryPage, HistoryQuery, HistoryRow, UsageQuery, UsageSum } from "../contract/history.ts";
import type { ModelId, NodeId } from "../contract/ids.ts";
import type { NodeLogEntry, NodeLogQuery } from "../contract/node-log.ts";

/** A reservation that has ended, by the id it was made under. */
export interface Settlement {
  readonly id: string;
  readonly entries: readonly SettledEntry[];
}

/**
 * What outlives the process: load times and footprints for honest estimates, money, and requests that ended. Failing to write never fails a
 * request (F58): it is logged, and the answer is false.
 */
export interface Journal {
  /** Which journal this is: the same for every process that ever opened it, and another one once it had to start afresh. */
  identity(): string;
  loadHistory(): Readonly<Record<string, Readonly<Record<string, LoadHistory>>>>;
  recordLoad(node: NodeId, model: ModelId, history: LoadHistory): void;
  /** What was learned of speeds: by node, then by the model's canonical name. */
  figures(): Readonly<Record<string, Readonly<Record<string, Figures>>>>;
  recordFigures(node: NodeId, figures: Readonly<Record<string, Figures>>): void;
  /** How long waking took, by node, newest last. */
  wakes(): Readonly<Record<string, readonly number[]>>;
  recordWakes(node: NodeId, ms: readonly number[]): void;
  /** What happened on a node before entry `before`, newest first. */
  nodeLog(query: Omit<NodeLogQuery, "before"> & { readonly before: number }): readonly NodeLogEntry[];
  /** The highest id in use; 0 where nothing is kept. */
  lastNodeLogId(): number;
  /** Writes entries anew or again, none with a `because`; forgets everything of nodes that are `gone`; keeps the newest `perNode` of each. */
  recordNodeLog(entries: readonly NodeLogEntry[], gone: readonly NodeId[], perNode: number): void;
  /** Kept when it returns, whatever then becomes of this process. The only write on a request's way, and only where a budget counts it. */
  reserveBudgets(id: string, at: number, entries: readonly BudgetEntry[]): boolean;
  settleBudgets(settlements: readonly Settlement[]): boolean;
  /** What was used in these windows, by budget; what an earlier process set aside and never settled is counted as used. */
  spent(windows: readonly { readonly budget: string; readonly window: string }[]): Readonly<Record<string, Spend>>;
  /** Rows and daily sums, in one transaction; `counted`: requests without a row. */
  recordRequests(rows: readonly HistoryRow[], now: number, counted?: readonly DailySum[]): boolean;
  history(query: HistoryQuery): HistoryPage;
  usage(query: UsageQuery, now: number): readonly UsageSum[];
  close(): void;
}
