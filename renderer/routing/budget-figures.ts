// A budget as its bar shows it: what is spent, what is set aside for requests under way, and when it warns. Money or tokens, one at a time.
import type { Spend } from "../../src-core/contract/fleet.ts";
import type { Budget, BudgetScope } from "../../src-core/contract/routing.ts";
import { words } from "../language/words.ts";

const { scope, limits, budget: says } = words.routing.phrases;

export const warnShare = 0.8;

export interface BudgetFigures {
  readonly unit: "usd" | "tokens";
  readonly limit: number;
  readonly spent: number;
  readonly reserved: number;
  /** Of the limit, spent and set aside together; 1 where the limit is 0. */
  readonly share: number;
  readonly state: "fine" | "near" | "over";
}

/** `spend` absent: nothing used in this window. */
export function budgetFigures(budget: Pick<Budget, "usd" | "tokens">, spend: Spend | undefined): BudgetFigures {
  const money = budget.usd !== undefined;
  const limit = budget.usd ?? budget.tokens ?? 0;
  const spent = (money ? spend?.usd : spend?.tokens) ?? 0;
  const reserved = (money ? spend?.reservedUsd : spend?.reservedTokens) ?? 0;
  const share = limit === 0 ? 1 : (spent + reserved) / limit;
  const state = share >= 1 ? "over" : share >= warnShare ? "near" : "fine";
  return { unit: money ? "usd" : "tokens", limit, spent, reserved, share, state };
}

/** "$3.20", "120,000 tokens". */
export function amountSays(unit: BudgetFigures["unit"], amount: number): string {
  return says.amounts[unit](amount);
}

/** "$3.20 of $5.00", "12,000 of 200,000 tokens". */
export function spentSays({ unit, spent, limit }: BudgetFigures): string {
  return says.spent[unit](spent, limit);
}

/** What a budget counts: "the cloud, model tiny"; "everything" where its scope is empty. */
export function scopeSays({ node, place, model, profile, client }: BudgetScope): string {
  const parts = [
    ...(node === undefined ? [] : [scope.node(node)]),
    ...(place === undefined ? [] : [scope.places[place]]),
    ...(model === undefined ? [] : [scope.model(model)]),
    ...(profile === undefined ? [] : [scope.profile(profile)]),
    ...(client === undefined ? [] : [scope.client(client)]),
  ];
  return parts.length === 0 ? scope.everything : words.common.list(parts);
}

/** What happens at its limit, as a sentence. An amount that nobody can read yet is left out. */
export function limitSays({ usd, tokens, scope: counted, per }: Omit<Budget, "id">): string {
  const limit = usd ?? tokens ?? Number.NaN;
  const unit = usd === undefined ? "tokens" : "usd";
  const amount = Number.isNaN(limit) ? undefined : amountSays(unit, limit);
  if (unit === "usd") return limit === 0 ? limits.noMoney : limits.money(amount, per);
  const elsewhere = counted.node !== undefined || counted.place !== undefined || counted.model !== undefined;
  if (elsewhere) return limit === 0 ? limits.noTokensOfSome : limits.tokensOfSome(amount, per);
  return limit === 0 ? limits.noTokensOfAll : limits.tokensOfAll(amount, per);
}
