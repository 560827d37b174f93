// The fallback policy: what happens after each failure, and that it always ends.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Failure, FailureKind, fail, failureTable } from "../../src-core/contract/failure.ts";
import type { Node } from "../../src-core/contract/fleet.ts";
import { NodeId } from "../../src-core/contract/ids.ts";
import { afterFailure, newSession, nextStep, type Session } from "../../src-core/domain/session.ts";
import { aModel, aNode, aWorld, noon, someFacts } from "../support/builders.ts";

const failedOn = (session: Session, node: string, failure: Failure): Session =>
  afterFailure(session, { failure, node: NodeId.parse(node) });
const two = () => [aNode("a", [aModel("m", "warm")]), aNode("b", [aModel("m", "warm")])];
const first = newSession(someFacts("m"));

describe("nextStep", () => {
  it("F01, F11: a failure of the node goes to another node; the second one is not tried twice", () => {
    const session = failedOn(first, "a", fail("connect-failed", "refused"));
    expect(nextStep(session, aWorld(two()))).toMatchObject({ do: "send", candidate: { node: "b" } });
    const both = failedOn(session, "b", fail("connect-failed", "refused too"));
    expect(nextStep(both, aWorld(two()))).toMatchObject({ do: "fail", failure: { kind: "connect-failed", message: "refused too" } });
  });

  it("F69: a request at which workers were lost three times is told as what it may be, though other nodes are there", () => {
    const lost = (times: number) => fail("upstream-unavailable", "a was gone.", { lost: times });
    expect(nextStep(failedOn(first, "a", lost(2)), aWorld(two()))).toMatchObject({ do: "send", candidate: { node: "b" } });
    const step = nextStep(failedOn(first, "a", lost(3)), aWorld(two()));
    expect(step).toMatchObject({ do: "fail", failure: { lost: 3, message: expect.stringContaining("It may be what ends them") } });
    const other = failedOn(failedOn(first, "z", lost(2)), "y", lost(1));
    expect(nextStep(other, aWorld(two()))).toMatchObject({ do: "fail", failure: { lost: 3 } });
  });

  it("F23: a 400 of the node stops: it is the request's fault, wherever it goes", () => {
    const step = nextStep(failedOn(first, "a", fail("upstream-rejected", "bad", { status: 400 })), aWorld(two()));
    expect(step).toMatchObject({ do: "fail", failure: { kind: "upstream-rejected" } });
  });

  it("F22: a node that lacks the model it listed is passed over; when all do, 404 with near names", () => {
    const lacks = fail("upstream-lacks-model", "not found");
    expect(nextStep(failedOn(first, "a", lacks), aWorld(two()))).toMatchObject({ do: "send", candidate: { node: "b" } });
    expect(nextStep(failedOn(failedOn(first, "a", lacks), "b", lacks), aWorld(two()))).toMatchObject({
      do: "fail",
      failure: { kind: "unknown-model" },
    });
  });

  it("nobody could ever is 404 with near names; nobody can now is 503 with a wait and each node's reason", () => {
    const world = aWorld([aNode("a", [aModel("qwen3:8b", "warm")])]);
    expect(nextStep(newSession(someFacts("qwen3")), world)).toMatchObject({
      do: "fail",
      failure: { kind: "unknown-model", near: ["qwen3:8b"] },
    });
    const open = {
      state: "open" as const,
      openedAt: noon,
      until: noon + 42_000,
      trips: 1,
      because: "connect-failed" as const,
      says: "refused",
    };
    const step = nextStep(first, aWorld([aNode("a", [aModel("m", "warm")], { breaker: open })]));
    expect(step).toMatchObject({
      do: "fail",
      failure: { kind: "no-candidate", retryAfterMs: 42_000, reasons: [{ node: "a", because: "breaker-open" }] },
    });
  });

  it("a gateway that has just started waits for the first answers instead of answering 404", () => {
    const fresh = aNode("a", [], { health: { state: "unknown" } });
    expect(nextStep(first, aWorld([fresh]))).toMatchObject({ do: "wait", for: "inventory" });
  });

  it("I12: nobody overtakes those who wait for the same model", () => {
    const node = aNode("a", [aModel("m", "warm")], { slots: 2, inFlight: { m: 1 } });
    expect(nextStep(first, aWorld([node])).do).toBe("send");
    expect(nextStep(first, aWorld([node]), () => 1)).toMatchObject({ do: "wait", for: "slot" });
  });

  it("a full waiting room sheds with 429 and a wait", () => {
    const node = aNode("a", [aModel("m", "warm")], { slots: 1, inFlight: { m: 1 } });
    expect(nextStep(first, aWorld([node], { requests: { queueDepth: 3 } }), () => 3)).toMatchObject({
      do: "fail",
      failure: { kind: "overloaded" },
    });
  });

  it("F25: one request never starts a third load", () => {
    const cold = aWorld([aNode("a", [aModel("m")])]);
    expect(nextStep({ ...first, loads: 1 }, cold).do).toBe("load");
    expect(nextStep({ ...first, loads: 2 }, cold).do).toBe("fail");
  });

  it("paused routing refuses and says so", () => {
    expect(nextStep(first, aWorld(two(), {}, { paused: { until: noon + 60_000 } }))).toMatchObject({
      failure: { kind: "paused", retryAfterMs: 60_000 },
    });
    expect(nextStep(first, aWorld(two(), {}, { paused: { until: noon - 1 } })).do).toBe("send");
  });

  it("R-1: after its deadline a request ends, and no new attempt begins in its last seconds", () => {
    expect(nextStep({ ...first, deadline: noon }, aWorld(two()))).toMatchObject({ failure: { kind: "deadline-exceeded" } });
    const late = { ...failedOn(first, "a", fail("connect-failed", "x")), deadline: noon + 1_000 };
    expect(nextStep(late, aWorld(two()))).toMatchObject({ failure: { kind: "connect-failed" } });
  });

  it("ends within candidates + 1 steps at one instant, and never tries a node twice, whatever fails", () => {
    const state = fc.constantFrom("warm" as const, "cold" as const, "loading" as const, "sleeping" as const);
    const nodes = fc.array(state, { minLength: 0, maxLength: 8 }).map((states) => states.map((s, i) => aNode(`n${i}`, [aModel("m", s)])));
    fc.assert(
      fc.property(nodes, fc.array(fc.constantFrom(...FailureKind.options), { minLength: 12, maxLength: 12 }), (fleet: Node[], kinds) => {
        const world = aWorld(fleet, { requests: { maxAttempts: 10 } });
        let session = first;
        const seen: string[] = [];
        for (let steps = 0; ; steps++) {
          expect(steps).toBeLessThanOrEqual(fleet.length + 1);
          const step = nextStep(session, world);
          if (step.do === "fail") break;
          if (step.do === "wait") throw new Error("nothing to wait for here");
          expect(seen).not.toContain(step.candidate.node);
          seen.push(step.candidate.node);
          const kind = kinds[steps % kinds.length] ?? "internal";
          session = { ...failedOn(session, step.candidate.node, fail(kind, kind)), loads: session.loads + (step.do === "load" ? 1 : 0) };
          if (failureTable[kind].next === "stop") expect(nextStep(session, world).do).toBe("fail");
        }
      }),
    );
  });
});
