// Memory that Homeport measured: whose word stands, what a soft limit decides, and what a load's growth tells.
import { describe, expect, it } from "vitest";
import type { Memory, Node } from "../../src-core/contract/fleet.ts";
import { LoadId, ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { apply } from "../../src-core/domain/fleet.ts";
import { roomFor } from "../../src-core/domain/memory.ts";
import { aFleet, aModel, aNode, aWorld, noon } from "../support/builders.ts";

const gb = 1_000_000_000;
const id = NodeId.parse("desk");
const measured: Memory = { totalBytes: 24 * gb, totalSource: "measured", usedBytes: 9 * gb, usedSource: "measured", limit: "soft" };
const { config } = aWorld([]);

const memoryAfter = (node: Node, memory: Memory | undefined) =>
  apply(aFleet([node]), { type: "memory-measured", at: noon, node: id, memory }, config).nodes[id]?.memory;

describe("whose word stands", () => {
  it("where nobody says anything, what was measured is believed", () => {
    expect(memoryAfter(aNode("desk"), measured)).toEqual(measured);
  });

  it("a node's own word is not overruled: it may stand behind a tunnel, or in a container with one of two cards", () => {
    const memory: Memory = { totalBytes: 12 * gb, totalSource: "node", usedBytes: gb, usedSource: "node" };
    expect(memoryAfter(aNode("desk", [], { memory }), measured)).toEqual(memory);
  });

  it("a person's total stands, and what is used is measured only of the same devices", () => {
    const same: Memory = { totalBytes: 24.5 * gb, totalSource: "configured" };
    expect(memoryAfter(aNode("desk", [], { memory: same }), measured)).toEqual({ ...same, usedBytes: 9 * gb, usedSource: "measured" });
    const half: Memory = { totalBytes: 12 * gb, totalSource: "configured" };
    expect(memoryAfter(aNode("desk", [], { memory: half }), measured)).toEqual(half);
  });

  it("when no tool tells it any more it is unknown, and what a person wrote is left", () => {
    expect(memoryAfter(aNode("desk", [], { memory: measured }), undefined)).toEqual({});
    const written: Memory = { totalBytes: 24 * gb, totalSource: "configured", usedBytes: gb, usedSource: "measured" };
    expect(memoryAfter(aNode("desk", [], { memory: written }), undefined)).toEqual({ totalBytes: 24 * gb, totalSource: "configured" });
    const untouched = aFleet([aNode("desk")]);
    expect(apply(untouched, { type: "memory-measured", at: noon, node: id }, config).nodes[id]).toBe(untouched.nodes[id]);
  });
});

describe("what a limit decides", () => {
  const small = aModel("small", "cold", { bytes: 4 * gb });
  const huge = aModel("huge", "cold", { bytes: 40 * gb });
  const resident = aModel("old", "warm", { residency: { state: "warm", since: noon - 600_000, bytes: 8 * gb, vramBytes: 8 * gb } });
  const room = (memory: Memory, key: string) => {
    const node = aNode("desk", [small, huge, resident], { memory });
    return roomFor(node, key, aWorld([node]));
  };

  it("UX-06: a model greater than the graphics memory is not refused where its server may put a part elsewhere", () => {
    expect(room(measured, "huge")).toMatchObject({ verdict: "unknown", evict: [] });
    expect(room({ ...measured, limit: undefined }, "huge").verdict).toBe("too-big");
  });

  it("a game's memory counts as in use: what is idle makes room, and what a game holds is never counted on", () => {
    expect(room(measured, "small").verdict).toBe("fits");
    expect(room({ ...measured, usedBytes: 21 * gb }, "small")).toMatchObject({ verdict: "fits-after", evict: ["old"] });
    expect(room({ ...measured, usedBytes: 23.9 * gb }, "huge").verdict).toBe("unknown");
  });

  it("the system's memory never decides", () => {
    expect(room({ ...measured, limit: "none" }, "huge")).toEqual({ verdict: "unknown", evict: [] });
  });
});

describe("between two measurements", () => {
  it("what was unloaded is free at once, so that nothing more is evicted for it", () => {
    const node = aNode("desk", [aModel("m", "warm", { residency: { state: "warm", since: noon, bytes: 6 * gb, vramBytes: 6 * gb } })], {
      memory: measured,
    });
    const sighting = { models: [{ id: ModelId.parse("m"), residency: { state: "cold" as const } }] };
    const fleet = apply(aFleet([node]), { type: "probe-answered", at: noon, node: id, latencyMs: 1, sighting }, config);
    expect(fleet.nodes[id]?.memory).toEqual({ ...measured, usedBytes: 3 * gb });
  });
});

describe("a load that is followed by its memory", () => {
  const load = LoadId.parse("l");
  const model = ModelId.parse("m");
  const started = (node: Node) =>
    apply(aFleet([node]), { type: "load-started", at: noon, load, node: id, model, by: "user", stage: "loading" }, config);
  const progressed = { type: "load-progressed", at: noon, load } as const;

  it("demands 4: growth is marked as measured, and a node's own word is never mixed with it", () => {
    let fleet = apply(started(aNode("desk", [aModel("m")])), { ...progressed, fraction: 0.3, source: "measured" }, config);
    expect(fleet.loads[load]?.reported).toEqual({ fraction: 0.3, at: noon, source: "measured" });
    fleet = apply(fleet, { ...progressed, fraction: 0.5 }, config);
    expect(fleet.loads[load]?.reported).toEqual({ fraction: 0.5, at: noon });
    expect(apply(fleet, { ...progressed, fraction: 0.9, source: "measured" }, config).loads[load]).toBe(fleet.loads[load]);
  });

  it("demands 4: what a model took is remembered where its node never says, and the node's word stands where it does", () => {
    const measuredBytes = { type: "footprint-measured", at: noon, node: id, model, bytes: 5 * gb, contextTokens: 8192 } as const;
    const silent = aNode("desk", [aModel("m", "warm")]);
    expect(apply(aFleet([silent]), measuredBytes, config).nodes[id]?.history).toEqual({
      m: { ms: [], footprintBytes: 5 * gb, footprints: { "8192": 5 * gb } },
    });
    const telling = aFleet([aNode("desk", [aModel("m", "warm", { residency: { state: "warm", since: noon, bytes: 6 * gb } })])]);
    expect(apply(telling, measuredBytes, config).nodes[id]?.history).toEqual({});
  });
});
