// Routing decisions over hand-made worlds: who is chosen, why, and how the others are refused.
import { describe, expect, it } from "vitest";
import type { ConfigDocument } from "../../src-core/contract/config.ts";
import { fail } from "../../src-core/contract/failure.ts";
import type { Node } from "../../src-core/contract/fleet.ts";
import { ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { askFor, decide } from "../../src-core/domain/decide.ts";
import { aModel, aNode, aWorld, noon, someFacts } from "../support/builders.ts";

const order = (nodes: readonly Node[], config = {}) =>
  decide(askFor(someFacts("m")), aWorld(nodes, config)).candidates.map(({ node }) => String(node));
const gb = (n: number) => n * 1e9;

describe("decide", () => {
  it("orders warm, sleeping, loading, cold", () => {
    const nodes = [
      aNode("d", [aModel("m")]),
      aNode("c", [aModel("m", "loading")]),
      aNode("b", [aModel("m", "sleeping")]),
      aNode("a", [aModel("m", "warm")]),
    ];
    expect(order(nodes)).toEqual(["a", "b", "c", "d"]);
  });

  it("among warm nodes the one with a free slot, then the least busy", () => {
    const busy = aNode("busy", [aModel("m", "warm")], { slots: 2, inFlight: { m: 2 } });
    const half = aNode("half", [aModel("m", "warm")], { slots: 2, inFlight: { m: 1 } });
    const idle = aNode("idle", [aModel("m", "warm")], { slots: 2 });
    expect(order([busy, half, idle])).toEqual(["idle", "half", "busy"]);
    expect(decide(askFor(someFacts("m")), aWorld([half, idle])).decidedBy).toBe("least-busy");
  });

  it("names are one model across case and :latest, and the node's own spelling is used", () => {
    const world = aWorld([aNode("a", [aModel("Tiny-A:latest", "warm")])]);
    for (const asked of ["tiny-a", "TINY-A", "tiny-a:latest"]) {
      expect(decide(askFor(someFacts(asked)), world).candidates).toEqual([{ node: "a", model: "Tiny-A:latest", readiness: "warm" }]);
    }
  });

  it("S-31: a model called constructor or __proto__ is just unknown", () => {
    for (const name of ["constructor", "__proto__", "toString"])
      expect(decide(askFor(someFacts(name)), aWorld([aNode("a", [aModel("m")])])).candidates).toEqual([]);
  });

  it("refuses with the first reason of the fixed order", () => {
    const down = fail("connect-failed", "refused");
    const cases: [string, Partial<Node>, string][] = [
      ["disabled", { enabled: false, health: { state: "down", since: noon, because: down } }, "disabled"],
      ["dialect", { can: { load: true, unload: true, loadsUnlisted: false, dialects: [] } }, "dialect"],
      ["down", { health: { state: "down", since: noon, because: down } }, "node-down"],
      ["paused", { health: { state: "paused", because: "busy", says: "queue full", until: noon + 5 } }, "node-paused"],
      [
        "breaker",
        { breaker: { state: "open", openedAt: noon, until: noon + 60_000, trips: 1, because: "connect-failed", says: "refused" } },
        "breaker-open",
      ],
    ];
    for (const [id, more, because] of cases) {
      const { rejected, candidates } = decide(askFor(someFacts("m")), aWorld([aNode(id, [aModel("m", "warm")], more)]));
      expect(candidates).toEqual([]);
      expect(rejected).toMatchObject([{ node: id, because }]);
    }
  });

  it("a pause that is over is no reason", () => {
    expect(order([aNode("a", [aModel("m", "warm")], { health: { state: "paused", because: "busy", says: "", until: noon - 1 } })])).toEqual(
      ["a"],
    );
  });

  it("demand 3.15: a missing capability is a hard gate, an unknown one is not", () => {
    const facts = someFacts("m", { needs: ["vision"] });
    const text = aNode("text", [aModel("m", "warm", { can: ["chat"] })]);
    const unknown = aNode("unknown", [aModel("m", "warm")]);
    expect(decide(askFor(facts), aWorld([text, unknown])).candidates.map(({ node }) => node)).toEqual(["unknown"]);
  });

  it("F39: a second address of the same server is not a second server", () => {
    const twin = aNode("twin", [aModel("m", "warm")], { duplicateOf: aNode("a").id });
    expect(order([aNode("a", [aModel("m", "warm")]), twin])).toEqual(["a"]);
  });

  it("cold: a node with room before one that must evict, and none that could never hold it", () => {
    const total = { memory: { totalBytes: gb(24), totalSource: "configured" as const } };
    const warm = (name: string, size: number) => aModel(name, "warm", { residency: { state: "warm", since: noon, bytes: gb(size) } });
    const empty = aNode("empty", [aModel("m", "cold", { bytes: gb(10) })], total);
    const full = aNode("full", [aModel("m", "cold", { bytes: gb(10) }), warm("x", 20)], total);
    const small = aNode("small", [aModel("m", "cold", { bytes: gb(10) })], { memory: { totalBytes: gb(8) } });
    const decision = decide(askFor(someFacts("m")), aWorld([full, small, empty]));
    expect(decision.candidates.map(({ node }) => node)).toEqual(["empty", "full"]);
    expect(decision.rejected).toMatchObject([{ node: "small", because: "does-not-fit" }]);
  });

  it("a busy model is never counted as free room: it is waited for, and a node that has room comes first", () => {
    const model = aModel("x", "warm", { residency: { state: "warm", since: noon, bytes: gb(20) } });
    const node = aNode("full", [aModel("m", "cold", { bytes: gb(10) }), model], { memory: { totalBytes: gb(24) }, inFlight: { x: 1 } });
    const { ranked } = decide(askFor(someFacts("m")), aWorld([node]));
    expect(ranked).toMatchObject([{ room: { verdict: "fits-after", evict: ["x"], busy: true } }]);
    const roomy = aNode("roomy", [aModel("m", "cold", { bytes: gb(10) })], { memory: { totalBytes: gb(24) } });
    expect(decide(askFor(someFacts("m")), aWorld([node, roomy])).candidates[0]?.node).toBe("roomy");
  });

  it("the catalogue pins, and a pinned node that lists the model is preferred for a cold load", () => {
    const config = { catalogue: [{ model: "m", pinnedOn: ["b"] }] };
    const decision = decide(askFor(someFacts("m")), aWorld([aNode("a", [aModel("m")]), aNode("b", [aModel("m")])], config));
    expect(decision.candidates).toEqual([{ node: "b", model: "m", readiness: "cold" }]);
    expect(decision.rejected).toMatchObject([{ node: "a", because: "not-feasible" }]);
  });

  it("the catalogue's device floor keeps a model off small devices (source-systems 4.3)", () => {
    const config: ConfigDocument = {
      catalogue: [{ model: ModelId.parse("big"), minDevices: 2, minDeviceMemoryBytes: gb(24) }],
      nodes: [
        { id: NodeId.parse("one"), kind: "ollama", url: "http://one:1", devices: [{ memoryBytes: gb(24) }] },
        { id: NodeId.parse("two"), kind: "ollama", url: "http://two:1", devices: [{ memoryBytes: gb(24) }, { memoryBytes: gb(24) }] },
      ],
    };
    const unlisted = { can: { load: true, unload: true, loadsUnlisted: true, dialects: ["openai" as const] } };
    const world = aWorld([aNode("one", [], unlisted), aNode("two", [], unlisted)], config);
    expect(decide(askFor(someFacts("big")), world).candidates).toEqual([{ node: "two", model: "big", readiness: "placed" }]);
  });
});
