// The main job on the desktop, end to end: unchanged main, preload and window over a real engine and simulated nodes (acceptance 7).
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { type SimulatedFleet, startFleet } from "../../../src-core/simulator/fleet.ts";
import { launchChromium, type StartedApp, type StartOptions, startApp } from "../../support/electron/start-app.ts";

const gigabyte = 1_000_000_000;
let browser: Browser;
let data: string;
let fleet: SimulatedFleet;
let running: StartedApp | undefined;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), "homeport-desktop-"));
  fleet = await startFleet([
    {
      id: "studio",
      kind: "ollama",
      memoryBytes: 24 * gigabyte,
      models: [{ name: "llama3:8b", bytes: 5 * gigabyte, warm: true }],
    },
  ]);
  settings({});
});
afterEach(async () => {
  await running?.quit();
  running = undefined;
  await fleet.stop();
  rmSync(data, { recursive: true, force: true });
});

/** Writes the settings the next start finds: the simulated fleet on a free port, and `more`. */
function settings(more: Record<string, unknown>): void {
  const nodes = fleet.nodes.map((node) => node.config);
  writeFileSync(join(data, "settings.json"), JSON.stringify({ gateway: { port: 0 }, nodes, ...more }));
}

async function started(more: Partial<StartOptions> = {}): Promise<StartedApp> {
  running = await startApp({ browser, data, ...more });
  return running;
}

const trayOf = (app: StartedApp) => app.until(() => app.seen.trays[0]);

describe("start", () => {
  test("S-50: the window opens with nothing but the preload, and shows the nodes", async () => {
    const app = await started();
    const page = await app.page();
    await page.getByText("studio").first().waitFor();
    expect(app.seen.windows[0]?.options.webPreferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    });
    expect([app.seen.isSandboxed, app.seen.schemes]).toEqual([true, ["app"]]);
  });

  test("S-50, S-51: a packaged app has no tools for developers, and no variable or argument makes it load another page", async () => {
    process.env["ELECTRON_RENDERER_URL"] = process.env["VITE_DEV_SERVER_URL"] = "http://127.0.0.1:5173/";
    onTestFinished(() => {
      for (const name of ["ELECTRON_RENDERER_URL", "VITE_DEV_SERVER_URL"]) delete process.env[name];
    });
    const app = await started({
      flags: ["--dev", "http://127.0.0.1:5173/"],
      before: (machine) => {
        machine.packaged = true;
      },
    });
    const page = await app.page();
    expect(app.seen.windows[0]?.options.webPreferences).toMatchObject({ devTools: false, sandbox: true });
    expect(app.seen.windows[0]?.webContents.getURL()).toMatch(/^app:\/\/homeport\//);
    expect(page.url()).not.toContain("5173");
  });

  test("F55, P-12: a second start binds nothing, opens nothing and ends with 0; the first shows its window", async () => {
    const second = await startApp({
      browser,
      data,
      before: (machine) => {
        machine.hasLock = false;
      },
    });
    expect(await second.app.exited).toBe(0);
    expect([second.seen.windows, second.seen.trays]).toEqual([[], []]);
    const app = await started({ flags: ["--hidden"] });
    await trayOf(app);
    expect(app.seen.windows).toEqual([]);
    app.app.emit("second-instance");
    expect((await app.until(() => app.seen.windows[0])).isVisible()).toBe(true);
  });
});

test("F54: a taken port is not the end: the next free one is used, told, and copied by the tray; the wish stays in the settings", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const taken = z.object({ port: z.number() }).parse(other.address()).port;
  settings({ gateway: { port: taken } });
  const app = await started({ flags: ["--hidden"] });
  const told = await app.until(() => app.seen.notifications.find((one) => one.options.title?.startsWith("Homeport listens on port")));
  expect(told.options.body).toContain(`has port ${taken}`);
  (await trayOf(app)).menu?.press("Copy address");
  expect(app.seen.clipboard).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(app.seen.clipboard).not.toBe(`http://127.0.0.1:${taken}`);
  expect((await fetch(app.seen.clipboard)).status).toBe(200);
  other.close();
  await app.quit();
  expect(JSON.parse(readFileSync(join(data, "settings.json"), "utf8"))).toMatchObject({ gateway: { port: taken } });
});

test("a demo is marked as one in the tray, and its nodes are never saved", async () => {
  settings({ nodes: [] });
  const app = await started({ flags: ["--hidden", "--demo"] });
  const tray = await trayOf(app);
  await app.until(() => tray.menu?.lines[0]?.startsWith("Demo. ") || undefined);
  await app.quit();
  expect(JSON.parse(readFileSync(join(data, "settings.json"), "utf8"))).toMatchObject({ nodes: [] });
});

