// What facts do to beliefs: inventories, loads, health, duplicates; and that a fleet survives being JSON.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultConfig } from "../../src-core/contract/config.ts";
import type { EngineEvent } from "../../src-core/contract/events.ts";
import { fail } from "../../src-core/contract/failure.ts";
import type { Fleet } from "../../src-core/contract/fleet.ts";
import { AttemptId, LoadId, ModelId, NodeId, RequestId } from "../../src-core/contract/ids.ts";
import type { Sighting } from "../../src-core/contract/sighting.ts";
import { apply } from "../../src-core/domain/fleet.ts";
import { aFleet, aModel, aNode, noon } from "../support/builders.ts";

const a = NodeId.parse("a");
const m = ModelId.parse("m");
const run = (fleet: Fleet, ...events: EngineEvent[]) => events.reduce((state, event) => apply(state, event, defaultConfig), fleet);
const sighting = (...models: Sighting["models"]): Sighting => ({ models });
const answered = (node: NodeId, what: Sighting, at = noon): EngineEvent => ({
  type: "probe-answered",
  at,
  node,
  latencyMs: 2,
  sighting: what,
});
const missed = (at: number): EngineEvent => ({ type: "probe-failed", at, node: a, failure: fail("connect-failed", "refused") });
const loadStarted: EngineEvent = {
  type: "load-started",
  at: noon,
  load: LoadId.parse("l1"),
  node: a,
  model: m,
  by: "request",
  stage: "loading",
};
const loadFinished = (more: Partial<Extract<EngineEvent, { type: "load-finished" }>> = {}): EngineEvent => ({
  type: "load-finished",
  at: noon + 9_000,
  load: LoadId.parse("l1"),
  node: a,
  model: m,
  ms: 9_000,
  by: "request",
  ...more,
});
const entry = (fleet: Fleet, id = "a", key = "m") => fleet.nodes[id]?.models[key];

