// The gateway beside its servers: what this machine's tools tell becomes what is known of the nodes on it. The machine is a number that the test sets.
import { expect, test } from "vitest";
import type { Device, DeviceReading } from "../../src-core/contract/devices.ts";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { followMs } from "../../src-core/engine/machine-watch.ts";
import type { DeviceReader } from "../../src-core/engine/ports.ts";
import { call, chat } from "../gateway/caller.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { type HomeNode, startHome } from "../support/gateway.ts";

const gb = 1_000_000_000;

/** A machine with one card of 24 GB. */
class Machine implements DeviceReader {
  latest: DeviceReading | undefined;
  usedBytes: number | undefined = 2 * gb;
  devices: readonly Device[] | undefined;
  reads = 0;

  async read(): Promise<DeviceReading> {
    this.reads += 1;
    const used = this.usedBytes === undefined ? {} : { usedBytes: this.usedBytes };
    const card = { index: 0, name: "RTX 3090", memory: "device" as const, totalBytes: 24 * gb, ...used };
    this.latest = { at: 0, devices: this.devices ?? [card], processes: [] };
    return this.latest;
  }
}

const ollama = (more: Partial<HomeNode> = {}): HomeNode => ({
  kind: "ollama",
  models: [{ name: "qwen3:8b", bytes: 5 * gb, residentBytes: 6 * gb, replyTokens: 2 }],
  ...more,
});
const desk = NodeId.parse("desk");
const memoryOf = (home: Awaited<ReturnType<typeof startHome<"desk">>>) => home.node("desk").memory;

test("demands 4: what memory is left is measured for a server on this machine, and what a game holds counts", async () => {
  const machine = new Machine();
  const home = await startHome({ nodes: { desk: ollama() }, devices: machine });
  await home.until((fleet) => fleet.nodes["desk"]?.memory.usedBytes !== undefined);
  expect(memoryOf(home)).toEqual({
    totalBytes: 24 * gb,
    totalSource: "measured",
    usedBytes: 2 * gb,
    usedSource: "measured",
    limit: "soft",
  });
  machine.usedBytes = 20 * gb;
  await home.homeport.engine.poller.probe(desk);
  await home.until((fleet) => fleet.nodes["desk"]?.memory.usedBytes === 20 * gb);
});

test("UX-06: what the tools do not tell is unknown, and becomes unknown when they stop telling", async () => {
  const machine = new Machine();
  machine.usedBytes = undefined;
  const home = await startHome({ nodes: { desk: ollama() }, devices: machine });
  await home.until((fleet) => fleet.nodes["desk"]?.memory.totalBytes !== undefined);
  expect(memoryOf(home)).not.toHaveProperty("usedBytes");
  machine.devices = [{ index: 0, name: "System memory", memory: "system", totalBytes: 64 * gb, usedBytes: 8 * gb }];
  await home.homeport.engine.poller.probe(desk);
  await home.until((fleet) => fleet.nodes["desk"]?.memory.totalBytes === undefined);
  expect(memoryOf(home)).toEqual({});
});

test.each([
  ["a server elsewhere", ollama({ declares: { place: "lan" } })],
  ["a neuron, which tells of its own machine", { kind: "neuron", models: [{ name: "m" }] }],
  ["a gateway", { kind: "homeport", models: [{ name: "m", warm: true }] }],
] satisfies [string, HomeNode][])("%s is not told by our tools, and they are not asked for it", async (_, node) => {
  const machine = new Machine();
  const home = await startHome({ nodes: { desk: node }, devices: machine });
  await home.homeport.engine.poller.probe(desk);
  expect(machine.reads).toBe(0);
  expect(memoryOf(home).totalSource).not.toBe("measured");
});

test("a change of the settings does not make the memory unknown", async () => {
  const home = await startHome({ nodes: { desk: ollama() }, devices: new Machine() });
  await home.until((fleet) => fleet.nodes["desk"]?.memory.usedBytes !== undefined);
  home.homeport.engine.secretsChanged();
  expect(memoryOf(home)).toMatchObject({ totalBytes: 24 * gb, usedBytes: 2 * gb });
});

