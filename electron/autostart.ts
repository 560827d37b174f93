// Start at login: one XDG autostart entry on Linux, the system's login items elsewhere (P-05, UX-19). The setting is the truth; what the system
// holds follows it. The entry carries the hidden flag, so that nobody finds a window in the way after logging in.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { App } from "electron";
import type { Log } from "../src-core/engine/ports.ts";
import { writeAtomically } from "../src-core/host/atomic-file.ts";
import { code } from "./language/code.ts";
import type { Words } from "./language/words.ts";

const hiddenFlag = "--hidden";

/** How this app is started again. */
export interface StartCommand {
  readonly program: string;
  readonly args: readonly string[];
}

/** An AppImage is mounted anew at every start: what starts it is the file a person downloaded. Unpackaged, Electron needs our folder. */
export function startCommand(app: Pick<App, "isPackaged" | "getAppPath">, env: NodeJS.ProcessEnv, execPath: string): StartCommand {
  if (!app.isPackaged) return { program: execPath, args: [app.getAppPath(), hiddenFlag] };
  return { program: env["APPIMAGE"] ?? execPath, args: [hiddenFlag] };
}

/** The entry, after the Desktop Entry specification. */
export function autostartEntry({ program, args }: StartCommand, { comment }: Words["login"]): string {
  return [
    code`[Desktop Entry]`,
    "Type=Application",
    "Name=Homeport",
    `Comment=${comment}`,
    `Exec=${[program, ...args].map(quoted).join(" ")}`,
    "Icon=homeport",
    "Terminal=false",
    "StartupNotify=false",
    "X-GNOME-Autostart-enabled=true",
    "",
  ].join("\n");
}

/** Where the entry stands. One fixed name, so that there is never a second one. `configHome`: XDG_CONFIG_HOME, or what stands in for it. */
export function autostartPath(configHome: string): string {
  return join(configHome, "autostart", "homeport.desktop");
}

/** An argument of Exec: quoted, with what the specification escapes inside quotes (once more as a string value), and "%" doubled. */
function quoted(arg: string): string {
  const plain = arg.replaceAll("%", "%%");
  if (/^[\w@%+=:,./-]+$/.test(plain)) return plain;
  return `"${plain
    .replace(/["`$\\]/g, "\\$&")
    .replaceAll("\\", "\\\\")
    .replaceAll("\n", "\\n")}"`;
}

export interface AutostartParts {
  readonly app: Pick<App, "isPackaged" | "getAppPath" | "getPath" | "setLoginItemSettings">;
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  readonly execPath: string;
  readonly log: Log;
  readonly words: Words["login"];
}

/**
 * Makes the system hold what the setting says. Returns why it could not, as a sentence for a person.
 * `moment`: at a start nothing is taken away and nothing switched on again that a person switched off with the desktop's own means.
 */
export function followLogin(wanted: boolean, moment: "start" | "changed", parts: AutostartParts): string | undefined {
  const { app, platform, env, execPath, log, words } = parts;
  if (moment === "start" && !wanted) return undefined;
  const command = startCommand(app, env, execPath);
  try {
    if (platform !== "linux") {
      // "Hidden at login" is gone from macOS 13 on: there the app asks whether it was opened at login (P-09).
      app.setLoginItemSettings({ openAtLogin: wanted, path: command.program, args: [...command.args] });
      return undefined;
    }
    const path = autostartPath(app.getPath("appData"));
    if (moment === "start" && isSwitchedOff(textAt(path))) return undefined;
    followEntry(path, wanted ? autostartEntry(command, words) : undefined);
    return undefined;
  } catch (error) {
    log.warn({ error }, "Start at login could not be changed.");
    const why = error instanceof Error ? error.message : String(error);
    return wanted ? words.notWritten(why) : words.notRemoved(why);
  }
}

/** The file with exactly this text, or no file. Untouched where it is so already. */
function followEntry(path: string, text: string | undefined): void {
  if (text === undefined) return rmSync(path, { force: true });
  if (textAt(path) === text) return;
  mkdirSync(dirname(path), { recursive: true });
  writeAtomically(path, text);
}

/** As desktops mark an entry that a person switched off. */
function isSwitchedOff(text: string | undefined): boolean {
  return text !== undefined && /^(Hidden=true|X-GNOME-Autostart-enabled=false)\s*$/im.test(text);
}

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
