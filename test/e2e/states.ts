// The five states in which every page is photographed and checked: nothing there yet, all well, much gone wrong, on the way, and a very large house.
// Beside them what a person brought about: a draft in the making.
import type { Page } from "playwright/test";
import { Config } from "../../src-core/contract/config.ts";
import { fail } from "../../src-core/contract/failure.ts";
import type { ModelEntry, Node } from "../../src-core/contract/fleet.ts";
import { RequestId } from "../../src-core/contract/ids.ts";
import type { RequestRow } from "../../src-core/contract/route.ts";
import { closedBreaker } from "../../src-core/domain/breaker.ts";
import { aFleet, aModel, aNode, noon } from "../support/builders.ts";
import { sampleActivity } from "../support/sample-activity.ts";
import { modelsSnapshot } from "../support/sample-models.ts";
import { sampleSettings, sampleSnapshot, stuckLoad } from "../support/sample-snapshot.ts";
import { sampleDays, unusedHouse } from "../support/sample-usage.ts";
import { openSample, pending, type Sample } from "./sample-window.ts";

const gigabyte = 1e9;

/** As the sample has it, without its troubles. */
function well(node: Node): Node {
  const { passive, demoted, pressure, ...rest } = node;
  const health = { state: "up", since: noon - 3_600_000 } as const;
  const models = Object.fromEntries(Object.entries(node.models).map(([key, { setAside, ...model }]) => [key, model]));
  return { ...rest, health, breaker: closedBreaker, seenAt: noon - 1_000, drained: false, models };
}

const wellNodes = Object.fromEntries(Object.entries(sampleSnapshot.fleet.nodes).map(([id, node]) => [id, well(node)]));
const normal: Sample = {
  snapshot: { ...sampleSnapshot, fleet: { ...sampleSnapshot.fleet, nodes: wellNodes, loads: {} }, notices: [], queues: {} },
  activity: sampleActivity.filter(({ id, outcome }) => outcome === "ok" || id === "r9"),
};

const empty: Sample = {
  snapshot: { ...sampleSnapshot, fleet: aFleet([]), notices: [], queues: {} },
  activity: [],
  replies: { ...unusedHouse, getSettings: { ok: true, output: { ...sampleSettings, config: Config.parse({}) } } },
};

const disk = fail("internal", "The disk that holds Homeport's data is full. Free some space, then try again.");
const down = (node: Node): Node => {
  const because = fail("connect-failed", `${node.name} refused the connection. Check that its server runs and listens at this address.`);
  return { ...node, seenAt: noon - 7 * 60_000, health: { state: "down", since: noon - 7 * 60_000, because } };
};
const failing: Sample = {
  snapshot: {
    ...modelsSnapshot,
    notices: sampleSnapshot.notices,
    queues: sampleSnapshot.queues,
    banners: [
      {
        id: "disk",
        level: "error",
        title: "Settings were not saved.",
        body: "The disk is full. Free some space; Homeport tries again by itself.",
      },
      { id: "port", level: "warning", title: "Port 4663 is taken.", body: "Homeport listens at 4664 until the other program ends." },
    ],
    fleet: {
      ...modelsSnapshot.fleet,
      nodes: Object.fromEntries(
        Object.values(sampleSnapshot.fleet.nodes).map((node) => [node.id, node.enabled && node.id !== "rack" ? down(node) : node]),
      ),
    },
  },
  activity: sampleActivity.filter(({ outcome }) => outcome !== undefined && outcome !== "ok"),
  replies: Object.fromEntries(
    ["getSettings", "usage day", "usage model", "explain undefined", "settingsInForce", "keysInUse", "testConnection"].map((call) => [
      call,
      { ok: false, failure: disk },
    ]),
  ),
};

const loading: Sample = {
  snapshot: {
    ...sampleSnapshot,
    notices: [],
    fleet: {
      ...sampleSnapshot.fleet,
      nodes: wellNodes,
      loads: { ...sampleSnapshot.fleet.loads, l3: stuckLoad },
      pulls: modelsSnapshot.fleet.pulls,
    },
  },
  activity: sampleActivity.filter(({ outcome }) => outcome === undefined),
  replies: Object.fromEntries(
    ["getSettings", "usage day", "usage model", "explain undefined", "settingsInForce", "keysInUse"].map((call) => [call, pending]),
  ),
};

