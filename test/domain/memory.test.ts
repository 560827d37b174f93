import { describe, expect, it } from "vitest";
import type { ConfigDocument } from "../../src-core/contract/config.ts";
import { fail } from "../../src-core/contract/failure.ts";
import type { LoadHistory, ModelEntry, Node } from "../../src-core/contract/fleet.ts";
import { catalogued } from "../../src-core/domain/catalogue.ts";
import { contextFor } from "../../src-core/domain/context-guard.ts";
import { askFor, decide } from "../../src-core/domain/decide.ts";
import { footprintOf, withFootprint } from "../../src-core/domain/footprints.ts";
import { own } from "../../src-core/domain/inventory.ts";
import { roomFor } from "../../src-core/domain/memory.ts";
import { devicesFor, isFeasible, placementLevel } from "../../src-core/domain/placement.ts";
import { afterMemoryFailure, underPressure, withoutPressure } from "../../src-core/domain/pressure.ts";
import { aModel, aNode, aWorld, noon, someFacts } from "../support/builders.ts";

const gb = (count: number) => count * 1e9;
const minute = 60_000;

/** A resident: loaded long ago, last used so many minutes ago. */
const resident = (name: string, bytes: number, more: Partial<ModelEntry> = {}): ModelEntry =>
  aModel(name, "warm", { residency: { state: "warm", since: noon - 600 * minute, bytes }, ...more });

const measuredAt = (bytes: number, ms: readonly number[] = []): LoadHistory => ({ ms, footprintBytes: bytes });

/** A node of 24 GB that holds these; `m` is cold there and was measured at 10 GB. */
const full = (residents: readonly ModelEntry[], more: Partial<Node> = {}): Node =>
  aNode("full", [aModel("m", "cold", { bytes: gb(8) }), ...residents], {
    memory: { totalBytes: gb(24) },
    ...more,
    history: { m: measuredAt(gb(10)), ...more.history },
  });

const room = (node: Node, config: ConfigDocument = {}) => roomFor(node, "m", aWorld([node], config));

describe("4.3 footprints: what a model takes is measured, then told, then estimated", () => {
  const learned = [
    [4096, gb(5)],
    [8192, gb(6)],
    [32768, gb(12)],
  ].reduce<LoadHistory | undefined>((history, [tokens, bytes]) => withFootprint(history, bytes ?? 0, tokens), undefined);
  const node = (history: LoadHistory | undefined, entry: Partial<ModelEntry> = {}) =>
    aNode(
      "a",
      [aModel("m", "cold", { bytes: gb(4), parameters: "7.6B", ...entry })],
      history === undefined ? {} : { history: { m: history } },
    );
  const of = (at: Node, contextTokens?: number, config: ConfigDocument = {}) =>
    footprintOf(at, "m", aWorld([at], config), own(at.models, "m"), contextTokens);

  it.each([
    [4096, { bytes: gb(5), source: "measured" }],
    [8192, { bytes: gb(6), source: "measured" }],
    [20480, { bytes: gb(9), source: "measured" }],
    [undefined, { bytes: gb(12), source: "measured" }],
  ])("a context of %s between or at what was measured is measured", (tokens, expected) => {
    expect(of(node(learned), tokens)).toEqual(expected);
  });

  it("beyond what was measured only the cache is estimated, and the whole is then called an estimate", () => {
    expect(of(node(learned), 65_536)).toEqual({ bytes: gb(12) + 32_768 * 128 * 1024, source: "estimate" });
    expect(of(node(learned), 2048)).toEqual({ bytes: gb(5) - 2048 * 128 * 1024, source: "estimate" });
  });

  it("what was measured wins over the catalogue, the catalogue over an estimate, and nothing known is unknown", () => {
    const config = { catalogue: [{ model: "m", bytes: gb(7) }] };
    expect(of(node(measuredAt(gb(5))), undefined, config)).toEqual({ bytes: gb(5), source: "measured" });
    expect(of(node(undefined), undefined, config)).toEqual({ bytes: gb(7), source: "configured" });
    expect(of(node(undefined))).toEqual({ bytes: Math.round(gb(4) * 1.1 + 4096 * 128 * 1024), source: "estimate" });
    const bare = aNode("a", [aModel("m")]);
    expect(of(bare)).toBeUndefined();
  });

  it.each([
    ["151K", 24],
    ["8x7B", 320],
    ["70.6B", 320],
    ["405B", 512],
    [undefined, 128],
  ])("the cache of a model of %s parameters is estimated from published architectures, upwards", (parameters, kib) => {
    const entry = { ...aModel("m", "cold", { bytes: gb(4) }), ...(parameters === undefined ? {} : { parameters }) };
    const at = aNode("a", [entry]);
    expect(of(at, 1000)?.bytes).toBe(Math.round(gb(4) * 1.1 + 1000 * kib * 1024));
  });

  it("the context it was trained for bounds the estimate, and only the last eight contexts are kept", () => {
    expect(of(node(undefined, { maxContextTokens: 2048 }), 100_000)?.bytes).toBe(Math.round(gb(4) * 1.1 + 2048 * 128 * 1024));
    const many = Array.from({ length: 20 }, (_, at) => (at + 1) * 1024).reduce<LoadHistory | undefined>(
      (history, tokens) => withFootprint(history, tokens, tokens),
      undefined,
    );
    expect(Object.keys(many?.footprints ?? {})).toHaveLength(8);
    expect(many?.footprints?.["20480"]).toBe(20_480);
    expect(withFootprint(many, 20_480, 20_480)).toBe(many);
  });
});

