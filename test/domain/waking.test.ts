// Where a request goes when machines sleep: tables over worlds in which waking is possible, too slow, the sooner choice, or the last one.
import { describe, expect, it } from "vitest";
import { fail } from "../../src-core/contract/failure.ts";
import type { Node } from "../../src-core/contract/fleet.ts";
import { closedBreaker, tripped } from "../../src-core/domain/breaker.ts";
import { forgiven, resumed } from "../../src-core/domain/breakers.ts";
import { askFor, decide } from "../../src-core/domain/decide.ts";
import { expectedWaitMs } from "../../src-core/domain/expected-wait.ts";
import { newSession, nextStep } from "../../src-core/domain/session.ts";
import { sleepsAfter } from "../../src-core/domain/waking.ts";
import { aModel, aNode, aWorld, noon, someFacts } from "../support/builders.ts";

const late = fail("connect-failed", "late", { detail: "UND_ERR_CONNECT_TIMEOUT: late" });
const silent = fail("first-byte-timeout", "silent");
const refused = fail("connect-failed", "refused", { detail: "ECONNREFUSED: refused" });
const asleep: Node["health"] = { state: "asleep", since: noon - 600_000, because: late };
const sleeper = (more: Partial<Node> = {}) =>
  aNode("attic", [aModel("m", "warm")], { health: asleep, wakes: true, seenAt: noon - 600_000, ...more });
const told = (nodes: readonly Node[], more: Parameters<typeof someFacts>[1] = {}, config = {}) => {
  const { candidates, decidedBy, rejected } = decide(askFor(someFacts("m", more)), aWorld(nodes, config));
  return {
    order: candidates.map(({ node, readiness }) => `${node} ${readiness}`),
    decidedBy,
    rejected: rejected.map(({ because }) => because),
  };
};

describe("demands 5: where a request goes when machines sleep", () => {
  it("to the one that sleeps, when there is no other: it is woken, however old its list is", () => {
    expect(told([sleeper()])).toEqual({ order: ["attic asleep"], decidedBy: "only", rejected: [] });
    expect(nextStep(newSession(someFacts("m")), aWorld([sleeper()])).do).toBe("wake");
  });

  it("to one that is awake and has it cold, before one that sleeps, where nobody knows how long either takes", () => {
    expect(told([sleeper(), aNode("den", [aModel("m")])]).order).toEqual(["den cold", "attic asleep"]);
  });

  it("to the one that sleeps, where it is known to be ready well before the other could load", () => {
    const history = { m: { ms: [10_000] } };
    const slow = aNode("den", [aModel("m")], { history: { m: { ms: [120_000] } } });
    expect(told([slow, sleeper({ history, wakeMs: [30_000] })])).toMatchObject({
      order: ["attic asleep", "den cold"],
      decidedBy: "sooner",
    });
    expect(told([slow, sleeper({ history, wakeMs: [100_000] })]).order).toEqual(["den cold", "attic asleep"]);
    expect(told([slow, sleeper({ history })]).order).toEqual(["den cold", "attic asleep"]);
  });

  it("never past one that has it ready, and in a large house no differently", () => {
    const history = { m: { ms: [10] } };
    const others = Array.from({ length: 20 }, (_, at) => aNode(`rack${at}`));
    const config = { nodes: others.map(({ id }) => ({ id, kind: "ollama", url: `http://${id}.lan:11434` })) };
    const nodes = [sleeper({ history, wakeMs: [10] }), ...others, aNode("den", [aModel("m", "warm")])];
    expect(told(nodes, {}, config).order[0]).toBe("den warm");
  });

  it("nowhere, where waking takes longer than the request may wait, or was in vain a moment ago", () => {
    const hasty = { deadline: noon + 20_000 };
    expect(told([sleeper({ wakeMs: [68_000] })], hasty)).toMatchObject({ order: [], rejected: ["node-asleep"] });
    expect(told([sleeper()], hasty).order).toEqual(["attic asleep"]);
    const vain = { ...asleep, unwakeable: { says: "no answer", until: noon + 1_000, count: 1 } };
    expect(told([sleeper({ health: vain })]).rejected).toEqual(["node-asleep"]);
    expect(told([sleeper({ health: { ...vain, unwakeable: { ...vain.unwakeable, until: noon } } })]).order).toEqual(["attic asleep"]);
  });

  it("waits less for a wake that is under way already", () => {
    const waking = { ...asleep, waking: { since: noon - 60_000, by: "request" as const } };
    const node = sleeper({ health: waking, wakeMs: [68_000], history: { m: { ms: [5_000] } } });
    expect(expectedWaitMs({ node, key: "m", readiness: "asleep" }, aWorld([node]).fleet, noon)).toBe(13_000);
    expect(told([node], { deadline: noon + 20_000 }).order).toEqual(["attic asleep"]);
  });

  it("an unload wakes nobody", () => {
    expect(told([sleeper()], { task: "unload" }).rejected).toEqual(["node-asleep"]);
  });

  it("demands 21: quiet hours and lent memory are never relaxed, and are over when their time is", () => {
    const quiet = aNode("den", [aModel("m", "warm")], { quietUntil: noon + 1 });
    const lent = aNode("shed", [aModel("m", "warm")], { lent: { since: noon - 1, until: noon + 1 } });
    const kept = aNode("loft", [aModel("m", "warm")], { lent: { since: noon - 1, until: null } });
    expect(told([quiet, lent, kept])).toMatchObject({ order: [], rejected: ["quiet-hours", "node-lent", "node-lent"] });
    expect(
      told([
        { ...quiet, quietUntil: noon },
        { ...lent, lent: { since: noon - 1, until: noon } },
      ]).order.length,
    ).toBe(2);
  });
});