const families = ["qwen3", "llama3.3", "gemma3", "mistral-small", "phi4", "deepseek-r1", "gpt-oss", "glm-4.5", "granite4", "devstral"];

function manyModels(house: number): readonly ModelEntry[] {
  return Array.from({ length: 50 }, (_, index) => {
    const bytes = (2 + ((index * 7) % 40)) * gigabyte;
    const more = { bytes, parameters: `${Math.round(bytes / 6e8)}B`, quantization: "Q4_K_M" };
    return aModel(`${families[index % 10]}:${1 + ((index * 3 + house) % 70)}b`, index < house % 4 ? "warm" : "cold", more);
  });
}

/** A house of 150, each with 50 models: a few of them down, drained or busy. */
const manyNodes: readonly Node[] = Array.from({ length: 150 }, (_, index) => {
  const node = aNode(`node-${String(index + 1).padStart(3, "0")}`, manyModels(index), {
    version: "0.12.3",
    latencyMs: 1 + (index % 9),
    memory: { totalBytes: 48 * gigabyte, totalSource: "configured", usedBytes: (index % 40) * gigabyte, usedSource: "node" },
    drained: index % 31 === 30,
  });
  return index % 17 === 16 ? down(node) : node;
});

/** As many as the window keeps. */
function manyRows(): readonly RequestRow[] {
  const [running, done] = [true, false].map((live) => sampleActivity.filter(({ phase }) => (phase !== "done") === live));
  const finished = Array.from({ length: 5_000 / (done?.length ?? 1) }, (_, round) =>
    (done ?? []).map((row, index) => ({ ...row, id: RequestId.parse(`${row.id}-${round}`), at: row.at - (round * 40 + index) * 1_000 })),
  );
  return [...(running ?? []), ...finished.flat()];
}

const perNode = manyNodes.map(({ id }, index) => ({ ...sampleDays[index % sampleDays.length], name: id }));
const large: Sample = {
  snapshot: { ...sampleSnapshot, fleet: { ...aFleet(manyNodes), spend: sampleSnapshot.fleet.spend }, queues: {} },
  activity: manyRows(),
  replies: {
    "usage node": { ok: true, output: { sums: perNode } },
    "usage model": {
      ok: true,
      output: { sums: families.map((name, index) => ({ ...sampleDays[index % sampleDays.length], name: `${name}:8b` })) },
    },
    getSettings: {
      ok: true,
      output: {
        ...sampleSettings,
        config: Config.parse({
          ...sampleSettings.config,
          nodes: manyNodes.map(({ id, kind, url }) => ({ id, kind, url })),
          budgets: [{ id: "all-month", usd: 20, per: "month" }],
        }),
      },
    },
  },
};

/** The pages' names in their addresses, in the order of the tabs. */
const pages = ["nodes", "models", "activity", "routing", "usage", "connect", "settings"] as const;

/** What a page is shown in, by the state's name. */
export const states = { empty, normal, failing, loading, large } as const satisfies Readonly<Record<string, Sample>>;

/** The window before the engine has said anything. */
const connecting: Sample = { silent: true };

/** One picture of the window. */
export interface Scene {
  /** "routing-failing" */
  readonly name: string;
  readonly hash: string;
  readonly sample: Sample;
  /** What a person did there before. */
  readonly act?: (page: Page) => Promise<void>;
}

/** A draft with a change and with a figure that is missing: it cannot be saved yet. */
async function editRouting(page: Page): Promise<void> {
  await page.getByRole("group", { name: "rule pictures", exact: true }).getByLabel("If it").selectOption("is anything");
  await page.getByRole("group", { name: "budget cloud-month", exact: true }).getByLabel("At most").fill("");
  await page.evaluate(() => scrollTo(0, 0));
}

/** Every page in each of its states, and what is none of them. */
export const scenes: readonly Scene[] = [
  ...pages.flatMap((page) => Object.entries(states).map(([state, sample]) => ({ name: `${page}-${state}`, hash: `#/${page}`, sample }))),
  { name: "routing-edited", hash: "#/routing/edit", sample: {}, act: editRouting },
  { name: "connecting", hash: "#/nodes", sample: connecting },
];

/** Opens a scene and brings it about. */
export async function openScene(page: Page, { hash, sample, act }: Scene): Promise<void> {
  await openSample(page, hash, sample);
  await page.locator("h1").first().waitFor();
  await act?.(page);
}
