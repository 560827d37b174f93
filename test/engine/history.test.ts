// Ended requests on their way to the journal: many at once, none lost while the disk is full, and no text that a node wrote.
import { expect, it } from "vitest";
import { Config } from "../../src-core/contract/config.ts";
import type { DailySum, HistoryRow } from "../../src-core/contract/history.ts";
import { AttemptId, ModelId, NodeId, RequestId } from "../../src-core/contract/ids.ts";
import type { RequestRow } from "../../src-core/contract/route.ts";
import { History } from "../../src-core/engine/observers/history.ts";
import { aFleet, aNode, noon } from "../support/builders.ts";
import { FakeClock } from "../support/fake-clock.ts";

const node = NodeId.parse("attic");
const model = ModelId.parse("Tiny:latest");

function aRow(index: number, more: Partial<RequestRow> = {}): RequestRow {
  return {
    id: RequestId.parse(`r${index}`),
    // Fifty a second: nothing out of the ordinary.
    at: noon + index * 20,
    dialect: "openai",
    task: "chat",
    model: "tiny",
    stream: false,
    phase: "done",
    node,
    nodeModel: model,
    attempts: [{ id: AttemptId.parse("a"), node, model, startedAt: noon, outcome: "ok" }],
    finishedAt: noon + index * 20 + 500,
    outcome: "ok",
    status: 200,
    tokensIn: 1,
    tokensOut: 2,
    ...more,
  };
}

function aHistory(place: "lan" | "cloud" = "lan") {
  const clock = new FakeClock();
  const batches: (readonly HistoryRow[])[] = [];
  const disk = { full: false };
  const counted: (readonly DailySum[])[] = [];
  const recordRequests = (rows: readonly HistoryRow[], _now: number, sums: readonly DailySum[] = []) => {
    if (!disk.full) batches.push(rows);
    if (!disk.full && sums.length > 0) counted.push(sums);
    return !disk.full;
  };
  const beliefs = { config: Config.parse({}), fleet: aFleet([aNode("attic", [], { place })]) };
  const history = new History(clock, { recordRequests, history: () => ({ rows: [] }), usage: () => [] }, () => beliefs);
  return { clock, batches, counted, disk, history };
}

it("rows are written together after a second, or at once when there are 200", () => {
  const { clock, batches, history } = aHistory();
  for (let index = 0; index < 3; index += 1) history.finished(aRow(index));
  expect(batches).toEqual([]);
  clock.advance(1_000);
  expect(batches.map((rows) => rows.length)).toEqual([3]);
  for (let index = 0; index < 200; index += 1) history.finished(aRow(index));
  clock.advance(0);
  expect(batches.map((rows) => rows.length)).toEqual([3, 200]);
  expect(clock.pending).toEqual([]);
});

it("F58: rows wait while the disk is full, as many as are bearable, and are written afterwards; the end writes what is left", () => {
  const { clock, batches, disk, history } = aHistory();
  disk.full = true;
  for (let index = 0; index < 6_000; index += 1) history.finished(aRow(index));
  clock.advance(10_000);
  disk.full = false;
  clock.advance(1_000);
  expect(batches.map((rows) => rows.length)).toEqual([5_000]);
  history.finished(aRow(1));
  history.stop();
  expect(batches.map((rows) => rows.length)).toEqual([5_000, 1]);
});

it("4.6: in the house an answer is free; in the cloud without a price its cost is unknown; what was never sent costs nothing", () => {
  const costs = (place: "lan" | "cloud", more: Partial<RequestRow> = {}) => {
    const { batches, history } = aHistory(place);
    history.finished(aRow(1, more));
    history.stop();
    return batches[0]?.[0]?.usd;
  };
  expect(costs("lan")).toBe(0);
  expect(costs("cloud")).toBeUndefined();
  expect(costs("cloud", { usd: 0.5 })).toBe(0.5);
  expect(costs("cloud", { attempts: [], outcome: "failed" })).toBe(0);
});

it("issue 4: what a translation left out is in the trace that is kept; a request that passed untouched needs none", () => {
  const { clock, batches, history } = aHistory();
  history.finished(aRow(0, { dialect: "anthropic", spoken: "openai", dropped: ["service_tier"] }));
  history.finished(aRow(1, { dialect: "anthropic", spoken: "openai", dropped: [] }));
  history.finished(aRow(2));
  clock.advance(1_000);
  const [lossy, whole, plain] = batches.flat();
  expect(lossy?.trace).toMatchObject({ spoken: "openai", dropped: ["service_tier"] });
  expect(whole?.trace).not.toHaveProperty("dropped");
  expect(plain).not.toHaveProperty("trace");
});

it("S-80: of failures and rejections only the kind is kept; a trace that is too long loses its rejections", () => {
  const { batches, history } = aHistory();
  const failure = { kind: "upstream-rejected" as const, message: "canary", detail: "canary", status: 400 };
  const attempts = [{ id: AttemptId.parse("a"), node, model, startedAt: noon, outcome: "failed" as const, failure }];
  const rejected = (count: number) => Array.from({ length: count }, () => ({ node, because: "node-down", says: "down: canary" }));
  history.finished(aRow(1, { outcome: "failed", failure, attempts, rejected: rejected(2) }));
  history.finished(aRow(2, { rejected: rejected(200) }));
  history.finished(aRow(3));
  history.stop();
  const [short, long, plain] = batches[0] ?? [];
  expect(short?.trace).toMatchObject({
    attempts: [{ failure: { kind: "upstream-rejected", status: 400 } }],
    rejected: [{ because: "node-down" }, { because: "node-down" }],
  });
  expect(long?.trace).not.toHaveProperty("rejected");
  expect(plain).not.toHaveProperty("trace");
  expect(JSON.stringify(batches)).not.toContain("canary");
});

it("a flood of ordinary requests is counted to the last one, and what failed keeps its row: a bench must not write a row per call", () => {
  const { batches, counted, history } = aHistory();
  for (let index = 0; index < 1_000; index += 1)
    history.finished({ ...aRow(index, { firstByteAt: noon + 40, cachedTokens: 1 }), at: noon });
  history.finished({ ...aRow(1_000, { outcome: "failed" }), at: noon });
  history.stop();
  const rows = batches.flat();
  expect({ rows: rows.length, last: rows.at(-1)?.outcome, counted: counted.flat() }).toMatchObject({
    rows: 101,
    last: "failed",
    counted: [
      {
        node: "attic",
        model: "tiny",
        requests: 900,
        tokensIn: 900,
        tokensOut: 1_800,
        tokensCached: 900,
        firstBytes: 900,
        firstByteMs: 36_000,
      },
    ],
  });
});

it("nothing is written after the end: the journal is closed by then", () => {
  const { clock, batches, history } = aHistory();
  history.stop();
  history.finished(aRow(1));
  clock.advance(5_000);
  expect({ batches, pending: clock.pending }).toEqual({ batches: [], pending: [] });
});