describe("demands 3.17: who is asleep", () => {
  const up: Node["health"] = { state: "up", since: noon - 1 };
  const judged: Node["health"] = { state: "flapping", misses: 1, because: late };
  const down: Node["health"] = { state: "down", since: noon, because: late };
  const node = aNode("attic", [], { wakes: true, health: up });
  it.each([
    ["nobody answers the connection", node, late, judged, "asleep"],
    ["the connection stands and nobody answers", node, silent, judged, "asleep"],
    ["somebody refuses: that machine is awake", node, refused, judged, "flapping"],
    ["it cannot be woken", { ...node, wakes: false }, late, judged, "flapping"],
    ["it is at work and may only be slow", { ...node, inFlight: { m: 1 } }, silent, judged, "flapping"],
    ["it is at work and was missed too often", { ...node, inFlight: { m: 1 } }, silent, down, "asleep"],
    ["it slept, and now somebody refuses", { ...node, health: asleep }, refused, judged, "flapping"],
    [
      "it is being woken, and its server is not up yet",
      { ...node, health: { ...asleep, waking: { since: noon, by: "user" as const } } },
      refused,
      judged,
      "asleep",
    ],
    ["its address is wrong", node, fail("upstream-misconfigured", "no"), judged, "flapping"],
  ] as const)("%s", (_, who, failure, otherwise, state) => {
    expect(sleepsAfter(who, otherwise, failure, noon).state).toBe(state);
  });

  it("F51: what was open is half-open after this computer slept, closed after the node did, and stays as somebody set it by hand", () => {
    const settings = aWorld([]).config.breaker;
    const open = { state: "open" as const, openedAt: noon, until: noon + 1, trips: 1, because: "connect-failed" as const, says: "late" };
    const byHand = tripped(closedBreaker, noon, settings);
    expect(resumed(aNode("a", [], { breaker: open })).breaker.state).toBe("half-open");
    expect(forgiven(aNode("a", [], { breaker: open })).breaker).toEqual(closedBreaker);
    expect(resumed(aNode("a", [], { breaker: byHand })).breaker).toEqual(byHand);
    expect(forgiven(aNode("a", [], { breaker: byHand })).breaker).toEqual(byHand);
  });
});
