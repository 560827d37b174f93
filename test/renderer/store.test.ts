import { expect, test } from "vitest";
import { activityCap, WindowStore } from "../../renderer/client/store.ts";
import type { Push, Reply, Transport } from "../../src-core/contract/api.ts";
import { fail } from "../../src-core/contract/failure.ts";
import { RequestId } from "../../src-core/contract/ids.ts";
import type { RequestRow } from "../../src-core/contract/route.ts";
import { sampleSnapshot } from "../support/sample-snapshot.ts";

function aLine(reply: Reply = { ok: true, output: {} }) {
  let push: (push: Push) => void = () => {};
  let change: (connected: boolean) => void = () => {};
  const transport: Transport = {
    call: async () => reply,
    listen: (onPush, onState) => {
      push = onPush;
      change = onState ?? change;
      return () => {};
    },
  };
  const store = new WindowStore(transport, () => 5_000);
  store.start();
  return { store, push: (one: Push) => push(one), change: (connected: boolean) => change(connected) };
}

const aRow = (id: number, phase: RequestRow["phase"]): RequestRow => ({
  id: RequestId.parse(String(id)),
  at: id,
  dialect: "openai",
  task: "chat",
  model: "m",
  stream: true,
  phase,
  attempts: [],
});

test("Ages need no clock agreement: the offset between both clocks is kept from the snapshot", () => {
  const { store, push } = aLine();
  push({ type: "snapshot", snapshot: { ...sampleSnapshot, now: 65_000 } });
  expect(store.state()).toMatchObject({ line: { state: "connected" }, offsetMs: 60_000, heardAt: 5_000 });
});

test("UX-12: a lost line keeps the last state and says since when", () => {
  const { store, push, change } = aLine();
  push({ type: "snapshot", snapshot: sampleSnapshot });
  change(false);
  expect(store.state()).toMatchObject({ line: { state: "lost", since: 5_000 }, snapshot: sampleSnapshot });
  push({ type: "snapshot", snapshot: sampleSnapshot });
  expect(store.state().line).toEqual({ state: "connected" });
});

test("A key that is not valid any more is told apart from silence", async () => {
  const failure = fail("unauthorized", "This window's key is not valid any more.");
  const { store, change } = aLine({ ok: false, failure });
  const told = new Promise<void>((resolve) => {
    store.subscribe(() => {
      if (store.state().line.state === "refused") resolve();
    });
  });
  change(false);
  await told;
  expect(store.state().line).toEqual({ state: "refused", failure });
});

test("Running requests stand first, then the newest; a row sent again replaces itself", () => {
  const { store, push } = aLine();
  push({ type: "activity", rows: [aRow(1, "streaming"), aRow(2, "done"), aRow(3, "done")] });
  expect(store.activity().map((row) => row.id)).toEqual(["1", "3", "2"]);
  push({ type: "activity", rows: [aRow(1, "done")] });
  expect(store.activity().map((row) => row.id)).toEqual(["3", "2", "1"]);
});

test("A day of traffic does not grow the window: beyond the cap the oldest finished rows go, running ones stay", () => {
  const { store, push } = aLine();
  push({
    type: "activity",
    rows: [aRow(0, "streaming"), ...Array.from({ length: activityCap + 10 }, (_, index) => aRow(index + 1, "done"))],
  });
  expect(store.activity()).toHaveLength(activityCap);
  expect(store.activity()[0]?.id).toBe("0");
  expect(store.activity().at(-1)?.id).toBe("12");
});
