import { expect, test } from "vitest";
import { english } from "../../electron/language/en.ts";
import { trayMenu as menuIn, trayStatus as statusIn, type TrayEntry } from "../../electron/tray-menu.ts";
import type { Snapshot } from "../../src-core/contract/api.ts";
import { LoadId, ModelId, NodeId } from "../../src-core/contract/ids.ts";
import { aModel, aNode, noon } from "../support/builders.ts";
import { sampleTray as snapshot } from "../support/sample-tray.ts";

const trayMenu = (now: Snapshot, platform: NodeJS.Platform) => menuIn(now, platform, english.tray);
const trayStatus = (now: Snapshot) => statusIn(now, english.tray);

function lines(entries: readonly TrayEntry[], indent = ""): string[] {
  return entries.flatMap((entry) => {
    if (entry.kind === "separator") return [`${indent}---`];
    return [`${indent}${entry.label}`, ...(entry.kind === "submenu" ? lines(entry.entries, `${indent}  `) : [])];
  });
}

const find = (entries: readonly TrayEntry[], label: string): TrayEntry | undefined =>
  entries
    .flatMap((entry) => (entry.kind === "submenu" ? [entry, ...entry.entries] : [entry]))
    .find((entry) => entry.kind !== "separator" && entry.label.startsWith(label));

const warm = (name: string, vramBytes: number) =>
  aModel(name, "warm", { residency: { state: "warm", since: noon - 60_000, vramBytes }, bytes: vramBytes });
const down = aNode("cellar", [], { health: { state: "down", since: noon, because: { kind: "connect-failed", message: "gone" } } });

test("the whole menu, as a person reads it", () => {
  const studio = aNode("studio", [warm("llama3:8b", 4.7e9), aModel("qwen3")], {
    lastUsedAt: { "llama3:8b": noon - 4 * 60_000, qwen3: noon - 1 },
  });
  expect(lines(trayMenu(snapshot([studio, down]), "linux"))).toEqual([
    "Degraded: 1 of 2 nodes, 1 model loaded",
    "Copy address (http://127.0.0.1:4663)",
    "---",
    "llama3:8b — studio, 4.7 GB, idle 4 minutes",
    "  Unload",
    "  Keep loaded",
    "Load",
    "  qwen3 — studio",
    "---",
    "Pause routing",
    "  For 15 minutes",
    "  For 1 hour",
    "  Until resumed",
    "Free the memory of",
    "  studio",
    "    For 15 minutes",
    "    For 1 hour",
    "    Until taken back",
    "---",
    "Open Homeport",
    "Connect an app…",
    "Settings…",
    "Quit",
  ]);
});

test("UX-02: every loaded model of every node is listed, not only the last", () => {
  const nodes = ["a", "b", "c"].map((id) => aNode(id, [warm("llama3", 5e9), warm("qwen3", 8e9)]));
  expect(lines(trayMenu(snapshot(nodes), "linux")).filter((line) => line.trim() === "Unload")).toHaveLength(6);
});

test("UX-02: models that a cloud service offers are in nobody's memory: not counted, not listed, as in the window", () => {
  const cloud = aNode("claude", [aModel("claude-sonnet", "warm")], { place: "cloud", kind: "anthropic" });
  const menu = lines(trayMenu(snapshot([cloud, aNode("studio", [warm("llama3", 5e9)])]), "linux"));
  expect(menu[0]).toBe("Healthy: 2 of 2 nodes, 1 model loaded");
  expect(menu.filter((line) => line.includes("claude"))).toEqual([]);
});

test("UX-01: Unload names the model as its node spells it, not by our key", () => {
  const menu = trayMenu(snapshot([aNode("studio", [warm("Llama3:latest", 5e9)])]), "linux");
  expect(find(menu, "Unload")).toMatchObject({
    action: { do: "call", method: "unload", input: { node: "studio", model: "Llama3:latest" } },
  });
});

test("a model in use says so, and one on a node that cannot unload has no dead button", () => {
  const busy = aNode("busy", [warm("llama3", 5e9)], { inFlight: { llama3: 2 } });
  const fixed = aNode("fixed", [warm("phi", 2e9)], { can: { load: false, unload: false, loadsUnlisted: false, dialects: ["openai"] } });
  const text = lines(trayMenu(snapshot([busy, fixed]), "linux"));
  expect(text).toContain("llama3 — busy, 5.0 GB, in use");
  expect(text).toContain("  This node cannot unload models");
});

