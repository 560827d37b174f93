// The desktop app put together: engine, window, tray and notifications over one Homeport. Called once Electron is ready and the
// single-instance lock is ours.
import { join } from "node:path";
import { app, clipboard, ipcMain, nativeTheme, powerMonitor, protocol, session } from "electron";
import type { Log } from "../src-core/engine/ports.ts";
import type { Homeport, startHomeport } from "../src-core/homeport.ts";
import { systemClock } from "../src-core/host/clock.ts";
import { openDevices } from "../src-core/host/devices.ts";
import { openJournal } from "../src-core/host/journal.ts";
import { redisWhenAsked } from "../src-core/host/redis-when-asked.ts";
import { desktopSecrets } from "../src-core/host/secrets.ts";
import { openSettings, type Settings } from "../src-core/host/settings.ts";
import { thisComputer } from "../src-core/host/this-computer.ts";
import { withDemoMemory } from "../src-core/simulator/demo-memory.ts";
import { withDemoRouting } from "../src-core/simulator/demo-routing.ts";
import { startDemoFleet } from "../src-core/simulator/fleet.ts";
import { serveWindow } from "./ipc.ts";
import { Notifier } from "./notifications.ts";
import { quitInOrder } from "./quit.ts";
import { scheme, serveFolder } from "./scheme.ts";
import { openKeyStore } from "./secrets.ts";
import { guardSession } from "./security.ts";
import { storeSettingsFile, storeWindowFile } from "./settings.ts";
import { TrayIcon } from "./tray.ts";
import type { TrayAction } from "./tray-menu.ts";
import { MainWindow } from "./window.ts";
import { openWindowMemory } from "./window-memory.ts";

export interface DesktopOptions {
  readonly log: Log;
  /** Adds the simulated fleet. */
  readonly demo: boolean;
  /** No window at the start, where there is a tray to open it from. */
  readonly hidden: boolean;
  /** Look for model servers on this machine when none is configured. */
  readonly discover: boolean;
}

/** Starts everything; returns how to bring the window up, for a second start of the app. */
export async function startDesktop(start: typeof startHomeport, options: DesktopOptions): Promise<{ readonly open: () => void }> {
  const { log } = options;
  const data = app.getPath("userData");
  const demo = options.demo ? await startDemoFleet() : undefined;
  const extraNodes = demo?.nodes.map((node) => node.config) ?? [];
  const settings = openSettings(storeSettingsFile(data), { clock: systemClock, log, extraNodes });
  const journal = openJournal(join(data, "history.sqlite"), log);
  const vault = openKeyStore(data, log);
  const homeport = await start({
    config: demo === undefined ? settings : withDemoRouting(settings),
    secrets: desktopSecrets(vault),
    secretStore: vault,
    journal: demo === undefined ? journal : withDemoMemory(journal),
    devices: openDevices({ clock: systemClock }),
    log,
    announcer: redisWhenAsked(systemClock, log),
    clock: systemClock,
    thisComputer,
    draw: Math.random,
    desktop: true,
    demo: options.demo,
    version: app.getVersion(),
    listen: {},
    whenPortTaken: "next",
    control: false,
    discover: options.discover,
  });
  followTheme(settings);
  // Some systems never say so (F52): the engine looks by itself as well.
  powerMonitor.on("resume", () => homeport.engine.caretaker.told("sleep"));
  const shell = openShell(homeport, settings, data, log);
  quitInOrder({
    app,
    homeport,
    settings,
    release: async () => {
      shell.release();
      await demo?.stop();
    },
  });
  if (!(options.hidden || settings.current().desktop.startHidden) || !shell.hasTray) shell.open();
  return { open: shell.open };
}

function followTheme(settings: Settings): void {
  const follow = () => {
    nativeTheme.themeSource = settings.current().desktop.theme;
  };
  follow();
  settings.subscribe(follow, () => {});
}

/** Everything a person sees of the app. */
function openShell(homeport: Homeport, settings: Settings, data: string, log: Log) {
  protocol.handle(scheme, serveFolder(join(app.getAppPath(), "dist", "renderer")));
  guardSession(session.defaultSession, !app.isPackaged, log);
  let tray: TrayIcon | undefined;
  const window = new MainWindow({
    preload: join(app.getAppPath(), "dist", "electron", "preload.cjs"),
    packaged: app.isPackaged,
    memory: openWindowMemory(storeWindowFile(data), log),
    staysInTray: () => tray !== undefined && settings.current().desktop.closeToTray,
    onFirstHide: () => notifier.say("Homeport is still running", "Its gateway goes on serving. Open or quit it from the tray."),
    onShown() {
      line.goOn();
      void app.dock?.show();
    },
    onHidden() {
      line.hold();
      app.dock?.hide();
    },
  });
  const notifier = new Notifier({ log, onClick: ({ node }) => window.open(node), isWindowFocused: () => window.isFocused });
  const line = serveWindow({ ipcMain, homeport, contents: () => window.contents, log });
  const act = actions(homeport, notifier, () => window.open());
  tray = tryTray(homeport, log, act);
  const stopPushes = homeport.listen((push) => {
    if (push.type === "snapshot") tray?.show(push.snapshot);
    if (push.type === "notice") notifier.tell(push.notice);
  }, true);
  // What came up during the start, a moved port for one, was pushed before anyone listened.
  for (const notice of homeport.snapshot().notices) notifier.tell(notice);
  tellOfSettings(settings, homeport);
  app.on("window-all-closed", () => {
    // Without a tray, a window that is gone would leave a process nobody can reach.
    if (tray === undefined || !settings.current().desktop.closeToTray) app.quit();
  });
  app.on("activate", () => window.open());
  return {
    hasTray: tray !== undefined,
    open: () => window.open(),
    release() {
      stopPushes();
      line.stop();
      tray?.destroy();
      window.destroy();
    },
  };
}

/** The notices come back as pushes and are then shown like any other. */
function tellOfSettings(settings: Settings, { engine }: Homeport): void {
  const { recovered } = settings;
  if (recovered !== undefined) {
    engine.notify({ kind: "settings-recovered", title: "Settings were repaired", body: recovered.slice(0, 199), urgent: false });
    engine.banner("settings-recovered", { level: "warning", title: "Settings were repaired", body: recovered });
  }
  settings.onTrouble((trouble) => {
    engine.banner("settings-not-saved", trouble);
    if (trouble !== undefined) {
      engine.notify({ kind: "settings-not-saved", title: trouble.title, body: trouble.body.slice(0, 199), urgent: true });
    }
  });
}

function tryTray(homeport: Homeport, log: Log, act: (action: TrayAction) => void): TrayIcon | undefined {
  try {
    return new TrayIcon({ clock: systemClock, platform: process.platform, act }, homeport.snapshot());
  } catch (error) {
    log.warn({ error }, "This desktop has no tray; Homeport lives in its window.");
    return undefined;
  }
}

/** What the tray's lines do. A call that fails is told, since no window may be open. */
function actions(homeport: Homeport, notifier: Notifier, open: () => void): (action: TrayAction) => void {
  return (action) => {
    switch (action.do) {
      case "open":
        return open();
      case "quit":
        return app.quit();
      case "copy":
        return clipboard.writeText(action.text);
      case "call":
        void homeport.dispatch(action.method, action.input).then((reply) => {
          if (!reply.ok) notifier.say("Homeport could not do that", reply.failure.message);
        });
    }
  };
}
