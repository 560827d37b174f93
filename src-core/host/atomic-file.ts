// Writing a file so that a power cut leaves the old or the new text, never half of either: temporary file, flush to disk, rename.
import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, realpathSync, renameSync, unlinkSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** Replaces `path` (or what a link there points at) with `text`, readable to its owner only. Throws what the file system throws; the old file then stands. */
export function writeAtomically(path: string, text: string): void {
  const target = realPath(path);
  const passage = `${target}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    writeFlushed(passage, text);
    renameSync(passage, target);
  } catch (error) {
    tryTo(() => unlinkSync(passage));
    throw error;
  }
  // Without this the rename itself may be lost with the power. Windows cannot open a folder.
  tryTo(() => flush(openSync(dirname(target), "r")));
}

function writeFlushed(path: string, text: string): void {
  const file = openSync(path, "wx", 0o600);
  try {
    const bytes = Buffer.from(text);
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function flush(file: number): void {
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function tryTo(act: () => void): void {
  try {
    act();
  } catch {
    // The outcome of the write does not depend on it.
  }
}
