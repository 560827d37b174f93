// Waking: one wake per node, packets while nobody answers, and only an answer ends it. Over fake nodes and a fake clock.
import { describe, expect, it } from "vitest";
import { fail } from "../../src-core/contract/failure.ts";
import { NodeId } from "../../src-core/contract/ids.ts";
import type { WakeTarget } from "../../src-core/contract/node-hours.ts";
import { expectedWakeMs } from "../../src-core/domain/waking.ts";
import { Waker } from "../../src-core/engine/waker.ts";
import { FakeAdapter } from "../support/fake-adapter.ts";
import { smallFleet } from "../support/small-fleet.ts";

const a = NodeId.parse("a");
const mac = "3c:52:82:0a:1b:2c";
const gone = fail("connect-failed", "a did not answer in time.", { detail: "UND_ERR_CONNECT_TIMEOUT: late" });
const refused = fail("connect-failed", "Nothing is listening.", { detail: "ECONNREFUSED: refused" });

async function asleep() {
  const adapter = new FakeAdapter(["m"], ["m"]);
  const fleet = await smallFleet({ a: adapter }, { nodes: [{ id: a, kind: "ollama", url: "http://a.lan:11434", wake: { mac } }] });
  const packets: WakeTarget[] = [];
  const kept: (readonly number[])[] = [];
  const send = async (target: WakeTarget) => {
    packets.push(target);
    return undefined;
  };
  const { store, clock, poller } = fleet;
  const waker = new Waker({ store, clock, poller, send, journal: { recordWakes: (_, ms) => void kept.push(ms) } });
  adapter.sick = gone;
  await poller.probe(a);
  /** So many seconds, and the look after each of them. */
  const pass = async (seconds: number) => {
    await clock.sleepingFor(1_000);
    for (let second = 0; second < seconds; second += 1) {
      clock.advance(1_000);
      await clock.sleepingFor(1_000);
    }
  };
  /** It answers from now on; the next look is a second away. */
  const comes = () => {
    adapter.sick = undefined;
    clock.advance(1_000);
  };
  const node = () => store.fleet.nodes["a"];
  return { ...fleet, adapter, packets, kept, waker, pass, comes, node };
}

describe("waking a node", () => {
  it("demands 5: many who want it awake cause one wake; it is over when the node answers, and its time is remembered", async () => {
    const { packets, kept, waker, pass, comes, node, count } = await asleep();
    expect(node()?.health.state).toBe("asleep");
    const waiting = Array.from({ length: 20 }, () => waker.ensure(a, "request", () => undefined));
    await pass(12);
    expect(node()?.health).toMatchObject({ state: "asleep", waking: { by: "request" } });
    comes();
    expect(await Promise.all(waiting)).toEqual(Array.from({ length: 20 }, () => undefined));
    expect([count("wake-started"), count("wake-finished")]).toEqual([1, 1]);
    expect(packets.map((packet) => packet.mac)).toEqual([mac, mac, mac]);
    expect(kept).toEqual([[13_000]]);
    expect(node()).toMatchObject({ health: { state: "up" }, wakeMs: [13_000] });
  });

  it("demands 5: of the last five wakes the median is what the next one is expected to take", async () => {
    expect(expectedWakeMs({ wakeMs: [70_000, 68_000, 300_000, 66_000, 69_000] })).toBe(69_000);
    expect(expectedWakeMs({})).toBeUndefined();
    const { store, adapter, waker, pass, comes, poller, node } = await asleep();
    for (const seconds of [9, 3, 2, 2, 2, 2]) {
      adapter.sick = gone;
      await poller.probe(a);
      const waking = waker.ensure(a, "user");
      await pass(seconds - 1);
      comes();
      await waking;
    }
    expect(node()?.wakeMs).toEqual([3_000, 2_000, 2_000, 2_000, 2_000]);
    expect(expectedWakeMs(store.fleet.nodes["a"] ?? {})).toBe(2_000);
  });

  it("a node that had not been asleep is not learned from", async () => {
    const { adapter, waker, kept, node } = await asleep();
    adapter.sick = undefined;
    expect(await waker.ensure(a, "user")).toBeUndefined();
    expect(kept).toEqual([]);
    expect(node()).toMatchObject({ health: { state: "up" } });
    expect(node()?.wakeMs).toBeUndefined();
  });

  it("a server that does not listen yet on a machine that is awake already is waited for", async () => {
    const { adapter, waker, pass, comes, node } = await asleep();
    const waking = waker.ensure(a, "user");
    await pass(3);
    adapter.sick = refused;
    await pass(3);
    expect(node()?.health).toMatchObject({ state: "asleep", waking: { by: "user" } });
    comes();
    expect(await waking).toBeUndefined();
  });

  it("one that never comes is given up in words, and no request wakes it again for a while", async () => {
    const { waker, pass, node, clock } = await asleep();
    const waking = waker.ensure(a, "request", () => undefined);
    await pass(239);
    clock.advance(1_000);
    expect(await waking).toMatchObject({ kind: "connect-failed", node: a, message: expect.stringContaining("240 s") });
    const { health } = node() ?? {};
    expect(health).toMatchObject({ state: "asleep", unwakeable: { count: 1, until: clock.now() + 300_000 } });
  });

  it("who leaves stops nobody else", async () => {
    const { waker, pass, comes } = await asleep();
    let leave = () => {};
    const leaver = waker.ensure(a, "request", (give) => {
      leave = give;
    });
    const stayer = waker.ensure(a, "request", () => undefined);
    leave();
    expect(await leaver).toBe("left");
    await pass(1);
    comes();
    expect(await stayer).toBeUndefined();
  });

  it("without a wake address it says so and sends nothing", async () => {
    const { store, clock, poller } = await smallFleet({ a: new FakeAdapter(["m"]) });
    const waker = new Waker({ store, clock, poller, send: async () => undefined, journal: { recordWakes: () => undefined } });
    expect(await waker.ensure(a, "user")).toMatchObject({ kind: "unsupported" });
  });
});
