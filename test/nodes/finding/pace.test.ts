// How fast a search asks, by a clock that moves only when told.
import { setImmediate as settled } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Door } from "../../../src-core/nodes/finding/knock.ts";
import { knownPorts } from "../../../src-core/nodes/finding/known-ports.ts";
import { Pace, searchPace } from "../../../src-core/nodes/finding/pace.ts";
import { parseSubnet } from "../../../src-core/nodes/finding/subnets.ts";
import { doorsOf, sweep } from "../../../src-core/nodes/finding/sweep.ts";
import { FakeClock } from "../../support/fake-clock.ts";

function aSweep(doors: readonly Door[], clock: FakeClock, answerMs: number) {
  const stopped = new AbortController();
  const begun: number[] = [];
  let inFlight = 0;
  let most = 0;
  const ended = sweep(doors, {
    pace: new Pace(clock, stopped.signal),
    knock: () =>
      new Promise((resolve) => {
        begun.push(clock.monotonic());
        inFlight += 1;
        most = Math.max(most, inFlight);
        const forget = clock.after(answerMs, () => {
          inFlight -= 1;
          resolve("silent");
        });
        stopped.signal.addEventListener("abort", () => {
          forget();
          resolve("silent");
        });
      }),
    waitMs: answerMs,
    signal: stopped.signal,
    onOpen: () => undefined,
    onKnocked: () => undefined,
  });
  return { ended, begun, stopped, most: () => most, inFlight: () => inFlight };
}

const portsTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** Lets the clock run in small steps until the sweep has ended; the time it took. */
async function runOut(clock: FakeClock, ended: Promise<unknown>): Promise<number> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  await settled();
  while (!over) {
    clock.advance(5);
    await settled();
  }
  return clock.monotonic();
}

test("issue 5: discovery of a /24 at all known ports ends in under 10 s at the rate limit, though nobody answers", async () => {
  const clock = new FakeClock();
  const subnet = parseSubnet("192.168.1.0/24");
  if ("failure" in subnet) throw new Error(subnet.failure.message);
  const doors = doorsOf(subnet.addresses, knownPorts);
  const run = aSweep(doors, clock, 400);
  const tookMs = await runOut(clock, run.ended);
  expect(doors).toHaveLength(254 * 16);
  expect(run.begun).toHaveLength(doors.length);
  // A second is left for asking what was found.
  expect(tookMs).toBeLessThan(9_000);
  expect(run.most()).toBeLessThanOrEqual(searchPace.inFlight);
});

test("no second holds more questions than the limit", async () => {
  const clock = new FakeClock();
  const run = aSweep(doorsOf(["192.168.1.1"], portsTo(2_000)), clock, 1);
  await runOut(clock, run.ended);
  expect(run.begun).toHaveLength(2_000);
  const inSecond = (from: number) => run.begun.filter((at) => at >= from && at < from + 1_000).length;
  for (const at of new Set(run.begun)) expect(inSecond(at)).toBeLessThanOrEqual(searchPace.perSecond + 15);
});

test("a timer that comes a second late is not made up for by a burst", async () => {
  const clock = new LateClock();
  const run = aSweep(doorsOf(["192.168.1.1"], portsTo(500)), clock, 1);
  await runOut(clock, run.ended);
  for (const at of new Set(run.begun)) expect(run.begun.filter((one) => one === at).length).toBeLessThanOrEqual(30);
});

/** Its short timers are a second late, as on a computer that has too much to do. */
class LateClock extends FakeClock {
  override after(ms: number, callback: () => void): () => void {
    return super.after(ms === 25 ? 1_000 : ms, callback);
  }
}

test("machines that never answer hold back the others instead of piling up", async () => {
  const clock = new FakeClock();
  const run = aSweep(doorsOf(["192.168.1.1"], portsTo(400)), clock, 60_000);
  await settled();
  for (let step = 0; step < 400; step += 1) {
    clock.advance(25);
    await settled();
  }
  expect([run.begun.length, run.inFlight()]).toEqual([searchPace.inFlight, searchPace.inFlight]);
  run.stopped.abort();
  await run.ended;
});

test("cancelled, a search asks nothing more and ends at once", async () => {
  const clock = new FakeClock();
  const run = aSweep(doorsOf(["192.168.1.1"], portsTo(503)), clock, 400);
  await settled();
  clock.advance(100);
  await settled();
  const asked = run.begun.length;
  run.stopped.abort();
  await run.ended;
  clock.advance(10_000);
  await settled();
  expect(run.begun).toHaveLength(asked);
  expect(asked).toBeLessThan(503);
});