describe("verdicts come with their numbers", () => {
  it("fits, fits after, too big and unknown", () => {
    expect(room(full([resident("x", gb(8))]))).toEqual({
      verdict: "fits",
      evict: [],
      needBytes: gb(10),
      needSource: "measured",
      freeBytes: gb(16),
    });
    expect(room(full([resident("x", gb(20))]))).toMatchObject({ verdict: "fits-after", evict: ["x"], freeBytes: gb(4) });
    expect(room(full([], { history: { m: measuredAt(gb(25)) } }))).toMatchObject({ verdict: "too-big", evict: [] });
    expect(room(full([resident("x", gb(20))], { memory: {} }))).toEqual({ verdict: "unknown", evict: [] });
    const sizeless = aNode("a", [aModel("m")], { memory: { totalBytes: gb(1) } });
    expect(room(sizeless)).toEqual({ verdict: "unknown", evict: [] });
  });

  it.each([
    [gb(13.9), "fits"],
    [gb(12.6), "fits"],
    [gb(13.0), "tight"],
    [gb(14), "tight"],
    [gb(14.1), "fits-after"],
  ])("beside %s bytes a model of 10 of 24 GB is %s: under 5 % left is tight", (used, verdict) => {
    expect(room(full([resident("x", used)])).verdict).toBe(used === gb(13.9) ? "tight" : verdict);
  });

  it("under 512 MiB left is tight on a small device as well", () => {
    const small = (free: number) =>
      aNode("s", [aModel("m", "cold")], { memory: { totalBytes: gb(4) }, history: { m: measuredAt(gb(4) - free) } });
    expect(room(small(500 * 1024 * 1024)).verdict).toBe("tight");
    expect(room(small(600 * 1024 * 1024)).verdict).toBe("fits");
  });

  it("what other programs use counts, where the node tells it; of a model half on the device, its half", () => {
    expect(room(full([], { memory: { totalBytes: gb(24), usedBytes: gb(16) } }))).toMatchObject({ verdict: "too-big", freeBytes: gb(8) });
    const half = aModel("x", "warm", { residency: { state: "warm", since: 0, bytes: gb(30), vramBytes: gb(10) } });
    expect(room(full([half]))).toMatchObject({ verdict: "fits", freeBytes: gb(14) });
  });

  it("a load that has its turn before takes its room; one that stands behind our own does not", () => {
    const node = full([aModel("other", "loading", { bytes: gb(1) })], { history: { other: measuredAt(gb(15)) } });
    const load = (id: string, model: string) => ({
      [id]: { id, node: node.id, model, startedAt: noon, by: "request" as const, stage: "queued" as const, waiters: 1 },
    });
    const verdictWith = (...order: readonly string[]) => {
      const loads = Object.assign({}, ...order.map((model, at) => load(`l${at}`, model)));
      return roomFor(node, "m", aWorld([node], {}, { loads }));
    };
    expect(verdictWith("other")).toMatchObject({ verdict: "fits-after", evict: ["other"], busy: true });
    expect(verdictWith("m", "other")).toMatchObject({ verdict: "fits" });
  });
});

