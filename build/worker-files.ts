// The worker's files, made where its sources changed. The folder's name tells the sources it was made of.
import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { digestOf } from "./freshness.ts";
import { root } from "./paths.ts";

/** A worker that runs may still read from the folder it was started from. */
const keptMs = 7 * 24 * 3_600_000;
const dist = join(root, "dist");

/** The file that starts a worker. Throws what Vite throws, and what the disk refuses. */
export async function workerFile(): Promise<string> {
  const name = `worker-${digestOf(["src-core", "build/vite.worker.ts", "package-lock.json"]).slice(0, 16)}`;
  const folder = join(dist, name);
  if (!existsSync(folder)) await make(folder);
  return join(folder, "worker.mjs");
}

async function make(folder: string): Promise<void> {
  console.error("Homeport: building the worker …");
  const making = join(dist, `making-${process.pid}`);
  try {
    const { build } = await import("vite");
    await build({ configFile: join(root, "build/vite.worker.ts"), logLevel: "warn" });
    // Another worker that started at the same time may have been first.
    if (!existsSync(folder)) renameSync(making, folder);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  for (const other of readdirSync(dist).filter((one) => one.startsWith("worker-")))
    if (Date.now() - statSync(join(dist, other)).mtimeMs > keptMs) rmSync(join(dist, other), { recursive: true, force: true });
}
