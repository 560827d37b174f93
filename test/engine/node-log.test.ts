// What happened on nodes, over a real journal: bugs would be a story without an end, one that a restart loses or that repeats a node's words on disk,
// a probe that is missing, or a removed node that is still known.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { defaultConfig } from "../../src-core/contract/config.ts";
import type { EngineEvent } from "../../src-core/contract/events.ts";
import { fail } from "../../src-core/contract/failure.ts";
import { LoadId, ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { NodeLogQuery } from "../../src-core/contract/node-log.ts";
import { NodeLog } from "../../src-core/engine/observers/node-log.ts";
import { Store } from "../../src-core/engine/store.ts";
import { openJournal } from "../../src-core/host/journal.ts";
import { aNode } from "../support/builders.ts";
import { FakeAdapter } from "../support/fake-adapter.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { windowEngine } from "../support/window-engine.ts";

const attic = NodeId.parse("attic");
const cellar = NodeId.parse("cellar");
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end();
});

function aFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "homeport-node-log-"));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "journal.sqlite");
}

function described(...ids: readonly NodeId[]): EngineEvent {
  const nodes = ids.map((id) => {
    const { kind, name, url, place, enabled, demo, can, memory } = aNode(id);
    return { id, kind, name, url, place, enabled, demo, can, memory };
  });
  return { type: "config-applied", at: 0, config: defaultConfig, nodes };
}

/** A house whose story is kept in `path`. `stop` ends it as a process does. */
function aHouse(path = ":memory:") {
  const clock = new FakeClock();
  const journal = openJournal(path, log);
  const store = new Store(defaultConfig, clock, () => 0.5);
  const nodeLog = new NodeLog(clock, journal);
  store.observe(nodeLog.observe);
  store.record(described(attic, cellar));
  const lend = (minutes: number) =>
    store.record({ type: "node-lent", at: clock.now(), node: attic, until: clock.now() + minutes * 60_000 });
  const page = (query: Partial<NodeLogQuery> = {}) => nodeLog.page(NodeLogQuery.parse({ node: attic, ...query }));
  const says = (query?: Partial<NodeLogQuery>) => page(query).entries.map((entry) => entry.says);
  const stop = () => {
    nodeLog.stop();
    journal.close();
  };
  return { clock, journal, store, nodeLog, lend, page, says, stop };
}

it("issue 6: each node has its own story, newest first, read page by page and by topic", () => {
  const { lend, page, says, store, stop } = aHouse();
  ends.push(stop);
  for (const minutes of [11, 12, 13]) lend(minutes);
  store.record({ type: "model-removed", at: 5, node: cellar, model: ModelId.parse("tiny") });
  const first = page({ limit: 2 });
  expect(first.entries.map((entry) => entry.says)).toEqual([
    "Its memory was lent to something else, for 13 min.",
    "Its memory was lent to something else, for 12 min.",
  ]);
  expect(says({ limit: 2, before: first.next ?? 0 })).toEqual(["Its memory was lent to something else, for 11 min.", "Homeport started."]);
  expect(page({ limit: 4 }).next).toBeUndefined();
  expect(says({ about: "settings" })).toEqual(["Homeport started."]);
  expect(says({ node: cellar })).toEqual(["tiny was deleted from its disk.", "Homeport started."]);
});

it("issue 6: no more than 200 are kept of a node, in memory and on disk", () => {
  const path = aFile();
  const { store, clock, page, journal, stop } = aHouse(path);
  for (let count = 1; count <= 230; count += 1) {
    store.record({ type: "model-removed", at: clock.now(), node: attic, model: ModelId.parse(`m${count}`) });
    clock.advance(1_000);
  }
  const all = [page({ limit: 200 }), page({ limit: 200, before: page({ limit: 200 }).next ?? 1 })];
  expect(all.map(({ entries }) => entries.length)).toEqual([200, 0]);
  expect(journal.nodeLog({ node: attic, before: 10_000, limit: 500 }).length).toBe(200);
  stop();
});

