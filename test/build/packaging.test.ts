// The packages' configuration is checked without making one: electron-builder's own schema, the fuses that matter, icons, and the release.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { fuses, packaging } from "../../build/electron-builder.ts";
import { icnsTypes, icoSizes, linuxSizes, pngSize } from "../../build/icon-files.ts";
import { shippedHere, writePapers } from "../../build/papers.ts";
import { root } from "../../build/paths.ts";
import { appId } from "../../electron/app-id.ts";

/** electron-builder's own check, which sits in its library and has no public name. */
async function validate(config: unknown): Promise<void> {
  const fromBuilder = createRequire(createRequire(import.meta.url).resolve("electron-builder"));
  const library: { validateConfiguration: unknown } = fromBuilder("app-builder-lib/out/util/config/config.js");
  const { validateConfiguration } = library;
  if (typeof validateConfiguration !== "function") throw new Error("electron-builder moved its validator");
  await validateConfiguration(config, { isEnabled: false, add: () => {} });
}

/** Of everything that goes out. */
function sourcesMatching(pattern: RegExp): readonly string[] {
  return ["electron", "src-core", "renderer"]
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => pattern.test(readFileSync(path, "utf8")));
}

test("electron-builder accepts the configuration, so that a typo does not wait for a release day to be found", async () => {
  await expect(validate(packaging())).resolves.toBeUndefined();
  await expect(validate(packaging("some/dist"))).resolves.toBeUndefined();
});

test("electron-builder's check bites: a field it does not know is refused", async () => {
  await expect(validate({ ...packaging(), electronFusses: {} })).rejects.toThrow(/electronFusses/);
});

test("S-57: the packaged app cannot be run as a general Node, be debugged by flag, or load code from outside its archive", () => {
  expect(fuses).toMatchObject({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    onlyLoadAppFromAsar: true,
    enableEmbeddedAsarIntegrityValidation: true,
    grantFileProtocolExtraPrivileges: false,
  });
});

test("UX-20, P-08: macOS is told why the app looks at the local network; without the sentence every node would be unreachable", () => {
  expect(packaging().mac?.extendInfo).toMatchObject({
    LSUIElement: true,
    NSLocalNetworkUsageDescription: expect.stringMatching(/network/),
    NSBonjourServices: expect.arrayContaining(["_homeport._tcp", "_ollama._tcp", "_http._tcp"]),
  });
});

test("every platform's formats are made, and papers go along", () => {
  const { linux, mac, win, extraResources } = packaging();
  expect([linux?.target, mac?.target, win?.target]).toEqual([["AppImage", "deb", "rpm"], ["dmg", "zip"], ["nsis"]]);
  expect(JSON.stringify(extraResources)).toContain("dist/licences.txt");
  expect(JSON.stringify(extraResources)).toContain("dist/sbom.cdx.json");
});

test("Homeport's own licence is the one its package names, goes out with every package, and the papers stand where packages look for them", () => {
  const licence = readFileSync(join(root, "LICENSE"), "utf8");
  const named: unknown = Reflect.get(JSON.parse(readFileSync(join(root, "package.json"), "utf8")), "license");
  expect([named, licence.split("\n")[0], licence]).toEqual(["MIT", "MIT License", expect.stringContaining("Homeport contributors")]);
  const { files, extraResources } = packaging();
  expect(files).toContain("LICENSE*");
  const sources = [extraResources].flat().map((one) => (typeof one === "object" && one !== null ? one.from : one));
  expect(writePapers()).toEqual(sources);
  expect(readFileSync(join(root, "dist/licences.txt"), "utf8")).toContain("electron ");
  expect(JSON.parse(readFileSync(join(root, "dist/sbom.cdx.json"), "utf8"))).toMatchObject({ bomFormat: "CycloneDX" });
});

test("S-61: nothing updates itself: no updater goes out, and a package names no place to look for a newer one", () => {
  expect(packaging().publish).toBeNull();
  expect(shippedHere().filter(({ name }) => /updat/i.test(name))).toEqual([]);
  expect(sourcesMatching(/autoUpdater|electron-updater|update-electron-app/)).toEqual([]);
});

