// What is explained is what is done: before, in ten thousand random worlds, and in a running house, for the very next request.
import { expect, test } from "vitest";
import { explain } from "../../src-core/domain/explain.ts";
import { resolve } from "../../src-core/domain/resolve.ts";
import { newSession, nextStep } from "../../src-core/domain/session.ts";
import { House } from "./house.ts";
import { aPlan, move } from "./random-house.ts";
import { aRandomRequest, aRandomWorld } from "./random-world.ts";
import { type Dice, everySeed, seedCount } from "./seeded.ts";

const worlds = seedCount * 10;

test(`explain and decision agree in ${worlds} random worlds`, { timeout: 10_000 + worlds * 10 }, async () => {
  const did = new Set<string>();
  await everySeed(worlds, (_, dice) => {
    const world = aRandomWorld(dice);
    const facts = aRandomRequest(dice);
    const resolution = resolve(facts, world);
    if ("kind" in resolution) return;
    const affinity = dice.chance(0.3) ? "den" : undefined;
    const ahead = dice.pick([0, 0, 1, 3]);
    const step = nextStep(newSession(facts, resolution, affinity), world, () => ahead);
    const told = explain(facts, resolution, world, () => ahead, { affinity });
    did.add(step.do);
    expect(told.next.do).toBe(step.do);
    expect(told.links).toHaveLength(resolution.chain.length);
    if (step.do === "fail") return expect(told.next.says).toBe(step.failure.message);
    expect([told.next.node, told.next.model]).toEqual([step.candidate?.node, step.candidate?.model]);
    const link = told.links[step.session.at];
    expect(link?.candidates.map(({ node, model, readiness }) => ({ node, model, readiness }))).toEqual(step.decision.candidates);
    expect([link?.decidedBy, link?.rejected, link?.relaxed]).toEqual([
      step.decision.decidedBy,
      step.decision.rejected,
      step.decision.relaxed,
    ]);
    for (const one of link?.candidates ?? []) expect(one.expectedWaitMs ?? 0).toBeGreaterThanOrEqual(0);
  });
  expect(did).toEqual(new Set(["send", "load", "wake", "wait", "fail"]));
});

test(`in ${seedCount} large houses, where a decision passes over who would have to load, explain names the same place`, async () => {
  const did = new Set<string>();
  await everySeed(seedCount, (_, dice) => {
    const world = aRandomWorld(dice, "large");
    const facts = aRandomRequest(dice);
    const resolution = resolve(facts, world);
    if ("kind" in resolution) return;
    const step = nextStep(newSession(facts, resolution, undefined), world, () => 0);
    const { next } = explain(facts, resolution, world, () => 0);
    did.add(step.do);
    const candidate = step.do === "fail" ? undefined : step.candidate;
    expect([next.do, next.node, next.model]).toEqual([step.do, candidate?.node, candidate?.model]);
  });
  expect([...did]).toEqual(expect.arrayContaining(["send", "load", "wait"]));
});

const firsts: Readonly<Record<string, string>> = {
  "attempt-started": "send",
  "request-loading": "load",
  "request-queued": "wait",
  "request-finished": "fail",
};

test(`explain tells what the next request really meets, in ${seedCount} running houses`, {
  timeout: 10_000 + seedCount * 100,
}, async () => {
  const did = new Set<string>();
  await everySeed(seedCount, async (_, dice) => {
    const house = new House(aPlan(dice), dice);
    await house.settle();
    for (let moves = dice.between(3, 20); moves > 0; moves -= 1) {
      await move(house, dice);
      did.add(asExplained(house, dice));
    }
    await house.stop();
  });
  expect(did).toEqual(new Set(["send", "load", "wait", "fail"]));
});

/** Asks what would happen, then lets it happen. */
function asExplained(house: House, dice: Dice): string {
  const model = dice.pick(["m", "m", "n", "big", "coder", "nobody"]);
  const explained = house.engine.explain({ model });
  const told = "failure" in explained ? { do: "fail", node: undefined } : explained.next;
  let met: { readonly do: string; readonly node: string | undefined } | undefined;
  house.engine.store.observe((event) => {
    const first = firsts[event.type];
    if (met !== undefined || first === undefined || !("request" in event) || event.request !== asked) return;
    met = { do: first, node: event.type === "request-finished" ? undefined : "node" in event ? event.node : undefined };
  });
  const asked = `r${house.asked.length}`;
  house.ask(model, { needs: [], promptTokens: 0 });
  // A wait for the first inventory is told to nobody: it is no place in a queue.
  if (told.do === "wait" && told.node === undefined) return "wait";
  expect(met).toEqual({ do: told.do, node: told.node });
  return told.do;
}
