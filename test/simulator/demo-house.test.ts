// The demo's house: its rules stay its own, and every preset finds a reason to choose differently. The bug it would catch: a change of the demo,
// or of a preference, after which the Routing page has nothing to show; and rules of the demo that end up in somebody's settings.
import { expect, onTestFinished, test } from "vitest";
import { Config, type NodeConfig } from "../../src-core/contract/config.ts";
import { PresetName } from "../../src-core/contract/routing.ts";
import { explain } from "../../src-core/domain/explain.ts";
import { startHomeport } from "../../src-core/homeport.ts";
import { openJournal } from "../../src-core/host/journal.ts";
import { environmentSecrets } from "../../src-core/host/secrets.ts";
import { withDemoMemory } from "../../src-core/simulator/demo-memory.ts";
import { withDemoRouting } from "../../src-core/simulator/demo-routing.ts";
import { startDemoFleet } from "../../src-core/simulator/fleet.ts";
import { systemClock } from "../../src-core/simulator/pace.ts";
import { someFacts } from "../support/builders.ts";
import { MemoryConfig } from "../support/memory-config.ts";

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The demo's routing over settings that the app itself keeps. */
function laidOver(written: MemoryConfig, extraNodes: readonly NodeConfig[]) {
  return withDemoRouting({
    current: () => written.current(),
    describe: written.describe,
    writable: true,
    kept: "app",
    document: () => written.document(),
    keepCopy: (why) => written.keepCopy(why),
    update: (change) => written.update(change),
    subscribe: (onChange, onRejected) => written.subscribe(onChange, onRejected),
    extraNodes,
  });
}

async function demoHome() {
  const fleet = await startDemoFleet();
  onTestFinished(() => fleet.stop());
  const written = new MemoryConfig({});
  const config = laidOver(
    written,
    fleet.nodes.map((node) => node.config),
  );
  const homeport = await startHomeport({
    config,
    secrets: environmentSecrets({}),
    journal: withDemoMemory(openJournal(":memory:", log)),
    log,
    clock: systemClock,
    draw: () => 0.5,
    desktop: false,
    demo: true,
    version: "0.0.0-test",
    listen: { port: 0, controlPort: 0 },
    whenPortTaken: "fail",
    control: false,
    discover: false,
  });
  onTestFinished(() => homeport.stop());
  await Promise.all(fleet.nodes.map((node) => homeport.engine.poller.probe(node.config.id)));
  return { engine: homeport.engine, written };
}

test("issue 3: every preset chooses another node of the demo for the one common model, each by a preference of its own", async () => {
  const { engine } = await demoHome();
  const everyday = engine.config.profiles["everyday"];
  if (everyday?.requires === undefined) throw new Error("the demo lost its profile");
  const link = { requires: everyday.requires, prefer: everyday.prefer, profile: "everyday", cloud: everyday.cloud === true };
  const world = { config: engine.config, fleet: engine.fleet, now: engine.now(), draw: 0.5 };
  const chosen = PresetName.options.map((policy) => {
    const told = explain(
      someFacts("everyday", { at: world.now, deadline: world.now + 600_000 }),
      { chain: [link], because: "profile" },
      world,
      () => 0,
      {
        policy,
      },
    );
    return [policy, told.next.node, told.links[0]?.decidedBy];
  });
  expect(chosen).toEqual([
    ["balanced", "beast", "local-first"],
    ["priority", "skyline", "order"],
    ["local-first", "desk", "fits"],
    ["fastest", "studio", "fastest"],
    ["cheapest", "attic", "cheapest"],
    ["biggest", "bench", "biggest"],
  ]);
});

test("the demo's rules are laid under a person's own, which win, and are never written anywhere", async () => {
  const { engine, written } = await demoHome();
  expect(Object.keys(engine.config.profiles)).toContain("everyday");
  await written.update((document) => ({
    ...document,
    profiles: { everyday: { chain: ["mine"] } },
    budgets: [{ id: "cloud-month", usd: 1, per: "day" }],
  }));
  expect(engine.config.profiles["everyday"]?.chain).toEqual(["mine"]);
  expect(engine.config.budgets.filter(({ id }) => id === "cloud-month")).toMatchObject([{ usd: 1 }]);
  expect(Object.keys(written.current().profiles)).toEqual(["everyday"]);
});

test("S: beside real nodes the demo gives nobody leave to use the cloud", () => {
  const real = Config.parse({ nodes: [{ id: "far", kind: "openai-compatible", url: "https://far.example" }] });
  const source = new MemoryConfig({});
  const laid = withDemoRouting({
    ...source,
    current: () => real,
    document: () => source.document(),
    keepCopy: (why) => source.keepCopy(why),
    update: async () => undefined,
    subscribe: () => () => undefined,
  });
  expect(laid.current().cloud.allowed).toBe(false);
});

test("issue 6: routing edited in a demo holds for this run, whatever of the demo it leans on, and none of it is saved", async () => {
  const written = new MemoryConfig({ breaker: { failures: 5 } });
  const laid = laidOver(written, []);
  const told: Config[] = [];
  laid.subscribe(
    (config) => told.push(config),
    () => undefined,
  );
  const eyes = { mine: { requires: "vision", policy: "quiet" } };
  expect(
    await laid.update((document) => ({ ...document, profiles: eyes, agents: {}, aliases: {}, rules: [], budgets: [] })),
  ).toBeUndefined();
  expect(Object.keys(laid.current().profiles)).toEqual(["mine"]);
  expect(told.map(({ profiles }) => Object.keys(profiles))).toEqual([["mine"]]);
  expect(written.document()).toEqual({ breaker: { failures: 5 } });
  const wrong = { mine: { requires: "vision", policy: "loud" } };
  expect(await laid.update((document) => ({ ...document, profiles: wrong }))).toMatchObject({ field: "profiles.mine.policy" });
  expect(await laid.update((document) => ({ ...document, breaker: { failures: 9 } }))).toBeUndefined();
  expect(written.current().breaker.failures).toBe(9);
  expect(Object.keys(laid.current().profiles)).toEqual(["mine"]);
});
