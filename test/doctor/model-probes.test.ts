// Whom the doctor asks: models in memory, and only while they are; never one that is busy.
import { expect, test } from "vitest";
import { probeModels } from "../../src-core/doctor/model-probes.ts";
import { systemClock } from "../../src-core/host/clock.ts";
import { aModel, aNode } from "../support/builders.ts";
import { FakeAdapter } from "../support/fake-adapter.ts";

const { signal } = new AbortController();

async function begun(node = aNode("beast", [aModel("m", "warm")])) {
  const adapter = new FakeAdapter(["m"], ["m"]);
  const sighting = await adapter.probe();
  if ("failure" in sighting) throw new Error(sighting.failure.message);
  return { adapter, findings: probeModels({ node, adapter, clock: systemClock, signal }, sighting) };
}

test("issue 6: a model that leaves memory between two questions is not asked the second, which would load it again", async () => {
  const { adapter, findings } = await begun();
  await adapter.sent(1);
  adapter.warm.clear();
  adapter.answers[0]
    ?.head(200, "application/x-ndjson")
    .data('{"message":{"content":"1 2"},"done":false}\n{"done":true,"done_reason":"stop"}\n')
    .end();
  const levels = Object.fromEntries((await findings).map(({ id, level }) => [id.split(":")[0], level]));
  expect(levels).toMatchObject({ streams: "ok", tools: "skipped", context: "skipped" });
  expect([adapter.answers.length, adapter.loads.length]).toEqual([1, 0]);
});

test("issue 6: a question keeps the context that the model has, so that Ollama does not load it anew", async () => {
  const node = aNode("beast", [aModel("m", "warm")]);
  const adapter = new FakeAdapter(["m"], ["m"]);
  const model = { ...(await listed(adapter)), contextTokens: 12_288 };
  void probeModels({ node, adapter, clock: systemClock, signal }, { models: [model] });
  await adapter.sent(1);
  expect(JSON.parse(String(adapter.answers[0]?.call.body))).toMatchObject({ options: { num_ctx: 12_288 } });
});

async function listed(adapter: FakeAdapter) {
  const sighting = await adapter.probe();
  const [model] = "failure" in sighting ? [] : sighting.models;
  if (model === undefined) throw new Error("the fake lists its model");
  return model;
}

test("issue 6: a model that is busy is not kept from its request by questions of ours", async () => {
  const { adapter, findings } = await begun(aNode("beast", [aModel("m", "warm")], { inFlight: { m: 1 } }));
  expect((await findings).map(({ level }) => level)).toEqual(["skipped"]);
  expect(adapter.answers).toEqual([]);
});
