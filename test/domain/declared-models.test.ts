// Static fallback: models that only the settings know, until the node tells its own list.
import { describe, expect, it } from "vitest";
import { Config, type ConfigDocument } from "../../src-core/contract/config.ts";
import type { EngineEvent } from "../../src-core/contract/events.ts";
import type { Fleet } from "../../src-core/contract/fleet.ts";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import type { NodeDescription } from "../../src-core/contract/sighting.ts";
import { decide } from "../../src-core/domain/decide.ts";
import { apply, emptyFleet } from "../../src-core/domain/fleet.ts";
import { noon, someFacts } from "../support/builders.ts";

const id = NodeId.parse("attic");
const url = "http://attic.lan:1";

function applied(models: readonly string[], loads: boolean, fleet: Fleet = emptyFleet): Fleet {
  const document: ConfigDocument = { nodes: [{ id, kind: "ollama", url, models: models.map((model) => ModelId.parse(model)) }] };
  const can = { load: loads, unload: loads, loadsUnlisted: false, dialects: ["openai" as const] };
  const description: NodeDescription = { id, kind: "ollama", url, name: id, place: "lan", enabled: true, demo: false, can, memory: {} };
  const config = Config.parse(document);
  return apply(fleet, { type: "config-applied", at: noon, config, nodes: [description] }, config);
}

function told(fleet: Fleet, ...models: readonly string[]): Fleet {
  const sighting = { models: models.map((model) => ({ id: ModelId.parse(model), residency: { state: "warm" as const } })) };
  const event: EngineEvent = { type: "probe-answered", at: noon + 1_000, node: id, latencyMs: 1, sighting };
  return apply(fleet, event, Config.parse({}));
}

const entries = (fleet: Fleet) =>
  Object.entries(fleet.nodes[id]?.models ?? {}).map(([key, { residency, declared }]) => [key, residency.state, declared]);

describe("1.4 step 5: declared models are used while a node's inventory is unknown", () => {
  it("cold where the node can load, warm where it cannot", () => {
    expect(entries(applied(["Tiny:latest"], true))).toEqual([["tiny", "cold", true]]);
    expect(entries(applied(["Tiny:latest"], false))).toEqual([["tiny", "warm", true]]);
  });

  it("such a model is a candidate before the first probe was answered", () => {
    const world = { config: Config.parse({}), fleet: applied(["tiny"], false), now: noon, draw: 0.5 };
    expect(
      decide({ facts: someFacts("tiny"), link: {}, tried: new Set(), affinity: undefined, work: "llm" }, world).candidates,
    ).toMatchObject([{ node: id, readiness: "warm" }]);
  });

  it("the node's own list replaces them, marks and all, and settings do not bring them back", () => {
    const fleet = told(applied(["tiny", "gone"], true), "tiny");
    expect(entries(fleet)).toEqual([["tiny", "warm", undefined]]);
    expect(entries(applied(["tiny", "gone"], true, fleet))).toEqual([["tiny", "warm", undefined]]);
    expect(fleet.nodes[id]?.models["tiny"]?.residency).not.toHaveProperty("loadedAt");
  });

  it("other settings, other models, as long as the node is silent", () => {
    expect(entries(applied(["b"], true, applied(["a"], true)))).toEqual([["b", "cold", true]]);
    expect(entries(applied([], true, applied(["a"], true)))).toEqual([]);
  });
});
