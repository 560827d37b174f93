// Gathers what `machine.ts` judges: reads folders and modes, asks the session bus for a tray. Changes nothing and never throws; what cannot be learned
// is told as unknown.
import { execFile } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync, readFileSync, statfsSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import type { MachineFacts, StartEntry } from "./machine.ts";

const busMs = 2_000;
const watcher = "org.kde.StatusNotifierWatcher";

type Environment = Readonly<Record<string, string | undefined>>;

/** `folder`: where settings and history are kept. */
export async function machineFacts(folder: string, now: number, env: Environment = process.env, home = homedir()): Promise<MachineFacts> {
  const { platform } = process;
  return {
    platform,
    now,
    data: diskOf(folder),
    exposed: platform === "win32" ? [] : exposedIn(folder),
    tray: platform === "linux" ? await trayOf(env) : "unknown",
    starts: platform === "linux" ? startsIn(env["XDG_CONFIG_HOME"] || join(home, ".config")) : undefined,
  };
}

function diskOf(folder: string): MachineFacts["data"] {
  try {
    const there = nearestThere(folder);
    const { bavail, bsize, blocks } = statfsSync(there);
    return { folder, free: bavail * bsize, total: blocks * bsize, writable: mayWrite(there) };
  } catch {
    return undefined;
  }
}

function nearestThere(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestThere(dirname(folder));
}

function mayWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Nobody else may write any of them, and what holds settings, history or keys nobody else may read. */
function exposedIn(folder: string): readonly string[] {
  return namesIn(folder)
    .filter((name) => /^(?:config\.json|history\.sqlite|.*(?:secret|key).*)$/i.test(name))
    .map((name) => join(folder, name))
    .filter((file) => {
      const stat = statSync(file, { throwIfNoEntry: false });
      return stat?.isFile() === true && (stat.mode & (/secret|key/i.test(file.slice(folder.length)) ? 0o077 : 0o022)) !== 0;
    });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Entries of the desktop and units of the user's systemd that start Homeport and are switched on. */
export function startsIn(configHome: string): readonly StartEntry[] {
  const entries = startFiles(join(configHome, "autostart"), ".desktop", "Exec").filter(({ text }) => !/^Hidden=true$/im.test(text));
  const wanted = join(configHome, "systemd", "user", "default.target.wants");
  const units = startFiles(wanted, ".service", "ExecStart");
  return [...entries, ...units].map(({ file, runs }) => ({ file, runs, missing: isMissing(runs) }));
}

function startFiles(folder: string, ending: string, field: string): readonly { file: string; text: string; runs: string }[] {
  return namesIn(folder)
    .filter((name) => name.endsWith(ending))
    .flatMap((name) => {
      const file = join(folder, name);
      const text = readOr(file);
      const runs = new RegExp(`^${field}=(.+)$`, "m").exec(text)?.[1]?.trim();
      const isOurs = runs !== undefined && /homeport/i.test(`${name} ${runs}`);
      return isOurs ? [{ file, text, runs }] : [];
    });
}

function readOr(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** The program of a command line, quoted or not, is named by its whole path and is not there. */
function isMissing(runs: string): boolean {
  const program = /^"([^"]+)"|^(\S+)/.exec(runs);
  const path = program?.[1] ?? program?.[2] ?? "";
  return isAbsolute(path) && !existsSync(path);
}

/** Whether somebody on the session bus takes tray icons (P-03). Reads a name's owner; starts nothing. */
async function trayOf(env: Environment): Promise<MachineFacts["tray"]> {
  const bus = env["DBUS_SESSION_BUS_ADDRESS"];
  const runtime = env["XDG_RUNTIME_DIR"];
  if (!bus && !(runtime && existsSync(join(runtime, "bus")))) return "no-session";
  const name = "org.freedesktop.DBus";
  const path = "/org/freedesktop/DBus";
  const tools: readonly (readonly string[])[] = [
    ["busctl", "--user", "call", name, path, name, "NameHasOwner", "s", watcher],
    ["gdbus", "call", "--session", "--dest", name, "--object-path", path, "--method", `${name}.NameHasOwner`, watcher],
    ["dbus-send", "--session", "--print-reply", `--dest=${name}`, path, `${name}.NameHasOwner`, `string:${watcher}`],
  ];
  for (const [tool = "", ...args] of tools) {
    const said = await output(tool, args);
    if (said !== undefined) return /\btrue\b/.test(said) ? "there" : "none";
  }
  return "unknown";
}

function output(tool: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(tool, [...args], { timeout: busMs }, (error, stdout) => resolve(error === null ? stdout : undefined));
  });
}
