// The one file that holds the settings, as a port: headless it is `conf`, in the desktop app `electron-store`. Both are only an atomic
// file here; reading, validation, backups and repair are ours, so that both behave alike.
import { accessSync, constants, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import Conf from "conf";
import { writeAtomically } from "./atomic-file.ts";

export interface SettingsFile {
  /** Absolute; backups and set-aside copies stand beside it. */
  readonly path: string;
  /** The text as it is, undefined where there is no file. Throws when it cannot be read. */
  read(): string | undefined;
  /** Replaces the whole document atomically, mode 0600. Throws what the file system throws; the old document then stands. */
  write(document: Readonly<Record<string, unknown>>): void;
}

/** How both libraries are set up. `clearInvalidConfig` stays off: it forgets every setting because of one. */
export const settingsFileOptions = { fileExtension: "json", configFileMode: 0o600, clearInvalidConfig: false } as const;

interface WholeStore {
  store: Record<string, unknown>;
}

/**
 * The file at `path`. The library throws on a damaged file even to replace it, so that one write is ours.
 * Where it is refused (a virus scanner holds the file), it waits a second without giving way to traffic; the next tries are then ours.
 */
export function settingsFileOn(path: string, openStore: () => WholeStore): SettingsFile {
  let opened: WholeStore | undefined;
  let refused = false;
  return {
    path,
    read: () => readTextIfThere(path),
    write(document) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      accessSync(dirname(path), constants.W_OK);
      try {
        if (refused || !holdsJson(path)) writeAtomically(path, textOf(document));
        else {
          opened ??= openStore();
          opened.store = { ...document };
        }
        refused = false;
      } catch (error) {
        refused = isRefusal(error);
        throw error;
      }
      confirm(path, document);
    },
  };
}

const textOf = (document: Readonly<Record<string, unknown>>) => `${JSON.stringify(document, null, 2)}\n`;

function holdsJson(path: string): boolean {
  try {
    JSON.parse(readTextIfThere(path) ?? "{}");
    return true;
  } catch {
    return false;
  }
}

/** The library does not look how much of its text a nearly full disk took. */
function confirm(path: string, document: Readonly<Record<string, unknown>>): void {
  const written: unknown = JSON.parse(readTextIfThere(path) ?? "null");
  if (!isDeepStrictEqual(written, JSON.parse(textOf(document)))) throw new Error(`${path} was written in part only`);
}

/** True for errors that pass by themselves: another program holds the file for a moment. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && "code" in error && ["EPERM", "EBUSY", "EACCES"].includes(String(error.code));
}

/** `settings.json` in `folder`, kept by `conf`. */
export function confSettingsFile(folder: string): SettingsFile {
  return settingsFileOn(
    join(folder, "settings.json"),
    () => new Conf<Record<string, unknown>>({ ...settingsFileOptions, cwd: folder, configName: "settings" }),
  );
}

/** The text of a file, undefined where there is none. Throws when it is there and cannot be read. */
export function readTextIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
