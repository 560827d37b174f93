// Every budget with what is spent and set aside of it, and where it is heading at this pace.
import { useSnapshot } from "../client/home.ts";
import { useSettings } from "../client/use-settings.ts";
import { words } from "../language/words.ts";
import { BudgetLine } from "../routing/BudgetLine.tsx";
import { forecastSays, spendNow } from "./forecast.ts";

/** Nothing where there is no budget: this page is about what was used. */
export function BudgetForecasts() {
  const { settings } = useSettings();
  const { fleet, now } = useSnapshot();
  const budgets = settings?.config.budgets ?? [];
  if (budgets.length === 0) return null;
  return (
    <section className="usage-part" aria-labelledby="usage-budgets">
      <h2 id="usage-budgets">{words.usage.budgets.title}</h2>
      <ul className="budgets">
        {budgets.map((budget) => {
          const spend = spendNow(budget, fleet.spend?.[budget.id], now);
          return <BudgetLine key={budget.id} budget={budget} spend={spend} forecast={forecastSays(budget, spend, now)} />;
        })}
      </ul>
    </section>
  );
}
