// The desktop app put together: engine, window, tray and notifications over one Homeport. Called once Electron is ready and the
// single-instance lock is ours.
import { join } from "node:path";
import { app, nativeTheme, powerMonitor } from "electron";
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
import type { StartWishes } from "./arguments.ts";
import { followLogin } from "./autostart.ts";
import type { Words } from "./language/words.ts";
import { followPower } from "./power.ts";
import { quitInOrder } from "./quit.ts";
import { openKeyStore } from "./secrets.ts";
import { storeSettingsFile } from "./settings.ts";
import { openShell, type Shell } from "./shell.ts";

export interface DesktopOptions extends StartWishes {
  readonly log: Log;
  readonly words: Words;
}

/** Starts everything; returns how to bring the window up, for a second start of the app. */
export async function startDesktop(start: typeof startHomeport, options: DesktopOptions): Promise<Pick<Shell, "open">> {
  const { log, words } = options;
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
    dataDir: data,
    discover: options.discover,
  });
  followTheme(settings);
  followPower(powerMonitor, homeport);
  if (!options.demo && options.data === undefined) followLoginSetting(settings, homeport, log, words.login);
  tellOfSettings(settings, homeport, words.desktop);
  let shell: Shell | undefined;
  const hurry = quitInOrder({
    app,
    homeport,
    settings,
    words: words.quit,
    onDraining: (requests) => shell?.draining(requests),
    release: async () => {
      shell?.release();
      await demo?.stop();
    },
  });
  const hidden = options.hidden || settings.current().desktop.startHidden || wasOpenedAtLogin();
  shell = await openShell({ homeport, settings, data, clock: systemClock, log, words, hidden, onSessionEnd: hurry });
  return { open: shell.open };
}

/** macOS has no flag for "hidden at login" any more, but tells that it was a login (P-09). */
function wasOpenedAtLogin(): boolean {
  return process.platform === "darwin" && app.getLoginItemSettings().wasOpenedAtLogin;
}

/** Another data folder or a demo is a trial, and leaves the session's entry alone. */
function followLoginSetting(settings: Settings, { engine }: Homeport, log: Log, words: Words["login"]): void {
  const parts = { app, platform: process.platform, env: process.env, execPath: process.execPath, log, words };
  const tell = (trouble: string | undefined) =>
    engine.banner("open-at-login", trouble === undefined ? undefined : { level: "warning", title: words.title, body: trouble });
  let wanted = settings.current().desktop.openAtLogin;
  tell(followLogin(wanted, "start", parts));
  settings.subscribe(
    ({ desktop: { openAtLogin } }) => {
      if (openAtLogin === wanted) return;
      wanted = openAtLogin;
      tell(followLogin(wanted, "changed", parts));
    },
    () => {},
  );
}

function followTheme(settings: Settings): void {
  const follow = () => {
    nativeTheme.themeSource = settings.current().desktop.theme;
  };
  follow();
  settings.subscribe(follow, () => {});
}

/** The notices come back as pushes and are then shown like any other. */
function tellOfSettings(settings: Settings, { engine }: Homeport, { settingsRepaired: title }: Words["desktop"]): void {
  const { recovered } = settings;
  if (recovered !== undefined) {
    engine.notify({ kind: "settings-recovered", title, body: recovered, urgent: false });
    engine.banner("settings-recovered", { level: "warning", title, body: recovered });
  }
  settings.onTrouble((trouble) => {
    engine.banner("settings-not-saved", trouble);
    if (trouble !== undefined) {
      engine.notify({ kind: "settings-not-saved", title: trouble.title, body: trouble.body, urgent: true });
    }
  });
}
