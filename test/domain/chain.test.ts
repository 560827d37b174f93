// Chains: what moves a request on to the next model, what ends it, and what it is told in the end.
import { describe, expect, it } from "vitest";
import { type FailureKind, fail, failureTable } from "../../src-core/contract/failure.ts";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import type { ChainLink, Resolution } from "../../src-core/contract/route.ts";
import { afterFailure, newSession, nextStep, type Session } from "../../src-core/domain/session.ts";
import { aModel, aNode, aWorld, noon, someFacts } from "../support/builders.ts";

const chainOf = (...chain: ChainLink[]): Resolution => ({ chain, because: "profile", profile: "p" });
const two = chainOf({ model: "big" }, { model: "small" });
const nodes = () => [aNode("a", [aModel("big", "warm"), aModel("small", "warm")]), aNode("b", [aModel("big", "warm")])];
const begin = (resolution = two) => newSession(someFacts("p"), resolution);
const failedOn = (session: Session, kind: FailureKind, node: string, model = "big") =>
  afterFailure(session, { failure: fail(kind, `${kind} on ${node}`), node: NodeId.parse(node), model: ModelId.parse(model), ms: 5 });

describe("a chain", () => {
  it("3.2: the first model that can be served is sent to", () => {
    expect(nextStep(begin(), aWorld(nodes()))).toMatchObject({ do: "send", candidate: { node: "a", model: "big" } });
  });

  it("5.11: a node's fault is tried on another node first, then on the next model", () => {
    const once = failedOn(begin(), "upstream-unavailable", "a");
    expect(nextStep(once, aWorld(nodes()))).toMatchObject({ do: "send", candidate: { node: "b", model: "big" } });
    const twice = failedOn(nextStep(once, aWorld(nodes())).session, "upstream-unavailable", "b");
    // `a` could not serve at all: the next model is not asked of it at this moment, and nobody else has it.
    expect(nextStep(twice, aWorld([...nodes(), aNode("c", [aModel("small", "warm")])]))).toMatchObject({
      do: "send",
      candidate: { node: "c", model: "small" },
    });
  });

  it.each(["answer-timeout", "refused", "schema-mismatch", "empty-answer", "over-budget", "context-too-long"] as const)(
    "3.3, 3.4: %s goes straight to the next model, on the same node if need be",
    (kind) => {
      expect(failureTable[kind].next).toBe("next-model");
      expect(nextStep(failedOn(begin(), kind, "a"), aWorld(nodes()))).toMatchObject({
        do: "send",
        candidate: { node: "a", model: "small" },
      });
    },
  );

  it("5.11, demands 3.16: any other 4xx ends the chain: a bad request is not billed twice", () => {
    expect(nextStep(failedOn(begin(), "upstream-rejected", "a"), aWorld(nodes()))).toMatchObject({
      do: "fail",
      failure: { kind: "upstream-rejected" },
    });
  });

  it("a model nobody has is passed over, and the last link's absence does not hide what the first one said", () => {
    expect(nextStep(begin(chainOf({ model: "absent" }, { model: "small" })), aWorld(nodes()))).toMatchObject({
      do: "send",
      candidate: { model: "small" },
    });
    const session = failedOn(begin(chainOf({ model: "big" }, { model: "absent" })), "answer-timeout", "a");
    expect(nextStep(session, aWorld(nodes()))).toMatchObject({ do: "fail" });
  });

  it("F25: two loads at most, over the whole chain", () => {
    const cold = [aNode("a", [aModel("big"), aModel("small")]), aNode("b", [aModel("big"), aModel("small")])];
    const spent: Session = { ...failedOn(failedOn(begin(), "load-failed", "a"), "load-failed", "b"), loads: 2 };
    expect(nextStep(spent, aWorld(cold))).toMatchObject({ do: "fail" });
  });

  it("the deadline is the request's, whatever link it is on; a profile may shorten it, never lengthen it", () => {
    expect(newSession(someFacts("p"), { ...two, deadlineMs: 1_000 }).deadline).toBe(noon + 1_000);
    expect(newSession(someFacts("p"), { ...two, deadlineMs: 86_400_000 }).deadline).toBe(noon + 600_000);
    const late: Session = { ...failedOn(begin(), "refused", "a"), deadline: noon + 1_000 };
    expect(nextStep(late, aWorld(nodes()))).toMatchObject({ do: "fail", failure: { kind: "refused" } });
  });

  it("4.2: warm, else loading, else cold, else placed by the catalogue, else 404", () => {
    const config = { catalogue: [{ model: "m" }] };
    const can = { load: true, unload: true, loadsUnlisted: true, dialects: ["openai" as const] };
    const step = (...residency: ("warm" | "loading" | "cold" | "none")[]) => {
      const fleet = residency.map((state, at) => aNode(`n${at}`, state === "none" ? [] : [aModel("m", state)], { can }));
      const found = nextStep(newSession(someFacts("m")), aWorld(fleet, config));
      return "candidate" in found ? `${found.do} ${found.candidate?.node}` : found.do;
    };
    expect(step("none", "cold", "loading", "warm")).toBe("send n3");
    expect(step("none", "cold", "loading")).toBe("load n2");
    expect(step("none", "cold")).toBe("load n1");
    expect(step("none")).toBe("load n0");
    expect(nextStep(newSession(someFacts("m")), aWorld([aNode("n", [aModel("x")])]))).toMatchObject({ failure: { kind: "unknown-model" } });
  });
});

describe("1.4 a requirement", () => {
  const requires = (more: Partial<ChainLink>) => begin(chainOf({ requires: "llm", ...more }));
  const fleet = () => [
    aNode("a", [aModel("qwen3:14b", "warm"), aModel("nomic-embed", "warm", { can: ["embedding"] })]),
    aNode("b", [aModel("qwen3:1", "warm"), aModel("deep-coder", "warm")]),
  ];
  const chosen = (more: Partial<ChainLink>) => {
    const step = nextStep(requires(more), aWorld(fleet()));
    return "candidate" in step ? step.candidate?.model : step.do;
  };

  it("1.4 step 3: the list of preferred names decides before any policy; names match whole, never in part (demands 3.25)", () => {
    expect(chosen({ prefer: ["qwen3:1", "*"] })).toBe("qwen3:1");
    expect(chosen({ prefer: ["qwen3:14b"] })).toBe("qwen3:14b");
    expect(chosen({ prefer: ["deep*"] })).toBe("deep-coder");
  });

  it("1.4 step 1: llm and code stand in for each other; an embedding model never does", () => {
    expect(chosen({ requires: "code", prefer: ["deep-coder"] })).toBe("deep-coder");
    expect(chosen({ requires: "embedding" })).toBe("nomic-embed");
    expect(chosen({ prefer: ["nomic-embed"] })).not.toBe("nomic-embed");
  });

  it("what every candidate must be able to do is a hard gate", () => {
    const world = aWorld([aNode("a", [aModel("text", "warm", { can: ["chat"] })])]);
    expect(nextStep(requires({ can: ["tools"] }), world)).toMatchObject({ do: "fail" });
  });
});
