// A secret in a file: read only where nobody but its owner could have read it, and said why where not. Never throws.
import { closeSync, fstatSync, openSync, readFileSync, statSync } from "node:fs";

const mostBytes = 16 * 1024;

type Read = { readonly value: string } | { readonly why: string };

/** Reads of the same file again, without reading it again while it is the same file. */
export function keyFiles(): (path: string) => Read {
  const known = new Map<string, { readonly stamp: string; readonly read: Read }>();
  return (path) => {
    const stamp = stampOf(path);
    const before = known.get(path);
    if (before?.stamp === stamp) return before.read;
    const read = readKeyFile(path);
    known.set(path, { stamp, read });
    return read;
  };
}

function stampOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? "" : [stat.ino, stat.mode, stat.size, stat.mtimeNs, stat.ctimeNs].join(" ");
}

/** The secret without the line end after it, or a sentence that tells why it is not used. `posix`: whether modes mean something here. */
export function readKeyFile(path: string, posix = process.platform !== "win32"): Read {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    return { why: missing ? `There is no file ${path}.` : `${path} cannot be read.` };
  }
  try {
    // Of the opened file, not of its name: what was checked is what is read.
    const { mode, size, isFile } = statOf(file);
    if (!isFile) return { why: `${path} is not a file.` };
    if (posix && (mode & 0o077) !== 0)
      return { why: `Others can read ${path} (mode ${(mode & 0o777).toString(8)}), so it is not used. Run: chmod 600 ${path}` };
    if (size > mostBytes) return { why: `${path} is too large to be a key.` };
    const value = readFileSync(file, "utf8").trim();
    return value === "" ? { why: `${path} is empty.` } : { value };
  } catch {
    return { why: `${path} cannot be read.` };
  } finally {
    closeSync(file);
  }
}

function statOf(file: number): { readonly mode: number; readonly size: number; readonly isFile: boolean } {
  const stat = fstatSync(file);
  return { mode: stat.mode, size: stat.size, isFile: stat.isFile() };
}
