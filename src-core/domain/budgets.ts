// Budgets: what a request may cost is set aside before it is sent, what it did cost is counted when it ends, the rest is given back
// (source-systems.md 4.12). Windows are UTC days and months that begin anew by themselves (5.9). Pure; `engine/money.ts` acts on it.
import type { Config } from "../contract/config.ts";
import type { EventOf, SettledEntry } from "../contract/events.ts";
import type { Fleet, Node, Spend } from "../contract/fleet.ts";
import type { ChainLink, RequestFacts } from "../contract/route.ts";
import type { Budget } from "../contract/routing.ts";
import { costOf } from "./costs.ts";
import { matchesName } from "./globs.ts";
import { entryOn, own } from "./inventory.ts";
import { canonicalName } from "./names.ts";
import { windowOf } from "./utc.ts";
import type { World } from "./world.ts";

/** Reserved for the answer of a request that sets no limit (source-systems.md 4.12). */
const usualOutputTokens = 4096;
/** A budget is nearly used up from here on. */
export const warnShare = 0.8;

/** What a budget's scope is compared with. `key` is the canonical name of the model, `model` the node's own name for it. */
export interface Spender {
  readonly node: Pick<Node, "id" | "place">;
  readonly key: string;
  readonly model?: string | undefined;
  readonly profile?: string | undefined;
  readonly client?: string | undefined;
}

/** What a request may use: an upper bound where the client limits the answer, else a guess. */
export function estimate(facts: RequestFacts): { readonly tokensIn: number; readonly tokensOut: number } {
  switch (facts.task) {
    case "load":
    case "unload":
      return nothing;
    case "embedding":
    case "rerank":
      return { tokensIn: facts.promptTokens, tokensOut: 0 };
    case "chat":
    case "completion":
      return { tokensIn: facts.promptTokens, tokensOut: facts.maxOutputTokens ?? usualOutputTokens };
  }
}

const nothing = { tokensIn: 0, tokensOut: 0 };

/** True where every part of the scope that is given fits. */
export function inScope({ scope }: Budget, spender: Spender): boolean {
  const { node, key, model } = spender;
  return (
    (scope.node === undefined || scope.node === node.id) &&
    (scope.place === undefined || scope.place === node.place) &&
    (scope.profile === undefined || scope.profile === spender.profile) &&
    (scope.client === undefined || scope.client === spender.client) &&
    (scope.model === undefined || matchesName(scope.model, key) || (model !== undefined && matchesName(scope.model, model)))
  );
}

/** What is used in the window of `now`; the very object while the window lasts. */
export function spendNow(budget: Budget, spend: Spend | undefined, now: number): Spend {
  return inWindow(spend, windowOf(budget.per, now));
}

/** A clock that steps back does not begin a new window: what was used stays used. */
function inWindow(spend: Spend | undefined, window: string): Spend {
  const current = spend !== undefined && spend.window.length === window.length && spend.window >= window;
  return current ? spend : { window, usd: 0, tokens: 0, reservedUsd: 0, reservedTokens: 0, ...sharedAnew(spend) };
}

/** In a window that nobody was asked about yet. */
function sharedAnew(spend: Spend | undefined): Pick<Spend, "shared"> {
  return spend?.shared === undefined ? {} : { shared: { ...spend.shared, share: spend.shared.next, elsewhere: 0 } };
}

/** Whether so much more fits. What costs nothing always does; a price that is unknown never does, since nobody could count it. */
export function allows(budget: Budget, spend: Spend, more: { readonly usd: number | undefined; readonly tokens: number }): boolean {
  const asked = budget.usd === undefined ? more.tokens : more.usd;
  if (asked === undefined) return false;
  return asked === 0 || asked <= left(budget, spend);
}

/** What is neither used nor set aside, in the budget's own unit. Never negative. */
export function left(budget: Budget, spend: Spend): number {
  const { share } = spend.shared ?? {};
  if (budget.usd !== undefined) return Math.max(0, exact((share ?? budget.usd) - spend.usd - spend.reservedUsd));
  return Math.max(0, (share ?? budget.tokens ?? 0) - spend.tokens - spend.reservedTokens);
}

/** How much of the budget is used, what is only set aside not counted: 1 is all of it. */
export function usedShare(budget: Budget, spend: Spend): number {
  const [here, limit] = budget.usd === undefined ? [spend.tokens, budget.tokens ?? 0] : [spend.usd, budget.usd];
  const used = here + (spend.shared?.elsewhere ?? 0);
  return used === 0 ? 0 : used / limit;
}

/** The first budget that leaves no room for this request there, with the reason in words. Called per candidate, only where there are budgets. */
export function overBudget(
  candidate: { readonly node: Node; readonly key: string; readonly entry: { readonly id: string } | undefined },
  facts: RequestFacts,
  link: ChainLink,
  world: World,
): { readonly id: string; readonly says: string } | undefined {
  const { node, key, entry } = candidate;
  const spender = { node, key, model: entry?.id, profile: link.profile, client: facts.client };
  let more: { readonly usd: number | undefined; readonly tokens: number } | undefined;
  for (const budget of world.config.budgets) {
    if (!inScope(budget, spender)) continue;
    more ??= mayUse(facts, node, key, world.config);
    const spend = spendNow(budget, spendOf(world.fleet, budget.id), world.now);
    if (!allows(budget, spend, more)) return { id: budget.id, says: inWords(budget, spend, more) };
  }
  return undefined;
}

