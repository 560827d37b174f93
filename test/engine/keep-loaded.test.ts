// What a person wants kept in memory, over a fake node and a fake clock: loaded again when it is gone, and never against a failure.
import { expect, test } from "vitest";
import { fail } from "../../src-core/contract/failure.ts";
import { type ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { KeepLoaded, type KeepLoadedParts, keepLoadedFacts } from "../../src-core/engine/keep-loaded.ts";
import { aNode } from "../support/builders.ts";
import { FakeAdapter } from "../support/fake-adapter.ts";
import { smallFleet } from "../support/small-fleet.ts";

const a = NodeId.parse("a");
const minute = 60_000;

async function keeping(outcome: Awaited<ReturnType<KeepLoadedParts["load"]>>) {
  const adapter = new FakeAdapter(["m"]);
  const home = await smallFleet({ a: adapter }, { modelOptions: [{ model: "m", keptOn: ["a"] }] });
  const { store, clock, poller } = home;
  const asked: string[] = [];
  const warned: object[] = [];
  const log = { debug: () => {}, info: () => {}, warn: (facts: object) => void warned.push(facts), error: () => {} };
  const load = async (_node: NodeId, model: ModelId) => {
    asked.push(model);
    return outcome;
  };
  const keeper = new KeepLoaded({ store, clock, log, poller, adapterOf: () => adapter, load });
  store.observe(keeper.observe, keepLoadedFacts);
  const { kind, name, url, place, enabled, demo, can, memory } = aNode("a");
  const description = { id: a, kind, name, url, place, enabled, demo, can, memory, keeps: ["m"] };
  store.record({ type: "config-applied", at: clock.now(), config: store.config, nodes: [description] });
  const probe = () => poller.probeAfresh(a);
  await probe();
  return { ...home, asked, warned, probe };
}

test("UX-05: what is gone is loaded again, but one wish is carried out once a minute at most", async () => {
  const { asked, probe, clock } = await keeping({ ms: 1 });
  await probe();
  expect(asked).toEqual(["m"]);
  clock.advance(minute);
  await probe();
  expect(asked).toEqual(["m", "m"]);
});

test("a load that failed is told once, and not tried again for ten minutes", async () => {
  const { asked, warned, probe, clock } = await keeping({ failure: fail("does-not-fit", "No room.") });
  for (let at = 0; at < 9; at += 1) {
    clock.advance(minute);
    await probe();
  }
  expect([asked.length, warned.length]).toEqual([1, 1]);
  clock.advance(2 * minute);
  await probe();
  expect(asked).toHaveLength(2);
});

test("demands 21: memory that is lent is left alone, and what is kept comes back when it is returned", async () => {
  const { asked, probe, clock, store } = await keeping({ ms: 1 });
  store.record({ type: "node-lent", at: clock.now(), node: a, until: null });
  clock.advance(5 * minute);
  await probe();
  expect(asked).toHaveLength(1);
  store.record({ type: "node-returned", at: clock.now(), node: a });
  await probe();
  expect(asked).toHaveLength(2);
});
