// One budget: its bar with what is set aside drawn as a ghost, and the same in words.
import type { Spend } from "../../src-core/contract/fleet.ts";
import type { Budget } from "../../src-core/contract/routing.ts";
import { StateMark } from "../parts/StateMark.tsx";
import { amountSays, type BudgetFigures, budgetFigures, scopeSays, spentSays } from "./budget-figures.ts";

interface BudgetLineProps {
  readonly budget: Budget;
  readonly spend: Spend | undefined;
  /** Where it is heading, as a sentence. */
  readonly forecast?: string | undefined;
}

export function BudgetLine({ budget, spend, forecast }: BudgetLineProps) {
  const figures = budgetFigures(budget, spend);
  const { unit, reserved, state } = figures;
  const per = budget.per === "day" ? "a day" : "a month";
  return (
    <li className="budget" data-budget={budget.id}>
      <p className="budget-head">
        <strong>{budget.id}</strong>
        <span className="hint">{scopeSays(budget.scope)}</span>
        {state === "near" && <StateMark tone="warn" word="Over 80 %" />}
        {state === "over" && <StateMark tone="bad" word="Used up" />}
        <span className="figure">
          {spentSays(figures)} {per}
        </span>
      </p>
      <BudgetBar figures={figures} />
      <p className="source">
        {reserved > 0 && `${amountSays(unit, reserved)} set aside for requests under way. `}
        {spend === undefined ? "Nothing used yet in this window (UTC)." : `Window ${spend.window} (UTC).`}
        {forecast !== undefined && ` ${forecast}`}
      </p>
    </li>
  );
}

/** What is spent and what is set aside, of the whole. Whoever cannot see it reads the same beside it. */
export function BudgetBar({ figures }: { readonly figures: BudgetFigures }) {
  const { limit, spent, reserved, state } = figures;
  const width = (amount: number) => `${limit === 0 ? 100 : Math.min(100, (amount / limit) * 100)}%`;
  return (
    <div className={`memory-bar budget-${state}`} aria-hidden="true">
      <span className="memory-part part-spent" style={{ width: width(spent) }} />
      <span className="memory-part part-reserved" style={{ width: width(reserved) }} />
    </div>
  );
}
