// Probes: concurrent, one in flight per node, and a silent node delays nobody.
import { describe, expect, it } from "vitest";
import { NodeId } from "../../src-core/contract/ids.ts";
import { FakeAdapter } from "../support/fake-adapter.ts";
import { smallFleet } from "../support/small-fleet.ts";

const a = NodeId.parse("a");

describe("the poller", () => {
  it("F08, demands 3.7: a node that never answers is down after three misses while the others are seen", async () => {
    const silent = new FakeAdapter(["x"]);
    const well = new FakeAdapter(["m"]);
    const { clock, store, poller } = await smallFleet({ a: silent, b: well });
    silent.sick = "silent";
    for (let miss = 0; miss < 3; miss++) {
      const probing = poller.probe(a);
      await clock.sleepingFor(5_000);
      clock.advance(5_000);
      await probing;
    }
    expect(store.fleet.nodes["a"]?.health).toMatchObject({ state: "down", because: { kind: "first-byte-timeout" } });
    expect(store.fleet.nodes["b"]?.health.state).toBe("up");
    expect(store.fleet.nodes["a"]?.models["x"]).toBeDefined();
  });

  it("one probe in flight per node: who asks meanwhile shares it", async () => {
    const adapter = new FakeAdapter(["m"]);
    const { poller } = await smallFleet({ a: adapter });
    const before = adapter.probes;
    await Promise.all([poller.probe(a), poller.probe(a), poller.probe(a)]);
    expect(adapter.probes).toBe(before + 1);
  });

  it("probes each 30 s when idle and each 5 s with traffic", async () => {
    const adapter = new FakeAdapter(["m"]);
    const { clock, poller } = await smallFleet({ a: adapter });
    await clock.sleepingFor(30_000);
    poller.traffic();
    expect(clock.pending).toContain(5_000);
  });

  it("a node that was forgotten while it was probed says nothing any more", async () => {
    const adapter = new FakeAdapter(["m"]);
    const { poller, count } = await smallFleet({ a: adapter });
    const before = count("probe-answered");
    const probing = poller.probe(a);
    poller.forget(a);
    await probing;
    expect(count("probe-answered")).toBe(before);
  });
});
