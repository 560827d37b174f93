// The search as the window sees it: one at a time, what became a node is marked, and nothing it finds is added.
import { expect, test } from "vitest";
import { fail } from "../../src-core/contract/failure.ts";
import type { FindWish, FoundServer } from "../../src-core/contract/finding.ts";
import type { Fleet } from "../../src-core/contract/fleet.ts";
import type { SearchListener, Survey } from "../../src-core/engine/ports.ts";
import { ServerSearch } from "../../src-core/engine/search.ts";
import { aFleet, aNode } from "../support/builders.ts";
import { FakeClock } from "../support/fake-clock.ts";

interface Running {
  readonly wish: FindWish;
  readonly told: SearchListener;
  readonly signal: AbortSignal;
  readonly end: () => void;
}

function aSearch(fleet: () => Fleet = () => aFleet([])) {
  const clock = new FakeClock();
  const runs: Running[] = [];
  let changes = 0;
  const survey: Survey = {
    fingerprint: async (url) => ({ url, label: "nothing" }),
    discover: async () => [],
    placeOf: () => "lan",
    ownSubnets: () => [],
    search: async (wish, told, { signal }) => {
      if (wish.subnet === "bad") return fail("invalid-request", "Not a network.", { field: "subnet" });
      for (const source of wish.sources) told.progress({ source, state: "running", asked: 0 });
      await new Promise<void>((resolve) => {
        runs.push({ wish, told, signal, end: resolve });
        signal.addEventListener("abort", () => resolve());
      });
      return undefined;
    },
  };
  const onChange = () => {
    changes += 1;
  };
  return { search: new ServerSearch({ survey, clock, fleet, ownPorts: () => [], onChange }), clock, runs, changes: () => changes };
}

const server = (url: string): FoundServer => ({ url, kind: "ollama", label: "Ollama", sources: ["subnet"] });

test("before the first search there is nothing to show, and nothing to cancel", () => {
  const { search } = aSearch();
  expect([search.view, search.cancel()]).toEqual([undefined, false]);
});

test("demands 18: what is found shows at once, before the search has ended", async () => {
  const { search, runs, clock, changes } = aSearch();
  const started = search.start({ sources: ["subnet"] });
  const before = changes();
  runs[0]?.told.found(server("http://192.168.1.7:11434"));
  runs[0]?.told.progress({ source: "subnet", state: "running", asked: 3, of: 10 });
  expect(search.view).toEqual({
    startedAt: clock.now(),
    cancelled: false,
    sources: [{ source: "subnet", state: "running", asked: 3, of: 10 }],
    found: [server("http://192.168.1.7:11434")],
  });
  expect(changes()).toBeGreaterThan(before);
  clock.advance(5_000);
  runs[0]?.end();
  expect(await started).toEqual({ found: [server("http://192.168.1.7:11434")] });
  expect(search.view).toMatchObject({ endedAt: clock.now(), cancelled: false });
});

test("F39, demands 18: a server that became a node is marked, also when the node was given by name", async () => {
  let fleet = aFleet([]);
  const { search, runs } = aSearch(() => fleet);
  void search.start({ sources: ["subnet"] });
  for (const url of ["http://192.168.1.7:11434", "http://192.168.1.8:11434", "http://192.168.1.9:11434"]) runs[0]?.told.found(server(url));
  const named = aNode("studio", [], { url: "http://studio.local:11434", identity: "192.168.1.7:11434" });
  const spelled = aNode("rack", [], { url: "http://192.168.1.8:11434/v1/" });
  fleet = aFleet([named, spelled]);
  expect(search.view?.found.map(({ known }) => known)).toEqual(["studio", "rack", undefined]);
});

test("cancelled, it keeps what was found and says that it was cancelled", async () => {
  const { search, runs } = aSearch();
  const started = search.start({ sources: ["mdns"] });
  runs[0]?.told.found(server("http://192.168.1.7:11434"));
  expect(search.cancel()).toBe(true);
  expect(await started).toMatchObject({ found: [{ url: "http://192.168.1.7:11434" }] });
  expect([search.view?.cancelled, search.cancel()]).toEqual([true, false]);
});

test("a new search ends the one before, whose late finds do not show in it", async () => {
  const { search, runs } = aSearch();
  void search.start({ sources: ["mdns"] });
  void search.start({ sources: ["subnet"] });
  expect(runs[0]?.signal.aborted).toBe(true);
  runs[0]?.told.found(server("http://192.168.1.7:11434"));
  expect(search.view).toMatchObject({ found: [], cancelled: false, sources: [{ source: "subnet" }] });
});

test("a wish that is refused ends nobody's search", async () => {
  const { search, runs } = aSearch();
  void search.start({ sources: ["mdns"] });
  expect(await search.start({ sources: ["subnet"], subnet: "bad" })).toMatchObject({ failure: { field: "subnet" } });
  expect([runs[0]?.signal.aborted, search.view?.sources]).toEqual([false, [{ source: "mdns", state: "running", asked: 0 }]]);
});

test("whoever claims to be thousands of servers fills no list", async () => {
  const { search, runs } = aSearch();
  void search.start({ sources: ["mdns"] });
  for (let port = 1; port <= 2_000; port += 1) runs[0]?.told.found(server(`http://192.168.1.7:${port}`));
  expect(search.view?.found).toHaveLength(500);
});
