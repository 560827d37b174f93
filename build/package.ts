// `npm run package [-- --dir]`: installers of this platform in release/. Rule: where they cannot be made, it says plainly what is missing, before
// anything else is built, and how to get it.
import { dirname } from "node:path";
import { build } from "electron-builder";
import { fetchElectron, findElectron } from "./electron-binary.ts";
import { packaging } from "./electron-builder.ts";
import { buildIfStale } from "./freshness.ts";
import { writePapers } from "./papers.ts";
import { root } from "./paths.ts";

/** What making packages needs of the machine; a test gives its own. */
export interface PackageParts {
  /** The Electron executable, fetched where it is not here. */
  readonly electron: () => Promise<string | undefined>;
  /** The window, the shell and the papers, as they go out. */
  readonly prepare: () => Promise<void>;
  /** Makes the packages from the unpacked Electron in `dist`; their paths. */
  readonly make: (dist: string) => Promise<readonly string[]>;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
}

const withoutElectron =
  "Homeport cannot be packaged here: the Electron binary is not installed and could not be downloaded from its release host. " +
  "Connect to the internet and run `npm run package` again, or set ELECTRON_OVERRIDE_DIST_PATH to the folder of an unpacked Electron. " +
  "Everything but the packages works without it: `npm start` serves the same window to your browser.";

/** The folder that electron-builder calls a dist: the executable's own, or on macOS the one that holds the app bundle. */
function distOf(executable: string): string {
  return process.platform === "darwin" ? executable.replace(/\/Electron\.app\/.*$/, "") : dirname(executable);
}

/** The exit code: 0 when there are packages, 1 when it said what is missing. */
export async function makePackages({ electron, prepare, make, print, complain }: PackageParts): Promise<number> {
  const executable = await electron();
  if (executable === undefined) {
    complain(withoutElectron);
    return 1;
  }
  await prepare();
  try {
    for (const path of await make(distOf(executable))) print(path);
    return 0;
  } catch (error) {
    complain(
      `Homeport's packages could not be made: ${error instanceof Error ? error.message : String(error)}. ` +
        "electron-builder fetches the tools for each format (AppImage, deb, rpm, dmg, nsis) on first use; `npm run package -- --dir` needs none of them.",
    );
    return 1;
  }
}

async function prepare(): Promise<void> {
  await buildIfStale("window");
  await buildIfStale("desktop");
  writePapers();
}

if (import.meta.main) {
  const dir = process.argv.includes("--dir");
  process.exitCode = await makePackages({
    electron: async () => findElectron() ?? (await fetchElectron()),
    prepare,
    make: (dist) => build({ projectDir: root, config: packaging(dist), publish: "never", dir }),
    print: (line) => console.log(line),
    complain: (line) => console.error(line),
  });
}