/** What a request may use at a place, in both units. */
export function mayUse(facts: RequestFacts, node: Pick<Node, "place">, key: string, config: Config) {
  const tokens = estimate(facts);
  return { usd: costOf(node.place, key, tokens, config).usd, tokens: tokens.tokensIn + tokens.tokensOut };
}

/** A budget's figures as last changed; they may be of a window that is over. */
export function spendOf(fleet: Fleet, budget: string): Spend | undefined {
  return fleet.spend === undefined ? undefined : own(fleet.spend, budget);
}

function inWords(budget: Budget, spend: Spend, more: { readonly usd: number | undefined; readonly tokens: number }): string {
  const span = budget.per === "day" ? "today" : "this month";
  const rest = left(budget, spend);
  if (budget.usd === undefined) {
    if (rest === 0) return `the budget ${budget.id} is used up: ${budget.tokens} tokens ${span}`;
    return `the budget ${budget.id} has ${rest} tokens left ${span}, and this request may need ${more.tokens}; a lower max_tokens asks for less`;
  }
  if (more.usd === undefined) return `its price is unknown, so the budget ${budget.id} cannot count it; give it a cost in the catalogue`;
  if (rest === 0) return `the budget ${budget.id} is used up: ${dollars(budget.usd)} ${span}`;
  return `the budget ${budget.id} has ${dollars(rest)} left ${span}, and this request may cost ${dollars(more.usd)}`;
}

/** "$1.50"; small amounts with as many digits as they need. */
export function dollars(usd: number): string {
  return usd === 0 || usd >= 0.01 ? `$${usd.toFixed(2)}` : `$${usd.toPrecision(2)}`;
}

/** Beliefs after money was set aside. */
export function reserved(fleet: Fleet, { entries }: EventOf<"budget-reserved">): Fleet {
  const spend: Record<string, Spend> = { ...fleet.spend };
  for (const entry of entries) {
    const current = inWindow(own(spend, entry.budget), entry.window);
    spend[entry.budget] = {
      ...current,
      reservedUsd: exact(current.reservedUsd + entry.usd),
      reservedTokens: current.reservedTokens + entry.tokens,
    };
  }
  return { ...fleet, spend };
}

/** Beliefs after a request ended: what it used counts, what was set aside for it no longer does. A window that is over is the journal's alone. */
export function settled(fleet: Fleet, { entries }: EventOf<"budget-settled">): Fleet {
  const spend: Record<string, Spend> = { ...fleet.spend };
  for (const entry of entries) {
    const current = own(spend, entry.budget);
    if (current?.window === entry.window) spend[entry.budget] = after(current, entry);
  }
  return { ...fleet, spend };
}

function after(spend: Spend, entry: SettledEntry): Spend {
  return {
    ...spend,
    usd: exact(spend.usd + entry.usedUsd),
    tokens: spend.tokens + entry.usedTokens,
    reservedUsd: Math.max(0, exact(spend.reservedUsd - entry.usd)),
    reservedTokens: Math.max(0, spend.reservedTokens - entry.tokens),
  };
}

/** What an earlier process used. Only windows that this one knows nothing of: nothing is counted twice. */
export function restored(fleet: Fleet, event: EventOf<"budgets-restored">): Fleet {
  const fresh = Object.entries(event.spend).filter(([id, spend]) => spendOf(fleet, id)?.window !== spend.window);
  const kept = fresh.map(([id, spend]) => [id, { ...spend, ...sharedAnew(spendOf(fleet, id)) }] as const);
  return fresh.length === 0 ? fleet : { ...fleet, spend: { ...fleet.spend, ...Object.fromEntries(kept) } };
}

/** Beliefs after it became known what this gateway may use of a budget. Of a window that is over nothing is known any more. */
export function shared(fleet: Fleet, { budget, window, shared: now }: EventOf<"budget-shared">): Fleet {
  const { shared: _, ...current } = inWindow(spendOf(fleet, budget), window);
  if (current.window !== window) return fleet;
  return { ...fleet, spend: { ...fleet.spend, [budget]: now === undefined ? current : { ...current, shared: now } } };
}

/** The most that a request may use of a budget, wherever its chain sends it: what a gateway asks the others for before it decides. */
export function mostNeeded(budget: Budget, facts: RequestFacts, chain: readonly ChainLink[], { config, fleet }: World): number {
  const { client } = facts;
  if (budget.scope.client !== undefined && budget.scope.client !== client) return 0;
  let most = 0;
  for (const link of chain) {
    const asked = link.requires === undefined ? canonicalName(link.model ?? facts.model) : undefined;
    for (const node of Object.values(fleet.nodes)) {
      for (const key of asked === undefined ? Object.keys(node.models) : [asked]) {
        const entry = entryOn(node, key);
        if (entry === undefined && !node.can.loadsUnlisted) continue;
        if (!inScope(budget, { node, key, model: entry?.id, profile: link.profile, client })) continue;
        const { usd = 0, tokens } = mayUse(facts, node, canonicalName(entry?.id ?? key), config);
        most = Math.max(most, budget.usd === undefined ? tokens : usd);
      }
    }
  }
  return most;
}

/** Sums of dollars without the dust of binary fractions: what was set aside and given back leaves exactly nothing. */
function exact(usd: number): number {
  return Math.round(usd * 1e10) / 1e10;
}
