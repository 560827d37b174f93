// Probes: concurrent, one in flight per node, and a silent node delays nobody.
import { describe, expect, it } from "vitest";
import { fail } from "../../src-core/contract/failure.ts";
import { AttemptId, ModelId, NodeId, RequestId } from "../../src-core/contract/ids.ts";
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

  it("UX-17: on battery traffic alone keeps no short interval, and back on the mains it does again", async () => {
    const adapter = new FakeAdapter(["m"]);
    const { clock, poller } = await smallFleet({ a: adapter });
    let isOnBattery = true;
    poller.spareBattery(() => isOnBattery);
    poller.traffic();
    expect(clock.pending).not.toContain(5_000);
    isOnBattery = false;
    poller.hurry();
    expect(clock.pending).toContain(5_000);
  });

  it("UX-17: on battery a node at work is looked after as ever, and so is one that somebody looks at", async () => {
    const adapter = new FakeAdapter(["m"]);
    let isWatched = false;
    const { clock, store, poller } = await smallFleet({ a: adapter }, {}, () => isWatched);
    poller.spareBattery(() => true);
    isWatched = true;
    poller.hurry();
    expect(clock.pending).toContain(5_000);
    isWatched = false;
    poller.hurry();
    expect(clock.pending).not.toContain(5_000);
    const of = { request: RequestId.parse("r"), attempt: AttemptId.parse("t"), node: a, model: ModelId.parse("m") };
    store.record({ type: "attempt-started", at: clock.now(), ...of });
    poller.hurry();
    expect(clock.pending).toContain(5_000);
  });

  it("a service in the cloud is asked for its list each five minutes at most while it is well, whoever looks; one that is gone is looked for", async () => {
    const adapter = new FakeAdapter(["m"]);
    const { clock, store, poller } = await smallFleet({ a: adapter });
    const [seen] = Object.values(store.fleet.nodes);
    if (seen === undefined) throw new Error("There is a node.");
    const { id, kind, name, url, place, enabled, demo, memory } = seen;
    const can = { ...seen.can, load: false, listEverySeconds: 300 };
    const described = { id, kind, name, url: `${url}/service`, place, enabled, demo, memory, can };
    store.record({ type: "config-applied", at: clock.now(), config: store.config, nodes: [described] });
    await poller.probe(a);
    store.record({ type: "probe-answered", at: clock.now(), node: a, latencyMs: 1, sighting: { can, models: [] } });
    poller.traffic();
    expect(clock.pending).toEqual([300_000]);
    adapter.sick = fail("connect-failed", "Nobody is there.");
    await poller.probe(a);
    expect(clock.pending).toEqual([5_000]);
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
