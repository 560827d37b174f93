import { describe, expect, it } from "vitest";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { roomFor } from "../../src-core/domain/memory.ts";
import { isKept, keepAliveOf, keptOn, pinnedModels, withKept, withModelOptions } from "../../src-core/domain/model-options.ts";
import { aModel, aNode, aWorld, noon } from "../support/builders.ts";

const m = ModelId.parse("qwen3:8b");
const attic = NodeId.parse("attic");
const desk = NodeId.parse("desk");

describe("UX-05: what is kept in memory stays there", () => {
  const modelOptions = [{ model: "old", keptOn: ["attic"] }];
  const full = (id: string) =>
    aNode(
      id,
      [aModel("m", "cold", { bytes: 8e9 }), aModel("old", "warm", { residency: { state: "warm", since: noon - 9e6, bytes: 20e9 } })],
      {
        memory: { totalBytes: 24e9 },
        history: { m: { ms: [], footprintBytes: 10e9 } },
      },
    );

  it("UX-05: no other model displaces it, on that node and on no other", () => {
    const nodes = [full("attic"), full("desk")];
    const world = aWorld(nodes, { modelOptions });
    expect(nodes.map((node) => roomFor(node, "m", world).verdict)).toEqual(["too-big", "fits-after"]);
    expect(isKept(attic, "old", world.config)).toBe(true);
    expect(keptOn(attic, world.config)).toEqual(["old"]);
    expect(keptOn(desk, world.config)).toEqual([]);
  });

  it.each([
    [{ model: "m", keptOn: ["attic"], unloadAfterMinutes: 5 }, -1],
    [{ model: "m", unloadAfterMinutes: 90 }, "90m"],
    [{ model: "M", unloadAfterMinutes: "never" as const }, -1],
    [{ model: "m", pinned: true }, undefined],
    [{ model: "other", unloadAfterMinutes: 90 }, undefined],
  ])("UX-03: a load with %j asks its node to keep it for %s", (options, keepAlive) => {
    expect(keepAliveOf(attic, "m", aWorld([], { modelOptions: [options] }).config)).toBe(keepAlive);
  });
});

describe("options are written into the document as it stands", () => {
  it("UX-10: a pin is written once, by canonical name, and leaves nothing behind when it is taken away", () => {
    const pinned = withModelOptions({ gateway: { port: 1 } }, m, { pinned: true });
    expect(pinned).toEqual({ gateway: { port: 1 }, modelOptions: [{ model: m, pinned: true }] });
    const twice = withModelOptions(pinned, ModelId.parse("QWEN3:8b"), { unloadAfterMinutes: 30 });
    expect(twice["modelOptions"]).toEqual([{ model: m, pinned: true, unloadAfterMinutes: 30 }]);
    const gone = withModelOptions(withModelOptions(twice, m, { pinned: false }), m, { unloadAfterMinutes: null });
    expect(gone).toEqual({ gateway: { port: 1 }, modelOptions: [] });
    expect(pinnedModels(aWorld([], { modelOptions: [{ model: "A:latest", pinned: true }, { model: "b" }] }).config)).toEqual({
      pinned: ["a"],
    });
  });

  it("UX-05: keeping on one node does not touch the others", () => {
    const both = withKept(withKept({}, attic, m, true), desk, m, true);
    expect(both["modelOptions"]).toEqual([{ model: m, keptOn: ["attic", "desk"] }]);
    expect(withKept(withKept(both, desk, m, true), attic, m, false)["modelOptions"]).toEqual([{ model: m, keptOn: ["desk"] }]);
  });

  it("the context stands in the catalogue, beside what else is said of the model there, and goes without it", () => {
    const before = { catalogue: [{ model: "qwen3:8b", bytes: 5e9 }] };
    const after = withModelOptions(before, m, { contextTokens: 16_384 });
    expect(after["catalogue"]).toEqual([{ model: "qwen3:8b", bytes: 5e9, contextTokens: 16_384 }]);
    expect(withModelOptions(after, m, { contextTokens: null })["catalogue"]).toEqual(before.catalogue);
    expect(withModelOptions(withModelOptions({}, m, { contextTokens: 8192 }), m, { contextTokens: null })["catalogue"]).toEqual([]);
  });
});
