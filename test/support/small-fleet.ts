// A store, poller and loader over fake adapters and a fake clock: the smallest engine that loads.
import { Config, type ConfigDocument } from "../../src-core/contract/config.ts";
import type { EngineEvent } from "../../src-core/contract/events.ts";
import { NodeId } from "../../src-core/contract/ids.ts";
import { Loader } from "../../src-core/engine/loader.ts";
import { Poller } from "../../src-core/engine/poller.ts";
import { Store } from "../../src-core/engine/store.ts";
import { aNode } from "./builders.ts";
import type { FakeAdapter } from "./fake-adapter.ts";
import { FakeClock } from "./fake-clock.ts";

export async function smallFleet(adapters: Readonly<Record<string, FakeAdapter>>, document: ConfigDocument = {}, isWatched = () => false) {
  const clock = new FakeClock();
  const config = Config.parse(document);
  const store = new Store(config, clock, () => 0.5);
  const events: EngineEvent[] = [];
  store.observe((event) => events.push(event));
  const poller = new Poller(store, clock, () => 0.5, isWatched);
  const nodes = Object.keys(adapters).map((id) => {
    const { kind, name, url, place, enabled, demo, can, memory } = aNode(id);
    const declared = config.nodes.find((node) => node.id === id);
    const devices = declared?.devices ?? [];
    const wakes = declared?.wake !== undefined;
    const totalBytes = devices.reduce((sum, device) => sum + device.memoryBytes, 0);
    return { id: NodeId.parse(id), kind, name, url, place, enabled, demo, can, wakes, memory: totalBytes === 0 ? memory : { totalBytes } };
  });
  store.record({ type: "config-applied", at: clock.now(), config, nodes });
  const loader = new Loader(store, clock, poller, (node) => adapters[node]);
  for (const [id, adapter] of Object.entries(adapters)) poller.watch(NodeId.parse(id), adapter);
  await Promise.all(Object.keys(adapters).map((id) => poller.probe(NodeId.parse(id))));
  return {
    clock,
    store,
    poller,
    loader,
    events,
    count: (type: EngineEvent["type"]) => events.filter((event) => event.type === type).length,
  };
}
