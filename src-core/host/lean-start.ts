// A worker's start that leaves nothing behind: it runs from a few files made of the same sources. From the sources themselves Node's parser of TypeScript,
// five hundred files and what was compiled of each stay in memory: 25 MB of a process that is to stay below 80.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** Makes them where sources changed, and tells on stdout which one starts. Not there in a package. */
const maker = fileURLToPath(new URL("../../build/worker.ts", import.meta.url));

/** For glibc, unheard elsewhere: one pool for all threads, and what is free at its end goes back at once. Measured: 3 MB. */
const thrifty = { MALLOC_ARENA_MAX: "1", MALLOC_TRIM_THRESHOLD_: "131072" };

/**
 * The parser of HTTP answers is WebAssembly, which V8 would compile a second time, for speed: that takes in 9 MB, most of it the compiler's own code.
 * V8 hears of it at a start only.
 */
const compiledOnce = "--liftoff-only";

/**
 * Becomes the same program from those files: same process id, arguments and streams. Returns where it cannot: on Windows, where a parent talks to this
 * process over a channel, which would be lost, and where the files cannot be made. Then the sources are run as they are.
 */
export function startLean(): void {
  const { env, platform, execPath, execArgv, argv } = process;
  if (platform === "win32" || process.connected || process.execve === undefined || !existsSync(maker)) return;
  const made = spawnSync(execPath, [maker], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  const file = made.stdout?.trim() ?? "";
  if (made.status === 0 && file !== "")
    process.execve(execPath, [execPath, compiledOnce, ...execArgv, file, ...argv.slice(2)], { ...thrifty, ...env });
}
