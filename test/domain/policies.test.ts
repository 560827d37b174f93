// Policies over hand-made worlds: what each preset prefers, and that the deciding preference is the one named.
import { describe, expect, it } from "vitest";
import type { ConfigDocument } from "../../src-core/contract/config.ts";
import type { Node } from "../../src-core/contract/fleet.ts";
import { PreferenceName, PresetName } from "../../src-core/contract/routing.ts";
import { askFor, decide } from "../../src-core/domain/decide.ts";
import { presets } from "../../src-core/domain/preferences.ts";
import { aModel, aNode, aWorld, someFacts } from "../support/builders.ts";

const gb = (n: number) => n * 1e9;
const judged = (nodes: readonly Node[], config: ConfigDocument) => decide(askFor(someFacts("m")), aWorld(nodes, config));
const order = (nodes: readonly Node[], config: ConfigDocument) => judged(nodes, config).candidates.map(({ node }) => String(node));
const url = (id: string) => `http://${id}.lan:11434`;
const configured = (...ids: string[]): ConfigDocument["nodes"] => ids.map((id) => ({ id, kind: "ollama", url: url(id) }));

describe("2.4 loaded and free, else any free, else the least used", () => {
  const policy = "priority";
  it("2.4 step 5: among loaded and free nodes the utilisation ratio decides, not the number of requests", () => {
    const wide = aNode("wide", [aModel("m", "warm")], { slots: 8, inFlight: { m: 2 } });
    const narrow = aNode("narrow", [aModel("m", "warm")], { slots: 2, inFlight: { m: 1 } });
    expect(order([narrow, wide], { policy, nodes: configured("narrow", "wide") })).toEqual(["wide", "narrow"]);
    expect(judged([narrow, wide], { policy, nodes: configured("narrow", "wide") }).decidedBy).toBe("utilisation");
  });

  it("2.4 step 5: the order of the configuration breaks ties", () => {
    const nodes = [aNode("second", [aModel("m", "warm")]), aNode("first", [aModel("m", "warm")])];
    expect(order(nodes, { policy, nodes: configured("first", "second") })).toEqual(["first", "second"]);
    expect(judged(nodes, { policy, nodes: configured("first", "second") }).decidedBy).toBe("priority");
  });

  it("2.4 step 6: a cold node with a free slot comes before a loaded one without", () => {
    const full = aNode("full", [aModel("m", "warm")], { slots: 1, inFlight: { m: 1 } });
    const cold = aNode("cold", [aModel("m")], { slots: 1 });
    expect(order([full, cold], { policy })).toEqual(["cold", "full"]);
  });

  it("2.4 step 7: when all are full the least used takes the request", () => {
    const more = aNode("more", [aModel("m", "warm")], { slots: 1, inFlight: { m: 3 } });
    const less = aNode("less", [aModel("m", "warm")], { slots: 1, inFlight: { m: 2 } });
    expect(order([more, less], { policy })).toEqual(["less", "more"]);
  });

  it("2.4 step 4: the conversation's node first, but only while it is warm, has a slot and is not much busier", () => {
    const here = (more: Partial<Node>) => [
      aNode("other", [aModel("m", "warm")], { slots: 4 }),
      aNode("mine", [aModel("m", "warm")], { slots: 4, ...more }),
    ];
    const chosen = (nodes: readonly Node[]) =>
      decide({ ...askFor(someFacts("m")), affinity: "mine" }, aWorld(nodes, {})).candidates[0]?.node;
    expect(chosen(here({ inFlight: { m: 1 } }))).toBe("mine");
    expect(chosen(here({ inFlight: { m: 4 } }))).toBe("other");
    expect(chosen(here({ inFlight: { m: 3 } }))).toBe("other");
    expect(chosen([aNode("other", [aModel("m", "warm")]), aNode("mine", [aModel("m")])])).toBe("other");
  });
});

