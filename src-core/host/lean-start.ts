// A start that leaves nothing behind. Node reads the first files of a program before it can be told to keep what it compiled, and for those it takes
// in its whole parser of TypeScript, which then stays: 12 MB of a process that is to stay below 100.
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/**
 * Becomes the same program anew, same process id and arguments, with Node's own word for that in the environment. Returns where that was done already,
 * or cannot be: on Windows, and where a parent talks to this process over a channel, which would be lost.
 */
export function startLean(): void {
  const { env, platform, execPath, execArgv, argv } = process;
  if (env["NODE_COMPILE_CACHE"] !== undefined || env["NODE_DISABLE_COMPILE_CACHE"] !== undefined) return;
  if (platform === "win32" || process.connected || process.execve === undefined) return;
  // Where `enableCompileCache` keeps it too: one cache for all commands.
  const cache = join(tmpdir(), "node-compile-cache");
  process.execve(execPath, [execPath, ...execArgv, ...argv.slice(1)], { ...env, NODE_COMPILE_CACHE: cache });
}
