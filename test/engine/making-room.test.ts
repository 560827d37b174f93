// Room for a load: planned when acting, never at the cost of who works (demands.md 3.9-3.11).
import { describe, expect, it } from "vitest";
import { fail } from "../../src-core/contract/failure.ts";
import { AttemptId, ModelId, NodeId, RequestId } from "../../src-core/contract/ids.ts";
import { FakeAdapter } from "../support/fake-adapter.ts";
import { smallFleet } from "../support/small-fleet.ts";

const a = NodeId.parse("a");
const id = (name: string) => ModelId.parse(name);
const stay = () => undefined;
const second = 1_000;

/** A node of 12 GB where every model takes 10; "old" is in memory. */
async function crowded(memory = {}) {
  const adapter = new FakeAdapter(["m", "old"], ["old"]);
  const fleet = await smallFleet(
    { a: adapter },
    {
      nodes: [{ id: a, kind: "ollama", url: "http://a:1", devices: [{ memoryBytes: 12e9 }] }],
      catalogue: ["m", "old"].map((model) => ({ model, bytes: 10e9 })),
      memory,
    },
  );
  const { store, clock, loader } = fleet;
  const request = RequestId.parse("r1");
  const attempt = AttemptId.parse("r1.1");
  return {
    ...fleet,
    adapter,
    load: (model: string) => loader.ensure({ node: a, model: id(model), options: {}, by: "request" }, stay),
    begins: (model: string) => store.record({ type: "attempt-started", at: clock.now(), request, attempt, node: a, model: id(model) }),
    ends: (model: string) =>
      store.record({ type: "attempt-finished", at: clock.now(), request, attempt, node: a, model: id(model), verdict: "good" }),
    stateOf: (model: string) => store.fleet.nodes["a"]?.models[model]?.residency.state,
  };
}

describe("making room", () => {
  it("demands 3.9: a model at work is not evicted: it takes nobody new, ends its work, and leaves then", async () => {
    const { adapter, load, begins, ends, stateOf, events } = await crowded();
    begins("old");
    const waiting = load("m");
    await expect.poll(() => stateOf("old")).toBe("unloading");
    expect([adapter.unloads, adapter.loads.length]).toEqual([[], 0]);
    ends("old");
    await adapter.loading(1);
    expect(adapter.unloads).toEqual(["old"]);
    adapter.loads[0]?.finish();
    expect(await waiting).toBeUndefined();
    expect(events.filter(({ type }) => type === "unload-finished")).toMatchObject([{ model: "old", roomFor: "m" }]);
  });

  it("demands 3.9: work without a pause keeps its model; who waited for the room is told, and nothing was unloaded", async () => {
    const { adapter, load, begins, clock, stateOf } = await crowded();
    begins("old");
    const waiting = load("m");
    await expect.poll(() => stateOf("old")).toBe("unloading");
    clock.advance(151 * second);
    expect(await waiting).toMatchObject({ kind: "does-not-fit", message: expect.stringContaining("at work without a pause") });
    expect([adapter.unloads, stateOf("old")]).toEqual([[], "warm"]);
  });

  it("demands 3.10: a load that fails although it fitted on paper evicts no more, and is not repeated by itself", async () => {
    const { adapter, load } = await crowded();
    const waiting = load("m");
    await adapter.loading(1);
    adapter.loads[0]?.finish(fail("out-of-memory", "no room after all"));
    expect(await waiting).toMatchObject({ kind: "out-of-memory" });
    expect([adapter.unloads, adapter.loads.length]).toEqual([["old"], 1]);
  });

  it("demands 3.10: what cannot fit evicts nobody", async () => {
    const { adapter, load } = await crowded({ mostEvictions: 0 });
    expect(await load("m")).toMatchObject({ kind: "does-not-fit" });
    expect(adapter.unloads).toEqual([]);
  });

  it("an unload that fails ends the load, and the model counts as warm again", async () => {
    const { adapter, load, stateOf } = await crowded();
    adapter.unload = () => Promise.resolve(fail("upstream-unavailable", "a answered with error 500"));
    expect(await load("m")).toMatchObject({ kind: "upstream-unavailable" });
    expect([stateOf("old"), adapter.loads.length]).toEqual(["warm", 0]);
  });

  it("F34: who became warm a moment ago is waited for, and goes at the end of its 30 s", async () => {
    const { adapter, load, clock } = await crowded();
    const first = load("m");
    await adapter.loading(1);
    adapter.loads[0]?.finish();
    await first;
    const back = load("old");
    await clock.sleepingFor(30 * second);
    clock.advance(29 * second);
    expect(adapter.unloads).toEqual(["old"]);
    clock.advance(second);
    await adapter.loading(2);
    expect(adapter.unloads).toEqual(["old", "m"]);
    adapter.loads[1]?.finish();
    expect(await back).toBeUndefined();
  });

  it("demands 3.11: a request during a load joins it, and never reverses it", async () => {
    const { adapter, load, stateOf } = await crowded();
    const first = load("m");
    await adapter.loading(1);
    const behind = load("old");
    const joined = load("m");
    expect([adapter.loads.length, adapter.loads[0]?.aborted(), stateOf("m")]).toEqual([1, false, "loading"]);
    adapter.loads[0]?.finish();
    expect([await first, await joined]).toEqual([undefined, undefined]);
    expect(adapter.loads.filter(({ model }) => model === "m")).toHaveLength(1);
    void behind;
  });
});
