// The fixed order of the filters, what each says, and which of them gives way where nobody is left.
import { describe, expect, it } from "vitest";
import type { ConfigDocument } from "../../src-core/contract/config.ts";
import { fail } from "../../src-core/contract/failure.ts";
import type { ModelEntry, Node } from "../../src-core/contract/fleet.ts";
import { NodeId } from "../../src-core/contract/ids.ts";
import type { ChainLink, Rejection, RequestFacts } from "../../src-core/contract/route.ts";
import { askFor, decide } from "../../src-core/domain/decide.ts";
import { aModel, aNode, aWorld, noon, someFacts } from "../support/builders.ts";

interface Case {
  readonly because: Rejection;
  readonly node?: Partial<Node>;
  readonly model?: Partial<ModelEntry>;
  readonly facts?: Partial<RequestFacts>;
  readonly config?: ConfigDocument;
  readonly link?: ChainLink;
}

const soon = noon + 30_000;
const open = { state: "open" as const, openedAt: noon, until: soon, trips: 1, because: "connect-failed" as const, says: "refused" };

/** In the order of the issue; each makes its filter turn the node away. */
const cases: readonly Case[] = [
  { because: "disabled", node: { enabled: false } },
  { because: "excluded", facts: { exclude: [NodeId.parse("n")] } },
  { because: "drained", node: { drained: true } },
  { because: "node-paused", node: { health: { state: "paused", because: "busy", says: "queue full", until: soon } } },
  { because: "cloud-not-allowed", node: { place: "cloud" } },
  { because: "over-budget", config: { budgets: [{ id: "b", tokens: 0, per: "day" }] } },
  { because: "breaker-open", node: { breaker: open } },
  { because: "memory-pressure", node: { pressure: { until: soon, says: "CUDA out of memory" } } },
  { because: "model-set-aside", model: { setAside: { failure: fail("load-failed", "no"), until: soon, count: 1 } } },
  { because: "misconfigured", node: { health: { state: "paused", because: "misconfigured", says: "401", until: soon } } },
  { because: "lacks-capability", model: { can: ["embedding"] }, facts: { needs: ["tools"] } },
  { because: "context-too-small", model: { maxContextTokens: 100 }, facts: { promptTokens: 1000 } },
  { because: "cannot-load", node: { can: { load: false, unload: false, loadsUnlisted: false, dialects: ["openai"] } } },
  { because: "stale-inventory", node: { seenAt: noon - 10 * 60_000 } },
];

function reasonFor(parts: readonly Case[]): Rejection | undefined {
  const merged = <K extends "node" | "model" | "facts" | "config">(part: K) => Object.assign({}, ...parts.map((one) => one[part] ?? {}));
  const node = aNode("n", [aModel("m", "cold", merged("model"))], merged("node"));
  const ask = askFor(someFacts("m", merged("facts")));
  return decide({ ...ask, link: { ...parts.find(({ link }) => link !== undefined)?.link } }, aWorld([node], merged("config")))
    .rejections[0];
}

