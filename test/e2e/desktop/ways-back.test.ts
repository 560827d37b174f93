// There is always a way back to Homeport: desktops without a tray, trays that come late, second starts, links, crashes and logins.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { launchChromium, type StartedApp, type StartOptions, startApp } from "../../support/electron/start-app.ts";
import { TestSessionBus } from "../../support/session-bus.ts";

let browser: Browser;
let data: string;
let bus: TestSessionBus | undefined;
let running: StartedApp | undefined;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "homeport-desktop-"));
  settings({});
});
afterEach(async () => {
  await running?.quit();
  bus?.stop();
  running = undefined;
  bus = undefined;
  rmSync(data, { recursive: true, force: true });
});

function settings(desktop: Record<string, unknown>): void {
  writeFileSync(join(data, "settings.json"), JSON.stringify({ gateway: { port: 0 }, discovery: { enabled: false }, desktop }));
}

async function started(more: Partial<StartOptions> = {}): Promise<StartedApp> {
  running = await startApp({ browser, data, ...more });
  return running;
}

const onBus = (owned: boolean): Pick<StartOptions, "before"> => ({
  before: (machine) => {
    bus = new TestSessionBus("org.kde.StatusNotifierWatcher", owned);
    machine.sessionBus = bus.address;
  },
});
const call = async (app: StartedApp, method: string, input: unknown) => {
  const page = await app.page();
  await page.waitForFunction(() => "bridge" in window);
  return page.evaluate(([name, what]) => Reflect.get(window, "bridge")?.call(name, what), [method, input] as const);
};
const bannersOf = async (app: StartedApp): Promise<string> => JSON.stringify(await call(app, "snapshot", {}));

describe.skipIf(process.platform !== "linux")("a desktop without a tray", () => {
  test("UX-19, P-03: the window is there although it should start hidden, closing minimises it, says so once, and settings tell why", async () => {
    const app = await started({ flags: ["--hidden"], ...onBus(false) });
    const window = await app.until(() => app.seen.windows[0]);
    expect([window.isMinimized(), app.seen.trays]).toEqual([true, []]);
    expect(await bannersOf(app)).toContain("This desktop shows no tray icons");
    window.show();
    window.close();
    window.show();
    window.close();
    expect([window.isDestroyed(), window.isMinimized()]).toEqual([false, true]);
    expect(app.seen.notifications.filter((one) => one.options.body?.includes("no tray"))).toHaveLength(1);
  });

  test("P-03: so it is where the tray cannot be made", async () => {
    const app = await started({
      flags: ["--hidden"],
      before: (machine) => {
        machine.hasTray = false;
      },
    });
    expect((await app.until(() => app.seen.windows[0])).isMinimized()).toBe(true);
  });

  test("P-04: a tray that comes later gets one icon, and the window that stood in for it goes; when it leaves, the window is back", async () => {
    const app = await started({ flags: ["--hidden"], ...onBus(false) });
    const window = await app.until(() => app.seen.windows[0]);
    bus?.own(true);
    const tray = await app.until(() => app.seen.trays[0]);
    expect(tray.menu?.lines[0]).toMatch(/^(Healthy|No nodes)/);
    await app.until(() => !window.isMinimized() || undefined);
    expect([window.isVisible(), app.seen.trays.length]).toEqual([false, 1]);
    bus?.own(false);
    await app.until(() => window.isMinimized() || undefined);
    expect(tray.isDestroyed()).toBe(true);
    bus?.own(true);
    await app.until(() => app.seen.trays[1]);
    expect(app.seen.trays).toHaveLength(2);
  });

  test("P-04: a window somebody looks at is not taken away when the tray comes", async () => {
    const app = await started(onBus(false));
    const window = await app.until(() => app.seen.windows[0]);
    bus?.own(true);
    await app.until(() => app.seen.trays[0]);
    expect(window.isVisible()).toBe(true);
  });
});

describe("a start that nobody should see", () => {
  test.each(["the launch flag", "the setting"])(
    "UX-15: %s opens no window and starts no browser for one, and the tray leads to it",
    async (by) => {
      if (by === "the setting") settings({ startHidden: true });
      const app = await started(by === "the setting" ? {} : { flags: ["--hidden"] });
      const tray = await app.until(() => app.seen.trays[0]);
      expect(app.seen.windows).toEqual([]);
      tray.menu?.press("Open Homeport");
      expect((await app.until(() => app.seen.windows[0])).isVisible()).toBe(true);
    },
  );

  test("UX-15: a start without the flag shows its window; the first close ever explains itself, later ones and later starts do not", async () => {
    const first = await started();
    const window = await first.until(() => first.seen.windows[0]);
    expect(window.isVisible()).toBe(true);
    for (let close = 0; close < 3; close++) {
      window.close();
      window.show();
    }
    const explained = (app: StartedApp) => app.seen.notifications.filter((one) => one.options.title === "Homeport is still running");
    expect(explained(first)).toHaveLength(1);
    await first.quit();
    const second = await started();
    (await second.until(() => second.seen.windows[0])).close();
    expect(explained(second)).toEqual([]);
  });
});

