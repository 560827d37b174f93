// What finished requests teach, on a clock of its own: figures that outlive the process, nodes demoted for being slow, and a flapping node that
// is told about at most twice.
import { describe, expect, it } from "vitest";
import type { Notice } from "../../src-core/contract/api.ts";
import { defaultConfig } from "../../src-core/contract/config.ts";
import type { EngineEvent, EventOf } from "../../src-core/contract/events.ts";
import { type Failure, fail } from "../../src-core/contract/failure.ts";
import type { Figures } from "../../src-core/contract/fleet.ts";
import { AttemptId, LoadId, ModelId, NodeId, RequestId } from "../../src-core/contract/ids.ts";
import { admitsWork } from "../../src-core/domain/breakers.ts";
import { Learning } from "../../src-core/engine/observers/learning.ts";
import { Notices } from "../../src-core/engine/observers/notices.ts";
import { ResidentCaps } from "../../src-core/engine/observers/resident-caps.ts";
import { Store } from "../../src-core/engine/store.ts";
import { openJournal } from "../../src-core/host/journal.ts";
import { aNode, someFacts } from "../support/builders.ts";
import { FakeClock } from "../support/fake-clock.ts";

const refused = fail("connect-failed", "Connection refused.");
const model = ModelId.parse("m");

function house(...ids: string[]) {
  const clock = new FakeClock();
  const store = new Store(defaultConfig, clock, () => 0.5);
  const kept: Record<string, Readonly<Record<string, Figures>>> = {};
  const learning = new Learning(store, clock, {
    recordFigures: (node, figures) => Object.assign(kept, { [node]: { ...kept[node], ...figures } }),
  });
  const notices = new Notices(clock, () => ({ breaker: true, loads: true }));
  const told: Notice[] = [];
  const events: EngineEvent[] = [];
  notices.onNotice((notice) => told.push(notice));
  store.observe((event) => events.push(event));
  store.observe(learning.observe);
  store.observe(notices.observe);
  store.observe(new ResidentCaps(store).observe);
  const nodes = ids.map((id) => {
    const {
      health: _,
      breaker: _b,
      models: _m,
      aliases: _a,
      learnedSlots: _l,
      inFlight: _i,
      lastUsedAt: _u,
      history: _h,
      ...description
    } = aNode(id);
    return description;
  });
  store.record({ type: "config-applied", at: clock.now(), config: defaultConfig, nodes });
  const sees = (id: string, ...warm: string[]) =>
    store.record({
      type: "probe-answered",
      at: clock.now(),
      node: NodeId.parse(id),
      latencyMs: 1,
      sighting: {
        models: ["m", "n", "o"].map((name) => ({ id: ModelId.parse(name), residency: { state: warm.includes(name) ? "warm" : "cold" } })),
      },
    });
  for (const id of ids) sees(id, "m");
  return { clock, store, learning, kept, told, events, sees, node: (id: string) => store.fleet.nodes[id] ?? aNode(id) };
}
type House = ReturnType<typeof house>;

let count = 0;
/** One request on a node, begun and ended at this instant; `at`: when it was received. */
function request(
  { store, clock }: House,
  id: string,
  end: { firstByteMs?: number; speed?: number; failure?: Failure; at?: number } = {},
): void {
  count += 1;
  const facts = someFacts("m", { id: RequestId.parse(`r${count}`), at: end.at ?? clock.now() });
  const attempt = {
    request: facts.id,
    attempt: AttemptId.parse(`r${count}.1`),
    node: NodeId.parse(id),
    model,
    work: "llm" as const,
    at: clock.now(),
  };
  const { failure, firstByteMs } = end;
  store.record({ type: "attempt-started", ...attempt });
  store.record({ type: "attempt-finished", ...attempt, verdict: failure === undefined ? "good" : "bad", failure });
  const outcome =
    failure === undefined ? ({ outcome: "ok", status: 200 } as const) : ({ outcome: "failed", status: 502, failure } as const);
  const usage = end.speed === undefined ? undefined : { tokensOut: 10, tokensPerSecond: end.speed, estimated: false };
  store.record({
    type: "request-finished",
    at: clock.now(),
    request: facts.id,
    facts,
    node: attempt.node,
    attempts: 1,
    firstByteMs,
    usage,
    ...outcome,
  });
}

