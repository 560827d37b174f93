import { expect, test } from "vitest";
import { words } from "../../renderer/language/words.ts";
import { memoryFigures } from "../../renderer/memory.ts";
import { sortModels } from "../../renderer/models.ts";
import { hostOf, nodeIdFrom, withScheme } from "../../renderer/node-names.ts";
import { nodeState } from "../../renderer/node-state.ts";
import { fail } from "../../src-core/contract/failure.ts";
import { LoadId, ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { aModel, aNode, noon } from "../support/builders.ts";

const held = (vramBytes: number | undefined) =>
  aModel("m", "warm", { residency: { state: "warm", since: noon, ...(vramBytes === undefined ? {} : { vramBytes }) } });

test("UX-06: a model that does not tell its size makes free memory unknown, not “all of it”", () => {
  const node = aNode("a", [held(undefined)], { memory: { totalBytes: 24e9, totalSource: "configured" } });
  expect(memoryFigures(node, [])).toMatchObject({ oursComplete: false, freeBytes: undefined });
});

test("UX-13: what others hold is what the node says is used, less our models, and never negative", () => {
  const node = aNode("a", [held(10e9)], { memory: { totalBytes: 24e9, usedBytes: 12e9 } });
  expect(memoryFigures(node, [])).toMatchObject({ oursBytes: 10e9, othersBytes: 2e9, freeBytes: 12e9 });
  const odd = aNode("a", [held(10e9)], { memory: { totalBytes: 24e9, usedBytes: 9e9 } });
  expect(memoryFigures(odd, [])).toMatchObject({ othersBytes: 0, freeBytes: 14e9 });
});

test("UX-11: a loading model is one row, not also a cold one to be loaded again", () => {
  const node = aNode("a", [aModel("Big:latest")]);
  const load = { id: LoadId.parse("l"), node: NodeId.parse("a"), model: ModelId.parse("Big:latest"), startedAt: noon } as const;
  expect(sortModels(node, [{ ...load, by: "user", stage: "loading", waiters: 0 }])).toEqual({ resident: [], cold: [], setAside: [] });
});

test("A node that never answered is told apart from one that stopped answering", () => {
  const down = { state: "down", since: noon - 60_000, because: fail("connect-failed", "No connection.") } as const;
  const { seenAt: _seenAt, ...never } = aNode("a", [], { health: down });
  expect(nodeState(never, noon).word).toBe("Never answered");
  expect(nodeState(aNode("a", [], { health: down }), noon)).toMatchObject({ word: "Not answering", says: "For 60 s. No connection." });
});

test("Breaker: an open breaker is the first thing said of a node that answers its checks", () => {
  const breaker = { state: "open", openedAt: noon, until: noon + 1, trips: 1, because: "stream-broken", says: "It broke." } as const;
  expect(nodeState(aNode("a", [], { breaker }), noon)).toMatchObject({ word: "Not sending", tone: "bad" });
});

test("An address as people type it becomes one the engine takes, and a name becomes an id not yet taken", () => {
  expect(withScheme(" studio.lan:11434/ ")).toBe("http://studio.lan:11434");
  expect(withScheme("https://x.example/v1")).toBe("https://x.example/v1");
  expect([hostOf("http://studio.lan:1"), hostOf("http://10.0.0.9:1"), hostOf("nonsense")]).toEqual(["studio", "10.0.0.9", ""]);
  expect([nodeIdFrom("My Stüdio!", []), nodeIdFrom("studio", ["Studio"]), nodeIdFrom("…", [])]).toEqual(["my-studio", "studio-2", "node"]);
  expect(NodeId.safeParse(nodeIdFrom("-.weird name that is far too long for an id because it goes on and on", [])).success).toBe(true);
});

test("UX-14: “already loaded” is not claimed of a request that had to wait for a load", () => {
  expect(words.vocabulary.preference("warm", false)).toBe("already loaded");
  expect(words.vocabulary.preference("warm", true)).toBe("most ready");
  expect(words.vocabulary.preference("some-new-preference", false)).toBe("some new preference");
});
