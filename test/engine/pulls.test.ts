// Fetches belong to the engine: one of a model on a node, bounded, followed, stopped, and never lost.
import { describe, expect, it } from "vitest";
import { Config, type ConfigDocument } from "../../src-core/contract/config.ts";
import { type Failure, fail } from "../../src-core/contract/failure.ts";
import type { Fleet } from "../../src-core/contract/fleet.ts";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { PullNotices } from "../../src-core/engine/observers/pull-notices.ts";
import type { PullProgress } from "../../src-core/engine/ports.ts";
import { Pulls } from "../../src-core/engine/pulls.ts";
import { FakeAdapter } from "../support/fake-adapter.ts";
import { smallFleet } from "../support/small-fleet.ts";

const model = ModelId.parse("gemma3:4b");
const id = (name: string) => NodeId.parse(name);

interface Fetching {
  readonly model: string;
  readonly tell: (progress: PullProgress) => void;
  readonly end: (failure?: Failure) => void;
  readonly signal: AbortSignal;
}

/** A node whose fetches end when the test says so. */
class Fetcher extends FakeAdapter {
  readonly fetches: Fetching[] = [];
  readonly removed: string[] = [];

  pull(wanted: string, tell: (progress: PullProgress) => void, signal: AbortSignal): Promise<Failure | undefined> {
    return new Promise((end) => {
      signal.addEventListener("abort", () => end(fail("cancelled", "It was stopped; what was fetched stays.")));
      this.fetches.push({ model: wanted, tell, end, signal });
    });
  }

  remove(wanted: string): Promise<Failure | undefined> {
    this.removed.push(wanted);
    return Promise.resolve(undefined);
  }
}

