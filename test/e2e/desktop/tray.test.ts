// The tray's icon on each platform, by a clock of its own: pictures, clicks, and how often anything changes under somebody's pointer.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { english } from "../../../electron/language/en.ts";
import type { TrayAction } from "../../../electron/tray-menu.ts";
import { aNode, noon } from "../../support/builders.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { sampleTray } from "../../support/sample-tray.ts";

type Shell = Awaited<ReturnType<typeof load>>;

/** As a process of its own: the stand-in remembers nothing of the test before. */
async function load() {
  vi.resetModules();
  const { TrayIcon } = await import("../../../electron/tray.ts");
  const { machine, seen } = await import("../../support/electron/machine.ts");
  return { TrayIcon, machine, seen };
}

let shell: Shell;
let clock: FakeClock;
let acted: TrayAction[];
beforeEach(async () => {
  shell = await load();
  clock = new FakeClock();
  acted = [];
});

function open(platform: NodeJS.Platform) {
  const icon = new shell.TrayIcon(
    { clock, platform, words: english.tray, act: (action) => acted.push(action) },
    sampleTray([aNode("studio")]),
  );
  const tray = shell.seen.trays[0];
  if (tray === undefined) throw new Error("no tray was made");
  stop = () => icon.destroy();
  return { icon, tray };
}
let stop = () => {};
afterEach(() => stop());

const down = aNode("cellar", [], { health: { state: "down", since: noon, because: { kind: "connect-failed", message: "gone" } } });

describe.each(["linux", "darwin", "win32"] as const)("on %s", (platform) => {
  test("P-01: the menu stands before anyone can click, and the picture is a template only on macOS", () => {
    const { tray } = open(platform);
    expect(tray.menu?.lines[0]).toBe("Healthy: 1 of 1 node, 0 models loaded");
    expect(tray.image.isTemplate).toBe(platform === "darwin");
    expect(tray.image.isEmpty()).toBe(false);
    const coloured = tray.image.bitmap.some((value, index) => index % 4 !== 3 && value !== 0);
    expect(coloured).toBe(platform !== "darwin");
  });

  test("P-11: a click opens the window, except on macOS, where it opens the menu", () => {
    const { tray } = open(platform);
    tray.emit("click");
    expect(acted).toEqual(platform === "darwin" ? [] : [{ do: "open" }]);
  });
});

test("P-02: the menu is set anew when its content changed, at most once a second, and then with the newest", () => {
  const { icon, tray } = open("linux");
  expect(tray.menusSet).toBe(1);
  for (let change = 0; change < 50; change++) icon.show(sampleTray([aNode("studio"), ...(change % 2 === 0 ? [down] : [])]));
  icon.show(sampleTray([aNode("studio"), aNode("attic")]));
  expect(tray.menusSet).toBe(1);
  clock.advance(1_000);
  expect([tray.menusSet, tray.menu?.lines[0]]).toEqual([2, "Healthy: 2 of 2 nodes, 0 models loaded"]);
  icon.show(sampleTray([aNode("studio"), aNode("attic")]));
  clock.advance(60_000);
  expect(tray.menusSet).toBe(2);
});

test("UX-18: the icon changes at most once in two seconds, so that a flapping node does not make it flicker", () => {
  const { icon, tray } = open("linux");
  const first = tray.image;
  icon.show(sampleTray([aNode("studio"), down]));
  clock.advance(1_999);
  expect(tray.image).toBe(first);
  clock.advance(1);
  expect(tray.image).not.toBe(first);
});

test("R-30: while running requests are finished the tray says so, and a late snapshot does not take it back", () => {
  const { icon, tray } = open("linux");
  icon.leaving(3);
  icon.show(sampleTray([aNode("studio")]));
  clock.advance(2_000);
  expect(tray.menu?.lines).toEqual(["Finishing 3 requests, then quitting"]);
  expect(tray.toolTip).toContain("Finishing 3 requests");
});
