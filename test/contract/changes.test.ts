// Snapshots as changes: whatever happens in between, the far end holds what the near end has.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Push, Snapshot } from "../../src-core/contract/api.ts";
import { type CarriedPush, ChangeDecoder, ChangeEncoder } from "../../src-core/contract/changes.ts";
import { defaultConfig } from "../../src-core/contract/config.ts";
import type { Fleet, Node } from "../../src-core/contract/fleet.ts";
import { ModelId } from "../../src-core/contract/ids.ts";
import { apply } from "../../src-core/domain/fleet.ts";
import { aModel, aNode, noon } from "../support/builders.ts";
import { sampleSnapshot } from "../support/sample-snapshot.ts";

const snapshotOf = (fleet: Fleet, more: Partial<Snapshot> = {}): Snapshot => ({
  ...sampleSnapshot,
  ...more,
  version: fleet.version,
  fleet,
});
const pushOf = (snapshot: Snapshot): Push => ({ type: "snapshot", snapshot });

/** Over the wire as the carriers do it. */
function carry(encoder: ChangeEncoder, decoder: ChangeDecoder, push: Push): { readonly text: string; readonly heard: Push | undefined } {
  const text = JSON.stringify(encoder.encode(push));
  const carried: CarriedPush = JSON.parse(text);
  return { text, heard: decoder.decode(carried) };
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** One step of a house's life: nodes come, go, change places, and lose or gain fields and models. */
const step = fc.record({
  nodes: fc.uniqueArray(fc.constantFrom("a", "b", "c", "d"), { maxLength: 4 }),
  models: fc.uniqueArray(fc.constantFrom("m1", "m2", "m3"), { maxLength: 3 }),
  warm: fc.boolean(),
  drained: fc.option(fc.boolean(), { nil: undefined }),
  latencyMs: fc.integer({ min: 1, max: 3 }),
  touched: fc.constantFrom("a", "b", "c", "d"),
  paused: fc.boolean(),
});

describe("snapshots as changes", () => {
  it("invariant: after any steps the window's snapshot is the engine's", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        const [encoder, decoder] = [new ChangeEncoder(), new ChangeDecoder()];
        let nodes: Record<string, Node> = {};
        for (const [version, { nodes: ids, models, warm, drained, latencyMs, touched, paused }] of steps.entries()) {
          const entries = models.map((name) => aModel(name, warm ? "warm" : "cold"));
          const changed = { latencyMs, ...(drained === undefined ? {} : { drained }) };
          nodes = Object.fromEntries(
            ids.map((id) => [id, nodes[id] !== undefined && id !== touched ? nodes[id] : aNode(id, entries, changed)]),
          );
          const fleet: Fleet = { version, nodes, loads: {}, ...(paused ? { paused: { until: null } } : {}) };
          const snapshot = snapshotOf(fleet);
          expect(plain(carry(encoder, decoder, pushOf(snapshot)).heard)).toEqual(plain(pushOf(snapshot)));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("issue 5, numbers: a probe that tells nothing new costs a window some hundred bytes, however many models there are", () => {
    const names = Array.from({ length: 50 }, (_, index) => `model-${index}:8b`);
    const node = aNode(
      "a",
      names.map((name) => aModel(name, "cold")),
    );
    const [encoder, decoder] = [new ChangeEncoder(), new ChangeDecoder()];
    const models = names.map((name) => ({ id: ModelId.parse(name), residency: { state: "cold" as const }, bytes: 4e9 }));
    const probed = (fleet: Fleet, at: number) =>
      apply(fleet, { type: "probe-answered", at, node: node.id, latencyMs: 2, sighting: { models } }, defaultConfig);
    const first = probed({ version: 0, nodes: { a: node }, loads: {} }, noon);
    const second = probed(first, noon + 5_000);
    carry(encoder, decoder, pushOf(snapshotOf(first, { notices: [] })));
    const { text } = carry(encoder, decoder, pushOf(snapshotOf(second, { notices: [] })));
    expect(second.nodes["a"]?.models).toBe(first.nodes["a"]?.models);
    expect(text.length).toBeLessThan(1_500);
  });

  it("what did not change is the very same object at the far end, so that a window draws only what did", () => {
    const [encoder, decoder] = [new ChangeEncoder(), new ChangeDecoder()];
    const a = aNode("a", [aModel("m1", "cold"), aModel("m2", "cold")]);
    const before: Fleet = { version: 1, nodes: { a, b: aNode("b", []) }, loads: {} };
    const after: Fleet = {
      ...before,
      version: 2,
      nodes: { ...before.nodes, a: { ...a, models: { ...a.models, m2: aModel("m2", "warm") } } },
    };
    const was = carry(encoder, decoder, pushOf(snapshotOf(before))).heard;
    const is = carry(encoder, decoder, pushOf(snapshotOf(after))).heard;
    if (was?.type !== "snapshot" || is?.type !== "snapshot") throw new Error("no snapshot");
    expect(is.snapshot.fleet.nodes["b"]).toBe(was.snapshot.fleet.nodes["b"]);
    expect(is.snapshot.fleet.nodes["a"]?.models["m1"]).toBe(was.snapshot.fleet.nodes["a"]?.models["m1"]);
    expect(is.snapshot.fleet.nodes["a"]?.models["m2"]?.residency.state).toBe("warm");
    expect(is.snapshot.notices).toBe(was.snapshot.notices);
  });

  it("whoever connects anew begins with a whole snapshot, and a change out of nothing is not believed", () => {
    const encoder = new ChangeEncoder();
    const push = pushOf(sampleSnapshot);
    encoder.encode(push);
    const change = encoder.encode(push);
    expect(change.type).toBe("change");
    expect(new ChangeDecoder().decode(change)).toBeUndefined();
    expect(new ChangeEncoder().encode(push)).toBe(push);
  });

  it("rows and notices pass as they are", () => {
    const rows: Push = { type: "activity", rows: [] };
    expect(new ChangeDecoder().decode(new ChangeEncoder().encode(rows))).toBe(rows);
  });
});
