// The passive machine of source-systems.md 5.6, as `apply` drives it.
import { describe, expect, it } from "vitest";
import { Config, type ConfigDocument } from "../../src-core/contract/config.ts";
import { fail } from "../../src-core/contract/failure.ts";
import type { Node } from "../../src-core/contract/fleet.ts";
import { AttemptId, ModelId, NodeId, RequestId } from "../../src-core/contract/ids.ts";
import { askFor, decide } from "../../src-core/domain/decide.ts";
import { apply } from "../../src-core/domain/fleet.ts";
import { passiveState } from "../../src-core/domain/passive-health.ts";
import { aFleet, aModel, aNode, aWorld, noon, someFacts } from "../support/builders.ts";

const attempt = {
  request: RequestId.parse("r"),
  attempt: AttemptId.parse("r.1"),
  node: NodeId.parse("a"),
  model: ModelId.parse("m"),
  work: "llm" as const,
};
const malformed = fail("malformed-reply", "not an answer");

function nodeAfter(ends: string, health: ConfigDocument["health"] = {}): Node {
  const config = Config.parse({ health });
  let fleet = aFleet([aNode("a", [aModel("m", "warm")])]);
  [...ends].forEach((end, index) => {
    const at = noon + index * 61_000;
    fleet = apply(fleet, { type: "attempt-started", ...attempt, at }, config);
    const outcome = end === "+" ? ({ verdict: "good" } as const) : ({ verdict: "bad", failure: malformed } as const);
    fleet = apply(fleet, { type: "attempt-finished", ...attempt, at, ...outcome }, config);
  });
  return fleet.nodes["a"] ?? aNode("a");
}

describe("5.6 the passive machine", () => {
  it.each([
    ["", "healthy"],
    ["--", "healthy"],
    ["---", "degraded"],
    ["-----", "degraded"],
    ["------", "unhealthy"],
    ["------------", "unhealthy"],
    ["------+", "healthy"],
    ["--+--", "healthy"],
    ["--+---", "degraded"],
  ] as const)("5.6: %j makes it %s", (ends, state) => {
    expect(passiveState(nodeAfter(ends))).toBe(state);
  });

  it("5.6: the threshold is a setting, and unhealthy is twice that", () => {
    expect(passiveState(nodeAfter("--", { threshold: 2 }))).toBe("degraded");
    expect(passiveState(nodeAfter("----", { threshold: 2 }))).toBe("unhealthy");
    expect(passiveState(nodeAfter("-".repeat(39), { threshold: 20 }))).toBe("degraded");
  });

  it("5.6: off counts nothing; warn counts, but ranks nobody behind", () => {
    expect(nodeAfter("------", { action: "off" }).passive).toBeUndefined();
    const ill = { passive: { state: "unhealthy", failures: 6 } } as const;
    const nodes = [aNode("a", [aModel("m", "warm")], ill), aNode("b", [aModel("m", "warm")])];
    const first = (health: ConfigDocument["health"]) =>
      decide(askFor(someFacts("m")), aWorld(nodes, { health })).candidates.map(({ node }) => node);
    expect(first({ action: "warn" })).toEqual(["a", "b"]);
    expect(first({ action: "demote" })).toEqual(["b", "a"]);
  });

  it("5.6: unhealthy is demoted, never removed: alone it is still asked", () => {
    const ill = { passive: { state: "unhealthy", failures: 60 } } as const;
    const { candidates } = decide(askFor(someFacts("m")), aWorld([aNode("a", [aModel("m", "warm")], ill)]));
    expect(candidates).toMatchObject([{ node: "a" }]);
  });

  it("5.6: turned off in the settings, what was counted is forgotten", () => {
    const config = Config.parse({ health: { action: "off", adaptive: { enabled: false } } });
    const node = aNode("a", [], { passive: { state: "unhealthy", failures: 6 }, demoted: 2 });
    const { passive: _, demoted: _demoted, ...description } = node;
    const next = apply(aFleet([node]), { type: "config-applied", at: noon, config, nodes: [description] }, config).nodes["a"];
    expect(next).not.toHaveProperty("passive");
    expect(next).not.toHaveProperty("demoted");
  });
});
