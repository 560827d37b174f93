// One budget: its bar with what is set aside drawn as a ghost, and the same in words.
import type { Spend } from "../../src-core/contract/fleet.ts";
import type { Budget } from "../../src-core/contract/routing.ts";
import { words } from "../language/words.ts";
import { StateMark } from "../parts/StateMark.tsx";
import { amountSays, type BudgetFigures, budgetFigures, scopeSays, spentSays, warnShare } from "./budget-figures.ts";

const says = words.routing.phrases.budget;

interface BudgetLineProps {
  readonly budget: Budget;
  readonly spend: Spend | undefined;
  /** Where it is heading, as a sentence. */
  readonly forecast?: string | undefined;
}

export function BudgetLine({ budget, spend, forecast }: BudgetLineProps) {
  const figures = budgetFigures(budget, spend);
  const { unit, reserved, state } = figures;
  return (
    <li className="budget" data-budget={budget.id}>
      <p className="budget-head">
        <strong>{budget.id}</strong>
        <span className="hint">{scopeSays(budget.scope)}</span>
        {state === "near" && <StateMark tone="warn" word={says.near(warnShare * 100)} />}
        {state === "over" && <StateMark tone="bad" word={says.usedUp} />}
        <span className="figure">{says.spentPer(spentSays(figures), budget.per)}</span>
      </p>
      <BudgetBar figures={figures} />
      <p className="source">
        {reserved > 0 && `${says.setAside(amountSays(unit, reserved))} `}
        {spend === undefined ? says.nothingUsed : says.window(spend.window)}
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
