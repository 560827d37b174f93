// A conversation through the whole engine: it stays where it was while that costs nothing, and leaves when it does.
import { expect, test } from "vitest";
import { NodeId } from "../../src-core/contract/ids.ts";
import { House } from "./house.ts";
import { diceOf } from "./seeded.ts";

const ids = ["attic", "den"] as const;

/** Two nodes with the model warm; a conversation that is on the second one because the first was busy. */
async function talking(affinity = {}) {
  const nodes = ids.map((id) => ({ id: NodeId.parse(id), kind: "ollama" as const, url: `http://${id}.lan:11434`, slots: 2 }));
  const model = { name: "m", bytes: 1, loadMs: 10, loads: "well" as const };
  const house = new House({ document: { nodes, affinity }, models: { attic: [model], den: [model] } }, diceOf(1));
  await house.settle();
  for (const { id } of nodes) {
    house.nodes.get(id)?.warm.add("m");
    await house.engine.poller.probe(id);
  }
  house.ask("m");
  const where: string[] = [];
  house.engine.store.observe((event) => {
    if (event.type === "attempt-started") where.push(event.node);
  });
  house.ask("m", { conversation: "c" });
  await house.rest();
  return { house, where };
}

test("2.4.4, 2.4.8: the next turn goes to the node of the last one; another conversation goes where it is best", async () => {
  const { house, where } = await talking();
  house.ask("m", { conversation: "c" });
  await house.rest();
  house.ask("m", { conversation: "other" });
  await house.rest();
  expect(where).toEqual(["den", "den", "attic"]);
  await house.stop();
});

test("2.4.4: it leaves when its node no longer has the model, has no slot free, or its time has passed", async () => {
  for (const leave of ["cold", "full", "late", "off"] as const) {
    const { house, where } = await talking(leave === "off" ? { enabled: false } : { ttlSeconds: 60 });
    if (leave === "cold") {
      house.nodes.get("den")?.warm.clear();
      await house.engine.poller.probe(NodeId.parse("den"));
    }
    if (leave === "full") for (const conversation of ["c", "c"]) house.ask("m", { conversation, exclude: [NodeId.parse("attic")] });
    if (leave === "late") await house.pass(61_000);
    house.ask("m", { conversation: "c" });
    expect([leave, where.at(-1)]).toEqual([leave, "attic"]);
    await house.stop();
  }
});