test("a model greater than the card is still served: its server computes a part elsewhere", async () => {
  const models = [{ name: "llama3.3:70b", bytes: 42 * gb, residentBytes: 43 * gb, vramBytes: 22 * gb, replyTokens: 2 }];
  const home = await startHome({ nodes: { desk: ollama({ models }) }, devices: new Machine() });
  await home.until((fleet) => fleet.nodes["desk"]?.memory.usedBytes !== undefined);
  expect((await call(home.url, "/v1/chat/completions", chat("llama3.3:70b"))).status).toBe(200);
});

test("demands 4: a load that its server says nothing of is followed by its memory, marked as measured, and never said to be done", async () => {
  const clock = new FakeClock();
  const machine = new Machine();
  const stuck = { name: "qwen3:8b", bytes: 5 * gb, loadFault: { fault: "stuck" as const } };
  const home = await startHome({ nodes: { desk: ollama({ models: [stuck] }) }, devices: machine, clock });
  const { engine } = home.homeport;
  const history = { "qwen3:8b": { ms: [20_000], footprintBytes: 6 * gb } };
  engine.store.record({ type: "history-restored", at: clock.now(), node: desk, history });
  const loading = engine.models.load(desk, ModelId.parse("qwen3:8b"), false);
  const fraction = async (usedBytes: number) => {
    machine.usedBytes = usedBytes;
    const before = home.count("load-progressed");
    await clock.sleepingFor(followMs);
    clock.advance(followMs);
    await home.until(() => home.count("load-progressed") > before);
    return Object.values(engine.fleet.loads)[0]?.reported;
  };
  expect(await fraction(5 * gb)).toMatchObject({ fraction: 0.5, source: "measured" });
  expect(await fraction(4 * gb)).toMatchObject({ fraction: 0.5 });
  expect(await fraction(20 * gb)).toMatchObject({ fraction: 0.95 });
  engine.loader.cancel(desk, ModelId.parse("qwen3:8b"));
  expect(await loading).toMatchObject({ failure: { kind: "cancelled" } });
});

test("demands 4: without a footprint nothing is made up; two loads at once are nobody's growth", async () => {
  const machine = new Machine();
  const clock = new FakeClock();
  const stuck = (name: string) => ({ name, bytes: 5 * gb, loadFault: { fault: "stuck" as const } });
  const home = await startHome({
    nodes: { desk: ollama({ models: [stuck("a")] }), other: ollama({ models: [stuck("b")] }) },
    devices: machine,
    clock,
  });
  const { engine } = home.homeport;
  const other = NodeId.parse("other");
  engine.store.record({ type: "history-restored", at: clock.now(), node: other, history: { b: { ms: [], footprintBytes: 6 * gb } } });
  const loads = [engine.models.load(desk, ModelId.parse("a"), false), engine.models.load(other, ModelId.parse("b"), false)];
  await home.until((fleet) => Object.values(fleet.loads).filter(({ stage }) => stage === "loading").length === 2);
  machine.usedBytes = 9 * gb;
  await clock.sleepingFor(followMs);
  clock.advance(followMs);
  await home.until((fleet) => fleet.nodes["desk"]?.memory.usedBytes === 9 * gb);
  expect(home.count("load-progressed")).toBe(0);
  engine.loader.stop();
  await Promise.all(loads);
});

test("demands 4: what a model takes is learned from the machine where its server never says, and outlives the process", async () => {
  const machine = new Machine();
  const home = await startHome({ nodes: { desk: { kind: "lm-studio", models: [{ name: "m", bytes: 5 * gb }] } }, devices: machine });
  await home.until((fleet) => fleet.nodes["desk"]?.memory.usedBytes !== undefined);
  home.homeport.engine.store.observe((event) => {
    if (event.type === "load-staged" && event.stage === "loading") machine.usedBytes = 9 * gb;
  });
  await home.homeport.engine.models.load(desk, ModelId.parse("m"), false);
  expect(await home.happened("footprint-measured")).toMatchObject({ node: "desk", model: "m", bytes: 7 * gb });
  expect(home.node("desk").history["m"]).toMatchObject({ footprintBytes: 7 * gb });
});

test("a load that stands alone ends its own watch: no timer of it is left", async () => {
  const clock = new FakeClock();
  const home = await startHome({ nodes: { desk: ollama() }, devices: new Machine(), clock });
  await home.homeport.engine.models.load(desk, ModelId.parse("qwen3:8b"), false);
  expect(clock.pending).not.toContain(followMs);
});
