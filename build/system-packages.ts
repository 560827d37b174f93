// What some suites need from the machine beyond npm packages. In CI they are a duty; elsewhere their suites are skipped by name.
import { execFileSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

export interface SystemPackage {
  /** What a person installs. */
  readonly name: string;
  /** Environment variable that names the executable. */
  readonly variable: string;
  readonly executables: readonly string[];
}

export const chromium: SystemPackage = {
  name: "Chromium",
  variable: "CHROMIUM",
  executables: [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  ],
};
export const natsServer: SystemPackage = { name: "nats-server", variable: "NATS_SERVER", executables: ["nats-server"] };
export const redisServer: SystemPackage = { name: "redis-server", variable: "REDIS_SERVER", executables: ["redis-server"] };

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The full path of a package's executable; undefined where it is not installed. */
export function locate(wanted: SystemPackage, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env[wanted.variable];
  if (named !== undefined && named !== "") return isExecutable(named) ? named : undefined;
  // Debian keeps servers in sbin, which is not on everybody's path.
  const folders = [...(env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"].filter((folder) => folder !== "");
  return wanted.executables
    .flatMap((name) => (name.startsWith("/") ? [name] : folders.map((folder) => join(folder, name))))
    .find(isExecutable);
}

/** What is there, in its own words, for whoever reads the output of a run: `nats-server: v2.9.10`. */
export function versionLine(wanted: SystemPackage): string {
  const path = locate(wanted);
  if (path === undefined) return `${wanted.name}: not installed here`;
  const said = execFileSync(path, ["--version"], { encoding: "utf8" });
  return `${wanted.name}: ${/v=?\d+(?:\.\d+)+/.exec(said)?.[0].replace("=", "") ?? said.trim()}`;
}
