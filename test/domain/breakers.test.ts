// One node, several breakers: connecting stops everything, a kind of work only itself; and what counts at all.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultConfig } from "../../src-core/contract/config.ts";
import type { EngineEvent } from "../../src-core/contract/events.ts";
import { type Failure, fail } from "../../src-core/contract/failure.ts";
import type { Node } from "../../src-core/contract/fleet.ts";
import { AttemptId, ModelId, NodeId, RequestId } from "../../src-core/contract/ids.ts";
import { WorkKind } from "../../src-core/contract/wellbeing.ts";
import { admitsWork, breakerFor, lastResort, workOf } from "../../src-core/domain/breakers.ts";
import { apply } from "../../src-core/domain/fleet.ts";
import { aFleet, aModel, aNode, noon, someFacts } from "../support/builders.ts";

const broken = fail("upstream-unavailable", "status 500");
const refused = fail("connect-failed", "refused");
const busy = fail("upstream-busy", "no slot", { retryAfterMs: 1_000 });
const a = NodeId.parse("a");
const m = ModelId.parse("m");
let count = 0;

type Verdict = "good" | "bad" | "inconclusive";

function record(node: Node, ...events: EngineEvent[]): Node {
  const fleet = events.reduce((state, event) => apply(state, event, defaultConfig), aFleet([node]));
  return fleet.nodes["a"] ?? node;
}

function attempted(node: Node, work: WorkKind, verdict: Verdict, at: number, failure?: Failure): Node {
  count += 1;
  const attempt = { request: RequestId.parse("r"), attempt: AttemptId.parse(`r.${count}`), node: a, model: m, work, at };
  return record(node, { type: "attempt-started", ...attempt }, { type: "attempt-finished", ...attempt, verdict, failure });
}

function failing(node: Node, work: WorkKind, times: number, failure: Failure, at = noon): Node {
  let next = node;
  for (let i = 0; i < times; i += 1) next = attempted(next, work, "bad", at + i, failure);
  return next;
}

const fresh = () => aNode("a", [aModel("m", "warm")]);

describe("a breaker per node and kind of work", () => {
  it("1.8: three failures within 60 s open it for 120 s, for this kind of work alone", () => {
    const node = failing(fresh(), "llm", 3, broken);
    expect(admitsWork(node, "llm", noon + 100)).toBe("no");
    for (const other of ["vision", "embedding", "rerank"] as const) expect(admitsWork(node, other, noon + 100)).toBe("yes");
    expect(admitsWork(node, "llm", noon + 2 + 119_999)).toBe("no");
    expect(admitsWork(node, "llm", noon + 2 + 120_000)).toBe("probe");
    expect(node.breaker).toMatchObject({ state: "open" });
  });

  it("1.8: failures of several kinds do not add up", () => {
    let node = failing(fresh(), "llm", 2, broken);
    node = failing(node, "embedding", 2, broken);
    expect(node.breaker.state).toBe("closed");
    expect(admitsWork(node, "llm", noon + 10)).toBe("yes");
  });

  it("1.8: two failures, a minute, a third: still closed", () => {
    expect(attempted(failing(fresh(), "llm", 2, broken), "llm", "bad", noon + 61_000, broken).breaker.state).toBe("closed");
  });

  it("1.8: a success of one kind forgives that kind, not the other", () => {
    let node = failing(failing(fresh(), "llm", 2, broken), "embedding", 2, broken);
    node = attempted(node, "embedding", "good", noon + 10);
    expect(failing(node, "embedding", 1, broken, noon + 11).breaker.state).toBe("closed");
    expect(failing(node, "llm", 1, broken, noon + 11).breaker.state).toBe("open");
  });

  it("1.8: who cannot be connected to is closed to every kind, whatever kinds met it", () => {
    let node = fresh();
    for (const work of ["llm", "embedding", "vision"] as const) node = attempted(node, work, "bad", noon, refused);
    for (const work of WorkKind.options) expect(admitsWork(node, work, noon + 10)).toBe("no");
  });

  it("half-open: one probe at a time, two successes close it, and an answer with an error still proves the connection", () => {
    const open = failing(fresh(), "llm", 3, refused);
    const at = noon + 130_000;
    const attempt = { request: RequestId.parse("r"), attempt: AttemptId.parse("probe"), node: a, model: m, work: "llm" as const, at };
    const probing = record(open, { type: "attempt-started", ...attempt });
    expect(admitsWork(probing, "embedding", at)).toBe("no");
    const once = record(probing, { type: "attempt-finished", ...attempt, verdict: "bad", failure: broken });
    expect(breakerFor(once, "embedding")).toMatchObject({ state: "half-open", successes: 1 });
    const twice = attempted(once, "llm", "good", at + 1);
    expect(twice.breaker.state).toBe("closed");
    expect(admitsWork(twice, "llm", at + 2)).toBe("yes");
  });

  it("inconclusive: a client that left or a deadline neither counts nor closes", () => {
    let node = fresh();
    for (let i = 0; i < 5; i += 1) node = attempted(node, "llm", "inconclusive", noon + i, fail("deadline-exceeded", "late"));
    expect(node.breaker).toMatchObject({ state: "closed", failures: [] });
    const open = attempted(failing(fresh(), "llm", 3, broken), "llm", "inconclusive", noon + 130_000);
    expect(admitsWork(open, "llm", noon + 130_001)).toBe("probe");
    expect(open.breaker).toMatchObject({ state: "open" });
  });

  it("isolated by hand: nothing goes there; tried now: everything may, one probe first", () => {
    const isolated = record(failing(fresh(), "embedding", 3, broken), { type: "breaker-tripped", at: noon + 10, node: a });
    for (const work of WorkKind.options) expect(admitsWork(isolated, work, noon + 20)).toBe("no");
    const ready = record(isolated, { type: "breaker-try-now", at: noon + 30, node: a });
    for (const work of WorkKind.options) expect(admitsWork(ready, work, noon + 40)).toBe("probe");
  });

  it("what a request is: pictures, vectors and ranking are kinds of their own", () => {
    expect(workOf(someFacts("m"))).toBe("llm");
    expect(workOf(someFacts("m", { task: "completion" }))).toBe("llm");
    expect(workOf(someFacts("m", { needs: ["vision"] }))).toBe("vision");
    expect(workOf(someFacts("m", { task: "embedding" }))).toBe("embedding");
    expect(workOf(someFacts("m", { task: "rerank" }))).toBe("rerank");
  });

  it("a healthy node's belief is not copied for its breakers' sake: a good answer leaves none behind", () => {
    const node = attempted(failing(fresh(), "llm", 2, broken), "llm", "good", noon + 10);
    expect(node.breakers).toBeUndefined();
    expect(node.breaker).toMatchObject({ state: "closed", failures: [] });
  });
});