describe("4.3 placement", () => {
  const config = (entry: object, devices: readonly number[] = [24, 24, 8]): ConfigDocument => ({
    nodes: [{ id: "a", kind: "ollama", url: "http://a:1", devices: devices.map((size) => ({ memoryBytes: gb(size) })) }],
    catalogue: [{ model: "m", ...entry }],
  });
  const judged = (entry: object, devices?: readonly number[], residents: readonly ModelEntry[] = []) => {
    const total = (devices ?? [24, 24, 8]).reduce((sum, size) => sum + gb(size), 0);
    const node = aNode("a", [aModel("m"), ...residents], { memory: { totalBytes: total } });
    const world = aWorld([node], config(entry, devices));
    const found = catalogued("m", world);
    if (found === undefined) throw new Error("It is in the catalogue.");
    return { feasible: isFeasible(node, found, world), devices: devicesFor(node, found, world), room: roomFor(node, "m", world) };
  };

  it("4.3 feasible: not pinned elsewhere, enough devices, each with enough memory in total", () => {
    expect(judged({ pinnedOn: ["b"] }).feasible).toBe(false);
    expect(judged({ pinnedOn: ["a"] }).feasible).toBe(true);
    expect(judged({ minDevices: 3 }).feasible).toBe(true);
    expect(judged({ minDevices: 4 }).feasible).toBe(false);
    expect(judged({ minDevices: 2, minDeviceMemoryBytes: gb(20) }).feasible).toBe(true);
    expect(judged({ minDevices: 3, minDeviceMemoryBytes: gb(20) }).feasible).toBe(false);
    // The floor is for the whole device, not for what is free there.
    expect(judged({ minDevices: 2, minDeviceMemoryBytes: gb(20) }, [24, 24], [resident("x", gb(48))]).feasible).toBe(true);
  });

  it("4.3 the devices are the first that meet the floor", () => {
    expect(judged({ minDevices: 2, minDeviceMemoryBytes: gb(20) }, [8, 24, 48, 24]).devices).toEqual([1, 2]);
    expect(judged({}, [8, 24]).devices).toEqual([0]);
  });

  it("4.14: a model over several devices must fit on those together, not on one, and not on the others", () => {
    expect(judged({ minDevices: 2, minDeviceMemoryBytes: gb(20), bytes: gb(40) }).room).toMatchObject({
      verdict: "fits",
      freeBytes: gb(48),
    });
    expect(judged({ minDevices: 2, minDeviceMemoryBytes: gb(20), bytes: gb(50) }).room.verdict).toBe("too-big");
  });

  it("4.3 the order: free, then after evicting, then unknown; in each the most free; and nobody is displaced while a node has room, even a little", () => {
    const fits = { verdict: "fits" as const, evict: [], freeBytes: gb(10) };
    const order = [
      { ...fits, freeBytes: gb(20) },
      fits,
      { ...fits, verdict: "tight" as const },
      { ...fits, verdict: "fits-after" as const },
      { ...fits, verdict: "fits-after" as const, freeBytes: gb(3) },
      { ...fits, verdict: "fits-after" as const, busy: true as const },
      { verdict: "unknown" as const, evict: [] },
      { ...fits, verdict: "too-big" as const },
    ];
    const levels = order.map(placementLevel);
    expect([...levels].sort((a, b) => a - b)).toEqual(levels);
    expect(new Set(levels).size).toBe(order.length);
    expect(placementLevel(undefined)).toBe(0);
  });
});

