// Makes the worker's files where its sources changed, and prints which one starts it. The folder's name tells the sources it was made of.
import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { digestOf } from "./freshness.ts";
import { root } from "./paths.ts";

/** A worker that runs may still read from the folder it was started from. */
const keptMs = 7 * 24 * 3_600_000;

const dist = join(root, "dist");
const name = `worker-${digestOf(["src-core", "build/vite.worker.ts", "package-lock.json"]).slice(0, 16)}`;
const folder = join(dist, name);

if (!existsSync(folder)) {
  console.error("Homeport: building the worker …");
  const { build } = await import("vite");
  await build({ configFile: join(root, "build/vite.worker.ts"), logLevel: "warn" });
  const made = join(dist, `making-${process.pid}`);
  if (existsSync(folder)) rmSync(made, { recursive: true });
  else renameSync(made, folder);
  const isOld = (other: string) => other !== name && Date.now() - statSync(join(dist, other)).mtimeMs > keptMs;
  for (const other of readdirSync(dist).filter((one) => /^(?:worker|making)-/.test(one)))
    if (isOld(other)) rmSync(join(dist, other), { recursive: true, force: true });
}
console.log(join(folder, "worker.mjs"));
