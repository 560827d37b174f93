// What people are told of a node: bugs would be a change that nobody hears of, one told twice, or a sentence that repeats what a node wrote.
import { describe, expect, it } from "vitest";
import { defaultConfig } from "../../src-core/contract/config.ts";
import type { EngineEvent } from "../../src-core/contract/events.ts";
import { fail } from "../../src-core/contract/failure.ts";
import type { Fleet, Node } from "../../src-core/contract/fleet.ts";
import { AttemptId, LoadId, ModelId, NodeId, RequestId } from "../../src-core/contract/ids.ts";
import type { NodeDescription } from "../../src-core/contract/sighting.ts";
import { apply, emptyFleet } from "../../src-core/domain/fleet.ts";
import { lasting } from "../../src-core/domain/lasting.ts";
import { nodeLogFacts, nodeStory } from "../../src-core/domain/node-story.ts";
import { aFleet, aModel, aNode, noon } from "../support/builders.ts";

const node = NodeId.parse("attic");
const model = ModelId.parse("tiny");
const load = LoadId.parse("l1");
const refused = fail("connect-failed", "attic refused the connection. Check that its server runs.");
const silent = fail("first-byte-timeout", "attic did not answer.");
const quoting = fail("load-failed", "tiny could not be loaded on attic: cannot parse 'my secret prompt'");
const at = noon;

const house = (more: Partial<Node> = {}) => aFleet([aNode("attic", [aModel("tiny"), aModel("other", "warm")], more)]);
const told = (event: EngineEvent, before: Fleet = house(), after = apply(before, event, defaultConfig)) => nodeStory(event, before, after);
const says = (event: EngineEvent, before?: Fleet) => told(event, before).map((entry) => entry.says);
const onNode = { at, node } as const;
const onModel = { at, node, model } as const;
const loaded = { type: "load-finished", ...onModel, load, by: "request", ms: 38_000 } as const;
const sighting = { models: [{ id: model, residency: { state: "warm" } }] } as const;

const facts: readonly (readonly [EngineEvent, string, Partial<Node>?])[] = [
  [loaded, "tiny was loaded in 38 s, for a request."],
  [{ ...loaded, by: "user", ms: 600 }, "tiny was loaded in under a second, because somebody asked."],
  [{ ...loaded, failure: fail("cancelled", "gone") }, "Loading tiny was cancelled after 38 s."],
  [{ type: "unload-finished", ...onModel }, "tiny was unloaded."],
  [{ type: "unload-finished", ...onModel, roomFor: ModelId.parse("big") }, "tiny was unloaded to make room for big."],
  [{ type: "unload-finished", ...onModel, failure: refused }, "tiny could not be unloaded: no connection."],
  [{ type: "unload-stuck", ...onModel, since: at - 11_000 }, "tiny was unloaded 11 s ago and is still in memory."],
  [{ type: "pull-asked", ...onModel }, "Somebody asked for tiny to be fetched."],
  [{ type: "pull-finished", ...onModel, ms: 240_000 }, "tiny was fetched in 4 min."],
  [{ type: "pull-finished", ...onModel, ms: 9_000, failure: fail("disk-full", "full") }, "tiny could not be fetched: its disk is full."],
  [{ type: "model-removed", ...onModel }, "tiny was deleted from its disk."],
  [{ type: "wake-started", ...onNode, by: "schedule" }, "It is being woken because it is time."],
  [{ type: "wake-finished", ...onNode, ms: 41_000 }, "It woke after 41 s."],
  [{ type: "wake-finished", ...onNode }, "It had not been asleep."],
  [{ type: "wake-finished", ...onNode, failure: refused }, "It was woken and did not come."],
  [{ type: "node-lent", ...onNode, until: at + 900_000 }, "Its memory was lent to something else, for 15 min."],
  [{ type: "node-lent", ...onNode, until: null }, "Its memory was lent to something else, until it is taken back."],
  [{ type: "node-returned", ...onNode }, "Its memory was taken back.", { lent: { since: at, until: null } }],
  [{ type: "quiet-changed", ...onNode, until: at + 32_400_000 }, "Its quiet hours began, for 9 h."],
  [{ type: "quiet-changed", ...onNode }, "Its quiet hours are over."],
  [{ type: "slots-learned", ...onModel, slots: 4 }, "tiny answers 4 requests at once."],
  [
    { type: "resident-cap-learned", ...onNode, cap: 1, dropped: ModelId.parse("other"), loaded: model },
    "It keeps at most one model in memory: loading tiny made it drop other.",
  ],
  [{ type: "footprint-measured", ...onModel, bytes: 8.1e9 }, "tiny takes 8.1 GB of memory, as measured."],
  [{ type: "node-demoted", ...onNode, ranks: 2 }, "It was slower or failed more often than the others lately, and is tried after them."],
  [{ type: "node-demoted", ...onNode, ranks: 0 }, "It is as quick and reliable as the others again, and is tried in its turn."],
  [{ type: "breaker-tripped", ...onNode }, "Somebody stopped sending requests there."],
  [
    { type: "machine-resumed", at, because: "sleep", sleptMs: 7_200_000 },
    "The computer that Homeport runs on had slept for 2 h; all connections were made anew.",
  ],
  [{ type: "probe-failed", ...onNode, failure: refused }, "It did not answer once; it may be a hiccup."],
  [
    { type: "probe-failed", ...onNode, failure: refused },
    "It does not answer any more.",
    { health: { state: "flapping", misses: 2, because: refused } },
  ],
  [
    { type: "probe-failed", ...onNode, failure: silent },
    "It went to sleep, or was switched off.",
    { wakes: true, health: { state: "up", since: 0 } },
  ],
  [
    { type: "probe-answered", ...onNode, latencyMs: 3, sighting: { models: [] } },
    "It answers again, after 4 min.",
    { models: {}, health: { state: "down", since: at - 240_000, because: refused } },
  ],
  [
    { type: "probe-answered", ...onNode, latencyMs: 3, sighting: { models: [] } },
    "It answers.",
    { models: {}, health: { state: "unknown" } },
  ],
  [
    { type: "limit-reached", ...onNode, failure: fail("upstream-rate-limited", "slow down", { retryAfterMs: 30_000 }) },
    "It asked us to send less for a while.",
  ],
];