test("S-73: electron-store's own encryption, whose key would ship with the app, is never asked for", () => {
  expect(sourcesMatching(/encryptionKey/)).toEqual([]);
  expect(sourcesMatching(/from "electron-store"/)).not.toEqual([]);
});

test("S-54: the list of pages outside is empty: nothing in the app can open a link with the system", () => {
  expect(sourcesMatching(/openExternal|openPath|\bshell\b.*from "electron"/)).toEqual([]);
});

test("S-59: no package and no entry switches the sandbox off, which is the builder's own choice for AppImage", () => {
  const whole = packaging();
  expect(JSON.stringify(whole)).not.toContain("no-sandbox");
  expect(whole.linux?.executableArgs).toEqual([]);
});

test("P-10: the running app and its shortcut have one id, or Windows shows no notification and loses its clicks", () => {
  expect(packaging().appId).toBe(appId);
  expect(readFileSync(join(root, "electron/main.ts"), "utf8")).toContain("app.setAppUserModelId(appId)");
  expect(packaging().nsis?.createStartMenuShortcut).toBe(true);
});

test("S-58: nothing runs the app's own binary as a Node, which the fuses forbid", () => {
  expect(sourcesMatching(/^/).length).toBeGreaterThan(100);
  expect(sourcesMatching(/\bfork\(|spawn\(process\.execPath/)).toEqual([]);
});

describe("icons", () => {
  const icons = join(root, "build/icons");

  test("Linux finds each size under its name, and each file has the size it is named for", () => {
    for (const size of linuxSizes) {
      expect(pngSize(readFileSync(join(icons, `sizes/${size}x${size}.png`)))).toEqual({ width: size, height: size });
    }
    expect(readdirSync(join(icons, "sizes"))).toHaveLength(linuxSizes.length);
  });

  test("Windows' file holds every size it tells of, as whole pictures", () => {
    const ico = readFileSync(join(icons, "icon.ico"));
    expect([ico.readUInt16LE(2), ico.readUInt16LE(4)]).toEqual([1, icoSizes.length]);
    const sizes = icoSizes.map((_size, index) => {
      const at = ico.readUInt32LE(6 + index * 16 + 12);
      return pngSize(ico.subarray(at, at + ico.readUInt32LE(6 + index * 16 + 8))).width;
    });
    expect(sizes).toEqual(icoSizes);
  });

  test("macOS' file holds every size under the letters that mean it", () => {
    const icns = readFileSync(join(icons, "icon.icns"));
    expect([icns.toString("latin1", 0, 4), icns.readUInt32BE(4)]).toEqual(["icns", icns.length]);
    const found: Record<string, number> = {};
    for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4)) {
      found[icns.toString("latin1", at, at + 4)] = pngSize(icns.subarray(at + 8)).width;
    }
    expect(found).toEqual(icnsTypes);
  });

  test("the configuration names files that are there", () => {
    const { linux, mac, win } = packaging();
    const names = [linux?.icon, mac?.icon, win?.icon].map(String);
    for (const name of names) expect(readdirSync(join(root, name, ".."))).toContain(name.split("/").at(-1));
  });
});

test("S-57, S-60: the release runs the tests first, packs on each platform, reads the fuses back and only drafts", () => {
  const Step = z.object({ run: z.string().optional(), uses: z.string().optional() });
  const Workflow = z.object({
    permissions: z.record(z.string(), z.string()),
    jobs: z.record(z.string(), z.object({ needs: z.string().optional(), steps: z.array(Step) })),
  });
  const { jobs, permissions } = Workflow.parse(parse(readFileSync(join(root, ".github/workflows/release.yml"), "utf8")));
  const runs = (job: string) => jobs[job]?.steps.map(({ run }) => run ?? "").join("\n") ?? "";
  expect(permissions).toEqual({ contents: "read" });
  expect([jobs["package"]?.needs, jobs["draft"]?.needs]).toEqual(["test", "package"]);
  expect(runs("test")).toMatch(/npm view electron version[\s\S]*npm test/);
  expect(runs("package")).toMatch(/npm run package[\s\S]*fuses\/dist\/bin.js read/);
  expect(runs("draft")).toContain("--draft");
});
