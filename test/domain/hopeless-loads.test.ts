// Loads that cannot work are not retried in a storm, and sleeping models are what they are (demands.md 20 and 22).
import { describe, expect, it } from "vitest";
import { defaultConfig } from "../../src-core/contract/config.ts";
import type { EngineEvent } from "../../src-core/contract/events.ts";
import { type Failure, fail } from "../../src-core/contract/failure.ts";
import type { Fleet } from "../../src-core/contract/fleet.ts";
import { LoadId, ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { isSetAside } from "../../src-core/domain/completion-errors.ts";
import { askFor, decide } from "../../src-core/domain/decide.ts";
import { apply } from "../../src-core/domain/fleet.ts";
import { aFleet, aModel, aNode, aWorld, noon, someFacts } from "../support/builders.ts";

const a = NodeId.parse("a");
const m = ModelId.parse("m");
const corrupt = fail(
  "load-failed",
  "a could not load the model: tensor 'blk.3' data is not within the file bounds, model is corrupted or incomplete",
);
const day = 24 * 3_600_000;

const run = (fleet: Fleet, ...events: readonly EngineEvent[]) => events.reduce((now, event) => apply(now, event, defaultConfig), fleet);
const loadEnded = (failure: Failure, at = noon): EngineEvent => ({
  type: "load-finished",
  at,
  load: LoadId.parse("l"),
  node: a,
  model: m,
  ms: 5_000,
  by: "request",
  failure,
});
const listed = (digest: string, at: number): EngineEvent => ({
  type: "probe-answered",
  at,
  node: a,
  latencyMs: 1,
  sighting: { models: [{ id: m, residency: { state: "cold" }, bytes: 4e9, digest }] },
});
const entry = (fleet: Fleet) => {
  const found = fleet.nodes["a"]?.models["m"];
  if (found === undefined) throw new Error("no model");
  return found;
};
const house = () => run(aFleet([aNode("a", [aModel("m", "cold")])]), listed("one", noon));

describe("demands 20: damping retries of a load that cannot work", () => {
  it("demands 20: each failure of one cause doubles the pause, up to half an hour", () => {
    let fleet = house();
    const pauses = Array.from({ length: 8 }, () => {
      fleet = run(fleet, loadEnded(fail("load-failed", "a could not load the model: it did not say why")));
      return (entry(fleet).setAside?.until ?? 0) - noon;
    });
    expect(pauses).toEqual([30, 60, 120, 240, 480, 960, 1800, 1800].map((seconds) => seconds * 1000));
  });

  it("demands 20: a corrupt file is not tried again however long one waits, nor for being listed again", () => {
    const fleet = run(house(), loadEnded(corrupt), listed("one", noon + day));
    expect(isSetAside(entry(fleet), noon + day)).toBe(true);
  });

  it("demands 20: another file under the same name, the same one fetched anew, or a person's word ends it", () => {
    const broken = run(house(), loadEnded(corrupt));
    const again: EngineEvent = { type: "pull-asked", at: noon, node: a, model: m };
    const fetched: EngineEvent = { type: "pull-finished", at: noon + 1, node: a, model: m, ms: 1 };
    expect(isSetAside(entry(run(broken, listed("two", noon + 1))), noon + 1)).toBe(false);
    expect(isSetAside(entry(run(broken, again, fetched)), noon + 1)).toBe(false);
    expect(isSetAside(entry(run(broken, { type: "breaker-try-now", at: noon + 1, node: a })), noon + 1)).toBe(false);
    const stopped: EngineEvent = { ...fetched, failure: fail("cancelled", "It was stopped.") };
    expect(isSetAside(entry(run(broken, again, stopped)), noon + 1)).toBe(true);
  });

  it("demands 20: whoever has the model whole is asked instead", () => {
    const broken = run(aFleet([aNode("a", [aModel("m", "cold")]), aNode("b", [aModel("m", "cold")])]), loadEnded(corrupt));
    const decision = decide(askFor(someFacts("m")), aWorld(Object.values(broken.nodes)));
    expect(decision).toMatchObject({ candidates: [{ node: "b" }], rejected: [{ node: "a", because: "model-set-aside" }] });
  });
});

describe("demands 22: sleep levels used well", () => {
  it("demands 22: sleeping is behind warm and before cold: neither missing nor loaded", () => {
    const nodes = [aNode("cold", [aModel("m", "cold")]), aNode("sleeps", [aModel("m", "sleeping")]), aNode("warm", [aModel("m", "warm")])];
    const order = (kept: readonly string[]) =>
      decide(askFor(someFacts("m")), aWorld(nodes.filter(({ id }) => kept.includes(id)))).candidates.map(({ node, readiness }) => [
        node,
        readiness,
      ]);
    expect(order(["cold", "sleeps", "warm"])).toEqual([
      ["warm", "warm"],
      ["sleeps", "sleeping"],
      ["cold", "cold"],
    ]);
    expect(order(["cold", "sleeps"])[0]).toEqual(["sleeps", "sleeping"]);
  });
});
