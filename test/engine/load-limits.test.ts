// How long a load may take, and what becomes of one that stands still.
import { describe, expect, it } from "vitest";
import { fail } from "../../src-core/contract/failure.ts";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { loadBar } from "../../src-core/contract/progress.ts";
import { FakeAdapter } from "../support/fake-adapter.ts";
import { smallFleet } from "../support/small-fleet.ts";

const a = NodeId.parse("a");
const m = ModelId.parse("m");
const stay = () => undefined;
const second = 1_000;

async function loading(document = {}) {
  const adapter = new FakeAdapter(["m"]);
  const fleet = await smallFleet({ a: adapter }, document);
  const waiting = fleet.loader.ensure({ node: a, model: m, options: {}, by: "request" }, stay);
  await adapter.loading(1);
  const [load] = adapter.loads;
  if (load === undefined) throw new Error("It was asked to load.");
  return { ...fleet, adapter, waiting, load };
}

describe("the limits of a load", () => {
  it("4.5: a load of which nothing is known is given 1800 s", async () => {
    const { clock, load, waiting } = await loading();
    clock.advance(1_800 * second - 1);
    expect(load.aborted()).toBe(false);
    clock.advance(1);
    expect(load.aborted()).toBe(true);
    expect(await waiting).toMatchObject({ kind: "load-failed", node: "a", model: "m" });
  });

  it("4.5: 'already loaded' on an error is a success: somebody else won the race", async () => {
    const { adapter, load, waiting, store } = await loading();
    adapter.warm.add("m");
    load.finish(fail("load-failed", "a could not load the model: model is already loaded"));
    expect(await waiting).toBeUndefined();
    expect(store.fleet.nodes["a"]?.models["m"]?.setAside).toBeUndefined();
  });

  it("4.5: it is loaded in our eyes at once, also where the node's list cannot be had just now", async () => {
    const { adapter, load, waiting, store } = await loading();
    adapter.sick = fail("connect-failed", "no answer");
    load.finish();
    expect(await waiting).toBeUndefined();
    await expect.poll(() => store.fleet.nodes["a"]?.models["m"]?.residency.state).toBe("warm");
  });

  it("demands 3.8: a load that makes progress is not ended by its size, however long it takes", async () => {
    const { adapter, clock, load, waiting } = await loading({ loads: { maxSeconds: 1800 } });
    for (let step = 1; step <= 99; step += 1) {
      load.progress({ fraction: step / 100 });
      clock.advance(80 * second);
    }
    expect(load.aborted()).toBe(false);
    load.finish();
    expect(await waiting).toBeUndefined();
    expect(adapter.loads).toHaveLength(1);
  });

  it("demands 3.8: the more bytes, the more time a silent load has: 200 GB take longer than 1800 s from a slow disk", async () => {
    const adapter = new FakeAdapter(["m"]);
    const { clock, store, loader } = await smallFleet({ a: adapter });
    store.record({
      type: "probe-answered",
      at: clock.now(),
      node: a,
      latencyMs: 1,
      sighting: { models: [{ id: m, residency: { state: "cold" }, bytes: 200e9 }] },
    });
    void loader.ensure({ node: a, model: m, options: {}, by: "request" }, stay);
    await adapter.loading(1);
    clock.advance(3_999 * second);
    expect(adapter.loads[0]?.aborted()).toBe(false);
    clock.advance(second);
    expect(adapter.loads[0]?.aborted()).toBe(true);
  });

  it("F35: no progress for 90 s: shown stuck, given up, told to who waits, and the node is asked to unload after its state was read", async () => {
    const { adapter, clock, load, waiting, store } = await loading();
    load.progress({ fraction: 0.3 });
    clock.advance(89 * second);
    const shown = store.fleet.loads["load-1"];
    if (shown === undefined) throw new Error("It is under way.");
    expect(loadBar(shown, clock.now() + 2 * second)).toMatchObject({ overdue: true, source: "node" });
    expect(load.aborted()).toBe(false);
    const probes = adapter.probes;
    clock.advance(second);
    expect(await waiting).toMatchObject({ kind: "load-failed", message: expect.stringContaining("no progress for 90 s") });
    await expect.poll(() => adapter.unloads).toEqual(["m"]);
    expect(adapter.probes).toBeGreaterThan(probes);
  });

  it("F35: a load that came after all while it was given up is left in memory", async () => {
    const { adapter, clock, load, waiting } = await loading();
    load.progress({ fraction: 0.3 });
    adapter.warm.add("m");
    clock.advance(90 * second);
    await waiting;
    await expect.poll(() => adapter.probes).toBeGreaterThan(2);
    expect(adapter.unloads).toEqual([]);
  });

  it("F35, F36: a node that repeats the same figure makes no progress", async () => {
    const { clock, load, waiting } = await loading();
    for (let at = 0; at < 9; at += 1) {
      load.progress({ fraction: 0.7, stage: "text_model" });
      clock.advance(10 * second);
    }
    expect(load.aborted()).toBe(true);
    expect(await waiting).toMatchObject({ kind: "load-failed" });
  });

  it("F36: 100 % is no model in memory: what the node lists decides, and the model is set aside", async () => {
    const { adapter, load, waiting, store } = await loading();
    load.progress({ fraction: 1 });
    load.finish();
    adapter.warm.clear();
    expect(await waiting).toMatchObject({ kind: "load-failed" });
    expect(store.fleet.nodes["a"]?.models["m"]).toMatchObject({ residency: { state: "cold" }, setAside: { count: 1 } });
  });

  it("F36: 100 % and then silence ends by the same 90 s", async () => {
    const { clock, load, waiting } = await loading();
    load.progress({ fraction: 1 });
    clock.advance(90 * second);
    expect(load.aborted()).toBe(true);
    expect(await waiting).toMatchObject({ kind: "load-failed" });
  });
});
