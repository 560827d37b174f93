// `npm run package` where something is missing: it says what, and how to get it, instead of a stack or a half-made package.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findElectron } from "../../build/electron-binary.ts";
import { makePackages, type PackageParts } from "../../build/package.ts";

async function packaged(parts: Partial<PackageParts>) {
  const did: string[] = [];
  const said: string[] = [];
  const code = await makePackages({
    electron: async () => "/unpacked/electron",
    prepare: async () => void did.push("prepared"),
    make: async (dist) => {
      did.push(`made from ${dist}`);
      return ["release/homeport.deb"];
    },
    print: (line) => said.push(line),
    complain: (line) => said.push(line),
    ...parts,
  });
  return { code, did, said: said.join("\n") };
}

test("without the Electron binary nothing is built, and the sentence names what is missing, where it comes from and two ways on", async () => {
  const { code, did, said } = await packaged({ electron: async () => undefined });
  expect([code, did]).toEqual([1, []]);
  expect(said).toMatch(/Electron binary is not installed and could not be downloaded/);
  expect(said).toMatch(/ELECTRON_OVERRIDE_DIST_PATH/);
  expect(said).toMatch(/npm start/);
});

test("a format whose tool cannot be fetched is told with the way that needs none, and never as a stack", async () => {
  const broken = async () => {
    throw new Error("cannot fetch appimage tools");
  };
  const { code, said } = await packaged({ make: broken });
  expect(code).toBe(1);
  expect(said).toMatch(/cannot fetch appimage tools\. .*npm run package -- --dir/);
  expect(said).not.toMatch(/\n\s+at /);
});

test("with everything there the window, the shell and the papers come first, then each package is named", async () => {
  const { code, did, said } = await packaged({});
  expect([code, said]).toEqual([0, "release/homeport.deb"]);
  expect(did[0]).toBe("prepared");
  expect(did[1]).toMatch(/^made from /);
});

test("an unpacked Electron of one's own is found by the variable that the sentence names, and an empty folder is none", () => {
  const folder = mkdtempSync(join(tmpdir(), "homeport-electron-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  expect(findElectron({ ELECTRON_OVERRIDE_DIST_PATH: folder })).toBeUndefined();
  const name = process.platform === "win32" ? "electron.exe" : "electron";
  writeFileSync(join(folder, name), "");
  if (process.platform !== "darwin") expect(findElectron({ ELECTRON_OVERRIDE_DIST_PATH: folder })).toBe(join(folder, name));
});
