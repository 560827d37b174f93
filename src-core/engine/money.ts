// Money under way: sets aside what a request may cost before it is sent, and counts what it did cost when it ends, exactly once each. The
// journal hears of the first before anything is sent and of the second soon after, so that a process that is killed forgets nothing.
import type { BudgetEntry, EngineEvent, Usage } from "../contract/events.ts";
import type { RequestId } from "../contract/ids.ts";
import type { Candidate, ChainLink, RequestFacts } from "../contract/route.ts";
import type { Budget } from "../contract/routing.ts";
import { estimate, inScope, mayUse, spendNow, spendOf } from "../domain/budgets.ts";
import { costOf } from "../domain/costs.ts";
import { own } from "../domain/inventory.ts";
import { canonicalName } from "../domain/names.ts";
import type { Journal, Settlement } from "./journal-port.ts";
import type { Clock } from "./ports.ts";
import type { Store } from "./store.ts";

/** What was set aside for one attempt. The first call ends it, every later one does nothing. */
export interface Reservation {
  /** Something was answered. What the node did not say is counted as it was estimated. */
  settle(usage: Usage | undefined): void;
  /** Nothing was answered: all of it is given back. */
  release(): void;
}

/** Ended reservations are written together after this. */
const writeMs = 1_000;
/** More are not kept while the disk takes nothing: what is lost then counts as estimated after the next start. */
const mostUnwritten = 10_000;

export class Money {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #journal: Pick<Journal, "reserveBudgets" | "settleBudgets" | "spent">;
  #unwritten: Settlement[] = [];
  #timer: (() => void) | undefined;
  #count = 0;
  /** Reservations of requests under way, by request: one at a time each. */
  readonly #open = new Map<RequestId, Reservation>();

  constructor(store: Store, clock: Clock, journal: Pick<Journal, "reserveBudgets" | "settleBudgets" | "spent">) {
    this.#store = store;
    this.#clock = clock;
    this.#journal = journal;
  }

  /** Reads what was used in the current windows before. Called at the start and with every new configuration. */
  restore(): void {
    const { config, fleet } = this.#store;
    if (config.budgets.length === 0) return;
    const at = this.#clock.now();
    const windows = config.budgets.map((budget) => ({ budget: budget.id, window: spendNow(budget, spendOf(fleet, budget.id), at).window }));
    const unknown = windows.filter(({ budget, window }) => spendOf(fleet, budget)?.window !== window);
    if (unknown.length === 0) return;
    // The journal's sums are asked for, so they have to be whole.
    this.#flush();
    this.#store.record({ type: "budgets-restored", at, spend: this.#journal.spent(unknown) });
  }

  /** Sets money aside for an attempt about to be sent. Undefined where no budget counts it. */
  reserve(candidate: Candidate, facts: RequestFacts, link: ChainLink): Reservation | undefined {
    if (this.#store.config.budgets.length === 0) return undefined;
    const entries = this.#entries(candidate, facts, link);
    if (entries.length === 0) return undefined;
    const { id: request } = facts;
    const { node, model } = candidate;
    const at = this.#clock.now();
    this.#count += 1;
    const id = `${request}#${this.#count}`;
    this.#journal.reserveBudgets(id, at, entries);
    this.#store.record({ type: "budget-reserved", at, request, node, model, entries });
    let open = true;
    const end = (used: { readonly usd: number; readonly tokens: number }) => {
      if (!open) return;
      open = false;
      this.#open.delete(request);
      const settled = entries.map((entry) => ({ ...entry, usedUsd: used.usd, usedTokens: used.tokens }));
      this.#store.record({ type: "budget-settled", at: this.#clock.now(), request, node, model, entries: settled });
      this.#write({ id, entries: settled });
    };
    const reservation = { settle: (usage: Usage | undefined) => end(this.#used(candidate, facts, usage)), release: () => end(nothing) };
    this.#open.set(request, reservation);
    return reservation;
  }

  /** A request that ended by a bug leaves nothing set aside; as after a crash, the money may have been spent. */
  readonly observe = (event: EngineEvent): void => {
    if (event.type === "request-finished" && this.#open.size > 0) this.#open.get(event.request)?.settle(undefined);
  };

  /** Writes what is unwritten. The last step, after every request has ended. */
  stop(): void {
    this.#timer?.();
    this.#flush();
  }

  #entries(candidate: Candidate, facts: RequestFacts, link: ChainLink): BudgetEntry[] {
    const { config, fleet } = this.#store;
    const node = own(fleet.nodes, candidate.node);
    if (node === undefined) return [];
    const asked = link.requires === undefined ? (link.model ?? facts.model) : candidate.model;
    const { model } = candidate;
    const spender = { node, key: canonicalName(asked), model, profile: link.profile, client: facts.client };
    const now = this.#clock.now();
    const entryOf = (budget: Budget): BudgetEntry => {
      const { usd = 0, tokens } = mayUse(facts, node, canonicalName(model), config);
      return { budget: budget.id, window: spendNow(budget, spendOf(fleet, budget.id), now).window, usd, tokens };
    };
    return config.budgets.filter((budget) => inScope(budget, spender)).map(entryOf);
  }

  #used(candidate: Candidate, facts: RequestFacts, usage: Usage | undefined): { readonly usd: number; readonly tokens: number } {
    const { config, fleet } = this.#store;
    const guess = estimate(facts);
    const tokens = { ...usage, tokensIn: usage?.tokensIn ?? guess.tokensIn, tokensOut: usage?.tokensOut ?? guess.tokensOut };
    // A node that left the configuration meanwhile is counted like a cloud: by the catalogue's price.
    const place = own(fleet.nodes, candidate.node)?.place ?? "cloud";
    const { usd = 0 } = costOf(place, canonicalName(candidate.model), tokens, config);
    return { usd, tokens: tokens.tokensIn + tokens.tokensOut };
  }

  #write(settlement: Settlement): void {
    if (this.#unwritten.length < mostUnwritten) this.#unwritten.push(settlement);
    this.#timer ??= this.#clock.after(writeMs, () => this.#flush());
  }

  #flush(): void {
    this.#timer = undefined;
    if (this.#unwritten.length === 0) return;
    if (this.#journal.settleBudgets(this.#unwritten)) this.#unwritten = [];
    else this.#timer = this.#clock.after(writeMs, () => this.#flush());
  }
}

const nothing = { usd: 0, tokens: 0 };
