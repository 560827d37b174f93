// Cold loads: one for all who wait, whoever comes and goes.
import { describe, expect, it } from "vitest";
import { fail } from "../../src-core/contract/failure.ts";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import type { LoadWish } from "../../src-core/engine/flight.ts";
import { FakeAdapter } from "../support/fake-adapter.ts";
import { smallFleet } from "../support/small-fleet.ts";

const a = NodeId.parse("a");
const wish = (model = "m", more: Partial<LoadWish> = {}): LoadWish => ({
  node: a,
  model: ModelId.parse(model),
  options: {},
  by: "request",
  ...more,
});
const stay = () => undefined;

describe("the loader", () => {
  it("F31, I5: twenty who want the same model cause one load call and are all answered", async () => {
    const adapter = new FakeAdapter(["m"]);
    const { loader, count } = await smallFleet({ a: adapter });
    const all = Promise.all(Array.from({ length: 20 }, () => loader.ensure(wish(), stay)));
    await adapter.loading(1);
    adapter.loads[0]?.finish();
    expect(await all).toEqual(Array(20).fill(undefined));
    expect(adapter.loads).toHaveLength(1);
    expect(count("load-started")).toBe(1);
    expect(count("load-finished")).toBe(1);
  });

  it("F32: fifty clients of which one leaves every 100 ms: one load, no waiter lost", async () => {
    const adapter = new FakeAdapter(["m"]);
    const { loader, clock } = await smallFleet({ a: adapter });
    const leavers: (() => void)[] = [];
    const outcomes = Array.from({ length: 50 }, () => loader.ensure(wish(), (leave) => leavers.push(leave)));
    await adapter.loading(1);
    for (const leave of leavers.slice(0, 25)) {
      leave();
      clock.advance(100);
    }
    adapter.loads[0]?.finish();
    const ended = await Promise.all(outcomes);
    expect(ended.slice(0, 25)).toEqual(Array(25).fill("left"));
    expect(ended.slice(25)).toEqual(Array(25).fill(undefined));
    expect(adapter.loads).toHaveLength(1);
  });

  it("UX-28: a load begun anew by hand stops the call and starts another; who waits waits on, and who leaves is not counted twice", async () => {
    const adapter = new FakeAdapter(["m"]);
    const { loader, store, count } = await smallFleet({ a: adapter });
    let leave = () => {};
    const leaver = loader.ensure(wish(), (fn) => {
      leave = fn;
    });
    const waiter = loader.ensure(wish(), stay);
    await adapter.loading(1);
    expect(loader.again(a, ModelId.parse("m"))).toBe(true);
    expect(adapter.loads[0]?.aborted()).toBe(true);
    adapter.loads[0]?.finish(fail("cancelled", "aborted"));
    await adapter.loading(2);
    await expect.poll(() => Object.values(store.fleet.loads)).toMatchObject([{ waiters: 2, by: "user", stage: "loading" }]);
    expect(store.fleet.nodes["a"]?.models["m"]?.residency.state).toBe("loading");
    leave();
    expect(await leaver).toBe("left");
    expect(Object.values(store.fleet.loads)).toMatchObject([{ waiters: 1 }]);
    adapter.loads[1]?.finish();
    expect(await waiter).toBeUndefined();
    expect([count("load-started"), count("load-finished"), adapter.loads.length]).toEqual([2, 2, 2]);
    expect(store.fleet.nodes["a"]?.models["m"]?.residency.state).toBe("warm");
    expect(loader.again(a, ModelId.parse("m"))).toBe(false);
  });

  it("UX-28: who waits for a load that is given up by hand goes on elsewhere, and the model is not blamed", async () => {
    const adapter = new FakeAdapter(["m"]);
    const { loader, store } = await smallFleet({ a: adapter });
    const waiter = loader.ensure(wish(), stay);
    await adapter.loading(1);
    expect(loader.cancel(a, ModelId.parse("m"), true)).toBe(true);
    expect(await waiter).toMatchObject({ kind: "connect-failed", node: "a" });
    adapter.loads[0]?.finish(fail("cancelled", "aborted"));
    await expect.poll(() => Object.keys(store.fleet.loads)).toEqual([]);
    expect(store.fleet.nodes["a"]).toMatchObject({ health: { state: "up" }, breaker: { state: "closed" } });
    expect(store.fleet.nodes["a"]?.models["m"]?.setAside).toBeUndefined();
  });

  it("F33: when all have left, the load is cancelled after 30 s if it is under half done, and the model is not set aside for it", async () => {
    const adapter = new FakeAdapter(["m"]);
    const { loader, clock, store } = await smallFleet({ a: adapter });
    let leave = () => {};
    const only = loader.ensure(wish(), (fn) => {
      leave = fn;
    });
    await adapter.loading(1);
    leave();
    expect(await only).toBe("left");
    clock.advance(29_999);
    expect(adapter.loads[0]?.aborted()).toBe(false);
    clock.advance(1);
    expect(adapter.loads[0]?.aborted()).toBe(true);
    await expect.poll(() => Object.keys(store.fleet.loads)).toEqual([]);
    expect(store.fleet.nodes["a"]?.models["m"]).toMatchObject({ residency: { state: "cold" } });
    expect(store.fleet.nodes["a"]?.models["m"]?.setAside).toBeUndefined();
  });

  it("F33: a load more than half done goes on without waiters, and one that the user began is never cancelled so", async () => {
    const adapter = new FakeAdapter(["m", "n"]);
    const other = new FakeAdapter(["m"]);
    const { loader, clock } = await smallFleet({ a: adapter, b: other });
    const leavers: (() => void)[] = [];
    const both = [wish(), wish("m", { node: NodeId.parse("b"), by: "user" })].map((one) =>
      loader.ensure(one, (leave) => leavers.push(leave)),
    );
    await Promise.all([adapter.loading(1), other.loading(1)]);
    adapter.loads[0]?.progress({ fraction: 0.6 });
    for (const leave of leavers) leave();
    await Promise.all(both);
    clock.advance(60_000);
    expect([adapter.loads[0]?.aborted(), other.loads[0]?.aborted()]).toEqual([false, false]);
  });

  it("one who comes back within the 30 s keeps the load alive", async () => {
    const adapter = new FakeAdapter(["m"]);
    const { loader, clock } = await smallFleet({ a: adapter });
    let leave = () => {};
    const first = loader.ensure(wish(), (fn) => {
      leave = fn;
    });
    await adapter.loading(1);
    leave();
    await first;
    clock.advance(20_000);
    const second = loader.ensure(wish(), stay);
    clock.advance(20_000);
    adapter.loads[0]?.finish();
    expect(await second).toBeUndefined();
  });

  it("loads on one node wait for each other; a different context is a different load", async () => {
    const adapter = new FakeAdapter(["m", "n"]);
    const { loader, store } = await smallFleet({ a: adapter });
    const first = loader.ensure(wish("m"), stay);
    const second = loader.ensure(wish("m", { options: { contextTokens: 8192 } }), stay);
    await adapter.loading(1);
    expect(Object.values(store.fleet.loads).map((load) => load.stage)).toEqual(["loading", "queued"]);
    adapter.loads[0]?.finish();
    await first;
    await adapter.loading(2);
    adapter.loads[1]?.finish();
    expect(await second).toBeUndefined();
  });

  it("UX-24, F36: a node that says it loaded but does not list the model has not loaded it", async () => {
    const adapter = new FakeAdapter(["m"]);
    const { loader } = await smallFleet({ a: adapter });
    const waiting = loader.ensure(wish(), stay);
    await adapter.loading(1);
    adapter.loads[0]?.progress({ fraction: 1 });
    adapter.loads[0]?.finish();
    adapter.warm.clear();
    expect(await waiting).toMatchObject({ kind: "load-failed" });
  });

  it("a failed load is told to every waiter", async () => {
    const adapter = new FakeAdapter(["m"]);
    const { loader } = await smallFleet({ a: adapter });
    const all = Promise.all([1, 2, 3].map(() => loader.ensure(wish(), stay)));
    await adapter.loading(1);
    adapter.loads[0]?.finish(fail("out-of-memory", "no room"));
    expect((await all).map((one) => (one === undefined || one === "left" ? one : one.kind))).toEqual(Array(3).fill("out-of-memory"));
  });

  it("F35: a load whose node reported progress and then nothing for 90 s is given up", async () => {
    const adapter = new FakeAdapter(["m"]);
    const { loader, clock } = await smallFleet({ a: adapter });
    const waiting = loader.ensure(wish(), stay);
    await adapter.loading(1);
    adapter.loads[0]?.progress({ fraction: 0.3 });
    clock.advance(90_000);
    expect(await waiting).toMatchObject({ kind: "load-failed", message: expect.stringContaining("no progress for 90 s") });
  });

  it("demand 3.10: makes room by unloading idle models only when the plan shows that it then fits", async () => {
    const adapter = new FakeAdapter(["m", "old"], ["old"]);
    const bytes = 10e9;
    const document = {
      nodes: [{ id: a, kind: "ollama" as const, url: "http://a:1", devices: [{ memoryBytes: 12e9 }] }],
      catalogue: ["m", "old"].map((model) => ({ model: ModelId.parse(model), bytes })),
    };
    const { loader, store, clock } = await smallFleet({ a: adapter }, document);
    store.record({
      type: "probe-answered",
      at: clock.now(),
      node: a,
      latencyMs: 1,
      sighting: {
        models: [
          { id: ModelId.parse("m"), residency: { state: "cold" } },
          { id: ModelId.parse("old"), residency: { state: "warm", bytes } },
        ],
      },
    });
    const waiting = loader.ensure(wish(), stay);
    await adapter.loading(1);
    expect(adapter.unloads).toEqual(["old"]);
    adapter.loads[0]?.finish();
    expect(await waiting).toBeUndefined();
  });
});
