// Runs a script on the pinned Node that npm installed, whatever Node the machine has. Plain JavaScript: it runs before that Node is known.
// The child gets each signal once: a terminal and npm both send Ctrl+C, and a second one means "at once" to it.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Two signals closer than this are one keypress, in milliseconds. */
const oneKeypressMs = 400;
/** How often to look whether whoever started us is still there, in milliseconds. */
const orphanCheckMs = 500;

/** The pinned Node, or the running one where the package brought none for this platform. */
export function pinnedNode() {
  const path = `${root}node_modules/node/bin/node${process.platform === "win32" ? ".exe" : ""}`;
  return existsSync(path) ? path : process.execPath;
}

/** Runs `script` (relative to the repository) with `args`; this process ends with its exit code. */
export function runPinned(script, args) {
  // A group of its own, so that the terminal's Ctrl+C comes through here only.
  const child = spawn(pinnedNode(), [`${root}${script}`, ...args], {
    cwd: root,
    stdio: "inherit",
    detached: process.platform !== "win32",
  });
  let lastSignalAt = 0;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      const now = Date.now();
      if (now - lastSignalAt >= oneKeypressMs) child.kill(signal === "SIGHUP" ? "SIGTERM" : signal);
      lastSignalAt = now;
    });
  }
  // npm's shell dies of a signal without handing it on; what it leaves behind must not keep the port.
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) child.kill("SIGTERM");
  }, orphanCheckMs).unref();
  child.on("error", (error) => {
    console.error(`Homeport: could not run ${script}: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}
