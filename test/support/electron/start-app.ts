// Starts the unchanged electron/main.ts on the stand-in, as a new process would: every module afresh. For the desktop suite.
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright";
import { vi } from "vitest";
import { chromiumArgs } from "../../e2e/chromium-args.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** The system's Chromium, shared by the starts of one test file. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: [...chromiumArgs] });
}

export interface StartOptions {
  readonly browser: Browser;
  /** The app's data folder: settings, window place, history. */
  readonly data: string;
  readonly flags?: readonly string[];
  /** Changes what the stand-in pretends to be, before the app runs. */
  readonly before?: (machine: StandIn["machine"]) => void;
}

type StandIn = Awaited<ReturnType<typeof loadStandIn>>;

async function loadStandIn() {
  const { machine, seen } = await import("./machine.ts");
  const { app } = await import("./app.ts");
  const { ipcMain, session } = await import("./session.ts");
  const { powerMonitor, nativeTheme } = await import("./electron.ts");
  return { machine, seen, app, ipcMain, session, powerMonitor, nativeTheme };
}

/** A started app, and what a person could do to it. */
export interface StartedApp extends StandIn {
  /** The window's real page, once it shows our own address. */
  page(): Promise<Page>;
  /** Resolves once `met` returns something; looked at whenever the app could have done something. */
  until<T>(met: () => T | undefined): Promise<T>;
  /** Quits as the tray does; resolves with the exit code. */
  quit(): Promise<number>;
}

/** Resolves when main has run; what it starts may still be on its way (`until`). */
export async function startApp({ browser, data, flags = [], before }: StartOptions): Promise<StartedApp> {
  vi.resetModules();
  // Each start adds its own listener for the process's end; real ones have a process each.
  process.setMaxListeners(100);
  const standIn = await loadStandIn();
  standIn.machine.browser = browser;
  standIn.machine.appPath = root;
  standIn.machine.userData = data;
  before?.(standIn.machine);
  // The machine that runs the tests has a bus and a tray, or not; the app must not notice.
  process.env["DBUS_SESSION_BUS_ADDRESS"] = standIn.machine.sessionBus;
  const argv = process.argv;
  process.argv = ["electron", root, "--no-discover", ...flags];
  try {
    await import("../../../electron/main.ts");
  } finally {
    process.argv = argv;
  }
  const until = <T>(met: () => T | undefined) => vi.waitUntil(met, { timeout: 10_000, interval: 20 });
  return {
    ...standIn,
    until,
    async page() {
      const window = await until(() => standIn.seen.windows[0]);
      const page = await window.webContents.page;
      await page.waitForURL(/app-scheme/);
      return page;
    },
    quit() {
      standIn.app.quit();
      return standIn.app.exited;
    },
  };
}
