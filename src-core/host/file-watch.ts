// Tells when a file may have changed. Watches folders, not the file: editors and configuration mounts replace it by a rename, and a watch
// on the file itself would stay with the old one.
import { type FSWatcher, watchFile as pollFile, realpathSync, unwatchFile, watch } from "node:fs";
import { dirname } from "node:path";
import type { Clock } from "../engine/ports.ts";

/** Editors save in several steps; we look after the last of them. */
const settleMs = 100;
const pollMs = 2_000;

/** Calls `onMaybeChanged` once things have settled; the caller compares the text itself. Returns the function that stops. */
export function watchFile(path: string, clock: Clock, onMaybeChanged: () => void): () => void {
  let forget: () => void = () => {};
  const look = () => {
    forget();
    forget = clock.after(settleMs, onMaybeChanged);
  };
  const watchers: FSWatcher[] = [];
  const poll = () => void pollFile(path, { persistent: false, interval: pollMs }, look);
  try {
    for (const folder of foldersOf(path)) {
      const watcher = watch(folder, { persistent: false }, look);
      watcher.on("error", poll);
      watchers.push(watcher);
    }
  } catch {
    // Too many watches on this machine, or a file system without them.
    poll();
  }
  return () => {
    forget();
    for (const watcher of watchers) watcher.close();
    unwatchFile(path, look);
  };
}

/** The folder of the file and, where the file is a link, that of what it points at. */
function foldersOf(path: string): ReadonlySet<string> {
  try {
    return new Set([dirname(path), dirname(realpathSync(path))]);
  } catch {
    return new Set([dirname(path)]);
  }
}
