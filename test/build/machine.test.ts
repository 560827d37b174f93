// What the scripts find on the machine: Electron and system packages.
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { fetchElectron, findElectron } from "../../build/electron-binary.ts";
import { digestOf } from "../../build/freshness.ts";
import { locate } from "../../build/system-packages.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "homeport-machine-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const tool = { name: "Tool", variable: "TOOL", executables: ["homeport-test-tool"] };

test("an executable on the path is found; a plain file of that name is not taken for one", () => {
  const path = join(folder, "homeport-test-tool");
  writeFileSync(path, "");
  expect(locate(tool, { PATH: folder })).toBeUndefined();
  chmodSync(path, 0o755);
  expect(locate(tool, { PATH: `/nowhere:${folder}` })).toBe(path);
});

test("an executable named by its variable wins, and a wrong name is not papered over by the path", () => {
  const path = join(folder, "homeport-test-tool");
  writeFileSync(path, "", { mode: 0o755 });
  expect(locate(tool, { PATH: "", TOOL: path })).toBe(path);
  expect(locate(tool, { PATH: folder, TOOL: "/nowhere/tool" })).toBeUndefined();
});

test.skipIf(process.platform === "darwin")(
  "an Electron unpacked elsewhere is found by ELECTRON_OVERRIDE_DIST_PATH; an empty folder is no Electron",
  () => {
    const name = process.platform === "win32" ? "electron.exe" : "electron";
    expect(findElectron({ ELECTRON_OVERRIDE_DIST_PATH: folder })).toBeUndefined();
    writeFileSync(join(folder, name), "");
    expect(findElectron({ ELECTRON_OVERRIDE_DIST_PATH: folder })).toBe(join(folder, name));
  },
);

test("the digest that decides about building again changes with the sources and with nothing else", () => {
  expect(digestOf(["build/lint"])).toBe(digestOf(["build/lint"]));
  expect(digestOf(["build/lint"])).not.toBe(digestOf(["build/lint", "biome.json"]));
  expect(digestOf(["build/nowhere"])).toBe(digestOf([]));
});

test.skipIf(findElectron() !== undefined)("a release host that accepts and never answers does not keep `npm start` waiting", async () => {
  const sockets: Socket[] = [];
  const host = createServer((socket) => sockets.push(socket)).listen(0, "127.0.0.1");
  await once(host, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    host.close();
    vi.unstubAllEnvs();
  });
  const address = host.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  vi.stubEnv("ELECTRON_MIRROR", `http://127.0.0.1:${port}/`);
  vi.stubEnv("electron_config_cache", folder);
  expect(await fetchElectron(1_500)).toBeUndefined();
  expect(sockets.length).toBeGreaterThan(0);
});
