// The words of loading and staying, and the order of the list of models.
import { describe, expect, it } from "vitest";
import { arranged } from "../../renderer/library/arrange.ts";
import { linesOf, showTheSame } from "../../renderer/library/lines.ts";
import { contextChoices, expectedSays, idleChoices, mayLoad, verdictWords } from "../../renderer/library/load-words.ts";
import { staySays } from "../../renderer/library/stays.ts";
import type { ModelEntry, Node } from "../../src-core/contract/fleet.ts";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import type { LoadChoice } from "../../src-core/contract/model-options.ts";
import { aModel, aNode, noon } from "../support/builders.ts";

const minute = 60_000;
const big = ModelId.parse("big:30b");
const choice = (more: Partial<LoadChoice>): LoadChoice => ({
  node: NodeId.parse("a"),
  model: ModelId.parse("m"),
  verdict: "fits",
  leaving: [],
  ...more,
});

describe("UX-05: every loaded model says why it stays, or when it goes", () => {
  const warm = (more: Partial<Extract<ModelEntry["residency"], { state: "warm" }>> = {}): ModelEntry =>
    aModel("m", "warm", { residency: { state: "warm", since: noon - minute, ...more } });
  const on = (more: Partial<Node> = {}) => aNode("a", [], more);
  it.each<[string, Node, ModelEntry, string | undefined]>([
    ["a person keeps it", on({ keeps: ["m"] }), warm({ expiresAt: noon + 43 * minute }), "kept loaded by you"],
    ["its server tells when", on(), warm({ expiresAt: noon + 43 * minute }), "unloads in 43 min"],
    ["its time is over", on(), warm({ expiresAt: noon - 1 }), "unloads any moment"],
    ["its server keeps it", on(), warm({ expiresAt: null }), "stays loaded: its server keeps it"],
    ["it is at work", on({ inFlight: { m: 2 } }), warm({ expiresAt: noon }), "2 requests now"],
    ["nobody says, but it can be unloaded", on(), warm(), "stays until it must make room"],
    [
      "nobody can unload it",
      on({ can: { load: false, unload: false, loadsUnlisted: false, dialects: [] } }),
      warm(),
      "stays as long as its server runs",
    ],
    ["it sleeps", on(), aModel("m", "sleeping"), "sleeping, wakes on use"],
    ["it is leaving", on(), aModel("m", "unloading"), "leaving now"],
    ["it is not there", on({ keeps: ["m"] }), aModel("m"), undefined],
  ])("UX-05: %s", (_, node, entry, says) => {
    expect(staySays(node, "m", entry, noon)).toBe(says);
  });
});

describe("UX-06: a verdict in words", () => {
  it("UX-06: what fits says its need and what is free; an estimate says that it is one", () => {
    const room = { verdict: "fits", evict: [], needBytes: 5.1e9, needSource: "estimate", freeBytes: 12e9 } as const;
    expect(verdictWords(choice({ room }), noon)).toEqual({
      tone: "ok",
      word: "Fits",
      says: ["needs about 5.1 GB (estimate), 12.0 GB free"],
    });
  });

  it("UX-09: who must leave is named, with who uses it and since when it was not used", () => {
    const leaving = [
      { model: big, bytes: 20e9, inFlight: 2 },
      { model: ModelId.parse("idle"), inFlight: 0, lastUsedAt: noon - 3 * minute },
    ];
    expect(verdictWords(choice({ verdict: "fits-after", leaving }), noon)).toMatchObject({
      word: "Fits after unloading 2 models",
      says: ["unloads big:30b (20.0 GB), once its 2 requests ended", "unloads idle, used 3 min ago"],
    });
  });

  it("UX-06: unknown is no refusal, and what cannot be loaded says why", () => {
    expect(verdictWords(choice({ verdict: "unknown" }), noon)).toMatchObject({ word: "Not known whether it fits", says: [] });
    expect(verdictWords(choice({ verdict: "cannot", says: "It is switched off." }), noon).says).toEqual(["It is switched off."]);
    const asked = (["unknown", "too-big", "fits-after", "cannot", "in-memory", "loading"] as const).map((verdict) =>
      mayLoad(choice({ verdict })),
    );
    expect(asked).toEqual([true, true, true, false, false, false]);
  });

  it("UX-25: the time is this node's own, or called an estimate, or not known yet", () => {
    expect(expectedSays(choice({ expected: { ms: 38_000, from: "history" } }))).toBe("usually 38 s");
    expect(expectedSays(choice({ expected: { ms: 38_000, from: "speed" } }))).toBe("about 38 s (estimate)");
    expect(expectedSays(choice({}))).toBe("time not known yet");
    expect(expectedSays(choice({ verdict: "in-memory" }))).toBe("");
  });

  it("no context beyond the model's own is offered; what was saved is, whatever it is", () => {
    expect(contextChoices(40_960, 6_000).map(({ value }) => value)).toEqual([2048, 4096, 6000, 8192, 16_384, 32_768, 40_960]);
    expect(idleChoices(43).map(({ label }) => label)).toEqual(["5 min", "15 min", "30 min", "43 min", "1 h", "4 h", "1 d", "never"]);
  });
});

