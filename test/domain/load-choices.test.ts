import { describe, expect, it } from "vitest";
import type { ConfigDocument } from "../../src-core/contract/config.ts";
import { fail } from "../../src-core/contract/failure.ts";
import type { ModelEntry, Node } from "../../src-core/contract/fleet.ts";
import { LoadId, ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { loadChoices } from "../../src-core/domain/load-choices.ts";
import { likelyLoad } from "../../src-core/domain/loads.ts";
import { roomFor } from "../../src-core/domain/memory.ts";
import { aModel, aNode, aWorld, noon } from "../support/builders.ts";

const gb = (count: number) => count * 1e9;
const m = ModelId.parse("m");
const resident = (name: string, bytes: number): ModelEntry =>
  aModel(name, "warm", { residency: { state: "warm", since: noon - 3_600_000, bytes } });

/** A node of 24 GB with `m` (10 GB in memory) on its disk. */
const home = (id: string, residents: readonly ModelEntry[] = [], more: Partial<Node> = {}) =>
  aNode(id, [aModel("m", "cold", { bytes: gb(8) }), ...residents], {
    memory: { totalBytes: gb(24) },
    ...more,
    history: { m: { ms: [20_000], footprintBytes: gb(10) }, ...more.history },
  });

const choices = (nodes: readonly Node[], config: ConfigDocument = {}, contextTokens?: number) =>
  loadChoices(m, contextTokens, aWorld(nodes, config)).choices;

describe("UX-06: what a load would mean on each node", () => {
  it("UX-06: who has room comes before who must make room, before who does not tell, before who has too little, before who cannot", () => {
    const nodes = [
      aNode("dark", [aModel("m")], { health: { state: "unknown" } }),
      home("small", [], { memory: { totalBytes: gb(6) } }),
      home("mute", [], { memory: {} }),
      home("full", [resident("big", gb(20))]),
      home("free"),
    ];
    expect(choices(nodes).map(({ node, verdict }) => [node, verdict])).toEqual([
      ["free", "fits"],
      ["full", "fits-after"],
      ["mute", "unknown"],
      ["small", "too-big"],
      ["dark", "cannot"],
    ]);
  });

  it("UX-09: who would leave is told with its size, its requests and when it was last used", () => {
    const full = home("full", [resident("big", gb(20))], { inFlight: { big: 2 }, lastUsedAt: { big: noon - 180_000 } });
    const [choice] = choices([full]);
    expect(choice?.leaving).toEqual([{ model: "big", bytes: gb(20), inFlight: 2, lastUsedAt: noon - 180_000 }]);
    expect(choice?.room?.busy).toBe(true);
  });

  it("the verdict is that of the predicate which plans evictions, also for the context that is asked for", () => {
    const node = home("full", [resident("big", gb(13))]);
    const world = aWorld([node]);
    expect(choices([node])[0]?.room).toEqual(roomFor(node, "m", world));
    expect(choices([node], {}, 131_072)[0]?.room).toEqual(roomFor(node, "m", world, node.models["m"], 131_072));
  });

  it("in memory or on its way there is nothing to load, and it stands first", () => {
    const loading = {
      id: LoadId.parse("l"),
      node: NodeId.parse("b"),
      model: m,
      startedAt: noon,
      by: "user",
      stage: "queued",
      waiters: 0,
    } as const;
    const nodes = [home("a"), home("b"), aNode("c", [aModel("m", "warm")])];
    const { choices: all } = loadChoices(m, undefined, aWorld(nodes, {}, { loads: { l: loading } }));
    expect(all.map(({ node, verdict }) => [node, verdict])).toEqual([
      ["c", "in-memory"],
      ["b", "loading"],
      ["a", "fits"],
    ]);
  });

  it.each<[string, Partial<Node>, string]>([
    ["is switched off", { enabled: false }, "switched off"],
    ["takes no load call", { can: { load: false, unload: false, loadsUnlisted: false, dialects: ["openai"] } }, "takes no load call"],
    ["is lent", { lent: { since: noon, until: null } }, "lent to something else"],
    [
      "is down",
      { health: { state: "down", since: noon, because: fail("connect-failed", "Nothing listens there.") } },
      "Nothing listens there.",
    ],
    ["sleeps for good", { health: { state: "asleep", since: noon, because: fail("connect-failed", "gone") } }, "how to wake it"],
  ])("a node that %s says why no load can be asked for", (_, more, says) => {
    const [choice] = choices([home("a", [], more)]);
    expect(choice).toMatchObject({ verdict: "cannot", says: expect.stringContaining(says) });
  });

  it("a machine that sleeps is woken first, and comes after one that is awake; what it had in memory is gone", () => {
    const asleep = { health: { state: "asleep", since: noon, because: fail("connect-failed", "gone") }, wakes: true } as const;
    const slept = aNode("a", [aModel("m", "warm", { bytes: gb(8) })], { memory: { totalBytes: gb(24) }, ...asleep });
    expect(choices([slept, home("b")]).map(({ node, verdict, wakes }) => [node, verdict, wakes])).toEqual([
      ["b", "fits", undefined],
      ["a", "fits", true],
    ]);
  });

  it("a load that failed there lately is told, and does not forbid another", () => {
    const broken = aModel("m", "cold", {
      setAside: { failure: fail("load-failed", "The file is damaged."), until: noon + 60_000, count: 1 },
    });
    const [choice] = choices([aNode("a", [broken], { memory: {} })]);
    expect(choice).toMatchObject({ verdict: "unknown", says: "The last load there failed: The file is damaged." });
  });

  it("a service, and the second address of one server, have nothing to load", () => {
    const service = home("cloud", [], { place: "cloud" });
    const twin = home("twin", [], { duplicateOf: NodeId.parse("a") });
    expect(choices([service, twin, home("a")]).map(({ node }) => node)).toEqual(["a"]);
  });

  it("the options a load would use are told: the context of the catalogue, the idle time of the model", () => {
    const config = { catalogue: [{ model: "m", contextTokens: 16_384 }], modelOptions: [{ model: "M", unloadAfterMinutes: 30 }] };
    expect(loadChoices(m, undefined, aWorld([home("a")], config))).toMatchObject({ contextTokens: 16_384, unloadAfterMinutes: 30 });
  });
});

describe("UX-25: how long a load would take", () => {
  it("UX-25: the median of its last loads here; else its size by the speed of this node's other loads; else nothing", () => {
    const node = aNode("a", [aModel("m", "cold", { bytes: gb(8) }), aModel("n", "cold", { bytes: gb(4) }), aModel("o")], {
      history: { n: { ms: [9_000, 2_000, 4_000] } },
    });
    expect(likelyLoad(node, "n")).toEqual({ ms: 4_000, from: "history" });
    expect(likelyLoad(node, "m")).toEqual({ ms: 8_000, from: "speed" });
    expect(likelyLoad(node, "o")).toBeUndefined();
    expect(likelyLoad(aNode("b", [aModel("m", "cold", { bytes: gb(8) })]), "m")).toBeUndefined();
  });
});
