// Tells a person about budgets: once when 80 % is used, once when nothing is left, in each window.
import type { Notice } from "../../contract/api.ts";
import type { Config } from "../../contract/config.ts";
import type { Fleet } from "../../contract/fleet.ts";
import type { Budget } from "../../contract/routing.ts";
import { dollars, spendNow, spendOf, usedShare, warnShare } from "../../domain/budgets.ts";
import type { Observer } from "../store.ts";

type Level = "warning" | "exhausted";

export function budgetNotices(config: () => Config, tell: (notice: Omit<Notice, "id" | "at">) => void): Observer {
  /** By budget: the window and the most that was told of it. */
  const told = new Map<string, { readonly window: string; readonly level: Level }>();
  const announce = (budget: Budget, window: string, level: Level) => {
    const before = told.get(budget.id);
    if (before?.window === window && (before.level === level || before.level === "exhausted")) return;
    told.set(budget.id, { window, level });
    tell(noticeOf(budget, level));
  };
  const look = (budget: Budget, fleet: Fleet, at: number, refused: boolean) => {
    const spend = spendNow(budget, spendOf(fleet, budget.id), at);
    const share = usedShare(budget, spend);
    if (share < warnShare) return;
    announce(budget, spend.window, share >= 1 || refused ? "exhausted" : "warning");
  };
  return (event, _, after) => {
    if (event.type === "budget-settled") {
      const settled = new Set(event.entries.map(({ budget }) => budget));
      for (const budget of config().budgets) if (settled.has(budget.id)) look(budget, after, event.at, false);
    } else if (event.type === "request-finished" && event.failure?.kind === "over-budget") {
      // What is left is less than anybody asks for: used up in all but the figure.
      for (const budget of config().budgets) look(budget, after, event.at, true);
    }
  };
}

function noticeOf({ id, usd, tokens, per }: Budget, level: Level): Omit<Notice, "id" | "at"> {
  const whole = usd === undefined ? `${tokens} tokens` : dollars(usd);
  const span = per === "day" ? "today (UTC)" : "this month (UTC)";
  if (level === "warning") {
    const body = `More than ${warnShare * 100} % of ${whole} ${span} is used.`;
    return { kind: "budget-warning", title: `The budget ${id} is nearly used up`, body, urgent: false };
  }
  const body = `Of ${whole} ${span} nothing is left that a request could use. What it counts is skipped until the ${per} ends.`;
  return { kind: "budget-exhausted", title: `The budget ${id} is used up`, body, urgent: true };
}
