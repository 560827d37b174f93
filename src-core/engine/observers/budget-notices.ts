// Tells a person about budgets, each kind of news once in each window: when 80 % is used, when all is, and when a request did not fit.
import type { Notice } from "../../contract/api.ts";
import type { Config } from "../../contract/config.ts";
import type { EngineEvent, EventOf } from "../../contract/events.ts";
import type { Fleet } from "../../contract/fleet.ts";
import type { Budget } from "../../contract/routing.ts";
import { allows, dollars, inScope, mayUse, spendNow, spendOf, usedShare, warnShare } from "../../domain/budgets.ts";
import { own } from "../../domain/inventory.ts";
import { canonicalName } from "../../domain/names.ts";

type News = "warning" | "exhausted" | "refused";
type Tell = (notice: Omit<Notice, "id" | "at">) => void;

export class BudgetNotices {
  readonly #config: () => Config;
  readonly #tell: Tell;
  /** By budget: the window and what was told of it. */
  readonly #told = new Map<string, { readonly window: string; readonly news: Set<News> }>();

  constructor(config: () => Config, tell: Tell) {
    this.#config = config;
    this.#tell = tell;
  }

  readonly observe = (event: EngineEvent, _: Fleet, after: Fleet): void => {
    if (event.type === "budget-settled") this.#settled(event, after);
    else if (event.type === "request-finished" && event.failure?.kind === "over-budget") this.#refused(event, after);
  };

  #settled({ entries, at }: EventOf<"budget-settled">, fleet: Fleet): void {
    const settled = new Set(entries.map(({ budget }) => budget));
    for (const budget of this.#config().budgets) {
      if (!settled.has(budget.id)) continue;
      const spend = spendNow(budget, spendOf(fleet, budget.id), at);
      const share = usedShare(budget, spend);
      if (share < warnShare) continue;
      const { whole, span } = inWords(budget);
      if (share >= 1) this.#once(budget, spend.window, "exhausted", `All of ${whole} ${span} is used.`);
      else this.#once(budget, spend.window, "warning", `More than ${warnShare * 100} % of ${whole} ${span} is used.`);
    }
  }

  /** Which budget it was is judged again here: a failure tells it in words only. */
  #refused({ failure, facts, at }: EventOf<"request-finished">, fleet: Fleet): void {
    const config = this.#config();
    for (const { node: id, model, because, says } of failure?.reasons ?? []) {
      const node = own(fleet.nodes, id);
      if (because !== "over-budget" || node === undefined) continue;
      const key = canonicalName(model ?? facts.model);
      const more = mayUse(facts, node, key, config);
      for (const budget of config.budgets) {
        const spend = spendNow(budget, spendOf(fleet, budget.id), at);
        const counted = inScope(budget, { node, key, profile: budget.scope.profile, client: facts.client });
        if (counted && !allows(budget, spend, more)) this.#once(budget, spend.window, "refused", `${id}: ${says}.`);
      }
    }
  }

  #once(budget: Budget, window: string, news: News, body: string): void {
    const before = this.#told.get(budget.id);
    const told = before?.window === window ? before : { window, news: new Set<News>() };
    this.#told.set(budget.id, told);
    if (told.news.has(news)) return;
    told.news.add(news);
    this.#tell({ ...headline(budget, news), body });
  }
}

function headline({ id }: Budget, news: News): Pick<Notice, "kind" | "title" | "urgent"> {
  switch (news) {
    case "warning":
      return { kind: "budget-warning", title: `The budget ${id} is nearly used up`, urgent: false };
    case "exhausted":
      return { kind: "budget-exhausted", title: `The budget ${id} is used up`, urgent: true };
    case "refused":
      return { kind: "budget-exhausted", title: `A request did not fit the budget ${id}`, urgent: false };
  }
}

function inWords({ usd, tokens, per }: Budget): { readonly whole: string; readonly span: string } {
  return { whole: usd === undefined ? `${tokens} tokens` : dollars(usd), span: per === "day" ? "today (UTC)" : "this month (UTC)" };
}