describe("4.4 residency: who may displace whom", () => {
  const displaces = (mine: object, theirs: object | undefined) => {
    const catalogue = [{ model: "m", ...mine }, ...(theirs === undefined ? [] : [{ model: "x", ...theirs }])];
    return room(full([resident("x", gb(20))]), { catalogue }).verdict === "fits-after";
  };
  it.each([
    ["equals, 100 where nothing is said", {}, undefined, true],
    ["below", { residencyPriority: 200 }, { residencyPriority: 150 }, true],
    ["never above", { residencyPriority: 50 }, undefined, false],
    ["never a pinned one, which ranks 1000", {}, { pinnedOn: ["full"] }, false],
    ["pinned displaces pinned, or swapping is one-way", { pinnedOn: ["full"] }, { pinnedOn: ["full"] }, true],
    ["a pinned one with a rank of its own has that rank", {}, { pinnedOn: ["full"], residencyPriority: 90 }, true],
    ["an unlisted resident ranks 100", { residencyPriority: 99 }, undefined, false],
  ])("4.4 %s", (_, mine, theirs, expected) => {
    expect(displaces(mine, theirs)).toBe(expected);
  });

  it("a model that a client keeps loaded for ever is not pinned by that", () => {
    const kept = aModel("x", "warm", { residency: { state: "warm", since: 0, bytes: gb(20), expiresAt: null } });
    expect(room(full([kept])).evict).toEqual(["x"]);
  });
});

describe("4.3, demands 3.10: the plan of an eviction", () => {
  const used = (minutesAgo: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(minutesAgo).map(([name, ago]) => [name, noon - ago * minute]));

  it("4.3 the fewest leave: one large one, not two that were idle longer", () => {
    const node = full([resident("big", gb(10)), resident("s1", gb(6)), resident("s2", gb(6))], {
      lastUsedAt: used({ big: 1, s1: 60, s2: 90 }),
    });
    expect(room(node)).toMatchObject({ verdict: "fits-after", evict: ["big"] });
  });

  it("4.3 of as many, who was idle longest leaves", () => {
    const node = full([resident("a", gb(12)), resident("b", gb(12))], { lastUsedAt: used({ a: 5, b: 50 }) });
    expect(room(node).evict).toEqual(["b"]);
  });

  it("a model that takes long to load, or weighs much, is missed more", () => {
    const slow = full([resident("a", gb(12)), resident("b", gb(12))], {
      lastUsedAt: used({ a: 10, b: 20 }),
      history: { a: measuredAt(gb(12), [10_000]), b: measuredAt(gb(12), [120_000]) },
    });
    expect(room(slow).evict).toEqual(["a"]);
    const heavy = full([resident("a", gb(12)), resident("b", gb(12))], { lastUsedAt: used({ a: 10, b: 20 }) });
    const catalogue = [
      { model: "m", residencyPriority: 500 },
      { model: "b", residencyPriority: 400 },
    ];
    expect(room(heavy, { catalogue }).evict).toEqual(["a"]);
  });

  it("demands 3.10: three may leave and no more; a plan that does not fit on paper names nobody", () => {
    const four = ["a", "b", "c", "d"].map((name) => resident(name, gb(6)));
    const need = (bytes: number) => full(four, { history: { m: measuredAt(gb(bytes)) } });
    expect(room(need(18)).evict).toHaveLength(3);
    expect(room(need(20))).toMatchObject({ verdict: "too-big", evict: [] });
    expect(room(need(20), { memory: { mostEvictions: 4 } }).evict).toHaveLength(4);
    expect(room(need(6), { memory: { mostEvictions: 0 } }).verdict).toBe("too-big");
  });

  it("demands 3.9: who is at work or being loaded is not evicted but waited for, and only where nobody idle would do", () => {
    const busy = { inFlight: { a: 1 } };
    expect(room(full([resident("a", gb(12)), resident("b", gb(12))], { ...busy, lastUsedAt: used({ b: 0 }) }))).toMatchObject({
      evict: ["b"],
    });
    expect(room(full([resident("a", gb(20))], busy))).toMatchObject({ verdict: "fits-after", evict: ["a"], busy: true });
  });

  it("F34: who became warm a moment ago is held, and the verdict says until when", () => {
    const held = (loadedAt: number) => aModel("a", "warm", { residency: { state: "warm", since: loadedAt, loadedAt, bytes: gb(20) } });
    expect(room(full([held(noon - 10_000)]))).toMatchObject({ verdict: "fits-after", holdUntil: noon + 20_000 });
    expect(room(full([held(noon - 30_000)]))).not.toHaveProperty("holdUntil");
    expect(room(full([held(noon - 10_000)]), { memory: { holdSeconds: 0 } })).not.toHaveProperty("holdUntil");
  });
});