describe("second starts and links", () => {
  test("P-06: a second start brings up a window that was given up or minimised", async () => {
    const app = await started({ flags: ["--hidden"] });
    await app.until(() => app.seen.trays[0]);
    app.app.emit("second-instance", {}, ["homeport"]);
    const window = await app.until(() => app.seen.windows[0]);
    window.minimize();
    app.app.emit("second-instance", {}, ["homeport"]);
    expect([window.isVisible(), window.isFocused()]).toEqual([true, true]);
    window.destroy();
    app.app.emit("second-instance", {}, ["homeport"]);
    expect((await app.until(() => app.seen.windows[0])).isVisible()).toBe(true);
  });

  test("P-05, S-62: a second entry at login shows nothing, a link only shows its place, and no argument changes anything", async () => {
    const app = await started({ flags: ["--hidden"] });
    await app.until(() => app.seen.trays[0]);
    app.app.emit("second-instance", {}, ["homeport", "--hidden"]);
    expect(app.seen.windows).toEqual([]);
    app.app.emit("second-instance", {}, ["homeport", "--data", "/elsewhere", "--demo", "homeport://settings"]);
    const page = await app.page();
    await page.waitForURL(/#\/settings$/);
    app.app.emit("second-instance", {}, { not: "a list" });
    const prevented: string[] = [];
    app.app.emit("open-url", { preventDefault: () => prevented.push("yes") }, "homeport://nodes/../../settings?x");
    app.app.emit("open-url", { preventDefault: () => prevented.push("yes") }, "homeport://activity");
    await page.waitForURL(/#\/activity$/);
    expect([prevented, app.machine.userData]).toEqual([["yes", "yes"], data]);
  });
});

test("F72: a page that crashed is loaded anew from a snapshot and the gateway did not notice; one that crashes for ever is given up", async () => {
  const app = await started();
  const window = await app.until(() => app.seen.windows[0]);
  const page = await app.page();
  await page.getByRole("heading").first().waitFor();
  const loaded = page.waitForEvent("load");
  window.webContents.emit("render-process-gone", {}, { reason: "crashed" });
  await loaded;
  await page.getByRole("heading").first().waitFor();
  for (let crash = 0; crash < 3; crash++) window.webContents.emit("render-process-gone", {}, { reason: "oom" });
  expect(window.isDestroyed()).toBe(true);
  const [tray] = app.seen.trays;
  tray?.menu?.press("Copy address");
  expect((await fetch(app.seen.clipboard)).status).toBe(200);
  tray?.menu?.press("Open Homeport");
  expect((await app.until(() => app.seen.windows[0])).isVisible()).toBe(true);
});

describe("login, close and quit are three settings", () => {
  const entry = () => join(data, "autostart", "homeport.desktop");

  test.skipIf(process.platform !== "linux")(
    "UX-19, P-05: switching login on writes the entry at once, off removes it, and close is not touched",
    async () => {
      const app = await started();
      expect(existsSync(entry())).toBe(false);
      expect(await call(app, "setSettings", { change: { desktop: { openAtLogin: true } } })).toEqual({ ok: true, output: {} });
      expect(readFileSync(entry(), "utf8")).toMatch(/\nExec=.*--hidden\n/);
      await call(app, "setSettings", { change: { desktop: { openAtLogin: false } } });
      expect(existsSync(entry())).toBe(false);
      const window = await app.until(() => app.seen.windows[0]);
      window.close();
      expect(window.isDestroyed()).toBe(false);
    },
  );

  test("with close to tray off, closing the window quits in order", async () => {
    settings({ closeToTray: false });
    const app = await started();
    (await app.until(() => app.seen.windows[0])).close();
    expect(await app.app.exited).toBe(0);
    expect(app.seen.trays[0]?.isDestroyed()).toBe(true);
  });

  test("P-11: minimising hides the window only where that was chosen", async () => {
    const first = await started();
    const window = await first.until(() => first.seen.windows[0]);
    window.minimize();
    expect(window.isMinimized()).toBe(true);
    await first.quit();
    settings({ minimizeToTray: true });
    const second = await started();
    const hidden = await second.until(() => second.seen.windows[0]);
    await second.until(() => second.seen.trays[0]);
    hidden.minimize();
    expect([hidden.isMinimized(), hidden.isVisible()]).toEqual([false, false]);
  });
});

test("P-09: a notification the system refuses is told in the window, and no more once one was shown", async () => {
  settings({});
  const app = await started();
  const window = await app.until(() => app.seen.windows[0]);
  window.close();
  const told = await app.until(() => app.seen.notifications[0]);
  told.emit("failed", {}, "no daemon");
  app.seen.trays[0]?.menu?.press("Open Homeport");
  expect(await bannersOf(app)).toContain("Notifications are not shown on this desktop");
  told.emit("show");
  expect(await bannersOf(app)).not.toContain("Notifications are not shown");
});

test.skipIf(process.platform !== "linux")(
  "S-59: a start without the sandbox is told with what mends it, and an ordinary one is not",
  async () => {
    const first = await started();
    expect(await bannersOf(first)).not.toContain("sandbox");
    await first.quit();
    const second = await started({
      before: (machine) => {
        machine.switches = ["no-sandbox"];
      },
    });
    expect(await bannersOf(second)).toContain("The window runs without its sandbox");
  },
);

test("P-07: the Dock shows Homeport while there is a window, and only then", async () => {
  const app = await started({
    flags: ["--hidden"],
    before: (machine) => {
      machine.hasDock = true;
    },
  });
  const tray = await app.until(() => app.seen.trays[0]);
  expect(app.seen.dock).not.toContain("shown");
  tray.menu?.press("Open Homeport");
  const window = await app.until(() => app.seen.windows[0]);
  expect(app.seen.dock.at(-1)).toBe("shown");
  window.close();
  expect(app.seen.dock.at(-1)).toBe("hidden");
});