it("the same again and again is one entry that says how often: a node that swings cannot push out what matters", () => {
  const { clock, store, page, stop } = aHouse();
  ends.push(stop);
  const forged = () => store.record({ type: "message-refused", at: clock.now(), node: attic, says: "It named another worker." });
  for (let count = 0; count < 50; count += 1) {
    clock.advance(1_000);
    forged();
  }
  expect(page({ limit: 1 }).entries).toMatchObject([{ times: 50, at: clock.now(), because: "It named another worker." }]);
  clock.advance(11 * 60_000);
  forged();
  expect(page().entries.map(({ times }) => times)).toEqual([undefined, 50, undefined]);
});

it("issue 6, S-80: the story outlives a restart, and what a node wrote never reaches the disk", () => {
  const path = aFile();
  const first = aHouse(path);
  const quoting = fail("load-failed", "tiny could not be loaded on attic: cannot parse 'canary-prompt-2e9b'");
  const failed = {
    load: LoadId.parse("l"),
    node: attic,
    model: ModelId.parse("tiny"),
    ms: 4_000,
    by: "request",
    failure: quoting,
  } as const;
  first.store.record({ type: "load-finished", at: first.clock.now(), ...failed });
  const sentence = "Loading tiny for a request failed after 4 s: the server could not do it.";
  expect(first.page({ limit: 1 }).entries).toMatchObject([{ says: sentence, because: quoting.message, tone: "bad" }]);
  first.stop();
  for (const end of ["", "-wal"]) {
    const text = readIfThere(path + end);
    expect(text).not.toContain("canary-prompt-2e9b");
  }
  const second = aHouse(path);
  ends.push(second.stop);
  expect(second.says()).toEqual(["Homeport started.", sentence, "Homeport started."]);
  expect(second.page().entries.map(({ because }) => because)).toEqual([undefined, undefined, undefined]);
  expect(second.says({ about: "models", limit: 1 })).toEqual([sentence]);
});

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

it("a node that was removed is forgotten, also on disk; one of the same name begins anew", () => {
  const path = aFile();
  const { store, lend, says, page, clock, stop } = aHouse(path);
  lend(10);
  store.record({ type: "probe-failed", at: 1, node: attic, failure: fail("connect-failed", "no") });
  clock.advance(1_000);
  store.record(described(cellar));
  expect(page()).toEqual({ entries: [], probes: [] });
  store.record(described(attic, cellar));
  expect(says()).toEqual(["It was added."]);
  clock.advance(1_000);
  expect(says()).toEqual(["It was added."]);
  stop();
});

it("issue 6: the last 60 probes of each node are kept, misses among them", () => {
  const { store, page, says, stop } = aHouse();
  ends.push(stop);
  const sighting = { models: [] };
  for (let count = 0; count < 70; count += 1) {
    if (count === 65) store.record({ type: "probe-failed", at: count, node: attic, failure: fail("connect-failed", "no") });
    else store.record({ type: "probe-answered", at: count, node: attic, latencyMs: count / 2, sighting });
  }
  const { probes, entries } = page({ limit: 0 });
  expect(entries).toEqual([]);
  expect(probes.length).toBe(60);
  expect(probes[0]).toEqual({ at: 10, ms: 5 });
  expect(probes.slice(-5)).toEqual([{ at: 65 }, { at: 66, ms: 33 }, { at: 67, ms: 33.5 }, { at: 68, ms: 34 }, { at: 69, ms: 34.5 }]);
  expect(says()).toEqual(["It answers again.", "It did not answer once; it may be a hiccup.", "It answers.", "Homeport started."]);
});

it("issue 6: the window asks for it by the contract, and a node that is none is told so", async () => {
  const { dispatch } = await windowEngine(new FakeAdapter(["m"], ["m"]));
  expect(await dispatch("nodeLog", { node: "a" })).toMatchObject({
    ok: true,
    output: { entries: [{ says: "It answers." }, { says: "Homeport started." }], probes: [{ ms: expect.any(Number) }] },
  });
  expect(await dispatch("nodeLog", { node: "nobody" })).toMatchObject({ ok: false, failure: { kind: "not-found" } });
  expect(await dispatch("nodeLog", { node: "a", limit: 201 })).toMatchObject({ ok: false, failure: { kind: "invalid-request" } });
});