test("Load offers at most eight, latest first, and none where a load cannot be asked for", () => {
  const names = Array.from({ length: 12 }, (_, index) => `m${index}`);
  const used = Object.fromEntries(names.map((name, index) => [name, noon - index]));
  const models = names.map((name) => aModel(name));
  const open = aNode("tripped", models, {
    lastUsedAt: used,
    breaker: { state: "open", openedAt: noon, until: noon + 1, trips: 1, because: "connect-failed", says: "x" },
  });
  const menu = trayMenu(snapshot([aNode("studio", models, { lastUsedAt: used }), open]), "linux");
  const load = find(menu, "Load");
  const offered = load?.kind === "submenu" ? lines(load.entries) : [];
  expect(offered).toEqual(names.slice(0, 8).map((name) => `${name} — studio`));
});

test("a load under way shows its progress in coarse steps, so that the menu is not rebuilt under the pointer", () => {
  const load = (fraction: number) => ({
    id: LoadId.parse("l1"),
    node: NodeId.parse("studio"),
    model: ModelId.parse("qwen3"),
    startedAt: noon - 5_000,
    by: "user" as const,
    stage: "loading" as const,
    waiters: 0,
    reported: { fraction, at: noon },
  });
  const at = (fraction: number) => lines(trayMenu(snapshot([aNode("studio")], { loads: { l1: load(fraction) } }), "linux"));
  expect(at(0.43)).toContain("qwen3 — studio, loading: 40 %");
  expect(at(0.49)).toEqual(at(0.43));
});

test("UX-29: a load is cancelled from the tray, which says that requests wait for it", () => {
  const load = { id: LoadId.parse("l1"), node: NodeId.parse("studio"), model: ModelId.parse("qwen3"), startedAt: noon } as const;
  const menu = (waiters: number) =>
    trayMenu(snapshot([aNode("studio")], { loads: { l1: { ...load, by: "request", stage: "queued", waiters } } }), "linux");
  expect(find(menu(0), "Cancel loading")).toMatchObject({ label: "Cancel loading", action: { method: "cancelLoad" } });
  expect(find(menu(4), "Cancel loading")).toMatchObject({
    label: "Cancel loading and what waits for it",
    action: { method: "cancelLoad", input: { node: "studio", model: "qwen3" } },
  });
});

test("nothing in the menu changes within a minute of idleness", () => {
  const studio = aNode("studio", [warm("llama3", 5e9)], { lastUsedAt: { llama3: noon - 10 * 60_000 } });
  const later = { ...snapshot([studio]), now: noon + 5_000 };
  expect(trayMenu(later, "linux")).toEqual(trayMenu(snapshot([studio]), "linux"));
});

test("paused routing offers only to resume, and says how long", () => {
  const menu = trayMenu(snapshot([aNode("studio")], { paused: { until: noon + 15 * 60_000 } }), "linux");
  expect(lines(menu)[0]).toBe("Routing is paused for another 15 minutes");
  expect(find(menu, "Pause routing")).toBeUndefined();
  expect(find(menu, "Resume routing")).toMatchObject({ action: { method: "resumeRouting" } });
});

test("the icon's state follows the nodes somebody uses", () => {
  const off = aNode("off", [], {
    enabled: false,
    health: { state: "down", since: noon, because: { kind: "connect-failed", message: "gone" } },
  });
  expect(trayStatus(snapshot([aNode("studio"), off])).state).toBe("healthy");
  expect(trayStatus(snapshot([aNode("studio"), down])).state).toBe("degraded");
  expect(trayStatus(snapshot([down])).state).toBe("down");
  expect(trayStatus(snapshot([]))).toEqual({ state: "degraded", says: "No nodes yet: open Homeport to add one" });
  expect(trayStatus(snapshot([down], { paused: { until: null } })).state).toBe("paused");
});

test("a demo says so in its first line", () => {
  const demo = { ...snapshot([aNode("studio")]), app: { version: "1", demo: true, desktop: true } };
  expect(trayStatus(demo).says).toMatch(/^Demo\. Healthy/);
});

test("an ampersand in a model's name is shown, not taken for a shortcut, and a long name does not widen the screen", () => {
  const menu = trayMenu(snapshot([aNode("studio", [warm("r&d", 5e9), warm("x".repeat(400), 5e9)])]), "linux");
  expect(lines(menu)).toContain("r&&d — studio, 5.0 GB");
  expect(Math.max(...lines(menu).map((line) => line.length))).toBeLessThan(100);
});

test("demands 21: a node whose memory is lent can be taken back from the tray, and one that holds nothing is not offered", () => {
  const lent = aNode("studio", [warm("llama3", 5e9)], { lent: { since: noon, until: null } });
  const menu = trayMenu(snapshot([lent, aNode("attic", [aModel("qwen3")])]), "linux");
  expect(find(menu, "Take studio back")).toMatchObject({ action: { method: "returnNode", input: { node: "studio" } } });
  expect(find(menu, "Free the memory of")).toBeUndefined();
});