describe("UX-10: the list of models is searched, pinned, sorted and grouped", () => {
  const nodes = {
    a: aNode(
      "attic",
      [aModel("qwen3:8b", "cold", { family: "qwen3", can: ["chat", "tools"] }), aModel("bge-m3", "cold", { can: ["embedding"] })],
      {
        lastUsedAt: { "bge-m3": noon - minute },
      },
    ),
    b: aNode("desk", [aModel("qwen3:8b", "cold", { family: "qwen3" }), aModel("gemma3:4b", "cold", { family: "gemma3" })]),
  };
  const lines = linesOf({ nodes });
  const of = (...args: Parameters<typeof arranged>) => arranged(...args).map(({ title, lines: all }) => [title, all.map(({ key }) => key)]);
  const nothing = new Set<string>();

  it("UX-10: pinned models stand first, then by name or the last used first", () => {
    expect(of(lines, { group: "none", order: "name" }, nothing)).toEqual([["", ["bge-m3", "gemma3:4b", "qwen3:8b"]]]);
    expect(of(lines, { group: "none", order: "used" }, new Set(["qwen3:8b"]))).toEqual([["", ["qwen3:8b", "bge-m3", "gemma3:4b"]]]);
  });

  it("UX-10: a person reads figures in names as figures: 4b stands before 27b, and node-2 before node-10", () => {
    const models = ["gemma3:27b", "gemma3:4b", "gemma3:12b"].map((id) => aModel(id, "cold"));
    const sizes = { ten: aNode("node-10", models), two: aNode("node-2", models) };
    expect(of(linesOf({ nodes: sizes }), { group: "node", order: "name" }, nothing)).toEqual([
      ["node-2", ["gemma3:4b", "gemma3:12b", "gemma3:27b"]],
      ["node-10", ["gemma3:4b", "gemma3:12b", "gemma3:27b"]],
    ]);
  });

  it("UX-10: by family, by node, by ability; what is not told has a group of its own at the end", () => {
    expect(of(lines, { group: "family", order: "name" }, nothing)).toEqual([
      ["gemma3", ["gemma3:4b"]],
      ["qwen3", ["qwen3:8b"]],
      ["Family not told", ["bge-m3"]],
    ]);
    expect(of(lines, { group: "node", order: "name" }, nothing)).toEqual([
      ["attic", ["bge-m3", "qwen3:8b"]],
      ["desk", ["gemma3:4b", "qwen3:8b"]],
    ]);
    expect(of(lines, { group: "capability", order: "name" }, nothing).map(([title]) => title)).toEqual([
      "chat",
      "embedding",
      "tools",
      "Abilities not told",
    ]);
  });

  it("a model that is kept from now on is shown so at once", () => {
    const kept = { ...nodes, a: { ...nodes.a, keeps: ["bge-m3"] } };
    expect([showTheSame(nodes, { ...nodes }), showTheSame(nodes, kept)]).toEqual([true, false]);
  });
});
