// Builds the window and the desktop shell when their sources changed. Compares contents, not times: a clone and a checkout change times.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.ts";

interface Part {
  readonly configs: readonly string[];
  /** Files and folders the result depends on. */
  readonly sources: readonly string[];
  /** A file that is there when the part was built. */
  readonly result: string;
}

const parts = {
  window: {
    configs: ["build/vite.renderer.ts"],
    sources: ["renderer", "src-core/contract", "build/vite.renderer.ts", "package-lock.json"],
    result: "dist/renderer/index.html",
  },
  desktop: {
    configs: ["build/vite.main.ts", "build/vite.preload.ts"],
    sources: ["electron", "src-core", "build/icons", "build/vite.main.ts", "build/vite.preload.ts", "package-lock.json"],
    result: "dist/electron/main.js",
  },
} as const satisfies Record<string, Part>;

/** What can be built: the React window, and Electron's main and preload. */
export type PartName = keyof typeof parts;

function filesUnder(path: string): readonly string[] {
  if (!existsSync(join(root, path))) return [];
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path))
    .toSorted()
    .flatMap((name) => filesUnder(`${path}/${name}`));
}

/** One digest over names and contents of everything under `paths`. */
export function digestOf(paths: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of paths.flatMap(filesUnder)) hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

/** Builds `name` unless the last build was of the same sources. True when it built. Throws what Vite throws. */
export async function buildIfStale(name: PartName): Promise<boolean> {
  const part = parts[name];
  const stamp = join(root, `dist/.${name}-digest`);
  const digest = digestOf(part.sources);
  if (existsSync(join(root, part.result)) && existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return false;
  console.error(`Homeport: building the ${name} …`);
  // Read only by who builds: to know that nothing changed takes no Vite.
  const { build } = await import("vite");
  for (const config of part.configs) await build({ configFile: join(root, config), logLevel: "warn" });
  mkdirSync(join(root, "dist"), { recursive: true });
  writeFileSync(stamp, digest);
  return true;
}
