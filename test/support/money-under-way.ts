// Money with a node to spend it on, for tests; and, started as a program, a process that sets money aside, says so and waits to be killed.
import { Config, type ConfigDocument } from "../../src-core/contract/config.ts";
import { ModelId, NodeId, RequestId } from "../../src-core/contract/ids.ts";
import type { RequestFacts } from "../../src-core/contract/route.ts";
import type { Journal } from "../../src-core/engine/journal-port.ts";
import { Money, type Reservation } from "../../src-core/engine/money.ts";
import type { Clock } from "../../src-core/engine/ports.ts";
import { Store } from "../../src-core/engine/store.ts";
import { systemClock } from "../../src-core/host/clock.ts";
import { openJournal } from "../../src-core/host/journal.ts";
import { someFacts } from "./builders.ts";

const sky = NodeId.parse("sky");
const big = ModelId.parse("big");
/** 10 dollars per million tokens in, 100 out: with 25 tokens of prompt and 1000 of answer a request may cost $0.10025. */
export const pricedModel = { model: big, cost: { input: 10, output: 100 } };

export interface Purse {
  readonly store: Store;
  readonly money: Money;
  /** Sets money aside for one request of the client. */
  reserve(request: string, more?: Partial<RequestFacts>): Reservation | undefined;
}

export function aPurse(config: ConfigDocument, clock: Clock, journal: Journal): Purse {
  const document = Config.parse({ catalogue: [pricedModel], ...config });
  const store = new Store(document, clock, () => 0.5);
  const node = {
    id: sky,
    kind: "openai-compatible" as const,
    name: "sky",
    url: "https://sky.example",
    place: "cloud" as const,
    enabled: true,
    demo: false,
    can: { load: false, unload: false, loadsUnlisted: false, dialects: ["openai" as const] },
    memory: {},
  };
  store.record({ type: "config-applied", at: clock.now(), config: document, nodes: [node] });
  const money = new Money(store, clock, journal);
  money.restore();
  const reserve = (request: string, more: Partial<RequestFacts> = {}) =>
    money.reserve(
      { node: sky, model: big, readiness: "warm" },
      someFacts("big", { id: RequestId.parse(request), maxOutputTokens: 1000, ...more }),
      { model: "big" },
    );
  return { store, money, reserve };
}

/** The budgets of the program below. */
export const twoBudgets: ConfigDocument = {
  budgets: [
    { id: "dollars", usd: 5, per: "month" },
    { id: "tokens", scope: { place: "cloud" }, tokens: 100_000, per: "month" },
  ],
};

/** `settled`: the request has ended, but the journal has not heard of it yet. */
function waitToBeKilled(path: string, how: string): void {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const { reserve } = aPurse(twoBudgets, systemClock, openJournal(path, log));
  const reservation = reserve(how === "settled" ? "r-settled" : "r-open");
  if (how === "settled") reservation?.settle({ tokensIn: 25, tokensOut: 10, estimated: false });
  process.stdout.write("ready\n");
  setInterval(() => undefined, 60_000);
}

const [, program, path, how] = process.argv;
if (program?.endsWith("money-under-way.ts") === true && path !== undefined) waitToBeKilled(path, how ?? "");
