// A house that can fetch: what the models page is looked at with.
import type { Snapshot } from "../../src-core/contract/api.ts";
import { fail } from "../../src-core/contract/failure.ts";
import type { Node } from "../../src-core/contract/fleet.ts";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { aModel, aNode, noon } from "./builders.ts";
import { sampleSnapshot } from "./sample-snapshot.ts";

const fetches = (node: Node): Node => ({ ...node, can: { ...node.can, pull: true, remove: true } });
const gemma = {
  digest: "g1",
  bytes: 3.3e9,
  parameters: "4.3B",
  quantization: "Q4_K_M",
  maxContextTokens: 131_072,
  can: ["chat", "vision"],
} as const;

const nodes = {
  attic: fetches(aNode("attic", [aModel("gemma3:4b", "warm", gemma), aModel("llama3.2:3b", "cold", { bytes: 2e9, digest: "l1" })])),
  desk: fetches(aNode("desk", [aModel("gemma3:4b", "cold", gemma), aModel("llama3.2:3b", "cold", { bytes: 2.1e9, digest: "l2" })])),
  shed: fetches(aNode("shed", [aModel("gemma3:4b", "cold", gemma), aModel("llama3.2:3b", "cold", { bytes: 2e9, digest: "l1" })])),
  studio: fetches(aNode("studio", [])),
};

/** Three nodes with models, one empty; one fetch under way, one that failed. */
export const modelsSnapshot: Snapshot = {
  ...sampleSnapshot,
  notices: [],
  fleet: {
    version: 2,
    nodes,
    loads: {},
    pulls: {
      "studio/llama3.2:3b": {
        node: NodeId.parse("studio"),
        model: ModelId.parse("llama3.2:3b"),
        state: "pulling",
        startedAt: noon - 60_000,
        stage: "pulling",
        completedBytes: 1.2e9,
        totalBytes: 2e9,
        fraction: 0.6,
        bytesPerSecond: 40e6,
      },
      "desk/gemma3:27b": {
        node: NodeId.parse("desk"),
        model: ModelId.parse("gemma3:27b"),
        state: "failed",
        startedAt: noon - 60_000,
        failure: fail(
          "disk-full",
          "The disk of desk is too full for gemma3:27b: no space left on device. Delete a model there, then try again.",
        ),
      },
    },
  },
};
