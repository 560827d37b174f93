// A person is told about a budget once per window and kind of news: a hundred requests must not make a hundred notices.
import { expect, it } from "vitest";
import type { Notice } from "../../src-core/contract/api.ts";
import { fail } from "../../src-core/contract/failure.ts";
import { NodeId } from "../../src-core/contract/ids.ts";
import { BudgetNotices } from "../../src-core/engine/observers/budget-notices.ts";
import { openJournal } from "../../src-core/host/journal.ts";
import { someFacts } from "../support/builders.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { aPurse } from "../support/money-under-way.ts";

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

function aTold() {
  const clock = new FakeClock();
  const config = { budgets: [{ id: "b", tokens: 10_000, per: "day" as const }] };
  const purse = aPurse(config, clock, openJournal(":memory:", log));
  const told: Omit<Notice, "id" | "at">[] = [];
  const notices = new BudgetNotices(
    () => purse.store.config,
    (notice) => told.push(notice),
  );
  purse.store.observe(notices.observe);
  const use = (tokensOut: number) => purse.reserve(`r${told.length}-${tokensOut}`)?.settle({ tokensIn: 0, tokensOut, estimated: false });
  return { ...purse, clock, told, use };
}

it("at 80 % and at the end, once each, and again in the next window", () => {
  const { told, use, clock } = aTold();
  use(7_999);
  expect(told).toEqual([]);
  use(1);
  use(100);
  expect(told).toMatchObject([{ kind: "budget-warning", title: "The budget b is nearly used up" }]);
  use(2_000);
  use(1);
  expect(told.map(({ kind }) => kind)).toEqual(["budget-warning", "budget-exhausted"]);
  clock.advance(86_400_000);
  use(9_000);
  expect(told.map(({ kind }) => kind)).toEqual(["budget-warning", "budget-exhausted", "budget-warning"]);
});

it("a refused request is told with its reason, the next one of the window is not", () => {
  const { told, store, clock } = aTold();
  const facts = someFacts("big", { maxOutputTokens: 20_000 });
  const node = NodeId.parse("sky");
  const failure = fail("over-budget", "Nothing is left.", {
    reasons: [{ node, because: "over-budget", says: "the budget b has 10 left" }],
  });
  const refused = { type: "request-finished" as const, at: clock.now(), request: facts.id, facts, attempts: 0, failure };
  for (let time = 0; time < 2; time += 1) store.record({ ...refused, outcome: "failed", status: 429 });
  expect(told).toMatchObject([{ title: "A request did not fit the budget b", body: "sky: the budget b has 10 left.", urgent: false }]);
});
