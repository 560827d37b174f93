// Installs what the lock file names, and only when it changed. Plain JavaScript without dependencies: it runs on whatever Node a fresh
// clone meets, before the pinned Node exists.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const stamp = `${root}node_modules/.homeport-setup`;
const wanted = createHash("sha256")
  .update(readFileSync(`${root}package-lock.json`))
  .update(process.platform + process.arch)
  .digest("hex");

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
  console.error("Homeport: installing what the lock file names (once) …");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const installed = spawnSync(npm, ["ci", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
    // The Electron binary is fetched only when the desktop app is started.
    env: { ...process.env, ELECTRON_SKIP_BINARY_DOWNLOAD: "1", PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: "1" },
  });
  if (installed.status !== 0) {
    console.error("Homeport: the installation failed; the lines above say why. Run `npm ci` to see it whole.");
    process.exit(installed.status ?? 1);
  }
  writeFileSync(stamp, wanted);
}
