import { expect, it } from "vitest";
import type { QueueView, UsageState } from "../../src-core/contract/api.ts";
import { defaultConfig } from "../../src-core/contract/config.ts";
import type { Fleet } from "../../src-core/contract/fleet.ts";
import { Totals } from "../../src-core/engine/observers/totals.ts";
import { UsageStream } from "../../src-core/engine/observers/usage-stream.ts";
import { aFleet, aModel, aNode } from "../support/builders.ts";
import { FakeClock } from "../support/fake-clock.ts";

function aStream() {
  const clock = new FakeClock();
  const totals = new Totals();
  const beliefs: { fleet: Fleet; queues: Record<string, QueueView> | undefined } = {
    fleet: aFleet([aNode("attic", [aModel("tiny", "warm")])]),
    queues: undefined,
  };
  const sources = { fleet: () => beliefs.fleet, config: () => defaultConfig, queues: () => beliefs.queues };
  return { clock, totals, beliefs, stream: new UsageStream(clock, sources, totals) };
}

it("2.6: a listener gets the state at once, then one per change, at most four a second, and nothing where nothing changed", () => {
  const { clock, totals, beliefs, stream } = aStream();
  const states: UsageState[] = [];
  const stop = stream.listen((state) => states.push(state));
  expect(states).toMatchObject([{ inFlight: {}, queues: {}, totals: { requests: 0 } }]);
  stream.observe();
  clock.advance(250);
  expect(states).toHaveLength(1);
  beliefs.fleet = aFleet([aNode("attic", [aModel("tiny", "warm")], { inFlight: { tiny: 2, big: 0 } })]);
  beliefs.queues = { tiny: { depth: 3, lanes: { interactive: 3, batch: 0 } } };
  totals.requests.add("ok", "openai", 5);
  for (let n = 0; n < 100; n++) stream.observe();
  expect(states).toHaveLength(1);
  clock.advance(250);
  expect(states[1]).toMatchObject({ inFlight: { attic: { tiny: 2 } }, queues: { tiny: 3 }, totals: { requests: 5 } });
  expect(states[1]?.inFlight["attic"]).not.toHaveProperty("big");
  stream.observe();
  clock.advance(250);
  expect(states).toHaveLength(2);
  stop();
  totals.requests.add("ok", "openai");
  stream.observe();
  expect(clock.pending).toHaveLength(0);
});
