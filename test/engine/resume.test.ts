// That this computer slept, found out from its clocks alone, and what is made of it.
import { expect, test } from "vitest";
import { defaultConfig } from "../../src-core/contract/config.ts";
import { admits } from "../../src-core/domain/breaker.ts";
import { type Resumed, ResumeWatch } from "../../src-core/engine/resume.ts";
import { Store } from "../../src-core/engine/store.ts";
import { steadyNow } from "../../src-core/host/clock.ts";
import { aNode } from "../support/builders.ts";
import { FakeClock } from "../support/fake-clock.ts";

function watched() {
  const clock = new FakeClock();
  const told: Resumed[] = [];
  const network = { name: "home" };
  const watch = new ResumeWatch(
    clock,
    () => network.name,
    (resumed) => told.push(resumed),
  );
  watch.start();
  return { clock, told, network, watch };
}

test("F52: ten minutes of sleep that no event told of are found at the next tick", () => {
  const { clock, told } = watched();
  clock.advance(60_000);
  expect(told).toEqual([]);
  clock.suspend(600_000);
  clock.advance(5_000);
  expect(told).toEqual([{ because: "sleep", sleptMs: 600_000 }]);
  clock.advance(60_000);
  expect(told.length).toBe(1);
});

test("F52: where the running clock goes on during sleep, a tick that comes too late tells the same", () => {
  const times = { monotonic: 0 };
  const timers: (() => void)[] = [];
  const told: Resumed[] = [];
  const clock = {
    now: () => times.monotonic,
    monotonic: () => times.monotonic,
    after: (_: number, callback: () => void) => {
      timers.push(callback);
      return () => undefined;
    },
  };
  const watch = new ResumeWatch(
    clock,
    () => "",
    (resumed) => told.push(resumed),
  );
  watch.start();
  times.monotonic += 605_000;
  timers.shift()?.();
  expect(told).toEqual([{ because: "sleep", sleptMs: 600_000 }]);
});

test.each([3_600_000, -3_600_000])("F50: a wall clock that jumps by %i ms is no sleep", (jump) => {
  const clock = new FakeClock();
  const told: Resumed[] = [];
  const watch = new ResumeWatch(
    {
      monotonic: () => clock.monotonic(),
      uptime: () => clock.uptime(),
      now: () => clock.now() + jump,
      after: (ms, call) => clock.after(ms, call),
    },
    () => "",
    (resumed) => told.push(resumed),
  );
  watch.start();
  clock.advance(600_000);
  expect(told).toEqual([]);
});

test("F51: the system's word and our own look at the same sleep count once", () => {
  const { clock, told, watch } = watched();
  clock.suspend(600_000);
  watch.tell("sleep");
  clock.advance(5_000);
  expect(told).toEqual([{ because: "sleep" }]);
});

test("F53: other addresses are another network, found by looking; the same ones are no news", () => {
  const { clock, told, network, watch } = watched();
  watch.tell("network");
  expect(told).toEqual([]);
  network.name = "hotel";
  clock.advance(5_000);
  expect(told).toEqual([{ because: "network" }]);
});

test("a pause of ten seconds loses nothing", () => {
  const { clock, told } = watched();
  clock.suspend(10_000);
  clock.advance(5_000);
  expect(told).toEqual([]);
});

test.each([3_600_000, -3_600_000])(
  "F50: a wall clock that jumps by %i ms leaves the two minutes of an open breaker two minutes",
  (jump) => {
    const clock = new FakeClock();
    const wall = { set: 0 };
    const now = steadyNow({ wallMs: () => clock.now() + wall.set, monotonicMs: () => clock.monotonic(), uptimeMs: () => clock.uptime() });
    const store = new Store(
      defaultConfig,
      { monotonic: () => clock.monotonic(), after: (ms, call) => clock.after(ms, call), now },
      () => 0.5,
    );
    const { id, kind, name, url, place, enabled, demo, can, memory } = aNode("a");
    store.record({
      type: "config-applied",
      at: now(),
      config: defaultConfig,
      nodes: [{ id, kind, name, url, place, enabled, demo, can, memory }],
    });
    store.record({ type: "breaker-tripped", at: now(), node: id });
    const state = () => admits(store.fleet.nodes["a"]?.breaker ?? { state: "closed", failures: [] }, store.world().now);
    wall.set = jump;
    for (let passed = 0; passed < 105; passed += 1) {
      clock.advance(1_000);
      expect(state()).toBe("no");
    }
    clock.advance(30_000);
    expect(state()).toBe("probe");
  },
);
