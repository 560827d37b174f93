// Reads the settings at start, whatever state they are in: good, damaged, from a newer Homeport, unreadable. Never throws, never loses a
// byte: what cannot be used is copied aside before anything is written over it.
import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import type { Config } from "../contract/config.ts";
import { readBackups } from "./settings-backups.ts";
import type { SettingsFile } from "./settings-file.ts";
import { type Salvage, salvage, schemaVersion, versionOf } from "./settings-sections.ts";

type Document = Readonly<Record<string, unknown>>;

export interface Opening {
  readonly config: Config;
  readonly document: Document;
  /** False: a newer Homeport wrote them, and we must not write over them. */
  readonly writable: boolean;
  /** True when `document` is not what the file holds and must be written. */
  readonly changed: boolean;
  /** For a person, when something had to be repaired: what happened, and where the rest is. */
  readonly recovered?: string;
}

const Section = z.record(z.string(), z.unknown());

/** `now` names the copies set aside. */
export function openingOf(file: SettingsFile, now: number): Opening {
  prepareFolder(file.path);
  const stamp = new Date(now).toISOString().replace(/[:.]/g, "-");
  let text: string | undefined;
  try {
    text = file.read();
  } catch (error) {
    return restored(file, `The settings could not be read (${reason(error)}).`);
  }
  // A file that is not there was never written, or somebody took it away: we never remove it ourselves.
  if (text === undefined) return { ...salvage({}), writable: true, changed: false };
  const document = documentOf(text);
  if (document === undefined) {
    const aside = `${file.path}.corrupt-${stamp}`;
    return restored(file, `The settings file was damaged; ${kept(() => copyFileSync(file.path, aside), aside)}.`);
  }
  if (versionOf(document) > schemaVersion) return readOnly(document);
  const good = salvage(document);
  return good.says.length === 0 ? { ...good, writable: true, changed: false } : repaired(file, good, stamp);
}

function documentOf(text: string): Document | undefined {
  try {
    const section = Section.safeParse(JSON.parse(text));
    return section.success ? section.data : undefined;
  } catch {
    return undefined;
  }
}

/** The newest good backup, or the defaults. */
function restored(file: SettingsFile, because: string): Opening {
  const [backup] = readBackups(file.path).filter((one) => versionOf(one.document) <= schemaVersion);
  if (backup === undefined)
    return {
      ...salvage({}),
      writable: true,
      changed: true,
      recovered: `${because} There was no backup, so Homeport starts with its defaults.`,
    };
  const at = new Date(backup.savedAt).toLocaleString();
  return { ...salvage(backup.document), writable: true, changed: true, recovered: `${because} The backup of ${at} was restored.` };
}

function repaired(file: SettingsFile, good: Salvage, stamp: string): Opening {
  const aside = `${file.path}.set-aside-${stamp}`;
  const copied = kept(() => writeFileSync(aside, `${JSON.stringify(good.setAside, null, 2)}\n`, { mode: 0o600 }), aside);
  const faults = good.says.slice(0, 3).join("; ");
  return {
    ...good,
    writable: true,
    changed: true,
    recovered: `Part of the settings could not be used: ${faults}. Everything else was kept; ${copied}.`,
  };
}

/** What we understand of a newer document; the file is left alone. */
function readOnly(document: Document): Opening {
  const { config } = salvage({ ...document, schemaVersion });
  return {
    config,
    document,
    writable: false,
    changed: false,
    recovered:
      "The settings were written by a newer Homeport. They are used as far as this one understands them, and nothing is written over them.",
  };
}

function kept(copy: () => void, path: string): string {
  try {
    copy();
    chmodSync(path, 0o600);
    return `a copy is kept as ${basename(path)}`;
  } catch (error) {
    return `no copy could be kept (${reason(error)})`;
  }
}

function reason(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

/** Mode 0700 (S-74), and without the temporary files of a write that a power cut ended. */
function prepareFolder(path: string): void {
  const folder = dirname(path);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    const ours = basename(path).replace(/json$/, "");
    const leftovers = readdirSync(folder).filter((name) => name.startsWith(ours) && /\.tmp(?:-[0-9a-f]+)?$/.test(name));
    for (const name of leftovers) rmSync(join(folder, name), { force: true });
  } catch {
    // A folder that cannot be made or changed shows itself at the first write, with a banner.
  }
}
