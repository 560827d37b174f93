import { expect, test } from "vitest";
import { choicesOf, filtered, noFilter } from "../../renderer/activity/filter.ts";
import { phaseSince, waterfallOf, wholeMs } from "../../renderer/activity/waterfall.ts";
import { Heights, windowOf } from "../../renderer/activity/window-of.ts";
import { fail } from "../../src-core/contract/failure.ts";
import { AttemptId, ModelId, NodeId, RequestId } from "../../src-core/contract/ids.ts";
import type { Attempt, RequestRow } from "../../src-core/contract/route.ts";
import { noon } from "../support/builders.ts";
import { sampleActivity } from "../support/sample-activity.ts";

const model = ModelId.parse("qwen3:8b");
const attempt = (id: string, node: string, from: number, more: Partial<Attempt> = {}): Attempt => ({
  id: AttemptId.parse(id),
  node: NodeId.parse(node),
  model,
  startedAt: noon + from,
  ...more,
});

function aRow(more: Partial<RequestRow> = {}): RequestRow {
  const id = RequestId.parse("r1");
  return { id, at: noon, dialect: "openai", task: "chat", model, stream: true, phase: "done", attempts: [], ...more };
}

const barsOf = (row: RequestRow, now: number) =>
  waterfallOf(row, now).map(({ bars }) => bars.map(({ stage, fromMs, ms }) => [stage, fromMs, ms] as const));

test("UX-10: a request that waited, failed over and answered is drawn as it happened", () => {
  const failure = fail("connect-failed", "attic refused the connection.");
  const row = aRow({
    queuedMs: 1_000,
    coldLoadMs: 3_000,
    attempts: [
      attempt("a", "attic", 4_100, { endedAt: noon + 4_300, outcome: "failed", failure }),
      attempt("b", "studio", 4_300, { endedAt: noon + 9_000, outcome: "ok" }),
    ],
    firstByteAt: noon + 5_000,
    finishedAt: noon + 9_010,
  });
  expect(barsOf(row, noon + 60_000)).toEqual([
    [
      ["queued", 0, 1_000],
      ["loading", 1_000, 3_000],
      ["other", 4_000, 100],
    ],
    [["failed", 4_100, 200]],
    [
      ["reading", 4_300, 700],
      ["generating", 5_000, 4_000],
    ],
  ]);
  expect(wholeMs(row, noon + 60_000)).toBe(9_010);
});

test.each([
  ["queued", { phase: "queued", phaseAt: noon + 500 }, 500],
  ["loading", { phase: "loading", phaseAt: noon + 500 }, 500],
  ["waking", { phase: "waking", phaseAt: noon + 500 }, 500],
  ["reading", { phase: "waiting", attempts: [attempt("a", "studio", 700)] }, 700],
  ["generating", { phase: "streaming", attempts: [attempt("a", "studio", 700)], firstByteAt: noon + 900 }, 900],
] as const)("UX-10: a request that is %s says since when, and its bar grows with the clock", (stage, more, since) => {
  const row = aRow(more);
  expect(phaseSince(row)).toBe(noon + since);
  const growing = (now: number) =>
    barsOf(row, noon + now)
      .flat()
      .find(([one]) => one === stage)?.[2];
  expect(growing(3_000)).toBe(3_000 - since);
  expect(growing(4_000)).toBe(4_000 - since);
});

test("UX decision 4: a phase without an instant has no time, and no bar is longer than its line", () => {
  expect(phaseSince(aRow({ phase: "deciding" }))).toBeUndefined();
  expect(phaseSince(aRow({ phase: "loading" }))).toBeUndefined();
  // Loaded again between two attempts: the sum is longer than what came before the first.
  const row = aRow({ coldLoadMs: 9_000, attempts: [attempt("a", "attic", 2_000)], finishedAt: noon + 12_000 });
  for (const { bars } of waterfallOf(row, noon + 12_000))
    for (const { fromMs, ms } of bars) {
      expect(ms).toBeGreaterThan(0);
      expect(fromMs + ms).toBeLessThanOrEqual(wholeMs(row, noon + 12_000));
    }
});

