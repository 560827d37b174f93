// A budget as its bar shows it: what is spent, what is set aside for requests under way, and when it warns. Money or tokens, one at a time.

import type { Spend } from "../../src-core/contract/fleet.ts";
import type { Budget, BudgetScope } from "../../src-core/contract/routing.ts";
import { usd } from "../format.ts";

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
  return unit === "usd" ? usd(amount) : `${Math.round(amount).toLocaleString("en")} tokens`;
}

/** "$3.20 of $5.00", "12,000 of 200,000 tokens". */
export function spentSays({ unit, spent, limit }: BudgetFigures): string {
  return unit === "usd" ? `${usd(spent)} of ${usd(limit)}` : `${Math.round(spent).toLocaleString("en")} of ${amountSays(unit, limit)}`;
}

/** What a budget counts: "cloud nodes, model tiny"; "everything" where its scope is empty. */
export function scopeSays({ node, place, model, profile, client }: BudgetScope): string {
  const places = { "this-machine": "this computer", lan: "the local network", cloud: "the cloud" } as const;
  const parts = [
    ...(node === undefined ? [] : [`node ${node}`]),
    ...(place === undefined ? [] : [places[place]]),
    ...(model === undefined ? [] : [`model ${model}`]),
    ...(profile === undefined ? [] : [`profile ${profile}`]),
    ...(client === undefined ? [] : [`client ${client}`]),
  ];
  return parts.length === 0 ? "everything" : parts.join(", ");
}

/** What happens at its limit, as a sentence. An amount that nobody can read yet is left out. */
export function limitSays({ usd: money, tokens, scope, per }: Omit<Budget, "id">): string {
  const limit = money ?? tokens ?? Number.NaN;
  const unit = money === undefined ? "tokens" : "usd";
  const amount = Number.isNaN(limit) ? "this" : amountSays(unit, limit);
  const when = limit === 0 ? "Always" : `Once ${amount} ${unit === "usd" ? "are spent" : "are used"} in a ${per}`;
  const until = limit === 0 ? "" : ` until the ${per} ends (UTC)`;
  const elsewhere = scope.node !== undefined || scope.place !== undefined || scope.model !== undefined;
  if (unit === "usd")
    return `${when}, what ${limit === 0 ? "costs money" : "would cost more"} is passed over${until}. What is free still answers.`;
  return elsewhere ? `${when}, it is passed over${until}.` : `${when}, requests are refused${until}.`;
}
