// `npm run package [-- --dir]`: installers of this platform in release/. Says plainly what is missing where they cannot be made.
import { dirname } from "node:path";
import { build } from "electron-builder";
import { fetchElectron, findElectron } from "./electron-binary.ts";
import { packaging } from "./electron-builder.ts";
import { buildIfStale } from "./freshness.ts";
import { writePapers } from "./papers.ts";
import { root } from "./paths.ts";

/** The folder that electron-builder calls a dist: the executable's own, or on macOS the one that holds the app bundle. */
function distOf(executable: string): string {
  return process.platform === "darwin" ? executable.replace(/\/Electron\.app\/.*$/, "") : dirname(executable);
}

async function makePackages(dirOnly: boolean): Promise<number> {
  await buildIfStale("window");
  await buildIfStale("desktop");
  writePapers();
  const electron = findElectron() ?? (await fetchElectron());
  if (electron === undefined) {
    console.error(
      "Homeport cannot be packaged here: the Electron binary is not installed and could not be downloaded from its release host. " +
        "Connect to the internet and run `npm run package` again, or set ELECTRON_OVERRIDE_DIST_PATH to the folder of an unpacked Electron.",
    );
    return 1;
  }
  try {
    const made = await build({ projectDir: root, config: packaging(distOf(electron)), publish: "never", dir: dirOnly });
    for (const path of made) console.log(path);
    return 0;
  } catch (error) {
    console.error(
      `Homeport's packages could not be made: ${error instanceof Error ? error.message : String(error)}. ` +
        "electron-builder fetches the tools for each format (AppImage, deb, rpm, dmg, nsis) on first use; `npm run package -- --dir` needs none of them.",
    );
    return 1;
  }
}

process.exitCode = await makePackages(process.argv.includes("--dir"));