test("every request of the sample is drawn without a length below nothing", () => {
  for (const row of sampleActivity)
    for (const { bars } of waterfallOf(row, noon)) for (const { ms } of bars) expect(ms, row.id).toBeGreaterThanOrEqual(0);
});

test("issue 6: the list is filtered by text, model, node, client, outcome and place, and no filter costs nothing", () => {
  const shown = (change: Partial<typeof noFilter>) => filtered(sampleActivity, { ...noFilter, ...change }).map(({ id }) => String(id));
  expect(filtered(sampleActivity, noFilter)).toBe(sampleActivity);
  expect(shown({ show: "running" })).toEqual(["r9", "r8", "r7"]);
  expect(shown({ show: "failed" })).toEqual(["r4", "r2"]);
  expect(shown({ show: "answered" })).not.toContain("r3");
  expect(shown({ model: "qwen3:8b" })).toEqual(["r9", "r7", "r1"]);
  // Also those that it failed.
  expect(shown({ node: "attic" })).toEqual(["r6", "r2"]);
  expect(shown({ client: "laptop" })).toEqual(["r0"]);
  expect(shown({ place: "cloud" })).toEqual(["r6a"]);
  expect(shown({ text: "  REFUSED to " })).toEqual([]);
  expect(shown({ text: "laptop" })).toEqual(["r0"]);
  expect(shown({ node: "attic", show: "answered" })).toEqual(["r6"]);
});

test("issue 6: a node is found by the name a person gave it", () => {
  const named = (node: string) => (node === "rack" ? "Big iron" : node);
  expect(filtered(sampleActivity, { ...noFilter, text: "big iron" }, named).map(({ id }) => String(id))).toEqual(["r3", "r0"]);
});

test("issue 6: what can be chosen comes from the rows, and one is no choice", () => {
  expect(choicesOf(sampleActivity)).toMatchObject({ nodes: ["attic", "claude", "rack", "studio"], clients: ["laptop"], hasCloud: true });
  expect(choicesOf([aRow()])).toEqual({ models: [], nodes: [], clients: [], hasCloud: false });
});

const ids = Array.from({ length: 5_000 }, (_, index) => `r${index}`);

test("ux.md 5: of 5,000 rows those in sight are drawn, and the room around them is as high as the rest", () => {
  const heights = new Heights(50);
  expect(windowOf(ids, heights, -700, 1_500)).toEqual({ first: 0, end: 30, abovePx: 0, belowPx: 4_970 * 50 });
  const middle = windowOf(ids, heights, 100_000, 102_200);
  expect(middle.first).toBeLessThanOrEqual(2_000);
  expect(middle.end).toBeGreaterThanOrEqual(2_044);
  expect(middle.end - middle.first).toBeLessThanOrEqual(64);
  expect(middle.abovePx + (middle.end - middle.first) * 50 + middle.belowPx).toBe(250_000);
});

test("rows that are higher than others are counted with their own height", () => {
  const heights = new Heights(50);
  for (const id of ids) heights.learn(id, id === "r0" ? 450 : 50);
  expect(windowOf(ids, heights, 5_399, 6_000)).toMatchObject({ first: 90, end: 120, abovePx: 90 * 50 + 400 });
});

test("what was opened after the first rows were seen does not move thousands of rows out of sight", () => {
  const heights = new Heights(50);
  for (const id of ids.slice(0, 30)) heights.learn(id, 60);
  expect(heights.of("r4000")).toBe(60);
  heights.learn("r31", 900);
  heights.learn("r3", 700);
  expect([heights.of("r4000"), heights.of("r3")]).toEqual([60, 700]);
});

test("a list that became shorter than where the page stands still shows its end, and an empty one shows nothing", () => {
  const heights = new Heights(50);
  const { first, end, belowPx } = windowOf(ids.slice(0, 75), heights, 100_000, 102_000);
  expect([first, end, belowPx]).toEqual([70, 75, 0]);
  expect(windowOf(ids.slice(0, 60), heights, 0, 100)).toEqual({ first: 0, end: 60, abovePx: 0, belowPx: 0 });
  expect(windowOf([], heights, 0, 1_000)).toEqual({ first: 0, end: 0, abovePx: 0, belowPx: 0 });
});
