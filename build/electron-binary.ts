// Finds the Electron binary, or fetches it once with Electron's own script. Rule: a machine without a way out must not make anyone wait.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./paths.ts";

const packageDir = join(root, "node_modules/electron");
/** No new byte for this long means that the release host cannot be reached. */
const ordinaryStallMs = 8_000;

/** The Electron executable that is on this machine; undefined where there is none. */
export function findElectron(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const pathFile = join(packageDir, "path.txt");
  const name = existsSync(pathFile) ? readFileSync(pathFile, "utf8").trim() : executableName();
  const dir = env["ELECTRON_OVERRIDE_DIST_PATH"] ?? join(packageDir, "dist");
  const path = join(dir, name);
  return existsSync(path) ? path : undefined;
}

function executableName(): string {
  if (process.platform === "darwin") return "Electron.app/Contents/MacOS/Electron";
  return process.platform === "win32" ? "electron.exe" : "electron";
}

function bytesUnder(dir: string): number {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0), 0);
}

/** Downloads Electron as its package would; gives up when nothing arrives for some seconds. The executable, or undefined. */
export async function fetchElectron(stallMs: number = ordinaryStallMs): Promise<string | undefined> {
  // The download passes through the temporary folder: one of our own shows whether bytes still arrive.
  const passage = mkdtempSync(join(tmpdir(), "homeport-electron-"));
  try {
    await watchedInstall(passage, stallMs);
  } finally {
    rmSync(passage, { recursive: true, force: true });
  }
  return findElectron();
}

function watchedInstall(passage: string, stallMs: number): Promise<void> {
  return new Promise((resolve) => {
    const env = { ...process.env, TMPDIR: passage, TEMP: passage, TMP: passage, NODE_USE_ENV_PROXY: "1" };
    const child = spawn(process.execPath, [join(packageDir, "install.js")], { stdio: "ignore", env });
    let seenBytes = 0;
    let movedAt = Date.now();
    const watch = setInterval(() => {
      const bytes = bytesUnder(passage) + (existsSync(join(packageDir, "dist")) ? bytesUnder(join(packageDir, "dist")) : 0);
      if (bytes !== seenBytes) movedAt = Date.now();
      seenBytes = bytes;
      if (Date.now() - movedAt > stallMs) child.kill("SIGKILL");
    }, stallMs / 16);
    const done = () => {
      clearInterval(watch);
      resolve();
    };
    child.on("error", done);
    child.on("exit", done);
  });
}