describe("busy is not broken", () => {
  it("R-4, F21: any number of busy answers within a minute count nothing", () => {
    const node = failing(fresh(), "llm", 30, busy);
    expect(node.breaker).toMatchObject({ state: "closed", failures: [] });
    expect(node.passive).toBeUndefined();
    expect(node.health).toMatchObject({ state: "paused", because: "busy" });
  });

  it("R-4: the wait it asks for is kept, but never longer than 60 s", () => {
    const asks = (retryAfterMs: number) =>
      attempted(fresh(), "llm", "bad", noon, fail("upstream-rate-limited", "slow", { retryAfterMs })).health;
    expect(asks(30_000)).toMatchObject({ until: noon + 30_000 });
    expect(asks(3_600_000)).toMatchObject({ until: noon + 60_000 });
  });

  it("R-4: after 60 s of nothing but busy each one counts; a success in between starts the minute anew", () => {
    const minute = failing(attempted(fresh(), "llm", "bad", noon, busy), "llm", 3, busy, noon + 60_000);
    expect(minute.breaker.state).toBe("open");
    const served = attempted(attempted(fresh(), "llm", "bad", noon, busy), "llm", "good", noon + 30_000);
    expect(failing(served, "llm", 3, busy, noon + 60_000).breaker.state).toBe("closed");
  });
});

describe("the last resort", () => {
  const openUntil = (id: string, until: number, says = "down", openedAt = noon) =>
    aNode(id, [], { breaker: { state: "open", openedAt, until, trips: 1, because: "connect-failed", says } });

  it("R-7: of nodes that are all open the one whose time ends first", () => {
    const nodes = [openUntil("a", noon + 90_000), openUntil("b", noon + 60_000), openUntil("c", noon + 120_000)];
    expect(lastResort(nodes, "llm", noon + 20_000)?.id).toBe("b");
  });

  it("R-7: never one that somebody isolated, nor one that opened a moment ago", () => {
    expect(lastResort([openUntil("a", noon + 60_000, "Opened by hand.")], "llm", noon + 20_000)).toBeUndefined();
    expect(lastResort([openUntil("a", noon + 60_000)], "llm", noon + 9_000)).toBeUndefined();
  });

  it("R-7: it counts as the probe: a second one waits, a failure opens it for longer", () => {
    const open = failing(fresh(), "llm", 3, broken);
    const at = noon + 20_000;
    const attempt = { request: RequestId.parse("r"), attempt: AttemptId.parse("last"), node: a, model: m, work: "llm" as const, at };
    const probing = record(open, { type: "attempt-started", ...attempt });
    expect(admitsWork(probing, "llm", at)).toBe("no");
    const failed = record(probing, { type: "attempt-finished", ...attempt, verdict: "bad", failure: broken });
    expect(failed.breaker).toMatchObject({ state: "open", trips: 2, until: at + 240_000 });
  });
});

describe("breaker and passive health together", () => {
  const step = fc.record({
    work: fc.constantFrom(...WorkKind.options),
    end: fc.constantFrom("good", "broken", "refused", "busy", "left", "isolate", "try-now"),
    wait: fc.integer({ min: 0, max: 90_000 }),
  });

  it("model: under any run nothing is in flight at the end, kinds stay apart, one success heals, and only shown breakers refuse", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let node = fresh();
        let now = noon;
        let inARow = 0;
        for (const { work, end, wait } of steps) {
          now += wait;
          if (end === "isolate") node = record(node, { type: "breaker-tripped", at: now, node: a });
          else if (end === "try-now") node = record(node, { type: "breaker-try-now", at: now, node: a });
          else if (admitsWork(node, work, now) !== "no") {
            if (end === "good") node = attempted(node, work, "good", now);
            else if (end === "left") node = attempted(node, work, "inconclusive", now);
            else node = attempted(node, work, "bad", now, end === "broken" ? broken : end === "busy" ? busy : refused);
            if (end === "good") inARow = 0;
            if (end === "broken" || end === "refused") inARow += 1;
          }
          expect(node.inFlight).toEqual({});
          expect(node.passive?.failures ?? 0).toBe(inARow);
          expect(node.passive?.state ?? "healthy").toBe(inARow >= 6 ? "unhealthy" : inARow >= 3 ? "degraded" : "healthy");
          for (const kind of WorkKind.options) {
            if (node.breaker.state === "closed") expect(admitsWork(node, kind, now)).toBe("yes");
            if (breakerFor(node, kind).state === "closed") expect(admitsWork(node, kind, now)).toBe("yes");
          }
          expect(JSON.parse(JSON.stringify(node))).toEqual(node);
        }
      }),
    );
  });
});
