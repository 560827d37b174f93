// When a conversation stays on its node, and when it leaves.
import { describe, expect, it } from "vitest";
import { honoured, type Warmed } from "../../src-core/domain/affinity.ts";
import { aModel, aNode } from "../support/builders.ts";

/** A node with so many of its slots taken. */
const on = (id: string, inFlight: number, slots: number, readiness: "warm" | "cold" | "loading" = "warm"): Warmed => ({
  node: aNode(id, [aModel("m", readiness)], { slots, inFlight: { m: inFlight } }),
  key: "m",
  readiness,
});

const cases: readonly [string, Warmed[], "a" | undefined][] = [
  ["its node is idle", [on("a", 0, 1), on("b", 0, 1)], "a"],
  ["its node is a little busier", [on("a", 1, 4), on("b", 0, 4)], "a"],
  ["its node has more than twice the load of the least busy", [on("a", 2, 4), on("b", 0, 4)], undefined],
  ["its node has no slot free", [on("a", 4, 4), on("b", 3, 4)], undefined],
  ["its node has the model no longer", [on("a", 0, 4, "cold"), on("b", 3, 4)], undefined],
  ["its node is loading the model again", [on("a", 0, 4, "loading"), on("b", 3, 4)], undefined],
  ["its node was turned away by a filter", [on("b", 3, 4)], undefined],
  ["an idle node without the model does not make it leave", [on("a", 3, 4), on("b", 0, 4, "cold")], "a"],
  ["shares of slots are compared, not numbers", [on("a", 7, 16), on("b", 0, 4)], "a"],
];

describe("affinity", () => {
  it.each(cases)("2.4.4: %s", (_, candidates, stays) => {
    expect(honoured("a", candidates, 2)).toBe(stays);
  });

  it("without a hint nobody is looked at", () => {
    expect(honoured(undefined, [on("a", 0, 1)], 2)).toBeUndefined();
  });
});
