// A house that can fetch: what the models page is looked at with.
import type { Snapshot } from "../../src-core/contract/api.ts";
import { fail } from "../../src-core/contract/failure.ts";
import type { Node } from "../../src-core/contract/fleet.ts";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { aModel, aNode, noon } from "./builders.ts";
import { sampleSnapshot } from "./sample-snapshot.ts";

const fetches = (node: Node): Node => ({
  ...node,
  can: { ...node.can, pull: true, remove: true, loadTakes: ["context", "idle-time"] },
});
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

const many = (length: number, name: string) => Array.from({ length }, (_, at) => `${name}-${String(at + 1).padStart(2, "0")}`);
const models = many(50, "model").map((name) => aModel(name, "cold", { bytes: 2e9 }));

/** As large as a house may be: 150 nodes with the same 50 models. */
export const largeSnapshot: Snapshot = {
  ...modelsSnapshot,
  fleet: { version: 2, nodes: Object.fromEntries(many(150, "node").map((id) => [id, aNode(id, models)])), loads: {} },
};

const minute = 60_000;
const stays = { state: "warm", since: noon - 60 * minute, bytes: 3.6e9, vramBytes: 3.6e9, expiresAt: noon + 43 * minute } as const;

/** The same house where one model is kept in memory, one is pinned, and attic's card says when its model goes. */
export const stayingSnapshot: Snapshot = {
  ...modelsSnapshot,
  pinned: ["llama3.2:3b"],
  fleet: {
    ...modelsSnapshot.fleet,
    pulls: {},
    nodes: {
      ...nodes,
      attic: {
        ...nodes.attic,
        models: {
          "gemma3:4b": aModel("gemma3:4b", "warm", { ...gemma, family: "gemma3", residency: stays }),
          "llama3.2:3b": aModel("llama3.2:3b", "cold", { bytes: 2e9, digest: "l1", family: "llama", maxContextTokens: 131_072 }),
        },
      },
      desk: {
        ...nodes.desk,
        keeps: ["gemma3:4b"],
        models: { ...nodes.desk.models, "gemma3:4b": aModel("gemma3:4b", "warm", { ...gemma, residency: { ...stays, expiresAt: null } }) },
      },
    },
  },
};

const choice = (node: string, more: object) => ({ node, model: "llama3.2:3b", leaving: [], ...more });
const room = (verdict: string, freeBytes: number) => ({ verdict, evict: [], needBytes: 2.9e9, needSource: "measured", freeBytes });

/** What a load of llama3.2:3b would mean: every verdict there is. */
export const sampleChoices = {
  ok: true,
  output: {
    choices: [
      choice("attic", { verdict: "fits", room: room("fits", 12e9), expected: { ms: 38_000, from: "history" } }),
      choice("desk", {
        verdict: "fits-after",
        room: { ...room("fits-after", 0.4e9), evict: ["gemma3:4b"], busy: true },
        leaving: [{ model: "gemma3:4b", bytes: 3.6e9, inFlight: 2, lastUsedAt: noon - 3 * minute }],
        expected: { ms: 21_000, from: "speed" },
      }),
      choice("shed", { verdict: "too-big", room: { ...room("too-big", 0.2e9), needSource: "estimate" } }),
      choice("studio", { verdict: "cannot", says: "It does not answer: nothing listens at studio.lan:11434." }),
    ],
    unloadAfterMinutes: 30,
  },
};
