// Expected waits: from the node's own history, and silent where it knows nothing.
import { describe, expect, it } from "vitest";
import { LoadId, ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { expectedWaitMs, shortestWaitMs, withExpectedWaits } from "../../src-core/domain/expected-wait.ts";
import { aFleet, aModel, aNode, noon } from "../support/builders.ts";

/** 200 ms to the first byte, and 256 tokens in 5 s. */
const figures = { m: { firstByteMs: 200, tokensPerSecond: 51.2, samples: 9 } };
const history = { m: { ms: [9_000, 10_000, 11_000] } };
const nothing = aFleet([]);
const busy = (inFlight: number, slots: number) => aNode("a", [aModel("m", "warm")], { figures, slots, inFlight: { m: inFlight } });

describe("expectedWaitMs", () => {
  it("warm with a slot free: the usual first byte", () => {
    expect(expectedWaitMs({ node: busy(0, 1), key: "m", readiness: "warm" }, nothing, noon)).toBe(200);
  });

  it("a queue counts each turn by the length of an answer, shared by the slots", () => {
    expect(expectedWaitMs({ node: busy(1, 1), key: "m", readiness: "warm" }, nothing, noon)).toBe(5_200 + 200);
    expect(expectedWaitMs({ node: busy(1, 1), key: "m", readiness: "warm" }, nothing, noon, 3)).toBe(4 * 5_200 + 200);
    expect(expectedWaitMs({ node: busy(4, 4), key: "m", readiness: "warm" }, nothing, noon, 3)).toBe(5_200 + 200);
    expect(expectedWaitMs({ node: busy(2, 4), key: "m", readiness: "warm" }, nothing, noon, 1)).toBe(200);
  });

  it("cold: the median load of this node before it", () => {
    const node = aNode("a", [aModel("m")], { figures, history });
    expect(expectedWaitMs({ node, key: "m", readiness: "cold" }, nothing, noon)).toBe(10_200);
    const never = aNode("a", [aModel("m")], { history });
    expect(expectedWaitMs({ node: never, key: "m", readiness: "cold" }, nothing, noon)).toBe(10_000);
  });

  it("loading: what is left of it, and never less than nothing", () => {
    const node = aNode("a", [aModel("m", "loading")], { figures, history });
    const loadOf = (startedAt: number) => ({
      id: LoadId.parse("l1"),
      node: NodeId.parse("a"),
      model: ModelId.parse("M:latest"),
      startedAt,
      by: "request" as const,
      stage: "loading" as const,
      waiters: 1,
      expectedMs: 12_000,
    });
    const wait = (startedAt: number) =>
      expectedWaitMs({ node, key: "m", readiness: "loading" }, aFleet([node], { loads: { l1: loadOf(startedAt) } }), noon);
    expect([wait(noon - 4_000), wait(noon - 60_000)]).toEqual([8_200, 200]);
    // A load that somebody else began: 60 s ago by the node's own word.
    expect(expectedWaitMs({ node, key: "m", readiness: "loading" }, aFleet([node]), noon)).toBe(200);
  });

  it("UX-25: unknown is unknown, never zero", () => {
    const stranger = aNode("a", [aModel("m", "warm")], { slots: 1 });
    expect(expectedWaitMs({ node: stranger, key: "m", readiness: "warm" }, nothing, noon)).toBeUndefined();
    expect(expectedWaitMs({ node: stranger, key: "m", readiness: "cold" }, nothing, noon)).toBeUndefined();
    expect(expectedWaitMs({ node: stranger, key: "m", readiness: "loading" }, nothing, noon)).toBeUndefined();
    const full = { ...stranger, inFlight: { m: 1 }, history };
    expect(expectedWaitMs({ node: full, key: "m", readiness: "warm" }, nothing, noon)).toBeUndefined();
  });

  it("of several nodes the shortest wait is told, and a cold one does not count", () => {
    const other = aNode("b", [aModel("m", "warm")], { figures, slots: 1, inFlight: { m: 1 } });
    const cold = aNode("c", [aModel("m")], { figures, history: { m: { ms: [1] } } });
    const fleet = aFleet([busy(4, 4), other, cold]);
    expect(shortestWaitMs("m", { fleet, now: noon }, 0)).toBe(1_500);
    expect(shortestWaitMs("n", { fleet, now: noon }, 0)).toBeUndefined();
  });
});

describe("withExpectedWaits", () => {
  const queue = { depth: 2, lanes: { interactive: 2, batch: 0 } };

  it("whoever comes now waits behind everybody who waits already", () => {
    const told = withExpectedWaits({ m: queue }, { fleet: aFleet([busy(1, 1)]), now: noon });
    expect(told).toEqual({ m: { ...queue, expectedWaitMs: 3 * 5_200 + 200 } });
  });

  it("says nothing of a wait that nothing is known about", () => {
    expect(withExpectedWaits({ m: queue }, { fleet: aFleet([aNode("a", [aModel("m", "warm")])]), now: noon })).toEqual({ m: queue });
  });
});
