// What people are told of requests, and when: bugs would be an answer that is seen before it is counted, a running request that shows nowhere, or a
// figure read too early.
import { afterEach, expect, it } from "vitest";
import { defaultConfig } from "../../src-core/contract/config.ts";
import type { EngineEvent } from "../../src-core/contract/events.ts";
import { AttemptId, ModelId, NodeId, RequestId } from "../../src-core/contract/ids.ts";
import { Chronicle } from "../../src-core/engine/chronicle.ts";
import { Store } from "../../src-core/engine/store.ts";
import { openJournal } from "../../src-core/host/journal.ts";
import { noon, someFacts } from "../support/builders.ts";
import { FakeClock } from "../support/fake-clock.ts";

const request = RequestId.parse("r1");
const model = ModelId.parse("tiny");
const facts = someFacts("tiny", { id: request });
const received: EngineEvent = { type: "request-received", at: noon, facts };
const started: EngineEvent = {
  type: "attempt-started",
  at: noon,
  request,
  attempt: AttemptId.parse("a1"),
  node: NodeId.parse("attic"),
  model,
};
const finished: EngineEvent = { type: "request-finished", at: noon, request, outcome: "ok", status: 200, facts, attempts: 1 };

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

function aHouse(broken?: () => boolean) {
  const clock = new FakeClock();
  const store = new Store(defaultConfig, clock, () => 0.5);
  const lines: string[] = [];
  const changedRows: number[] = [];
  const say = (_: unknown, message: string) => void lines.push(message);
  const log = { info: say, warn: say, error: say };
  const journal = openJournal(":memory:", log);
  const onRowChanged = broken ?? (() => changedRows.push(clock.monotonic()) > 0);
  const chronicle = new Chronicle({
    store,
    clock,
    log,
    journal,
    secrets: { resolve: () => undefined },
    queues: () => undefined,
    onRowChanged,
  });
  store.observe(chronicle.observe);
  ends.push(() => {
    chronicle.stop();
    journal.close();
  });
  return { clock, store, chronicle, lines, changedRows };
}

it("a request on its way waits for nobody to be told of it, and shows within 20 ms", () => {
  const { clock, store, changedRows } = aHouse();
  store.record(received);
  store.record(started);
  expect(changedRows).toEqual([]);
  clock.advance(19);
  expect(changedRows).toEqual([]);
  clock.advance(1);
  expect(changedRows).toEqual([20, 20]);
});

it("an end is counted, logged and kept before the next bytes are read, and once", async () => {
  const { clock, store, lines, chronicle } = aHouse();
  for (const event of [received, started, finished]) store.record(event);
  expect(lines).toEqual([]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(lines).toEqual(["request"]);
  clock.advance(1_000);
  expect(lines).toEqual(["request"]);
  expect(chronicle.history.page({ limit: 5 }).rows).toMatchObject([{ id: "r1", outcome: "ok" }]);
});

it("whoever reads is told everything first, in the order it happened", async () => {
  const { store, chronicle } = aHouse();
  for (const event of [received, started]) store.record(event);
  expect(chronicle.activity.latest(1)).toMatchObject([{ id: "r1", phase: "waiting", node: "attic" }]);
  store.record(finished);
  expect(chronicle.activity.latest(1)).toMatchObject([{ phase: "done", outcome: "ok" }]);
  expect(await chronicle.metrics.exposition()).toContain('homeport_requests_total{outcome="ok",dialect="openai"} 1');
});

it("a bug in one reader is logged, and neither ends the gateway nor keeps the others from what happened", async () => {
  const { store, lines } = aHouse(() => {
    throw new Error("a broken window");
  });
  for (const event of [received, started, finished]) store.record(event);
  await new Promise((resolve) => setImmediate(resolve));
  expect(lines).toEqual([...Array<string>(3).fill("a bug in telling what happened"), "request"]);
});

it("nothing is lost at the end", () => {
  const { store, chronicle, lines } = aHouse();
  for (const event of [received, started, finished]) store.record(event);
  chronicle.stop();
  expect(lines).toEqual(["request"]);
});

it("an observer hears of the facts it wished for, in the order in which observers came, also one that came later", () => {
  const store = new Store(defaultConfig, new FakeClock(), () => 0.5);
  const heard: string[] = [];
  store.observe((event) => heard.push(`all ${event.type}`));
  store.observe((event) => heard.push(`changes ${event.type}`), "changes");
  store.record(received);
  store.observe((event) => heard.push(`one ${event.type}`), ["request-received"]);
  store.record(received);
  store.record(started);
  expect(heard).toEqual([
    "all request-received",
    "all request-received",
    "one request-received",
    "all attempt-started",
    "changes attempt-started",
  ]);
});