test("a hidden window is sent nothing, and is up to date again as soon as it is shown", async () => {
  const app = await started();
  const page = await app.page();
  const window = await app.until(() => app.seen.windows[0]);
  await page.getByText("studio").first().waitFor();
  window.close();
  const sent = window.webContents.sent;
  app.seen.trays[0]?.menu?.press("Pause routing", "Until resumed");
  await app.until(() => app.seen.trays[0]?.menu?.lines[0]?.startsWith("Routing is paused") || undefined);
  expect(window.webContents.sent).toBe(sent);
  app.seen.trays[0]?.menu?.press("Open Homeport");
  await page
    .getByText(/paused/i)
    .first()
    .waitFor();
});

describe("tray", () => {
  test("UX-01, UX-02: lists every loaded model with node and size, and Unload reaches the node", async () => {
    const app = await started({ flags: ["--hidden"] });
    const tray = await trayOf(app);
    expect(tray.menu).toBeDefined();
    const label = await app.until(() => tray.menu?.lines.find((line) => line.startsWith("llama3:8b")));
    expect(label).toMatch(/^llama3:8b — studio, \d+\.\d GB/);
    expect(tray.menu?.lines[0]).toBe("Healthy: 1 of 1 node, 1 model loaded");
    tray.menu?.press("llama3:8b", "Unload");
    await app.until(() => tray.menu?.lines.includes("No model is loaded") || undefined);
    expect(fleet.nodes[0]?.simulated.record.unloads).toEqual({ "llama3:8b": 1 });
  });

  test("copies the address, pauses and resumes routing", async () => {
    const app = await started({ flags: ["--hidden"] });
    const tray = await trayOf(app);
    tray.menu?.press("Copy address");
    expect(app.seen.clipboard).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    tray.menu?.press("Pause routing", "For 1 hour");
    await app.until(() => tray.menu?.lines[0]?.startsWith("Routing is paused") || undefined);
    tray.menu?.press("Resume routing");
    await app.until(() => tray.menu?.lines[0]?.startsWith("Healthy") || undefined);
  });
});

describe("notifications", () => {
  test("a breaker that trips is told, and a click opens the window at that node", async () => {
    const app = await started({ flags: ["--hidden"] });
    const tray = await trayOf(app);
    await app.until(() => tray.menu?.lines[0]?.startsWith("Healthy") || undefined);
    app.app.emit("activate");
    const page = await app.page();
    await page.evaluate(() => Reflect.get(window, "bridge")?.call("tripBreaker", { node: "studio" }));
    const told = await app.until(() => app.seen.notifications[0]);
    expect(told.options.title).toContain("studio");
    told.emit("click");
    await page.waitForURL(/#\/nodes\/studio/);
  });
});

describe("settings", () => {
  test("P-14: a change from the window, the theme say, is there after a restart, in a file of the owner's only", async () => {
    const first = await started();
    const page = await first.page();
    await page.waitForFunction(() => "bridge" in window);
    const reply = await page.evaluate(() =>
      Reflect.get(window, "bridge")?.call("setSettings", { change: { desktop: { theme: "dark" }, gateway: { port: 0 } } }),
    );
    expect(reply).toEqual({ ok: true, output: {} });
    expect(first.nativeTheme.themeSource).toBe("dark");
    await first.quit();
    expect(statSync(join(data, "settings.json")).mode & 0o777).toBe(0o600);
    const second = await started();
    await trayOf(second);
    expect(second.nativeTheme.themeSource).toBe("dark");
  });

  test("F59: a damaged file costs neither the start nor the settings, and is told", async () => {
    const first = await started();
    await (await first.page()).evaluate(() =>
      Reflect.get(window, "bridge")?.call("setSettings", { change: { desktop: { theme: "dark" } } }),
    );
    await first.quit();
    writeFileSync(join(data, "settings.json"), "\0".repeat(500));
    const second = await started({ flags: ["--hidden"] });
    const told = await second.until(() => second.seen.notifications.find((one) => one.options.title === "Settings were repaired"));
    expect(told.options.body).toContain("restored");
    expect(second.nativeTheme.themeSource).toBe("dark");
  });

  test("P-14: the window comes back where it was, and is hidden, not gone, when it is closed to the tray; that is explained once", async () => {
    const first = await started();
    const window = await first.until(() => first.seen.windows[0]);
    window.setBounds({ x: 50, y: 60, width: 900, height: 700 });
    window.close();
    window.show();
    window.close();
    expect([window.isDestroyed(), window.isVisible()]).toEqual([false, false]);
    expect(first.seen.notifications.filter((one) => one.options.title?.includes("still running"))).toHaveLength(1);
    await first.quit();
    expect(JSON.parse(readFileSync(join(data, "window.json"), "utf8"))).toMatchObject({ closeExplained: true });
    const second = await started();
    expect((await second.until(() => second.seen.windows[0])).getNormalBounds()).toEqual({ x: 50, y: 60, width: 900, height: 700 });
  });
});