async function house(names: readonly string[], document: ConfigDocument = { modelFiles: { pull: true, remove: true } }) {
  const adapters = Object.fromEntries(names.map((name) => [name, new Fetcher(["old:1b"])]));
  const fleet = await smallFleet(adapters, document);
  const { store, clock, poller } = fleet;
  const nodes = Object.values(store.fleet.nodes).map(({ id: node, kind, name, url, place, enabled, demo, can, memory }) => {
    return { id: node, kind, name, url, place, enabled, demo, can: { ...can, pull: true, remove: true }, memory };
  });
  // The abilities are what a probe of such a kind tells.
  for (const node of nodes) {
    const models = [{ id: ModelId.parse("old:1b"), residency: { state: "cold" as const } }];
    store.record({ type: "probe-answered", at: clock.now(), node: node.id, latencyMs: 1, sighting: { can: node.can, models } });
  }
  for (const adapter of Object.values(adapters)) {
    const probe = adapter.probe.bind(adapter);
    adapter.probe = async () => ({
      ...(await probe()),
      can: nodes[0]?.can ?? { load: true, unload: true, loadsUnlisted: false, dialects: [] },
    });
  }
  const pulls = new Pulls({ store, clock, poller, adapterOf: (node) => adapters[node] });
  const at = (name: string) => adapters[name]?.fetches ?? [];
  return { ...fleet, pulls, at, adapters, shown: () => Object.values(store.fleet.pulls ?? {}) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("a fetch", () => {
  it("S-08: nothing is fetched or deleted before a person turned that on", async () => {
    const { pulls, at, adapters } = await house(["a"], {});
    expect(pulls.pull([id("a")], model)).toMatchObject([{ node: "a", failure: { kind: "forbidden", field: "modelFiles.pull" } }]);
    expect(await pulls.remove(id("a"), ModelId.parse("old:1b"))).toMatchObject({ kind: "forbidden", field: "modelFiles.remove" });
    expect([at("a").length, adapters["a"]?.removed]).toEqual([0, []]);
  });

  it("demands 23: however often it is asked for, one fetch of a model on a node runs", async () => {
    const { pulls, at, shown } = await house(["a"]);
    pulls.pull([id("a"), id("a")], model);
    pulls.pull([id("a")], ModelId.parse("GEMMA3:4b"));
    expect(at("a")).toHaveLength(1);
    expect(shown()).toHaveLength(1);
  });

  it("demands 23: to many nodes, each with figures of its own; more than may run at once wait their turn", async () => {
    const { pulls, at, shown } = await house(["a", "b", "c"], { modelFiles: { pull: true, atOnce: 2 } });
    expect(pulls.pull([id("a"), id("b"), id("c")], model)).toEqual([]);
    at("a")[0]?.tell({ stage: "pulling", completedBytes: 25, totalBytes: 100 });
    at("b")[0]?.tell({ stage: "pulling", completedBytes: 50, totalBytes: 100 });
    expect(shown()).toMatchObject([
      { node: "a", state: "pulling", fraction: 0.25, completedBytes: 25, totalBytes: 100 },
      { node: "b", state: "pulling", fraction: 0.5 },
      { node: "c", state: "waiting" },
    ]);
    at("a")[0]?.end();
    await expect.poll(() => at("c").length).toBe(1);
    expect(shown().map(({ node }) => node)).toEqual(["b", "c"]);
  });

  it("one node fetches one model at a time: two would only share its line and its disk", async () => {
    const { pulls, at } = await house(["a"]);
    pulls.pull([id("a")], model);
    pulls.pull([id("a")], ModelId.parse("other:1b"));
    expect(at("a").map((fetch) => fetch.model)).toEqual(["gemma3:4b"]);
    at("a")[0]?.end();
    await expect.poll(() => at("a").length).toBe(2);
  });

  it("UX-27: its bar never moves backwards when the node learns of another part", async () => {
    const { pulls, at, shown, clock } = await house(["a"]);
    pulls.pull([id("a")], model);
    at("a")[0]?.tell({ completedBytes: 90, totalBytes: 100 });
    clock.advance(1_000);
    at("a")[0]?.tell({ completedBytes: 90, totalBytes: 300 });
    expect(shown()[0]).toMatchObject({ fraction: 0.9, totalBytes: 300 });
  });

  it("what an earlier fetch had left is no speed of this one", async () => {
    const { pulls, at, shown, clock } = await house(["a"]);
    pulls.pull([id("a")], model);
    at("a")[0]?.tell({ completedBytes: 4e9, totalBytes: 8e9 });
    clock.advance(2_000);
    at("a")[0]?.tell({ completedBytes: 4.2e9, totalBytes: 8e9 });
    expect(shown()[0]?.bytesPerSecond).toBeCloseTo(0.1e9);
  });

  it("a node that tells of every buffer does not flood the window: four figures a second", async () => {
    const { pulls, at, count, clock } = await house(["a"]);
    pulls.pull([id("a")], model);
    const before = count("pull-progressed");
    for (let step = 0; step < 100; step++) {
      at("a")[0]?.tell({ stage: "pulling", completedBytes: step, totalBytes: 100 });
      clock.advance(10);
    }
    expect(count("pull-progressed") - before).toBeLessThanOrEqual(5);
  });

  it("one that failed stays to be seen, with why, until it is tried again or dismissed", async () => {
    const { pulls, at, shown, store } = await house(["a"]);
    pulls.pull([id("a")], model);
    at("a")[0]?.end(fail("disk-full", "The disk of a is too full."));
    await expect.poll(() => shown()[0]?.state).toBe("failed");
    expect(shown()[0]?.failure?.kind).toBe("disk-full");
    pulls.pull([id("a")], model);
    expect(shown()[0]).toMatchObject({ state: "pulling" });
    expect(shown()[0]?.failure).toBeUndefined();
    at("a")[1]?.end(fail("pull-failed", "No."));
    await expect.poll(() => shown()[0]?.state).toBe("failed");
    expect(await pulls.cancel(id("a"), model)).toEqual({});
    expect(store.fleet.pulls).toBeUndefined();
  });

  it("stopping it says what becomes of what was fetched; stopping one that waits asks the node for nothing", async () => {
    const { pulls, at, shown } = await house(["a", "b"], { modelFiles: { pull: true, atOnce: 1 } });
    pulls.pull([id("a"), id("b")], model);
    expect(await pulls.cancel(id("b"), model)).toEqual({ says: "gemma3:4b was not fetched to b." });
    expect(await pulls.cancel(id("a"), model)).toEqual({ says: "It was stopped; what was fetched stays." });
    expect([at("a")[0]?.signal.aborted, at("b").length, shown()]).toEqual([true, 0, []]);
    expect(await pulls.cancel(id("a"), model)).toMatchObject({ failure: { kind: "not-found" } });
  });

  it("a node that goes silent in the middle is given up, and the next try is free", async () => {
    const { pulls, at, shown, clock } = await house(["a"]);
    pulls.pull([id("a")], model);
    at("a")[0]?.tell({ completedBytes: 1, totalBytes: 100 });
    clock.advance(14 * 60_000);
    expect(at("a")[0]?.signal.aborted).toBe(false);
    clock.advance(2 * 60_000);
    await expect.poll(() => shown()[0]?.failure?.message).toMatch(/said nothing about fetching gemma3:4b for 15 minutes/);
    pulls.pull([id("a")], model);
    expect(at("a")).toHaveLength(2);
  });

  it("a node taken out of the settings takes its fetches with it", async () => {
    const { pulls, at, shown, store, clock } = await house(["a"]);
    pulls.pull([id("a")], model);
    store.record({ type: "config-applied", at: clock.now(), config: Config.parse({}), nodes: [] });
    pulls.stop(id("a"));
    await settled();
    expect([at("a")[0]?.signal.aborted, shown()]).toEqual([true, []]);
  });

  it("a node that cannot fetch, or is not there, is told apart from those that begin", async () => {
    const { pulls } = await house(["a"]);
    expect(pulls.pull([id("a"), id("nowhere")], model)).toMatchObject([{ node: "nowhere", failure: { kind: "not-found" } }]);
  });
});

describe("deleting", () => {
  const old = ModelId.parse("old:1b");

  it("what is loaded, used or being fetched is not deleted", async () => {
    const { pulls, adapters, store, clock } = await house(["a"]);
    pulls.pull([id("a")], old);
    expect((await pulls.remove(id("a"), old))?.message).toMatch(/being fetched/);
    await pulls.cancel(id("a"), old);
    const can = store.fleet.nodes["a"]?.can;
    const models = [{ id: old, residency: { state: "warm" as const } }];
    store.record({ type: "probe-answered", at: clock.now(), node: id("a"), latencyMs: 1, sighting: { can, models } });
    expect((await pulls.remove(id("a"), old))?.message).toBe("old:1b is in the memory of a. Unload it first, then delete it.");
    expect(adapters["a"]?.removed).toEqual([]);
  });

  it("nobody is sent to a model in the moment after it was deleted", async () => {
    const { pulls, store, adapters } = await house(["a"]);
    const seen: Fleet[] = [];
    store.observe((event, _before, after) => event.type === "model-removed" && seen.push(after));
    expect(await pulls.remove(id("a"), old)).toBeUndefined();
    expect(adapters["a"]?.removed).toEqual(["old:1b"]);
    expect(seen[0]?.nodes["a"]?.models).toEqual({});
  });
});

describe("its notices", () => {
  it("ux.md 4: a model fetched to three nodes is one notice, a quick one none, and a failure tells its reason", async () => {
    const { pulls, at, store, clock } = await house(["a", "b", "c"]);
    const told: string[] = [];
    store.observe(new PullNotices(({ title, body }) => told.push(`${title}: ${body}`)).observe);
    pulls.pull([id("a"), id("b"), id("c")], model);
    clock.advance(31_000);
    for (const name of ["a", "b"]) at(name)[0]?.end();
    at("c")[0]?.end(fail("disk-full", "The disk of c is too full."));
    await expect.poll(() => told.length).toBe(2);
    expect(told).toEqual([
      "gemma3:4b was not fetched to c: The disk of c is too full.",
      "gemma3:4b was fetched: It is on 2 nodes now: a, b.",
    ]);
    pulls.pull([id("a")], ModelId.parse("small:1b"));
    at("a")[1]?.end();
    await expect.poll(() => store.fleet.pulls).toMatchObject({ "c/gemma3:4b": { state: "failed" } });
    expect(told).toHaveLength(2);
  });
});
