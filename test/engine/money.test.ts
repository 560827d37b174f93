// Money between reserve and settle: counted once each, kept by the journal, whatever happens to the process.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Spend } from "../../src-core/contract/fleet.ts";
import { RequestId } from "../../src-core/contract/ids.ts";
import type { Journal } from "../../src-core/engine/journal-port.ts";
import { systemClock } from "../../src-core/host/clock.ts";
import { openJournal } from "../../src-core/host/journal.ts";
import { someFacts } from "../support/builders.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { aPurse, twoBudgets } from "../support/money-under-way.ts";

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
let folder: string;
const journals: Journal[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "homeport-money-"));
});
afterEach(() => {
  for (const journal of journals.splice(0)) journal.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(path = ":memory:"): Journal {
  const journal = openJournal(path, log);
  journals.push(journal);
  return journal;
}

const tokensOf = (spend: Readonly<Record<string, Spend>> | undefined, budget = "tokens") => spend?.[budget]?.tokens;

describe("money", () => {
  it("4.12: what was set aside is given back but for what was used, in dollars and in tokens", () => {
    const clock = new FakeClock();
    const { store, money, reserve } = aPurse(twoBudgets, clock, open());
    const reservation = reserve("r1");
    expect(store.fleet.spend?.["dollars"]).toMatchObject({ usd: 0, reservedUsd: 0.10025, reservedTokens: 1025 });
    reservation?.settle({ tokensIn: 30, tokensOut: 50, estimated: false });
    expect(store.fleet.spend?.["dollars"]).toMatchObject({ usd: 0.0053, reservedUsd: 0, tokens: 80, reservedTokens: 0 });
    money.stop();
  });

  it("4.12: nothing leaks and nothing counts twice, however often and in whatever way a request ends", () => {
    const { store, reserve } = aPurse(twoBudgets, new FakeClock(), open());
    const reservation = reserve("r1");
    reservation?.release();
    reservation?.settle({ tokensIn: 30, tokensOut: 50, estimated: false });
    expect(store.fleet.spend?.["tokens"]).toMatchObject({ tokens: 0, reservedTokens: 0 });
  });

  it("4.12: a request that ends by a bug, without a word to its reservation, leaves nothing set aside", () => {
    const { store, money, reserve } = aPurse(twoBudgets, new FakeClock(), open());
    store.observe(money.observe);
    const facts = someFacts("big", { id: RequestId.parse("r1") });
    reserve("r1");
    store.record({ type: "request-finished", at: 0, request: facts.id, facts, attempts: 1, outcome: "failed", status: 500 });
    expect(store.fleet.spend?.["tokens"]).toMatchObject({ tokens: 1025, reservedTokens: 0 });
  });

  it("an answer of which the node told nothing counts as estimated, not as free", () => {
    const { store, reserve } = aPurse(twoBudgets, new FakeClock(), open());
    reserve("r1")?.settle(undefined);
    reserve("r2")?.settle({ tokensOut: 5, estimated: true });
    expect(tokensOf(store.fleet.spend)).toBe(1025 + 30);
  });

  it("without a budget that counts it nothing is set aside and nothing recorded", () => {
    const none = aPurse({}, new FakeClock(), open());
    const other = aPurse({ budgets: [{ id: "lan", scope: { place: "lan" }, tokens: 1, per: "day" }] }, new FakeClock(), open());
    for (const { store, reserve } of [none, other]) {
      const version = store.fleet.version;
      expect(reserve("r1")).toBeUndefined();
      expect(store.fleet.version).toBe(version);
    }
  });

  it("5.9 [G]: what was used survives a restart, and so does a budget that was added later", () => {
    const journal = open();
    const clock = new FakeClock();
    const first = aPurse(twoBudgets, clock, journal);
    first.reserve("r1")?.settle({ tokensIn: 25, tokensOut: 10, estimated: false });
    first.money.stop();
    expect(tokensOf(aPurse(twoBudgets, clock, journal).store.fleet.spend)).toBe(35);
  });

  it("a budget that changes from days to months while a request runs keeps the month's sum, and the day's end does not touch it", () => {
    const journal = open();
    const clock = new FakeClock();
    const daily = { budgets: [{ id: "tokens", tokens: 100_000, per: "day" as const }] };
    const month = aPurse(twoBudgets, clock, journal);
    month.reserve("r0")?.settle({ tokensIn: 25, tokensOut: 475, estimated: false });
    month.money.stop();
    const { store, money, reserve } = aPurse(daily, clock, journal);
    const reservation = reserve("r1");
    store.record({ type: "config-applied", at: clock.now(), config: month.store.config, nodes: [] });
    money.restore();
    expect(tokensOf(store.fleet.spend)).toBe(500);
    reservation?.settle({ tokensIn: 25, tokensOut: 10, estimated: false });
    expect(store.fleet.spend?.["tokens"]).toMatchObject({ tokens: 500, reservedTokens: 0 });
  });

  it("F58: a journal that takes nothing fails no request; what was used is written when it takes something again", () => {
    const journal = open();
    let full = true;
    const failing: Journal = {
      ...journal,
      reserveBudgets: (...args) => !full && journal.reserveBudgets(...args),
      settleBudgets: (...args) => !full && journal.settleBudgets(...args),
    };
    const clock = new FakeClock();
    const { store, reserve } = aPurse(twoBudgets, clock, failing);
    reserve("r1")?.settle({ tokensIn: 25, tokensOut: 10, estimated: false });
    clock.advance(1_000);
    expect(tokensOf(store.fleet.spend)).toBe(35);
    full = false;
    clock.advance(1_000);
    expect(tokensOf(aPurse(twoBudgets, clock, journal).store.fleet.spend)).toBe(35);
  });

  it("invariant: used + outstanding is what journal and beliefs agree on, after any run and restart", () => {
    const kind = fc.constantFrom("settle", "release", "unsaid", "crash", "flush");
    fc.assert(
      fc.property(fc.array(kind, { maxLength: 25 }), (steps) => {
        const journal = openJournal(":memory:", log);
        const clock = new FakeClock();
        const { store, money, reserve } = aPurse(twoBudgets, clock, journal);
        let used = 0;
        let outstanding = 0;
        steps.forEach((step, index) => {
          const reservation = step === "flush" ? undefined : reserve(`r${index}`);
          if (step === "flush") clock.advance(1_000);
          else if (step === "crash") outstanding += 1025;
          else if (step === "release") reservation?.release();
          else reservation?.settle(step === "unsaid" ? undefined : { tokensIn: 25, tokensOut: index, estimated: false });
          if (step === "settle") used += 25 + index;
          if (step === "unsaid") used += 1025;
          expect(store.fleet.spend?.["tokens"] ?? { tokens: 0, reservedTokens: 0 }).toMatchObject({
            tokens: used,
            reservedTokens: outstanding,
          });
        });
        money.stop();
        const again = aPurse(twoBudgets, clock, journal);
        expect(tokensOf(again.store.fleet.spend) ?? 0).toBe(used);
        journal.close();
      }),
      { numRuns: 50 },
    );
  });
});

describe("kill -9", () => {
  /** A real process, killed where it stands. */
  async function killed(path: string, how: "open" | "settled"): Promise<void> {
    const program = fileURLToPath(new URL("../support/money-under-way.ts", import.meta.url));
    const child = spawn(process.execPath, [program, path, how], { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
    child.kill("SIGKILL");
    await new Promise<void>((resolve) => child.once("close", () => resolve()));
  }

  const used = (path: string) => {
    const { fleet } = aPurse(twoBudgets, systemClock, open(path)).store;
    return { tokens: tokensOf(fleet.spend), usd: fleet.spend?.["dollars"]?.usd };
  };

  it("between reserve and settle: the estimate counts once, also after three more starts", async () => {
    const path = join(folder, "history.sqlite");
    await killed(path, "open");
    const once = { tokens: 1025, usd: 0.10025 };
    expect([used(path), used(path), used(path)]).toEqual([once, once, once]);
  });

  it("between settle and the journal's next write: no money is lost and none counted twice", async () => {
    const path = join(folder, "history.sqlite");
    await killed(path, "settled");
    await killed(path, "open");
    expect(used(path).tokens).toBe(2050);
  });

  it("a reservation of another living process, taken for lost, is corrected when that process settles it", () => {
    const path = join(folder, "history.sqlite");
    const living = aPurse(twoBudgets, systemClock, open(path));
    const reservation = living.reserve("r1");
    expect(used(path).tokens).toBe(1025);
    reservation?.settle({ tokensIn: 25, tokensOut: 10, estimated: false });
    living.money.stop();
    expect(used(path).tokens).toBe(35);
  });
});