describe("presets", () => {
  it("1.4 biggest: local before remote, running before cold, then the largest", () => {
    const policy = "biggest";
    const local = aNode("local", [aModel("m", "cold", { bytes: gb(4) })], { place: "this-machine" });
    const large = aNode("large", [aModel("m", "warm", { bytes: gb(40) })]);
    const small = aNode("small", [aModel("m", "warm", { bytes: gb(8) })]);
    const huge = aNode("huge", [aModel("m", "cold", { bytes: gb(400) })]);
    expect(order([huge, small, large, local], { policy })).toEqual(["local", "large", "small", "huge"]);
  });

  it("cheapest: free at home, then by price, an unknown price last", () => {
    const cloud = (id: string) => aNode(id, [aModel("m", "warm")], { place: "cloud" });
    const config: ConfigDocument = {
      policy: "cheapest",
      cloud: { allowed: true },
      catalogue: [{ model: "m", cost: { input: 1, output: 2 } }],
    };
    expect(order([cloud("paid"), aNode("home", [aModel("m")])], { policy: "cheapest", cloud: { allowed: true } })).toEqual([
      "home",
      "paid",
    ]);
    expect(judged([cloud("a"), aNode("b", [aModel("m")])], config).decidedBy).toBe("warm");
  });

  it("fastest: by what this node showed, load included", () => {
    const quick = aNode("quick", [aModel("m", "warm")], { figures: { m: { firstByteMs: 100, tokensPerSecond: 80, samples: 9 } } });
    const slow = aNode("slow", [aModel("m", "warm")], { figures: { m: { firstByteMs: 900, tokensPerSecond: 9, samples: 9 } } });
    const unknown = aNode("unknown", [aModel("m", "warm")]);
    expect(order([slow, unknown, quick], { policy: "fastest" })).toEqual(["quick", "slow", "unknown"]);
  });

  it("local-first goes before warm", () => {
    const far = aNode("far", [aModel("m", "warm")]);
    const near = aNode("near", [aModel("m")], { place: "this-machine" });
    expect(order([far, near], { policy: "local-first" })).toEqual(["near", "far"]);
    expect(order([near, far], { policy: "balanced" })).toEqual(["far", "near"]);
  });

  it("one fleet, six presets: each has a reason of its own to differ", () => {
    expect(new Set(PresetName.options.map((name) => presets[name].join())).size).toBe(PresetName.options.length);
  });

  it("a list of one's own is compared left to right, and a name from `policies` means its list", () => {
    const far = aNode("a-far", [aModel("m", "warm")]);
    const near = aNode("near", [aModel("m")], { place: "this-machine" });
    expect(order([near, far], { policy: ["name"], nodes: configured("near", "a-far") })).toEqual(["a-far", "near"]);
    expect(order([far, near], { policy: "mine", policies: { mine: ["local-first"] } })).toEqual(["near", "a-far"]);
  });

  it("weighted and random follow the draw: the same draw, the same node; many draws, the weights", () => {
    const nodes = [aNode("heavy", [aModel("m", "warm")], { weight: 9 }), aNode("light", [aModel("m", "warm")])];
    let heavy = 0;
    for (let draw = 0; draw < 1000; draw += 1) {
      const world = { ...aWorld(nodes, { policy: ["weighted"] }), draw: draw / 1000 };
      const first = decide(askFor(someFacts("m")), world).candidates[0]?.node;
      expect(decide(askFor(someFacts("m")), world).candidates[0]?.node).toBe(first);
      if (first === "heavy") heavy += 1;
    }
    expect(heavy).toBeGreaterThan(800);
    expect(heavy).toBeLessThan(980);
  });

  it("5.6, 5.7: an unhealthy or demoted node stands behind, and is never removed", () => {
    const nodes = [
      aNode("unhealthy", [aModel("m", "warm")], { passive: { state: "unhealthy", failures: 6 } }),
      aNode("slower", [aModel("m", "warm")], { demoted: 1 }),
      aNode("well", [aModel("m", "warm")]),
    ];
    expect(order(nodes, {})).toEqual(["well", "slower", "unhealthy"]);
    expect(
      order(
        [nodes[0], nodes[2]].flatMap((node) => node ?? []),
        { health: { action: "warn" } },
      ),
    ).toEqual(["unhealthy", "well"]);
  });

  it("every preference word has a row that gives a number", () => {
    for (const name of PreferenceName.options) {
      const { ranked } = judged([aNode("a", [aModel("m", "warm")]), aNode("b", [aModel("m")])], { policy: [name] });
      expect(ranked).toHaveLength(2);
    }
  });
});
