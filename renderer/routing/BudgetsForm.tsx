// Budgets as they are edited: how much, of what, for whom, and what happens then; what is used already stands beside it. A budget's count goes
// with its name.
import type { Spend } from "../../src-core/contract/fleet.ts";
import type { Budget } from "../../src-core/contract/routing.ts";
import { useSnapshot } from "../client/home.ts";
import { words } from "../language/words.ts";
import { Field } from "../parts/Field.tsx";
import { Fold } from "../parts/node/Fold.tsx";
import { TextField } from "../parts/node/TextField.tsx";
import { BudgetBar } from "./BudgetLine.tsx";
import { budgetFigures, limitSays, scopeSays, spentSays } from "./budget-figures.ts";
import type { FormProps, RoutingChoices } from "./form-props.ts";
import { ListEditor } from "./ListEditor.tsx";
import { freshName, problemOf, problemsAt } from "./list-edit.ts";
import { NumberField } from "./NumberField.tsx";
import { ScopeFields } from "./ScopeFields.tsx";
import { drawnWhenChanged } from "./use-kept.ts";

const { budgets, field } = words.routingForms;

export const BudgetsForm = drawnWhenChanged(function BudgetsForm({ value, onChange, problems, choices }: FormProps<readonly Budget[]>) {
  const { fleet } = useSnapshot();
  const fresh = (): Budget => ({
    id: freshName(
      "budget",
      value.map(({ id }) => id),
    ),
    scope: {},
    usd: 5,
    per: "month",
  });
  return (
    <div className="list-editor">
      <p className="hint">{budgets.nameHint}</p>
      {value.length === 0 && <p className="hint">{budgets.empty}</p>}
      <ListEditor entries={value} kind="budget" nameOf={({ id }, at) => id || `${at + 1}`} fresh={fresh} onChange={onChange}>
        {(budget, at, change) => (
          <BudgetFields
            budget={budget}
            spend={fleet.spend?.[budget.id]}
            problems={problemsAt(problems, at)}
            choices={choices}
            onChange={change}
          />
        )}
      </ListEditor>
    </div>
  );
});

interface BudgetFieldsProps {
  readonly budget: Budget;
  readonly spend: Spend | undefined;
  readonly problems: FormProps<Budget>["problems"];
  readonly choices: RoutingChoices;
  readonly onChange: (budget: Budget) => void;
}

const BudgetFields = drawnWhenChanged(function BudgetFields({ budget, spend, problems, choices, onChange }: BudgetFieldsProps) {
  const { id, scope, per } = budget;
  return (
    <>
      <p className="entry-says">{limitSays(budget)}</p>
      <Used budget={budget} spend={spend} />
      <div className="entry-line">
        <TextField
          label={field.name}
          error={problemOf(problems, "id") ?? problems.get("")}
          value={id}
          onChange={(name) => onChange({ ...budget, id: name })}
        />
        <AmountFields budget={budget} problems={problems} onChange={onChange} />
        <Field label={budgets.each} error={problems.get("per")}>
          {(props) => (
            <select
              {...props}
              value={per}
              onChange={(event) => onChange({ ...budget, per: event.target.value === "day" ? "day" : "month" })}
            >
              <option value="day">{budgets.windows.day}</option>
              <option value="month">{budgets.windows.month}</option>
            </select>
          )}
        </Field>
      </div>
      <Fold title={budgets.counts} holds={scopeSays(scope)} open={problemOf(problems, "scope") !== undefined}>
        <ScopeFields
          scope={scope}
          problems={problemsAt(problems, "scope")}
          choices={choices}
          onChange={(next) => onChange({ ...budget, scope: next })}
        />
      </Fold>
    </>
  );
});

function AmountFields({ budget, problems, onChange }: Pick<BudgetFieldsProps, "budget" | "problems" | "onChange">) {
  const { usd, tokens, ...rest } = budget;
  const unit = usd === undefined ? "tokens" : "usd";
  const amount = usd ?? tokens;
  const withAmount = (next: number, of: typeof unit): Budget => (of === "usd" ? { ...rest, usd: next } : { ...rest, tokens: next });
  return (
    <>
      <NumberField
        label={budgets.atMost}
        error={problemOf(problems, "usd", "tokens")}
        value={amount}
        onChange={(next = Number.NaN) => onChange(withAmount(next, unit))}
      />
      <Field label={budgets.of}>
        {(props) => (
          <select
            {...props}
            value={unit}
            onChange={(event) => onChange(event.target.value === "usd" ? withAmount(5, "usd") : withAmount(1_000_000, "tokens"))}
          >
            <option value="usd">{budgets.units.usd}</option>
            <option value="tokens">{budgets.units.tokens}</option>
          </select>
        )}
      </Field>
    </>
  );
}

/** Nothing is drawn before the limit is a figure. */
function Used({ budget, spend }: Pick<BudgetFieldsProps, "budget" | "spend">) {
  const figures = budgetFigures(budget, spend);
  if (!(figures.limit >= 0)) return null;
  return (
    <div>
      <BudgetBar figures={figures} />
      <p className="source">{spend === undefined ? budgets.unused : budgets.used(spentSays(figures))}</p>
    </div>
  );
}