const ofType = <T extends EngineEvent["type"]>(events: readonly EngineEvent[], type: T) =>
  events.filter((event): event is EventOf<T> => event.type === type);

describe("figures", () => {
  it("medians of first byte and speed per model and node become a fact, and are kept; a small move is no news", () => {
    const here = house("a");
    for (const [firstByteMs, speed] of [
      [100, 40],
      [300, 50],
      [200, 60],
    ] as const)
      request(here, "a", { firstByteMs, speed });
    here.clock.advance(1_000);
    expect(here.node("a").figures).toEqual({ m: { firstByteMs: 200, tokensPerSecond: 50, samples: 3 } });
    expect(here.kept).toEqual({ a: { m: { firstByteMs: 200, tokensPerSecond: 50, samples: 3 } } });
    request(here, "a", { firstByteMs: 205, speed: 51 });
    here.clock.advance(1_000);
    expect(ofType(here.events, "figures-learned").length).toBe(1);
  });

  it("an answer that waited for a load teaches nothing about speed", () => {
    const here = house("a");
    request(here, "a", { firstByteMs: 9_000, speed: 5, at: here.clock.now() - 10_000 });
    here.clock.advance(1_000);
    expect(here.node("a").figures).toBeUndefined();
  });

  it("what an earlier run learned weighs more than one odd answer", () => {
    const here = house("a");
    here.store.record({
      type: "figures-restored",
      at: here.clock.now(),
      node: NodeId.parse("a"),
      figures: { m: { firstByteMs: 100, tokensPerSecond: 50, samples: 21 } },
    });
    request(here, "a", { firstByteMs: 5_000, speed: 1 });
    here.clock.advance(1_000);
    expect(here.node("a").figures?.["m"]).toMatchObject({ firstByteMs: 100, tokensPerSecond: 50 });
  });

  it("they survive in the journal", () => {
    const journal = openJournal(":memory:", { info: () => undefined, warn: () => undefined, error: () => undefined });
    journal.recordFigures(NodeId.parse("a"), { m: { firstByteMs: 12.5, samples: 3 }, n: { tokensPerSecond: 7, samples: 1 } });
    journal.recordFigures(NodeId.parse("a"), { m: { firstByteMs: 20, samples: 4 } });
    expect(journal.figures()).toEqual({ a: { m: { firstByteMs: 20, samples: 4 }, n: { tokensPerSecond: 7, samples: 1 } } });
    journal.close();
  });

  it("nothing is looked at on a request's way, and a quiet house has no timer", () => {
    const here = house("a");
    for (let i = 0; i < 1_000; i += 1) request(here, "a", { firstByteMs: 100 });
    expect(here.events.filter(({ type }) => type === "figures-learned" || type === "node-demoted")).toEqual([]);
    expect(here.clock.pending).toEqual([1_000]);
    here.clock.advance(1_000);
    expect(here.clock.pending).toEqual([]);
  });
});

describe("5.7 in the running engine", () => {
  it("5.7: the slow node is demoted once, and forgiven when its slowness left the window, traffic or not", () => {
    const here = house("a", "b");
    for (let i = 0; i < 6; i += 1) request(here, "a", { firstByteMs: 100 });
    for (let i = 0; i < 3; i += 1) request(here, "b", { firstByteMs: 400 });
    here.clock.advance(1_000);
    expect([here.node("a").demoted, here.node("b").demoted]).toEqual([undefined, 1]);
    here.clock.advance(90_000);
    expect(here.node("b").demoted).toBeUndefined();
    expect(ofType(here.events, "node-demoted").map(({ node, ranks }) => [node, ranks])).toEqual([
      ["b", 1],
      ["b", 0],
    ]);
    expect(here.clock.pending).toEqual([]);
  });

  it("5.7, R-4: busy answers are no errors", () => {
    const here = house("a", "b");
    for (let i = 0; i < 9; i += 1) request(here, "a", { firstByteMs: 100 });
    for (let i = 0; i < 9; i += 1) request(here, "b", { failure: fail("upstream-busy", "no slot") });
    here.clock.advance(1_000);
    expect(here.node("b").demoted).toBeUndefined();
  });
});