describe("filters", () => {
  it.each(cases)("$because is told alone", (one) => {
    expect(reasonFor([one])).toBe(one.because);
  });

  it("5.5: their order is fixed: of two reasons the earlier one is told", () => {
    for (const [at, earlier] of cases.entries()) {
      for (const later of cases.slice(at + 1)) {
        // One node has one health and one set of abilities: such pairs cannot stand together.
        if (earlier.node?.health !== undefined && later.node?.health !== undefined) continue;
        expect([earlier.because, later.because, reasonFor([earlier, later])]).toEqual([earlier.because, later.because, earlier.because]);
      }
    }
  });

  it("demands 3.15: vision is a hard gate, also for the last node left", () => {
    const world = aWorld([aNode("text", [aModel("m", "warm", { can: ["chat"] })])]);
    const { candidates, relaxed } = decide(askFor(someFacts("m", { needs: ["vision"] })), world);
    expect({ candidates, relaxed }).toEqual({ candidates: [], relaxed: undefined });
  });

  it("permission, budget and ability are never relaxed; one health filter is, and the decision says which", () => {
    const relaxedBy = (one: Case) => {
      const node = aNode("n", [aModel("m", "cold", one.model)], one.node);
      return decide(askFor(someFacts("m", one.facts)), aWorld([node], one.config)).relaxed;
    };
    const found = cases.map((one) => relaxedBy(one)).filter((because) => because !== undefined);
    expect(found).toEqual(["memory-pressure", "stale-inventory"]);
  });

  it("context rescue: a smaller context is chosen only where the profile lets turns be left out, and only when nobody holds all", () => {
    const profiles = { kept: { chain: ["m"], contextRescue: true }, strict: { chain: ["m"] } };
    const small = aNode("small", [aModel("m", "warm", { contextTokens: 2048 })]);
    const large = aNode("large", [aModel("m", "warm", { contextTokens: 32_768 })]);
    const chosen = (nodes: Node[], link: ChainLink, facts: Partial<RequestFacts> = {}) => {
      const judged = decide({ ...askFor(someFacts("m", { promptTokens: 9000, ...facts })), link }, aWorld(nodes, { profiles }));
      return [judged.candidates.map(({ node }) => String(node)), judged.relaxed];
    };
    expect(chosen([small], { profile: "kept" })).toEqual([["small"], "context-too-small"]);
    expect(chosen([small, large], { profile: "kept" })).toEqual([["large"], undefined]);
    expect(chosen([small], { profile: "strict" })).toEqual([[], undefined]);
    expect(chosen([small], {})).toEqual([[], undefined]);
    expect(chosen([small], { profile: "kept", minContextTokens: 4096 })).toEqual([[], undefined]);
    expect(chosen([small], { profile: "kept" }, { task: "completion" })).toEqual([[], undefined]);
  });

  it("R-6: a load that failed is not tried again because nobody else is there; an odd answer is", () => {
    const aside = (failure: ModelEntry["setAside"]) => aWorld([aNode("n", [aModel("m", "warm", { setAside: failure })])]);
    const odd = { failure: fail("malformed-reply", "odd"), until: soon, count: 1 };
    expect(decide(askFor(someFacts("m")), aside(odd))).toMatchObject({ relaxed: "model-set-aside", candidates: [{ node: "n" }] });
    const oom = { failure: fail("out-of-memory", "oom"), until: soon, count: 1 };
    expect(decide(askFor(someFacts("m")), aside(oom)).candidates).toEqual([]);
  });

  it("R-7: when every breaker is open, the one whose time ends first is asked, not before ten seconds, never one opened by hand", () => {
    const node = (id: string, until: number, openedAt: number, says = "refused") =>
      aNode(id, [aModel("m", "warm")], { breaker: { ...open, until, openedAt, says } });
    const chosen = (...nodes: Node[]) => decide(askFor(someFacts("m")), aWorld(nodes)).candidates.map((one) => String(one.node));
    expect(chosen(node("late", noon + 90_000, noon - 11_000), node("early", noon + 60_000, noon - 11_000))).toEqual(["early"]);
    expect(chosen(node("fresh", noon + 60_000, noon - 9_000))).toEqual([]);
    expect(chosen(node("mine", noon + 60_000, noon - 11_000, "Opened by hand."))).toEqual([]);
  });

  it("the cloud needs everybody's word: settings, profile, key and request", () => {
    const world = (allowed: boolean) => aWorld([aNode("c", [aModel("m", "warm")], { place: "cloud" })], { cloud: { allowed } });
    const count = (allowed: boolean, facts: Partial<RequestFacts>, link: ChainLink) =>
      decide({ ...askFor(someFacts("m", facts)), link }, world(allowed)).candidates.length;
    expect(count(true, {}, {})).toBe(1);
    expect(count(false, {}, {})).toBe(0);
    expect(count(true, { localOnly: true }, {})).toBe(0);
    expect(count(true, { cloudAllowed: false }, {})).toBe(0);
    expect(count(true, {}, { model: "m", profile: "p" })).toBe(0);
    expect(count(true, {}, { model: "m", profile: "p", cloud: true })).toBe(1);
  });

  it("5.8: under memory pressure a warm model still serves", () => {
    const pressure = { until: soon, says: "oom" };
    const world = aWorld([aNode("a", [aModel("m", "warm")], { pressure }), aNode("b", [aModel("m")], { pressure })]);
    expect(decide(askFor(someFacts("m")), world)).toMatchObject({ candidates: [{ node: "a" }], rejections: ["memory-pressure"] });
  });
});
