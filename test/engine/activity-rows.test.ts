// The activity list's rows, made from facts alone: what the window tells of a request's time.
import { expect, test } from "vitest";
import { AttemptId, ModelId, NodeId, RequestId } from "../../src-core/contract/ids.ts";
import type { RequestRow } from "../../src-core/contract/route.ts";
import { Activity } from "../../src-core/engine/observers/activity.ts";
import { noon, someFacts } from "../support/builders.ts";

const request = RequestId.parse("r1");
const node = NodeId.parse("studio");
const model = ModelId.parse("qwen3:8b");

const facts = someFacts("qwen3:8b", { id: request });

function rows(): { readonly activity: Activity; readonly row: () => RequestRow | undefined } {
  const activity = new Activity(() => true);
  activity.observe({ type: "request-received", at: noon, facts });
  return { activity, row: () => activity.latest(1)[0] };
}

test("UX-08: a row tells the path it was asked under, so that its curl asks the same", () => {
  expect(rows().row()?.path).toBe("/v1/chat/completions");
});

test("UX-10: turns in the queue are added up, and a new place in it does not begin the wait anew", () => {
  const { activity, row } = rows();
  const queued = (at: number, position: number) =>
    activity.observe({ type: "request-queued", at: noon + at, request, node, model, position });
  queued(100, 3);
  queued(900, 1);
  expect(row()).toMatchObject({ phase: "queued", phaseAt: noon + 100, position: 1 });
  activity.observe({ type: "request-loading", at: noon + 1_100, request, node, model });
  expect(row()).toMatchObject({ phase: "loading", phaseAt: noon + 1_100, queuedMs: 1_000 });
  activity.observe({ type: "request-loaded", at: noon + 4_100, request, ms: 3_000 });
  queued(4_200, 2);
  activity.observe({ type: "attempt-started", at: noon + 4_700, request, attempt: AttemptId.parse("a1"), node, model });
  expect(row()).toMatchObject({ phase: "waiting", queuedMs: 1_500, coldLoadMs: 3_000 });
});

test("UX-10: who gives up in the queue has waited until then; who never waited has no such figure", () => {
  const { activity, row } = rows();
  activity.observe({ type: "request-queued", at: noon, request, node, model, position: 1 });
  activity.observe({ type: "request-finished", at: noon + 700, request, outcome: "client-gone", status: 499, facts, attempts: 0 });
  expect(row()).toMatchObject({ phase: "done", queuedMs: 700 });
  const straight = rows();
  straight.activity.observe({ type: "attempt-started", at: noon + 5, request, attempt: AttemptId.parse("a1"), node, model });
  expect(straight.row()).not.toHaveProperty("queuedMs");
  expect(straight.row()).not.toHaveProperty("phaseAt");
});

test("UX-11: a request whose model is loaded is not told as loading any more", () => {
  const { activity, row } = rows();
  activity.observe({ type: "request-loading", at: noon + 10, request, node, model });
  activity.observe({ type: "request-loaded", at: noon + 3_010, request, ms: 3_000 });
  expect(row()?.phase).toBe("deciding");
});
