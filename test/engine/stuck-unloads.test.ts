// Unloads that unload nothing: seen by the node's own list, told once, planned around. Over a fake node and a fake clock.
import { expect, test } from "vitest";
import type { Notice } from "../../src-core/contract/api.ts";
import { AttemptId, ModelId, NodeId, RequestId } from "../../src-core/contract/ids.ts";
import { roomFor } from "../../src-core/domain/memory.ts";
import { ModelWishes } from "../../src-core/engine/model-wishes.ts";
import { Notices } from "../../src-core/engine/observers/notices.ts";
import { StuckUnloads, stuckUnloadFacts } from "../../src-core/engine/observers/stuck-unloads.ts";
import { FakeAdapter } from "../support/fake-adapter.ts";
import { smallFleet } from "../support/small-fleet.ts";

const a = NodeId.parse("a");
const m = ModelId.parse("m");
const gb = 1e9;

/** Says that it unloads, and keeps what it has until it lets go. */
class Clinging extends FakeAdapter {
  override unload(model: string): Promise<undefined> {
    this.unloads.push(model);
    return Promise.resolve(undefined);
  }
}

async function clinging() {
  const adapter = new Clinging(["m", "n"], ["m"]);
  const document = {
    nodes: [{ id: a, kind: "ollama" as const, url: "http://a.lan:11434", devices: [{ memoryBytes: 10 * gb }] }],
    catalogue: ["m", "n"].map((name) => ({ model: ModelId.parse(name), bytes: 8 * gb })),
  };
  const fleet = await smallFleet({ a: adapter }, document);
  const { store, clock, poller, loader } = fleet;
  const notices = new Notices(clock, () => store.config.notifications);
  const told: Notice[] = [];
  notices.onNotice((notice) => told.push(notice));
  store.observe(notices.observe, "changes");
  store.observe(new StuckUnloads(store, clock, (node) => void poller.probe(node)).observe, stuckUnloadFacts);
  const models = new ModelWishes({ store, clock, loader, poller, adapterOf: () => adapter });
  const entry = () => store.fleet.nodes["a"]?.models["m"];
  const room = () => {
    const node = store.fleet.nodes["a"];
    return node === undefined ? undefined : roomFor(node, "n", store.world());
  };
  const probe = () => poller.probeAfresh(a);
  return { ...fleet, adapter, told, models, entry, room, probe };
}

test("demands 10: what is still in memory ten seconds after its unload is shown, told once, and no room is planned on it", async () => {
  const { clock, told, models, entry, room, probe, adapter } = await clinging();
  clock.advance(60_000);
  await probe();
  expect(room()).toMatchObject({ verdict: "fits-after", evict: ["m"] });
  await models.unload(a, m);
  expect(entry()?.residency.state).toBe("unloading");
  clock.advance(10_000);
  await probe();
  expect(told).toEqual([]);
  clock.advance(1_000);
  await probe();
  expect(entry()).toMatchObject({ residency: { state: "warm" }, stuckSince: expect.any(Number) });
  expect(told.map(({ kind, title }) => [kind, title])).toEqual([["unload-stuck", "m does not leave the memory of a"]]);
  expect(room()?.verdict).toBe("too-big");
  await models.unload(a, m);
  clock.advance(12_000);
  await probe();
  await probe();
  expect(told.length).toBe(1);
  adapter.warm.delete("m");
  await probe();
  expect(entry()?.stuckSince).toBeUndefined();
  expect(room()?.verdict).not.toBe("too-big");
});

test("demands 10: an unload that works late, but works, is no news", async () => {
  const { clock, told, models, entry, probe, adapter } = await clinging();
  await models.unload(a, m);
  clock.advance(9_000);
  adapter.warm.delete("m");
  await probe();
  clock.advance(60_000);
  await probe();
  expect(told).toEqual([]);
  expect(entry()?.residency.state).toBe("cold");
});

test("demands 10: a model that a request was sent to after its unload is wanted, not stuck", async () => {
  const { store, clock, told, models, entry, probe } = await clinging();
  await models.unload(a, m);

  const ids = { request: RequestId.parse("r"), attempt: AttemptId.parse("1"), node: a, model: m };
  store.record({ type: "attempt-started", at: clock.now(), ...ids });
  clock.advance(12_000);
  await probe();
  expect(told).toEqual([]);
  expect(entry()?.stuckSince).toBeUndefined();
});
