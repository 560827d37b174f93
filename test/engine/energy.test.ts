// Energy from given watts: arithmetic over facts, to be checked by hand. A node at 360 W takes 0.1 Wh a second.
import { expect, test } from "vitest";
import { Config } from "../../src-core/contract/config.ts";
import type { EngineEvent } from "../../src-core/contract/events.ts";
import { AttemptId, ModelId, NodeId, RequestId } from "../../src-core/contract/ids.ts";
import { Energy } from "../../src-core/engine/observers/energy.ts";

const model = ModelId.parse("m");

function applied(nodes: Readonly<Record<string, number | undefined>>): EngineEvent {
  const all = Object.entries(nodes).map(([id, watts]) => ({
    id,
    kind: "ollama",
    url: `http://${id}.lan`,
    ...(watts === undefined ? {} : { watts }),
  }));
  return { type: "config-applied", at: 0, config: Config.parse({ nodes: all }), nodes: [], renewed: [] };
}

const step = (type: "begin" | "end", at: number, request: string, node = "attic", attempt = `${request}-1`): EngineEvent => {
  const told = { at, request: RequestId.parse(request), attempt: AttemptId.parse(attempt), node: NodeId.parse(node), model };
  return type === "begin" ? { type: "attempt-started", ...told } : { type: "attempt-finished", ...told, verdict: "good" };
};

function metered(nodes: Readonly<Record<string, number | undefined>>, ...steps: readonly EngineEvent[]): Energy {
  const energy = new Energy();
  for (const event of [applied(nodes), ...steps]) energy.observe(event);
  return energy;
}

test("issue 6 Usage: energy is the given watts for the time in which a request was answered", () => {
  const energy = metered({ attic: 360 }, step("begin", 5_000, "r1"), step("end", 15_000, "r1"));
  expect(energy.take("r1")).toBeCloseTo(1);
  expect(energy.take("r1")).toBeUndefined();
});

test("issue 6 Usage: energy of requests at once is shared, and all together is the node's working time and no more", () => {
  const energy = metered(
    { attic: 360 },
    step("begin", 0, "r1"),
    step("begin", 10_000, "r2"),
    step("end", 20_000, "r1"),
    step("end", 40_000, "r2"),
    // A pause is nobody's.
    step("begin", 90_000, "r3"),
    step("end", 100_000, "r3"),
  );
  const each = ["r1", "r2", "r3"].map((request) => energy.take(request) ?? 0);
  expect(each.map((wattHours) => Math.round(wattHours * 1_000) / 1_000)).toEqual([1.5, 2.5, 1]);
});

test("issue 6 Usage: energy of a request that was tried on two nodes is of both, and of a node without watts it is not known", () => {
  const energy = metered(
    { attic: 360, den: 36, hall: undefined },
    step("begin", 0, "r1"),
    step("end", 10_000, "r1"),
    step("begin", 10_000, "r1", "den", "r1-2"),
    step("end", 20_000, "r1", "den", "r1-2"),
    step("begin", 0, "r2", "hall"),
    step("end", 10_000, "r2", "hall"),
  );
  expect(energy.take("r1")).toBeCloseTo(1.1);
  expect(energy.take("r2")).toBeUndefined();
});

test("issue 6 Usage: energy survives new watts and watts that go in the middle of an answer, and a clock that is set back takes none away", () => {
  const energy = metered(
    { attic: 360 },
    step("begin", 0, "r1"),
    step("begin", 10_000, "r2"),
    applied({ attic: 720 }),
    step("end", 4_000, "r2"),
    applied({}),
    step("end", 20_000, "r1"),
  );
  expect(energy.take("r2")).toBe(0);
  expect(energy.take("r1")).toBeCloseTo(3);
  expect(metered({ attic: undefined }, step("begin", 0, "r3"), step("end", 9_000, "r3")).take("r3")).toBeUndefined();
});
