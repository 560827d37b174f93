// Three rotating copies of the settings, each with a checksum inside, so that a copy that was cut short is never taken for a good one.
import { createHash } from "node:crypto";
import { renameSync } from "node:fs";
import { basename, extname } from "node:path";
import { z } from "zod";
import { type Failure, fail } from "../contract/failure.ts";
import { writeAtomically } from "./atomic-file.ts";
import { readTextIfThere } from "./settings-file.ts";

type Document = Readonly<Record<string, unknown>>;

export interface Backup {
  /** Epoch milliseconds. */
  readonly savedAt: number;
  readonly document: Document;
}

const count = 3;
const Copy = z.object({ savedAt: z.number(), checksum: z.string(), document: z.record(z.string(), z.unknown()) });

const pathOf = (settings: string, index: number) => `${settings.replace(/\.json$/, "")}.backup-${index}.json`;
const checksumOf = (document: Document) => createHash("sha256").update(JSON.stringify(document)).digest("hex");

/** Good backups of the settings at `settings`, newest first. Unreadable and damaged ones are left out. */
export function readBackups(settings: string): readonly Backup[] {
  return Array.from({ length: count }, (_, index) => readBackup(pathOf(settings, index + 1)))
    .filter((backup) => backup !== undefined)
    .sort((a, b) => b.savedAt - a.savedAt);
}

function readBackup(path: string): Backup | undefined {
  try {
    const copy = Copy.parse(JSON.parse(readTextIfThere(path) ?? "null"));
    return copy.checksum === checksumOf(copy.document) ? copy : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps `document` as the newest copy and drops the fourth. Throws what the file system throws; older copies then stand. */
export function keepBackup(settings: string, document: Document, savedAt: number): void {
  for (let index = count; index > 1; index--) moveIfThere(pathOf(settings, index - 1), pathOf(settings, index));
  const copy = { savedAt, checksum: checksumOf(document), document };
  writeAtomically(pathOf(settings, 1), `${JSON.stringify(copy, null, 2)}\n`);
}

/**
 * Keeps `text` beside the settings under a name of its own, before all of them are replaced: the rotating copies are gone after three changes,
 * and this one stays until a person deletes it. Without it nothing is replaced.
 */
export function keepCopyBeside(
  settings: string,
  text: string,
  why: string,
  at: number,
): { readonly name: string } | { readonly failure: Failure } {
  const ending = extname(settings);
  const stamp = new Date(at).toISOString().replace(/[:.]/g, "-");
  const path = `${settings.slice(0, settings.length - ending.length)}.before-${why}-${stamp}${ending}`;
  try {
    writeAtomically(path, text);
    return { name: basename(path) };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    const says = `No copy of the settings could be kept (${code}), so nothing was changed. Check the disk and the rights of their folder.`;
    return { failure: fail("internal", says) };
  }
}

function moveIfThere(from: string, to: string): void {
  if (readTextIfThere(from) !== undefined) renameSync(from, to);
}
