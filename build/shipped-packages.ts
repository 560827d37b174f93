// Which npm packages go out with the app, read from the lock file: those it needs when it runs, those that are built into the window, and
// Electron. From this come the list of licences and the bill of materials. Pure.
import { z } from "zod";

/** Development packages whose code is built into the window. A test compares them with what the window imports. */
export const builtIn: readonly string[] = ["react", "react-dom", "lucide-react", "uplot"];
/** Ships as the binary around the app. */
const aroundIt = "electron";

const Entry = z.object({
  version: z.string().optional(),
  license: z.string().optional(),
  integrity: z.string().optional(),
  dev: z.boolean().optional(),
  devOptional: z.boolean().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});
type Entry = z.infer<typeof Entry>;
/** npm's lock file, version 3: one entry per folder of node_modules. */
export const LockFile = z.object({ lockfileVersion: z.literal(3), packages: z.record(z.string(), Entry) });
export type LockFile = z.infer<typeof LockFile>;

export interface ShippedPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX identifier or expression; "NOASSERTION" where the package tells none. */
  readonly license: string;
  /** npm's own: algorithm, "-", base64. */
  readonly integrity: string | undefined;
  /** Its folder below the repository. */
  readonly folder: string;
  /** Folders of the packages it needs. */
  readonly needs: readonly string[];
}

const marker = "node_modules/";

/** Every package that goes out, by name and version; each folder of the lock file once. */
export function shippedPackages({ packages }: LockFile): readonly ShippedPackage[] {
  const waiting = [
    ...Object.entries(packages)
      .filter(([folder, entry]) => folder.startsWith(marker) && entry.dev !== true && entry.devOptional !== true)
      .map(([folder]) => folder),
    ...builtIn.map((name) => marker + name),
  ];
  const found = new Map<string, ShippedPackage>();
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const entry = packages[folder];
    if (entry === undefined || found.has(folder)) continue;
    const shipped = described(folder, entry, packages);
    found.set(folder, shipped);
    waiting.push(...shipped.needs);
  }
  // Its own needs only fetch the binary, and do not go out.
  const electron = packages[marker + aroundIt];
  if (electron !== undefined) found.set(marker + aroundIt, { ...described(marker + aroundIt, electron, packages), needs: [] });
  return [...found.values()].sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version) || compare(a.folder, b.folder));
}

function described(folder: string, entry: Entry, packages: LockFile["packages"]): ShippedPackage {
  const wanted = Object.keys({ ...entry.dependencies, ...entry.optionalDependencies });
  return {
    name: folder.slice(folder.lastIndexOf(marker) + marker.length),
    version: entry.version ?? "0.0.0",
    license: entry.license ?? "NOASSERTION",
    integrity: entry.integrity,
    folder,
    needs: wanted.map((name) => folderOf(folder, name, packages)).filter((needed) => needed !== undefined),
  };
}

/** As Node looks for it: in the package's own node_modules, then in each around it. Optional ones may be nowhere. */
function folderOf(from: string, name: string, packages: LockFile["packages"]): string | undefined {
  for (let at: string | undefined = from; at !== undefined; ) {
    const candidate = at === "" ? marker + name : `${at}/${marker}${name}`;
    if (packages[candidate] !== undefined) return candidate;
    const up: number = at.lastIndexOf(`/${marker}`);
    at = at === "" ? undefined : up < 0 ? "" : at.slice(0, up);
  }
  return undefined;
}

/** By code unit: the same on every machine, whatever its language. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
