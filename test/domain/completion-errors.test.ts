// Which model on which node is set aside, for how long, and what ends it.
import { describe, expect, it } from "vitest";
import { defaultConfig } from "../../src-core/contract/config.ts";
import type { EngineEvent } from "../../src-core/contract/events.ts";
import { type Failure, fail } from "../../src-core/contract/failure.ts";
import type { Fleet } from "../../src-core/contract/fleet.ts";
import { AttemptId, ModelId, NodeId, RequestId } from "../../src-core/contract/ids.ts";
import type { Sighting } from "../../src-core/contract/sighting.ts";
import { afterError, isSetAside, setAside } from "../../src-core/domain/completion-errors.ts";
import { askFor, decide } from "../../src-core/domain/decide.ts";
import { apply } from "../../src-core/domain/fleet.ts";
import { aFleet, aModel, aNode, aWorld, noon, someFacts } from "../support/builders.ts";

const a = NodeId.parse("a");
const run = (fleet: Fleet, ...events: EngineEvent[]) => events.reduce((state, event) => apply(state, event, defaultConfig), fleet);
const ended = (model: string, failure: Failure | undefined, at = noon): EngineEvent => ({
  type: "attempt-finished",
  at,
  request: RequestId.parse("r"),
  attempt: AttemptId.parse("r.1"),
  node: a,
  model: ModelId.parse(model),
  work: "llm",
  verdict: failure === undefined ? "good" : "bad",
  failure,
});
const crashed = fail("upstream-unavailable", "proxy error: Could not establish connection");
const noMemory = fail("out-of-memory", "cudaMalloc failed");
const entry = (fleet: Fleet, model: string) => fleet.nodes["a"]?.models[model] ?? aModel("gone");

describe("models set aside", () => {
  it("R-6: 30 s, doubling to 30 min", () => {
    let model = aModel("m");
    const pauses: number[] = [];
    for (let i = 0; i < 8; i += 1) {
      model = setAside(model, fail("load-failed", "broken file"), noon);
      pauses.push(((model.setAside?.until ?? 0) - noon) / 1000);
    }
    expect(pauses).toEqual([30, 60, 120, 240, 480, 960, 1800, 1800]);
  });

  const sized = (usedBytes: number) => ({ totalBytes: 100, totalSource: "configured" as const, usedBytes, usedSource: "node" as const });
  const seen = (usedBytes: number, at = noon + 5_000): EngineEvent => ({
    type: "probe-answered",
    at,
    node: a,
    latencyMs: 1,
    sighting: { models: [{ id: ModelId.parse("m"), residency: { state: "cold" } }], memory: sized(usedBytes) } satisfies Sighting,
  });

  it("R-6: out of memory holds, however long, until a tenth of the memory changed", () => {
    const full = run(aFleet([aNode("a", [aModel("m")], { memory: sized(90) })]), ended("m", noMemory));
    expect(isSetAside(entry(full, "m"), noon + 86_400_000)).toBe(true);
    expect(isSetAside(entry(run(full, seen(81)), "m"), noon + 5_000)).toBe(true);
    expect(isSetAside(entry(run(full, seen(80)), "m"), noon + 5_000)).toBe(false);
  });

  it("R-6: where nobody knows the memory, out of memory waits like any other failure", () => {
    const unknown = run(aFleet([aNode("a", [aModel("m")])]), ended("m", noMemory));
    expect(isSetAside(entry(unknown, "m"), noon + 29_999)).toBe(true);
    expect(isSetAside(entry(unknown, "m"), noon + 30_000)).toBe(false);
  });

  it("R-6: a person who says try now, or an answer, ends it at once", () => {
    const full = run(aFleet([aNode("a", [aModel("m")], { memory: sized(90) })]), ended("m", noMemory));
    expect(entry(run(full, { type: "breaker-try-now", at: noon + 1, node: a }), "m").setAside).toBeUndefined();
    expect(entry(run(full, ended("m", undefined)), "m").setAside).toBeUndefined();
  });

  it("2.4 step 3: a model whose answers keep breaking is set aside for 300 s although others on the node are fine (a dead worker behind a router)", () => {
    let fleet = aFleet([aNode("a", [aModel("dead", "warm"), aModel("fine", "warm")])]);
    for (let i = 0; i < 3; i += 1) fleet = run(fleet, ended("dead", crashed, noon + i), ended("fine", undefined, noon + i));
    expect(fleet.nodes["a"]?.breaker.state).toBe("closed");
    expect(isSetAside(entry(fleet, "dead"), noon + 299_000)).toBe(true);
    expect(isSetAside(entry(fleet, "dead"), noon + 300_002)).toBe(false);
    expect(isSetAside(entry(fleet, "fine"), noon)).toBe(false);
  });

  it("2.4 step 3: the filter is not applied where it would leave nobody, and says so", () => {
    const broken = [1, 2, 3].reduce((model) => afterError(model, crashed, noon), aModel("m", "warm"));
    const alone = decide(askFor(someFacts("m")), aWorld([aNode("a", [broken])]));
    expect(alone).toMatchObject({ candidates: [{ node: "a" }], relaxed: "model-set-aside" });
    const two = decide(askFor(someFacts("m")), aWorld([aNode("a", [broken]), aNode("b", [aModel("m", "warm")])]));
    expect(two).toMatchObject({ candidates: [{ node: "b" }], rejected: [{ node: "a", because: "model-set-aside" }] });
  });

  it("2.4 step 3: nodes whose own list failed lately come after those that answer", () => {
    const flapping = aNode("a", [aModel("m", "warm")], {
      health: { state: "flapping", misses: 1, because: fail("connect-failed", "refused") },
    });
    const { candidates } = decide(askFor(someFacts("m")), aWorld([flapping, aNode("b", [aModel("m", "warm")])]));
    expect(candidates.map(({ node }) => node)).toEqual(["b", "a"]);
  });
});