describe("demands 3.24: one server under two addresses", () => {
  it("demands 3.24: a cold model is loaded on it once: the second address is no second memory", () => {
    const twin = (id: string, more: Partial<Node> = {}) =>
      aNode(id, [aModel("m", "cold", { bytes: gb(20) })], { memory: { totalBytes: gb(24) }, identity: "10.0.0.7:11434", ...more });
    const first = twin("a");
    const decision = decide(askFor(someFacts("m")), aWorld([first, twin("b", { duplicateOf: first.id })]));
    expect(decision.candidates).toEqual([{ node: "a", model: "m", readiness: "cold" }]);
    expect(decision.rejected).toMatchObject([{ node: "b", because: "duplicate" }]);
  });
});

describe("5.8 memory pressure", () => {
  const failure = fail("out-of-memory", "attic has too little memory for this model.");
  const settings = (pressure: "off" | "warn" | "skip") => aWorld([], { memory: { pressure, cooldownSeconds: 60 } }).config.memory;

  it("5.8 a node that ran out of memory is skipped for its cooldown, which ends by itself", () => {
    const node = afterMemoryFailure(aNode("a"), failure, noon, settings("skip"));
    expect(node.pressure).toEqual({ until: noon + 60_000, says: failure.message });
    expect([underPressure(node, noon + 59_999), underPressure(node, noon + 60_000)]).toEqual([true, false]);
  });

  it("5.8 marking again extends it, and never shortens it", () => {
    const once = afterMemoryFailure(aNode("a"), failure, noon, settings("skip"));
    expect(afterMemoryFailure(once, failure, noon + 30_000, settings("skip")).pressure?.until).toBe(noon + 90_000);
    const long = afterMemoryFailure(aNode("a"), failure, noon, { ...settings("skip"), cooldownSeconds: 600 });
    expect(afterMemoryFailure(long, failure, noon + 1_000, settings("skip")).pressure?.until).toBe(noon + 600_000);
  });

  it("5.8 off marks nobody, warn marks and skips nobody, and a corrupt file is no pressure", () => {
    expect(afterMemoryFailure(aNode("a"), failure, noon, settings("off")).pressure).toBeUndefined();
    const warned = afterMemoryFailure(aNode("a"), failure, noon, settings("warn"));
    expect(warned.pressure).toMatchObject({ onlyWarns: true });
    expect(underPressure(warned, noon)).toBe(false);
    const corrupt = fail("load-failed", "failed to load model");
    expect(afterMemoryFailure(aNode("a"), corrupt, noon, settings("skip")).pressure).toBeUndefined();
    expect(withoutPressure(warned).pressure).toBeUndefined();
  });
});

describe("demands 3.12: the context guard", () => {
  it.each([
    ["at-least", 2048, 8192, undefined, 8192, false],
    ["at-least", 8192, 8192, undefined, 8192, false],
    ["at-least", 16384, 8192, undefined, 16384, true],
    ["at-least", undefined, 8192, 4096, 8192, false],
    ["at-least", undefined, undefined, 4096, 4096, false],
    ["at-least", 2048, undefined, 4096, 4096, false],
    ["at-least", 2048, undefined, undefined, 2048, false],
    ["fixed", 16384, 8192, 32768, 8192, false],
    ["fixed", 16384, undefined, 32768, 32768, false],
    ["fixed", 16384, undefined, undefined, 16384, false],
    ["pass", 2048, 8192, 4096, 2048, true],
    ["pass", undefined, 8192, 4096, 8192, false],
  ] as const)(
    "demands 3.12 %s: wanted %s, loaded %s, configured %s: %s, reloads %s",
    (guard, wanted, loaded, configured, tokens, reloads) => {
      expect(contextFor(wanted, loaded, guard, configured)).toEqual({ contextTokens: tokens, reloads });
    },
  );
});