test("demands 5: a machine that sleeps is well, until it was woken in vain; what it had in memory is not told as loaded", () => {
  const because = { kind: "connect-failed" as const, message: "gone" };
  const asleep = aNode("studio", [warm("llama3", 5e9)], { health: { state: "asleep", since: noon, because } });
  expect(trayStatus(snapshot([asleep]))).toEqual({ state: "healthy", says: "Healthy: 1 of 1 node, 0 models loaded" });
  const lost = {
    ...asleep,
    health: { state: "asleep" as const, since: noon, because, unwakeable: { says: "no", until: noon + 1, count: 1 } },
  };
  expect(trayStatus(snapshot([lost])).state).toBe("down");
});

test.each([
  ["linux", "Quit"],
  ["darwin", "Quit Homeport"],
  ["win32", "Exit"],
] as const)("on %s the app is ended by the word that people know there, and nothing else differs", (platform, word) => {
  const menu = lines(trayMenu(snapshot([aNode("studio", [warm("llama3", 5e9)])]), platform));
  expect(menu.at(-1)).toBe(word);
  expect(menu.slice(0, -1)).toEqual(lines(trayMenu(snapshot([aNode("studio", [warm("llama3", 5e9)])]), "linux")).slice(0, -1));
});

test("Unload all frees what is idle and breaks no answer; one model alone has only its own line", () => {
  const busy = aNode("busy", [warm("llama3", 5e9), warm("phi", 2e9)], { inFlight: { llama3: 1 } });
  const menu = trayMenu(snapshot([busy, aNode("studio", [warm("qwen3", 8e9)])]), "linux");
  expect(find(menu, "Unload all but 1 in use")).toMatchObject({
    action: {
      do: "calls",
      calls: [{ input: { node: "busy", model: "phi" } }, { input: { node: "studio", model: "qwen3" } }],
    },
  });
  expect(find(trayMenu(snapshot([aNode("studio", [warm("qwen3", 8e9)])]), "linux"), "Unload all")).toBeUndefined();
});

test("Connect and Settings open the window at their page, so that an address or a key is two clicks away", () => {
  const menu = trayMenu(snapshot([aNode("studio")]), "linux");
  expect(find(menu, "Connect an app")).toMatchObject({ action: { do: "open", page: "connect" } });
  expect(find(menu, "Settings")).toMatchObject({ action: { do: "open", page: "settings" } });
});

test("S-82: while requests are captured the menu says so, for how long, and can end it", () => {
  const capture = { client: null, until: noon + 12 * 60_000, requests: [] };
  const menu = trayMenu({ ...snapshot([]), capture }, "linux");
  expect(lines(menu)).toContain("Requests are captured for another 12 minutes");
  expect(find(menu, "Stop and forget")).toMatchObject({ action: { do: "call", method: "stopCapture" } });
  expect(lines(trayMenu(snapshot([]), "linux")).join()).not.toContain("captured");
});

test("UX-05: the tray keeps a model loaded and lets it go again; a node that loads nothing on request is not asked", () => {
  const kept = aNode("attic", [warm("qwen3", 8e9)], { keeps: ["qwen3"] });
  const menu = trayMenu(snapshot([kept, aNode("studio", [warm("Llama3:latest", 5e9)])]), "linux");
  expect(find(menu, "Stop keeping it loaded")).toMatchObject({
    action: { method: "keepLoaded", input: { node: "attic", model: "qwen3", keep: false } },
  });
  expect(find(menu, "Keep loaded")).toMatchObject({
    action: { method: "keepLoaded", input: { node: "studio", model: "Llama3:latest", keep: true } },
  });
  const fixed = aNode("rack", [warm("qwen3", 8e9)], { can: { load: false, unload: false, loadsUnlisted: false, dialects: ["openai"] } });
  expect(find(trayMenu(snapshot([fixed]), "linux"), "Keep loaded")).toBeUndefined();
});

test("UX-10: pinned models stand first among those to load, also where nobody used them yet; at most eight", () => {
  const models = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "z"].map((name) => aModel(name));
  const used = Object.fromEntries(models.slice(0, 9).map(({ id }, at) => [id, noon - at]));
  const menu = trayMenu({ ...snapshot([aNode("studio", models, { lastUsedAt: used })]), pinned: ["z"] }, "linux");
  const load = menu.find((entry) => entry.kind === "submenu" && entry.label === "Load");
  expect(load?.kind === "submenu" ? lines(load.entries) : []).toEqual(
    ["z", "a", "b", "c", "d", "e", "f", "g"].map((name) => `${name} — studio`),
  );
});