describe("apply", () => {
  it("demands 3.6: a failed probe keeps the last known catalogue with its age, and three misses make a node down", () => {
    const seen = run(aFleet([aNode("a")]), answered(a, sighting({ id: m, residency: { state: "cold" } })));
    const flapping = run(seen, missed(noon + 5_000), missed(noon + 10_000));
    expect(flapping.nodes["a"]?.health).toMatchObject({ state: "flapping", misses: 2 });
    const down = run(flapping, missed(noon + 15_000));
    expect(down.nodes["a"]).toMatchObject({ health: { state: "down", since: noon + 15_000 }, seenAt: noon });
    expect(entry(down)).toBeDefined();
    expect(run(down, answered(a, sighting(), noon + 20_000)).nodes["a"]?.health).toMatchObject({ state: "up" });
  });

  it("F38: a model that the node dropped behind our back is cold after one probe, one it no longer lists is gone", () => {
    const warm = run(aFleet([aNode("a")]), answered(a, sighting({ id: m, residency: { state: "warm", bytes: 5 } })));
    expect(entry(warm)?.residency).toMatchObject({ state: "warm", bytes: 5 });
    expect(entry(run(warm, answered(a, sighting({ id: m, residency: { state: "cold" } }), noon + 5_000)))?.residency).toEqual({
      state: "cold",
    });
    expect(entry(run(warm, answered(a, sighting(), noon + 5_000)))).toBeUndefined();
  });

  it("a model of ours that loads stays loading although the node does not list it yet (observed.md 3)", () => {
    const loading = run(aFleet([aNode("a", [aModel("m")])]), loadStarted, answered(a, sighting({ id: m, residency: { state: "cold" } })));
    expect(entry(loading)?.residency.state).toBe("loading");
    expect(entry(run(loading, loadFinished({ failure: fail("load-failed", "broken file") })))?.residency.state).toBe("cold");
  });

  it("UX-25: a load that worked is remembered with the footprint that was measured; the last five count", () => {
    let fleet = aFleet([aNode("a", [aModel("m")])]);
    for (let i = 0; i < 7; i++) {
      const warm = answered(a, sighting({ id: m, residency: { state: "warm", bytes: 700 } }));
      fleet = run(fleet, loadStarted, warm, loadFinished({ ms: 1_000 * i }));
    }
    expect(fleet.nodes["a"]?.history["m"]).toEqual({ ms: [2_000, 3_000, 4_000, 5_000, 6_000], footprintBytes: 700 });
    expect(fleet.loads).toEqual({});
  });

  it("R-6: a load that failed sets the model aside, twice as long each time; success forgives", () => {
    let fleet = aFleet([aNode("a", [aModel("m")])]);
    const failure = fail("load-failed", "broken file");
    fleet = run(fleet, loadStarted, loadFinished({ failure }));
    expect(entry(fleet)?.setAside).toMatchObject({ until: noon + 9_000 + 30_000, count: 1 });
    fleet = run(fleet, loadStarted, loadFinished({ failure }));
    expect(entry(fleet)?.setAside).toMatchObject({ until: noon + 9_000 + 60_000, count: 2 });
    fleet = run(fleet, loadStarted, loadFinished());
    expect(entry(fleet)?.setAside).toBeUndefined();
  });

  it("UX-27: progress never moves backwards", () => {
    const told = [0.1, 0.6, 0.3, 2].map(
      (fraction): EngineEvent => ({ type: "load-progressed", at: noon, load: LoadId.parse("l1"), fraction }),
    );
    const seen: (number | undefined)[] = [];
    let fleet = run(aFleet([aNode("a", [aModel("m")])]), loadStarted);
    for (const event of told) {
      fleet = run(fleet, event);
      seen.push(fleet.loads["l1"]?.reported?.fraction);
    }
    expect(seen).toEqual([0.1, 0.6, 0.6, 1]);
  });

  it("F39: two addresses of one server are marked, and unmarked when they part", () => {
    const b = NodeId.parse("b");
    const same = { models: [], identity: "127.0.0.1:11434" };
    const both = run(aFleet([aNode("a"), aNode("b")]), answered(a, same), answered(b, same));
    expect(both.nodes["b"]?.duplicateOf).toBe("a");
    expect(both.nodes["a"]?.duplicateOf).toBeUndefined();
    expect(run(both, answered(b, { models: [], identity: "10.0.0.2:11434" })).nodes["b"]?.duplicateOf).toBeUndefined();
  });

  it("F21, F24: a rate limit pauses the node for as long as it asked, a refused key until it is looked at; neither trips the breaker", () => {
    const started: EngineEvent = {
      type: "attempt-started",
      at: noon,
      request: RequestId.parse("r"),
      attempt: AttemptId.parse("r.1"),
      node: a,
      model: m,
    };
    const ended = (failure: ReturnType<typeof fail>): EngineEvent => ({ ...started, type: "attempt-finished", verdict: "bad", failure });
    const limited = run(
      aFleet([aNode("a", [aModel("m", "warm")])]),
      started,
      ended(fail("upstream-rate-limited", "slow down", { retryAfterMs: 30_000 })),
    );
    expect(limited.nodes["a"]).toMatchObject({
      health: { state: "paused", because: "rate-limited", until: noon + 30_000 },
      breaker: { state: "closed", failures: [] },
    });
    const refused = run(aFleet([aNode("a")]), started, ended(fail("upstream-misconfigured", "key refused")));
    expect(refused.nodes["a"]?.health).toMatchObject({ state: "paused", because: "misconfigured" });
  });

  it("a node whose address changed is a new node: nothing believed of the old one holds", () => {
    const node = aNode("a", [aModel("m", "warm")]);
    const { id, kind, name, place, enabled, demo, can, memory } = node;
    const description = { id, kind, name, place, enabled, demo, can, memory };
    const moved = run(aFleet([node]), {
      type: "config-applied",
      at: noon,
      config: defaultConfig,
      nodes: [{ ...description, url: "http://elsewhere:1" }],
    });
    expect(moved.nodes["a"]).toMatchObject({ health: { state: "unknown" }, models: {} });
    const same = run(aFleet([node]), {
      type: "config-applied",
      at: noon,
      config: defaultConfig,
      nodes: [{ ...description, url: node.url, name: "new name" }],
    });
    expect(same.nodes["a"]).toMatchObject({ name: "new name", models: node.models });
  });

  it("I6: in-flight never goes below zero, returns to zero, and the fleet survives JSON at every step", () => {
    const step = fc.record({
      start: fc.boolean(),
      model: fc.constantFrom("m", "x:latest", "constructor"),
      verdict: fc.constantFrom("good" as const, "bad" as const, "inconclusive" as const),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let fleet = aFleet([aNode("a", [aModel("m", "warm")])]);
        const running: { attempt: AttemptId; model: ModelId }[] = [];
        const finish = (verdict: "good" | "bad" | "inconclusive") => {
          const one = running.shift();
          if (one === undefined) return;
          const failure = verdict === "bad" ? fail("upstream-unavailable", "500") : undefined;
          fleet = run(fleet, { type: "attempt-finished", at: noon, request: RequestId.parse("r"), ...one, node: a, verdict, failure });
        };
        steps.forEach(({ start, model, verdict }, index) => {
          if (start) {
            const one = { attempt: AttemptId.parse(`r.${index}`), model: ModelId.parse(model) };
            running.push(one);
            fleet = run(fleet, { type: "attempt-started", at: noon, request: RequestId.parse("r"), ...one, node: a });
          } else finish(verdict);
          for (const count of Object.values(fleet.nodes["a"]?.inFlight ?? {})) expect(count).toBeGreaterThan(0);
          expect(JSON.parse(JSON.stringify(fleet))).toEqual(fleet);
        });
        while (running.length > 0) finish("good");
        expect(fleet.nodes["a"]?.inFlight).toEqual({});
      }),
    );
  });
});
