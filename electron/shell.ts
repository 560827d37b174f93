// Everything a person sees of the app outside the window's page: the window itself, the tray where there is one, notifications. Rule: there is
// always a way back to Homeport; without a tray the window is never hidden (P-03).
import { join } from "node:path";
import { app, clipboard, ipcMain, protocol, session } from "electron";
import type { Clock, Log } from "../src-core/engine/ports.ts";
import type { Homeport } from "../src-core/homeport.ts";
import type { Settings } from "../src-core/host/settings.ts";
import type { Place } from "./arguments.ts";
import { serveWindow } from "./ipc.ts";
import { code } from "./language/code.ts";
import type { Words } from "./language/words.ts";
import { Notifier } from "./notifications.ts";
import { scheme, serveFolder } from "./scheme.ts";
import { guardSession } from "./security.ts";
import { storeWindowFile } from "./settings.ts";
import { TrayIcon } from "./tray.ts";
import { type TrayPlace, watchTrayHost } from "./tray-host.ts";
import type { TrayAction } from "./tray-menu.ts";
import { MainWindow } from "./window.ts";
import { openWindowMemory } from "./window-memory.ts";

export interface ShellParts {
  readonly homeport: Homeport;
  readonly settings: Settings;
  /** The app's data folder. */
  readonly data: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly words: Words;
  /** No window at the start, where a tray leads to it. */
  readonly hidden: boolean;
  readonly onSessionEnd: () => void;
}

export interface Shell {
  readonly open: (place?: Place) => void;
  /** The tray tells that running requests are being finished. */
  readonly draining: (requests: number) => void;
  readonly release: () => void;
}

/** Resolves when the tray's place is known, so that "hidden" never means "unreachable". */
export async function openShell(parts: ShellParts): Promise<Shell> {
  const { homeport, settings, clock, log, words } = parts;
  protocol.handle(scheme, serveFolder(join(app.getAppPath(), "dist", "renderer")));
  guardSession(session.defaultSession, !app.isPackaged, log);
  let tray: TrayIcon | undefined;
  const desktop = () => settings.current().desktop;
  const window = openWindow(parts, {
    onClose: () => (desktop().closeToTray ? (tray === undefined ? "minimise" : "hide") : "quit"),
    minimisesToTray: () => tray !== undefined && desktop().minimizeToTray,
    onFirstHide: (did) => notifier.say(words.window.stillRunning, did === "hide" ? words.window.stillInTray : words.window.stillMinimised),
    onShown: () => line.goOn(),
    onHidden: () => line.hold(),
  });
  const notifier = new Notifier({
    log,
    onClick: ({ node }) => window.open(node === undefined ? undefined : { node }),
    isWindowFocused: () => window.isFocused,
    onTrouble: (because) => tellOfNotifications(homeport, words.desktop, because),
  });
  const line = serveWindow({ ipcMain, homeport, contents: () => window.contents, log, words: words.window });
  const act = actions(homeport, notifier, words.desktop, (place) => window.open(place));
  const follow = (place: TrayPlace) => {
    if (place === "missing") {
      tray?.destroy();
      tray = undefined;
    } else tray ??= tryTray(parts, act);
    tellOfTray(homeport, words.desktop, tray !== undefined);
    if (tray === undefined) window.stayReachable();
    else window.leaveToTray();
  };
  tellOfSandbox(homeport, words.desktop);
  const host = await watchTrayHost({ platform: process.platform, env: process.env, clock, log, onChange: follow });
  if (!parts.hidden) window.open();
  follow(host.place);
  const stopPushes = homeport.listen((push) => {
    if (push.type === "snapshot") tray?.show(push.snapshot);
    if (push.type === "notice") notifier.tell(push.notice);
  }, true);
  // What came up during the start, a moved port for one, was pushed before anyone listened.
  for (const notice of homeport.snapshot().notices) notifier.tell(notice);
  // Without a tray, a window that is gone would leave a process nobody can reach.
  app.on("window-all-closed", () => {
    if (tray === undefined) app.quit();
  });
  app.on("activate", () => window.open());
  return {
    open: (place) => window.open(place),
    draining: (requests) => tray?.leaving(requests),
    release() {
      host.stop();
      stopPushes();
      line.stop();
      tray?.destroy();
      window.destroy();
    },
  };
}

type WindowWishes = Pick<
  ConstructorParameters<typeof MainWindow>[0],
  "onClose" | "minimisesToTray" | "onFirstHide" | "onShown" | "onHidden"
>;

function openWindow({ data, clock, log, onSessionEnd }: ShellParts, wishes: WindowWishes): MainWindow {
  return new MainWindow({
    ...wishes,
    preload: join(app.getAppPath(), "dist", "electron", "preload.cjs"),
    packaged: app.isPackaged,
    memory: openWindowMemory(storeWindowFile(data), log),
    clock,
    log,
    onQuit: () => app.quit(),
    onShown() {
      wishes.onShown();
      void app.dock?.show();
    },
    onHidden() {
      wishes.onHidden();
      app.dock?.hide();
    },
    onSessionEnd,
  });
}

function tryTray({ homeport, clock, log, words }: ShellParts, act: (action: TrayAction) => void): TrayIcon | undefined {
  try {
    return new TrayIcon({ clock, platform: process.platform, words: words.tray, act }, homeport.snapshot());
  } catch (error) {
    log.warn({ error }, "This desktop has no tray; Homeport lives in its window.");
    return undefined;
  }
}

/** AppImage's own starter switches the sandbox off where it would not start; nobody should run so without knowing (S-59). */
function tellOfSandbox({ engine }: Homeport, words: Words["desktop"]): void {
  if (process.platform !== "linux" || !app.commandLine.hasSwitch("no-sandbox")) return;
  const body = words.sandboxOff(code`sysctl kernel.apparmor_restrict_unprivileged_userns=0`);
  engine.banner("sandbox-off", { level: "warning", title: words.sandboxOffTitle, body });
}

function tellOfTray({ engine }: Homeport, words: Words["desktop"], isThere: boolean): void {
  engine.banner("no-tray", isThere ? undefined : { level: "info", title: words.noTrayTitle, body: words.noTray });
}

function tellOfNotifications({ engine }: Homeport, words: Words["desktop"], because: string | undefined): void {
  const told = (refusal: string) => ({ level: "info", title: words.noNotificationsTitle, body: words.noNotifications(refusal) }) as const;
  engine.banner("notifications-refused", because === undefined ? undefined : told(because.slice(0, 120)));
}

/** What the tray's lines do. A call that fails is told, since no window may be open. */
function actions(
  homeport: Homeport,
  notifier: Notifier,
  words: Words["desktop"],
  open: (place?: Place) => void,
): (action: TrayAction) => void {
  const call = async (method: string, input: unknown) => {
    const reply = await homeport.dispatch(method, input);
    if (!reply.ok) notifier.say(words.couldNot, reply.failure.message);
  };
  return (action) => {
    switch (action.do) {
      case "open":
        return open(action.page === undefined ? undefined : { page: action.page });
      case "quit":
        return app.quit();
      case "copy":
        return clipboard.writeText(action.text);
      case "call":
        return void call(action.method, action.input);
      case "calls":
        for (const { method, input } of action.calls) void call(method, input);
    }
  };
}