describe("F28 a node that flaps", () => {
  it("F28: up 3 s, down 3 s for 10 min: its breaker waits ever longer, a person is told at most twice, the others keep all their answers", () => {
    const here = house("a", "b");
    const { clock, store } = here;
    const waits = new Set<number>();
    let failedOnA = 0;
    let servedByB = 0;
    for (let second = 0; second < 600; second += 1) {
      const up = Math.floor(second / 3) % 2 === 0;
      if (second % 5 === 0) {
        if (up) here.sees("a", "m");
        else store.record({ type: "probe-failed", at: clock.now(), node: NodeId.parse("a"), failure: refused });
      }
      for (let n = 0; n < 3; n += 1) {
        if (admitsWork(here.node("a"), "llm", clock.now()) !== "no") {
          request(here, "a", up ? {} : { failure: refused });
          if (up) continue;
          failedOnA += 1;
        }
        request(here, "b");
        servedByB += 1;
      }
      const { breaker } = here.node("a");
      if (breaker.state === "open") waits.add((breaker.until - breaker.openedAt) / 1000);
      clock.advance(1_000);
    }
    expect([...waits]).toEqual([...waits].sort((a, b) => a - b));
    expect(waits.size).toBeGreaterThanOrEqual(2);
    expect(here.told.length).toBeLessThanOrEqual(2);
    expect(failedOnA).toBeLessThan(servedByB / 20);
    expect(here.node("b")).toMatchObject({ breaker: { state: "closed", failures: [] } });
    expect(here.node("b").passive).toBeUndefined();
  });

  it("5.6: failures too far apart for any breaker are told once, when the node is unhealthy", () => {
    const here = house("a", "b");
    for (let i = 0; i < 12; i += 1) {
      request(here, "a", { failure: fail("upstream-unavailable", "status 500") });
      here.clock.advance(61_000);
    }
    expect(here.told.map(({ kind, node }) => [kind, node])).toEqual([["node-unhealthy", "a"]]);
  });
});

describe("models kept in memory", () => {
  let loads = 0;
  /** Loads one on node `a`; afterwards these are in memory. */
  function load({ store, clock, sees }: House, name: string, ...warm: string[]): void {
    loads += 1;
    const one = {
      load: LoadId.parse(`l${loads}`),
      node: NodeId.parse("a"),
      model: ModelId.parse(name),
      by: "request" as const,
      at: clock.now(),
    };
    store.record({ type: "load-started", ...one, stage: "loading" });
    sees("a", ...warm);
    store.record({ type: "load-finished", ...one, ms: 5 });
  }

  it("demands 3.14: a limit that the server never told is learned when it dropped a model twice, and a person is told", async () => {
    const here = house("a");
    load(here, "n", "n");
    await Promise.resolve();
    expect(here.node("a").residentCap).toBeUndefined();
    load(here, "m", "m");
    await Promise.resolve();
    expect(here.node("a").residentCap).toBe(1);
    expect(here.told).toMatchObject([{ kind: "resident-cap", title: "a keeps one model in memory at most" }]);
    here.sees("a", "m", "n");
    expect(here.node("a").residentCap).toBeUndefined();
  });

  it("demands 3.14: what we unloaded ourselves proves nothing", async () => {
    const here = house("a");
    for (const [name, other] of [
      ["n", "m"],
      ["m", "n"],
      ["n", "m"],
    ] as const) {
      const one = {
        load: LoadId.parse(`e${name}${here.events.length}`),
        node: NodeId.parse("a"),
        model: ModelId.parse(name),
        by: "request" as const,
        at: here.clock.now(),
      };
      here.store.record({ type: "load-started", ...one, stage: "evicting" });
      here.store.record({ type: "unload-started", at: here.clock.now(), node: one.node, model: ModelId.parse(other) });
      here.sees("a", name);
      here.store.record({ type: "load-finished", ...one, ms: 5 });
    }
    await Promise.resolve();
    expect(here.node("a").residentCap).toBeUndefined();
  });
});