describe("issue 6: every change of a node that a person may wonder about has its sentence", () => {
  for (const [event, sentence, more] of facts) {
    it(`${event.type}: ${sentence}`, () => {
      expect(says(event, house(more))).toEqual([sentence]);
      expect(nodeLogFacts.has(event.type)).toBe(true);
    });
  }
});

it("issue 6: a breaker's course is told once each way, with how long it stays open", () => {
  const attempt = { at, request: RequestId.parse("r"), attempt: AttemptId.parse("a"), node, model } as const;
  let fleet = house();
  const heard: string[] = [];
  const happen = (event: EngineEvent) => {
    const next = apply(fleet, event, defaultConfig);
    heard.push(...nodeStory(event, fleet, next).map((entry) => entry.says));
    fleet = next;
  };
  for (let count = 0; count < 3; count += 1) {
    happen({ type: "attempt-started", ...attempt });
    happen({
      type: "attempt-finished",
      ...attempt,
      verdict: "bad",
      failure: fail("upstream-unavailable", "attic answered 500: my prompt"),
    });
  }
  happen({ type: "breaker-try-now", at, node });
  expect(heard.filter((one) => /requests go|tried again|at once/.test(one))).toEqual([
    "It failed too often: no requests go there for 2 min.",
    "Somebody asked to try it at once.",
    "It is tried again, with one request.",
  ]);
  expect(heard.join(" ")).not.toContain("prompt");
});

it("S-80: what a node wrote stands apart from the sentence that is kept", () => {
  const [entry] = told({ ...loaded, failure: quoting });
  expect(entry?.says).toBe("Loading tiny for a request failed after 38 s: the server could not do it.");
  expect(entry?.because).toContain("secret prompt");
});

it("a load that found the model in memory, an attempt that changed nothing and a probe like the one before tell nothing", () => {
  expect(says({ ...loaded, ms: 0 })).toEqual([]);
  const attempt = { at, request: RequestId.parse("r"), attempt: AttemptId.parse("a"), node, model } as const;
  expect(says({ type: "attempt-finished", ...attempt, verdict: "good" })).toEqual([]);
  const before = apply(house({ models: {} }), { type: "probe-answered", at, node, latencyMs: 1, sighting }, defaultConfig);
  expect(says({ type: "probe-answered", at, node, latencyMs: 1, sighting }, before)).toEqual([]);
  expect(says({ type: "slots-learned", ...onModel, slots: 4 }, house({ learnedSlots: { tiny: 4 } }))).toEqual([]);
  expect(says({ type: "node-returned", ...onNode })).toEqual([]);
  expect(says({ type: "pull-asked", at, node: NodeId.parse("gone"), model })).toEqual([]);
});

it("issue 6: models that come and go without us are told; those we load and unload are not told twice", () => {
  const seen = house({ models: { tiny: aModel("tiny", "warm"), other: aModel("other", "cold") } });
  const other = { id: ModelId.parse("other"), residency: { state: "warm" } } as const;
  const cold = { id: model, residency: { state: "cold" } } as const;
  const event: EngineEvent = { type: "probe-answered", at, node, latencyMs: 1, sighting: { models: [cold, other] } };
  expect(says(event, seen)).toEqual([
    "tiny left the memory by itself: its time was up, or another program's model came.",
    "other is in memory; another program had it loaded.",
  ]);
  const unloading = apply(seen, { type: "unload-started", at, node, model }, defaultConfig);
  expect(says(event, unloading)).toEqual(["other is in memory; another program had it loaded."]);
});

it("issue 6: settings tell each node what changed for it, and nothing to the others", () => {
  const { kind, name, url, place, enabled, demo, can, memory } = aNode("attic");
  const description: NodeDescription = { id: node, kind, name, url, place, enabled, demo, can, memory };
  const cellar = { ...description, id: NodeId.parse("cellar") };
  const applied = (...nodes: readonly NodeDescription[]): EngineEvent => ({ type: "config-applied", at, config: defaultConfig, nodes });
  expect(told(applied(description), emptyFleet)).toMatchObject([{ node, says: "Homeport started." }]);
  const one = apply(emptyFleet, applied(description), defaultConfig);
  expect(told(applied(description, cellar), one)).toMatchObject([{ node: "cellar", says: "It was added." }]);
  const two = apply(one, applied(description, cellar), defaultConfig);
  expect(told(applied({ ...description, drained: true, slots: 4 }, cellar), two)).toMatchObject([
    { node, says: "It was drained: it takes no new requests." },
    { node, says: "Its settings were changed: requests at once." },
  ]);
  expect(told(applied({ ...description, enabled: false }, cellar), two)).toMatchObject([{ says: "It was switched off." }]);
  expect(told(applied({ ...description, url: "http://other.lan" }, cellar), two)).toMatchObject([
    { says: expect.stringContaining("address") },
  ]);
});

it("lengths of time read as a person says them", () => {
  expect([300, 1_400, 119_000, 120_000, 7_000_000, 7_200_000, 200_000_000].map(lasting)).toEqual([
    "under a second",
    "1 s",
    "119 s",
    "2 min",
    "117 min",
    "2 h",
    "2 d",
  ]);
});
