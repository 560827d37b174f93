// Where a budget is heading if its window goes on as it began: a straight line, always told as an estimate.
import type { Spend } from "../../src-core/contract/fleet.ts";
import type { Budget } from "../../src-core/contract/routing.ts";
import { utcDayAndTime } from "../format.ts";
import { words } from "../language/words.ts";
import { amountSays, budgetFigures } from "../routing/budget-figures.ts";

/** `lasts`: so much by the end of the window. `ends`: used up at that instant (epoch milliseconds). */
export type Forecast = { readonly is: "lasts"; readonly amount: number } | { readonly is: "ends"; readonly at: number };

/** Of a window that has hardly begun nothing can be said. */
const leastElapsed = 0.05;

interface Window {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

function windowAt(per: Budget["per"], now: number): Window {
  const at = new Date(now);
  const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  const iso = at.toISOString();
  if (per === "day") return { name: iso.slice(0, 10), from: Date.UTC(year, month, day), to: Date.UTC(year, month, day + 1) };
  return { name: iso.slice(0, 7), from: Date.UTC(year, month), to: Date.UTC(year, month + 1) };
}

/** What was used in the window of `now`; what is kept of an older one is not of this one (5.9). */
export function spendNow(budget: Budget, spend: Spend | undefined, now: number): Spend | undefined {
  return spend !== undefined && spend.window >= windowAt(budget.per, now).name ? spend : undefined;
}

/** Undefined where nothing was spent yet, too little time has passed, or the budget is used up already. `spend`: of this window. */
export function forecast(budget: Budget, spend: Spend | undefined, now: number): Forecast | undefined {
  const { spent, limit, state } = budgetFigures(budget, spend);
  const { from, to } = windowAt(budget.per, now);
  const elapsed = (now - from) / (to - from);
  if (spent <= 0 || state === "over" || elapsed < leastElapsed) return undefined;
  const amount = spent / elapsed;
  return amount > limit ? { is: "ends", at: from + (limit / spent) * (now - from) } : { is: "lasts", amount };
}

/** "At this pace about $4.20 by the end of the month (estimate)." */
export function forecastSays(budget: Budget, spend: Spend | undefined, now: number): string | undefined {
  const told = forecast(budget, spend, now);
  if (told === undefined) return undefined;
  const { usedUp, lasts } = words.usage.budgets;
  if (told.is === "ends") return usedUp(utcDayAndTime(told.at));
  return lasts[budget.per](amountSays(budgetFigures(budget, spend).unit, told.amount));
}
