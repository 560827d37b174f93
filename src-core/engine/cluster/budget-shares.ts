// Budgets among several gateways: each budget is a shared sum, and decisions see this gateway's share of it as they see the budget itself. Setting money
// aside stays one synchronous step; only a request for which the share is too small waits a moment, before it is decided, until more was asked for.
import type { EngineEvent } from "../../contract/events.ts";
import type { ChainLink, RequestFacts } from "../../contract/route.ts";
import type { Budget } from "../../contract/routing.ts";
import { left, mostNeeded, spendNow, spendOf } from "../../domain/budgets.ts";
import type { OwnPart } from "../../domain/shared-sum.ts";
import type { Store } from "../store.ts";
import { SharedSum, type SumParts } from "./shared-sum.ts";
import { keyPart } from "./shared-values.ts";

/** What the router needs: resolves when what can be had was asked for; undefined where nothing is to be waited for. */
export interface ShareAsking {
  ready(facts: RequestFacts, chain: readonly ChainLink[]): Promise<void> | undefined;
}

/** A share that others took meanwhile is asked for again so often. */
const mostAsked = 3;

type Line = Omit<SumParts, "key" | "own" | "apply" | "isDead">;

export class BudgetShares implements ShareAsking {
  readonly #store: Store;
  readonly #line: Line;
  readonly #sums = new Map<string, SharedSum>();

  constructor(store: Store, line: Line) {
    this.#store = store;
    this.#line = line;
    this.follow();
  }

  /** Budgets come and go with the settings. */
  follow(): void {
    const ids = new Set(this.#store.config.budgets.map(({ id }) => id));
    for (const id of [...this.#sums.keys()]) if (!ids.has(id)) void this.#drop(id);
    for (const id of ids) {
      if (this.#sums.has(id)) continue;
      this.#sums.set(
        id,
        new SharedSum({
          ...this.#line,
          key: `sum.budget.${keyPart(id)}`,
          own: () => this.#own(id),
          apply: ({ window, share, elsewhere, next }) =>
            this.#store.record({
              type: "budget-shared",
              at: this.#line.clock.now(),
              budget: id,
              window,
              shared: { share, elsewhere, next },
            }),
        }),
      );
    }
  }

  ready(facts: RequestFacts, chain: readonly ChainLink[]): Promise<void> | undefined {
    const asked = this.#ask(facts, chain);
    return asked === undefined ? undefined : this.#asking(asked, facts, chain);
  }

  /** Told of money that was set aside or used here. */
  readonly observe = (event: EngineEvent): void => {
    if (event.type !== "budget-settled") return;
    for (const { budget } of event.entries) this.#sums.get(budget)?.touched();
  };

  async stop(): Promise<void> {
    await Promise.all([...this.#sums.keys()].map((id) => this.#drop(id)));
  }

  async #asking(first: Promise<unknown>, facts: RequestFacts, chain: readonly ChainLink[]): Promise<void> {
    let asked: Promise<unknown> | undefined = first;
    for (let times = 0; asked !== undefined && times < mostAsked; times += 1) {
      await asked;
      asked = times + 1 < mostAsked ? this.#ask(facts, chain) : undefined;
    }
  }

  #ask(facts: RequestFacts, chain: readonly ChainLink[]): Promise<unknown> | undefined {
    const world = this.#store.world();
    let asked: Promise<unknown> | undefined;
    for (const budget of world.config.budgets) {
      const sum = this.#sums.get(budget.id);
      if (sum === undefined) continue;
      const needed = mostNeeded(budget, facts, chain, world);
      if (needed <= left(budget, spendNow(budget, spendOf(world.fleet, budget.id), world.now))) continue;
      const more = sum.need(needed);
      if (more !== undefined) asked = asked === undefined ? more : Promise.all([asked, more]);
    }
    return asked;
  }

  #own(id: string): OwnPart {
    const { config, fleet } = this.#store;
    const budget = config.budgets.find((each) => each.id === id) ?? gone(id);
    const spend = spendNow(budget, spendOf(fleet, id), this.#line.clock.now());
    const inMoney = budget.usd !== undefined;
    return {
      window: spend.window,
      cap: budget.usd ?? budget.tokens ?? 0,
      used: inMoney ? spend.usd : spend.tokens,
      underWay: inMoney ? spend.reservedUsd : spend.reservedTokens,
      whole: !inMoney,
    };
  }

  async #drop(id: string): Promise<void> {
    const sum = this.#sums.get(id);
    this.#sums.delete(id);
    await sum?.stop();
    const { window } = this.#own(id);
    this.#store.record({ type: "budget-shared", at: this.#line.clock.now(), budget: id, window });
  }
}

/** What is left of a budget that the settings no longer have: nothing more may be taken. */
function gone(id: string): Budget {
  return { id, scope: {}, usd: 0, per: "day" };
}
