import { expect, test } from "vitest";
import { commandsOf, foundCommands } from "../../renderer/palette/commands.ts";
import { fitOf } from "../../renderer/palette/match.ts";
import { aFleet, aModel, aNode, noon } from "../support/builders.ts";
import { sampleSnapshot } from "../support/sample-snapshot.ts";

const pages = [
  { page: "nodes", label: "Nodes" },
  { page: "activity", label: "Activity" },
];
const all = commandsOf(sampleSnapshot, pages, "Ctrl");
const labels = all.map(({ label }) => label);
const found = (typed: string, recent: readonly string[] = []) => foundCommands(all, typed, recent).map(({ label }) => label);

test("issue 6: pages, the address, pausing, nodes and models are all reached from the palette", () => {
  expect(labels).toEqual(
    expect.arrayContaining([
      "Open Activity",
      "Copy the gateway address",
      "Pause routing for 15 minutes",
      "Go to rack",
      "Drain studio",
      "End draining Mac mini in the hall",
      "Try attic now",
      "Load phi4:14b on studio",
      "Unload qwen3:8b from studio",
    ]),
  );
  expect(all.find(({ id }) => id === "page activity")?.hint).toBe("Ctrl+2");
});

test("nothing is offered that would be refused: a load on a node that is away, one under way, unloading where the node cannot", () => {
  expect(labels).not.toContain("Load phi4:14b on attic");
  expect(labels).not.toContain("Load gemma3:27b on studio");
  expect(labels).not.toContain("Unload bge-reranker-v2-m3 from Mac mini in the hall");
  expect(labels).not.toContain("Try studio now");
});

test("UX-09: an unload knows how many requests it may cut short", () => {
  expect(all.find(({ label }) => label === "Unload qwen3:8b from studio")?.act).toMatchObject({ do: "unload", busy: 2 });
  expect(all.find(({ label }) => label === "Unload nomic-embed-text:latest from studio")?.act).toMatchObject({ busy: 0 });
});

test("a machine that sleeps can be woken, one that cannot be woken is not offered; paused routing can be resumed and not paused again", () => {
  const health = { state: "asleep", since: noon, because: { kind: "connect-failed", message: "Asleep." } } as const;
  const nodes = [aNode("bench", [aModel("qwen3:8b")], { wakes: true, health }), aNode("shed", [], { health })];
  const fleet = aFleet(nodes, { paused: { until: null } });
  const asleep = commandsOf({ ...sampleSnapshot, fleet }, [], "Ctrl").map(({ label }) => label);
  expect(asleep).toContain("Wake bench");
  expect(asleep).not.toContain("Wake shed");
  expect(asleep).not.toContain("Load qwen3:8b on bench");
  expect(asleep).toContain("Resume routing");
  expect(asleep.filter((label) => label.startsWith("Pause"))).toEqual([]);
});

test("issue 6: the routing editor and the log of every node, also of one that is away, are a command each", () => {
  expect(all.find(({ label }) => label === "Edit routing")).toMatchObject({ first: true, act: { do: "page", hash: "#/routing/edit" } });
  expect(all.find(({ label }) => label === "Show the log of attic")?.act).toEqual({ do: "story", node: "attic" });
  expect(all.filter(({ act }) => act.do === "story").length).toBe(Object.keys(sampleSnapshot.fleet.nodes).length);
  expect(found("edit rou")[0]).toBe("Edit routing");
  expect(found("log studio")[0]).toBe("Show the log of studio");
});

test("every command has an id of its own", () => {
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
});

test("what was done last stands first, and nothing of the many models before anything is typed", () => {
  expect(found("")[0]).toBe("Open Nodes");
  expect(found("").some((label) => label.startsWith("Load"))).toBe(false);
  expect(found("", ["load studio phi4:14b", "keys"]).slice(0, 3)).toEqual(["Load phi4:14b on studio", "Show all keys", "Open Nodes"]);
});

test.each([
  ["activ", "Open Activity"],
  ["ulqw", "Unload qwen3:8b from studio"],
  ["load phi", "Load phi4:14b on studio"],
  ["go ra", "Go to rack"],
  ["addr", "Copy the gateway address"],
])("“%s” finds “%s” first", (typed, label) => {
  expect(found(typed)[0]).toBe(label);
});

test("letters that do not stand there in this order find nothing", () => {
  expect(fitOf("Open Nodes", "xyz")).toBeUndefined();
  expect(fitOf("abc", "cba")).toBeUndefined();
  expect(found("zzzz")).toEqual([]);
});

test("issue 6: 150 nodes with 50 models are listed and searched within a frame or two", () => {
  const models = Array.from({ length: 50 }, (_, index) => aModel(`model-${index}:7b`));
  const nodes = Array.from({ length: 150 }, (_, index) => aNode(`node-${index}`, models));
  const many = commandsOf({ ...sampleSnapshot, fleet: aFleet(nodes) }, pages, "Ctrl");
  expect(many.length).toBeGreaterThan(7_500);
  expect(foundCommands(many, "load model-49 node-149", [])[0]?.label).toBe("Load model-49:7b on node-149");
});
